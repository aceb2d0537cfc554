"""Aalen-Johansen transition probabilities P(s, t) with the covariance of all their entries."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from dayzero.errors import BadInputError, RefusalError
from dayzero.stats.arrays import TIE_TOLERANCE
from dayzero.stats.convention import Convention
from dayzero.stats.curves.curve import position, wanted_times
from dayzero.stats.intervals import WALD_TYPES, checked_conf_level, checked_conf_type, wald_limits
from dayzero.stats.multistate.matrix_scan import congruence_scan, product_scan
from dayzero.stats.multistate.occupancy_variance import multinomial_increments
from dayzero.stats.multistate.occupation import history_notes, interval_flags, standard_errors
from dayzero.stats.multistate.state_grid import StateGrid, state_grid

if TYPE_CHECKING:
    import numpy.typing as npt
    import polars as pl

    from dayzero.stats.arrays import FloatArray, IntArray
    from dayzero.stats.multistate.state_histories import StateHistories


@dataclass(frozen=True, eq=False)
class TransitionProbabilities:
    """P(s, t): row h of a matrix is the distribution of states at t of those in state h at s.

    Attributes
    ----------
    convention : Convention
    states : tuple of str
    start : float
        s.
    times : ndarray, shape (T,)
        Transition times after s.
    estimate : ndarray, shape (1 + T, S, S)
        Index 0 is the identity, before the first time. NaN in row h as long as nobody was at risk in state h
        since s, except at s itself: the data say nothing then.
    row_covariance : ndarray, shape (1 + T, S, S, S)
        Entry [t, h] is the covariance matrix of row h.
    grid : StateGrid
        The counts after s.
    absorbing : ndarray of bool, shape (S,)
        States that nobody leaves.
    last : float
        Last time of observation.
    """

    convention: Convention
    states: tuple[str, ...]
    start: float
    times: FloatArray
    estimate: FloatArray
    row_covariance: FloatArray
    grid: StateGrid
    absorbing: npt.NDArray[np.bool_]
    last: float
    conf_type: str
    conf_level: float

    @cached_property
    def std_err(self) -> FloatArray:
        """Standard errors, (1 + T, S, S)."""
        return standard_errors(self.estimate, self.row_covariance)

    @cached_property
    def limits(self) -> tuple[FloatArray, FloatArray]:
        """Pointwise limits, each (1 + T, S, S); NaN where the estimate is 0 or 1."""
        return wald_limits(self.estimate, self.std_err, self.conf_type, self.conf_level)

    def covariance(self, time: float) -> FloatArray:
        """Return the covariance of all entries of P(s, time), shape (S * S, S * S).

        Entries are in the order of ``P.reshape(-1)``: (1,1), (1,2), ..., (2,1), ... Source: Andersen,
        Borgan, Gill and Keiding (1993), eq. 4.4.19.
        """
        step = int(self._steps_up_to(wanted_times(time))[0])
        size = len(self.states)
        steps = self.grid.steps[:step]
        before = product_scan(steps)[:-1]
        onward = product_scan(steps[::-1].swapaxes(-1, -2))[:-1][::-1].swapaxes(-1, -2)
        out = np.zeros((size, size, size, size))
        grid = StateGrid(
            self.times[:step],
            self.grid.moves[:step],
            self.grid.at_risk[:step],
            self.grid.begin,
            self.grid.end,
        )
        for h in range(size):
            added = multinomial_increments(grid, before[:, None, h], before)
            block = onward[:, None].swapaxes(-1, -2) @ added @ onward[:, None]
            out[h] = block.sum(axis=0).swapaxes(0, 1)
        return out.reshape(size * size, size * size)

    def _unseen(self, at_risk: FloatArray) -> Any:
        """Tell where nobody is observed in the to state any more, in the order of the frame's rows."""
        size = len(self.states)
        unseen = ~self.absorbing & (at_risk == 0)
        return np.broadcast_to(unseen.T[None], (size, size, len(at_risk))).reshape(-1)

    def _steps_up_to(self, wanted: FloatArray) -> IntArray:
        if not len(self.times):
            return np.zeros(len(wanted), dtype=np.intp)
        return position(self.times, wanted)

    def at(self, times: Any) -> pl.DataFrame:
        """Return the probabilities at ``times``.

        Columns: from, to, time, estimate, std_err, lower, upper, at_risk (in the from state just before the
        time), beyond_follow_up, flag.
        """
        import polars as pl

        wanted = wanted_times(times)
        if (wanted < self.start).any():
            what = f"a time is before {self.start:g}, where these probabilities start"
            raise BadInputError(what)
        step = self._steps_up_to(wanted)
        slack = TIE_TOLERANCE * max(1.0, float(np.abs(self.times).mean())) if len(self.times) else 0.0
        coming = np.searchsorted(self.times, wanted - slack, side="left")
        size = len(self.states)
        at_risk = np.concatenate((self.grid.at_risk, np.zeros((1, size))))[coming]
        lower, upper = self.limits
        shape = (len(wanted), size, size)
        columns: dict[str, Any] = {
            "from": [s for s in self.states for _ in range(size * len(wanted))],
            "to": [s for _ in self.states for s in self.states for _ in range(len(wanted))],
            "time": np.tile(wanted, size * size),
        }
        for name, values in (
            ("estimate", self.estimate[step]),
            ("std_err", self.std_err[step]),
            ("lower", lower[step]),
            ("upper", upper[step]),
            ("at_risk", np.broadcast_to(at_risk[:, :, None], shape)),
            ("beyond_follow_up", np.broadcast_to((wanted > self.last)[:, None, None], shape)),
        ):
            columns[name] = np.moveaxis(values, 0, -1).reshape(-1)
        columns["flag"] = pl.Series(interval_flags(columns["estimate"], self._unseen(at_risk)), dtype=pl.Utf8)
        return pl.DataFrame(columns)


