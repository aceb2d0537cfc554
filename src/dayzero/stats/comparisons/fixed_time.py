"""Comparison of groups at one time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from dayzero.errors import BadInputError, RefusalError
from dayzero.stats.contrast import contrast_frame
from dayzero.stats.convention import Convention
from dayzero.stats.curves.aalen_johansen import cumulative_incidence
from dayzero.stats.curves.curve import position
from dayzero.stats.curves.product_limit import kaplan_meier
from dayzero.stats.inputs import cause_table, event_table
from dayzero.stats.intervals import EDGE, WALD_TYPES, checked_conf_level, checked_conf_type
from dayzero.stats.test_result import chi_square_p

if TYPE_CHECKING:
    import polars as pl

    from dayzero.stats.arrays import FloatArray, Label
    from dayzero.stats.curves.curve import Curve


@dataclass(frozen=True, eq=False)
class FixedTimeTest:
    """A comparison of survival or incidence at one time.

    Attributes
    ----------
    statistic, df, p_value : float, int, float
        Chi-square test of equality at that time; NaN where a transformed estimate has no variance.
    at : float
        The time.
    groups : tuple
        Labels.
    estimate, std_err : ndarray, shape (G,)
        On the probability scale.
    convention : Convention
        What exactly was done.
    notes : tuple of str
        What a reader must know.
    """

    __test__ = False

    statistic: float
    df: int
    p_value: float
    at: float
    groups: tuple[Label, ...]
    estimate: FloatArray
    std_err: FloatArray
    convention: Convention
    notes: tuple[str, ...] = ()

    def difference(self, reference: Label | None = None) -> pl.DataFrame:
        """Return differences of probabilities: group, reference, cause, estimate, ..., z, p_value."""
        return self._contrast(reference, ratio=False)

    def ratio(self, reference: Label | None = None) -> pl.DataFrame:
        """Return ratios of probabilities; ``std_err`` and ``z`` are those of the logarithm."""
        return self._contrast(reference, ratio=True)

    def _contrast(self, reference: Label | None, *, ratio: bool) -> pl.DataFrame:
        return contrast_frame(
            self.groups,
            (None,),
            self.estimate[:, None],
            self.std_err[:, None],
            self.convention.conf_level,
            reference=reference,
            ratio=ratio,
        )


def fixed_time_test(
    time: Any,
    event: Any = None,
    group: Any = None,
    at: float | None = None,
    *,
    of_interest: int | None = None,
    scale: str = "log-log",
    entry: Any = None,
    weight: Any = None,
    variance: str = "aalen",
    conf_level: float = 0.95,
) -> FixedTimeTest:
    """Test that the groups have the same survival, or incidence of a cause, at one time.

    Parameters
    ----------
    time : array_like or EventTable
        Times, or a table with groups.
    event : array_like
        0/1; with ``of_interest``, cause codes.
    group : array_like
        Two groups or more.
    at : float
        The time, chosen before looking at the curves.
    of_interest : int, optional
        Compare the cumulative incidence of this cause; without it, survival (event: any cause).
    scale : {"log-log", "log", "plain", "logit", "arcsin"}
        Transformation on which the estimates are compared.
    entry, weight, variance
        As for :func:`cumulative_incidence`.
    conf_level : float
        Of the differences and ratios.

    Raises
    ------
    RefusalError
        A group was not observed until then.

    Notes
    -----
    Klein, Logan, Harhoff and Andersen (2007), Stat Med 26:4505: transformed estimates, variance by the delta
    method, differences weighted by inverse variance. "log-log" holds its level best with few patients.
    """
    checked_conf_type(scale, WALD_TYPES)
    if at is None or not 0 < at < np.inf:
        what = f"at is {at}"
        raise BadInputError(what, allowed="a positive time, in the unit of the times")
    if of_interest is None:
        table = event_table(time, event, group=group, entry=entry, weight=weight)
        curve, j = kaplan_meier(table), 0
    else:
        table = cause_table(time, event, group=group, entry=entry, weight=weight)
        table.known_cause(of_interest)
        curve, j = cumulative_incidence(table, variance=variance), table.causes.index(of_interest)
    if len(table.groups) < 2:
        what = "there is only one group"
        raise BadInputError(what, hint="pass group, or a table counted by group")
    _refuse_beyond(curve, at)
    step = position(curve.times, np.array([at]))[0]
    estimate, std_err = curve.estimate[:, j, step], curve.std_err[:, j, step]
    statistic, df, notes = _chi_square(estimate, std_err, scale)
    convention = Convention(
        estimator=f"comparison at {at:g} of {curve.convention.estimator} estimates",
        variance=curve.convention.variance,
        conf_type=f"plain (test on the {scale} scale)",
        conf_level=checked_conf_level(conf_level),
        source="Klein, Logan, Harhoff and Andersen 2007",
        notes=curve.convention.notes,
    )
    return FixedTimeTest(
        statistic,
        df,
        chi_square_p(statistic, df),
        float(at),
        table.groups,
        estimate,
        std_err,
        convention,
        notes,
    )


def _refuse_beyond(curve: Curve, at: float) -> None:
    last = np.where(np.isnan(curve.last), np.inf, curve.last)
    short = (last < at * (1 - 1e-12)) & ~_finished(curve)
    if short.any():
        group = int(np.flatnonzero(short)[0])
        what = f"group {curve.groups[group]} was observed until {last[group]:g}, not until {at:g}"
        raise RefusalError(what, instead=f"a time of at most {last.min():g}")


def _finished(curve: Curve) -> np.ndarray:
    """Tell which groups ended with everybody having had an event."""
    survival = curve.estimate[:, 0, -1] if curve.falls else 1 - curve.estimate[:, :, -1].sum(axis=1)
    return survival <= EDGE


def _chi_square(estimate: FloatArray, std_err: FloatArray, scale: str) -> tuple[float, int, tuple[str, ...]]:
    """Return the inverse-variance heterogeneity statistic of the transformed estimates."""
    here = ~np.isnan(estimate)
    notes = () if here.all() else ("a group without patients was left out",)
    p, se = estimate[here], std_err[here]
    if len(p) < 2:
        return float("nan"), 0, (*notes, "fewer than two groups can be compared")
    if ((p <= EDGE) | (p >= 1 - EDGE) | ~(se > 0)).any():
        why = (
            "an estimate of 0 or 1 has no variance: see permutation_test, or exact limits (conf_type='beta')"
        )
        return float("nan"), 0, (*notes, why)
    value, slope = _TRANSFORMS[scale](p)
    weight = 1 / (slope * se) ** 2
    centre = (weight * value).sum() / weight.sum()
    return float((weight * (value - centre) ** 2).sum()), len(p) - 1, notes


_TRANSFORMS = {
    "plain": lambda p: (p, np.ones_like(p)),
    "log": lambda p: (np.log(p), 1 / p),
    "log-log": lambda p: (np.log(-np.log(p)), 1 / (p * np.log(p))),
    "logit": lambda p: (np.log(p / (1 - p)), 1 / (p * (1 - p))),
    "arcsin": lambda p: (np.arcsin(np.sqrt(p)), 0.5 / np.sqrt(p * (1 - p))),
}
