"""Complications as proportions: happened or not by the last day observed, as the centre recorded it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from dayzero.endpoints.assemble import assemble
from dayzero.endpoints.course import course_of
from dayzero.endpoints.deciding import (
    NO_CONTACT,
    NOT_TRANSPLANTED,
    NOTHING,
    Reason,
    excluded,
    number,
    sentence,
)
from dayzero.endpoints.statements import statement_findings, statements, untold

if TYPE_CHECKING:
    from dayzero.endpoints.deciding import Cite
    from dayzero.endpoints.definition import Definition, DerivedEndpoint
    from dayzero.endpoints.options import Options
    from dayzero.records.model import Records

OCCURRENCES = (
    "engraftment_syndrome",
    "cmv_infection",
    "ebv_infection",
    "steroid_refractory_agvhd",
    "graft_failure",
    "graft_rejection",
    "VOD",
    "TMA",
)


def derive_occurrence(definition: Definition, records: Records, options: Options) -> DerivedEndpoint:
    """Derive whether an event happened after day 0; unknown is missing, never a no.

    Raises
    ------
    RefusalError
        When nothing is recorded about the event for anyone.
    """
    del options
    course = course_of(records)
    said = statements(definition, records, course)
    label = said.target.label
    last = pl.coalesce("death_day", "contact_day")
    happened = pl.coalesce("yes_row", "undated_row").is_not_null()
    unseen = ~happened & pl.col("no_row").is_null() & last.is_null()
    reasons = [*NOT_TRANSPLANTED, *untold(said, course.cite), Reason(unseen, NO_CONTACT)]
    decided = said.frame.with_columns(
        pl.when(happened).then("yes_day").otherwise(last).alias("time"),
        happened.cast(pl.Int64).alias("cause"),
        _why(label, course.cite).alias("why"),
        pl.lit("").alias("flags"),
        NOTHING.alias("blocked"),
        *excluded(reasons),
    )
    found = [*course.about_survival, *statement_findings(decided, said, course.places)]
    return assemble(definition, decided, (label,), found)


def _why(label: str, cite: Cite) -> pl.Expr:
    last = pl.coalesce("death_day", "contact_day").cast(pl.String)
    return pl.coalesce(
        sentence(f"{label} on day ", number("yes_day"), cite("events", "yes_row")),
        sentence(f"{label}, its day not recorded", cite("events", "undated_row")),
        sentence(f"no {label}, as recorded", cite("events", "no_row")),
        sentence(f"no {label} recorded to day ", last),
    )
