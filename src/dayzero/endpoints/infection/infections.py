"""Infections as the centre recorded them, by organism: an incidence with death competing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from dayzero.endpoints.assemble import assemble
from dayzero.endpoints.choices import SECOND, applied
from dayzero.endpoints.course import course_of
from dayzero.endpoints.course_findings import run
from dayzero.endpoints.frames import DAY, DENIED, HAPPENED, NOT_KNOWN, Pick, collect, lazy, reduce
from dayzero.endpoints.incidence import Rule, day_not_known, decide, extended
from dayzero.endpoints.infection.organisms import (
    ADENOVIRUS,
    BACTERIA,
    BLOOD,
    CMV,
    DIFFICILE,
    EBV,
    FUNGI,
    IN_BLOOD,
)
from dayzero.endpoints.memo import remembered
from dayzero.endpoints.statements import Target, checked, statement_findings
from dayzero.records.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dayzero.endpoints.course import Course
    from dayzero.endpoints.definition import Definition, DerivedEndpoint
    from dayzero.endpoints.options import Options
    from dayzero.records.model import Records

INFECTIONS = {
    target.name: target
    for target in (
        Target("cmv_infection_incidence", "infection", "CMV infection", cause=CMV),
        Target("ebv_infection_incidence", "infection", "EBV infection", cause=EBV),
        Target("adenovirus_infection", "infection", "adenovirus infection", cause=ADENOVIRUS),
        Target("bacterial_infection", "infection", "bacterial infection", cause=BACTERIA),
        Target("bloodstream_infection", "infection", "bloodstream infection", cause=f"{BACTERIA}|{FUNGI}"),
        Target("c_difficile_infection", "infection", "C. difficile infection", cause=DIFFICILE),
        Target("fungal_infection", "infection", "fungal infection", cause=FUNGI),
    )
}
_RULE = Rule("second", "second transplant", given=False)
_NAMED = nw.col("cause").fill_null("").str.to_lowercase().str.strip_chars()
_PLACED = nw.concat_str(
    [nw.col(name).fill_null("") for name in ("site", "cause", "detail")], separator=" "
).str.to_lowercase()


def derive_infection(definition: Definition, records: Records, options: Options) -> DerivedEndpoint:
    """Derive the first infection of a kind after day 0, as recorded.

    Raises
    ------
    RefusalError
        When nothing is recorded about it for anyone, or it is known to have happened but not when.
    """
    course, target = course_of(records), INFECTIONS[definition.name]
    rows = remembered(records, "recorded infections", _recorded)
    said = checked(definition, target, rows.filter(pl.col("topic") == target.name).drop("topic"), course)
    if applied(definition.name, options, SECOND) in ("ignore", "censor"):
        never = [pl.lit(None, pl.Int64).alias(name) for name in ("second_day", "second_row")]
        said = replace(said, frame=said.frame.with_columns(never))
    decided = decide(_RULE, said, course.cite)
    found = [
        *course.about_survival,
        *statement_findings(decided, said, course.places),
        *run([extended(target.label)], decided, course.places, definition.name),
        *_without_organism(definition, records, course),
    ]
    return assemble(
        definition, decided, (target.label, "death", _RULE.again_label), found, day_not_known(said)
    )


def _recorded(records: Records) -> pl.DataFrame:
    """Reduce the infections to one row per patient and kind; one row may be of several kinds."""
    rows = lazy(records, "events").filter(nw.col("event") == "infection")
    kinds = []
    for target in INFECTIONS.values():
        is_it = _of(target) | (DENIED & (_NAMED == ""))  # no infection at all is none of this kind either
        kinds.append(rows.filter(is_it).with_columns(nw.lit(target.name).alias("topic")))
    never = nw.lit(value=False)
    picks = [
        Pick("yes", HAPPENED & (DAY >= 0)),
        Pick("undated", HAPPENED & DAY.is_null(), "any"),
        Pick("unclear", never, "any"),
        Pick("lower", never, "any"),
        Pick("unknown", NOT_KNOWN, "any"),
        Pick("no", DENIED, "any"),
        Pick("partial", never, "any"),
        Pick("dated_no", DENIED & ~DAY.is_null(), "any"),
    ]
    columns = ("patient_id", "row", "day", "occurred", "topic")
    found = collect(reduce(nw.concat([k.select(*columns) for k in kinds]), picks, by=("patient_id", "topic")))
    return found.with_columns(pl.col("^.*_(?:day|row)$").cast(pl.Int64)).sort("topic", "patient_id")


def _of(target: Target) -> nw.Expr:
    named = _NAMED.str.contains(target.cause)
    if target.name != "bloodstream_infection":
        return named
    site = nw.col("site").fill_null("").str.to_lowercase()
    return (named & site.str.contains(BLOOD)) | _PLACED.str.contains(IN_BLOOD)


def _without_organism(definition: Definition, records: Records, course: Course) -> Iterator[Finding]:
    def count(made: Records) -> int:
        rows: Any = lazy(made, "events").filter(nw.col("event") == "infection", HAPPENED, _NAMED == "")
        return collect(rows.select("row")).height

    silent = remembered(records, "infections without an organism", count)
    if silent:
        yield Finding(
            "endpoints.infection_without_organism",
            "warning",
            f"{silent} infections name no organism, and count for no kind of infection",
            replace(course.places.where("events", None, "cause", None), item=definition.name),
            hint="record the organism, or its group such as bacterial, fungal, viral, in cause",
        )
