"""Variance of state occupation probabilities: infinitesimal jackknife, or Greenwood (Markov).

The influence of subject i on the occupation probabilities p(t), the row vector U_i(t), follows

    U_i(t) = U_i(t-) H(t) - L_j(t) + c_j(t) (e_k - e_j),

where H = I + dA, j is the state in which i is at risk at t, c_j = p_j(t-)/Y_j(t), L_j = c_j dA_j, and the
last term is there when i moves to k at t. The variance is the sum of w_i^2 U_i'U_i. A subject's influence is
needed on its own only where its rows begin and end: between them it moves with everybody of the same state,
so that sums over those at risk suffice. The work is linear in rows and in times (times log T for rows that
begin late), where the definition costs subjects x times.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dayzero.stats.multistate.history_check import NO_STATE
from dayzero.stats.multistate.matrix_scan import affine_scan, apply_range, congruence_scan, range_tree

if TYPE_CHECKING:
    from dayzero.stats.arrays import FloatArray, IntArray
    from dayzero.stats.multistate.matrix_scan import RangeTree
    from dayzero.stats.multistate.state_grid import InitialStates, StateGrid
    from dayzero.stats.multistate.state_histories import StateHistories


class Paths(NamedTuple):
    """What every subject's influence is made of at the E transition times.

    Attributes
    ----------
    steps : ndarray, shape (E, S, S)
        H.
    loss : ndarray, shape (E, S, S)
        Row j is L_j: what being at risk in state j costs.
    gain : ndarray, shape (E, S)
        c_j.
    """

    steps: FloatArray
    loss: FloatArray
    gain: FloatArray


def influence_paths(grid: StateGrid, probability: FloatArray) -> Paths:
    """Build the pieces from the occupation probabilities (1 + E, S)."""
    at_risk = np.where(grid.at_risk > 0, grid.at_risk, 1.0)
    gain = np.where(grid.at_risk > 0, probability[:-1] / at_risk, 0.0)
    hazard = grid.hazard
    return Paths(hazard + np.eye(hazard.shape[-1]), gain[:, :, None] * hazard, gain)


def initial_influence(histories: StateHistories, initial: InitialStates) -> FloatArray:
    """Return the influence of each row's subject on the initial distribution, (n, S); 0 when it is known."""
    out = np.zeros((len(histories.subject), len(initial.probability)))
    if len(initial.rows):
        state = histories.origin[initial.rows]
        out[initial.rows] = (np.eye(len(initial.probability))[state] - initial.probability) / initial.total
    return out


class _Ends(NamedTuple):
    """Influence of the subject of each row: when the row begins, just before and just after its last time."""

    first: FloatArray
    before: FloatArray
    last: FloatArray


def _prefix_losses(paths: Paths) -> FloatArray:
    """Return -G_j over the times before each one, (1 + E, S, S)."""
    size = paths.steps.shape[-1]
    return affine_scan(paths.steps, -paths.loss, np.zeros((size, size)))


def _row_ends(
    histories: StateHistories, grid: StateGrid, paths: Paths, initial: InitialStates, rows: IntArray
) -> _Ends:
    """Follow every subject through its rows, all subjects at once, first rows first."""
    subject = histories.subject[rows]
    new = np.concatenate(([True], subject[1:] != subject[:-1]))
    rank = np.arange(len(rows)) - np.maximum.accumulate(np.where(new, np.arange(len(rows)), 0))
    size = paths.steps.shape[-1]
    first = initial_influence(histories, initial)[rows] if len(initial.rows) else np.zeros((len(rows), size))
    known = len(initial.rows) == 0
    before, last = np.empty_like(first), np.empty_like(first)
    tree: RangeTree | None = None
    for turn in range(int(rank.max(initial=-1)) + 1):
        now = np.flatnonzero(rank == turn)
        chosen = rows[now]
        begin, end = grid.begin[chosen], grid.end[chosen]
        state = histories.origin[chosen]
        direct = bool(known and turn == 0 and not begin.any())
        if direct:  # everybody starts at the origin with nothing carried along
            before[now] = _prefix_losses(paths)[end - 1, state]
        else:
            tree = range_tree(paths.steps, paths.loss) if tree is None else tree
            if turn:
                gone = rows[now - 1]
                nowhere = np.full(len(now), NO_STATE)
                first[now] = apply_range(tree, last[now - 1], grid.end[gone], begin, nowhere)
            before[now] = apply_range(tree, first[now], begin, end - 1, state)
        last[now] = _stepped(paths, before[now], end - 1, state, histories.target[chosen])
    return _Ends(first, before, last)


def _stepped(
    paths: Paths, vectors: FloatArray, at: IntArray, state: IntArray, target: IntArray
) -> FloatArray:
    """Carry each vector over one time, own change included."""
    after = (vectors[:, None, :] @ paths.steps[at])[:, 0] - paths.loss[at, state]
    return after + _own_change(paths, at, state, target)


def _own_change(paths: Paths, at: IntArray, state: IntArray, target: IntArray) -> FloatArray:
    """Return c_j (e_k - e_j) for rows that end in a change, zero for the others."""
    unit = np.eye(paths.steps.shape[-1])
    gain = paths.gain[at, state] * (target != NO_STATE)
    change: FloatArray = gain[:, None] * (unit[np.maximum(target, 0)] - unit[state])
    return change


