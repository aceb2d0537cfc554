"""What a source says of an event for each patient: yes with a day, yes without, no, unknown, nothing.

All kinds of event are reduced in one pass over the table of events.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from dayzero.endpoints.assemble import refuse_one_sided
from dayzero.endpoints.course_findings import Check, run
from dayzero.endpoints.deciding import Reason
from dayzero.endpoints.frames import (
    DAY,
    DENIED,
    HAPPENED,
    NOT_KNOWN,
    Pick,
    choose,
    collect,
    reduce,
)
from dayzero.endpoints.gvhd.grades import grade_readings
from dayzero.endpoints.gvhd.staging import graded_events
from dayzero.endpoints.memo import remembered
from dayzero.errors import RefusalError
from dayzero.records.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dayzero.endpoints.course import Course
    from dayzero.endpoints.deciding import Cite
    from dayzero.endpoints.definition import Definition
    from dayzero.records.findings import Severity
    from dayzero.records.model import Records
    from dayzero.records.places import Places


@dataclass(frozen=True)
class Target:
    """The kind of event that an endpoint counts.

    Attributes
    ----------
    name : str
        The endpoint.
    event : str
        Code in the table of events.
    label : str
        As said in ``why``.
    cause : str
        Pattern that the lower-case ``cause`` must contain (organism of an infection); empty: any.
    grade : int
        Lowest grade that counts; 0: any, graded or not.
    """

    name: str
    event: str
    label: str
    cause: str = ""
    grade: int = 0


_GVHD_2, _GVHD_3 = (
    Target("aGVHD_II_IV", "aGVHD", "acute GVHD grade II-IV", grade=2),
    Target("aGVHD_III_IV", "aGVHD", "acute GVHD grade III-IV", grade=3),
)
_CMV, _EBV = (
    Target("cmv_infection", "infection", "CMV infection", cause="cmv|cytomegalovirus"),
    Target("ebv_infection", "infection", "EBV infection", cause="ebv|epstein"),
)
_REJECTION = Target("graft_rejection", "graft rejection", "graft rejection")
_SIMPLE = (
    Target("neutrophil_engraftment", "neutrophil engraftment", "neutrophil engraftment"),
    Target("platelet_engraftment", "platelet engraftment", "platelet engraftment"),
    Target("cGVHD", "cGVHD", "chronic GVHD"),
    Target("engraftment_syndrome", "engraftment syndrome", "engraftment syndrome"),
    Target("steroid_refractory_agvhd", "steroid-refractory aGVHD", "steroid-refractory acute GVHD"),
    Target("graft_failure", "graft failure", "graft failure"),
    _REJECTION,
    Target("molecular_relapse", "molecular relapse", "molecular relapse"),
    Target("EFS", "second malignancy", "second malignancy"),
    Target("VOD", "VOD", "VOD/SOS"),
    Target("TMA", "TMA", "TMA"),
)
TARGETS = {target.name: target for target in (*_SIMPLE, _GVHD_2, _GVHD_3, _CMV, _EBV)}


@dataclass(frozen=True)
class Statements:
    """What is said about a target.

    Attributes
    ----------
    target : Target
    frame : polars.DataFrame
        The course of every patient with what is said of the target: ``yes_day``, ``yes_row``,
        ``undated_row``, ``unclear_row`` (happened, but the grade does not say whether it counts),
        ``lower_row`` (a grade that does not count), ``unknown_row``, ``no_row``, ``partial_row`` (a no about
        higher grades only), ``dated_no_row``.
    closed : bool
        Silence means that it did not happen: always in tables that list what happened; in a flat file, unless
        it states for some patient that it did not happen.
    """

    target: Target
    frame: pl.DataFrame
    closed: bool


def statements(definition: Definition, records: Records, course: Course) -> Statements:
    """Return what is said about the target of an endpoint.

    Raises
    ------
    RefusalError
        When nobody transplanted has a statement: silence about everybody is not zero events. When a flat
        file says who had it, and of nobody that it did not happen.
    """
    target = TARGETS[definition.name]
    said = remembered(records, "statements", _all_statements).filter(pl.col("topic") == target.name)
    return checked(definition, target, said.drop("topic"), course)


def checked(definition: Definition, target: Target, said: pl.DataFrame, course: Course) -> Statements:
    """Return what is said about a target, one row per patient, unless it can only mislead.

    Parameters
    ----------
    definition : Definition
    target : Target
    said : polars.DataFrame
        The columns of :class:`Statements` that are not of the course, with ``patient_id``.
    course : Course

    Raises
    ------
    RefusalError
        As :func:`statements`.
    """
    transplants = course.frame.filter(pl.col("first_day") == 0)
    if transplants.height and said.join(transplants, on="patient_id", how="semi").is_empty():
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
    denied = bool(said["no_row"].is_not_null().any())
    if course.flat and not denied:
        happened = pl.coalesce("yes_row", "undated_row").is_not_null()
        had_it = said.filter(happened).height
        unknown = said.filter(~happened, pl.col("unknown_row").is_not_null()).height
        refuse_one_sided(definition, target.label, had_it, unknown)
    return _joined(target, said, course)


def stated(target: Target, records: Records, course: Course) -> Statements:
    """Return what is said about a target, even when nobody has a statement."""
    said = remembered(records, "statements", _all_statements).filter(pl.col("topic") == target.name)
    return _joined(target, said.drop("topic"), course)


def _joined(target: Target, said: pl.DataFrame, course: Course) -> Statements:
    denied = bool(said["no_row"].is_not_null().any())
    frame = course.frame.join(said, on="patient_id", how="left")
    return Statements(target, frame, closed=not (course.flat and denied))


def _all_statements(records: Records) -> pl.DataFrame:
    """Reduce the events to one row per patient and topic."""
    rows = _by_topic(graded_events(records))
    counts, below, denies = grade_readings(nw.col("topic") == _GVHD_2.name, nw.col("topic") == _GVHD_3.name)
    unclear = ~counts & ~below
    after = (DAY >= 0) | DAY.is_null()
    picks = [
        Pick("yes", HAPPENED & counts & (DAY >= 0)),
        Pick("undated", HAPPENED & counts & DAY.is_null(), "any"),
        Pick("unclear", HAPPENED & unclear & after, "any"),
        Pick("lower", HAPPENED & below & after, "any"),
        Pick("unknown", NOT_KNOWN, "any"),
        Pick("no", DENIED & denies, "any"),
        Pick("partial", DENIED & ~denies, "any"),
        Pick("dated_no", DENIED & ~DAY.is_null(), "any"),
    ]
    frame = collect(reduce(rows, picks, by=("patient_id", "topic")))
    return frame.with_columns(pl.col("^.*_(?:day|row)$").cast(pl.Int64)).sort("topic", "patient_id")


def _by_topic(events: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Give each event the endpoint it speaks about; one that speaks about two appears twice."""
    event = nw.col("event")
    cause = nw.col("cause").fill_null("").str.to_lowercase()
    nothing = nw.lit(None, nw.String)
    infection = event == "infection"
    first = choose(
        [
            *((event == target.event, nw.lit(target.name)) for target in _SIMPLE),
            (event == _GVHD_2.event, nw.lit(_GVHD_2.name)),
            (infection & cause.str.contains(_CMV.cause), nw.lit(_CMV.name)),
        ],
        nothing,
    )
    second = choose(
        [
            (event == _GVHD_3.event, nw.lit(_GVHD_3.name)),
            (infection & cause.str.contains(_EBV.cause), nw.lit(_EBV.name)),
            # A rejection is a graft failure; without a graft failure there was no rejection.
            ((event == _REJECTION.event) & HAPPENED, nw.lit("graft_failure")),
            ((event == "graft failure") & DENIED, nw.lit(_REJECTION.name)),
        ],
        nothing,
    )
    columns = ("patient_id", "row", "day", "occurred", "grade", "topic")
    return nw.concat(
        [
            events.with_columns(topic.alias("topic")).filter(~nw.col("topic").is_null()).select(*columns)
            for topic in (first, second)
        ]
    )


