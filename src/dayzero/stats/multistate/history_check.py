"""Are the rows of each subject one history? Overlaps, gaps, jumps and teleports, found and counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from dayzero.errors import BadInputError
from dayzero.stats.arrays import checked_times, coded_labels, compacted, same_length

if TYPE_CHECKING:
    import numpy.typing as npt
    import polars as pl

    from dayzero.stats.arrays import IntArray, Label

NO_STATE = -1
CENSORED = "censored"
MEANING = {
    "overlap": "the row starts before the subject's previous row stops",
    "gap": "the row starts after the previous row stops, in the state that was left",
    "jump": "the row starts after the previous row stops, in another state",
    "teleport": "the row follows the previous one without a gap, in a state the subject had not reached",
    "not_allowed": "the model has no such transition",
}


@dataclass(frozen=True, eq=False)
class HistoryCheck:
    """What is wrong with the rows, by position (counting from 0) in the arrays that were given.

    Attributes
    ----------
    overlap, gap, jump, teleport, not_allowed : ndarray of int
        Positions of the rows that break the history of their subject; the meaning of each word is in
        ``MEANING``. A row is named once, where the break is.
    subjects : tuple
        Labels of the subjects.
    states : tuple of str
        Names of the states.
    transitions : ndarray of int, shape (S, S + 1)
        Number of rows by state and by what ended them; the last column is "still there" (the subject's last
        row only).
    visits : ndarray of int, shape (S, C)
        Number of subjects who entered each state 0, 1, ..., C - 1 times.
    """

    overlap: IntArray
    gap: IntArray
    jump: IntArray
    teleport: IntArray
    not_allowed: IntArray
    subjects: tuple[Label, ...]
    states: tuple[str, ...]
    transitions: IntArray
    visits: IntArray
    row_subject: IntArray

    @property
    def counts(self) -> dict[str, int]:
        """Number of rows of each kind of fault."""
        return {name: len(getattr(self, name)) for name in MEANING}

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong; a gap alone is delayed re-entry and no error."""
        return not any(n for name, n in self.counts.items() if name != "gap")

    def refuse(self) -> None:
        """Raise BadInputError for the first fault, if there is one."""
        for name, meaning in MEANING.items():
            rows = getattr(self, name)
            if name == "gap" or not len(rows):
                continue
            what = f"{name}: {meaning}"
            where = (
                f"position {rows[0]} (counting from 0), subject {self.subjects[self.row_subject[rows[0]]]}; "
                f"{len(rows)} rows in all"
            )
            hint = "check_histories(...) lists every such row"
            raise BadInputError(what, where=where, hint=hint)

    def to_frame(self) -> pl.DataFrame:
        """Return one row a fault: fault, position, subject, meaning."""
        import polars as pl

        found = [(name, int(row)) for name in MEANING for row in getattr(self, name)]
        return pl.DataFrame(
            {
                "fault": [name for name, _ in found],
                "position": [row for _, row in found],
                "subject": [self.subjects[self.row_subject[row]] for _, row in found],
                "meaning": [MEANING[name] for name, _ in found],
            },
            schema_overrides={"fault": pl.Utf8, "position": pl.Int64, "meaning": pl.Utf8},
        )

    def transition_frame(self) -> pl.DataFrame:
        """Return the transitions that happened: from, to, count."""
        import polars as pl

        ends = (*self.states, CENSORED)
        origin, target = np.nonzero(self.transitions)
        return pl.DataFrame(
            {
                "from": [self.states[i] for i in origin],
                "to": [ends[i] for i in target],
                "count": self.transitions[origin, target],
            },
            schema_overrides={"from": pl.Utf8, "to": pl.Utf8, "count": pl.Int64},
        )


def check_histories(
    subject: Any,
    start: Any,
    stop: Any,
    from_state: Any = None,
    to_state: Any = None,
    *,
    allowed: Any = None,
    censored: str = CENSORED,
) -> HistoryCheck:
    """Check rows ``(start, stop]`` of subjects, as R ``survival::survcheck`` does, and return what was found.

    Parameters
    ----------
    subject : array_like, shape (n,)
        Who the row is about.
    start, stop : array_like, shape (n,)
        The interval; the subject is at risk on (start, stop].
    from_state, to_state : array_like of text, optional
        The state during the row, and the one entered at ``stop`` (None, "" or ``censored``: none). Without
        ``from_state`` each row continues in the state that the previous one reached.
    allowed : MultiStateModel, optional
        The transitions that may happen.
    censored : str
        The word for "still there at stop".

    Notes
    -----
    R repeats a teleport on every later row of the subject, as it keeps the state that the events imply; here
    the row at which the state changed without an event is named, once.
    """
    begin, end = checked_times(start, "start"), checked_times(stop, "stop")
    same_length(len(begin), subject=subject, stop=end, from_state=from_state, to_state=to_state)
    codes, subjects = label_codes(subject, "subject", len(begin))
    order = history_order(codes, begin, end)
    states, origin, target = coded_states(from_state, to_state, allowed, censored, codes=codes, order=order)
    mask = None if allowed is None else allowed.allowed
    return checked_rows(codes, begin, end, origin, target, subjects, states, mask)


def label_codes(values: Any, name: str, n: int) -> tuple[IntArray, tuple[Label, ...]]:
    """Return labels as codes and the labels that somebody has (or that were declared); None is one label."""
    coded = compacted(coded_labels(values, name))
    if coded.codes is None:
        return np.zeros(n, dtype=np.intp), coded.levels
    return coded.codes.astype(np.intp), coded.levels


