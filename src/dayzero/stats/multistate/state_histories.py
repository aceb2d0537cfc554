"""Who was in which state when: checked rows of subjects, the input of every multi-state estimate."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from dayzero.errors import BadInputError
from dayzero.stats.arrays import (
    checked_times,
    checked_weights,
    distinct_times,
    first_position,
    same_length,
)
from dayzero.stats.multistate.history_check import (
    CENSORED,
    NO_STATE,
    checked_rows,
    coded_states,
    history_order,
    label_codes,
)
from dayzero.stats.multistate.multistate_model import MultiStateModel

if TYPE_CHECKING:
    import numpy.typing as npt

    from dayzero.stats.arrays import FloatArray, IntArray, Label

# A first row that starts at the origin is at risk from before every time, so that time 0 is included.
FROM_ORIGIN = -np.inf


@dataclass(frozen=True, eq=False)
class StateHistories:
    """Checked rows, in order of subject and time.

    Build it with :meth:`from_rows`, :func:`competing_risks`, :func:`illness_death` or
    :func:`current_leukaemia_free`.

    Attributes
    ----------
    model : MultiStateModel
    subject : ndarray of int, shape (n,)
        Code of the subject of each row.
    start, stop : ndarray, shape (n,)
        At risk on (start, stop]; ``start`` is -inf for a first row that starts at 0, so that what happens at
        time 0 is counted.
    origin, target : ndarray of int, shape (n,)
        State during the row, and the state entered at ``stop`` (-1: none).
    weight : ndarray, shape (n,), or None
        Case weight of the subject.
    group : ndarray of int, shape (n,)
        Group of the subject.
    groups, subjects : tuple
        Labels.
    gaps : int
        Rows that resume after a gap.
    """

    model: MultiStateModel
    subject: IntArray
    start: FloatArray
    stop: FloatArray
    origin: IntArray
    target: IntArray
    weight: FloatArray | None
    group: IntArray
    groups: tuple[Label, ...]
    subjects: tuple[Label, ...]
    gaps: int = 0

    @classmethod
    def from_rows(
        cls,
        subject: Any,
        start: Any,
        stop: Any,
        from_state: Any = None,
        to_state: Any = None,
        *,
        model: MultiStateModel | None = None,
        group: Any = None,
        weight: Any = None,
        censored: str = CENSORED,
    ) -> StateHistories:
        """Check rows and keep them.

        Parameters
        ----------
        subject : array_like, shape (n,)
            Who the row is about.
        start, stop : array_like, shape (n,)
            The subject is in ``from_state``, and at risk of leaving it, on (start, stop]. A first row that
            starts at 0 includes time 0.
        from_state, to_state : array_like of text, optional
            The state of the row and the state entered at ``stop``; None, "" or ``censored``: none was.
            Without ``from_state`` every subject starts in the model's first state (in "initial" without a
            model), and each row continues in the state reached by the previous one.
        model : MultiStateModel, optional
            Allowed transitions; without one, those that happened.
        group, weight : array_like, optional
            Constant within a subject.
        censored : str
            The word for "still there at stop".

        Raises
        ------
        BadInputError
            No rows; a missing or negative time; stop not after start; an unknown state; rows of a subject
            that overlap or change state without an event; a transition that the model does not allow; a group
            or a weight that changes within a subject.
        """
        begin, end = checked_times(start, "start"), checked_times(stop, "stop")
        if not len(begin):
            what = "there are no rows"
            raise BadInputError(what, hint="an empty cohort has no state probabilities")
        same_length(
            len(begin),
            subject=subject,
            stop=end,
            from_state=from_state,
            to_state=to_state,
            group=group,
            weight=weight,
        )
        codes, subjects = label_codes(subject, "subject", len(begin))
        begin, end = joined_ties(begin, end)
        order = history_order(codes, begin, end)
        states, origin, target = coded_states(from_state, to_state, model, censored, codes=codes, order=order)
        group_codes, groups = label_codes(group, "group", len(begin))
        return histories_of_codes(
            codes,
            begin,
            end,
            origin,
            target,
            model=MultiStateModel(states, ()) if model is None else model,
            inferred=model is None,
            subjects=subjects,
            group=group_codes,
            groups=groups,
            weight=None if weight is None else checked_weights(weight),
        )

    @property
    def n(self) -> int:
        """Number of subjects."""
        return len(np.unique(self.subject))

    @property
    def fractional(self) -> bool:
        """Whether some weight is not a whole number."""
        return self.weight is not None and bool((self.weight != np.floor(self.weight)).any())

    def taken(self, rows: Any) -> StateHistories:
        """Return some of the rows (a mask or positions), in the same order."""
        parts = {name: getattr(self, name)[rows] for name in ("subject", "origin", "target", "group")}
        times = {name: getattr(self, name)[rows] for name in ("start", "stop")}
        weight = None if self.weight is None else self.weight[rows]
        return replace(self, **parts, **times, weight=weight)

    def only(self, group: Label) -> StateHistories:
        """Return the histories of one group."""
        if group not in self.groups:
            known = [str(g) for g in self.groups]
            raise BadInputError.unknown_name(kind="group", found=str(group), allowed=known)
        return self.taken(self.group == self.groups.index(group))

    def after(self, landmark: float, state: str | None = None) -> StateHistories:
        """Return the histories of those under observation (in ``state``) at a landmark, from then on.

        Occupancy estimated from them is the landmark Aalen-Johansen estimate of the transition probability
        out of ``state``, which does not need the Markov property: Putter and Spitoni (2018), SMMR 27:2081.
        The time axis keeps its origin.
        """
        here = (self.start <= landmark) & (self.stop > landmark)
        if state is not None:
            here &= self.origin == self.model.index(state)
        kept = np.isin(self.subject, self.subject[here]) & (self.stop > landmark)
        if not kept.any():
            where = "" if state is None else f" in state '{state}'"
            what = f"nobody is under observation{where} at {landmark:g}"
            raise BadInputError(what, hint="choose an earlier landmark")
        chosen = self.taken(kept)
        return replace(chosen, start=np.where(chosen.start <= landmark, FROM_ORIGIN, chosen.start))


def joined_ties(start: npt.NDArray[Any], stop: npt.NDArray[Any]) -> tuple[FloatArray, FloatArray]:
    """Return both as floats in which times equal up to round-off are one time."""
    both = np.concatenate((start.astype(np.float64), stop.astype(np.float64)))
    times, index = distinct_times(both)
    values = times[index]
    return values[: len(start)], values[len(start) :]


def histories_of_codes(
    subject: IntArray,
    start: FloatArray,
    stop: FloatArray,
    origin: IntArray,
    target: IntArray,
    *,
    model: MultiStateModel,
    inferred: bool,
    subjects: tuple[Label, ...],
    group: IntArray,
    groups: tuple[Label, ...],
    weight: FloatArray | None,
) -> StateHistories:
    """Check coded rows and sort them."""
    order = history_order(subject, start, stop)
    first = np.zeros(len(order), dtype=bool)
    first[order] = np.concatenate(([True], subject[order][1:] != subject[order][:-1]))
    at_origin = first & (start <= 0)
    bad = (stop <= start) & ~at_origin
    if bad.any():
        what = "stop must be after start"
        raise BadInputError(what, where=first_position(bad), hint="a row is the interval (start, stop]")
    for name, values in (("group", group), ("weight", weight)):
        if values is not None:
            _refuse_changing(name, values[order], subject[order], subjects)
    mask = None if inferred else model.allowed
    check = checked_rows(subject, start, stop, origin, target, subjects, model.states, mask)
    check.refuse()
    if inferred:
        seen = np.argwhere(check.transitions[:, :-1])
        pairs = tuple((model.states[j], model.states[k]) for j, k in seen)
        model = MultiStateModel(model.states, pairs)
    return StateHistories(
        model=model,
        subject=subject[order],
        start=np.where(at_origin, FROM_ORIGIN, start)[order],
        stop=stop[order],
        origin=origin[order],
        target=target[order],
        weight=None if weight is None else weight[order],
        group=group[order],
        groups=groups,
        subjects=subjects,
        gaps=len(check.gap),
    )


def _refuse_changing(
    name: str, values: npt.NDArray[Any], subject: IntArray, subjects: tuple[Label, ...]
) -> None:
    changes = (subject[1:] == subject[:-1]) & (values[1:] != values[:-1])
    if changes.any():
        who = subjects[subject[1:][changes][0]]
        what = f"{name} changes within a subject"
        hint = "a subject has one weight and one group; what changes in time is a state"
        raise BadInputError(what, where=f"subject {who}", hint=hint)


def no_state(n: int) -> IntArray:
    """Return "no transition" for n rows."""
    return np.full(n, NO_STATE, dtype=np.intp)
