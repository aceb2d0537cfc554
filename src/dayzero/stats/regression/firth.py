"""Firth's penalised Cox likelihood: finite estimates under separation, less biased ones with few events.

The log-likelihood gains half the log determinant of the information (Jeffreys' prior); the score gains, for
coefficient j, half the trace of the inverse information times its derivative, a third central moment of the
covariates over each risk set (Heinze and Schemper, Biometrics 2001;57:114-119, section 2). Intervals and
tests are by the profile of the penalised likelihood, because Wald's are misleading where it matters (their
section 3).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dayzero.stats.regression.cox_likelihood import CoxData, evaluate, moments, relative_risk
from dayzero.stats.regression.cox_residuals import hazard_steps
from dayzero.stats.regression.maximum_likelihood import CovariateScale, inverse, refuse_collinear
from dayzero.stats.regression.model_errors import ConvergenceError
from dayzero.stats.regression.risk_cells import cell_sums

FloatArray = npt.NDArray[np.float64]

MAX_ITERATIONS = 500
STEP_TOLERANCE = 1e-12
LARGEST_STEP = 2.0  # on the scale of the log hazard, per iteration
FARTHEST = 60.0  # log hazard at which a limit is given up as infinite


@dataclass(frozen=True)
class Penalised:
    """Penalised log-likelihood, penalised score and (unpenalised) information at some coefficients."""

    log_likelihood: float
    score: FloatArray
    information: FloatArray


@dataclass(frozen=True)
class FirthFit:
    """The penalised maximum and what was profiled around it.

    ``lower`` and ``upper`` are profile limits, infinite where the profile does not fall far enough;
    ``chi_square`` the likelihood-ratio statistic of each coefficient alone.
    """

    coef: FloatArray
    covariance: FloatArray
    log_likelihood: float
    log_likelihood_null: float
    chi_square: FloatArray


def penalised(data: CoxData, beta: FloatArray) -> Penalised:
    """Evaluate the penalised likelihood at ``beta``."""
    plain = evaluate(data, beta)
    sign, log_det = np.linalg.slogdet(plain.information)
    if sign <= 0 or not np.isfinite(log_det):
        return Penalised(-np.inf, plain.score, plain.information)
    score = plain.score + _trace_term(data, beta, inverse(plain.information)) / 2
    return Penalised(plain.log_likelihood + log_det / 2, score, plain.information)


def _trace_term(data: CoxData, beta: FloatArray, v: FloatArray) -> FloatArray:
    """Return tr(V dI/db_j) for each j: the weighted sum over steps of cov(x_j, (x-m)' V (x-m)).

    With h = x' V x the covariance is cov(x_j, h) - 2 cov(x_j, x' V m); the first part needs sums over cells,
    the second one sum over rows, because V m enters each row through its sum over the steps lived through.
    """
    _, r, _ = relative_risk(data, beta)
    m = moments(data, r)
    steps, cells, risk = data.steps, data.risk.n_cells, data.risk
    h = np.einsum("ij,jk,ik->i", data.x, v, data.x)
    sh, sxh = risk.at_risk(risk.net_sums(r * h)), risk.at_risk(risk.net_sums(r * h, data.x))
    s0, s1, sh, sxh = steps.each(m.s0), steps.each(m.s1), steps.each(sh), steps.each(sxh)
    if steps.tied:
        tied_r = np.where(data.event, r, 0.0)
        f = steps.fraction

        def less(values: FloatArray, x: FloatArray | None = None) -> FloatArray:
            return steps.each(cell_sums(risk.last, values, cells, x))

        s0, s1 = s0 - f * less(tied_r), s1 - f[:, None] * less(tied_r, data.x)
        sh, sxh = sh - f * less(tied_r * h), sxh - f[:, None] * less(tied_r * h, data.x)
    mean = s1 / s0[:, None]
    weight = np.repeat(steps.weight, steps.counts)
    with_h = weight @ (sxh / s0[:, None] - mean * (sh / s0)[:, None])
    with_mean = weight @ (mean * np.einsum("ij,jk,ik->i", mean, v, mean)[:, None])
    lived_mean = _lived_mean(data, beta)
    rows = (r * np.einsum("ij,jk,ik->i", data.x, v, lived_mean)) @ data.x
    return np.asarray(with_h - 2 * (rows - with_mean))


def _lived_mean(data: CoxData, beta: FloatArray) -> FloatArray:
    """Sum of m dL over the steps each row lived through, the tied part of its own event taken off."""
    steps = hazard_steps(data, beta)
    lived = data.risk.lived(data.risk.forward(steps.mean_hazard))
    tied = np.where(data.event[:, None], steps.mean_hazard_tied[data.risk.last], 0.0)
    return lived - tied


def climb(data: CoxData, scale: CovariateScale, start: FloatArray, fixed: int | None = None) -> FloatArray:
    """Maximise the penalised likelihood from ``start``, with one coefficient held where it is if asked.

    By BFGS from the inverse information: with few events the information is as little as half the curvature,
    and steps by it alone would swing for ever.
    """
    free = np.array([j for j in range(len(start)) if j != fixed], dtype=np.intp)
    beta = start.copy()
    if not free.size:
        return beta
    now = penalised(data, beta)
    h = inverse(now.information[np.ix_(free, free)])
    for _ in range(MAX_ITERATIONS):
        step = np.zeros_like(beta)
        step[free] = h @ now.score[free]
        size = float(np.abs(step * scale.spread).max(initial=0.0))
        if size <= STEP_TOLERANCE:
            return beta + step
        step *= min(1.0, LARGEST_STEP / size)
        step, there = _ascend(data, beta, step, now)
        h = _updated(h, step[free], now.score[free] - there.score[free])
        beta, now = beta + step, there
    what = "the penalised likelihood was not maximised"
    raise ConvergenceError(what, scale.terms)


def _ascend(
    data: CoxData, beta: FloatArray, step: FloatArray, now: Penalised
) -> tuple[FloatArray, Penalised]:
    """Halve the step until the penalised likelihood rises by a part of what its slope promises."""
    slack = 1e-13 * (1.0 + abs(now.log_likelihood))
    for _ in range(40):
        there = penalised(data, beta + step)
        if there.log_likelihood >= now.log_likelihood + 1e-4 * float(step @ now.score) - slack:
            break
        step = step / 2
    return step, there


def _updated(h: FloatArray, s: FloatArray, y: FloatArray) -> FloatArray:
    """Update the inverse curvature from a step and the fall of the score."""
    curvature = float(s @ y)
    if curvature <= 0:
        return h
    hy = h @ y
    growth = (1 + float(y @ hy) / curvature) / curvature
    return np.asarray(h + growth * np.outer(s, s) - (np.outer(hy, s) + np.outer(s, hy)) / curvature)


def fit(data: CoxData, scale: CovariateScale) -> FirthFit:
    """Fit by penalised likelihood; the test of each coefficient profiles the others.

    Raises
    ------
    CollinearityError
        When a covariate is constant or determined by the others: no penalty helps there.
    """
    zero = np.zeros(len(scale.terms))
    refuse_collinear(evaluate(data, zero).information, scale)
    coef = climb(data, scale, zero)
    top = penalised(data, coef)
    chi_square = np.empty(len(coef))
    for j in range(len(coef)):
        start = coef.copy()
        start[j] = 0.0
        without = penalised(data, climb(data, scale, start, fixed=j))
        chi_square[j] = max(2 * (top.log_likelihood - without.log_likelihood), 0.0)
    null = penalised(data, zero).log_likelihood
    return FirthFit(coef, inverse(top.information), top.log_likelihood, null, chi_square)


def profile_limits(
    data: CoxData, scale: CovariateScale, fitted: FirthFit, drop: float
) -> tuple[FloatArray, FloatArray]:
    """Find where the profile of each coefficient has fallen by ``drop`` (half a chi-square quantile)."""
    target = fitted.log_likelihood - drop
    lower = np.array([_limit(data, scale, fitted, target, j, -1.0) for j in range(len(fitted.coef))])
    upper = np.array([_limit(data, scale, fitted, target, j, 1.0) for j in range(len(fitted.coef))])
    return lower, upper


def _limit(
    data: CoxData, scale: CovariateScale, fitted: FirthFit, target: float, j: int, side: float
) -> float:
    """Search one profile limit: widen the bracket, then bisect with secant steps (Brent's method)."""
    from scipy.optimize import brentq

    start = fitted.coef.copy()

    def excess(value: float) -> float:
        nonlocal start
        start = start.copy()
        start[j] = value
        start = climb(data, scale, start, fixed=j)
        return penalised(data, start).log_likelihood - target

    near = float(fitted.coef[j])
    reach = 2.0 * float(np.sqrt(fitted.covariance[j, j]))
    while True:
        far = float(fitted.coef[j]) + side * reach
        if abs(far * scale.spread[j]) > FARTHEST:
            return side * np.inf
        if excess(far) < 0:
            break
        near, reach = far, 2 * reach
    return float(brentq(excess, near, far, xtol=1e-13, rtol=1e-13))