def jackknife_covariance(
    histories: StateHistories, grid: StateGrid, probability: FloatArray, initial: InitialStates
) -> FloatArray:
    """Return the infinitesimal-jackknife covariance of p(t), before and after each time, (1 + E, S, S).

    R ``survival::survfit`` for multi-state data, with the sampling of the initial distribution included.
    """
    paths = influence_paths(grid, probability)
    start = _initial_covariance(histories, initial)
    rows = np.flatnonzero(grid.end > grid.begin)
    if not len(rows):
        return np.repeat(start[None], 1 + len(grid.times), axis=0)
    ends = _row_ends(histories, grid, paths, initial, rows)
    sums = _RowSums(histories, grid, paths, rows, ends)
    cross, square = sums.increments()
    through = paths.steps.swapaxes(-1, -2) @ cross
    return congruence_scan(paths.steps, through + through.swapaxes(-1, -2) + square, start)


def _initial_covariance(histories: StateHistories, initial: InitialStates) -> FloatArray:
    influence = initial_influence(histories, initial)
    if histories.weight is not None:
        influence *= histories.weight[:, None]
    return influence.T @ influence


class _RowSums:
    """Sums over the people at risk in each state at each transition time, all with weight w^2."""

    def __init__(
        self, histories: StateHistories, grid: StateGrid, paths: Paths, rows: IntArray, ends: _Ends
    ) -> None:
        self.paths, self.ends = paths, ends
        self.begin, self.end = grid.begin[rows], grid.end[rows]
        self.state, self.target = histories.origin[rows], histories.target[rows]
        weight = np.ones(len(rows)) if histories.weight is None else histories.weight[rows]
        self.square = weight**2
        self.n, self.size = len(grid.times), paths.steps.shape[-1]

    def _by(self, at: IntArray, values: FloatArray, length: int) -> FloatArray:
        """Sum row vectors (n, S) by time and state of the row: (length, S, S)."""
        cell = at * self.size + self.state
        total = length * self.size
        columns = [np.bincount(cell, self.square * v, total) for v in values.T]
        out: FloatArray = np.stack(columns, axis=-1).astype(np.float64)
        return out.reshape(length, self.size, self.size)

    def increments(self) -> tuple[FloatArray, FloatArray]:
        """Return sum w^2 U'd and sum w^2 d'd at each time, d being what is new in U at that time."""
        paths, n, size = self.paths, self.n, self.size
        own = _own_change(paths, self.end - 1, self.state, self.target)
        moved = self._by(self.end - 1, own, n)
        number = np.bincount(self.begin * size + self.state, self.square, (n + 1) * size)
        number -= np.bincount(self.end * size + self.state, self.square, (n + 1) * size)
        present = number.reshape(n + 1, size)[:n].cumsum(axis=0)
        lost = present[:, :, None] * paths.loss
        arrive = self._by(self.begin, self.ends.first, n + 1)
        leave = self._by(self.end, self.ends.last, n + 1)
        change = arrive - leave
        held = affine_scan(paths.steps, moved - lost + change[1:], change[0])[:-1]
        loss_t = paths.loss.swapaxes(-1, -2)
        cross = self._outer(self.ends.before, own) - held.swapaxes(-1, -2) @ paths.loss
        mixed = loss_t @ moved
        square = loss_t @ lost - mixed - mixed.swapaxes(-1, -2) + self._outer(own, own)
        return cross, square

    def _outer(self, left: FloatArray, right: FloatArray) -> FloatArray:
        """Sum w^2 left' right over the rows that end at each time, (E, S, S)."""
        moving = np.flatnonzero(self.target != NO_STATE)
        at, square = self.end[moving] - 1, self.square[moving]
        out = np.empty((self.n, self.size, self.size))
        for i in range(self.size):
            for k in range(self.size):
                product = square * left[moving, i] * right[moving, k]
                out[:, i, k] = np.bincount(at, product, self.n)
        return out


def greenwood_covariance(
    histories: StateHistories, grid: StateGrid, probability: FloatArray, initial: InitialStates
) -> FloatArray:
    """Return the Greenwood-type covariance of p(t), (1 + E, S, S); needs the Markov property.

    Andersen, Borgan, Gill and Keiding (1993), eq. 4.4.19, summed over the initial distribution.
    """
    start = _initial_covariance(histories, initial)
    added = multinomial_increments(grid, probability[:-1], probability[:-1])
    return congruence_scan(grid.steps, added, start)


def multinomial_increments(grid: StateGrid, left: FloatArray, right: FloatArray) -> FloatArray:
    """Return the sum over states j of left_j right_j cov(row j of dA), (E, ..., S, S).

    Given the past, the changes out of state j are multinomial with Y_j trials, so that row j of I + dA has
    covariance (diag(h_j) - h_j'h_j)/Y_j.
    """
    steps = grid.steps
    at_risk = np.where(grid.at_risk > 0, grid.at_risk, np.inf)
    lead = left.ndim - 2
    wide = (len(steps), *(1,) * lead, *steps.shape[1:])
    h = steps.reshape(wide)
    factor = left * right / at_risk.reshape(len(steps), *(1,) * lead, steps.shape[-1])
    spread = (factor[..., None, :] @ h)[..., 0, :]
    out = -(h.swapaxes(-1, -2) @ (factor[..., :, None] * h))
    diagonal = np.arange(steps.shape[-1])
    out[..., diagonal, diagonal] += spread
    return out
