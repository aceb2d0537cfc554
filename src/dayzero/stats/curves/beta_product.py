"""Beta product limits: intervals for few patients, and where the estimate is 0 or 1.

Fay, Brittain and Proschan (2013), Biostatistics 14:723, write the survival distribution at t as a product of
independent beta variables, one for each event time passed: Beta(Y - d + 1, d). Its upper quantile bounds S(t)
from above; with one more factor Beta(Y+, 1), Y+ being at risk just after t, its lower quantile bounds S(t)
from below, as if the next patient failed at once. Products are matched to a beta by two moments (their
section 2.4). Without censoring the product is exactly a beta and the limits are those of Clopper and Pearson.
The mid-p limits (Fay and Brittain 2016) are quantiles of the even mixture of the two.

For a cause among several (:func:`incidence_limits`) each passed event time splits the probability still left
into Dirichlet parts: Y - d + 1 for going on and one for each event. The parts of the cause add up to the
distribution of the lower limit; the upper one adds a further part, as if the next patient failed of the cause
at once. Without competing causes these are the limits above; without censoring the parts add up to
Beta(d, n - d + 1) and Beta(d + 1, n - d), which is Clopper and Pearson again, exactly. With both, the limits
are this package's extension; their coverage is simulated in the tests, not proved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from dayzero.errors import RefusalError
from dayzero.stats.inputs import not_simple
from dayzero.stats.intervals import EDGE, checked_conf_level

if TYPE_CHECKING:
    from dayzero.stats.arrays import FloatArray
    from dayzero.stats.event_table import EventTable
    from dayzero.stats.risk_set import RiskSet


class Moments(NamedTuple):
    """First and second moment of a variable in [0, 1]."""

    first: FloatArray
    second: FloatArray


def refuse_unless_counts(table: EventTable) -> None:
    """Refuse tables for which the limits have no meaning: fractional weights, delayed entry."""
    reason = not_simple(table)
    if reason:
        what = f"beta product limits need whole patients observed from the origin; the table has {reason}"
        instead = "conf_type='log-log' or another Wald type"
        raise RefusalError(what, instead=instead, source="Fay, Brittain and Proschan 2013")


def survival_limits(
    risk: RiskSet, conf_level: float, *, mid_p: bool = False
) -> tuple[FloatArray, FloatArray]:
    """Return limits of survival, (..., 1 + T), the first column before the first time."""
    at_risk = np.where(risk.at_risk > 0, risk.at_risk, 1.0)
    passed = _survival_moments(at_risk, risk.failed)
    after = _at_risk_after(risk)
    factor = after / (after + 1), after / (after + 2)  # moments of Beta(Y+, 1)
    bounded = Moments(passed.first * factor[0], passed.second * factor[1])
    return _limits(bounded, passed, conf_level, mid_p=mid_p)


def _survival_moments(at_risk: FloatArray, failed: FloatArray) -> Moments:
    first = (at_risk - failed + 1) / (at_risk + 1)
    second = first * (at_risk - failed + 2) / (at_risk + 2)
    return Moments(_from_one(first), _from_one(second))


def _from_one(factors: FloatArray) -> FloatArray:
    out = np.ones((*factors.shape[:-1], factors.shape[-1] + 1))
    out[..., 1:] = factors.cumprod(axis=-1)
    return out


def _at_risk_after(risk: RiskSet) -> FloatArray:
    """Return the number at risk just after each step: that of the next time, 0 at the end."""
    return np.concatenate((risk.at_risk, np.zeros((*risk.at_risk.shape[:-1], 1))), axis=-1)


def incidence_limits(
    risk: RiskSet, conf_level: float, *, mid_p: bool = False
) -> tuple[FloatArray, FloatArray]:
    """Return limits of the incidence of each cause, (..., K, 1 + T)."""
    at_risk = np.where(risk.at_risk > 0, risk.at_risk, 1.0)[..., None, :]
    failed = risk.failed[..., None, :]
    own = risk.events
    after = _at_risk_after(risk)[..., None, :]
    lower, upper = _incidence_moments(at_risk, failed, own, after)
    return _limits(lower, upper, conf_level, mid_p=mid_p)


def _incidence_moments(
    at_risk: FloatArray, failed: FloatArray, own: FloatArray, after: FloatArray
) -> tuple[Moments, Moments]:
    """Run the first two moments of (incidence A, survival S) through the event times.

    At each time S becomes S B and A gains S Q, with (B, Q, rest) Dirichlet(Y - d + 1, d_k, d - d_k).
    """
    goes_on, total = at_risk - failed + 1, at_risk + 1
    scale = total * (total + 1)
    mean_b, mean_q = goes_on / total, own / total
    square_b, square_q = goes_on * (goes_on + 1) / scale, own * (own + 1) / scale
    cross = goes_on * own / scale
    shape = own.shape[:-1]
    a, aa, as_ = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    s, ss = np.ones(shape), np.ones(shape)
    path = [(a, aa, as_, s, ss)]
    for t in range(own.shape[-1]):
        q, b = mean_q[..., t], mean_b[..., t]
        a, aa, as_, s, ss = (
            a + s * q,
            aa + 2 * as_ * q + ss * square_q[..., t],
            as_ * b + ss * cross[..., t],
            s * b,
            ss * square_b[..., t],
        )
        path.append((a, aa, as_, s, ss))
    a, aa, as_, s, ss = (np.stack(values, axis=-1) for values in zip(*path, strict=True))
    # One more part for the upper limit: 1 - Beta(Y+, 1) of what is left.
    extra, extra_square = 1 / (after + 1), 2 / ((after + 1) * (after + 2))
    return Moments(a, aa), Moments(a + s * extra, aa + 2 * as_ * extra + ss * extra_square)


def _limits(low: Moments, high: Moments, conf_level: float, *, mid_p: bool) -> tuple[FloatArray, FloatArray]:
    """Return the outer quantiles of the two distributions; with mid-p, both of their even mixture."""
    tail = (1 - checked_conf_level(conf_level)) / 2
    lower, upper = _quantile(low, tail), _quantile(high, 1 - tail)
    if not mid_p:
        return lower, upper
    return _mixture_quantile(low, high, tail), _mixture_quantile(low, high, 1 - tail)


class _Beta(NamedTuple):
    """The beta with given moments; a point mass keeps its place in ``mean``."""

    a: FloatArray
    b: FloatArray
    mean: FloatArray
    point: npt.NDArray[np.bool_]


def _matched(moments: Moments) -> _Beta:
    # A mean of 0 or 1 up to the round-off of the products above is all of the distribution.
    m = np.where(moments.first >= 1 - EDGE, 1.0, np.where(moments.first <= EDGE, 0.0, moments.first))
    spread = moments.second - m**2
    point = (spread <= 0) | (m <= 0) | (m >= 1)
    scale = np.where(point, 1.0, (m - moments.second) / np.where(point, 1.0, spread))
    middle = np.where(point, 0.5, m)
    return _Beta(middle * scale, (1 - middle) * scale, m, point)


def _quantile(moments: Moments, probability: float) -> FloatArray:
    from scipy.special import betaincinv

    beta = _matched(moments)
    return np.where(beta.point, beta.mean, betaincinv(beta.a, beta.b, probability))


def _mixture_quantile(low: Moments, high: Moments, probability: float) -> FloatArray:
    """Return the quantile of the even mixture, by bisection (Fay and Brittain 2016, Stat Med 35:2726)."""
    from scipy.special import betainc

    betas = (_matched(low), _matched(high))

    def below(x: FloatArray) -> FloatArray:
        parts = [np.where(b.point, x >= b.mean, betainc(b.a, b.b, x)) for b in betas]
        return (parts[0] + parts[1]) / 2

    left, right = np.zeros_like(low.first), np.ones_like(low.first)
    for _ in range(60):
        middle = (left + right) / 2
        short = below(middle) < probability
        left, right = np.where(short, middle, left), np.where(short, right, middle)
    # A jump at an edge is the edge itself.
    return np.where(below(np.zeros_like(right)) >= probability, 0.0, right)
