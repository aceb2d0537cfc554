"""Residuals of a Cox model: martingale, deviance, Schoenfeld, scaled Schoenfeld, score, dfbeta.

With steps k = 1..d at event time t, m_k = (S1 - f E1)/(S0 - f E0) and increments dL_k = wbar/(S0 - f E0), an
event counts 1/d in each of its steps and a tied event is at risk for the part 1 - f of each (Therneau and
Grambsch 2000, chapter 4 and appendix). All residuals are unweighted rows; sums over steps come from cells.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dayzero.stats.regression.cox_likelihood import (
    CoxData,
    Increments,
    Moments,
    increments,
    moments,
    relative_risk,
)
from dayzero.stats.regression.risk_cells import cell_sums

FloatArray = npt.NDArray[np.float64]

ROWS_AT_ONCE = 1 << 18  # rows whose residuals are held in memory together


@dataclass(frozen=True)
class HazardSteps:
    """The baseline hazard and the weighted means at each cell, at the coefficients of a model.

    Attributes
    ----------
    risk : ndarray, shape (n,)
        exp(x b), without case weight, for covariates at their means less ``shift``.
    hazard, hazard_tied : ndarray, shape (cells,)
        Sums over steps of dL_k and of f dL_k.
    mean_hazard, mean_hazard_tied : ndarray, shape (cells, p)
        Sums over steps of m_k dL_k and of f m_k dL_k.
    variance, variance_tied : ndarray, shape (cells,)
        Sums over steps of wbar / (S0 - f E0)^2 and of f times that.
    per_event : ndarray, shape (cells,)
        ``hazard`` divided by the (weighted) number of events.
    event_mean : ndarray, shape (cells, p)
        Mean over steps of m_k.
    shift : float
        Taken off the linear predictor; multiply hazards by exp(-shift) to undo it.
    """

    risk: FloatArray
    hazard: FloatArray
    hazard_tied: FloatArray
    mean_hazard: FloatArray
    mean_hazard_tied: FloatArray
    variance: FloatArray
    variance_tied: FloatArray
    per_event: FloatArray
    event_mean: FloatArray
    shift: float


def hazard_steps(data: CoxData, beta: FloatArray) -> HazardSteps:
    """Compute what every residual and every curve needs, by cell."""
    predictor, weighted_risk, shift = relative_risk(data, beta)
    m = moments(data, weighted_risk)
    inc = increments(data.steps, m, data.risk.n_cells)
    risk = weighted_risk if data.weight is None else np.exp(predictor - shift)
    mean_hazard, mean_tied, event_sum = _cell_means(m, inc)
    total = np.zeros(data.risk.n_cells)
    total[data.steps.cells] = data.steps.weight * data.steps.counts
    share = np.divide(1.0, total, out=np.zeros(data.risk.n_cells), where=total > 0)
    none = np.zeros_like(inc.a)
    return HazardSteps(
        risk=risk,
        hazard=inc.a,
        hazard_tied=none if inc.b is None else inc.b,
        mean_hazard=mean_hazard,
        mean_hazard_tied=mean_tied,
        variance=inc.c0,
        variance_tied=none if inc.c1 is None else inc.c1,
        per_event=inc.a * share,
        event_mean=event_sum * share[:, None],
        shift=shift,
    )


def _cell_means(m: Moments, inc: Increments) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return m dL, f m dL and wbar m, summed over the steps of each cell."""
    if m.e1 is None or inc.b is None or inc.c1 is None or inc.c2 is None:
        mean_hazard = inc.c0[:, None] * m.s1
        return mean_hazard, np.zeros_like(mean_hazard), inc.a[:, None] * m.s1
    e1 = np.zeros_like(m.s1)
    e1[m.tied] = m.e1
    mean_hazard = inc.c0[:, None] * m.s1 - inc.c1[:, None] * e1
    mean_tied = inc.c1[:, None] * m.s1 - inc.c2[:, None] * e1
    return mean_hazard, mean_tied, inc.a[:, None] * m.s1 - inc.b[:, None] * e1


