"""The sandwich variance of Fine and Gray, with the part that comes from estimating the censoring.

Each row's influence on the score is eta + psi (Fine and Gray 1999, section 3.2): eta is its own score
residual over its weighted time at risk, psi its effect through the censoring distribution,

    psi_i = integral of q(u)/Y(u) dMc_i(u),
    q(u)  = sum over events t and competing events j whose weight at t depends on censoring at u
            of w_j(t) r_j (x_j - mean(t)) dL(t).

Competing events are those of the group of the censoring at u. Two readings of "depends" are offered.
"cmprsk" is what R cmprsk::crr 2.2-11 computes: T_j < u <= t, and events t of the censoring group only.
"jackknife" is the derivative of the estimate with respect to each row's weight: T_j <= u < t, all events, and
Y(u) less those censored at u. They agree as n grows when times are continuous and there is one censoring
group; with several, crr leaves out part of the term.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from dayzero.stats.fine_gray_likelihood import after_competing
from dayzero.stats.risk_cells import cell_sums

if TYPE_CHECKING:
    from dayzero.stats.fine_gray_data import FineGrayData
    from dayzero.stats.fine_gray_likelihood import Hazard

FloatArray = npt.NDArray[np.float64]
IndexArray = npt.NDArray[np.intp]

VARIANCES = ("cmprsk", "jackknife")
ROWS_AT_ONCE = 1 << 15


def sandwich(
    data: FineGrayData,
    h: Hazard,
    bread: FloatArray,
    variance: str,
    cluster: npt.NDArray[np.int32] | None = None,
) -> FloatArray:
    """Return bread (sum of the rows' influence on the score, squared) bread; summed by cluster first."""
    p = data.x.shape[1]
    meat = np.zeros((p, p))
    grouped = None if cluster is None else np.zeros((int(cluster.max()) + 1, p))
    influence = ScoreInfluence.of(data, h, variance)
    for begin in range(0, len(data.x), ROWS_AT_ONCE):
        rows = slice(begin, begin + ROWS_AT_ONCE)
        u = influence.rows(rows)
        if grouped is None or cluster is None:
            meat += u.T @ u
        else:
            grouped += cell_sums(cluster[rows], np.ones(len(u)), len(grouped), u)
    if grouped is not None:
        meat = grouped.T @ grouped
    full = bread @ meat @ bread
    return np.asarray((full + full.T) / 2)


@dataclass(frozen=True)
class ScoreInfluence:
    """Everything from which a block of rows gets its influence on the score."""

    data: FineGrayData
    h: Hazard
    forward_jump: FloatArray
    forward_mean: FloatArray
    censoring_event: FloatArray
    censoring_past: FloatArray

    @classmethod
    def of(cls, data: FineGrayData, h: Hazard, variance: str) -> ScoreInfluence:
        """Prepare sums over event times and over censoring times."""
        steps = h.jump[:, None] * h.mean
        at_event, past = censoring_part(data, h, variance)
        return cls(data, h, data.risk.forward(h.jump), data.risk.forward(steps), at_event, past)

    def rows(self, rows: slice) -> FloatArray:
        """Return the weighted influence on the score of some rows, shape (rows, p)."""
        data, h = self.data, self.h
        last, status = data.risk.last[rows], data.status[rows]
        jump, mean = self.forward_jump[last], self.forward_mean[last]
        competing = np.flatnonzero(status == 2)
        if competing.size:
            index = competing + (rows.start or 0)
            both = after_competing(data, np.column_stack([h.jump, h.jump[:, None] * h.mean]), index)
            jump[competing] += both[:, 0]
            mean[competing] += both[:, 1:]
        interest = status == 1
        risk = h.risk[rows]
        u = np.asarray((interest - risk * jump)[:, None] * data.x[rows] + risk[:, None] * mean)
        u[interest] -= h.mean[last[interest]]
        place = data.censoring.cells.last[rows]
        u -= self.censoring_past[place]
        censored = status == 0
        u[censored] += self.censoring_event[place[censored]]
        if data.weight is not None:
            u *= data.weight[rows, None]
        return u


def censoring_part(data: FineGrayData, h: Hazard, variance: str) -> tuple[FloatArray, FloatArray]:
    """Return, at each censoring cell, q/Y (for those censored there) and its integral up to it (for all)."""
    q = score_q(data, h, variance)
    return spread_q(data, q, variance)


def spread_q(data: FineGrayData, q: FloatArray, variance: str) -> tuple[FloatArray, FloatArray]:
    """Turn q at censoring cells into the part of a row censored there, and of every row still at risk."""
    c = data.censoring
    remaining = c.at_risk if variance == "cmprsk" else c.at_risk - c.censored
    happens = (c.censored > 0) & (remaining > 0)
    event = np.divide(q, remaining[:, None], out=np.zeros_like(q), where=happens[:, None])
    rate = np.divide(c.censored, c.at_risk, out=np.zeros_like(c.censored), where=happens)
    return event, c.cells.forward(event * rate[:, None])


def score_q(data: FineGrayData, h: Hazard, variance: str) -> FloatArray:
    """Compute q at each censoring cell, (cells, p): a sum of step functions, one a lane of a stratum.

    In one lane q(u) = Q1(u) A(u) - Q0(u) B(u), with Q0 and Q1 the sums of r/G(T-) and r x/G(T-) over its
    competing events before u, A and B the sums of G(t-) dL(t) and G(t-) mean(t) dL(t) over events from u on.
    It changes only at the lane's own times, so it is added up as jumps on the grid of the censoring times.
    """
    p = data.x.shape[1]
    weighted = h.risk if data.weight is None else h.risk * data.weight
    q = StepSums.on(data, p)
    for lane in lanes(data):
        rows = lane.rows
        share = weighted[rows] / data.censoring.own[rows]
        g = data.censoring.at_event[lane.cells, lane.number]
        a = g * lane_jump(data, h, lane, variance)
        b = a[:, None] * h.mean[lane.cells]
        q.add(lane, share, share[:, None] * data.x[rows], a, b, variance)
    return q.total()


@dataclass(frozen=True)
class Lane:
    """One censoring group in one stratum: its competing events (by time) and the stratum's event times."""

    rows: IndexArray
    times: FloatArray
    cells: slice
    event_times: FloatArray
    number: int
    group: int


def lanes(data: FineGrayData) -> list[Lane]:
    """List the lanes that have a competing event."""
    rows = data.competing
    table = data.censoring.lane_group
    width = table.shape[1]
    stratum = 0 if data.risk.row_stratum is None else data.risk.row_stratum[rows].astype(np.int64)
    key = stratum * width + data.censoring.lane[rows].astype(np.int64)
    order = np.lexsort((data.time[rows], key))
    found, begin = np.unique(key[order], return_index=True)
    ends = np.append(data.risk.starts[1:], data.risk.n_cells)
    out = []
    for where, block in zip(found, np.split(order, begin[1:]), strict=True):
        s, k = divmod(int(where), width)
        cells = slice(int(data.risk.starts[s]) + 1, int(ends[s]))
        own = rows[block]
        times = data.time[own].astype(np.float64)
        out.append(Lane(own, times, cells, data.risk.time[cells], k, int(table[s, k])))
    return out


def lane_jump(data: FineGrayData, h: Hazard, lane: Lane, variance: str) -> FloatArray:
    """Return dL at the lane's event times: from all events of the stratum, or (cmprsk) the group's own."""
    if variance != "cmprsk":
        return h.jump[lane.cells]
    own, s0 = data.censoring.lane_events[lane.cells, lane.number], h.s0[lane.cells]
    return np.divide(own, s0, out=np.zeros_like(own), where=own > 0)


@dataclass
class StepSums:
    """A sum of step functions of time, kept as jumps on each censoring group's grid of censoring times."""

    data: FineGrayData
    jumps: FloatArray

    @classmethod
    def on(cls, data: FineGrayData, p: int) -> StepSums:
        """Start from zero."""
        return cls(data, np.zeros((data.censoring.cells.n_cells + 1, p)))

    def add(
        self, lane: Lane, q0: FloatArray, q1: FloatArray, a: FloatArray, b: FloatArray, variance: str
    ) -> None:
        """Add Q1(u) A(u) - Q0(u) B(u) of one lane, from its rows' q0, q1 and its event times' a, b."""
        grid, value = lane_steps(lane, q0, q1, a, b)
        # value[m] holds on (grid[m], grid[m+1]] for cmprsk and on [grid[m], grid[m+1]) for the jackknife.
        change = np.diff(value, axis=0, prepend=0.0)
        cells = self.data.censoring.cells
        ends = np.append(cells.starts[1:], cells.n_cells)
        begin, end = int(cells.starts[lane.group]), int(ends[lane.group])
        place = begin + _first_cell(cells.time[begin:end], grid, variance)
        inside = place < end
        np.add.at(self.jumps, place[inside], change[inside])

    def total(self) -> FloatArray:
        """Return the function at each censoring cell."""
        return self.data.censoring.cells.forward(self.jumps[:-1])


def _first_cell(times: FloatArray, grid: FloatArray, variance: str) -> IndexArray:
    """Find the first censoring time at which a value from ``grid`` on holds."""
    if variance == "cmprsk":
        return np.searchsorted(times, grid, side="right")
    return np.searchsorted(times, grid, side="left")


def lane_steps(
    lane: Lane, q0: FloatArray, q1: FloatArray, a: FloatArray, b: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the lane's times, and Q1 A - Q0 B just after each: competing events past, events to come."""
    grid = np.unique(np.concatenate([lane.times, lane.event_times]))
    past = np.searchsorted(lane.times, grid, side="right")
    ahead = np.searchsorted(lane.event_times, grid, side="right")
    sum_q0 = np.concatenate([[0.0], np.cumsum(q0)])[past]
    sum_q1 = np.concatenate([np.zeros((1, q1.shape[1])), np.cumsum(q1, axis=0)])[past]
    sum_a = np.append(np.cumsum(a[::-1])[::-1], 0.0)[ahead]
    sum_b = np.concatenate([np.cumsum(b[::-1], axis=0)[::-1], np.zeros((1, b.shape[1]))])[ahead]
    return grid, sum_q1 * sum_a[:, None] - sum_q0[:, None] * sum_b
