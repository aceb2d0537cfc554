"""Cytokine release syndrome and neurotoxicity after blinatumomab or CAR T, before and after transplant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl

from dayzero.endpoints.complication.immune import KINDS, asked, toxicity, treated
from dayzero.endpoints.course import course_of
from dayzero.endpoints.course_findings import Check
from dayzero.endpoints.definition import Variable
from dayzero.endpoints.frames import collect
from dayzero.endpoints.variables.family import Family

if TYPE_CHECKING:
    from dayzero.records.model import Records

_SOURCE = (
    "within 30 days of blinatumomab or CAR T cells (a judgement); as recorded, in the system named beside "
    "it, or by ASTCT from the signs in detail (Lee et al., Biol Blood Marrow Transplant 2019;25:625) where "
    "no grade is recorded; 0 when none is recorded of who was treated and the source lists it for others; "
    "not known when a grade is missing or systems differ"
)
_PLACES = {"before_transplant": (1, "day 0"), "after_transplant": (0, "after day 0")}


def _notes(kind: str, place: str) -> tuple[Variable, Variable]:
    name, words, known = kind.lower(), place.replace("_", " "), _PLACES[place][1]
    return (
        Variable(f"{name}_grade_{place}", f"Highest grade of {kind} {words}", "number", known, "", _SOURCE),
        Variable(
            f"{name}_system_{place}",
            f"Grading system of {kind} {words}",
            "category",
            known,
            source="the system of the highest grade; ASTCT2019 when it was graded from signs",
        ),
    )


NOTES = tuple(note for kind in KINDS for place in _PLACES for note in _notes(kind, place))


def immune_families(records: Records) -> tuple[Family, ...]:
    """Return grade and system of CRS and ICANS before and after transplant."""
    courses = collect(treated(records))
    given = {
        1: courses.filter(pl.col("start") < 0)["patient_id"].unique(),
        0: courses.filter(pl.col("start") >= 0)["patient_id"].unique(),
    }
    found, said = toxicity(records), asked(records)
    everybody = course_of(records).frame.select("patient_id")
    return tuple(
        _family(kind, place, everybody, given[before], found, said)
        for kind in KINDS
        for place, (before, _) in _PLACES.items()
    )


def _family(
    kind: str, place: str, everybody: pl.DataFrame, given: pl.Series, found: pl.DataFrame, said: pl.DataFrame
) -> Family:
    grade, system = (note.name for note in _notes(kind, place))
    own = found.filter(pl.col("kind") == kind, pl.col("before") == _PLACES[place][0])
    about = said.filter(pl.col("kind") == kind).drop("kind")
    listed = not about.filter(pl.all_horizontal(pl.col("unknown").is_null())).is_empty()
    whole = everybody.filter(pl.col("patient_id").is_in(given.implode())).join(
        about, on="patient_id", how="left"
    )
    both = whole.join(own.drop("kind", "before"), on="patient_id", how="full", coalesce=True)
    open_ = pl.col("unknown").is_not_null() | pl.col("undated").is_not_null()
    none = pl.col("system").is_null() & ~open_ & (pl.col("no").is_not_null() | pl.lit(listed))
    differs = f"_{kind.lower()}_differs_{place}"
    frame = both.select(
        "patient_id",
        pl.when(none).then(pl.lit(0, pl.Int64)).otherwise("grade").alias(grade),
        pl.col("system").alias(system),
        pl.col("differs").alias(differs),
    )
    check = Check(
        "endpoints.grade_disagrees",
        "warning",
        pl.col(differs).is_not_null(),
        "events",
        differs,
        f"the recorded grade of {kind} is not the one that its signs in detail give by ASTCT; the recorded "
        "one is used",
        "check the grade, its system and the signs",
    )
    return Family(nw.from_native(frame.lazy()), _notes(kind, place), (check,))
