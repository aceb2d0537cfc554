"""Simultaneous confidence bands for survival."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from dayzero.errors import BadInputError, RefusalError
from dayzero.stats.convention import Convention
from dayzero.stats.curves.band_quantile import equal_precision_quantile, hall_wellner_quantile
from dayzero.stats.inputs import event_table, is_composite, not_simple, source_note
from dayzero.stats.intervals import WALD_TYPES, checked_conf_level, checked_conf_type, scaled_limits
from dayzero.stats.risk_set import RiskSet

if TYPE_CHECKING:
    import polars as pl

    from dayzero.stats.arrays import FloatArray, Label
    from dayzero.stats.event_table import EventTable

METHODS = ("equal precision", "hall-wellner")


@dataclass(frozen=True, eq=False)
class ConfidenceBand:
    """A band that holds the whole survival curve between two times with the stated confidence.

    Attributes
    ----------
    groups : tuple
        Labels.
    critical : ndarray, shape (G,)
        Critical value of each group (for equal precision, what replaces 1.96).
    steps_of : tuple of dict
        Columns of each group.
    convention : Convention
        What exactly was done.
    """

    groups: tuple[Label, ...]
    critical: FloatArray
    steps_of: tuple[dict[str, FloatArray], ...]
    convention: Convention

    def steps(self) -> pl.DataFrame:
        """Return columns group, time, estimate, lower, upper at the event times inside the range."""
        import polars as pl

        frames = [
            pl.DataFrame({"group": [group] * len(columns["time"]), **columns})
            for group, columns in zip(self.groups, self.steps_of, strict=True)
        ]
        return pl.concat(frames)


def confidence_band(
    time: Any,
    event: Any = None,
    group: Any = None,
    *,
    method: str = "equal precision",
    start: float | None = None,
    stop: float | None = None,
    conf_type: str = "log-log",
    conf_level: float = 0.95,
) -> ConfidenceBand:
    """Draw a band around each Kaplan-Meier curve that holds over a whole range of times.

    Parameters
    ----------
    time, event, group
        As for :func:`kaplan_meier`.
    method : {"equal precision", "hall-wellner"}
        Proportional to the pointwise limits (Nair 1984), or to Hall and Wellner's (1980).
    start, stop : float, optional
        The range. By default from the first event of a group to its last with somebody left at risk.
    conf_type : {"log-log", "log", "plain", "logit", "arcsin"}
        Scale on which the band is symmetric.
    conf_level : float
        Simultaneous confidence level.

    Raises
    ------
    RefusalError
        Delayed entry or fractional weights; a group without two events inside the range.

    Notes
    -----
    Klein and Moeschberger (2003), section 4.4, with a(t) = n s(t)^2 / (1 + n s(t)^2) and s(t)^2 the sum of
    d / (Y (Y - d)). Critical values are computed, not read from a table.
    """
    checked_conf_type(conf_type, WALD_TYPES)
    if method not in METHODS:
        raise BadInputError.unknown_name(kind="method", found=str(method), allowed=METHODS)
    table = event_table(time, event, group=group)
    reason = not_simple(table)
    if reason:
        what = f"simultaneous bands need whole patients observed from the origin; the table has {reason}"
        raise RefusalError(what, instead="pointwise limits, or a bootstrap")
    window = (0.0 if start is None else float(start), np.inf if stop is None else float(stop))
    parts = [_band(table, g, window, method, conf_type, conf_level) for g in range(len(table.groups))]
    convention = Convention(
        estimator="Kaplan-Meier",
        variance="Greenwood",
        conf_type=f"{method} band, {conf_type}",
        conf_level=checked_conf_level(conf_level),
        source="Nair 1984" if method == METHODS[0] else "Hall and Wellner 1980",
        notes=source_note(table, composite=is_composite(time)),
    )
    critical = np.array([value for value, _ in parts])
    return ConfidenceBand(table.groups, critical, tuple(columns for _, columns in parts), convention)


def _band(
    table: EventTable, g: int, window: tuple[float, float], method: str, conf_type: str, conf_level: float
) -> tuple[float, dict[str, FloatArray]]:
    risk = RiskSet.of_groups(table)
    at_risk, failed = risk.at_risk[g], risk.failed[g]
    left = at_risk - failed
    spread = np.where(left > 0, failed / np.where(left > 0, at_risk * left, 1.0), 0.0).cumsum()
    inside = (failed > 0) & (left > 0) & (table.times >= window[0]) & (table.times <= window[1])
    if inside.sum() < 2:
        what = f"group {table.groups[g]} has fewer than two events with patients left inside the range"
        raise RefusalError(what, instead="pointwise limits")
    n, spread, survival = at_risk[0], spread[inside], risk.survival()[g, inside]
    scaled = n * spread / (1 + n * spread)
    if method == METHODS[0]:
        critical = equal_precision_quantile(scaled[0], scaled[-1], conf_level)
        half = critical * np.sqrt(spread) * survival
    else:
        critical = hall_wellner_quantile(scaled[0], scaled[-1], conf_level)
        half = critical * (1 + n * spread) / np.sqrt(n) * survival
    lower, upper = scaled_limits(survival, half, conf_type)
    columns = {"time": table.times[inside], "estimate": survival, "lower": lower, "upper": upper}
    return critical, columns
