"""Chronic GVHD of a severity, or that needed systemic treatment, as an incidence."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from dayzero.endpoints.assemble import Instead, refuse_one_sided
from dayzero.endpoints.course import course_of
from dayzero.endpoints.deciding import choose, sentence
from dayzero.endpoints.derived_incidence import competing, complete
from dayzero.endpoints.gvhd.chronic import CRITERIA, chronic_gvhd
from dayzero.errors import RefusalError
from dayzero.records.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dayzero.endpoints.course import Course
    from dayzero.endpoints.definition import Definition, DerivedEndpoint
    from dayzero.endpoints.options import Options
    from dayzero.records.model import Records

#: Endpoint to its criterion, as in the GVHD-free family.
CHRONIC = {
    "cGVHD_moderate_severe": "moderate",
    "cGVHD_severe": "severe",
    "cGVHD_systemic_treatment": "systemic",
}
APPROXIMATE = "cgvhd_date_approx"
_RECORD = {
    "systemic": "record in treatments each systemic treatment with the indication 'chronic GVHD', or say so "
    "in detail",
    "severe": "record the severity in grade and its system beside it, or ask for the incidence cGVHD",
    "moderate": "record the severity in grade and its system beside it, or ask for the incidence cGVHD",
}


def derive_chronic(definition: Definition, records: Records, options: Options) -> DerivedEndpoint:
    """Derive the first day on which chronic GVHD met a criterion; its onset may be earlier.

    Raises
    ------
    RefusalError
        When chronic GVHD is recorded for nobody, no row says whether the criterion was met, or it is known to
        have been met but not when.
    """
    name, course = CHRONIC[definition.name], course_of(records)
    facts = course.frame.select("patient_id", "first_day").join(
        chronic_gvhd(records), on="patient_id", how="left"
    )
    listed = name == "systemic" and bool(facts["therapy_row"].is_not_null().any())
    denied = bool(facts[f"{name}_no_row"].is_not_null().any())
    _refuse(definition, name, facts, course, denied=denied)
    closed = not (course.flat and denied)
    counted = _counted(facts, name, course, listed=listed, closed=closed)
    label = CRITERIA[name]
    instead = Instead(f"{label} is known, but not when,", "record the day on which it was first there")
    transplanted = counted.filter(pl.col("first_day") == 0)
    notes = [*left_out(definition, name, transplanted["problem"], course)]
    notes += _silence(definition, label, transplanted, course) if closed else ()
    return competing(definition, course, complete(counted), label, options, notes, instead, records)


def _counted(facts: pl.DataFrame, name: str, course: Course, *, listed: bool, closed: bool) -> pl.DataFrame:
    cite, event = course.cite, pl.col(f"{name}_yes_day")
    therapy = pl.col("therapy_day") if name == "systemic" else pl.lit(None, pl.Int64)
    day = pl.min_horizontal(event, therapy)
    by_therapy = therapy < event.fill_null(2**31)
    at_onset = ~by_therapy.fill_null(value=False) & (event == pl.col("onset_day"))
    answered = day.is_not_null() | pl.col(f"{name}_undated_row").is_not_null()
    unclear = pl.coalesce(f"{name}_unclear_row", f"{name}_unclear_undated_row")
    told = pl.coalesce(f"{name}_no_row", f"{name}_below_row")
    silent = unclear.is_null() & told.is_null()
    problem = choose(
        [
            (
                ~answered & unclear.is_not_null() & pl.lit(not listed),
                pl.lit(ungraded(name)),
            ),
            (
                ~answered & told.is_null() & pl.col("cgvhd_unknown_row").is_not_null(),
                pl.lit("whether chronic GVHD occurred is recorded as unknown"),
            ),
            (
                ~answered & told.is_null() & pl.col(f"{name}_partial_row").is_not_null(),
                pl.lit("of chronic GVHD, only a worse one is denied"),
            ),
            (
                ~answered & silent & pl.lit(not closed),
                pl.lit("whether chronic GVHD occurred is not recorded"),
            ),
        ],
        pl.lit(None, pl.String),
    )
    by_row = sentence("as recorded", cite("events", f"{name}_yes_row"))
    return facts.with_columns(
        day.alias("event_day"),
        choose(
            [(by_therapy, sentence("systemic treatment", cite("treatments", "therapy_row")))], by_row
        ).alias("told"),
        pl.when(at_onset).then(pl.lit(APPROXIMATE)).otherwise(pl.lit("")).alias("event_flags"),
        problem.alias("problem"),
        pl.coalesce(
            pl.when(unclear.is_not_null()).then(cite("events", f"{name}_unclear_row")),
            cite("events", "cgvhd_unknown_row"),
        ).alias("problem_fact"),
        pl.when(day.is_null()).then(cite("events", f"{name}_undated_row")).alias("event_blocked"),
    )


def _refuse(definition: Definition, name: str, facts: pl.DataFrame, course: Course, *, denied: bool) -> None:
    transplanted = facts.filter(pl.col("first_day") == 0)
    said = transplanted.filter(pl.coalesce("cgvhd_any_row", "therapy_row").is_not_null())
    if transplanted.height and said.is_empty():
        what = (
            f"{definition.name} cannot be derived: nothing is recorded about chronic GVHD, neither that it "
            f"happened nor that it did not, for any of {transplanted.height} patients"
        )
        instead = "record chronic GVHD in events, with occurred = no for those who did not have it"
        raise RefusalError(what, instead=instead)
    if course.flat and not denied:
        yes = pl.coalesce("onset_row", f"{name}_undated_row").is_not_null()
        unknown = facts.filter(~yes, pl.col("cgvhd_unknown_row").is_not_null()).height
        refuse_one_sided(definition, "chronic GVHD", facts.filter(yes).height, unknown)
    columns = [f"{name}_{word}_row" for word in ("yes", "undated", "below")]
    columns += ["therapy_row"] if name == "systemic" else []
    unclear = pl.coalesce(f"{name}_unclear_row", f"{name}_unclear_undated_row").is_not_null()
    had_it = said.filter(unclear).height
    if had_it and said.filter(pl.coalesce(columns).is_not_null()).is_empty():
        what = (
            f"{definition.name} cannot be derived: {count_of(had_it)} had chronic GVHD, and no row says "
            f"whether it was {CRITERIA[name]}"
        )
        raise RefusalError(what, instead=_RECORD[name])


def ungraded(name: str) -> str:
    """Return why a patient with chronic GVHD of whom a criterion is not told is not counted."""
    return f"chronic GVHD, but no row says whether it was {CRITERIA[name]}"


def left_out(definition: Definition, name: str, problems: pl.Series, course: Course) -> Iterator[Finding]:
    """Warn of patients with chronic GVHD who are not counted because a criterion is not told.

    They alone of all patients could have met it, so that leaving them out makes it rarer than it was.
    """
    count = problems.filter(problems == ungraded(name)).len()
    if count:
        yield Finding(
            "endpoints.chronic_gvhd_left_out",
            "warning",
            f"{count_of(count)} with chronic GVHD {'is' if count == 1 else 'are'} not counted, as no row "
            f"says whether it was {CRITERIA[name]}; where it was, the event is more frequent than "
            "estimated",
            replace(course.places.where("events", None, None, None), item=definition.name),
            hint=_RECORD[name],
        )


def count_of(count: int) -> str:
    """Say how many patients: ``1 patient``, ``12 patients``."""
    return "1 patient" if count == 1 else f"{count} patients"


def _silence(definition: Definition, label: str, counted: pl.DataFrame, course: Course) -> Iterator[Finding]:
    silent = counted.filter(
        pl.col("problem").is_null(), pl.coalesce("cgvhd_any_row", "therapy_row").is_null()
    ).height
    if silent:
        yield Finding(
            "endpoints.silence_is_no",
            "note",
            f"{silent} of {counted.height} patients have no row about chronic GVHD: taken as not having "
            f"had {label}, "
            "because the source lists what happened",
            replace(course.places.where("events", None, None, None), item=definition.name),
            hint="add a row with occurred = no for those who were watched and did not have it",
        )
