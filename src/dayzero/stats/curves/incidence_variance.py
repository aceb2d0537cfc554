"""Variance of the Aalen-Johansen curve in one pass: three conventions, one quadratic in F(t).

The influence of what happens at time u on F_k(t) is (S(u) + F_k(u) - F_k(t)) / (Y - d) for an event of cause
k and (F_k(u) - F_k(t)) / (Y - d) for a competing one. Both are linear in F_k(t), so every variance here is
A0(t) - 2 F_k(t) A1(t) + F_k(t)^2 A2(t) with running sums A: linear in the number of times.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dayzero.stats.risk_set import before

if TYPE_CHECKING:
    from dayzero.stats.arrays import FloatArray
    from dayzero.stats.risk_set import RiskSet


@dataclass(frozen=True, eq=False)
class Influence:
    """Influence at each time, split in the part free of F(t) (own, other) and its factor (slope).

    Arrays (..., K, T), except slope (..., 1, T).
    """

    own: FloatArray
    other: FloatArray
    slope: FloatArray

    @classmethod
    def of(cls, risk: RiskSet, survival: FloatArray, incidence: FloatArray) -> Influence:
        """Build from the risk set, S (..., T) and F (..., K, T), both just after each time."""
        left = risk.left()
        last = (left <= 0) & (risk.failed > 0)
        slope = np.where(left > 0, 1.0 / np.where(left > 0, left, 1.0), 0.0)[..., None, :]
        own = (incidence + survival[..., None, :]) * slope
        if last.any():
            # Everybody left fails at once: F does not move afterwards, so only the jump itself counts.
            jump = before(survival, 1.0) / np.where(risk.at_risk > 0, risk.at_risk, 1.0)
            own = np.where(last[..., None, :], jump[..., None, :], own)
        return cls(own, incidence * slope, slope)

    def compensator(self, risk: RiskSet) -> tuple[FloatArray, FloatArray]:
        """Return what being at risk up to each time takes off a person's influence: drift - F(t) tilt."""
        at_risk = np.where(risk.at_risk > 0, risk.at_risk, 1.0)[..., None, :]
        failed = risk.failed[..., None, :]
        expected = risk.events * self.own + (failed - risk.events) * self.other
        return (expected / at_risk).cumsum(-1), (failed / at_risk * self.slope).cumsum(-1)


def delta_variance(risk: RiskSet, survival: FloatArray, incidence: FloatArray) -> FloatArray:
    """Return the delta-method (multinomial) variance.

    Aalen and Johansen (1978); Andersen, Borgan, Gill and Keiding (1993), eq. 4.4.17. Without delayed entry
    and weights it equals the infinitesimal jackknife of R ``survival::survfit``, and ``etm``.
    """
    f = Influence.of(risk, survival, incidence)
    other = risk.failed[..., None, :] - risk.events
    at_risk = np.where(risk.at_risk > 0, risk.at_risk, 1.0)[..., None, :]
    failed = risk.failed[..., None, :]
    mean = (risk.events * f.own + other * f.other) / at_risk
    a0 = risk.events * f.own**2 + other * f.other**2 - at_risk * mean**2
    a1 = (risk.events * f.own + other * f.other - mean * failed) * f.slope
    a2 = failed * (1 - failed / at_risk) * f.slope**2
    return _quadratic(a0.cumsum(-1), a1.cumsum(-1), a2.cumsum(-1), incidence)


