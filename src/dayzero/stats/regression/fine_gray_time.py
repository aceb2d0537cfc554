"""Fine-Gray models whose covariates are multiplied by functions of time (crr's ``cov2`` and ``tf``).

A term x f(t) changes at every event time, so risk set sums are no longer cumulative sums: rows are multiplied
with event times, some event times at once. The work is (rows) x (distinct event times), where the ordinary
model needs (rows) only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from dayzero.stats.regression.cox_likelihood import gram
from dayzero.stats.regression.fine_gray_data import INTEREST, FineGrayData
from dayzero.stats.regression.fine_gray_variance import Lane, lanes, spread_q
from dayzero.stats.regression.maximum_likelihood import Evaluation

if TYPE_CHECKING:
    from collections.abc import Iterator

FloatArray = npt.NDArray[np.float64]
IndexArray = npt.NDArray[np.intp]

BLOCK = 2_000_000  # rows times event times held in memory together


@dataclass(frozen=True)
class TimeInteraction:
    """Covariates to be multiplied by functions of time, and these functions at the event times.

    Attributes
    ----------
    x : ndarray, shape (n, q)
        Covariates less their means.
    center : ndarray, shape (q,)
        The means.
    f : ndarray, shape (cells, q)
        The function of time that multiplies each column, at each event time (0 at anchors).
    """

    x: FloatArray
    center: FloatArray
    f: FloatArray


@dataclass(frozen=True)
class Block:
    """Some event times of one stratum with the risks of its rows: ``w`` (rows, cells), times exp(-shift)."""

    cells: IndexArray
    rows: IndexArray
    w: FloatArray
    shift: FloatArray


@dataclass(frozen=True)
class TimeHazard:
    """Sums over weighted risk sets at each event time, with covariates (x, x2 f(t)) in this order."""

    jump: FloatArray
    mean: FloatArray
    log_likelihood: float


def blocks(data: FineGrayData, inter: TimeInteraction, beta: FloatArray) -> Iterator[Block]:
    """Walk through the event times of every stratum, each with the weighted risks of its rows."""
    p = data.x.shape[1]
    fixed = data.x @ beta[:p]
    stratum = data.risk.row_stratum
    ends = np.append(data.risk.starts[1:], data.risk.n_cells)
    for s, start in enumerate(data.risk.starts):
        rows = np.arange(len(fixed)) if stratum is None else np.flatnonzero(stratum == s)
        all_cells = np.arange(start + 1, ends[s])
        width = max(1, BLOCK // max(len(rows), 1))
        for begin in range(0, len(all_cells), width):
            cells = all_cells[begin : begin + width]
            predictor = fixed[rows, None] + inter.x[rows] @ (beta[p:, None] * inter.f[cells].T)
            present = _presence(data, rows, cells)
            shift = np.where(present > 0, predictor, -np.inf).max(axis=0)
            w = np.where(present > 0, np.exp(np.minimum(predictor - shift, 0.0)), 0.0) * present
            yield Block(cells, rows, w, shift)


def _presence(data: FineGrayData, rows: IndexArray, cells: IndexArray) -> FloatArray:
    """1 at risk, G(t-)/G(T-) after a competing event, else 0; (rows, cells)."""
    last = data.risk.last[rows, None]
    out = (last >= cells).astype(np.float64)
    competing = np.flatnonzero(data.status[rows] == 2)
    own = rows[competing]
    g = data.censoring.at_event[cells[None, :], data.censoring.lane[own, None]]
    later = np.where(last[competing] < cells, g / data.censoring.own[own, None], 1.0)
    out[competing] = later
    return out


def _own_weight(data: FineGrayData, rows: IndexArray) -> FloatArray:
    return np.ones(len(rows)) if data.weight is None else data.weight[rows]


def time_hazard(data: FineGrayData, inter: TimeInteraction, beta: FloatArray) -> TimeHazard:
    """Compute hazard increments, means and log-likelihood at ``beta``."""
    n_cells, p, q = data.risk.n_cells, data.x.shape[1], inter.x.shape[1]
    jump, mean = np.zeros(n_cells), np.zeros((n_cells, p + q))
    log_likelihood = 0.0
    for block in blocks(data, inter, beta):
        w = block.w * _own_weight(data, block.rows)[:, None]
        s0 = w.sum(axis=0)
        events = data.events[block.cells]
        jump[block.cells] = events / s0 * np.exp(-block.shift)
        mean[block.cells, :p] = (w.T @ data.x[block.rows]) / s0[:, None]
        mean[block.cells, p:] = (w.T @ inter.x[block.rows]) / s0[:, None] * inter.f[block.cells]
        log_likelihood -= float(events @ (np.log(s0) + block.shift))
    own = data.event_weight
    predictor = data.x @ beta[:p] + (inter.x * inter.f[data.risk.last]) @ beta[p:]
    return TimeHazard(jump, mean, log_likelihood + float(own @ predictor))


def evaluate_time(data: FineGrayData, inter: TimeInteraction, beta: FloatArray) -> Evaluation:
    """Evaluate log-likelihood, score and information at ``beta``, of the terms x and then x2 f(t)."""
    p, q = data.x.shape[1], inter.x.shape[1]
    h = time_hazard(data, inter, beta)
    own = data.event_weight
    events_x = np.concatenate([own @ data.x, own @ (inter.x * inter.f[data.risk.last])])
    score = events_x - data.events @ h.mean
    information = -h.mean.T @ (h.mean * data.events[:, None])
    for block in blocks(data, inter, beta):
        w = block.w * _own_weight(data, block.rows)[:, None] * np.exp(block.shift) * h.jump[block.cells]
        x, x2, f = data.x[block.rows], inter.x[block.rows], inter.f[block.cells]
        information[:p, :p] += gram(x, w.sum(axis=1))
        cross = x.T @ (x2 * (w @ f))
        information[:p, p:] += cross
        information[p:, :p] += cross.T
        for k in range(q):
            information[p + k, p:] += x2[:, k] @ (x2 * (w @ (f * f[:, k : k + 1])))
    return Evaluation(h.log_likelihood, score, (information + information.T) / 2)


def time_influence(data: FineGrayData, inter: TimeInteraction, beta: FloatArray, variance: str) -> FloatArray:
    """Return each row's weighted influence on the score, (n, p + q); see :mod:`fine_gray_variance`."""
    p = data.x.shape[1]
    h = time_hazard(data, inter, beta)
    out = np.zeros_like(np.concatenate([data.x, inter.x], axis=1))
    q = np.zeros((data.censoring.cells.n_cells, out.shape[1]))
    own_lanes = lanes(data)
    for block in blocks(data, inter, beta):
        hazard = block.w * np.exp(block.shift) * h.jump[block.cells]
        part = hazard @ h.mean[block.cells]
        part[:, :p] -= data.x[block.rows] * hazard.sum(axis=1)[:, None]
        part[:, p:] -= inter.x[block.rows] * (hazard @ inter.f[block.cells])
        out[block.rows] += part
        for lane in own_lanes:
            if lane.cells.start <= block.cells[0] < lane.cells.stop:
                _add_q(q, data, inter, h, block, lane, variance)
    interest = data.status == INTEREST
    last = data.risk.last[interest]
    z = np.concatenate([data.x[interest], inter.x[interest] * inter.f[last]], axis=1)
    out[interest] += z - h.mean[last]
    at_event, past = spread_q(data, q, variance)
    place = data.censoring.cells.last
    out -= past[place]
    censored = data.status == 0
    out[censored] += at_event[place[censored]]
    return out if data.weight is None else out * data.weight[:, None]


