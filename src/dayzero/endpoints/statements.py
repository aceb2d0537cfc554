"""What a source says of an event for each patient: yes with a day, yes without, no, unknown, nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl

from dayzero.endpoints.course_findings import Check, run
from dayzero.endpoints.frames import DAY, DENIED, HAPPENED, NOT_KNOWN, Pick, collect, lazy, reduce
from dayzero.endpoints.wording import sentence
from dayzero.errors import RefusalError
from dayzero.records.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dayzero.endpoints.course import Course
    from dayzero.endpoints.definition import Definition
    from dayzero.endpoints.wording import Cite
    from dayzero.records.findings import Severity
    from dayzero.records.model import Records
    from dayzero.records.places import Places

_PREFIX = r"^(?:overall|max(?:imum)?|acute|agvhd|gvhd|grade|stage|gr|magic|glucksberg|[:. ])*"
_ROMAN = {"0": 0, "i": 1, "ii": 2, "iii": 3, "iv": 4}
#: Every way to write one grade or a range of grades, to its lowest and highest grade.
_GRADES: dict[str, tuple[int, int]] = {
    **{word: (n, n) for word, n in _ROMAN.items()},
    **{str(n): (n, n) for n in range(5)},
    **{f"{low}-{high}": (n, m) for low, n in _ROMAN.items() for high, m in _ROMAN.items() if n < m},
    **{f"{n}-{m}": (n, m) for n in range(5) for m in range(n + 1, 5)},
}


@dataclass(frozen=True)
class Target:
    """The kind of event an endpoint counts.

    Attributes
    ----------
    event : str
        Code in the events table.
    label : str
        As said in ``why``.
    cause : str
        Pattern that the lower-case ``cause`` must contain (organisms of infections); empty: any.
    grade : int
        Lowest grade that counts; 0: any, graded or not.
    """

    event: str
    label: str
    cause: str = ""
    grade: int = 0


@dataclass(frozen=True)
class Statements:
    """What is said about a target.

    Attributes
    ----------
    frame : polars.DataFrame
        One row per patient of whom anything is said: ``yes_day``, ``yes_row``, ``undated_row``,
        ``unclear_row`` (happened, but the grade does not say whether it counts), ``lower_row`` (a grade that
        does not count), ``unknown_row``, ``no_row``, ``partial_row`` (a no about higher grades only),
        ``dated_no_row``.
    closed : bool
        Silence means that it did not happen: always in tables that list what happened; in a flat file, unless
        it states for some patient that it did not happen.
    """

    frame: pl.DataFrame
    closed: bool


_ANY = ("undated", "unclear", "lower", "unknown", "no", "partial", "dated_no")


def statements(target: Target, records: Records, course: Course) -> Statements:
    """Collect what is said about a target for each patient."""
    rows = lazy(records, "events").filter(nw.col("event") == target.event)
    if target.cause:
        rows = rows.filter(nw.col("cause").fill_null("").str.to_lowercase().str.contains(target.cause))
    after = (DAY >= 0) | DAY.is_null()
    counts, unclear, denies = _readings(target.grade)
    frame = collect(
        reduce(
            rows,
            [
                Pick("yes", HAPPENED & counts & (DAY >= 0)),
                Pick("undated", HAPPENED & counts & DAY.is_null(), "any"),
                Pick("unclear", HAPPENED & unclear & after, "any"),
                Pick("lower", HAPPENED & ~counts & ~unclear & after, "any"),
                Pick("unknown", NOT_KNOWN, "any"),
                Pick("no", DENIED & denies, "any"),
                Pick("partial", DENIED & ~denies, "any"),
                Pick("dated_no", DENIED & ~DAY.is_null(), "any"),
            ],
        )
    )
    frame = frame.with_columns(pl.col("yes_day", "yes_row", *(f"{n}_row" for n in _ANY)).cast(pl.Int64))
    denied = bool(frame["no_row"].is_not_null().any())
    return Statements(frame, closed=not (course.flat and denied))


def _readings(lowest: int) -> tuple[nw.Expr, nw.Expr, nw.Expr]:
    """Return whether a row's grade counts, whether it cannot tell, and whether a no denies the lowest."""
    if lowest == 0:
        ungraded = nw.col("grade").is_null()
        yes = nw.col("event") == nw.col("event")
        return yes, ~yes, ungraded
    grade = (
        nw.col("grade")
        .fill_null("")
        .str.to_lowercase()
        .str.replace_all(_PREFIX, "")
        .str.replace_all(r"\s*(?:[–—/]|-|\bor\b|\bto\b)\s*", "-")
        .str.replace_all(r"\.0$", "")
        .str.strip_chars()
    )
    counts = grade.is_in([word for word, (low, _) in _GRADES.items() if low >= lowest])
    below = grade.is_in([word for word, (_, high) in _GRADES.items() if high < lowest])
    denied = grade.is_in(["", *(word for word, (low, _) in _GRADES.items() if low <= lowest)])
    return counts, ~counts & ~below, denied


