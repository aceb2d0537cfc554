"""The Cox partial likelihood with Efron's or Breslow's ties, its score and its information.

For event time t let S0, S1 be the sums of r = w exp(x b) and r x over the risk set, E0, E1 over those with
the event at t. The log-likelihood is (Efron 1977, eq. 7; Breslow 1974; weights as in Therneau and
Grambsch 2000, section 3.3 and 7.1)

    sum over events of w x b  -  sum over steps of wbar log(S0 - f E0)

with one step (f = 0, wbar = the sum of the event weights) an event time for Breslow, and d steps
(f = 0, 1/d, ..., (d-1)/d; wbar = the mean of the event weights) for Efron. Each row enters the second
derivative with one weight only, r times a sum over the event times it lived through, so that the
information is one matrix product over the rows less products over event times.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from dayzero.stats.regression.maximum_likelihood import Evaluation
from dayzero.stats.regression.risk_cells import RiskCells, cell_sums

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int32]
IndexArray = npt.NDArray[np.intp]
BoolArray = npt.NDArray[np.bool_]

BLOCK = 8192  # rows whose products stay in cache


@dataclass(frozen=True)
class Steps:
    """The factors of the likelihood, cell by cell.

    Attributes
    ----------
    cells : ndarray of int, shape (k,)
        Cells with an event.
    counts : ndarray of int, shape (k,)
        Factors of each: 1 (Breslow), or its number of events (Efron).
    weight : ndarray, shape (k,)
        Weight of each of its factors.
    fraction : ndarray, shape (sum of counts,)
        The part of the tied events already removed, factor by factor.
    """

    cells: IntArray
    counts: IndexArray
    weight: FloatArray
    fraction: FloatArray

    @property
    def tied(self) -> bool:
        """Whether any factor removes part of the tied events (never with Breslow's ties)."""
        return len(self.fraction) > len(self.cells)

    @property
    def tied_cells(self) -> IntArray:
        """Cells with more than one factor."""
        return self.cells[self.counts > 1]

    def each(self, values: FloatArray) -> FloatArray:
        """Give each factor the value of its cell."""
        own = values[self.cells]
        return np.repeat(own, self.counts, axis=0) if self.tied else own

    def total(self, values: FloatArray, n_cells: int) -> FloatArray:
        """Sum the factors' values by cell and multiply with the cell's weight."""
        if self.tied:
            values = np.add.reduceat(values, np.cumsum(self.counts) - self.counts)
        out = np.zeros(n_cells)
        out[self.cells] = values * self.weight
        return out


@dataclass(frozen=True)
class CoxData:
    """What the likelihood reads: checked rows, centred covariates, risk sets, and the steps of the ties.

    Parameters
    ----------
    time, entry : ndarray, shape (n,)
        Stop and entry times on one clock; ``entry`` is None when all enter at the origin.
    event : ndarray of bool, shape (n,)
        Whether the stop is an event.
    x : ndarray, shape (n, p)
        Covariates less their means.
    center : ndarray, shape (p,)
        The means taken off.
    weight : ndarray, shape (n,) or None
        Case weights.
    risk : RiskCells
        Cells and the rows' runs of them.
    steps : Steps
        The factors of the likelihood.
    ties : {"efron", "breslow", "exact"}
        How tied events are counted.
    """

    time: npt.NDArray[Any]
    event: BoolArray
    entry: npt.NDArray[Any] | None
    x: FloatArray
    center: FloatArray
    weight: FloatArray | None
    risk: RiskCells
    steps: Steps
    ties: str

    @property
    def event_weight(self) -> FloatArray:
        """Weight of each row as an event: its case weight, or 0 without an event."""
        own = self.event.astype(np.float64)
        return own if self.weight is None else own * self.weight

    @cached_property
    def event_sum(self) -> FloatArray:
        """(Weighted) sum of the covariates over the events, shape (p,)."""
        return np.asarray(self.event_weight @ self.x)

    @property
    def total_weight(self) -> float:
        """(Weighted) number of events."""
        return float(self.steps.weight @ self.steps.counts)


def tie_steps(event: BoolArray, weight: FloatArray | None, risk: RiskCells, ties: str) -> Steps:
    """Lay out the factors of the likelihood (see the module's formula)."""
    own = risk.last[event]
    count = np.bincount(own, minlength=risk.n_cells)
    total = count.astype(np.float64) if weight is None else cell_sums(own, weight[event], risk.n_cells)
    cells = np.flatnonzero(count).astype(np.int32)
    counts = count[cells]
    if ties != "efron" or not (counts > 1).any():
        return Steps(cells, np.ones(len(cells), dtype=np.intp), total[cells], np.zeros(len(cells)))
    position = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
    return Steps(cells, counts, total[cells] / counts, position / np.repeat(counts, counts))


def relative_risk(data: CoxData, beta: FloatArray) -> tuple[FloatArray, FloatArray, float]:
    """Return the linear predictor, r = w exp(predictor - shift), and the shift that keeps r in range."""
    predictor = data.x @ beta
    shift = float(predictor.max())
    risk = np.exp(predictor - shift)
    return predictor, risk if data.weight is None else risk * data.weight, shift


@dataclass(frozen=True)
class Moments:
    """Sums over the risk set of each cell (s), and over the events of each tied cell (e, as ``tied``).

    ``e0`` and ``e1`` are None when no cell is tied.
    """

    s0: FloatArray
    s1: FloatArray
    tied: IntArray
    e0: FloatArray | None
    e1: FloatArray | None


def moments(data: CoxData, r: FloatArray) -> Moments:
    """Sum r and r x over risk sets and over events, in one pass over the covariates."""
    risk, cells = data.risk, data.risk.n_cells
    if not data.steps.tied:
        s0, s1 = risk.net_sums(r), risk.net_sums(r, data.x)
        return Moments(risk.at_risk(s0), risk.at_risk(s1), np.zeros(0, np.int32), None, None)
    # Tied events are counted in cells of their own behind the others, so that one pass gives both sums.
    tied = data.steps.tied_cells
    behind = np.zeros(cells, dtype=np.int32)
    behind[tied] = np.arange(cells, cells + len(tied), dtype=np.int32) - tied
    split = risk.last + behind[risk.last] * data.event
    sum0, sum1 = cell_sums(split, r, cells + len(tied)), cell_sums(split, r, cells + len(tied), data.x)
    s0, s1, e0, e1 = sum0[:cells], sum1[:cells], sum0[cells:], sum1[cells:]
    s0[tied] += e0
    s1[tied] += e1
    if risk.first is not None:
        s0 -= cell_sums(risk.first, r, cells)
        s1 -= cell_sums(risk.first, r, cells, data.x)
    return Moments(risk.at_risk(s0), risk.at_risk(s1), tied, e0, e1)


@dataclass(frozen=True)
class Increments:
    """Sums over the steps of each cell, with D = S0 - f E0: what rows and means are weighted with.

    ``a`` sums wbar/D, ``b`` f wbar/D, ``c0, c1, c2`` sum wbar/D^2 times 1, f, f^2; ``log_denominator`` sums
    wbar log D over everything. ``b, c1, c2`` are None without tied steps.
    """

    a: FloatArray
    c0: FloatArray
    b: FloatArray | None
    c1: FloatArray | None
    c2: FloatArray | None
    log_denominator: float


def increments(steps: Steps, m: Moments, n_cells: int) -> Increments:
    """Sum the steps of each cell."""
    if m.e0 is None:
        inverse = 1.0 / m.s0[steps.cells]
        log_sum = -float(steps.weight @ np.log(inverse))
        first, second = steps.total(inverse, n_cells), steps.total(inverse**2, n_cells)
        return Increments(first, second, None, None, None, log_sum)
    e0 = np.zeros(n_cells)
    e0[m.tied] = m.e0
    denominator = steps.each(m.s0)
    denominator -= steps.fraction * steps.each(e0)
    log_sum = float(steps.total(np.log(denominator), n_cells).sum())
    inverse = np.reciprocal(denominator, out=denominator)
    part = inverse * steps.fraction
    return Increments(
        a=steps.total(inverse, n_cells),
        c0=steps.total(inverse * inverse, n_cells),
        b=steps.total(part, n_cells),
        c1=steps.total(inverse * part, n_cells),
        c2=steps.total(part * part, n_cells),
        log_denominator=log_sum,
    )


def evaluate(data: CoxData, beta: FloatArray) -> Evaluation:
    """Evaluate log-likelihood, score and information at ``beta``."""
    _, r, shift = relative_risk(data, beta)
    m = moments(data, r)
    inc = increments(data.steps, m, data.risk.n_cells)
    score = data.event_sum - inc.a @ m.s1
    log_likelihood = float(data.event_sum @ beta) - data.total_weight * shift - inc.log_denominator
    lived = data.risk.lived(data.risk.forward(inc.a))
    information = gram(data.x, r * (lived if inc.b is None else lived - data.event * inc.b[data.risk.last]))
    information -= gram(m.s1, inc.c0)
    if inc.b is not None and m.e1 is not None and inc.c1 is not None and inc.c2 is not None:
        score += inc.b[m.tied] @ m.e1
        cross = m.s1[m.tied].T @ (m.e1 * inc.c1[m.tied, None])
        information += cross + cross.T - gram(m.e1, inc.c2[m.tied])
    return Evaluation(log_likelihood, score, (information + information.T) / 2)


def null_log_likelihood(data: CoxData) -> float:
    """Return the log-likelihood with all coefficients zero: it needs counts only."""
    ones = np.ones(len(data.x)) if data.weight is None else data.weight
    bare = replace(data, x=np.zeros((len(ones), 0)))
    return -increments(data.steps, moments(bare, ones), data.risk.n_cells).log_denominator


def gram(x: FloatArray, weight: FloatArray) -> FloatArray:
    """Return x' diag(weight) x, in blocks that stay in cache."""
    total = np.zeros((x.shape[1], x.shape[1]))
    buffer = np.empty((min(BLOCK, len(x)), x.shape[1]))
    for begin in range(0, len(x), BLOCK):
        rows = x[begin : begin + BLOCK]
        part = buffer[: len(rows)]
        np.multiply(rows, weight[begin : begin + BLOCK, None], out=part)
        total += part.T @ rows
    return total