def _expected_parts(data: CoxData, steps: HazardSteps) -> FloatArray:
    """Hazard that each row lived through, the tied part of its own event taken off."""
    lived = data.risk.lived(data.risk.forward(steps.hazard))
    return lived - data.event * steps.hazard_tied[data.risk.last]


def martingale(data: CoxData, steps: HazardSteps) -> FloatArray:
    """Events less expected events, one value a row; rows sum to 0 under weights.

    Source: Barlow and Prentice, Biometrika 1988;75:65-74; Therneau and Grambsch 2000, section 4.2.
    """
    return data.event - steps.risk * _expected_parts(data, steps)


def deviance(data: CoxData, steps: HazardSteps) -> FloatArray:
    """Martingale residuals made symmetric.

    sign(M) sqrt(-2 (M + d log(d - M))); Therneau, Grambsch and Fleming, Biometrika 1990;77:147-160.
    """
    m = martingale(data, steps)
    log_part = np.zeros_like(m)
    np.log(data.event - m, out=log_part, where=data.event)
    return np.asarray(np.sign(m) * np.sqrt(np.maximum(-2 * (m + log_part), 0.0)))


def score_rows(data: CoxData, steps: HazardSteps, rows: slice = slice(None)) -> FloatArray:
    """Score residuals of some rows, shape (rows, p): each row's own term of the score, unweighted.

    Source: Lin and Wei, JASA 1989;84:1074-1078, eq. 2.2; Therneau and Grambsch 2000, section 4.4.
    """
    last, event = data.risk.last[rows], data.event[rows]
    cumulative = data.risk.forward(steps.hazard)
    cumulative_mean = data.risk.forward(steps.mean_hazard)
    lived, lived_mean = cumulative[last], cumulative_mean[last]
    if data.risk.first is not None:
        first = data.risk.first[rows]
        lived, lived_mean = lived - cumulative[first], lived_mean - cumulative_mean[first]
    lived = lived - event * steps.hazard_tied[last]
    lived_mean[event] -= steps.mean_hazard_tied[last[event]]
    risk = steps.risk[rows]
    out = np.asarray((event - risk * lived)[:, None] * data.x[rows] + risk[:, None] * lived_mean)
    out[event] -= steps.event_mean[last[event]]
    return out


def schoenfeld_rows(data: CoxData, steps: HazardSteps) -> tuple[npt.NDArray[np.intp], FloatArray]:
    """Rows with an event in order of stratum and time, and each one's covariates less those expected.

    Source: Schoenfeld, Biometrika 1982;69:239-241.
    """
    events = np.flatnonzero(data.event)
    rows = events[np.argsort(data.risk.last[events], kind="stable")]
    return rows, data.x[rows] - steps.event_mean[data.risk.last[rows]]


def sandwich(
    data: CoxData, steps: HazardSteps, covariance: FloatArray, cluster: npt.NDArray[np.int32] | None = None
) -> FloatArray:
    """Robust variance: the crossproduct of weighted dfbeta residuals, summed by cluster first.

    Source: Lin and Wei 1989, eq. 2.3; Therneau and Grambsch 2000, section 8.2 (grouped jackknife).
    """
    p = data.x.shape[1]
    meat = np.zeros((p, p))
    grouped = None if cluster is None else np.zeros((int(cluster.max()) + 1, p))
    for begin in range(0, len(data.x), ROWS_AT_ONCE):
        rows = slice(begin, begin + ROWS_AT_ONCE)
        score = score_rows(data, steps, rows)
        if data.weight is not None:
            score *= data.weight[rows, None]
        if grouped is None or cluster is None:
            meat += score.T @ score
        else:
            grouped += cell_sums(cluster[rows], np.ones(len(score)), len(grouped), score)
    if grouped is not None:
        meat = grouped.T @ grouped
    full = covariance @ meat @ covariance
    return np.asarray((full + full.T) / 2)
