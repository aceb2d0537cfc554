"""Graft-versus-host disease: it needs a graft of another person, a grade of its own system, and an order."""

from __future__ import annotations

from typing import Final

import polars as pl

from dayzero.records.checks.rule import Facts, Rule, beside, together
from dayzero.records.kahn import ATEMPORAL, COMPLETENESS, RELATIONAL, TEMPORAL, VALUE

ACUTE: Final = "aGVHD"
CHRONIC: Final = "cGVHD"
REFRACTORY: Final = "steroid-refractory aGVHD"
_ANY: Final = (ACUTE, CHRONIC, REFRACTORY)
#: Chronic GVHD before this day is rare.
EARLY: Final = 30
_ONE: Final = r"^(?:grade|overall|max(?:imum)?|[: ])*"
_ROMAN: Final = r"(?:0|i{1,3}|iv|[0-4](?:\.0)?)"
_STAGES: Final = r"stage\s*[0-4]"
#: Grading system, as the beginning of its name: of which events it is, and which grades it has.
SYSTEMS: Final[dict[str, tuple[tuple[str, ...], str, str]]] = {
    "magic": ((ACUTE, REFRACTORY), rf"{_ROMAN}(?:\s*(?:-|–|or|to)\s*{_ROMAN})?|{_STAGES}", "0 to IV"),
    "glucksberg": ((ACUTE, REFRACTORY), rf"{_ROMAN}(?:\s*(?:-|–|or|to)\s*{_ROMAN})?|{_STAGES}", "0 to IV"),
    "ibmtr": ((ACUTE, REFRACTORY), r"[a-d0](?:\s*(?:-|–|or|to)\s*[a-d])?", "A to D"),
    "nih": ((CHRONIC,), r"none|mild|moderate|severe|[0-3]|score\s*[0-3]", "mild, moderate, severe"),
    "seattle": ((CHRONIC,), r"limited|extensive", "limited, extensive"),
    "astct": (("CRS", "ICANS"), r"[0-5](?:\.0)?", "1 to 5"),
}
_SOURCES: Final = (
    "MAGIC: Harris, BBMT 2016;22:4; NIH: Jagasia, BBMT 2015;21:389; ASTCT: Lee, BBMT 2019;25:625"
)


def _before_transplant(facts: Facts) -> pl.DataFrame:
    return facts.happened(*_ANY).filter(pl.col("day") < 0)


def _of_own_cells(facts: Facts) -> pl.DataFrame:
    own = facts.grafts.filter(pl.col("donor") == "autologous").select("patient_id")
    return facts.events.filter(pl.col("event").is_in(_ANY)).join(
        own, on="patient_id", how="semi", maintain_order="left"
    )


def _first_acute(facts: Facts) -> pl.DataFrame:
    acute = facts.events.filter(pl.col("event") == ACUTE)
    return acute.group_by("patient_id", maintain_order=True).agg(pl.col("day").min().alias("acute"))


def _refractory_alone(facts: Facts) -> pl.DataFrame:
    acute = _first_acute(facts)
    refractory = facts.events.filter(pl.col("event") == REFRACTORY)
    if acute.is_empty():
        return refractory.clear()
    return refractory.join(acute, on="patient_id", how="anti", maintain_order="left")


def _refractory_before(facts: Facts) -> pl.DataFrame:
    found = beside(facts.happened(REFRACTORY), _first_acute(facts))
    return found.filter(pl.col("day") < pl.col("acute"))


def _refractory_of_grade_one(facts: Facts) -> pl.DataFrame:
    grade = pl.col("grade").str.to_lowercase().str.replace(_ONE, "").str.strip_chars()
    graded = facts.events.filter(pl.col("event") == ACUTE, pl.col("grade").is_not_null())
    mild = graded.group_by("patient_id", maintain_order=True).agg(
        grade.is_in(["0", "i", "1"]).all().alias("mild")
    )
    found = beside(facts.events.filter(pl.col("event") == REFRACTORY), mild)
    return found.filter(pl.col("mild"))


def _active_unrecorded(facts: Facts) -> pl.DataFrame:
    seen = facts.events.filter(pl.col("event").is_in(_ANY)).select("patient_id")
    active = facts.follow_up.filter(pl.col("gvhd_active") == "yes").sort("day", "row")
    found = active.join(seen, on="patient_id", how="anti", maintain_order="left")
    return found.unique("patient_id", keep="first", maintain_order=True)


def _early_chronic(facts: Facts) -> pl.DataFrame:
    return facts.happened(CHRONIC).filter(pl.col("day") >= 0, pl.col("day") < EARLY)


def _graded(facts: Facts) -> pl.DataFrame:
    """Return the graded events of a known system, with that system's beginning."""
    system = pl.col("system").str.to_lowercase().str.strip_chars()
    named = pl.coalesce(pl.when(system.str.starts_with(name)).then(pl.lit(name)) for name in SYSTEMS)
    kinds = [*_ANY, "CRS", "ICANS"]
    return facts.events.filter(pl.col("event").is_in(kinds)).with_columns(named=named).drop_nulls("named")


