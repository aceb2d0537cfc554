"""Rows (start, stop] for covariates that change in time: what R's tmerge does, with the ties stated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from dayzero.errors import BadInputError
from dayzero.stats.arrays import (
    checked_causes,
    checked_times,
    distinct_times,
    first_position,
    same_length,
    whole_numbers,
)
from dayzero.stats.exposures.time_facts import known_facts
from dayzero.stats.multistate.history_check import checked_rows, label_codes

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt
    import polars as pl

    from dayzero.stats.arrays import FloatArray, IntArray
    from dayzero.stats.exposures.time_facts import KnownFacts, TimeDependent

TIES = {
    "textbook": "Z(t) = 1 for t >= the day of change: what happens on that day belongs to the new value",
    "R": "the new value holds after the day of change: what happens on that day belongs to the old value",
}


@dataclass(frozen=True, eq=False)
class CountingProcess:
    """Rows of subjects on (start, stop], each with the covariate values that hold throughout.

    Attributes
    ----------
    subject : ndarray, shape (r,)
        Labels.
    row : ndarray of int, shape (r,)
        Position of the given row that this one is a piece of; use it to carry fixed covariates along.
    start, stop : ndarray, shape (r,)
    event : ndarray of int, shape (r,)
        0, or the code of what happened at ``stop``.
    covariates : dict of str to ndarray
    report : dict of str to dict of str to int
        For each covariate, where its facts lay: before (follow-up; they hold from the start), within,
        at_start, at_stop, boundary (between two given rows), gap (between rows), after (no effect), never (no
        time), unknown (not about these subjects), tied (several of a subject at one time).
    ties : str
    """

    subject: npt.NDArray[Any]
    row: IntArray
    start: npt.NDArray[Any]
    stop: npt.NDArray[Any]
    event: IntArray
    covariates: dict[str, npt.NDArray[Any]]
    report: dict[str, dict[str, int]]
    ties: str

    @property
    def convention(self) -> str:
        """The tie convention in words."""
        return TIES[self.ties]

    def to_frame(self) -> pl.DataFrame:
        """Return columns subject, start, stop, event, and one a covariate."""
        import polars as pl

        columns: dict[str, Any] = {
            "subject": self.subject.tolist(),
            "start": self.start,
            "stop": self.stop,
            "event": self.event,
        }
        for name, values in self.covariates.items():
            columns[name] = values.tolist() if values.dtype == object else values
        return pl.DataFrame(columns)

    def report_frame(self) -> pl.DataFrame:
        """Return the report, one row a covariate."""
        import polars as pl

        return pl.DataFrame([{"covariate": name, **counts} for name, counts in self.report.items()])


def counting_process(
    subject: Any,
    start: Any,
    stop: Any,
    event: Any,
    facts: Mapping[str, TimeDependent],
    *,
    ties: str = "textbook",
) -> CountingProcess:
    """Cut follow-up where covariates change.

    Parameters
    ----------
    subject, start, stop, event : array_like, shape (n,)
        Follow-up: at risk on (start, stop], ``event`` (0, or a code) at ``stop``. Usually one row a subject;
        several must not overlap. A row from 0 to 0 is somebody to whom something happened at time 0.
    facts : mapping of name to TimeDependent
        The covariates.
    ties : {"textbook", "R"}
        Whether what happens on the very day of a change belongs to the new value ("textbook": the covariate
        is Z(t) = 1 for t >= day, Kalbfleisch and Prentice 2002, section 6.3) or to the old one ("R": the rows
        of ``survival::tmerge``, where the new value holds on (day, ...]).

    Returns
    -------
    CountingProcess

    Raises
    ------
    BadInputError
        Overlapping rows, stop before start, a missing value, two values at one time, a value not known at the
        start; an unknown tie convention.

    Notes
    -----
    Under "textbook" a row is cut at the last time before the day of change (the day before, when all times
    are whole), so that every risk set holds the right value. Risk sets, and hence Cox models, log-rank tests
    and Simon-Makuch curves, are exactly those of Z(t); sums of person-time are not (use ties="R" for rates).
    """
    if ties not in TIES:
        raise BadInputError.unknown_name(kind="ties", found=str(ties), allowed=TIES)
    begin, end = checked_times(start, "start"), checked_times(stop, "stop")
    same_length(len(begin), subject=subject, stop=end, event=event)
    codes, labels = label_codes(subject, "subject", len(begin))
    happened, _ = checked_causes(event, "event")
    bad = (end <= begin) & ~((begin == 0) & (end == 0))
    if bad.any():
        what = "stop must be after start"
        raise BadInputError(what, where=first_position(bad), hint="a row is the interval (start, stop]")
    state = np.zeros(len(codes), dtype=np.intp)
    checked_rows(codes, begin, end, state, state - 1, labels, ("at risk",), None).refuse()
    known = [known_facts(name, fact, labels) for name, fact in facts.items()]
    clock = _Clock.of(begin, end, known, ties)
    row, left, right, last = _pieces(codes, clock, known)
    return CountingProcess(
        subject=np.array(labels, dtype=object)[codes[row]],
        row=row,
        start=clock.restored(left),
        stop=clock.restored(right),
        event=np.where(last, happened[row].astype(np.intp), 0),
        covariates={
            fact.name: fact.at(codes[row], left, known_from=clock.cuts[i]) for i, fact in enumerate(known)
        },
        report={fact.name: _report(codes, clock, i, fact) for i, fact in enumerate(known)},
        ties=ties,
    )


@dataclass(frozen=True, eq=False)
class _Clock:
    """Times with round-off ties joined, and the times at which each covariate's facts take effect."""

    start: FloatArray
    stop: FloatArray
    facts: tuple[FloatArray, ...]
    cuts: tuple[FloatArray, ...]
    whole: bool

    @classmethod
    def of(
        cls, start: npt.NDArray[Any], stop: npt.NDArray[Any], known: list[KnownFacts], ties: str
    ) -> _Clock:
        every = np.concatenate([start, stop, *(fact.time for fact in known)]).astype(np.float64)
        whole = whole_numbers(every) is not None
        times, index = distinct_times(every)
        joined = times[index]
        edges = np.cumsum([len(start), len(stop), *(len(fact.time) for fact in known)])[:-1]
        begin, end, *facts = np.split(joined, edges)
        cuts = tuple(facts)
        if ties == "textbook" and whole:
            cuts = tuple(at - 1 for at in facts)
        elif ties == "textbook":
            earlier = np.concatenate(([-np.inf], times))
            cuts = tuple(earlier[np.searchsorted(times, at)] for at in facts)
        return cls(begin, end, tuple(facts), cuts, whole)

    def restored(self, values: FloatArray) -> npt.NDArray[Any]:
        """Return whole times as integers."""
        return values.astype(np.int64) if self.whole else values