def transition_probabilities(
    histories: StateHistories,
    start: float = 0.0,
    *,
    conf_type: str = "log-log",
    conf_level: float = 0.95,
) -> TransitionProbabilities:
    """Estimate P(s, t), the probability of being in each state at t for those in each state at s.

    Parameters
    ----------
    histories : StateHistories
        Of one group; take one with ``histories.only(group)``.
    start : float
        s; transitions after it count (with ``start=0`` those at time 0 too).
    conf_type : {"log-log", "log", "plain", "logit", "arcsin"}
    conf_level : float

    Returns
    -------
    TransitionProbabilities
        With the Greenwood-type (multinomial) variance, R ``etm``'s.

    Raises
    ------
    BadInputError
        Several groups; no transition possible after ``start``.
    RefusalError
        Fractional weights.

    Notes
    -----
    P(s, t) = prod over (s, t] of (I + dA(u)): Aalen and Johansen (1978); Andersen, Borgan, Gill and Keiding
    (1993), eq. 4.4.1 and 4.4.19. It needs the Markov property. Without it, use
    ``state_occupancy(histories.after(s, state))``, the landmark Aalen-Johansen estimate.
    """
    checked_conf_type(conf_type, WALD_TYPES)
    if len(np.unique(histories.group)) > 1:
        what = "transition probabilities are estimated one group at a time"
        raise BadInputError(what, allowed=[str(g) for g in histories.groups], hint="histories.only(group)")
    if histories.fractional:
        what = "the Greenwood-type variance does not hold under fractional weights"
        raise RefusalError(
            what, instead="state_occupancy(histories.after(s, state)), whose variance is robust"
        )
    grid = _later(state_grid(histories), start)
    estimate = product_scan(grid.steps)
    size = len(histories.model.states)
    before = estimate[:-1]
    covariance = congruence_scan(
        grid.steps, multinomial_increments(grid, before, before), np.zeros((size, size, size))
    )
    unknown = np.cumsum(grid.at_risk > 0, axis=0) == 0
    leaves: npt.NDArray[np.bool_] = np.any(histories.model.allowed, axis=1)
    unknown &= leaves  # an absorbing state needs nobody at risk
    estimate[1:][unknown] = np.nan
    covariance[1:][unknown] = np.nan
    return TransitionProbabilities(
        convention=Convention(
            estimator="Aalen-Johansen transition probabilities",
            variance="Greenwood (Markov)",
            conf_type=conf_type,
            conf_level=checked_conf_level(conf_level),
            ties="transitions before censorings at the same time",
            source="Aalen and Johansen 1978; Andersen, Borgan, Gill and Keiding 1993, eq. 4.4.19",
            notes=history_notes(histories),
        ),
        states=histories.model.states,
        start=float(start),
        times=grid.times,
        estimate=estimate,
        row_covariance=covariance,
        grid=grid,
        absorbing=~leaves,
        last=float(histories.stop.max()),
        conf_type=conf_type,
        conf_level=conf_level,
    )


def _later(grid: StateGrid, start: float) -> StateGrid:
    """Keep the counts after ``start``; with 0, from the origin on."""
    if not start >= 0:
        what = f"start is {start}"
        raise BadInputError(what, allowed="a time, not negative")
    from_here = 0 if start == 0 else int(np.searchsorted(grid.times, start, side="right"))
    return StateGrid(
        grid.times[from_here:],
        grid.moves[from_here:],
        grid.at_risk[from_here:],
        np.maximum(grid.begin - from_here, 0),
        np.maximum(grid.end - from_here, 0),
    )
