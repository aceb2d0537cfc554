"""Landmark analysis: who is still at risk at L, what was known of them by then, and who was lost before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from dayzero.errors import BadInputError
from dayzero.stats.arrays import checked_causes, checked_times, distinct_times, same_length
from dayzero.stats.exposures.time_facts import known_facts
from dayzero.stats.multistate.history_check import label_codes

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt
    import polars as pl

    from dayzero.stats.arrays import IntArray
    from dayzero.stats.exposures.time_facts import TimeDependent

CONVENTION = (
    "kept: under observation and event-free after the landmark (an event or censoring on the landmark day is "
    "before it); classified by what was known on the landmark day; time counted from the landmark"
)


@dataclass(frozen=True, eq=False)
class Landmark:
    """Patients at risk at the landmark, ready for a curve, and those who were not.

    Attributes
    ----------
    landmark : float
    subject : ndarray, shape (kept,)
        Labels of those kept.
    row : ndarray of int, shape (kept,)
        Their positions in the arrays that were given.
    time : ndarray, shape (kept,)
        From the landmark.
    cause : ndarray of int, shape (kept,)
    covariates : dict of str to ndarray
        The values on the landmark day.
    lost_row : ndarray of int, shape (lost,)
        Positions of those not kept, and why.
    lost_reason : tuple of str
    lost_time : ndarray, shape (lost,)
        From the original origin.
    """

    landmark: float
    subject: npt.NDArray[Any]
    row: IntArray
    time: npt.NDArray[Any]
    cause: IntArray
    covariates: dict[str, npt.NDArray[Any]]
    lost_subject: npt.NDArray[Any]
    lost_row: IntArray
    lost_reason: tuple[str, ...]
    lost_time: npt.NDArray[Any]

    @property
    def convention(self) -> str:
        """Who was kept, in words."""
        return CONVENTION

    @property
    def lost(self) -> dict[str, int]:
        """Number of patients lost before the landmark, by reason, the most frequent first."""
        counts: dict[str, int] = {}
        for reason in self.lost_reason:
            counts[reason] = counts.get(reason, 0) + 1
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))

    def to_frame(self) -> pl.DataFrame:
        """Return columns subject, row, time, cause, and one a covariate."""
        import polars as pl

        columns: dict[str, Any] = {
            "subject": self.subject.tolist(),
            "row": self.row,
            "time": self.time,
            "cause": self.cause,
        }
        for name, values in self.covariates.items():
            columns[name] = values.tolist() if values.dtype == object else values
        return pl.DataFrame(columns)

    def lost_frame(self) -> pl.DataFrame:
        """Return columns subject, row, time, reason of those not kept."""
        import polars as pl

        return pl.DataFrame(
            {
                "subject": self.lost_subject.tolist(),
                "row": self.lost_row,
                "time": self.lost_time,
                "reason": list(self.lost_reason),
            },
            schema_overrides={"reason": pl.Utf8},
        )

    def __str__(self) -> str:
        """Return one line for the foot of a table."""
        total = len(self.row) + len(self.lost_row)
        why = "".join(f"; {n} {reason}" for reason, n in self.lost.items())
        return f"landmark at {self.landmark:g}: {len(self.row)} of {total} patients at risk{why}"


def landmark(
    time: Any,
    cause: Any,
    at: float,
    facts: Mapping[str, TimeDependent] | None = None,
    *,
    subject: Any = None,
    entry: Any = None,
) -> Landmark:
    """Keep those at risk at a landmark, restart their clock there, and classify them by what was known.

    Parameters
    ----------
    time, cause : array_like, shape (n,)
        Follow-up from the original origin, and 0 censored, 1 the event, 2.. competing causes.
    at : float
        The landmark, chosen before looking at the data.
    facts : mapping of name to TimeDependent, optional
        Covariates; the value of the last fact at or before the landmark classifies the patient. What became
        known later is not used.
    subject : array_like, optional
        Labels that the facts refer to; positions 0, 1, ... by default.
    entry : array_like, optional
        Delayed entry; who enters after the landmark was not under observation there and is lost.

    Returns
    -------
    Landmark
        Nobody kept is an answer, too: its arrays are then empty.

    Raises
    ------
    BadInputError
        A landmark that is not a positive number; facts about a patient that are not known at the landmark and
        have no ``initial``.

    Notes
    -----
    Anderson, Cain and Gelber (1983), J Clin Oncol 1:710. The comparison holds for patients who reach the
    landmark; nothing is said about those lost before, which is why they are counted.
    """
    if not 0 < at < np.inf:
        what = f"landmark is {at}"
        raise BadInputError(what, allowed="a positive number, in the unit of the times")
    given, codes = checked_times(time), checked_causes(cause)[0].astype(np.intp)
    same_length(len(given), cause=codes, subject=subject, entry=entry)
    names = np.arange(len(given)) if subject is None else subject
    who, labels = label_codes(names, "subject", len(given))
    if len(labels) < len(given):
        what = "a subject has several rows"
        raise BadInputError(what, hint="a landmark analysis takes one row a patient")
    begin = np.zeros(len(given)) if entry is None else checked_times(entry, "entry")
    joined, index = distinct_times(np.concatenate((given.astype(float), begin.astype(float), [float(at)])))
    stop, enter, cut = joined[index[: len(given)]], joined[index[len(given) : -1]], joined[index[-1]]
    reasons = _reasons(stop, codes, enter, cut)
    kept = np.flatnonzero(reasons == "")
    lost = np.flatnonzero(reasons != "")
    everyone = np.array(labels, dtype=object)[who]
    known = [known_facts(name, fact, labels) for name, fact in (facts or {}).items()]
    whole = given.dtype.kind in "iu" and float(at).is_integer()
    since = given.astype(np.int64) - int(at) if whole else given - float(at)
    return Landmark(
        landmark=float(at),
        subject=everyone[kept],
        row=kept,
        time=since[kept],
        cause=codes[kept],
        covariates={fact.name: fact.at(who[kept], np.full(len(kept), cut)) for fact in known},
        lost_subject=everyone[lost],
        lost_row=lost,
        lost_reason=tuple(reasons[lost].tolist()),
        lost_time=given[lost],
    )


def _reasons(stop: Any, cause: IntArray, enter: Any, at: float) -> npt.NDArray[np.object_]:
    """Say why each patient is not at risk at the landmark; empty for those who are."""
    out = np.full(len(stop), "", dtype=object)
    out[enter > at] = "entered after the landmark"
    gone = stop <= at
    for code in np.unique(cause[gone]):
        word = f"cause {code}" if code else "censored"
        out[gone & (cause == code)] = f"{word} at or before the landmark"
    return out
