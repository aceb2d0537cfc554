"""Restricted mean time: event-free, or lost to each cause."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from dayzero.errors import BadInputError, RefusalError
from dayzero.stats.contrast import contrast_frame
from dayzero.stats.convention import Convention
from dayzero.stats.curves.aalen_johansen import incidence_of
from dayzero.stats.curves.curve import last_times
from dayzero.stats.curves.functional_variance import functional_variance
from dayzero.stats.curves.incidence_variance import Influence
from dayzero.stats.inputs import cause_table, event_table, is_composite, source_note
from dayzero.stats.intervals import checked_conf_level, normal_quantile
from dayzero.stats.risk_set import RiskSet

if TYPE_CHECKING:
    import polars as pl

    from dayzero.stats.arrays import FloatArray, Label
    from dayzero.stats.event_table import EventTable


@dataclass(frozen=True, eq=False)
class RestrictedMean:
    """Mean time up to a horizon, for each group (and cause): event-free, or lost to the cause.

    Attributes
    ----------
    groups, causes : tuple
        Axes; ``causes`` is ``(None,)`` for event-free time.
    horizon : float
        In the unit of the times.
    estimate, std_err : ndarray, shape (G, J)
        Mean time and its standard error, in the unit of the times.
    convention : Convention
        What exactly was done.
    """

    groups: tuple[Label, ...]
    causes: tuple[int | None, ...]
    horizon: float
    estimate: FloatArray
    std_err: FloatArray
    convention: Convention

    def summary(self) -> pl.DataFrame:
        """Return columns group, cause, horizon, estimate, std_err, lower, upper (NaN without any event)."""
        import polars as pl

        half = normal_quantile(self.convention.conf_level) * self.std_err
        half = np.where(self.std_err > 0, half, np.nan)  # an interval of no width would look too sure
        rows = self.estimate.size
        return pl.DataFrame(
            {
                "group": [group for group in self.groups for _ in self.causes],
                "cause": pl.Series([c for _ in self.groups for c in self.causes], dtype=pl.Int64),
                "horizon": np.full(rows, self.horizon),
                "estimate": self.estimate.ravel(),
                "std_err": self.std_err.ravel(),
                "lower": np.maximum(self.estimate - half, 0.0).ravel(),
                "upper": np.minimum(self.estimate + half, self.horizon).ravel(),
            }
        )

    def difference(self, reference: Label | None = None) -> pl.DataFrame:
        """Compare each group with the reference (the first unless named) by the difference of mean times.

        Columns: group, reference, cause, estimate, std_err, lower, upper, z, p_value.
        """
        return self._contrast(reference, ratio=False)

    def ratio(self, reference: Label | None = None) -> pl.DataFrame:
        """Compare by the ratio of mean times; ``std_err`` and ``z`` are those of its logarithm."""
        return self._contrast(reference, ratio=True)

    def _contrast(self, reference: Label | None, *, ratio: bool) -> pl.DataFrame:
        return contrast_frame(
            self.groups,
            self.causes,
            self.estimate,
            self.std_err,
            self.convention.conf_level,
            reference=reference,
            ratio=ratio,
        )


def restricted_mean(
    time: Any,
    event: Any = None,
    group: Any = None,
    horizon: float | None = None,
    conf_level: float = 0.95,
    *,
    entry: Any = None,
    weight: Any = None,
    extend: bool = False,
) -> RestrictedMean:
    """Estimate the mean event-free time up to ``horizon``: the area under the Kaplan-Meier curve.

    Parameters
    ----------
    time : array_like or EventTable
        Times; a table of several causes counts any of them as the event.
    event : array_like of 0/1 or bool
        Whether the event happened.
    group, entry, weight : array_like, optional
        See :meth:`EventTable.from_arrays`.
    horizon : float
        Up to when; must not lie beyond the observation of any group.
    conf_level : float
        Confidence level of the normal interval.
    extend : bool
        Carry the last value of a curve forward to the horizon, as R does without a word.

    Returns
    -------
    RestrictedMean
        With ``.summary()``, ``.difference()`` and ``.ratio()``.

    Raises
    ------
    RefusalError
        The horizon lies beyond the last observation of a group whose curve has not reached 0.

    Notes
    -----
    Variance: sum over event times of (area under the curve from there to the horizon)^2 d / (Y (Y - d));
    Andersen, Borgan, Gill and Keiding (1993), example IV.3.8; as R ``print(survfit, rmean =)``, ``survRM2``.
    Fractional weights and delayed entry: infinitesimal jackknife.
    """
    table = event_table(time, event, group=group, entry=entry, weight=weight)
    lost, std_err, notes = _time_lost(table, horizon, extend=extend)
    composite = is_composite(time)
    convention = _convention(table, "restricted mean survival time", conf_level, notes, composite=composite)
    limit = float(horizon or 0.0)
    return RestrictedMean(table.groups, (None,), limit, limit - lost, std_err, convention)


def restricted_time_lost(
    time: Any,
    cause: Any = None,
    group: Any = None,
    horizon: float | None = None,
    conf_level: float = 0.95,
    *,
    entry: Any = None,
    weight: Any = None,
    extend: bool = False,
) -> RestrictedMean:
    """Estimate the mean time lost to each cause up to ``horizon``: the area under its cumulative incidence.

    Parameters
    ----------
    time : array_like or EventTable
        Times, or a table in place of all arrays.
    cause : array_like of int
        0 censored, 1, 2, ... the competing causes.
    group, entry, weight, horizon, conf_level, extend
        As for :func:`restricted_mean`.

    Notes
    -----
    Andersen (2013), Stat Med 32:5278: the times lost to all causes and the mean event-free time add up to the
    horizon. Variance by the delta method (infinitesimal jackknife).
    """
    table = cause_table(time, cause, group=group, entry=entry, weight=weight)
    lost, std_err, notes = _time_lost(table, horizon, extend=extend)
    convention = _convention(table, "restricted mean time lost", conf_level, notes)
    return RestrictedMean(table.groups, table.causes, float(horizon or 0.0), lost, std_err, convention)


def _convention(
    table: EventTable, estimator: str, conf_level: float, notes: tuple[str, ...], *, composite: bool = False
) -> Convention:
    jackknife = table.fractional or table.spells is not None
    return Convention(
        estimator=estimator,
        variance="infinitesimal jackknife" if jackknife else "Greenwood type",
        conf_type="plain",
        conf_level=checked_conf_level(conf_level),
        ties="events before censorings at the same time",
        source="Andersen, Borgan, Gill and Keiding 1993; Andersen 2013",
        notes=(*source_note(table, composite=composite), *notes),
    )


def _time_lost(
    table: EventTable, horizon: float | None, *, extend: bool
) -> tuple[FloatArray, FloatArray, tuple[str, ...]]:
    """Return the mean time lost to each cause and its standard error, (G, K), and what was extended."""
    if horizon is None or not 0 < horizon < np.inf:
        what = f"horizon is {horizon}"
        raise BadInputError(what, allowed="a positive time, in the unit of the times")
    risk = RiskSet.of_groups(table)
    survival = risk.survival()
    incidence = incidence_of(risk, survival)
    notes = _reach(table, survival, horizon, extend=extend)
    lost, own, other = _areas(table.times, risk, survival, incidence, horizon)
    std_err = np.sqrt(functional_variance(table, risk, own, other))
    empty = ~(risk.at_risk > 0).any(axis=-1)
    lost[empty] = std_err[empty] = np.nan
    return lost, std_err, notes


def _areas(
    times: FloatArray, risk: RiskSet, survival: FloatArray, incidence: FloatArray, horizon: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the area under each incidence up to the horizon, and the influence of events on it.

    An event at u shifts F(t) by (S(u) + F(u) - F(t)) / (Y - d), or by (F(u) - F(t)) / (Y - d) if it competes;
    both are integrated over t from u to the horizon.
    """
    ends = np.minimum(np.append(times[1:], np.inf), horizon)
    width = np.maximum(ends - times, 0.0)  # how long each step holds before the horizon
    to_come = (incidence * width)[..., ::-1].cumsum(axis=-1)[..., ::-1]
    left = np.maximum(horizon - times, 0.0)
    f = Influence.of(risk, survival, incidence)
    own, other = f.own * left - f.slope * to_come, f.other * left - f.slope * to_come
    # Where everybody left fails at once the slope is 0 and the curve stays: the jump holds to the horizon.
    return to_come[..., 0] if len(times) else np.zeros(incidence.shape[:2]), own, other


def _reach(table: EventTable, survival: FloatArray, horizon: float, *, extend: bool) -> tuple[str, ...]:
    """Refuse a horizon that some unfinished curve does not reach, or note the extension."""
    last = last_times(table.times, table.count.sum(axis=(0, 2)))
    present = ~np.isnan(last)
    short = present & (np.where(present, last, np.inf) < horizon * (1 - 1e-12)) & (survival[:, -1] > 0)
    if not short.any():
        return ()
    group = int(np.flatnonzero(short)[0])
    if not extend:
        what = f"group {table.groups[group]} was observed until {last[group]:g}, not until {horizon:g}"
        instead = f"a horizon of at most {np.nanmin(last):g}, or extend=True to carry the curve forward"
        raise RefusalError(what, instead=instead, source="Royston and Parmar 2013")
    return ("a curve was carried forward to the horizon",)
