"""Expected time in each state up to a horizon, and the influence of each subject on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dayzero.errors import BadInputError
from dayzero.stats.convention import Convention
from dayzero.stats.intervals import checked_conf_level, normal_quantile
from dayzero.stats.multistate.history_check import NO_STATE
from dayzero.stats.multistate.matrix_scan import affine_scan, product_scan
from dayzero.stats.multistate.occupancy_variance import influence_paths, initial_influence
from dayzero.stats.multistate.occupation import history_notes, known_initial
from dayzero.stats.multistate.state_grid import StateGrid, initial_states, state_grid

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from dayzero.stats.arrays import FloatArray, Label
    from dayzero.stats.multistate.state_grid import InitialStates
    from dayzero.stats.multistate.state_histories import StateHistories


@dataclass(frozen=True, eq=False)
class TimeInState:
    """Expected time in each state between 0 and the horizon; arrays (G, S).

    Attributes
    ----------
    convention : Convention
    groups, states : tuple
    horizon : float
    estimate : ndarray, shape (G, S)
        In the unit of time of the histories; a group's row adds up to the horizon.
    covariance : ndarray, shape (G, S, S)
    beyond_follow_up : ndarray of bool, shape (G,)
        The group was not observed up to the horizon: probabilities were carried forward.
    """

    convention: Convention
    groups: tuple[Label, ...]
    states: tuple[str, ...]
    horizon: float
    estimate: FloatArray
    covariance: FloatArray
    beyond_follow_up: tuple[bool, ...]

    @property
    def std_err(self) -> FloatArray:
        """Standard errors, (G, S)."""
        return np.sqrt(np.maximum(np.diagonal(self.covariance, axis1=-2, axis2=-1), 0.0))

    def to_frame(self) -> pl.DataFrame:
        """Return group, state, horizon, estimate, std_err, lower, upper, beyond_follow_up.

        The interval is plain (estimate plus or minus z standard errors), kept within 0 and the horizon; it is
        missing where the standard error is 0.
        """
        import polars as pl

        half = normal_quantile(self.convention.conf_level) * np.where(self.std_err > 0, self.std_err, np.nan)
        rows = len(self.states)
        return pl.DataFrame(
            {
                "group": [g for g in self.groups for _ in range(rows)],
                "state": list(self.states) * len(self.groups),
                "horizon": [self.horizon] * (rows * len(self.groups)),
                "estimate": self.estimate.reshape(-1),
                "std_err": self.std_err.reshape(-1),
                "lower": np.maximum(self.estimate - half, 0.0).reshape(-1),
                "upper": np.minimum(self.estimate + half, self.horizon).reshape(-1),
                "beyond_follow_up": [b for b in self.beyond_follow_up for _ in range(rows)],
            }
        )


def time_in_state(
    histories: StateHistories,
    horizon: float,
    *,
    initial: Mapping[str, float] | None = None,
    conf_level: float = 0.95,
) -> TimeInState:
    """Estimate the expected time in each state between 0 and ``horizon``, for each group.

    Parameters
    ----------
    histories : StateHistories
    horizon : float
        Above 0, in the unit of time of the histories.
    initial : mapping of state to probability, optional
        As for :func:`state_occupancy`.
    conf_level : float

    Returns
    -------
    TimeInState
        Integral of the occupation probabilities, with the infinitesimal-jackknife covariance over subjects.
        For competing risks: the restricted mean survival time and the time lost to each cause.

    Raises
    ------
    BadInputError
        A horizon that is not a positive number.
    """
    if not 0 < horizon < np.inf:
        what = f"horizon is {horizon}"
        raise BadInputError(what, allowed="a positive number")
    start = None if initial is None else known_initial(histories, initial)
    present = [i for i in range(len(histories.groups)) if (histories.group == i).any()]
    estimates, covariances, beyond = [], [], []
    for g in present:
        chosen = histories.taken(histories.group == g)
        grid = state_grid(chosen)
        first = initial_states(chosen, grid, start)
        target = _area_target(grid, horizon)
        estimates.append(first.probability @ target.whole)
        influence = subject_influence(chosen, grid, first, target)
        covariances.append(influence.T @ influence)
        beyond.append(bool(chosen.stop.max() < horizon))
    return TimeInState(
        convention=Convention(
            estimator="expected time in state (integral of Aalen-Johansen)",
            variance="infinitesimal jackknife over subjects",
            conf_type="plain",
            conf_level=checked_conf_level(conf_level),
            source="Beyersmann and Putter 2014, Demogr Res 30:1681",
            notes=history_notes(histories),
        ),
        groups=tuple(histories.groups[g] for g in present),
        states=histories.model.states,
        horizon=float(horizon),
        estimate=np.array(estimates),
        covariance=np.array(covariances),
        beyond_follow_up=tuple(beyond),
    )


class Target(NamedTuple):
    """A linear functional of the curve, as what one unit of probability at each time still adds to it.

    Attributes
    ----------
    onward : ndarray, shape (E, S, S)
        Row k: what being put in state k just after each transition time contributes.
    whole : ndarray, shape (S, S)
        The same from the origin.
    """

    onward: FloatArray
    whole: FloatArray


def _area_target(grid: StateGrid, horizon: float) -> Target:
    """Return the time still to be spent in each state: K_e = (t_{e+1} - t_e) I + H_{e+1} K_{e+1}."""
    size = grid.at_risk.shape[1]
    edges = np.minimum(np.concatenate(([0.0], grid.times, [horizon])), horizon)
    length = np.diff(edges)
    steps = _stopped(grid, horizon)
    added = length[::-1, None, None][1:] * np.eye(size)
    backward = affine_scan(steps[::-1].swapaxes(-1, -2), added, length[-1] * np.eye(size))
    onward = backward[::-1].swapaxes(-1, -2)
    return Target(onward[1:], onward[0])


def _point_target(grid: StateGrid, time: float) -> Target:
    """Return where one is at ``time``: the product of the steps still to come."""
    backward = product_scan(_stopped(grid, time)[::-1].swapaxes(-1, -2))
    onward = backward[::-1].swapaxes(-1, -2)
    return Target(np.where((grid.times <= time)[:, None, None], onward[1:], 0.0), onward[0])


def _stopped(grid: StateGrid, horizon: float) -> FloatArray:
    """Return the steps up to the horizon, standing still afterwards."""
    return np.where((grid.times <= horizon)[:, None, None], grid.steps, np.eye(grid.at_risk.shape[1]))


def subject_influence(
    histories: StateHistories, grid: StateGrid, initial: InitialStates, target: Target
) -> FloatArray:
    """Return weight times the influence of each subject on the functional, (subjects, S).

    A subject at risk in state j at t adds -L_j(t) onward(t), and a change to k adds c_j (e_k - e_j) onward(t)
    (the pieces are those of ``occupancy_variance``), so that running sums over the times are all it takes.
    """
    probability = product_scan(grid.steps, initial.probability[None])[:, 0]
    paths = influence_paths(grid, probability)
    size = paths.steps.shape[-1]
    cost = np.concatenate((np.zeros((1, size, size)), (paths.loss @ target.onward).cumsum(axis=0)))
    state = histories.origin
    rows = cost[grid.begin, state] - cost[grid.end, state]
    if len(initial.rows):
        rows += initial_influence(histories, initial) @ target.whole
    moved = np.flatnonzero(histories.target != NO_STATE)
    at, left, entered = grid.end[moved] - 1, state[moved], histories.target[moved]
    difference = target.onward[at, entered] - target.onward[at, left]
    rows[moved] += paths.gain[at, left][:, None] * difference
    if histories.weight is not None:
        rows *= histories.weight[:, None]
    out = np.zeros((len(histories.subjects), size))
    np.add.at(out, histories.subject, rows)
    return out


def influence_at(
    histories: StateHistories, time: float, *, area: bool, start: FloatArray | None = None
) -> tuple[FloatArray, FloatArray]:
    """Return the occupation probabilities at ``time`` (or the time in state up to it) and their influences.

    Parameters
    ----------
    histories : StateHistories
        Of one group.
    time : float
    area : bool
        The time in state rather than the probability.
    start : ndarray, optional
        Known initial distribution.

    Returns
    -------
    estimate : ndarray, shape (S,)
    influence : ndarray, shape (subjects, S)
        Weighted; row i is subject ``histories.subjects[i]``.
    """
    grid = state_grid(histories)
    first = initial_states(histories, grid, start)
    target = _area_target(grid, time) if area else _point_target(grid, time)
    return first.probability @ target.whole, subject_influence(histories, grid, first, target)
