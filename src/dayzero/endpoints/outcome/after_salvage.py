"""Survival from the first salvage after relapse: the clock by which salvages may be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from dayzero.endpoints.assemble import assemble
from dayzero.endpoints.course import course_of
from dayzero.endpoints.deciding import NOT_TRANSPLANTED, NOTHING, Reason, choose, excluded, number, sentence
from dayzero.endpoints.leukaemia.salvage import NONE, first_salvage
from dayzero.endpoints.outcome.survival import DEAD, UNDATED_RELAPSE, first_relapses, survival_why
from dayzero.errors import RefusalError

if TYPE_CHECKING:
    from dayzero.endpoints.definition import Definition, DerivedEndpoint
    from dayzero.endpoints.options import Options
    from dayzero.records.model import Records


def derive_after_salvage(definition: Definition, records: Records, options: Options) -> DerivedEndpoint:
    """Derive survival from the first day of the first salvage after relapse.

    Raises
    ------
    RefusalError
        When no salvage is recorded for anyone, or a relapse, or a death after it, has no day.
    """
    del options
    course = course_of(records)
    salvage = first_salvage(records)
    relapsed = first_relapses(records, course)
    if relapsed["relapse_day"].is_not_null().any() and salvage["salvage_day"].is_null().all():
        what = f"{definition.name} cannot be derived: no treatment after relapse is recorded for anyone"
        instead = "record each salvage in treatments or transplants, or ask for survival_after_relapse"
        raise RefusalError(what, instead=instead)
    frame = relapsed.join(salvage.drop("relapse_day"), on="patient_id", how="left")
    start = pl.col("salvage_day")
    by_transplant = pl.col("salvage_table") == "transplants"
    row = choose(
        [(by_transplant, course.cite("transplants", "salvage_row"))],
        course.cite("treatments", "salvage_row"),
    )
    not_relapsed = pl.col("relapse_day").is_null() & pl.col("hidden").is_null()
    undated = pl.when(start.is_not_null() & ~DEAD).then(course.cite("events", "undated_death_row"))
    seen = pl.max_horizontal("contact_day", "relapse_day", "salvage_day")
    decided = frame.select(
        "patient_id",
        (pl.coalesce("death_day", seen) - start).cast(pl.Int64).alias("time"),
        DEAD.cast(pl.Int64).alias("cause"),
        sentence(
            pl.col("first_salvage"), " on day ", number("salvage_day"), row, "; ", survival_why(course.cite)
        ).alias("why"),
        pl.lit("").alias("flags"),
        pl.coalesce("hidden", undated, NOTHING).alias("blocked"),
        *excluded(
            [
                *NOT_TRANSPLANTED,
                Reason(pl.col("given_problem"), "the given first failure cannot be used"),
                Reason(not_relapsed, "no relapse after transplant"),
                Reason(
                    start.is_null() & (pl.col("first_salvage") == NONE), "no salvage recorded after relapse"
                ),
                Reason(
                    start.is_null() & pl.col("hidden").is_null(), "whether a salvage was given is not known"
                ),
                Reason(
                    start > pl.col("death_day"),
                    "the salvage is recorded after death: one of the two days is wrong",
                    row,
                ),
            ]
        ),
    )
    found = [*course.about_survival, *course.about_disease]
    return assemble(definition, decided, ("death",), found, UNDATED_RELAPSE)
