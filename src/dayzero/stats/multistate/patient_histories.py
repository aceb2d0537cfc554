"""From one row a patient to state histories: competing risks, illness-death, current leukaemia-free."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from dayzero.errors import BadInputError
from dayzero.stats.arrays import (
    checked_causes,
    checked_times,
    checked_weights,
    first_position,
    numeric,
    same_length,
    whole_numbers,
)
from dayzero.stats.multistate.history_check import NO_STATE, label_codes
from dayzero.stats.multistate.multistate_model import (
    competing_risks_model,
    current_leukaemia_free_model,
    illness_death_model,
)
from dayzero.stats.multistate.state_histories import StateHistories, histories_of_codes, joined_ties

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from dayzero.stats.arrays import FloatArray, IntArray
    from dayzero.stats.multistate.multistate_model import MultiStateModel

SAME_DAY = ("refuse", "before", "skip")


def competing_risks(
    time: Any,
    cause: Any,
    *,
    entry: Any = None,
    group: Any = None,
    weight: Any = None,
    names: Iterable[str] | None = None,
) -> StateHistories:
    """Return histories of one initial state and one absorbing state a cause.

    Parameters
    ----------
    time, cause, entry, group, weight : array_like
        As for :meth:`EventTable.from_arrays`.
    names : iterable of str, optional
        Names of causes 1, 2, ...; "cause 1", "cause 2", ... by default.
    """
    end = _times(time, cause=cause, entry=entry, group=group, weight=weight)
    codes, largest = checked_causes(cause)
    wanted = [f"cause {k}" for k in range(1, largest + 1)] if names is None else list(names)
    if len(wanted) < largest:
        what = f"cause {largest} has no name"
        raise BadInputError(what, allowed=f"names of causes 1 to {largest}")
    paths = np.zeros((len(end), 1), dtype=np.intp)
    final = np.where(codes == 0, NO_STATE, codes.astype(np.intp))
    return _walked(
        competing_risks_model(wanted), np.zeros((len(end), 0)), paths, end, final, entry, group, weight
    )


def illness_death(
    illness: Any,
    time: Any,
    died: Any,
    *,
    recovery: Any = None,
    entry: Any = None,
    group: Any = None,
    weight: Any = None,
    same_day: str = "refuse",
    states: tuple[str, str, str] = ("healthy", "ill", "dead"),
) -> StateHistories:
    """Return histories of the illness-death model.

    Parameters
    ----------
    illness : array_like, shape (n,)
        Time of the illness; NaN for never.
    time : array_like, shape (n,)
        End of follow-up.
    died : array_like of 0/1 or bool
        Whether the patient died at ``time``.
    recovery : array_like, optional
        Time of recovery, NaN for never; the ill can then become healthy again (once).
    entry, group, weight : array_like, optional
        As for :meth:`EventTable.from_arrays`.
    same_day : {"refuse", "before", "skip"}
        What to do with a change on the very day of death: refuse it; put it half-way between that day and the
        time before, so that the patient dies ill; or skip it, so that the patient dies from the state before.
    states : tuple of str
        Names of the three states.

    Raises
    ------
    BadInputError
        Recovery without or before the illness; a change after the end of follow-up; same_day="refuse" and a
        change on the day of death; see also :meth:`StateHistories.from_rows`.
    """
    end = _times(time, illness=illness, died=died, recovery=recovery, entry=entry, group=group, weight=weight)
    columns = [illness] if recovery is None else [illness, recovery]
    changes = np.stack([_never_is_nan(c, "illness or recovery") for c in columns], axis=1)
    path = np.array([0, 1] if recovery is None else [0, 1, 0])
    paths = np.broadcast_to(path, (len(end), len(path)))
    dead = np.full(len(path), 2)
    model = illness_death_model(recovery=recovery is not None, states=states)
    return _with_deaths(model, changes, paths, dead, end, died, same_day, entry, group, weight)


def current_leukaemia_free(
    changes: Any,
    time: Any,
    died: Any,
    *,
    entry: Any = None,
    group: Any = None,
    weight: Any = None,
    same_day: str = "refuse",
    states: tuple[str, str, str, str] = ("remission", "relapse", "dead in remission", "dead in relapse"),
) -> StateHistories:
    """Return histories of the model behind current leukaemia-free survival (CLFS).

    Parameters
    ----------
    changes : array_like, shape (n, m)
        Times of first relapse, new remission, second relapse, ...; NaN from the first change that did not
        happen on.
    time, died, entry, group, weight, same_day
        As for :func:`illness_death`.
    states : tuple of str
        Names of remission, relapse, and of death in either.

    Returns
    -------
    StateHistories
        ``state_occupancy(...).combined({"CLFS": remission_states(histories)})`` is the CLFS curve: alive and
        in remission at t, those restored by donor lymphocytes or a second transplant counted.

    Notes
    -----
    Klein, Szydlo, Craddock and Goldman (2000), Stat Med 19:3005. The occupation probabilities are consistent
    also when the history before matters (not Markov), as long as censoring is independent: Datta and Satten
    (2001), Stat Probab Lett 55:403.
    """
    given = np.asarray(changes, dtype=np.float64)
    if given.ndim != 2 or not given.shape[1]:
        what = f"changes has shape {given.shape}"
        allowed = "one row a patient; columns: relapse, remission, relapse, ..."
        raise BadInputError(what, allowed=allowed)
    end = _times(time, changes=given, died=died, entry=entry, group=group, weight=weight)
    model = current_leukaemia_free_model(max(1, given.shape[1] // 2), states=states)
    length = given.shape[1] + 1
    paths = np.broadcast_to(np.arange(length), (len(end), length))
    dead = np.where(np.arange(length) % 2 == 0, len(model.states) - 2, len(model.states) - 1)
    columns = np.stack([_never_is_nan(column, "changes") for column in given.T], axis=1)
    return _with_deaths(model, columns, paths, dead, end, died, same_day, entry, group, weight)


def remission_states(histories: StateHistories) -> tuple[str, ...]:
    """Return the names of the states of :func:`current_leukaemia_free` that are remissions."""
    return histories.model.states[:-2:2]


def _times(time: Any, **others: Any) -> FloatArray:
    end = checked_times(time).astype(np.float64)
    if not len(end):
        what = "there are no rows"
        raise BadInputError(what, hint="an empty cohort has no state probabilities")
    same_length(len(end), **others)
    return end


def _never_is_nan(values: Any, name: str) -> FloatArray:
    """Return times in which NaN (or None) means that it did not happen."""
    array = np.asarray(values)
    if array.dtype.kind == "O":
        array = np.array([np.nan if v is None else v for v in array.tolist()], dtype=object)
    times = numeric(array, name).astype(np.float64)
    bad = (times < 0) | np.isinf(times)
    if bad.any():
        what = f"a time of {name} is negative or infinite"
        raise BadInputError(what, where=first_position(bad), hint="what never happened is NaN")
    return times


def _with_deaths(
    model: MultiStateModel,
    changes: FloatArray,
    paths: IntArray,
    dead: IntArray,
    end: FloatArray,
    died: Any,
    same_day: str,
    entry: Any,
    group: Any,
    weight: Any,
) -> StateHistories:
    """Walk the paths; the state of death depends on the state before."""
    if same_day not in SAME_DAY:
        raise BadInputError.unknown_name(kind="same_day", found=str(same_day), allowed=SAME_DAY)
    codes, largest = checked_causes(died, "died")
    if largest > 1:
        what = f"died has codes up to {largest}"
        raise BadInputError(what, allowed="0 alive at the end of follow-up, 1 died")
    changes = _in_order(changes, end)
    changes = _same_day(changes, end, codes.astype(bool), same_day)
    position = (~np.isnan(changes)).sum(axis=1)
    final = np.where(codes > 0, dead[position], NO_STATE)
    return _walked(model, changes, paths, end, final, entry, group, weight)


def _in_order(changes: FloatArray, end: FloatArray) -> FloatArray:
    """Refuse changes out of order, or after the end of follow-up."""
    nan = np.isnan(changes)
    skipped = np.any(nan[:, :-1] & ~nan[:, 1:], axis=1)
    with np.errstate(invalid="ignore"):
        backwards = np.any(changes[:, 1:] <= changes[:, :-1], axis=1)
        late = np.any(changes > end[:, None], axis=1)
    for bad, what, hint in (
        (
            skipped,
            "a later change is given without the one before it",
            "NaN from the first missing change on",
        ),
        (backwards, "changes must follow each other in time, each after the one before", ""),
        (late, "a change lies after the end of follow-up", "follow-up cannot end before what was seen"),
    ):
        if bad.any():
            raise BadInputError(what, where=first_position(bad), hint=hint)
    return changes


def _same_day(changes: FloatArray, end: FloatArray, died: npt.NDArray[np.bool_], rule: str) -> FloatArray:
    """Apply the rule for a change on the day of death."""
    tied = (changes == end[:, None]) & died[:, None]
    if not tied.any():
        return changes
    row: npt.NDArray[np.bool_] = np.any(tied, axis=1)
    if rule == "refuse":
        what = "a change of state and death have the same time"
        hint = "same_day='before' lets the patient die from the new state, 'skip' from the old one"
        raise BadInputError(what, where=first_position(row), hint=hint)
    if rule == "skip":
        return np.where(tied, np.nan, changes)
    if (end[row] == 0).any():
        what = "a change of state and death are both at time 0"
        hint = "nothing comes before time 0: use same_day='skip'"
        raise BadInputError(what, where=first_position(row & (end == 0)), hint=hint)
    moved = np.broadcast_to(half_way_before(end, changes)[:, None], changes.shape)
    return np.where(tied, moved, changes)


def half_way_before(at: FloatArray, *others: FloatArray) -> FloatArray:
    """Return, for each time, the middle between it and the time before it among all times given.

    For whole days that is half a day earlier, whatever other days occur.
    """
    every = np.concatenate([at, *(o.reshape(-1) for o in others)])
    every = every[~np.isnan(every)]
    if whole_numbers(every) is not None:
        return at - 0.5
    known = np.unique(np.concatenate(([0.0], every)))
    earlier: FloatArray = known[np.maximum(np.searchsorted(known, at) - 1, 0)]
    return (at + earlier) / 2


def _walked(
    model: MultiStateModel,
    changes: FloatArray,
    paths: IntArray,
    end: FloatArray,
    final: IntArray,
    entry: Any,
    group: Any,
    weight: Any,
) -> StateHistories:
    """Cut each patient's follow-up at the changes; patient i is in ``paths[i, c]`` after c changes."""
    n, length = paths.shape
    begin = np.zeros(n) if entry is None else checked_times(entry, "entry").astype(np.float64)
    left = np.concatenate((np.zeros((n, 1)), changes), axis=1)
    right = np.concatenate((changes, np.full((n, 1), np.nan)), axis=1)
    to = np.concatenate((paths[:, 1:], np.full((n, 1), NO_STATE)), axis=1)
    ends_here = np.isnan(right)
    visited = ~np.isnan(left)
    right = np.where(ends_here, end[:, None], right)
    to = np.where(ends_here, final[:, None], to)
    # A stay of no length at the very end carries no information, unless something happens in it.
    empty = (right == left) & (to == NO_STATE) & (np.arange(length) > 0)
    kept = visited & ~empty & ((right > begin[:, None]) | (begin[:, None] <= 0))
    _refuse_never_seen(kept)
    left = np.maximum(left, begin[:, None])
    who = np.broadcast_to(np.arange(n)[:, None], paths.shape)
    start, stop = joined_ties(left[kept], right[kept])
    group_codes, groups = label_codes(group, "group", n)
    weights = None if weight is None else checked_weights(weight)
    row = who[kept]
    return histories_of_codes(
        row,
        start,
        stop,
        paths[kept],
        to[kept],
        model=model,
        inferred=False,
        subjects=tuple(range(n)),
        group=group_codes[row],
        groups=groups,
        weight=None if weights is None else weights[row],
    )


def _refuse_never_seen(kept: npt.NDArray[np.bool_]) -> None:
    absent: npt.NDArray[np.bool_] = ~np.any(kept, axis=1)
    if absent.any():
        what = "entry must be before time"
        hint = "a patient who enters after the end of follow-up was never at risk: exclude the row"
        raise BadInputError(what, where=first_position(absent), hint=hint)
