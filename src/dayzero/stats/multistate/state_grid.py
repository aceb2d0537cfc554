"""From histories to counts at the transition times: who is at risk in each state, and who moves where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dayzero.stats.multistate.history_check import NO_STATE

if TYPE_CHECKING:
    from dayzero.stats.arrays import FloatArray, IntArray
    from dayzero.stats.multistate.state_histories import StateHistories


@dataclass(frozen=True, eq=False)
class StateGrid:
    """Counts of one group at its E transition times, and the run of them that each row is at risk at.

    Attributes
    ----------
    times : ndarray, shape (E,)
        Times at which somebody changed state.
    moves : ndarray, shape (E, S, S)
        (Weighted) number of changes from state j (row) to k (column).
    at_risk : ndarray, shape (E, S)
        (Weighted) number at risk in each state just before each time.
    begin, end : ndarray of int, shape (n,)
        Row i is at risk at the times ``begin <= e < end``; its own change is at ``end - 1``.
    """

    times: FloatArray
    moves: FloatArray
    at_risk: FloatArray
    begin: IntArray
    end: IntArray

    @property
    def hazard(self) -> FloatArray:
        """Increments of the Nelson-Aalen matrix, rows adding up to 0; (E, S, S)."""
        at_risk = np.where(self.at_risk > 0, self.at_risk, 1.0)
        increments = self.moves / at_risk[:, :, None]
        diagonal = np.arange(increments.shape[-1])
        increments[:, diagonal, diagonal] = -increments.sum(axis=-1)
        return increments

    @property
    def steps(self) -> FloatArray:
        """The matrices I + dA of the product integral, (E, S, S)."""
        return self.hazard + np.eye(self.at_risk.shape[1])


def state_grid(histories: StateHistories) -> StateGrid:
    """Count the rows of one group."""
    n_states = len(histories.model.states)
    moved = histories.target != NO_STATE
    times = np.unique(histories.stop[moved])
    begin = np.searchsorted(times, histories.start, side="right")
    end = np.searchsorted(times, histories.stop, side="right")
    cell = ((end[moved] - 1) * n_states + histories.origin[moved]) * n_states + histories.target[moved]
    weight = None if histories.weight is None else histories.weight[moved]
    moves = np.bincount(cell, weight, len(times) * n_states**2)
    at_risk = occupied(begin, end, histories.origin, histories.weight, len(times), n_states)
    return StateGrid(
        times, moves.reshape(len(times), n_states, n_states).astype(np.float64), at_risk, begin, end
    )


def occupied(
    begin: IntArray, end: IntArray, state: IntArray, weight: FloatArray | None, n: int, n_states: int
) -> FloatArray:
    """Sum weights over the rows present at each of n times, by state; (n, S).

    Where nobody is present the sum is exactly 0, which a running sum of weights alone would miss.
    """
    arrive, leave = begin * n_states + state, end * n_states + state

    def present(w: FloatArray | None) -> FloatArray:
        size = (n + 1) * n_states
        net = np.bincount(arrive, w, size) - np.bincount(leave, w, size)
        return net.reshape(n + 1, n_states)[:n].cumsum(axis=0).astype(np.float64)

    people = present(None)
    return people if weight is None else np.where(people > 0, present(weight), 0.0)


@dataclass(frozen=True, eq=False)
class InitialStates:
    """The distribution of states before the first transition.

    Attributes
    ----------
    probability : ndarray, shape (S,)
    rows : ndarray of int
        Rows of the histories it was estimated from; empty when it is known (given, or all in one state).
    total : float
        Their weight.
    """

    probability: FloatArray
    rows: IntArray
    total: float


def initial_states(histories: StateHistories, grid: StateGrid, given: FloatArray | None) -> InitialStates:
    """Estimate the initial distribution from those under observation just before the first transition.

    With no transition at all, from everybody's first row. The rule is that of R ``survfit``.
    """
    none = np.zeros(0, dtype=np.intp)
    if given is not None:
        return InitialStates(given, none, 0.0)
    if len(grid.times):
        rows = np.flatnonzero((grid.begin == 0) & (grid.end > 0))
    else:
        rows = np.flatnonzero(np.concatenate(([True], np.diff(histories.subject) > 0)))
    weight = np.ones(len(rows)) if histories.weight is None else histories.weight[rows]
    share = np.bincount(histories.origin[rows], weight, len(histories.model.states))
    total = float(weight.sum())
    probability = share / total
    return InitialStates(probability, none if (probability == 1).any() else rows, total)