def _pieces(
    codes: IntArray, clock: _Clock, known: list[KnownFacts]
) -> tuple[IntArray, FloatArray, FloatArray, npt.NDArray[np.bool_]]:
    """Return (given row, start, stop, whether it is the last piece of its row) of every piece."""
    order = np.lexsort((clock.start, codes))
    who = np.concatenate([fact.subject for fact in known]) if known else codes[:0]
    cut = np.concatenate(clock.cuts) if known else clock.start[:0]
    place = _row_before(codes[order], clock.start[order], who, cut)
    rows = order[np.maximum(place, 0)] if len(order) else place
    inside = place >= 0
    inside[inside] &= (clock.start[rows] < cut)[inside] & (cut < clock.stop[rows])[inside]
    row = np.concatenate((order, rows[inside]))
    left = np.concatenate((clock.start[order], cut[inside]))
    rank = np.empty(len(order), dtype=np.intp)
    rank[order] = np.arange(len(order))
    sequence = np.lexsort((left, rank[row]))
    row, left = row[sequence], left[sequence]
    new = np.concatenate(([True], (row[1:] != row[:-1]) | (left[1:] != left[:-1])))[: len(row)]
    row, left = row[new], left[new]
    last = np.concatenate((row[1:] != row[:-1], [True]))[: len(row)]
    right = np.where(last, clock.stop[row], np.concatenate((left[1:], [np.nan]))[: len(row)])
    return row, left, right, last


def _row_before(codes: IntArray, start: FloatArray, who: IntArray, when: FloatArray) -> IntArray:
    """Return the position of the subject's last row that starts at or before a time, -1 if there is none."""
    if not len(codes):
        return np.full(len(who), -1, dtype=np.intp)
    ticks, rank = np.unique(np.concatenate((start, when)), return_inverse=True)
    width = len(ticks) + 1
    keys = codes * width + rank[: len(start)]
    place = np.searchsorted(keys, who * width + rank[len(start) :], side="right") - 1
    return np.where((place >= 0) & (codes[np.maximum(place, 0)] == who), place, -1)


def _report(codes: IntArray, clock: _Clock, which: int, fact: KnownFacts) -> dict[str, int]:
    """Count where the facts of one covariate lie in the given rows."""
    when = clock.facts[which]
    order = np.lexsort((clock.start, codes))
    sorted_codes, start, stop = codes[order], clock.start[order], clock.stop[order]
    place = _row_before(sorted_codes, start, fact.subject, when)
    safe = np.maximum(place, 0)
    found = place >= 0
    at_start = found & (when == start[safe])
    previous = np.maximum(safe - 1, 0)
    follows = (safe > 0) & (sorted_codes[previous] == fact.subject) & (stop[previous] == start[safe])
    following = np.minimum(safe + 1, len(codes) - 1)
    more = (following > safe) & (sorted_codes[following] == fact.subject)
    past = found & ~at_start & (when > stop[safe])
    at_stop = found & ~at_start & (when == stop[safe])
    inside = found & ~at_start & (when < stop[safe])
    again = (fact.subject[1:] == fact.subject[:-1]) & (when[1:] == when[:-1])
    counts = {
        "before": ~found,
        "within": inside,
        "at_start": at_start & ~follows,
        "at_stop": at_stop,
        "boundary": at_start & follows,
        "gap": past & more,
        "after": past & ~more,
        "tied": again,
    }
    total = {name: int(mask.sum()) for name, mask in counts.items()}
    return total | {"never": fact.never, "unknown": fact.unknown}
