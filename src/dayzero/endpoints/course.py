"""The course of each patient after transplant: one row of facts, from which every endpoint is decided.

Relapse, death and contact are reconciled here once, so that no two endpoints can tell them differently.
"""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from dayzero.endpoints.course_findings import about_disease, about_survival
from dayzero.endpoints.frames import (
    BEFORE_TRANSPLANT,
    DAY,
    DENIED,
    HAPPENED,
    NOT_KNOWN,
    Pick,
    Text,
    collect,
    lazy,
    reduce,
)
from dayzero.endpoints.wording import cite_of

if TYPE_CHECKING:
    from dayzero.endpoints.wording import Cite
    from dayzero.records.findings import Finding
    from dayzero.records.model import Records
    from dayzero.records.places import Places

_EVENT = nw.col("event")
#: A cause of death that is the disease itself; "non-relapse" and "NRM" do not start so.
_DIED_OF_DISEASE = r"^\s*(?:relapse|progress|disease progress|primary disease|leuk|original disease)"
#: Infusions that replace the graft. A boost rescues a graft without conditioning; DLI does neither.
_TRANSPLANT_AGAIN = ("allogeneic", "autologous", "syngeneic")
_RESCUE = (*_TRANSPLANT_AGAIN, "boost")

_INTEGERS = (
    "patient_row", "first_day", "first_row", "second_day", "second_row", "rescue_day", "rescue_row",
    "event_death_day", "event_death_row", "latest_death_day", "latest_death_row", "undated_death_row",
    "denied_death_row", "relapse_day", "relapse_row", "undated_relapse_row", "day_0_relapse_row",
    "earlier_relapse_row", "unknown_relapse_row", "denied_relapse_row", "dated_denial_row", "dead_day",
    "dead_row", "contact_day", "contact_row", "status_day", "status_row", "in_relapse_day", "in_relapse_row",
)  # fmt: skip


@dataclass(frozen=True)
class Course:
    """Every patient's course.

    Attributes
    ----------
    frame : polars.DataFrame
        One row per patient, sorted by ``patient_id``. ``death_day`` is reconciled (an events row before a
        follow-up row); ``relapse_day`` is the first relapse after day 0, never one after death.
    flat : bool
        The source is a flat file: where it states who did not have an event, a patient without a statement is
        missing.
    places : Places
        What the user calls each table, for findings.
    cite : Cite
        How ``why`` names a row.
    relapse_denied : bool
        Some row states that no relapse occurred.
    about_survival, about_disease : tuple of Finding
        What reconciling found about death and contact, and about relapse and disease status.
    """

    frame: pl.DataFrame
    flat: bool
    places: Places
    cite: Cite
    relapse_denied: bool
    about_survival: tuple[Finding, ...]
    about_disease: tuple[Finding, ...]


_COURSES: dict[int, tuple[weakref.ref[Records], Course]] = {}


def course_of(records: Records) -> Course:
    """Return the course of every patient, reduced once for each :class:`Records` (they never change).

    Parameters
    ----------
    records : Records

    Returns
    -------
    Course
    """
    key = id(records)
    known = _COURSES.get(key)
    if known is not None and known[0]() is records:
        return known[1]
    course = _reduce(records)
    _COURSES[key] = (weakref.ref(records, lambda _: _COURSES.pop(key, None) and None), course)
    return course


def _reduce(records: Records) -> Course:
    patients = lazy(records, "patients").group_by("patient_id").agg(nw.col("row").min().alias("patient_row"))
    joined = patients
    for part in (_transplants(records), _events(records), _follow_up(records)):
        joined = joined.join(part, on="patient_id", how="left")
    frame = collect(joined).with_columns(pl.col(_INTEGERS).cast(pl.Int64))
    reconciled = _reconcile(frame)
    return Course(
        frame=reconciled,
        flat=records.source.kind == "flat file",
        places=records.places,
        cite=cite_of(records),
        relapse_denied=bool(frame["denied_relapse_row"].is_not_null().any()),
        about_survival=tuple(about_survival(reconciled, records.places)),
        about_disease=tuple(about_disease(reconciled, records.places)),
    )


def _transplants(records: Records) -> nw.LazyFrame[Any]:
    kind = nw.col("type")
    return reduce(
        lazy(records, "transplants"),
        [
            Pick("first", kind == "allogeneic"),
            Pick("second", kind.is_in(_TRANSPLANT_AGAIN) & (DAY > 0)),
            Pick("rescue", kind.is_in(_RESCUE) & (DAY > 0)),
        ],
        [Text("remission", "remission", of="first")],
    )


def _events(records: Records) -> nw.LazyFrame[Any]:
    death = (_EVENT == "death") & HAPPENED
    relapse = (_EVENT == "relapse") & HAPPENED
    before = nw.col("detail").fill_null("").str.to_lowercase().str.contains(BEFORE_TRANSPLANT)
    return reduce(
        lazy(records, "events").filter(_EVENT.is_in(["death", "relapse"])),
        [
            Pick("event_death", death & ~DAY.is_null()),
            Pick("latest_death", death & ~DAY.is_null(), "last"),
            Pick("undated_death", death & DAY.is_null(), "any"),
            Pick("denied_death", (_EVENT == "death") & DENIED, "any"),
            Pick("relapse", relapse & (DAY > 0)),
            Pick("undated_relapse", relapse & DAY.is_null() & ~before, "any"),
            Pick("earlier_relapse", relapse & (DAY <= 0), "any"),
            Pick("day_0_relapse", relapse & (DAY == 0), "any"),
            Pick("unknown_relapse", (_EVENT == "relapse") & NOT_KNOWN, "any"),
            Pick("denied_relapse", (_EVENT == "relapse") & DENIED, "any"),
            Pick("dated_denial", DENIED & ~DAY.is_null(), "any"),
        ],
        [Text("relapse_site", "site", of="relapse"), Text("death_cause", "cause", of="event_death")],
    )


def _follow_up(records: Records) -> nw.LazyFrame[Any]:
    alive = (nw.col("alive") == "yes") & (DAY >= 0)
    status = nw.col("disease_status").fill_null("not recorded")
    return reduce(
        lazy(records, "follow_up"),
        [
            Pick("dead", nw.col("alive") == "no"),
            Pick("contact", alive, "last"),
            Pick("status", alive & (status != "unknown"), "last"),
            Pick("in_relapse", (status == "relapse") & (DAY > 0)),
        ],
    )


def _reconcile(frame: pl.DataFrame) -> pl.DataFrame:
    """Decide on one death and one first relapse per patient; the columns of the facts stay for findings."""
    day, relapse = nw.col("death_day"), nw.col("relapse_day")
    in_events = ~nw.col("event_death_day").is_null()
    cause = nw.col("death_cause").fill_null("").str.to_lowercase()
    decided = (
        nw.from_native(frame)
        .lazy()
        .with_columns(
            nw.coalesce("event_death_day", "dead_day").alias("death_day"),
            nw.when(in_events).then("event_death_row").otherwise("dead_row").alias("death_row"),
            nw.when(in_events).then(nw.lit("events")).otherwise(nw.lit("follow_up")).alias("death_table"),
            cause.str.contains(_DIED_OF_DISEASE).alias("died_of_disease"),
        )
        .with_columns(nw.when(relapse > day).then("relapse_row").alias("relapse_after_death_row"))
        .with_columns(
            nw.when(nw.col("relapse_after_death_row").is_null()).then(nw.col(name)).alias(name)
            for name in ("relapse_day", "relapse_row", "relapse_site")
        )
        .sort("patient_id")
    )
    return collect(decided)
