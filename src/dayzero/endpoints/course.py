"""The course of each patient after transplant: one row of facts, from which every endpoint is decided.

Relapse, death and contact are reconciled here once, so that no two endpoints can tell them differently.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from dayzero.endpoints.course_findings import about_disease, about_survival
from dayzero.endpoints.deciding import cite_of
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
from dayzero.endpoints.memo import remembered

if TYPE_CHECKING:
    from dayzero.endpoints.deciding import Cite
    from dayzero.records.findings import Finding
    from dayzero.records.model import Records
    from dayzero.records.places import Places

#: Causes of death that say that the disease came back, and words that say that it did not.
_DIED_OF_DISEASE = (
    r"\brelaps|\brecurrence$|recurrence of (?:disease|leuk)|recurrent (?:disease|leuk)|^\s*leuka?emia"
    r"|^\s*progression(?:$| of (?:disease|leuk))|progressive disease"
    r"|(?:disease|leuka?emia) (?:progress|recurr)|(?:primary|original|underlying) disease"
)
_NOT_OF_DISEASE = r"\b(?:no|not|non|without)\b[^,;.]*(?:relaps|recurr)|relapse[- ]free"
#: Infusions that replace the graft. A boost rescues a graft without conditioning; DLI does neither.
_TRANSPLANT_AGAIN = ("allogeneic", "autologous", "syngeneic")
_RESCUE = (*_TRANSPLANT_AGAIN, "boost")


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
    relapse_denied : bool
        Some row states that no relapse occurred.
    places : Places
        What the user calls each table, for findings.
    cite : Cite
        How ``why`` names a row.
    about_survival, about_disease : tuple of Finding
        What reconciling found about death and contact, and about relapse and disease status.
    """

    frame: pl.DataFrame
    flat: bool
    relapse_denied: bool
    places: Places
    cite: Cite
    about_survival: tuple[Finding, ...]
    about_disease: tuple[Finding, ...]


def course_of(records: Records) -> Course:
    """Return the course of every patient, reduced from the tables once.

    Parameters
    ----------
    records : Records

    Returns
    -------
    Course
    """
    return remembered(records, "course", _course)


def _course(records: Records) -> Course:
    patients = lazy(records, "patients").group_by("patient_id").agg(nw.col("row").min().alias("patient_row"))
    facts = collect(patients).lazy()
    for part in (_transplants(records), _events(records), _follow_up(records)):
        facts = facts.join(collect(part).lazy(), on="patient_id", how="left")
    frame = _reconcile(facts.with_columns(pl.col("^.*_(?:day|row)$").cast(pl.Int64)))
    return Course(
        frame=frame,
        flat=records.source.kind == "flat file",
        relapse_denied=bool(frame["denied_relapse_row"].is_not_null().any()),
        places=records.places,
        cite=cite_of(records),
        about_survival=tuple(about_survival(frame, records.places)),
        about_disease=tuple(about_disease(frame, records.places)),
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
    event = nw.col("event")
    dated_death = (event == "death") & HAPPENED & ~DAY.is_null()
    relapse = (event == "relapse") & HAPPENED
    before = nw.col("detail").fill_null("").str.to_lowercase().str.contains(BEFORE_TRANSPLANT)
    return reduce(
        lazy(records, "events").filter(event.is_in(["death", "relapse"])),
        [
            Pick("event_death", dated_death),
            Pick("latest_death", dated_death, "last"),
            Pick("undated_death", (event == "death") & HAPPENED & DAY.is_null(), "any"),
            Pick("denied_death", (event == "death") & DENIED, "any"),
            Pick("relapse", relapse & (DAY > 0)),
            Pick("undated_relapse", relapse & DAY.is_null() & ~before, "any"),
            Pick("earlier_relapse", relapse & (DAY <= 0), "any"),
            Pick("day_0_relapse", relapse & (DAY == 0), "any"),
            Pick("unknown_relapse", (event == "relapse") & NOT_KNOWN, "any"),
            Pick("denied_relapse", (event == "relapse") & DENIED, "any"),
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
            Pick("status", alive & ~status.is_in(["unknown", "not done"]), "last"),
            Pick("in_relapse", (status == "relapse") & (DAY > 0)),
        ],
    )


def _reconcile(facts: pl.LazyFrame) -> pl.DataFrame:
    """Decide on one death and one first relapse per patient; the columns of the facts stay for findings."""
    in_events = pl.col("event_death_day").is_not_null()
    cause = pl.col("death_cause").fill_null("").str.to_lowercase()
    after_death = pl.col("relapse_day") > pl.col("death_day")
    return (
        facts.with_columns(
            pl.coalesce("event_death_day", "dead_day").alias("death_day"),
            pl.when(in_events).then("event_death_row").otherwise("dead_row").alias("death_row"),
            pl.when(in_events).then(pl.lit("events")).otherwise(pl.lit("follow_up")).alias("death_table"),
            (cause.str.contains(_DIED_OF_DISEASE) & ~cause.str.contains(_NOT_OF_DISEASE)).alias(
                "died_of_disease"
            ),
        )
        .with_columns(pl.when(after_death).then("relapse_row").alias("relapse_after_death_row"))
        .with_columns(
            pl.when(pl.col("relapse_after_death_row").is_null()).then(pl.col(name)).alias(name)
            for name in ("relapse_day", "relapse_row", "relapse_site")
        )
        .with_columns(pl.max_horizontal("contact_day", "relapse_day").alias("alive_day"))
        .sort("patient_id")
        .collect()
    )
