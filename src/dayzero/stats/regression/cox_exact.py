"""The exact (discrete, conditional logistic) partial likelihood for tied events.

At a time with d events among m at risk, the likelihood is the probability that these d fail, given that d
do: prod(r_i over events) / e_d(r), with e_d the elementary symmetric polynomial, the sum over all sets of d
(Cox 1972, eq. 12; Gail, Lubin and Rubinstein, Biometrika 1981;68:703-707). Writing it as a Poisson-binomial
probability, with failure odds tilted so that d failures are expected, keeps every number near 1: the mean and
covariance of the covariate sum given d failures are then the score and the information.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from dayzero.errors import RefusalError
from dayzero.stats.regression.cox_likelihood import CoxData, Steps, evaluate, relative_risk
from dayzero.stats.regression.maximum_likelihood import Evaluation

FloatArray = npt.NDArray[np.float64]
IndexArray = npt.NDArray[np.intp]

# Products of polynomials cost about (rows at risk) x (tied events), summed over tied times.
LARGEST_WORK = 2e8


@dataclass(frozen=True)
class TiedTime:
    """The rows at risk at a time with several events, and which of them have it."""

    rows: IndexArray
    events: IndexArray


@dataclass(frozen=True)
class ExactData:
    """Single events, for which every treatment of ties agrees, and the tied times one by one."""

    single: CoxData
    tied: tuple[TiedTime, ...]


def exact_data(data: CoxData) -> ExactData:
    """Split the likelihood into times with one event and times with several.

    Raises
    ------
    RefusalError
        When the ties are so many that the exact likelihood would take hours.
    """
    own = data.risk.last[data.event]
    count = np.bincount(own, minlength=data.risk.n_cells)
    lone = np.flatnonzero(count == 1).astype(np.int32)
    steps = Steps(lone, np.ones(len(lone), dtype=np.intp), np.ones(len(lone)), np.zeros(len(lone)))
    single = replace(data, event=data.event & (count[data.risk.last] == 1), steps=steps)
    cells = np.flatnonzero(count > 1)
    at_risk = data.risk.at_risk(data.risk.net_sums(np.ones(len(data.x))))
    if float((at_risk[cells] * count[cells]).sum()) > LARGEST_WORK:
        what = "the exact likelihood of this many tied events would take hours"
        raise RefusalError(
            what, instead="ties='efron', which is close to exact unless most at risk fail at once"
        )
    first = np.zeros_like(data.risk.last) if data.risk.first is None else data.risk.first
    stratum = data.risk.cell_stratum
    tied = []
    for cell in cells:
        here = stratum[data.risk.last] == stratum[cell]
        rows = np.flatnonzero(here & (first < cell) & (data.risk.last >= cell))
        tied.append(TiedTime(rows, np.flatnonzero(data.event & (data.risk.last == cell))))
    return ExactData(single, tuple(tied))


def evaluate_exact(data: ExactData, beta: FloatArray) -> Evaluation:
    """Evaluate log-likelihood, score and information at ``beta``."""
    p = len(beta)
    if data.single.event.any():
        total = evaluate(data.single, beta)
    else:
        total = Evaluation(0.0, np.zeros(p), np.zeros((p, p)))
    log_likelihood, score, information = total.log_likelihood, total.score, total.information
    x = data.single.x
    predictor, _, shift = relative_risk(data.single, beta)
    for tied in data.tied:
        log_sum, mean, covariance = _subset_moments(
            predictor[tied.rows] - shift, x[tied.rows], len(tied.events)
        )
        log_likelihood += float((predictor[tied.events] - shift).sum()) - log_sum
        score = score + x[tied.events].sum(axis=0) - mean
        information = information + covariance
    return Evaluation(log_likelihood, score, information)


def _subset_moments(predictor: FloatArray, x: FloatArray, d: int) -> tuple[float, FloatArray, FloatArray]:
    """Return log e_d(exp(predictor)), and mean and covariance of the sum of x over a random set of d rows."""
    m, p = x.shape
    if d == m:
        return float(predictor.sum()), x.sum(axis=0), np.zeros((p, p))
    tilt = _tilt(predictor, d)
    log_odds = predictor + tilt
    chance = 1.0 / (1.0 + np.exp(-log_odds))
    # Deviations from the tilted mean keep the second moments free of cancellation.
    centre = (chance @ x) / d
    z0, z1, z2 = _product_tree(chance, x - centre, d)
    mean = z1[d] / z0[d]
    square = np.zeros((p, p))
    upper = np.triu_indices(p)
    square[upper] = z2[d] / z0[d]
    square = square + np.triu(square, 1).T
    log_sum = float(np.log(z0[d]) + np.logaddexp(0.0, log_odds).sum() - d * tilt)
    return log_sum, mean + d * centre, square - np.outer(mean, mean)


def _tilt(predictor: FloatArray, d: int) -> float:
    """Find the constant added to the log odds that makes d failures expected."""
    low, high = -float(predictor.max()) - 40.0, -float(predictor.min()) + 40.0
    for _ in range(200):
        middle = (low + high) / 2
        if (1.0 / (1.0 + np.exp(-(predictor + middle)))).sum() < d:
            low = middle
        else:
            high = middle
        if high - low < 1e-6:
            break
    return (low + high) / 2


def _product_tree(chance: FloatArray, x: FloatArray, d: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Multiply the rows' generating polynomials pairwise, level by level, keeping powers up to d.

    Returns, for k = 0..d failures, their probability z0 (d+1,), z1 (d+1, p) the expectation of the covariate
    sum on that event, and z2 (d+1, p(p+1)/2) that of its products, upper triangle by rows.
    """
    m, p = x.shape
    upper = np.triu_indices(p)
    z0 = np.stack([1.0 - chance, chance], axis=1)
    z1 = np.zeros((m, 2, p))
    z1[:, 1] = chance[:, None] * x
    z2 = np.zeros((m, 2, len(upper[0])))
    z2[:, 1] = chance[:, None] * (x[:, upper[0]] * x[:, upper[1]])
    while len(z0) > 1:
        if len(z0) % 2:
            z0 = np.concatenate([z0, np.eye(1, z0.shape[1])])
            z1 = np.concatenate([z1, np.zeros((1, *z1.shape[1:]))])
            z2 = np.concatenate([z2, np.zeros((1, *z2.shape[1:]))])
        z0, z1, z2 = _multiply(z0, z1, z2, d, upper)
    return z0[0], z1[0], z2[0]


