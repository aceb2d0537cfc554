"""Facts that become known in time: who, when, which value; and what was known at a given time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from dayzero.errors import BadInputError
from dayzero.stats.arrays import first_position, numeric, same_length

if TYPE_CHECKING:
    import numpy.typing as npt

    from dayzero.stats.arrays import FloatArray, IntArray, Label


@dataclass(frozen=True, eq=False)
class TimeDependent:
    """A covariate that changes in time, as facts (subject, time, value).

    Parameters
    ----------
    subject : array_like, shape (m,)
        Who the fact is about; in any order, none, one or several facts a subject.
    time : array_like, shape (m,)
        When it became so; before the start of follow-up too. NaN: it never did.
    value : array_like, shape (m,), optional
        The value from then on, numbers or text. Without it the covariate is an indicator: 0 before, 1 after.
    initial : number or text, optional
        The value before the first fact (0 for an indicator and for a sum). Without one, a subject whose value
        is not known at the start of follow-up is refused.
    cumulative : bool
        Whether values add up, as numbers of transfusions do.
    """

    subject: Any
    time: Any
    value: Any = None
    initial: Any = None
    cumulative: bool = False


@dataclass(frozen=True, eq=False)
class KnownFacts:
    """Checked facts about known subjects, in order of subject and time.

    Attributes
    ----------
    name : str
    subject : ndarray of int, shape (m,)
        Codes.
    time : ndarray, shape (m,)
    value : ndarray, shape (m,)
        The value that holds from the fact on; running sums for a cumulative covariate.
    initial : object
        None: there is none.
    never, unknown : int
        Facts without a time, and about subjects who are not in the cohort.
    """

    name: str
    subject: IntArray
    time: FloatArray
    value: npt.NDArray[Any]
    initial: Any
    never: int
    unknown: int

    def at(self, subject: IntArray, time: FloatArray, *, known_from: FloatArray | None = None) -> Any:
        """Return the value that held for each subject at each time, the time itself included.

        Parameters
        ----------
        subject, time : ndarray, shape (n,)
        known_from : ndarray, shape (m,), optional
            The times from which the facts hold, when they are not the facts' own.

        Raises
        ------
        BadInputError
            A value before the first fact, with no ``initial``.
        """
        since = self.time if known_from is None else known_from
        ticks, rank = np.unique(np.concatenate((since, time)), return_inverse=True)
        width = len(ticks) + 1
        keys = self.subject * width + rank[: len(since)]
        latest = np.searchsorted(keys, subject * width + rank[len(since) :], side="right") - 1
        here = (latest >= 0) & (self.subject[np.maximum(latest, 0)] == subject) if len(keys) else latest >= 0
        if not here.all() and self.initial is None:
            what = f"the value of {self.name} is not known at the start"
            hint = f"add a fact at or before the start, or TimeDependent(..., initial=...) for {self.name}"
            raise BadInputError(what, where=first_position(~here), hint=hint)
        out = np.empty(len(subject), dtype=self._dtype(here))
        if not here.all():
            out[~here] = self.initial
        out[here] = self.value[latest[here]]
        return out

    def _dtype(self, here: npt.NDArray[np.bool_]) -> Any:
        if here.all():
            return self.value.dtype
        initial = np.asarray(self.initial)
        if initial.dtype.kind in "biuf" and self.value.dtype.kind in "biuf":
            return np.result_type(initial, self.value)
        return object


def known_facts(name: str, facts: TimeDependent, subjects: tuple[Label, ...]) -> KnownFacts:
    """Check facts and keep those about ``subjects``."""
    time = numeric(facts.time, f"time of {name}").astype(np.float64)
    who = np.asarray(facts.subject, dtype=object)
    same_length(len(time), **{f"subject of {name}": who, f"value of {name}": facts.value})
    if np.isinf(time).any():
        what = f"a time of {name} is infinite"
        raise BadInputError(what, where=first_position(np.isinf(time)), hint="what never happened is NaN")
    value = _values(name, facts, len(time))
    code = {label: i for i, label in enumerate(subjects)}
    codes = np.array([code.get(_plain(label), -1) for label in who.tolist()], dtype=np.intp)
    never = np.isnan(time)
    _refuse_other_labels(name, who[~never], subjects, codes[~never])
    kept = np.flatnonzero(~never & (codes >= 0))
    order = kept[np.lexsort((time[kept], codes[kept]))]
    codes_in_order, time, value = codes[order], time[order], value[order]
    again = (codes_in_order[1:] == codes_in_order[:-1]) & (time[1:] == time[:-1])
    if facts.cumulative:
        value = _running(codes_in_order, value, facts.initial)
    elif (again & (value[1:] != value[:-1])).any():
        where = np.flatnonzero(again & (value[1:] != value[:-1]))[0]
        what = f"{name} has two values at the same time"
        hint = "keep one of them, or cumulative=True to add them up"
        raise BadInputError(what, where=f"subject {subjects[codes_in_order[where]]}", hint=hint)
    indicator = facts.value is None or facts.cumulative
    initial = 0 if facts.initial is None and indicator else facts.initial
    return KnownFacts(
        name, codes_in_order, time, value, initial, int(never.sum()), int((~never & (codes < 0)).sum())
    )


def _refuse_other_labels(name: str, who: Any, subjects: tuple[Label, ...], codes: IntArray) -> None:
    """Refuse facts none of which can match: text against numbers would silently mean that nobody changed."""
    if not len(who) or not len(subjects) or (codes >= 0).any():
        return
    if isinstance(who[0], str) != isinstance(subjects[0], str):
        what = f"the subjects of {name} are of another type than those of the rows, so that none match"
        raise BadInputError(what, hint="identifiers are text in one place and numbers in the other")


def _plain(label: Any) -> Any:
    return label.item() if isinstance(label, np.generic) else label


def _values(name: str, facts: TimeDependent, n: int) -> npt.NDArray[Any]:
    if facts.value is None:
        return np.ones(n, dtype=np.int64)
    given = np.asarray(facts.value)
    values: npt.NDArray[Any] = given.astype(object) if given.dtype.kind in "US" else given
    missing = np.array([v is None or v != v for v in values.tolist()], dtype=bool)
    if missing.any():
        what = f"a value of {name} is missing"
        hint = "leave the fact out (the last value holds on), or give the unknown a value of its own"
        raise BadInputError(what, where=first_position(missing), hint=hint)
    return numeric(values, f"value of {name}") if facts.cumulative else values


def _running(codes: IntArray, value: npt.NDArray[Any], initial: Any) -> npt.NDArray[Any]:
    """Add values up within each subject."""
    total = value.cumsum()
    first = np.concatenate(([True], codes[1:] != codes[:-1]))[: len(codes)]
    before = np.where(first, total - value, 0)
    offset = np.maximum.accumulate(np.where(first, np.arange(len(codes)), 0))
    running: npt.NDArray[Any] = total - before[offset] + (0 if initial is None else initial)
    return running
