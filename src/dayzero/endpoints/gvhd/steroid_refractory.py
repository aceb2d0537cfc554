"""Steroid-refractory acute GVHD from the doses of steroids and the grades over time.

EBMT-NIH-CIBMTR (Schoemans et al., Bone Marrow Transplant 2018;53:1401, by secondary sources): on prednisone
equivalents of at least 2 mg/kg a day, progression within 3 to 5 days, no improvement within 5 to 7 days, or
an incomplete response after more than 28 days. Progression and improvement are read here from the overall
grade: the papers also count single organs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from dayzero.endpoints.course import course_of
from dayzero.endpoints.course_findings import Check, run
from dayzero.endpoints.deciding import number, sentence
from dayzero.endpoints.derived_incidence import competing, complete
from dayzero.endpoints.frames import DAY, HAPPENED, ROW, Pick, collect, lazy, reduce
from dayzero.endpoints.gvhd.grades import GRADES
from dayzero.endpoints.gvhd.staging import graded_events
from dayzero.endpoints.memo import remembered
from dayzero.endpoints.statements import TARGETS, stated
from dayzero.errors import RefusalError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dayzero.endpoints.course import Course
    from dayzero.endpoints.definition import Definition, DerivedEndpoint
    from dayzero.endpoints.options import Options
    from dayzero.records.findings import Finding
    from dayzero.records.model import Records

LABEL = "steroid-refractory acute GVHD"
#: mg/kg a day of prednisone equivalent.
DOSE = 2.0
_BEFORE = 7
_PROGRESSION, _NO_IMPROVEMENT, _INCOMPLETE_AFTER = (3, 5), (5, 7), 28
_UNITS = ("mg/kg", "mg/kg/d", "mg/kg/day", "mg/kg a day", "mg/kg per day")
_WORDS = {1: "progression within 3 to 5 days", 2: "no improvement within 5 to 7 days"}
_WORDS[3] = "incomplete response after 28 days"


def derive_refractory_gvhd(definition: Definition, records: Records, options: Options) -> DerivedEndpoint:
    """Derive the first day on which acute GVHD was refractory to steroids.

    Raises
    ------
    RefusalError
        When no dose of steroids in mg/kg is recorded for anyone.
    """
    course = course_of(records)
    if collect(_steroids(records).select("patient_id").head(1)).is_empty():
        what = (
            f"{definition.name} cannot be derived: no course of corticosteroids of at least {DOSE:g} mg/kg "
            "a day after day 0 is recorded for anyone"
        )
        instead = (
            "record corticosteroids in treatments with dose, unit mg/kg, start and stop, and the grade of "
            "acute GVHD "
            "over time in events; or ask for steroid_refractory_agvhd, as the centre recorded it"
        )
        raise RefusalError(what, instead=instead, source=definition.source)
    facts = remembered(records, "steroid-refractory", _facts)
    whole = course.frame.select("patient_id").join(facts, on="patient_id", how="left")
    cite = course.cite
    blind = pl.col("event_day").is_null() & (pl.col("blind_row").is_not_null())
    counted = whole.with_columns(
        sentence(
            pl.col("how").replace_strict(_WORDS, default=None, return_dtype=pl.String),
            " of steroids from day ",
            number("start"),
            ", grade ",
            number("grade"),
            cite("events", "row"),
            " against ",
            number("at_start"),
            " at their start",
        ).alias("told"),
        pl.lit("derived").alias("event_flags"),
        pl.when(blind)
        .then(
            pl.lit("steroids for acute GVHD, but no grade at their start or none when the response is judged")
        )
        .alias("problem"),
        cite("treatments", "blind_row").alias("problem_fact"),
    )
    found = list(_findings(definition, course, records, whole))
    return competing(definition, course, complete(counted), LABEL, options, found, records=records)


def _steroids(records: Records) -> nw.LazyFrame[Any]:
    unit = nw.col("unit").fill_null("mg/kg").str.to_lowercase().str.strip_chars()
    said = nw.col("indication").fill_null("").str.to_lowercase()
    start = nw.col("start_day")
    other = said.str.contains("prophyla|chronic|cgvhd") | ((said != "") & ~said.str.contains("gvh|graft"))
    return (
        lazy(records, "treatments")
        .filter(nw.col("agent") == "corticosteroids", nw.col("dose") >= DOSE, unit.is_in(list(_UNITS)))
        .filter(start >= 0, ~other)
        .select("patient_id", start.cast(nw.Int64).alias("start"), ROW.alias("steroid_row"))
    )


def grades(records: Records) -> nw.LazyFrame[Any]:
    """Return the overall grade of acute GVHD of each row and day after day 0 that says one grade."""
    return remembered(records, "grades of acute GVHD", _grades)


def _grades(records: Records) -> nw.LazyFrame[Any]:
    word = (
        nw.col("grade")
        .fill_null("")
        .str.to_lowercase()
        .str.replace_all(r"grade|overall|[:. ]|magic|glucksberg", "")
    )
    one = [text for text, (low, high) in GRADES.items() if low == high]
    value = word.replace_strict(one, [GRADES[text][0] for text in one], default=None, return_dtype=nw.Int64)
    rows = graded_events(records).filter(nw.col("event") == "aGVHD", HAPPENED, DAY >= 0)
    return (
        rows.with_columns(value.alias("grade"))
        .filter(~nw.col("grade").is_null())
        .select("patient_id", DAY.cast(nw.Int64).alias("day"), ROW.alias("row"), "grade")
    )


def _facts(records: Records) -> pl.DataFrame:
    """Return who was refractory, and who had steroids for GVHD without the grades that would tell."""
    since = DAY - nw.col("start")
    both = _steroids(records).join(grades(records), on="patient_id", how="inner")
    near = both.filter(since <= 0, since >= -_BEFORE).filter(DAY.max().over("patient_id", "start") == DAY)
    at_start = near.group_by("patient_id", "start").agg(nw.col("grade").max().alias("at_start"))
    judged = both.join(at_start, on=["patient_id", "start"], how="inner").filter(nw.col("at_start") > 0)
    grade, began = nw.col("grade"), nw.col("at_start")
    better = judged.filter(since > 0, since <= _NO_IMPROVEMENT[1], grade < began)
    improved = better.group_by("patient_id", "start").agg(DAY.min().alias("better_day"))
    judged = judged.join(improved, on=["patient_id", "start"], how="left")
    progression = since.is_between(*_PROGRESSION) & (grade > began)
    no_better = nw.col("better_day").is_null()
    unimproved = since.is_between(*_NO_IMPROVEMENT) & (grade >= began) & no_better
    incomplete = (since > _INCOMPLETE_AFTER) & (grade > 0)
    how = nw.when(progression).then(1).otherwise(nw.when(unimproved).then(2).otherwise(3))
    refractory = judged.filter(progression | unimproved | incomplete).with_columns(how.alias("how"))
    rows = collect(refractory.select("patient_id", "day", "row", "grade", "start", "at_start", "how"))
    first = rows.sort("patient_id", "day", "how", "row").unique(
        "patient_id", keep="first", maintain_order=True
    )
    told = first.rename({"day": "event_day"}).with_columns(pl.exclude("patient_id").cast(pl.Int64))
    seen = collect(
        judged.filter(since.is_between(_PROGRESSION[0], _NO_IMPROVEMENT[1])).select("patient_id").unique()
    )
    treated = collect(
        reduce(
            _steroids(records).select(
                "patient_id", nw.col("start").alias("day"), nw.col("steroid_row").alias("row")
            ),
            [Pick("blind", DAY >= 0)],
        )
    )
    involved = collect(grades(records).filter(nw.col("grade") > 0).select("patient_id").unique())
    blind = treated.join(involved, on="patient_id", how="semi").join(seen, on="patient_id", how="anti")
    blind = blind.select("patient_id", pl.col("blind_row").cast(pl.Int64))
    return told.join(blind, on="patient_id", how="full", coalesce=True).sort("patient_id")


def _findings(
    definition: Definition, course: Course, records: Records, whole: pl.DataFrame
) -> Iterator[Finding]:
    said = stated(TARGETS["steroid_refractory_agvhd"], records, course).frame
    both = said.join(whole, on="patient_id", how="left").filter(pl.col("first_day") == 0)
    both = both.with_columns(pl.coalesce("yes_row", "undated_row").alias("recorded_row"))
    derived, recorded = pl.col("event_day").is_not_null(), pl.col("recorded_row").is_not_null()
    checks = [
        Check(
            "endpoints.refractory_disagrees",
            "warning",
            recorded & ~derived,
            "events",
            "recorded_row",
            "steroid-refractory acute GVHD is recorded, but doses and grades do not show it; both are kept",
            "complete doses and grades over time",
            definition.source,
        ),
        Check(
            "endpoints.refractory_disagrees",
            "warning",
            derived & ~recorded & pl.col("no_row").is_not_null(),
            "events",
            "no_row",
            "steroid-refractory acute GVHD by doses and grades on day {event_day}, but recorded as not "
            "having happened; both are kept",
            "check the grades over time",
            definition.source,
        ),
    ]
    yield from run(checks, both, course.places, definition.name)
