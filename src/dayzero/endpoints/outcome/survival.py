"""Death and what is known alive: OS, survival after relapse, and the proportion alive."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from dayzero.endpoints.assemble import Instead, assemble
from dayzero.endpoints.catalogue.words import HANDBOOK
from dayzero.endpoints.course import course_of
from dayzero.endpoints.deciding import (
    NO_CONTACT,
    NOT_TRANSPLANTED,
    NOTHING,
    Reason,
    choose,
    excluded,
    joined,
    number,
    sentence,
)
from dayzero.endpoints.outcome.failure import hidden_relapse
from dayzero.endpoints.outcome.given import first_failure_clock, is_first_failure
from dayzero.errors import RefusalError

if TYPE_CHECKING:
    from dayzero.endpoints.course import Course
    from dayzero.endpoints.deciding import Cite
    from dayzero.endpoints.definition import Definition, DerivedEndpoint
    from dayzero.endpoints.options import Options
    from dayzero.records.model import Records

_UNDATED_DEATH = Instead(
    "death is known to have happened, but not when,",
    "record the day of each death, or ask for the proportion alive, which needs no day",
)
UNDATED_RELAPSE = Instead(
    "relapse, or what followed it, is known in part only",
    "record the day of each relapse and death (say 'before transplant' in detail of an earlier relapse), and "
    "the last contact of those who relapsed",
)
DEAD = pl.col("death_day").is_not_null()
_UNSEEN = Reason(pl.coalesce("death_day", "undated_death_row", "alive_day").is_null(), NO_CONTACT)


def derive_survival(definition: Definition, records: Records, options: Options) -> DerivedEndpoint:
    """Derive OS: death of any cause, censored at the last date known alive, never at a second transplant.

    Raises
    ------
    RefusalError
        When a death has no day, or all that is known of a patient is a given first failure.
    """
    del options
    course = course_of(records)
    _refuse_given_alone(definition, records, course)
    undated = course.cite("events", "undated_death_row")
    decided = course.frame.select(
        "patient_id",
        pl.coalesce("death_day", "alive_day").alias("time"),
        DEAD.cast(pl.Int64).alias("cause"),
        survival_why(course.cite).alias("why"),
        pl.lit("").alias("flags"),
        pl.when(~DEAD).then(undated).alias("blocked"),
        *excluded([*NOT_TRANSPLANTED, _UNSEEN]),
    )
    return assemble(definition, decided, ("death",), course.about_survival, _UNDATED_DEATH)


def derive_alive(definition: Definition, records: Records, options: Options) -> DerivedEndpoint:
    """Derive whether each patient was alive at last contact; a death without a day counts.

    Raises
    ------
    RefusalError
        When all that is known of a patient is a given first failure.
    """
    del options
    course = course_of(records)
    _refuse_given_alone(definition, records, course)
    undated = ~DEAD & pl.col("undated_death_row").is_not_null()
    told = sentence("death, its day not recorded", course.cite("events", "undated_death_row"))
    decided = course.frame.select(
        "patient_id",
        pl.when(~undated).then(pl.coalesce("death_day", "alive_day")).alias("time"),
        (~DEAD & ~undated).cast(pl.Int64).alias("cause"),
        choose([(undated, told)], survival_why(course.cite)).alias("why"),
        pl.lit("").alias("flags"),
        NOTHING.alias("blocked"),
        *excluded([*NOT_TRANSPLANTED, _UNSEEN]),
    )
    return assemble(definition, decided, ("alive",), course.about_survival)


def derive_after_relapse(definition: Definition, records: Records, options: Options) -> DerivedEndpoint:
    """Derive survival from the first relapse after transplant.

    Raises
    ------
    RefusalError
        When a relapse, or a death after it, has no day, or nothing is recorded after a given relapse.
    """
    del options
    course = course_of(records)
    relapse, given = pl.col("relapse_day"), pl.col("given_relapse")
    not_relapsed = relapse.is_null() & pl.col("hidden").is_null()
    undated = pl.when(relapse.is_not_null() & ~DEAD).then(course.cite("events", "undated_death_row"))
    silent = pl.when(given & pl.coalesce("death_day", "contact_day").is_null()).then(
        pl.lit(": nothing is recorded after the relapse given")
    )
    decided = first_relapses(records, course).select(
        "patient_id",
        (pl.coalesce("death_day", pl.max_horizontal("contact_day", "relapse_day")) - relapse).alias("time"),
        DEAD.cast(pl.Int64).alias("cause"),
        sentence("relapse on day ", pl.col("relapse_told"), "; ", survival_why(course.cite)).alias("why"),
        pl.when(given).then(pl.lit("given")).otherwise(pl.lit("")).alias("flags"),
        pl.coalesce("hidden", undated, silent).alias("blocked"),
        *excluded(
            [
                *NOT_TRANSPLANTED,
                Reason(pl.col("given_problem"), "the given first failure cannot be used"),
                Reason(not_relapsed, "no relapse after transplant"),
                Reason(
                    relapse > pl.col("death_day"),
                    "the relapse given is later than death: one of the two days is wrong",
                ),
            ]
        ),
    )
    found = [*course.about_survival, *course.about_disease, *first_failure_clock(records, course).findings]
    return assemble(definition, decided, ("death",), found, UNDATED_RELAPSE)


def first_relapses(records: Records, course: Course) -> pl.DataFrame:
    """Tell each patient's first relapse after transplant; one that the centre gave stands before events.

    Returns
    -------
    polars.DataFrame
        The course of every patient with ``relapse_day`` (null without one), ``relapse_told`` (in words),
        ``hidden`` (the row that states a relapse without its day), ``given_relapse`` and ``given_problem``.
    """
    site, row = sentence(", ", pl.col("relapse_site")), course.cite("events", "relapse_row")
    told = course.frame.with_columns(
        joined(number("relapse_day"), site, row).alias("relapse_told"),
        hidden_relapse(course.cite).alias("hidden"),
        pl.lit(value=False).alias("given_relapse"),
        pl.lit(value=False).alias("given_problem"),
    )
    clock = first_failure_clock(records, course).decided
    if clock.is_empty():
        return told
    relapsed = pl.col("outcome") == 1
    words = pl.col("time").round(1).cast(pl.String) + ", given as first failure"
    given = clock.select(
        "patient_id",
        pl.when(relapsed).then("time").alias("relapse_day"),
        pl.when(relapsed).then(words).alias("relapse_told"),
        relapsed.fill_null(value=False).alias("given_relapse"),
        NOTHING.alias("hidden"),
        pl.col("excluded").is_not_null().alias("given_problem"),
    )
    others = told.join(given, on="patient_id", how="anti")
    replaced = told.drop(given.columns[1:]).join(given, on="patient_id")
    days = pl.col("relapse_day").cast(pl.Float64)
    return pl.concat([others.with_columns(days), replaced], how="diagonal").sort("patient_id")


def survival_why(cite: Cite) -> pl.Expr:
    """Return in words how a patient was last known: dead, or alive."""
    died = sentence("death on day ", number("death_day"), cite.death())
    contact = sentence("alive on day ", number("contact_day"), cite("follow_up", "contact_row"))
    last_seen = pl.col("contact_day") >= pl.coalesce("relapse_day", "contact_day")
    return choose([(DEAD, died), (last_seen, contact)], pl.lit("alive at relapse, no later contact"))


def _refuse_given_alone(definition: Definition, records: Records, course: Course) -> None:
    """Refuse survival when only a first failure is given: who died after relapse is not in the file."""
    if records.given.is_empty():
        return
    given = records.given.filter(is_first_failure("name"))
    nothing_else = pl.coalesce("death_day", "contact_day", "undated_death_row").is_null()
    alone = course.frame.filter(nothing_else, pl.col("first_day") == 0).join(given, on="patient_id")
    if alone.is_empty():
        return
    relapsed = alone.filter(pl.col("outcome") == "relapse").height
    what = (
        f"{definition.name} cannot be derived from a given time to first failure: it ends at relapse, and "
        "does "
        f"not say which of the {relapsed} patients who relapsed died, or when ({alone.height} patients have "
        "nothing else)"
    )
    instead = (
        "DFS, CIR or NRM, which end at first failure; or map last contact and vital status to follow_up, so "
        "that survival is known"
    )
    raise RefusalError(what, instead=instead, source=HANDBOOK)
