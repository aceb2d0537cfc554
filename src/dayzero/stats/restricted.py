"""Restricted mean survival time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from dayzero.errors import BadInputError, RefusalError
from dayzero.stats.convention import Convention
from dayzero.stats.inputs import event_table, is_composite, source_note
from dayzero.stats.intervals import checked_conf_level, normal_quantile
from dayzero.stats.product_limit import survival_curve

if TYPE_CHECKING:
    import polars as pl

    from dayzero.stats.arrays import FloatArray, Label
    from dayzero.stats.curve import Curve


@dataclass(frozen=True, eq=False)
class RestrictedMean:
    """Mean event-free time up to a horizon, for each group.

    Attributes
    ----------
    groups : tuple
        Labels.
    horizon : float
        In the unit of the times.
    estimate, std_err : ndarray, shape (G,)
        Mean time and its standard error, in the unit of the times.
    convention : Convention
        What exactly was done.
    """

    groups: tuple[Label, ...]
    horizon: float
    estimate: FloatArray
    std_err: FloatArray
    convention: Convention

    def summary(self) -> pl.DataFrame:
        """Return columns group, horizon, estimate, std_err, lower, upper."""
        import polars as pl

        half = normal_quantile(self.convention.conf_level) * self.std_err
        known = self.std_err > 0  # without events before the horizon the interval has no width
        return pl.DataFrame(
            {
                "group": self.groups,
                "horizon": np.full(len(self.groups), self.horizon),
                "estimate": self.estimate,
                "std_err": self.std_err,
                "lower": np.where(known, self.estimate - half, np.nan),
                "upper": np.where(known, np.minimum(self.estimate + half, self.horizon), np.nan),
            }
        )


def restricted_mean(
    time: Any,
    event: Any = None,
    group: Any = None,
    horizon: float | None = None,
    conf_level: float = 0.95,
    *,
    extend: bool = False,
) -> RestrictedMean:
    """Estimate the mean event-free time up to ``horizon``: the area under the Kaplan-Meier curve.

    Parameters
    ----------
    time : array_like or EventTable
        Times; a table of several causes counts any of them as the event.
    event : array_like of 0/1 or bool
        Whether the event happened.
    group : array_like, optional
        Labels.
    horizon : float
        Up to when; must not lie beyond the observation of any group.
    conf_level : float
        Confidence level of the normal interval.
    extend : bool
        Carry the last value of a curve forward to the horizon, as R does without a word.

    Returns
    -------
    RestrictedMean

    Raises
    ------
    RefusalError
        The horizon lies beyond the last observation of a group whose curve has not reached 0.

    Notes
    -----
    Variance: sum over event times of (area under the curve from there to the horizon)^2 d / (Y (Y - d));
    Andersen, Borgan, Gill and Keiding (1993), example IV.3.8; as R ``print(survfit, rmean =)``, ``survRM2``.
    """
    if horizon is None or not 0 < horizon < np.inf:
        what = f"horizon is {horizon}"
        raise BadInputError(what, allowed="a positive time, in the unit of the times")
    table = event_table(time, event, group=group)
    curve = survival_curve(table, "plain", checked_conf_level(conf_level), estimator="Kaplan-Meier")
    notes = _reach(curve, float(horizon), extend=extend)
    mean, variance = _area(curve, float(horizon))
    convention = Convention(
        estimator="restricted mean survival time",
        variance="Greenwood type",
        conf_type="plain",
        conf_level=conf_level,
        ties="events before censorings at the same time",
        source="Andersen, Borgan, Gill and Keiding 1993",
        notes=(*source_note(table, composite=is_composite(time)), *notes),
    )
    return RestrictedMean(table.groups, float(horizon), mean, np.sqrt(variance), convention)


def _reach(curve: Curve, horizon: float, *, extend: bool) -> tuple[str, ...]:
    """Refuse a horizon that some unfinished curve does not reach, or note the extension."""
    with np.errstate(invalid="ignore"):
        short = (curve.last < horizon * (1 - 1e-12)) & (curve.estimate[:, 0, -1] > 0)
    if not short.any():
        return ()
    group = int(np.flatnonzero(short)[0])
    if not extend:
        what = f"group {curve.groups[group]} was observed until {curve.last[group]:g}, not until {horizon:g}"
        instead = f"a horizon of at most {np.nanmin(curve.last):g}, or extend=True to carry the curve forward"
        raise RefusalError(what, instead=instead, source="Royston and Parmar 2013")
    return ("a curve was carried forward to the horizon",)


def _area(curve: Curve, horizon: float) -> tuple[FloatArray, FloatArray]:
    inside = curve.times < horizon
    times = np.concatenate(([0.0], curve.times[inside], [horizon]))
    steps = np.flatnonzero(inside)
    heights = curve.estimate[:, 0, np.concatenate(([0], steps + 1))]
    pieces = heights * np.diff(times)
    to_come = pieces[:, ::-1].cumsum(axis=1)[:, ::-1]
    at_risk, failed = curve.at_risk[:, steps], curve.events[:, 0, steps]
    left = at_risk - failed
    terms = np.where(left > 0, failed / np.where(left > 0, at_risk * left, 1.0), 0.0)
    return to_come[:, 0], (to_come[:, 1:] ** 2 * terms).sum(axis=1)
