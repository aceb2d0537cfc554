"""Complications as proportions: happened or not by the last day observed, as the centre recorded it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw

from dayzero.endpoints.assemble import assemble
from dayzero.endpoints.eligibility import first_reason, transplanted
from dayzero.endpoints.frames import choose, collect
from dayzero.endpoints.statements import Target, refuse_silence, statement_findings, statements, untold
from dayzero.endpoints.wording import number, sentence

if TYPE_CHECKING:
    from dayzero.endpoints.course import Course
    from dayzero.endpoints.definition import Definition, DerivedEndpoint
    from dayzero.records.model import Records

OCCURRENCES = {
    "engraftment_syndrome": Target("engraftment syndrome", "engraftment syndrome"),
    "cmv_infection": Target("infection", "CMV infection", cause="cmv|cytomegalovirus"),
    "ebv_infection": Target("infection", "EBV infection", cause="ebv|epstein"),
    "steroid_refractory_agvhd": Target("steroid-refractory aGVHD", "steroid-refractory acute GVHD"),
    "graft_failure": Target("graft failure", "graft failure"),
    "VOD": Target("VOD", "VOD/SOS"),
    "TMA": Target("TMA", "TMA"),
}


def derive_occurrence(definition: Definition, records: Records, course: Course) -> DerivedEndpoint:
    """Derive whether an event happened after day 0; unknown is missing, never a no.

    Raises
    ------
    RefusalError
        When nothing is recorded about the event for anyone.
    """
    target = OCCURRENCES[definition.name]
    said = statements(target, records, course)
    refuse_silence(definition, target, said, course)
    cite = course.cite
    dated, undated = ~nw.col("yes_day").is_null(), ~nw.col("undated_row").is_null()
    last = nw.coalesce("death_day", "contact_day")
    denied = nw.when(~nw.col("no_row").is_null()).then(
        sentence(f"no {target.label}, as recorded", cite("events", "no_row"))
    )
    joined = nw.from_native(course.frame.join(said.frame, on="patient_id", how="left")).lazy()
    silent_unseen = ~dated & ~undated & nw.col("no_row").is_null() & last.is_null()
    decided = collect(
        joined.with_columns(
            choose([(dated, nw.col("yes_day")), (undated, nw.lit(None, nw.Int64))], last).alias("time"),
            nw.when(dated | undated).then(nw.lit(1)).otherwise(nw.lit(0)).alias("cause"),
            nw.coalesce(
                sentence(f"{target.label} on day ", number("yes_day"), cite("events", "yes_row")),
                sentence(f"{target.label}, its day not recorded", cite("events", "undated_row")),
                denied,
                sentence(f"no {target.label} recorded to day ", last.cast(nw.String)),
            ).alias("why"),
            nw.lit("").alias("flags"),
            nw.lit(None, nw.String).alias("blocked"),
            first_reason(
                [
                    *transplanted(),
                    *untold(target, said, cite),
                    (silent_unseen, nw.lit("no follow-up: no contact after day 0")),
                ]
            ).alias("excluded"),
        )
    )
    found = [
        *course.about_survival,
        *statement_findings(decided, target, said, course.places, definition.name),
    ]
    return assemble(definition, decided, (target.label,), found)
