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

from dayzero.stats.regression.cox_likelihood import gram
from dayzero.stats.regression.fine_gray_likelihood import after_competing, row_sums
from dayzero.stats.regression.risk_cells import LARGEST_LOOKUP, cell_sums, countable

if TYPE_CHECKING:
    from dayzero.stats.regression.fine_gray_data import FineGrayData
    from dayzero.stats.regression.fine_gray_likelihood import Hazard
    from dayzero.stats.regression.risk_cells import RiskCells

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
    influence = ScoreInfluence.of(data, h, variance)
    meat = influence.crossproduct() if cluster is None else influence.clustered_crossproduct(cluster)
    full = bread @ meat @ bread
    return np.asarray((full + full.T) / 2)


@dataclass(frozen=True)
class ScoreInfluence:
    """Each row's weighted influence on the score, as alpha x + beta f[kind] + e[kind].

    Rows of one kind share time, status, stratum and censoring group; the sums over time are then the same up
    to the row's own risk, so they are computed once a kind. ``alpha`` and ``beta`` are the row's weight times
    (event - risk x hazard lived) and times its risk.
    """

    data: FineGrayData
    kind: IndexArray
    alpha: FloatArray
    beta: FloatArray
    weight: FloatArray
    f: FloatArray
    e: FloatArray

    @classmethod
    def of(cls, data: FineGrayData, h: Hazard, variance: str) -> ScoreInfluence:
        """Sum over event times and over censoring times, once a kind of row."""
        kind, rows = kinds(data)
        p = data.x.shape[1]
        steps = np.column_stack([h.jump, h.jump[:, None] * h.mean])
        lived = data.risk.forward(steps)[data.risk.last[rows]]
        competing = np.flatnonzero(data.status[rows] == 2)
        if competing.size:
            lived[competing] += after_competing(data, steps, rows[competing])
        at_event, past = spread_q(data, score_q(data, h, variance), variance)
        place = data.censoring.cells.last[rows]
        e = -past[place]
        censored, interest = data.status[rows] == 0, data.status[rows] == 1
        e[censored] += at_event[place[censored]]
        e[interest] -= h.mean[data.risk.last[rows[interest]]]
        weight = np.ones(len(kind)) if data.weight is None else data.weight
        alpha = weight * ((data.status == 1) - h.risk * lived[kind, 0])
        return cls(data, kind, alpha, weight * h.risk, weight, lived[:, 1 : p + 1], e)

    def rows(self, rows: slice) -> FloatArray:
        """Return the influence of some rows, shape (rows, p)."""
        kind = self.kind[rows]
        u = self.f[kind]
        u *= self.beta[rows, None]
        u += self.weight[rows, None] * self.e[kind]
        u += self.alpha[rows, None] * self.data.x[rows]
        return u

    def clustered_crossproduct(self, cluster: npt.NDArray[np.int32]) -> FloatArray:
        """Sum the influences within clusters, and the squares of the sums."""
        grouped = np.zeros((int(cluster.max()) + 1, self.data.x.shape[1]))
        for begin in range(0, len(self.kind), ROWS_AT_ONCE):
            rows = slice(begin, begin + ROWS_AT_ONCE)
            own = cluster[rows]
            grouped += cell_sums(own, np.ones(len(own)), len(grouped), self.rows(rows))
        return np.asarray(grouped.T @ grouped)

    def crossproduct(self) -> FloatArray:
        """Sum the squares of the influences without forming them: sums by kind multiply f and e."""
        size, kind = len(self.f), self.kind.astype(np.int32)
        both = self.beta * self.weight

        def weighted(values: FloatArray) -> FloatArray:
            return cell_sums(kind, values, size)[:, None]

        cross = cell_sums(kind, self.alpha * self.beta, size, self.data.x).T @ self.f
        cross += cell_sums(kind, self.alpha * self.weight, size, self.data.x).T @ self.e
        mixed = self.f.T @ (weighted(both) * self.e)
        own = self.f.T @ (weighted(self.beta**2) * self.f) + self.e.T @ (weighted(self.weight**2) * self.e)
        return gram(self.data.x, self.alpha**2) + cross + cross.T + mixed + mixed.T + own


def kinds(data: FineGrayData) -> tuple[IndexArray, IndexArray]:
    """Group rows alike in time, status, stratum and censoring group: kind of each row, a row of each kind."""
    code = data.status.astype(np.int64)
    width = 3
    for cells in (data.risk, data.censoring.cells):
        if cells.row_stratum is not None:
            code += cells.row_stratum.astype(np.int64) * width
            width *= len(cells.starts)
    if not countable(data.time) or (int(data.time.max()) + 1) * width > LARGEST_LOOKUP:
        every = np.arange(len(code))
        return every, every
    code += data.time * np.int64(width)
    example = np.full(int(code.max()) + 1, -1, dtype=np.intp)
    example[code] = np.arange(len(code))
    found = example >= 0
    return (np.cumsum(found) - 1)[code], example[found]


