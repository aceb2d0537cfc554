"""A curve of every group (and cause) on one time axis, and what can be asked of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from dayzero.errors import BadInputError
from dayzero.stats.intervals import EDGE, wald_limits

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

    from dayzero.stats.arrays import FloatArray, IntArray, Label
    from dayzero.stats.convention import Convention

BEYOND = ("carry", "missing")
Limits = tuple["FloatArray", "FloatArray"]


@dataclass(frozen=True, eq=False)
class Curve:
    """Step curves that change at ``times``; arrays (groups, causes, 1 + T), index 0 before the first time.

    Attributes
    ----------
    convention : Convention
        What exactly was done.
    groups, causes : tuple
        Axes; ``causes`` is ``(None,)`` for a curve of a single event.
    times : ndarray, shape (T,)
        Distinct times of the whole table; a group's own steps are where it has events.
    estimate, variance : ndarray, shape (G, J, 1 + T)
        The curve just after each time, and its variance (NaN where undefined).
    at_risk : ndarray, shape (G, T)
        (Weighted) number at risk just before each time.
    events : ndarray, shape (G, J, T)
        (Weighted) number of events at each time; censored (G, T) likewise.
    people : tuple of ndarray or None
        ``(at_risk, events, censored)`` counted in people, when weights make them differ.
    make_limits : callable
        Computes ``(lower, upper)``, each (G, J, 1 + T).
    initial : float
        The value before the first time: 1 for survival, 0 for incidence and cumulative hazard.
    bounded : bool
        Whether the curve is a probability.
    """

    convention: Convention
    groups: tuple[Label, ...]
    causes: tuple[int | None, ...]
    times: FloatArray
    estimate: FloatArray
    variance: FloatArray
    at_risk: FloatArray
    events: FloatArray
    censored: FloatArray
    make_limits: Callable[[Curve], Limits]
    initial: float
    people: tuple[FloatArray, FloatArray, FloatArray] | None = None
    bounded: bool = True

    @cached_property
    def std_err(self) -> FloatArray:
        """Standard error, (G, J, 1 + T)."""
        return np.sqrt(self.variance)

    @cached_property
    def last(self) -> FloatArray:
        """Last observed time of each group, (G,); NaN for a group without patients."""
        return last_times(self.times, self.events.sum(axis=1) + self.censored)

    @cached_property
    def limits(self) -> Limits:
        """Pointwise lower and upper confidence limits, each (G, J, 1 + T); NaN where undefined."""
        return self.make_limits(self)

    @property
    def falls(self) -> bool:
        """Whether the curve starts at 1 and falls (survival) or starts at 0 and rises."""
        return self.initial == 1.0

    def at(self, times: Any, *, beyond: str = "carry") -> pl.DataFrame:
        """Return the curve at ``times``.

        After the last observation of a group the estimate is carried forward, as R does with
        ``extend = TRUE``; ``beyond="missing"`` gives NaN there unless the curve is complete, as SAS does.

        Columns: group, cause, time, estimate, std_err, lower, upper, at_risk (just before the time), events
        (cumulative, the time included), beyond_follow_up (the group was not observed that long; the estimate
        is carried forward), flag (why an interval is missing). Under weights also at_risk_people and
        events_people. Rows are ordered by group, cause, time as given.
        """
        import polars as pl

        from dayzero.stats.curves.curve_frames import at_columns

        if beyond not in BEYOND:
            raise BadInputError.unknown_name(kind="beyond", found=str(beyond), allowed=BEYOND)
        return pl.DataFrame(at_columns(self, wanted_times(times), missing=beyond == "missing"))

    def quantile(self, p: Any = 0.5) -> pl.DataFrame:
        """Return the time by which a proportion ``p`` has had the event, with the interval of that time.

        Columns: group, cause, p, estimate, lower, upper; NaN (not reached) where the curve, or the limit,
        does not get there. A curve that is flat exactly at ``p`` gives the middle of the flat part, and the
        limits invert the pointwise limits (Brookmeyer and Crowley 1982), both as R ``quantile.survfit``. For
        a cumulative incidence it is the time at which the incidence reaches ``p``, if it ever does.
        """
        import polars as pl

        from dayzero.stats.curves.curve_frames import quantile_columns

        return pl.DataFrame(quantile_columns(self, np.atleast_1d(np.asarray(p, dtype=np.float64))))

    def steps(self) -> pl.DataFrame:
        """Return the whole curve: a row for time 0 and for each time at which somebody of the group left.

        Columns: group, cause, time, estimate, std_err, lower, upper, at_risk, events, censored (the last two
        at that time).
        """
        import polars as pl

        from dayzero.stats.curves.curve_frames import step_columns

        return pl.DataFrame(step_columns(self))

    @cached_property
    def complete(self) -> Any:
        """Whether everybody of a group had an event, so that the curve is known for ever, (G,)."""
        return (self.censored.sum(axis=1) == 0) & (self.events.sum(axis=(1, 2)) > 0)

    def flags(self) -> Any:
        """Return why an interval is missing, (G, J, 1 + T) of text; empty where there is one."""
        text = np.full(self.estimate.shape, "no variance: no interval exists", dtype=object)
        if self.bounded:
            text[self.estimate <= EDGE] = "estimate is 0: no interval of this type exists"
            text[self.estimate >= 1 - EDGE] = "estimate is 1: no interval of this type exists"
        lower, upper = self.limits
        text[~(np.isnan(lower) | np.isnan(upper))] = ""
        text[np.isnan(self.estimate)] = "nobody in this group"
        return text


def wanted_times(times: Any) -> FloatArray:
    """Return the times asked for, refusing missing and negative ones."""
    wanted = np.atleast_1d(np.asarray(times, dtype=np.float64))
    if wanted.ndim != 1 or not bool((wanted >= 0).all()):
        what = "times must be numbers, not missing and not negative"
        raise BadInputError(what)
    return wanted


def wald(conf_type: str, conf_level: float) -> Callable[[Curve], Limits]:
    """Return the rule that puts Wald-type limits on a curve."""

    def limits(curve: Curve) -> Limits:
        return wald_limits(curve.estimate, curve.std_err, conf_type, conf_level)

    return limits


def last_times(times: FloatArray, leaving: FloatArray) -> FloatArray:
    """Return the last time at which each group (axis 0) was observed; NaN for an empty group."""
    present = leaving > 0
    index = present.shape[-1] - 1 - present[..., ::-1].argmax(axis=-1)
    return np.where(present.any(axis=-1), times[index], np.nan)


def position(times: FloatArray, wanted: FloatArray) -> IntArray:
    """Return the index (0: before the first time) of the step that holds at each wanted time.

    A wanted time within round-off of a step is that step.
    """
    from dayzero.stats.arrays import TIE_TOLERANCE

    slack = TIE_TOLERANCE * max(1.0, float(np.abs(times).mean()))
    return np.searchsorted(times, wanted + slack, side="right")