def _outside_system(facts: Facts) -> pl.DataFrame:
    grade = pl.col("grade").str.to_lowercase().str.replace(_ONE, "").str.strip_chars()
    fits = pl.any_horizontal(
        (pl.col("named") == name) & grade.str.contains(rf"^(?:{pattern})$")
        for name, (_, pattern, _) in SYSTEMS.items()
    )
    grades = {name: words for name, (_, _, words) in SYSTEMS.items()}
    found = _graded(facts).filter(pl.col("grade").is_not_null(), ~fits)
    return found.with_columns(grades=pl.col("named").replace_strict(grades, return_dtype=pl.String))


def _system_of_another(facts: Facts) -> pl.DataFrame:
    fits = pl.any_horizontal(
        (pl.col("named") == name) & pl.col("event").is_in(events) for name, (events, *_) in SYSTEMS.items()
    )
    return _graded(facts).filter(~fits)


def _without_system(facts: Facts) -> pl.DataFrame:
    if not facts.has("events", "system"):
        return facts.events.clear()
    graded = facts.events.filter(pl.col("event").is_in([ACUTE, CHRONIC]), pl.col("grade").is_not_null())
    return together(graded.filter(pl.col("system").is_null()), graded.height)


RULES: Final[tuple[Rule, ...]] = (
    Rule(
        "records.gvhd_before_transplant",
        "error",
        "events",
        "date",
        "{event} on day {day}, before the first allogeneic transplant",
        _before_transplant,
        "correct the date, or add the transplant that it followed: the first allogeneic one is day 0",
        "a day after day 0",
        needs=_ANY,
        kahn=TEMPORAL,
    ),
    Rule(
        "records.gvhd_of_own_cells",
        "error",
        "events",
        "event",
        "{event} in a patient whose donor is the patient",
        _of_own_cells,
        "correct the donor, or the event",
        needs=_ANY,
        kahn=ATEMPORAL,
    ),
    Rule(
        "records.refractory_without_gvhd",
        "warning",
        "events",
        "event",
        "steroid-refractory acute GVHD, but no acute GVHD is recorded",
        _refractory_alone,
        "add the acute GVHD with its first day and its grade",
        needs=(REFRACTORY,),
        kahn=RELATIONAL,
    ),
    Rule(
        "records.refractory_before_gvhd",
        "error",
        "events",
        "date",
        "steroid-refractory acute GVHD on day {day}, before its first day {acute}",
        _refractory_before,
        "correct one of the two dates",
        needs=(REFRACTORY,),
        kahn=TEMPORAL,
    ),
    Rule(
        "records.refractory_of_grade_one",
        "warning",
        "events",
        "grade",
        "steroid-refractory acute GVHD, but the highest grade recorded is I",
        _refractory_of_grade_one,
        "add the highest grade that the acute GVHD reached",
        needs=(REFRACTORY,),
        kahn=ATEMPORAL,
        source="judgement: acute GVHD of grade I is rarely treated with systemic steroids",
    ),
    Rule(
        "records.active_gvhd_unrecorded",
        "warning",
        "follow_up",
        "gvhd_active",
        "GVHD is active on day {day}, but no GVHD is recorded",
        _active_unrecorded,
        "add it to events with its first day and its grade",
        kahn=RELATIONAL,
    ),
    Rule(
        "records.early_chronic_gvhd",
        "warning",
        "events",
        "date",
        f"chronic GVHD on day {{day}}, earlier than day {EARLY}",
        _early_chronic,
        "correct the date, or is it acute GVHD?",
        needs=(CHRONIC,),
        kahn=TEMPORAL,
        source="judgement: the criteria of chronic GVHD set no earliest day (Jagasia, BBMT 2015;21:389)",
    ),
    Rule(
        "records.grade_outside_system",
        "warning",
        "events",
        "grade",
        "the grade of {event} is none of the grading system named beside it, whose grades are {grades}",
        _outside_system,
        "correct the grade, or the system",
        needs=(*_ANY, "CRS", "ICANS"),
        kahn=VALUE,
        source=_SOURCES,
    ),
    Rule(
        "records.system_of_another_event",
        "warning",
        "events",
        "system",
        "the grading system beside {event} grades something else",
        _system_of_another,
        "correct the system, or the event",
        needs=(*_ANY, "CRS", "ICANS"),
        kahn=RELATIONAL,
        source=_SOURCES,
    ),
    Rule(
        "records.grade_without_system",
        "note",
        "events",
        "system",
        "the grading system of GVHD is not named in {count} of {total}: {rows}",
        _without_system,
        "name it: the same organ stages give other grades in another system",
        needs=_ANY,
        kahn=COMPLETENESS,
        source=_SOURCES,
    ),
)