def refuse_silence(definition: Definition, target: Target, said: Statements, course: Course) -> None:
    """Refuse when nobody transplanted has a statement: silence about everybody is not zero events."""
    transplants = course.frame.filter(pl.col("first_day") == 0)
    if transplants.height and said.frame.join(transplants, on="patient_id", how="semi").is_empty():
        what = (
            f"{definition.name} cannot be derived: nothing is recorded about {target.label}, neither that it "
            f"happened nor that it did not, for any of {transplants.height} patients"
        )
        instead = (
            f"record '{target.event}' in events for those who had it, with occurred = no for those who did "
            "not, "
            "or leave this endpoint out"
        )
        raise RefusalError(what, instead=instead)


def untold(target: Target, said: Statements, cite: Cite) -> list[tuple[nw.Expr, nw.Expr]]:
    """Return why it cannot be told whether a patient had the event."""
    yes = nw.col("yes_day")
    no_answer = yes.is_null() & nw.col("undated_row").is_null()
    reasons = [
        (
            yes > nw.col("death_day"),
            sentence(
                f"{target.label} is recorded after death",
                cite("events", "yes_row"),
                ": one of the two days is wrong",
            ),
        ),
        (
            no_answer & ~nw.col("unclear_row").is_null(),
            sentence(
                f"the recorded grade does not say whether it was {target.label}",
                cite("events", "unclear_row"),
            ),
        ),
        (
            no_answer & ~nw.col("unknown_row").is_null(),
            sentence(
                f"whether {target.label} occurred is recorded as unknown",
                cite("events", "unknown_row"),
            ),
        ),
    ]
    if not said.closed:
        silent = no_answer & nw.coalesce("no_row", "lower_row", "partial_row").is_null()
        reasons.append((silent, nw.lit(f"whether {target.label} occurred is not recorded")))
    return reasons


def statement_findings(
    decided: pl.DataFrame,
    target: Target,
    said: Statements,
    places: Places,
    item: str,
    severity: Severity = "note",
) -> Iterator[Finding]:
    """Yield contradictions between statements, and how many patients are silent.

    Parameters
    ----------
    decided : polars.DataFrame
        Course and statements of every patient, with ``excluded``.
    target : Target
    said : Statements
    places : Places
    item : str
        The endpoint.
    severity : Severity
        Of the finding that some patients are silent.
    """
    yield from run(_contradictions(target.label), decided, places, item)
    counted = decided.filter(pl.col("excluded").is_null())
    silent = counted.filter(pl.all_horizontal(pl.col(*_STATED).is_null())).height
    if silent and said.closed:
        yield Finding(
            "endpoints.silence_is_no",
            severity,
            f"{silent} of {counted.height} patients have no row about {target.label}: taken as not having "
            "happened, because the source lists what happened",
            replace(places.where("events", None, None, None), item=item),
            hint="add a row with occurred = no for those who were watched and did not have it, unknown for "
            "the "
            "others",
        )


_STATED = ("yes_row", "undated_row", "unclear_row", "lower_row", "unknown_row", "no_row", "partial_row")


def _contradictions(label: str) -> list[Check]:
    happened = pl.col("yes_row").is_not_null()
    return [
        Check(
            "endpoints.event_after_death",
            "error",
            pl.col("yes_day") > pl.col("death_day"),
            "events",
            "yes_row",
            f"{label} on day {{yes_day}} is recorded after death on day {{death_day}}; the patient is not "
            "counted for it",
            "correct one of the two days",
        ),
        Check(
            "endpoints.yes_and_no",
            "error",
            happened & pl.col("no_row").is_not_null(),
            "events",
            "no_row",
            f"{label} is recorded as not having happened, and as having happened on day {{yes_day}}; the "
            "day is "
            "used",
            "correct one of them",
        ),
        Check(
            "endpoints.no_with_a_day",
            "warning",
            ~happened & pl.col("dated_no_row").is_not_null(),
            "events",
            "dated_no_row",
            f"{label} is recorded as not having happened, but carries a day; taken as not having happened",
            "clear the day, or set occurred to yes",
        ),
        Check(
            "endpoints.grade_not_clear",
            "warning",
            ~happened & pl.col("unclear_row").is_not_null(),
            "events",
            "unclear_row",
            f"the recorded grade does not say whether it was {label}; the patient is not counted for it",
            "record the grade as I, II, III or IV",
        ),
    ]