def _multiply(
    z0: FloatArray, z1: FloatArray, z2: FloatArray, d: int, upper: tuple[IndexArray, ...]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Multiply neighbours; the moments of independent sums add, products of sums by the product rule."""
    a0, b0, a1, b1, a2, b2 = z0[::2], z0[1::2], z1[::2], z1[1::2], z2[::2], z2[1::2]
    width = a0.shape[1]
    degree = min(2 * width - 1, d + 1)
    o0 = np.zeros((len(a0), degree))
    o1 = np.zeros((len(a0), degree, z1.shape[2]))
    o2 = np.zeros((len(a0), degree, z2.shape[2]))
    i, j = upper
    for k in range(min(width, degree)):
        span = slice(k, min(k + width, degree))
        part = slice(0, span.stop - k)
        p0, p1, p2 = a0[:, k, None], a1[:, k, None, :], a2[:, k, None, :]
        q0, q1, q2 = b0[:, part], b1[:, part], b2[:, part]
        o0[:, span] += p0 * q0
        o1[:, span] += p0[..., None] * q1 + p1 * q0[..., None]
        cross = p1[..., i] * q1[..., j] + p1[..., j] * q1[..., i]
        o2[:, span] += p0[..., None] * q2 + p2 * q0[..., None] + cross
    return o0, o1, o2
