"""Gray's test of equal cumulative incidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from dayzero.errors import BadInputError, RefusalError
from dayzero.stats.aalen_johansen import incidence_of
from dayzero.stats.convention import Convention
from dayzero.stats.inputs import cause_table, not_simple, source_note
from dayzero.stats.risk_set import RiskSet, before
from dayzero.stats.test_result import TestResult, chi_square_p, quadratic_form

if TYPE_CHECKING:
    from dayzero.stats.arrays import FloatArray
    from dayzero.stats.event_table import EventTable


def gray_test(
    time: Any,
    cause: Any = None,
    group: Any = None,
    of_interest: int = 1,
    stratum: Any = None,
    rho: float = 0.0,
) -> TestResult:
    """Test that the groups have the same cumulative incidence of a cause.

    Parameters
    ----------
    time : array_like or EventTable
        Times; or a table with groups (and strata).
    cause : array_like of int
        0 censored, 1, 2, ... the competing causes.
    group : array_like
        Two groups or more.
    of_interest : int
        The cause whose incidence is compared.
    stratum : array_like, optional
        Compare within strata and add up.
    rho : float
        Weight (1 - F(t-))^rho, F the pooled incidence.

    Returns
    -------
    TestResult
        ``observed`` are the events of the cause, ``expected`` those expected if the subdistribution hazards
        were equal (both weighted when rho is not 0). A group without events of the cause takes part.

    Raises
    ------
    BadInputError
        One group; a cause that nobody had.
    RefusalError
        Delayed entry or case weights: the test is not defined for them.

    Notes
    -----
    Gray (1988), Ann Stat 16:1141. Same as R ``cmprsk::cuminc``, with its tie corrections.
    """
    table = cause_table(time, cause, group=group, stratum=stratum)
    _refuse_unusable(table, of_interest)
    own = table.causes.index(of_interest)
    groups = len(table.groups)
    parts = [_stratum_sums(table.leaving()[s], own, rho) for s in range(len(table.strata))]
    score, covariance = np.zeros(groups), np.zeros((groups, groups))
    observed, expected = np.zeros(groups), np.zeros(groups)
    for part in parts:
        score += part.observed - part.expected
        covariance += part.covariance
        observed += part.observed
        expected += part.expected
    present = table.count.sum(axis=(0, 2, 3)) > 0
    statistic, df, notes = quadratic_form(score, covariance, present)
    if any(part.exhausted for part in parts):
        notes = (
            *notes,
            "one group ran out of patients and the pooled incidence passed 1: see a permutation test",
        )
    strata = "" if len(table.strata) == 1 else f", {len(table.strata)} strata"
    convention = Convention(
        estimator=f"Gray's test of cause {of_interest} (rho {rho:g}{strata})",
        variance="Gray 1988, as R cmprsk",
        ties="tied causes share one risk set",
        source="Gray 1988",
        notes=source_note(table),
    )
    return TestResult(
        statistic=statistic,
        df=df,
        p_value=chi_square_p(statistic, df),
        groups=table.groups,
        n=np.rint(table.count.sum(axis=(0, 2, 3))).astype(np.int64),
        observed=observed,
        expected=expected,
        score=score,
        covariance=covariance,
        method=convention.estimator,
        convention=convention,
        notes=notes,
    )


def _refuse_unusable(table: EventTable, of_interest: int) -> None:
    if len(table.groups) < 2:
        what = "there is only one group"
        raise BadInputError(what, hint="pass group, or a table counted by group")
    table.known_cause(of_interest)
    if not table.count[:, :, 1 + table.causes.index(of_interest)].any():
        what = f"nobody had cause {of_interest}"
        raise BadInputError(what, hint="without an event there is nothing to compare")
    reason = not_simple(table)
    if reason:
        what = f"Gray's test is not defined under {reason}"
        instead = "logrank_test(..., of_interest=...) of the cause-specific hazard"
        raise RefusalError(what, instead=instead, source="Gray 1988")


@dataclass(frozen=True, eq=False)
class _Sums:
    observed: FloatArray
    expected: FloatArray
    covariance: FloatArray
    exhausted: bool


@dataclass(frozen=True, eq=False)
class _Paths:
    """Left limits and values of the curves of one stratum at its event times; arrays (G, T) or (T,)."""

    at_risk: FloatArray
    own: FloatArray
    other: FloatArray
    before_survival: FloatArray
    survival: FloatArray
    before_incidence: FloatArray
    reweighted: FloatArray  # Y / S(t-), the estimated size of the subdistribution risk set over 1 - F
    total: FloatArray
    pooled: FloatArray
    before_pooled: FloatArray


def _paths(leaving: FloatArray, own: int) -> _Paths:
    risk = RiskSet.of(leaving, None)
    survival = risk.survival()
    incidence = incidence_of(RiskSet(risk.at_risk, risk.events[:, own : own + 1], risk.failed), survival)[
        :, 0
    ]
    happens = risk.failed.any(axis=0)
    when = slice(None) if happens.all() else np.flatnonzero(happens)
    before_survival = before(survival, 1.0)[:, when]
    at_risk = risk.at_risk[:, when]
    events = risk.events[:, own, when]
    reweighted = at_risk / np.where(at_risk > 0, before_survival, 1.0)
    total = reweighted.sum(axis=0)
    pooled = (events.sum(axis=0) / total).cumsum()
    return _Paths(
        at_risk=at_risk,
        own=events,
        other=risk.failed[:, when] - events,
        before_survival=before_survival,
        survival=survival[:, when],
        before_incidence=before(incidence, 0.0)[:, when],
        reweighted=reweighted,
        total=total,
        pooled=pooled,
        before_pooled=before(pooled, 0.0),
    )


def _stratum_sums(leaving: FloatArray, own: int, rho: float) -> _Sums:
    """Return the score and its covariance in one stratum (Gray 1988, section 3, written as running sums)."""
    groups = leaving.shape[0]
    if not leaving[:, 1 + own].any():
        return _Sums(np.zeros(groups), np.zeros(groups), np.zeros((groups, groups)), exhausted=False)
    path = _paths(leaving, own)
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = (1 - path.before_pooled) ** rho
        events = path.own.sum(axis=0)
        in_risk_set = path.reweighted * (1 - path.before_incidence)
        expected = in_risk_set @ (weight * events / in_risk_set.sum(axis=0))
        hazard = events / (path.total * (1 - path.before_pooled))
        covariance = np.zeros((groups, groups))
        for k in range(groups):
            covariance[:-1, :-1] += _group_part(path, weight, events, hazard, k)
    # The scores add up to zero, so the last row and column follow from the others.
    covariance[-1] = -covariance.sum(axis=0)
    covariance[:, -1] = -covariance.sum(axis=1)
    return _Sums(path.own @ weight, expected, covariance, bool((path.before_pooled >= 1).any()))


def _group_part(
    path: _Paths, weight: FloatArray, events: FloatArray, hazard: FloatArray, k: int
) -> FloatArray:
    """Return what the events of group k, of the cause and competing, add to the covariance of the scores."""
    own = path.reweighted[k] * weight
    a = path.reweighted[:-1] * (-own / path.total)
    if k < len(a):
        a[k] += own
    c = (a * hazard).cumsum(axis=1)
    rest = c[:, -1:] - c
    left = path.before_survival[k]
    ratio = (1 - path.pooled) / np.where(path.survival[k] > 0, path.survival[k], np.inf)
    safe = np.maximum(path.at_risk[k], 1.0)
    # Events of the cause, with Gray's correction for ties.
    ties = 1 - np.maximum(events - 1, 0.0) / np.maximum(path.total * left - 1, 1e-300)
    spread = np.where(path.at_risk[k] > 0, ties * left * events / (path.total * safe), 0.0)
    x = a + rest
    rest *= ratio
    x -= rest
    out: FloatArray = (x * spread) @ x.T
    # Competing events.
    other = path.other[k]
    ties = 1 - np.maximum(other - 1, 0.0) / np.maximum(safe - 1, 1.0)
    spread = ties * left**2 * other / safe**2
    out += (rest * spread) @ rest.T
    return out