def untold(said: Statements, cite: Cite) -> list[Reason]:
    """Return why it cannot be told whether a patient had the event."""
    label, yes = said.target.label, pl.col("yes_day")
    no_answer = yes.is_null() & pl.col("undated_row").is_null()
    reasons = [
        Reason(
            yes > pl.col("death_day"),
            f"{label} is recorded after death: one of the two days is wrong",
            cite("events", "yes_row"),
        ),
        Reason(
            no_answer & pl.col("unclear_row").is_not_null(),
            f"the recorded grade does not say whether it was {label}",
            cite("events", "unclear_row"),
        ),
        Reason(
            no_answer & pl.col("unknown_row").is_not_null(),
            f"whether {label} occurred is recorded as unknown",
            cite("events", "unknown_row"),
        ),
    ]
    if not said.closed:
        silent = no_answer & pl.coalesce("no_row", "lower_row", "partial_row").is_null()
        reasons.append(Reason(silent, f"whether {label} occurred is not recorded"))
    return reasons


#: A patient with none of these rows is silent.
STATED = ("yes_row", "undated_row", "unclear_row", "lower_row", "unknown_row", "no_row", "partial_row")


def statement_findings(
    decided: pl.DataFrame, said: Statements, places: Places, severity: Severity = "note"
) -> Iterator[Finding]:
    """Yield contradictions between statements, and how many patients are silent.

    Parameters
    ----------
    decided : polars.DataFrame
        Course and statements of every patient, with ``excluded``.
    said : Statements
    places : Places
    severity : Severity
        Of the finding that some patients are silent.
    """
    target = said.target
    yield from run(_contradictions(target.label), decided, places, target.name)
    counted = decided.filter(pl.col("excluded").is_null())
    silent = counted.filter(pl.all_horizontal(pl.col(*STATED).is_null())).height
    if silent and said.closed:
        yield Finding(
            "endpoints.silence_is_no",
            severity,
            f"{silent} of {counted.height} patients have no row about {target.label}: taken as not having "
            "happened, because the source lists what happened",
            replace(places.where("events", None, None, None), item=target.name),
            hint="add a row with occurred = no for those who were watched and did not have it, unknown for "
            "the "
            "others",
        )


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
            f"{label} is recorded as not having happened, and as having happened on day {{yes_day}}; the day "
            "is used",
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
