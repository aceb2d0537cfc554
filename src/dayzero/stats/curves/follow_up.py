"""Length of follow-up by the reverse Kaplan-Meier method."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from dayzero.stats.curves.product_limit import survival_curve
from dayzero.stats.inputs import event_table
from dayzero.stats.intervals import WALD_TYPES, checked_conf_type

if TYPE_CHECKING:
    import polars as pl

    from dayzero.stats.convention import Convention
    from dayzero.stats.curves.curve import Curve


@dataclass(frozen=True, eq=False)
class FollowUp:
    """Potential follow-up: the time for which patients would have been followed, had nobody had the event."""

    curve: Curve

    @property
    def convention(self) -> Convention:
        """What exactly was done."""
        return self.curve.convention

    def quantile(self, p: Any = 0.5) -> pl.DataFrame:
        """Return columns group, p, estimate, lower, upper: the time by which ``p`` were censored."""
        return self.curve.quantile(p).drop("cause")

    def summary(self) -> pl.DataFrame:
        """Return columns group, n, median, lower, upper (median follow-up with its interval)."""
        import polars as pl

        half = self.quantile(0.5)
        return pl.DataFrame(
            {
                "group": half["group"],
                "n": np.rint(self.curve.at_risk.max(axis=1)).astype(np.int64),
                "median": half["estimate"],
                "lower": half["lower"],
                "upper": half["upper"],
            }
        )


def median_follow_up(
    time: Any,
    event: Any = None,
    group: Any = None,
    conf_type: str = "log-log",
    conf_level: float = 0.95,
) -> FollowUp:
    """Estimate the median follow-up of each group by the reverse Kaplan-Meier method.

    Parameters
    ----------
    time : array_like or EventTable
        Times; a table of several causes counts any of them as the event.
    event : array_like of 0/1 or bool
        Whether the event (death) ended the observation.
    group : array_like, optional
        Labels.
    conf_type, conf_level
        As for :func:`kaplan_meier`, Wald types only.

    Returns
    -------
    FollowUp
        ``.summary()``; NaN where fewer than half were censored by the end: the median was not reached.

    Notes
    -----
    Schemper and Smith (1996), Control Clin Trials 17:343. Censoring is the event, and the event censors.
    """
    checked_conf_type(conf_type, WALD_TYPES)
    table = event_table(time, event, group=group).reversed()
    return FollowUp(survival_curve(table, conf_type, conf_level, estimator="reverse Kaplan-Meier"))