def aalen_variance(risk: RiskSet, survival: FloatArray, incidence: FloatArray) -> FloatArray:
    """Return the variance of R ``cmprsk::cuminc``.

    Aalen (1978), Ann Stat 6:534; Pintilie (2006), eq. 4.5: the causes contribute as independent counting
    processes, each with the tie correction 1 - (d - 1) / (Y - 1).
    """
    f = Influence.of(risk, survival, incidence)
    at_risk = np.maximum(risk.at_risk, 2.0)[..., None, :]
    per_tie = 1 / (at_risk - 1)
    own_part = _untied(risk.events, at_risk) * per_tie
    other_part = _untied(risk.failed[..., None, :] - risk.events, at_risk) * per_tie
    own, other = own_part * f.own, other_part * f.other
    a0 = own * f.own + other * f.other
    a1 = (own + other) * f.slope
    a2 = (own_part + other_part) * f.slope**2
    return _quadratic(a0.cumsum(-1), a1.cumsum(-1), a2.cumsum(-1), incidence)


def sas_variance(risk: RiskSet, survival: FloatArray, incidence: FloatArray) -> FloatArray:
    """Return the variance of SAS PROC LIFETEST (ERROR=AALEN, its default).

    SAS/STAT User's Guide, The LIFETEST Procedure, Analysis of Competing-Risks Data. It differs from
    :func:`aalen_variance` only where the cause and a competing one happen at the same time: what multiplies
    (F(t) - F(u))^2 is d / ((Y - 1) (Y - d)), the causes not told apart.
    """
    f = Influence.of(risk, survival, incidence)
    at_risk = np.maximum(risk.at_risk, 2.0)[..., None, :]
    own_part = _untied(risk.events, at_risk) / (at_risk - 1)
    failed = risk.failed[..., None, :]
    other_part = failed * risk.left()[..., None, :] / (at_risk - 1) - own_part
    own, other = own_part * f.own, other_part * f.other
    a0 = own * f.own + other * f.other
    a1 = (own + other) * f.slope
    a2 = (own_part + other_part) * f.slope**2
    return _quadratic(a0.cumsum(-1), a1.cumsum(-1), a2.cumsum(-1), incidence)


def _untied(events: FloatArray, at_risk: FloatArray) -> FloatArray:
    """Return d (Y - d) for tied events, d (Y - 1) for one: d (1 - (d - 1)/(Y - 1)) before the division."""
    return events * (at_risk - np.maximum(events, 1.0))


def robust_variance(
    risk: RiskSet, survival: FloatArray, incidence: FloatArray, squares: FloatArray
) -> FloatArray:
    """Return the infinitesimal-jackknife variance under sampling weights.

    Parameters
    ----------
    squares : ndarray, shape (..., 1 + K, T)
        Sum of squared weights of those who left, by cause (0: censored) and time.

    Notes
    -----
    The sum over people of (weight x derivative of F(t) with respect to it)^2; all people of a cell share the
    derivative, so the cells suffice. Same as R ``survfit(..., robust = TRUE)``. For delayed entry see
    :func:`dayzero.stats.curves.entry_variance.robust_variance_with_entry`.
    """
    f = Influence.of(risk, survival, incidence)
    drift, tilt = f.compensator(risk)
    own_w2 = squares[..., 1:, :]
    censored_w2 = squares[..., :1, :]
    other_w2 = own_w2.sum(axis=-2, keepdims=True) - own_w2
    own, other, turn = f.own - drift, f.other - drift, f.slope - tilt
    failed_w2 = own_w2 + other_w2
    a0 = (own_w2 * own**2 + other_w2 * other**2 + censored_w2 * drift**2).cumsum(-1)
    a1 = ((own_w2 * own + other_w2 * other) * turn + censored_w2 * drift * tilt).cumsum(-1)
    a2 = (failed_w2 * turn**2 + censored_w2 * tilt**2).cumsum(-1)
    left_w2 = squares.sum(axis=-2, keepdims=True)
    later = left_w2.sum(axis=-1, keepdims=True) - left_w2.cumsum(-1)
    here: FloatArray = later * (drift - incidence * tilt) ** 2
    return _quadratic(a0, a1, a2, incidence) + here


def _quadratic(a0: FloatArray, a1: FloatArray, a2: FloatArray, f: FloatArray) -> FloatArray:
    return np.maximum(a0 - 2 * f * a1 + f * f * a2, 0.0)
