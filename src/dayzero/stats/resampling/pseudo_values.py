"""Pseudo-observations: what each person contributes to a curve, as a complete observation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from dayzero.errors import BadInputError, RefusalError
from dayzero.stats.arrays import TIE_TOLERANCE
from dayzero.stats.curves.curve import wanted_times
from dayzero.stats.multistate.patient_histories import competing_risks
from dayzero.stats.multistate.state_time import influence_at
from dayzero.stats.resampling.draws import weighted_curves
from dayzero.stats.resampling.leave_one_out import LeaveOneOut
from dayzero.stats.resampling.sampled_people import SampledPeople, sampled_people

if TYPE_CHECKING:
    from dayzero.stats.arrays import FloatArray, IntArray
    from dayzero.stats.multistate.state_histories import StateHistories
    from dayzero.stats.resampling.replicate_curves import ReplicateCurves

QUANTITIES = ("survival", "cumulative_incidence", "restricted_mean", "restricted_time_lost")
METHODS = ("jackknife", "infinitesimal")
AREAS = ("restricted_mean", "restricted_time_lost")
# Under delayed entry people are left out one by one; so many numbers are held at once.
BLOCK_NUMBERS = 1 << 22


def pseudo_observations(
    time: Any,
    cause: Any,
    times: Any,
    *,
    quantity: str = "survival",
    of_interest: int = 1,
    entry: Any = None,
    group: Any = None,
    method: str = "jackknife",
) -> FloatArray:
    """Return pseudo-observations of a curve at fixed times.

    Parameters
    ----------
    time, cause : array_like, shape (n,)
        As for :func:`cumulative_incidence`; for survival and its mean any cause is the event.
    times : array_like, shape (m,)
        Times, or horizons of a restricted mean.
    quantity : {"survival", "cumulative_incidence", "restricted_mean", "restricted_time_lost"}
    of_interest : int
        The cause of an incidence or of time lost.
    entry : array_like, optional
        Delayed entry. Pseudo-observations then need entry to be independent of the covariates.
    group : array_like, optional
        Compute them within groups.
    method : {"jackknife", "infinitesimal"}
        n estimate - (n - 1) estimate without the person (R ``prodlim::jackknife``), or estimate + n times the
        influence of the person (R ``survival::pseudo``).

    Returns
    -------
    ndarray, shape (n, m)
        In the order of the rows.

    Raises
    ------
    BadInputError
        One person only; an unknown cause or quantity.
    RefusalError
        A mean up to a horizon beyond the last observation.

    Notes
    -----
    Andersen, Klein and Rosthoj (2003), Biometrika 90:15. Where the curve without a person would rest on
    nobody, it is carried forward.
    """
    for kind, value, allowed in (("quantity", quantity, QUANTITIES), ("method", method, METHODS)):
        if value not in allowed:
            raise BadInputError.unknown_name(kind=kind, found=str(value), allowed=allowed)
    wanted = wanted_times(times)
    people = _in_row_order(time, cause, entry, group)
    row = _row_of_quantity(people, quantity, of_interest)
    out = np.empty((len(people.group), len(wanted)))
    for g in range(len(people.groups)):
        members = np.flatnonzero(people.group == g)
        if len(members) < 2:
            what = f"group '{people.groups[g]}' has {len(members)} people"
            raise BadInputError(what, hint="leaving one person out must leave somebody")
        out[members] = _within(people, members, wanted, quantity, method, row)
    return out


def pseudo_states(histories: StateHistories, time: float, *, area: bool = False) -> FloatArray:
    """Return pseudo-observations of the state occupation probabilities at ``time``, (subjects, states).

    Estimate plus n times the influence of the subject (infinitesimal jackknife, R ``survival::pseudo``); with
    ``area`` those of the expected time in each state up to ``time``. Rows are ``histories.subjects``.

    Raises
    ------
    BadInputError
        Several groups; take one with ``histories.only(group)``.
    RefusalError
        Weighted histories.
    """
    if len(np.unique(histories.group)) > 1:
        what = "pseudo-observations of states are computed one group at a time"
        raise BadInputError(what, allowed=[str(g) for g in histories.groups], hint="histories.only(group)")
    if histories.weight is not None:
        what = "pseudo-observations of weighted subjects are not defined here"
        raise RefusalError(what, instead="unweighted pseudo-observations in a weighted regression")
    estimate, influence = influence_at(histories, float(wanted_times(time)[0]), area=area)
    present = np.unique(histories.subject)
    values: FloatArray = estimate + len(present) * influence[present]
    return values


def _in_row_order(time: Any, cause: Any, entry: Any, group: Any) -> SampledPeople:
    """Return the people as they were given."""
    if cause is None:
        what = "the second argument is missing: who had the event"
        raise BadInputError(what, hint="pseudo-observations belong to people: pass (time, cause) arrays")
    n = len(np.asarray(time))
    # A cluster of one's own keeps each person in the place of the row.
    return sampled_people(time, cause, group, entry, None, np.arange(n), within_groups=False)


def _row_of_quantity(people: SampledPeople, quantity: str, of_interest: int) -> int:
    """Return 0 for survival, k for the k-th cause."""
    if quantity in ("survival", "restricted_mean"):
        return 0
    if of_interest not in people.causes:
        what = f"cause {of_interest} was never seen"
        raise BadInputError(what, allowed=[str(c) for c in people.causes])
    return 1 + people.causes.index(of_interest)


def _within(
    people: SampledPeople, members: IntArray, wanted: FloatArray, quantity: str, method: str, row: int
) -> FloatArray:
    """Return pseudo-observations of one group."""
    area = quantity in AREAS
    if area:
        _refuse_beyond(people, members, wanted)
    if method == "infinitesimal":
        return _infinitesimal(people, members, wanted, row, area=area)
    n = len(members)
    if (people.entry[members] >= 0).any():
        return _one_by_one(people, members, wanted, quantity, row)
    shape = (1 + len(people.causes), len(people.times))
    counts = np.zeros(shape)
    np.add.at(counts, (people.cause[members], people.exit[members]), 1.0)
    at_risk = counts.sum(axis=0)[::-1].cumsum()[::-1]
    kernel = LeaveOneOut.of(people.times, at_risk, counts[1:])
    cell = people.cause[members] * shape[1] + people.exit[members]
    kinds, back = np.unique(cell, return_inverse=True)
    left_out = kernel.without(kinds % shape[1], kinds // shape[1], wanted, area=area)[row]
    values: FloatArray = n * kernel.everybody(wanted, area=area)[row] - (n - 1) * left_out[back]
    return values


def _refuse_beyond(people: SampledPeople, members: IntArray, wanted: FloatArray) -> None:
    """Refuse a horizon beyond the follow-up of a group in which somebody was still event-free at the end."""
    final = people.exit[members].max()
    still = (people.cause[members] == 0) & (people.exit[members] == final)
    last = people.times[final]
    if still.any() and wanted.max(initial=0.0) > last * (1 + TIE_TOLERANCE):
        group = people.groups[people.group[members[0]]]
        what = f"the horizon {wanted.max():g} lies beyond the last observation ({last:g}) of group '{group}'"
        raise RefusalError(what, instead="an earlier horizon")


def _infinitesimal(
    people: SampledPeople, members: IntArray, wanted: FloatArray, row: int, *, area: bool
) -> FloatArray:
    entry = np.where(people.entry[members] >= 0, people.times[people.entry[members]], 0.0)
    histories = competing_risks(
        people.times[people.exit[members]],
        people.cause[members],
        entry=entry if entry.any() else None,
        names=[f"cause {k}" for k in people.causes],
    )
    out = np.empty((len(members), len(wanted)))
    for column, at in enumerate(wanted):
        if area and at == 0:
            out[:, column] = 0.0
            continue
        estimate, influence = influence_at(histories, at, area=area)
        out[:, column] = estimate[row] + len(members) * influence[:, row]
    return out


def _one_by_one(
    people: SampledPeople, members: IntArray, wanted: FloatArray, quantity: str, row: int
) -> FloatArray:
    """Leave people out one by one, as late entries may come back after the curve has run dry."""
    n = len(members)
    alone = people.only(members)
    size = max(1, BLOCK_NUMBERS // alone.cells)
    whole = _quantity(weighted_curves(alone, np.ones((1, n))), quantity, wanted, row)[0]
    out = np.empty((n, len(wanted)))
    for begin in range(0, n, size):
        chosen = np.arange(begin, min(begin + size, n))
        weights = np.ones((len(chosen), n))
        weights[np.arange(len(chosen)), chosen] = 0.0
        left_out = _quantity(weighted_curves(alone, weights), quantity, wanted, row)
        out[chosen] = n * whole - (n - 1) * left_out
    return out


def _quantity(curves: ReplicateCurves, quantity: str, wanted: FloatArray, row: int) -> FloatArray:
    """Return (B, m)."""
    if quantity == "survival":
        return curves.survival(wanted)[:, 0]
    if quantity == "cumulative_incidence":
        return curves.cumulative_incidence(wanted)[:, 0, row - 1]
    columns = []
    for horizon in wanted:
        if horizon == 0:
            columns.append(np.zeros(curves.leaving.shape[-1]))
        elif quantity == "restricted_mean":
            columns.append(curves.restricted_mean(horizon)[:, 0])
        else:
            columns.append(curves.restricted_time_lost(horizon)[:, 0, row - 1])
    return np.stack(columns, axis=1)
