"""The weighted partial likelihood of Fine and Gray, its score and its information, in O(n).

At event time t the weighted risk set sums are S(t) = R(t) + sum over lanes k of G_k(t-) Q_k(t): R over those
with T >= t, Q_k over competing events of lane k (a censoring group within the stratum) before t, each divided
by its own G(T-). R is a reverse and Q a forward cumulative sum over event times. Tied events follow Breslow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from dayzero.stats.regression.cox_likelihood import gram
from dayzero.stats.regression.maximum_likelihood import Evaluation
from dayzero.stats.regression.risk_cells import cell_sums

if TYPE_CHECKING:
    from dayzero.stats.regression.fine_gray_data import FineGrayData

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Hazard:
    """The subdistribution baseline hazard and the covariate means at each event time.

    Attributes
    ----------
    risk : ndarray, shape (n,)
        exp(x b - shift), without case weight.
    s0 : ndarray, shape (cells,)
        Weighted risk set sums of ``risk``.
    jump : ndarray, shape (cells,)
        Increments of the cumulative subdistribution hazard, events / s0.
    mean : ndarray, shape (cells, p)
        Weighted mean of the covariates.
    log_likelihood, shift : float
    """

    risk: FloatArray
    s0: FloatArray
    jump: FloatArray
    mean: FloatArray
    log_likelihood: float
    shift: float


def hazard(data: FineGrayData, beta: FloatArray) -> Hazard:
    """Compute risk set sums and what follows from them."""
    predictor = data.x @ beta
    shift = float(predictor.max())
    risk = np.exp(predictor - shift)
    weighted = risk if data.weight is None else risk * data.weight
    at_risk, cells = data.risk, data.risk.n_cells
    s0 = at_risk.at_risk(cell_sums(at_risk.last, weighted, cells))
    s1 = at_risk.at_risk(cell_sums(at_risk.last, weighted, cells, data.x))
    if data.competing.size:
        q0, q1 = competing_sums(data, weighted)
        g = data.censoring.at_event
        s0 = s0 + (g * q0).sum(axis=1)
        s1 = s1 + np.einsum("ck,ckp->cp", g, q1)
    happens = data.events > 0
    jump = np.divide(data.events, s0, out=np.zeros(cells), where=happens)
    mean = np.divide(s1, s0[:, None], out=np.zeros_like(s1), where=happens[:, None])
    log_sum = float(data.events[happens] @ np.log(s0[happens]))
    log_likelihood = float(data.event_sum @ beta) - float(data.events.sum()) * shift - log_sum
    return Hazard(risk, s0, jump, mean, log_likelihood, shift)


def competing_sums(data: FineGrayData, weighted: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Sum r/G(T-) and r x/G(T-) over competing events before each event time: (cells, lanes[, p])."""
    rows, cells, lanes = data.competing, data.risk.n_cells, data.n_lanes
    place = data.risk.last[rows] * np.int32(lanes) + data.censoring.lane[rows]
    share = weighted[rows] / data.censoring.own[rows]
    sum0 = cell_sums(place, share, cells * lanes).reshape(cells, lanes)
    sum1 = row_sums(place, share, cells * lanes, rows, data.x).reshape(cells, lanes, -1)
    forward = data.risk.forward
    return forward(sum0) - sum0, forward(sum1) - sum1


def row_sums(
    place: npt.NDArray[np.int32], weight: FloatArray, size: int, rows: npt.NDArray[np.intp], x: FloatArray
) -> FloatArray:
    """Sum ``weight * x[rows]`` by place without copying those rows: a sparse matrix with empty columns."""
    from scipy.sparse import csc_array

    filled = np.zeros(len(x) + 1, dtype=np.int32)
    filled[rows + 1] = 1
    pointers = np.cumsum(filled, dtype=np.int32)
    return np.asarray(csc_array((weight, place, pointers), shape=(size, len(x))) @ x)


def lived(data: FineGrayData, jump: FloatArray, extra: FloatArray | None = None) -> FloatArray:
    """Sum ``jump`` (or ``jump * extra``), weighted by G where it applies, over the times each row is at risk.

    Returns shape (n,) or, with ``extra`` of shape (cells, p), (n, p).
    """
    value = jump if extra is None else jump[:, None] * extra
    out = data.risk.forward(value)[data.risk.last]
    rows = data.competing
    if rows.size:
        out[rows] += after_competing(data, value, rows)
    return np.asarray(out)


def after_competing(data: FineGrayData, value: FloatArray, rows: npt.NDArray[np.intp]) -> FloatArray:
    """Sum value(t) G(t-)/G(T-) over event times after T, for rows with a competing event at T."""
    g = data.censoring.at_event
    spread = g[:, :, None] * value.reshape(len(value), 1, -1)
    later = data.risk.at_risk(spread) - spread
    found = later[data.risk.last[rows], data.censoring.lane[rows]] / data.censoring.own[rows, None]
    return np.asarray(found if value.ndim == 2 else found[:, 0])


def evaluate(data: FineGrayData, beta: FloatArray) -> Evaluation:
    """Evaluate log-likelihood, score and information at ``beta``."""
    h = hazard(data, beta)
    score = data.event_sum - data.events @ h.mean
    weighted = h.risk if data.weight is None else h.risk * data.weight
    information = gram(data.x, weighted * lived(data, h.jump))
    information -= h.mean.T @ (h.mean * data.events[:, None])
    return Evaluation(h.log_likelihood, score, (information + information.T) / 2)
