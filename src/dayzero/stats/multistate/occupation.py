"""Aalen-Johansen state occupation probabilities: where the patients are at each time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from dayzero.errors import BadInputError, RefusalError
from dayzero.stats.arrays import TIE_TOLERANCE
from dayzero.stats.convention import Convention
from dayzero.stats.curves.curve import position, wanted_times
from dayzero.stats.intervals import EDGE, WALD_TYPES, checked_conf_level, checked_conf_type, wald_limits
from dayzero.stats.multistate.history_check import NO_STATE
from dayzero.stats.multistate.matrix_scan import product_scan
from dayzero.stats.multistate.occupancy_variance import greenwood_covariance, jackknife_covariance
from dayzero.stats.multistate.state_grid import initial_states, occupied, state_grid

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy.typing as npt
    import polars as pl

    from dayzero.stats.arrays import FloatArray, Label
    from dayzero.stats.multistate.state_histories import StateHistories

VARIANCES = ("jackknife", "greenwood")


@dataclass(frozen=True, eq=False)
class StateOccupancy:
    """Occupation probabilities of every state in every group.

    Arrays are (G, 1 + T, S); index 0 is before the first time.

    Attributes
    ----------
    convention : Convention
    groups, states : tuple
    times : ndarray, shape (T,)
        Every time at which somebody left a row, in any group.
    estimate : ndarray, shape (G, 1 + T, S)
    covariance : ndarray, shape (G, 1 + T, S, S)
        Of the probabilities of one group at one time.
    at_risk, entered : ndarray, shape (G, T, S)
        (Weighted) number in each state just before each time, and entering it at that time.
    last : ndarray, shape (G,)
        Last time of observation.
    absorbing : ndarray of bool, shape (S,)
        States that nobody leaves.
    people : tuple of ndarray or None
        ``(at_risk, entered)`` counted in people, when weights make them differ.
    """

    convention: Convention
    groups: tuple[Label, ...]
    states: tuple[str, ...]
    times: FloatArray
    estimate: FloatArray
    covariance: FloatArray
    at_risk: FloatArray
    entered: FloatArray
    last: FloatArray
    absorbing: npt.NDArray[np.bool_]
    conf_type: str
    conf_level: float
    people: tuple[FloatArray, FloatArray] | None = None

    @cached_property
    def std_err(self) -> FloatArray:
        """Standard errors, (G, 1 + T, S)."""
        return standard_errors(self.estimate, self.covariance)

    @cached_property
    def limits(self) -> tuple[FloatArray, FloatArray]:
        """Pointwise limits, each (G, 1 + T, S); NaN where the estimate is 0 or 1."""
        return wald_limits(self.estimate, self.std_err, self.conf_type, self.conf_level)

    def combined(self, sums: Mapping[str, Iterable[str]]) -> StateOccupancy:
        """Return the probabilities of being in one of several states, with the standard error of the sum.

        Parameters
        ----------
        sums : mapping of name to states
            For example ``{"current leukaemia-free": ("remission", "remission 2")}``. Numbers entered then
            count entries into any of the states.
        """
        matrix = np.zeros((len(self.states), len(sums)))
        for column, members in enumerate(sums.values()):
            for state in members:
                if state not in self.states:
                    raise BadInputError.unknown_name(kind="state", found=str(state), allowed=self.states)
                matrix[self.states.index(state), column] = 1.0
        return replace(
            self,
            states=tuple(sums),
            estimate=self.estimate @ matrix,
            covariance=matrix.T @ self.covariance @ matrix,
            at_risk=self.at_risk @ matrix,
            absorbing=matrix.T @ ~self.absorbing == 0,
            entered=self.entered @ matrix,
            people=None if self.people is None else (self.people[0] @ matrix, self.people[1] @ matrix),
        )

    def at(self, times: Any) -> pl.DataFrame:
        """Return the probabilities at ``times``.

        Columns: group, state, time, estimate, std_err, lower, upper, at_risk (in the state just before the
        time), entered (into the state up to and including the time), beyond_follow_up (the group was not
        observed that long; the estimate is carried forward), flag (why an interval is missing). Under weights
        also at_risk_people and entered_people.
        """
        import polars as pl

        wanted = wanted_times(times)
        step = position(self.times, wanted)
        slack = TIE_TOLERANCE * max(1.0, float(np.abs(self.times).mean()))
        coming = np.searchsorted(self.times, wanted - slack, side="left")
        at_risk, entered = _counts_at(self.at_risk, self.entered, coming, step)
        beyond = ~(wanted <= self.last[:, None] * (1 + TIE_TOLERANCE))
        lower, upper = self.limits
        columns: dict[str, Any] = self._keys(wanted)
        for name, values in (
            ("estimate", self.estimate[:, step]),
            ("std_err", self.std_err[:, step]),
            ("lower", lower[:, step]),
            ("upper", upper[:, step]),
            ("at_risk", _counts(at_risk)),
            ("entered", _counts(entered)),
            ("beyond_follow_up", np.broadcast_to(beyond[..., None], entered.shape)),
        ):
            columns[name] = values.swapaxes(1, 2).reshape(-1)
        if self.people is not None:
            for name, values in zip(
                ("at_risk_people", "entered_people"), _counts_at(*self.people, coming, step), strict=True
            ):
                columns[name] = _counts(values).swapaxes(1, 2).reshape(-1)
        unseen = ~self.absorbing & (at_risk == 0)
        unseen_column = unseen.swapaxes(1, 2).reshape(-1)
        columns["flag"] = pl.Series(interval_flags(columns["estimate"], unseen_column), dtype=pl.Utf8)
        return pl.DataFrame(columns)

    def _keys(self, wanted: FloatArray) -> dict[str, Any]:
        repeats = len(wanted)
        return {
            "group": [g for g in self.groups for _ in range(len(self.states) * repeats)],
            "state": [s for _ in self.groups for s in self.states for _ in range(repeats)],
            "time": np.tile(wanted, len(self.groups) * len(self.states)),
        }


def standard_errors(estimate: FloatArray, covariance: FloatArray) -> FloatArray:
    """Return the roots of the diagonals; exactly 0 where the estimate is 0 or 1.

    At the edge no subject can have influence (it could only push one way, and influences add up to 0), so
    what is left there is round-off, which the root would magnify.
    """
    variance = np.diagonal(covariance, axis1=-2, axis2=-1)
    edge = (estimate <= EDGE) | (estimate >= 1 - EDGE)
    return np.sqrt(np.where(edge, 0.0, np.maximum(variance, 0.0)))


def _counts_at(
    at_risk: FloatArray, entered: FloatArray, coming: Any, step: Any
) -> tuple[FloatArray, FloatArray]:
    """Return numbers at risk just before the times asked for, and entered up to them."""
    nobody = np.zeros_like(at_risk, shape=(len(at_risk), 1, at_risk.shape[-1]))
    return (
        np.concatenate((at_risk, nobody), axis=1)[:, coming],
        np.concatenate((nobody, entered.cumsum(axis=1)), axis=1)[:, step],
    )


def _counts(values: FloatArray) -> Any:
    """Return counts as whole numbers when they are, so that people print as people."""
    whole = np.rint(values)
    return whole.astype(np.int64) if np.array_equal(whole, values) else values


def interval_flags(estimate: FloatArray, unseen: Any) -> list[str | None]:
    """Return why an interval is missing, or why an estimate rests on nobody; None where all is well."""

    def why(p: float, carried: bool) -> str | None:
        if np.isnan(p):
            return "nobody was at risk in the from state"
        if p <= EDGE or p >= 1 - EDGE:
            return f"estimate is {p:.0f}: no interval of this type exists"
        return (
            "nobody is observed in this state any more: its probability is carried forward"
            if carried
            else None
        )

    return [why(p, bool(carried)) for p, carried in zip(estimate, unseen, strict=True)]


def state_occupancy(
    histories: StateHistories,
    *,
    variance: str = "jackknife",
    initial: Mapping[str, float] | None = None,
    conf_type: str = "log-log",
    conf_level: float = 0.95,
) -> StateOccupancy:
    """Estimate the probability of being in each state, for each group.

    Parameters
    ----------
    histories : StateHistories
    variance : {"jackknife", "greenwood"}
        "jackknife" is the infinitesimal jackknife over subjects, R ``survfit``'s: valid also when the process
        is not Markov, and under fractional weights. "greenwood" is the product-integral formula, ``etm``'s:
        it needs the Markov property.
    initial : mapping of state to probability, optional
        The distribution at the start, taken as known. By default it is that of those under observation just
        before the first transition; unless they are all in one state its sampling is part of the variance.
    conf_type : {"log-log", "log", "plain", "logit", "arcsin"}
    conf_level : float

    Returns
    -------
    StateOccupancy

    Raises
    ------
    BadInputError
        Unknown names; an initial distribution that does not add up to 1.
    RefusalError
        variance="greenwood" with fractional weights.

    Notes
    -----
    p(t) = p(0) prod (I + dA(u)), Aalen and Johansen (1978), Scand J Stat 5:141; Andersen, Borgan, Gill and
    Keiding (1993), section IV.4. Consistent without the Markov property when censoring is independent: Datta
    and Satten (2001), Stat Probab Lett 55:403. At a time when several things happen, transitions come before
    censoring.
    """
    if variance not in VARIANCES:
        raise BadInputError.unknown_name(kind="variance", found=str(variance), allowed=VARIANCES)
    checked_conf_type(conf_type, WALD_TYPES)
    if variance == "greenwood" and histories.fractional:
        what = "Greenwood's formula does not hold under fractional weights"
        raise RefusalError(what, instead="variance='jackknife'")
    start = None if initial is None else known_initial(histories, initial)
    times = np.unique(histories.stop)
    curves = [
        _one_group(histories.taken(histories.group == g), times, variance, start)
        for g in range(len(histories.groups))
        if (histories.group == g).any()
    ]
    all_groups = _Group(*(np.stack(parts) for parts in zip(*curves, strict=True)))
    return StateOccupancy(
        convention=_convention(histories, variance, conf_type, checked_conf_level(conf_level)),
        groups=tuple(g for i, g in enumerate(histories.groups) if (histories.group == i).any()),
        states=histories.model.states,
        times=times,
        estimate=all_groups.estimate,
        covariance=all_groups.covariance,
        at_risk=all_groups.at_risk,
        entered=all_groups.entered,
        last=all_groups.last,
        absorbing=np.array([s in histories.model.absorbing for s in histories.model.states]),
        conf_type=conf_type,
        conf_level=conf_level,
        people=None if histories.weight is None else (all_groups.at_risk_people, all_groups.entered_people),
    )


class _Group(NamedTuple):
    estimate: FloatArray
    covariance: FloatArray
    at_risk: FloatArray
    entered: FloatArray
    at_risk_people: FloatArray
    entered_people: FloatArray
    last: FloatArray


def _one_group(
    histories: StateHistories, times: FloatArray, variance: str, start: FloatArray | None
) -> _Group:
    grid = state_grid(histories)
    first = initial_states(histories, grid, start)
    probability = product_scan(grid.steps, first.probability[None])[:, 0]
    rule = jackknife_covariance if variance == "jackknife" else greenwood_covariance
    covariance = rule(histories, grid, probability, first)
    step = np.concatenate(([0], np.searchsorted(grid.times, times, side="right")))
    people = _tallies(histories, times, None)
    weighted = people if histories.weight is None else _tallies(histories, times, histories.weight)
    last = np.asarray(histories.stop.max())
    return _Group(probability[step], covariance[step], *weighted, *people, last)


def _tallies(
    histories: StateHistories, times: FloatArray, weight: FloatArray | None
) -> tuple[FloatArray, FloatArray]:
    """Return numbers at risk just before each time, and entering each state at it, (T, S)."""
    n_states = len(histories.model.states)
    begin = np.searchsorted(times, histories.start, side="right")
    end = np.searchsorted(times, histories.stop, side="right")
    at_risk = occupied(begin, end, histories.origin, weight, len(times), n_states)
    moved = histories.target != NO_STATE
    cell = (end[moved] - 1) * n_states + histories.target[moved]
    number = np.bincount(cell, None if weight is None else weight[moved], len(times) * n_states)
    return at_risk, number.reshape(len(times), n_states).astype(np.float64)


def known_initial(histories: StateHistories, initial: Mapping[str, float]) -> FloatArray:
    """Return a given initial distribution in the order of the states, or refuse it."""
    start = np.zeros(len(histories.model.states))
    for state, share in initial.items():
        start[histories.model.index(state)] = share
    if not (bool((start >= 0).all()) and abs(start.sum() - 1) <= TIE_TOLERANCE):
        what = f"initial probabilities add up to {start.sum():g}"
        raise BadInputError(what, allowed="probabilities of states that add up to 1")
    return start


def history_notes(histories: StateHistories) -> tuple[str, ...]:
    """Return what a reader must know about the rows: weights, delayed entry, gaps."""
    notes = []
    if histories.weight is not None:
        notes.append("fractional case weights" if histories.fractional else "whole-number case weights")
    first = np.concatenate(([True], np.diff(histories.subject) > 0))
    if (histories.start[first] > 0).any():
        notes.append("delayed entry, at risk on (start, stop]")
    if histories.gaps:
        notes.append(f"{histories.gaps} rows resume after a gap")
    return tuple(notes)


def _convention(histories: StateHistories, variance: str, conf_type: str, conf_level: float) -> Convention:
    words = {"jackknife": "infinitesimal jackknife over subjects", "greenwood": "Greenwood (Markov)"}
    return Convention(
        estimator="Aalen-Johansen state occupation",
        variance=words[variance],
        conf_type=conf_type,
        conf_level=conf_level,
        ties="transitions before censorings at the same time",
        source="Aalen and Johansen 1978; Datta and Satten 2001",
        notes=history_notes(histories),
    )
