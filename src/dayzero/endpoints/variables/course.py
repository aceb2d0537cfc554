"""What became known after transplant: engraftment days, follow-up, status."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl

from dayzero.endpoints.course_findings import Check
from dayzero.endpoints.deciding import NOTHING
from dayzero.endpoints.deciding import choose as decide
from dayzero.endpoints.definition import Variable
from dayzero.endpoints.frames import DAY, HAPPENED, lazy
from dayzero.endpoints.outcome.failure import hidden_relapse
from dayzero.endpoints.variables.family import Family

if TYPE_CHECKING:
    from dayzero.endpoints.course import Course
    from dayzero.records.model import Records

_AFTER = "after day 0"
_GIVEN = "the centre's own day, not derived from counts"
#: Follow-up too short to have seen month-2 chimerism, day-100 acute GVHD or any chronic GVHD.
_SHORT_DAYS = 60
_ENGRAFTMENT_NOTES = (
    Variable("neutrophil_engraftment_day", "Neutrophil engraftment", "number", _AFTER, "days", _GIVEN),
    Variable("platelet_engraftment_day", "Platelet engraftment", "number", _AFTER, "days", _GIVEN),
)
FOLLOW_UP_NOTES = (
    Variable(
        "follow_up_days", "Follow-up", "number", _AFTER, "days", "day 0 to death or last date known alive"
    ),
    Variable("status", "Status at last contact", "category", _AFTER),
)
_ENGRAFTMENT_CHECKS = (
    Check(
        "endpoints.platelets_before_neutrophils",
        "warning",
        pl.col("platelet_engraftment_day") < pl.col("neutrophil_engraftment_day"),
        "events",
        "_platelet_row",
        "platelet engraftment on day {platelet_engraftment_day} is earlier than neutrophil engraftment on "
        "day "
        "{neutrophil_engraftment_day}",
        "possible when platelets never fell below 20 x 10^9/L; check the day against counts and transfusions",
        "CIBMTR Forms Instruction Manual, initial platelet recovery",
    ),
)
FOLLOW_UP_CHECKS = (
    Check(
        "endpoints.short_follow_up",
        "warning",
        (pl.col("follow_up_days") < _SHORT_DAYS) & (pl.col("status") != "dead"),
        "follow_up",
        "_contact_row",
        f"alive, but followed for {{follow_up_days}} days only: fewer than {_SHORT_DAYS}, too short to have "
        "seen "
        "chimerism at month 2 or 3, acute GVHD to day 100, or chronic GVHD",
        "ask for a later contact; read proportions of late events without this patient",
    ),
)


def engraftment_family(records: Records) -> Family:
    """Return the days of engraftment as the centre gave them."""
    days = {
        "neutrophil_engraftment_day": "neutrophil engraftment",
        "platelet_engraftment_day": "platelet engraftment",
    }
    event = nw.col("event")
    frame = (
        lazy(records, "events")
        .filter(event.is_in(list(days.values())), HAPPENED, DAY >= 0)
        .with_columns(
            *(nw.when(event == word).then(DAY).alias(name) for name, word in days.items()),
            nw.when(event == "platelet engraftment").then(nw.col("row")).alias("_platelet_row"),
        )
        .group_by("patient_id")
        .agg(*(nw.col(name).min() for name in days), nw.col("_platelet_row").min())
    )
    return Family(frame, _ENGRAFTMENT_NOTES, _ENGRAFTMENT_CHECKS)


def follow_up(course: Course) -> pl.DataFrame:
    """Return follow-up and status at its end, of patients transplanted on day 0."""
    alive, death = pl.col("alive_day"), pl.col("death_day")
    undated = death.is_null() & pl.col("undated_death_row").is_not_null()
    relapsed = pl.col("relapse_day").is_not_null() | hidden_relapse(course.cite).is_not_null()
    status = decide(
        [
            (death.is_not_null() | undated, pl.lit("dead")),
            (alive.is_null(), NOTHING),
            (relapsed, pl.lit("alive after relapse")),
            (pl.col("status_day") == pl.col("contact_day"), pl.lit("alive without relapse")),
        ],
        pl.lit("alive, disease status not known"),
    )
    return course.frame.filter(pl.col("first_day") == 0).select(
        "patient_id",
        pl.when(~undated).then(pl.coalesce(death, alive)).alias("follow_up_days"),
        status.alias("status"),
        pl.col("contact_row").alias("_contact_row"),
    )