def spread_q(data: FineGrayData, q: FloatArray, variance: str) -> tuple[FloatArray, FloatArray]:
    """Turn q at censoring cells into the part of a row censored there, and of every row still at risk."""
    c = data.censoring
    remaining = c.at_risk if variance == "cmprsk" else c.at_risk - c.censored
    happens = (c.censored > 0) & (remaining > 0)
    event = np.divide(q, remaining[:, None], out=np.zeros_like(q), where=happens[:, None])
    rate = np.divide(c.censored, c.at_risk, out=np.zeros_like(c.censored), where=happens)
    return event, c.cells.forward(event * rate[:, None])


def score_q(data: FineGrayData, h: Hazard, variance: str) -> FloatArray:
    """Compute q at each censoring cell, (censoring cells, p).

    In one lane (a censoring group in a stratum) q(u) = Q1(u) A(u) - Q0(u) B(u), with Q0 and Q1 the sums of
    r/G(T-) and r x/G(T-) over its competing events before u, A and B the sums of G(t-) dL(t) and of G(t-)
    mean(t) dL(t) over the events from u on. The lanes of a group add up.
    """
    weighted = h.risk if data.weight is None else h.risk * data.weight
    q = np.zeros((data.censoring.cells.n_cells, data.x.shape[1]))
    for lane in lanes(data):
        a = data.censoring.at_event[lane.cells, lane.number] * lane_jump(data, h, lane, variance)
        sum_a, sum_b = events_ahead(
            data, lane, np.column_stack([a, a[:, None] * h.mean[lane.cells]]), variance
        )
        sum_q, sum_qx = competing_past(data, lane, weighted, variance)
        q[lane.grid] += sum_qx * sum_a - sum_q * sum_b
    return q


@dataclass(frozen=True)
class Lane:
    """One censoring group in one stratum.

    Attributes
    ----------
    rows : ndarray of int
        Its competing events.
    cells : slice
        The stratum's event times.
    grid : slice
        The group's censoring times.
    number : int
        Position of the group among the lanes of the stratum.
    """

    rows: IndexArray
    cells: slice
    grid: slice
    number: int


def lanes(data: FineGrayData) -> list[Lane]:
    """List the lanes that have a competing event."""
    rows = data.competing
    table = data.censoring.lane_group
    width = table.shape[1]
    stratum = 0 if data.risk.row_stratum is None else data.risk.row_stratum[rows].astype(np.int64)
    key = stratum * width + data.censoring.lane[rows].astype(np.int64)
    if table.size == 1:
        blocks, found = [rows], np.zeros(min(len(rows), 1), dtype=np.int64)
    else:
        order = np.argsort(key, kind="stable")
        found, begin = np.unique(key[order], return_index=True)
        blocks = np.split(rows[order], begin[1:])
    out = []
    for where, block in zip(found, blocks, strict=False):
        s, k = divmod(int(where), width)
        out.append(Lane(block, _span(data.risk, s), _span(data.censoring.cells, int(table[s, k])), k))
    return out


def _span(cells: RiskCells, stratum: int) -> slice:
    """Cells of a stratum without its anchor."""
    end = cells.n_cells if stratum + 1 == len(cells.starts) else int(cells.starts[stratum + 1])
    return slice(int(cells.starts[stratum]) + 1, end)


def lane_jump(data: FineGrayData, h: Hazard, lane: Lane, variance: str) -> FloatArray:
    """Return dL at the lane's event times: from all events of the stratum, or (cmprsk) the group's own."""
    if variance != "cmprsk":
        return h.jump[lane.cells]
    own, s0 = data.censoring.lane_events[lane.cells, lane.number], h.s0[lane.cells]
    return np.divide(own, s0, out=np.zeros_like(own), where=own > 0)


def events_ahead(
    data: FineGrayData, lane: Lane, values: FloatArray, variance: str
) -> tuple[FloatArray, FloatArray]:
    """Sum values over the lane's events from each censoring time on: the first column, and the others."""
    u, times = data.censoring.cells.time[lane.grid], data.risk.time[lane.cells]
    if variance == "cmprsk":
        index = np.searchsorted(times, u, side="left")
    else:
        index = np.searchsorted(times, u, side="right")
    ahead = np.concatenate([np.cumsum(values[::-1], axis=0)[::-1], np.zeros((1, values.shape[1]))])[index]
    return ahead[:, :1], ahead[:, 1:]


def competing_past(
    data: FineGrayData, lane: Lane, weighted: FloatArray, variance: str, *, with_x: bool = True
) -> tuple[FloatArray, FloatArray]:
    """Sum r/G(T-), and r x/G(T-), over the lane's competing events before each censoring time."""
    cells, rows = data.censoring.cells, lane.rows
    place = cells.last[rows] + np.int32(1)
    if variance != "cmprsk":  # a censoring on the day of the competing event already counts
        place -= cells.time[cells.last[rows]] == data.time[rows]
    place -= np.int32(lane.grid.start)
    size = lane.grid.stop - lane.grid.start
    share = weighted[rows] / data.censoring.own[rows]
    sum0 = np.cumsum(cell_sums(place, share, size + 1)[:size])[:, None]
    if not with_x:
        return sum0, np.zeros((size, 0))
    if len(rows) == len(data.competing):
        sum1 = row_sums(place, share, size + 1, rows, data.x)
    else:
        sum1 = cell_sums(place, share, size + 1, data.x[rows])
    return sum0, np.cumsum(sum1[:size], axis=0)