def history_order(subject: IntArray, start: npt.NDArray[Any], stop: npt.NDArray[Any]) -> IntArray:
    """Return the rows in order of subject, then time; a look at neighbours spares most data the sort."""
    ahead = subject[1:] > subject[:-1]
    same = subject[1:] == subject[:-1]
    later = (stop[1:] > stop[:-1]) | ((stop[1:] == stop[:-1]) & (start[1:] >= start[:-1]))
    if bool(np.all(ahead | (same & later))):
        return np.arange(len(subject))
    return np.lexsort((start, stop, subject))


def coded_states(
    from_state: Any, to_state: Any, model: Any, censored: str, *, codes: IntArray, order: IntArray
) -> tuple[tuple[str, ...], IntArray, IntArray]:
    """Return state names, and the state of each row and the one entered at its end (-1: none) as codes."""
    n = len(codes)
    target_text: list[str | None] = [None] * n if to_state is None else _texts(to_state, censored)
    origin_text = None if from_state is None else _texts(from_state, censored)
    if origin_text is not None and None in origin_text:
        what = "from_state is missing"
        raise BadInputError(what, where=f"position {origin_text.index(None)} (counting from 0)")
    if model is not None:
        states = tuple(model.states)
    else:
        first = {"initial"} if origin_text is None else set(origin_text)
        later = {t for t in target_text if t is not None} - first
        states = (*sorted(str(s) for s in first), *sorted(later))
    code = {name: i for i, name in enumerate(states)}
    target = _codes(target_text, code, "to_state")
    if origin_text is not None:
        return states, _codes(origin_text, code, "from_state"), target
    return states, _carried(target, codes, order), target


def _texts(values: Any, censored: str) -> list[str | None]:
    """Return state names; None, NaN, "" and the word for censored are no state."""
    out: list[str | None] = []
    for value in np.asarray(values, dtype=object).tolist():
        missing = value is None or value != value
        text = "" if missing else str(value)
        out.append(None if text in ("", censored) else text)
    return out


def _codes(texts: list[str | None], code: dict[str, int], name: str) -> IntArray:
    try:
        return np.array([NO_STATE if t is None else code[t] for t in texts], dtype=np.intp)
    except KeyError as error:
        found = str(error.args[0])
        raise BadInputError.unknown_name(kind="state", found=found, allowed=list(code), where=name) from None


def _carried(target: IntArray, codes: IntArray, order: IntArray) -> IntArray:
    """Return the state of each row: the last one entered before by the subject, else the first state."""
    out = np.zeros(len(order), dtype=np.intp)
    if not len(order):
        return out
    reached, who = target[order], codes[order]
    position = np.arange(len(order))
    first = np.concatenate(([True], who[1:] != who[:-1]))
    begin = np.maximum.accumulate(np.where(first, position, 0))
    marked = np.where(reached != NO_STATE, position, NO_STATE)
    latest = np.concatenate(([NO_STATE], np.maximum.accumulate(marked)[:-1]))
    out[order] = np.where(latest >= begin, reached[np.maximum(latest, 0)], 0)
    return out


def checked_rows(
    subject: IntArray,
    start: npt.NDArray[Any],
    stop: npt.NDArray[Any],
    origin: IntArray,
    target: IntArray,
    subjects: tuple[Label, ...],
    states: tuple[str, ...],
    allowed: npt.NDArray[np.bool_] | None,
) -> HistoryCheck:
    """Compare each row with the subject's previous one; everything coded."""
    order = history_order(subject, start, stop)
    before, after = order[:-1], order[1:]
    same = subject[before] == subject[after]
    ahead = start[after] - stop[before]
    reached = np.where(target[before] == NO_STATE, origin[before], target[before])
    other = reached != origin[after]

    def rows(fault: npt.NDArray[np.bool_]) -> IntArray:
        return np.sort(after[same & fault])

    moved = target != NO_STATE
    illegal = moved & (origin == target)
    if allowed is not None:
        illegal |= moved & ~allowed[origin, np.maximum(target, 0)]
    last = np.ones(len(order), dtype=bool)
    last[before[same]] = False
    return HistoryCheck(
        overlap=rows(ahead < 0),
        gap=rows((ahead > 0) & ~other),
        jump=rows((ahead > 0) & other),
        teleport=rows((ahead == 0) & other),
        not_allowed=np.flatnonzero(illegal),
        subjects=subjects,
        states=states,
        transitions=_transition_counts(origin, target, moved | last, len(states)),
        visits=_visit_counts(subject, target, moved, len(subjects), len(states)),
        row_subject=subject,
    )


def _transition_counts(origin: IntArray, target: IntArray, counted: Any, n_states: int) -> IntArray:
    ends = np.where(target == NO_STATE, n_states, target)
    cell = origin[counted] * (n_states + 1) + ends[counted]
    return np.bincount(cell, minlength=n_states * (n_states + 1)).reshape(n_states, n_states + 1)


def _visit_counts(
    subject: IntArray, target: IntArray, moved: Any, n_subjects: int, n_states: int
) -> IntArray:
    cell = subject[moved] * n_states + target[moved]
    visits = np.bincount(cell, minlength=n_subjects * n_states).reshape(n_subjects, n_states)
    most = int(visits.max(initial=0))
    return np.stack([(visits == c).sum(axis=0) for c in range(most + 1)], axis=1)
