"""Relapse after transplant and what was done about it, each known on its own day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from dayzero.endpoints.catalogue.words import KNOWN_AT_RELAPSE, KNOWN_AT_SALVAGE
from dayzero.endpoints.course import course_of
from dayzero.endpoints.definition import Variable
from dayzero.endpoints.leukaemia.relapse_course import at_relapse
from dayzero.endpoints.leukaemia.salvage import first_salvage
from dayzero.endpoints.outcome.survival import first_relapses

if TYPE_CHECKING:
    from dayzero.records.model import Records

RELAPSE_AFTER_NOTES = (
    Variable(
        "days_to_relapse",
        "Transplant to relapse",
        "number",
        KNOWN_AT_RELAPSE,
        "days",
        "first relapse after day 0",
    ),
    Variable(
        "relapse_site_after_transplant",
        "Site of relapse after transplant",
        "category",
        KNOWN_AT_RELAPSE,
        source="World J Hematol 2014;3(3):49-70, doi 10.5315/wjh.v3.i3.49, from the site and the blasts of "
        "the day; a site of which the centre gives no word is not known",
    ),
    Variable(
        "cd19_at_relapse",
        "CD19 at relapse after transplant",
        "category",
        KNOWN_AT_RELAPSE,
        source="as said in the detail of the relapse; not known when nothing is said",
    ),
    Variable(
        "first_salvage",
        "First salvage after relapse",
        "category",
        KNOWN_AT_SALVAGE,
        source="the first treatment of the leukaemia on or after the day of relapse; none recorded when "
        "there is none and treatment after relapse is recorded for another patient; known on its first day, "
        "so that groups by it are compared from there (survival_after_salvage), not from relapse",
    ),
    Variable(
        "days_relapse_to_salvage",
        "Relapse to first salvage",
        "number",
        KNOWN_AT_SALVAGE,
        "days",
        "first relapse after day 0 to the first day of the first salvage",
    ),
)


def relapses_after(records: Records) -> pl.DataFrame:
    """Return relapse after transplant and its salvage, a row for each patient who relapsed."""
    relapsed = first_relapses(records, course_of(records)).filter(pl.col("relapse_day").is_not_null())
    salvage = first_salvage(records).drop("relapse_day")
    return (
        relapsed.select("patient_id", pl.col("relapse_day").alias("days_to_relapse"))
        .join(at_relapse(records), on="patient_id", how="left")
        .join(salvage, on="patient_id", how="left")
        .select(
            "patient_id",
            "days_to_relapse",
            pl.col("relapse_site_class").alias("relapse_site_after_transplant"),
            pl.col("cd19").alias("cd19_at_relapse"),
            "first_salvage",
            (pl.col("salvage_day") - pl.col("days_to_relapse")).alias("days_relapse_to_salvage"),
        )
    )