def _add_q(
    q: FloatArray,
    data: FineGrayData,
    inter: TimeInteraction,
    h: TimeHazard,
    block: Block,
    lane: Lane,
    variance: str,
) -> None:
    """Add to q(u) of the lane's group the events of one block, for every censoring time u of the group."""
    censoring = data.censoring
    u = censoring.cells.time[lane.grid]
    rows = lane.rows[np.argsort(data.time[lane.rows], kind="stable")]
    events = data.events[block.cells]
    counted = censoring.lane_events[block.cells, lane.number] if variance == "cmprsk" else events
    position = np.searchsorted(block.rows, rows)
    w = block.w[position] * _own_weight(data, rows)[:, None] * np.exp(block.shift)
    w *= h.jump[block.cells] * counted / events
    past = np.searchsorted(data.time[rows], u, side="left" if variance == "cmprsk" else "right")
    at = data.risk.time[block.cells]
    ahead = at >= u[:, None] if variance == "cmprsk" else at > u[:, None]
    p = data.x.shape[1]
    for k in range(q.shape[1]):
        z = data.x[rows, k, None] if k < p else inter.x[rows, k - p, None] * inter.f[block.cells, k - p]
        total = np.concatenate(
            [np.zeros((1, w.shape[1])), np.cumsum(w * (z - h.mean[block.cells, k]), axis=0)]
        )
        q[lane.grid, k] += (total[past] * ahead).sum(axis=1)
