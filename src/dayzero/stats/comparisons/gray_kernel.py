"""Score and covariance of Gray's test in one stratum, for one table or for many at once.

Gray (1988), Ann Stat 16:1141, sections 2 and 3, written as running sums along time; tie corrections and the
handling of a group that ran out of patients are those of R ``cmprsk``. Arrays (..., G, T); leading axes are
replicates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from dayzero.stats.curves.aalen_johansen import incidence_of
from dayzero.stats.risk_set import RiskSet, before

if TYPE_CHECKING:
    from dayzero.stats.arrays import FloatArray


class GraySums(NamedTuple):
    """Weighted observed and expected events (..., G) and their covariance (..., G, G).

    ``exhausted``: whether the pooled incidence passed 1 because a group ran out of patients.
    """

    observed: FloatArray
    expected: FloatArray
    covariance: FloatArray
    exhausted: Any


class _Paths(NamedTuple):
    """Curves of one stratum at its event times: (..., G, T), and (..., T) for what is pooled."""

    at_risk: FloatArray
    own: FloatArray
    other: FloatArray
    before_survival: FloatArray
    survival: FloatArray
    before_incidence: FloatArray
    reweighted: FloatArray  # Y / S(t-): the estimated subdistribution risk set over 1 - F(t-)
    total: FloatArray
    pooled: FloatArray
    before_pooled: FloatArray


def _paths(leaving: FloatArray, own: int) -> _Paths:
    risk = RiskSet.of(leaving, None)
    survival = risk.survival()
    cause = risk.events[..., own : own + 1, :]
    incidence = incidence_of(RiskSet(risk.at_risk, cause, risk.failed), survival)[..., 0, :]
    happens = risk.failed.reshape(-1, risk.failed.shape[-1]).any(axis=0)
    when = slice(None) if happens.all() else np.flatnonzero(happens)
    before_survival = before(survival, 1.0)[..., when]
    at_risk = risk.at_risk[..., when]
    events = risk.events[..., own, when]
    reweighted = at_risk / np.where(at_risk > 0, before_survival, 1.0)
    total = reweighted.sum(axis=-2)
    pooled = (events.sum(axis=-2) / total).cumsum(axis=-1)
    return _Paths(
        at_risk=at_risk,
        own=events,
        other=risk.failed[..., when] - events,
        before_survival=before_survival,
        survival=survival[..., when],
        before_incidence=before(incidence, 0.0)[..., when],
        reweighted=reweighted,
        total=total,
        pooled=pooled,
        before_pooled=before(pooled, 0.0),
    )


def gray_sums(leaving: FloatArray, own: int, rho: float) -> GraySums:
    """Return the sums of one stratum from counts (..., G, 1 + K, T); ``own`` numbers the cause from 0."""
    groups = leaving.shape[-3]
    lead = leaving.shape[:-3]
    if not leaving[..., 1 + own, :].any():
        nothing = np.zeros((*lead, groups))
        return GraySums(nothing, nothing, np.zeros((*lead, groups, groups)), np.zeros(lead, dtype=bool))
    path = _paths(leaving, own)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        weight = np.ones_like(path.pooled) if rho == 0 else (1 - path.before_pooled) ** rho
        events = path.own.sum(axis=-2)
        in_risk_set = path.reweighted * (1 - path.before_incidence)
        share = weight * events / in_risk_set.sum(axis=-2)
        hazard = events / (path.total * (1 - path.before_pooled))
        covariance = np.zeros((*lead, groups, groups))
        for k in range(groups):
            covariance[..., :-1, :-1] += _group_part(path, weight, events, hazard, k)
    # The scores add up to zero, so the last row and column follow from the others.
    covariance[..., -1, :] = -covariance.sum(axis=-2)
    covariance[..., :, -1] = -covariance.sum(axis=-1)
    return GraySums(
        (path.own * weight[..., None, :]).sum(axis=-1),
        (in_risk_set * share[..., None, :]).sum(axis=-1),
        covariance,
        (path.before_pooled >= 1).any(axis=-1),
    )


def _group_part(
    path: _Paths, weight: FloatArray, events: FloatArray, hazard: FloatArray, k: int
) -> FloatArray:
    """Return what the events of group k, of the cause and competing, add to the covariance of the scores."""
    own = path.reweighted[..., k, :] * weight
    a = path.reweighted[..., :-1, :] * (-own / path.total)[..., None, :]
    if k < a.shape[-2]:
        a[..., k, :] += own
    c = (a * hazard[..., None, :]).cumsum(axis=-1)
    rest = c[..., -1:] - c
    left, survival, at_risk = (
        path.before_survival[..., k, :],
        path.survival[..., k, :],
        path.at_risk[..., k, :],
    )
    ratio = (1 - path.pooled) / np.where(survival > 0, survival, np.inf)
    safe = np.maximum(at_risk, 1.0)
    # Events of the cause, with Gray's correction for ties.
    ties = 1 - np.maximum(events - 1, 0.0) / np.maximum(path.total * left - 1, 1e-300)
    spread = np.where(at_risk > 0, ties * left * events / (path.total * safe), 0.0)
    x = a + rest
    rest *= ratio[..., None, :]
    x -= rest
    out: FloatArray = (x * spread[..., None, :]) @ x.swapaxes(-1, -2)
    # Competing events.
    other = path.other[..., k, :]
    ties = 1 - np.maximum(other - 1, 0.0) / np.maximum(safe - 1, 1.0)
    spread = ties * left**2 * other / safe**2
    out += (rest * spread[..., None, :]) @ rest.swapaxes(-1, -2)
    return out
