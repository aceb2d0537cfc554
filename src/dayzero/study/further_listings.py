"""Listings besides that of the patients: prior therapy, blinatumomab with MRD, relapses with outcome."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dayzero.endpoints.leukaemia.blinatumomab_course import blinatumomab_course
from dayzero.endpoints.leukaemia.prior_therapy import prior_therapy
from dayzero.endpoints.leukaemia.relapse_course import relapse_course
from dayzero.study.asking import options_of
from dayzero.study.listing import NOT_RECORDED
from dayzero.study.results import Listing

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from dayzero.records.model import Records
    from dayzero.study.grouping import Grouping
    from dayzero.study.loading import Study

#: Column of the course of a relapse, and its heading.
_RELAPSES = {
    "relapse_day": "Day of relapse",
    "relapse_site": "Site",
    "cd19": "CD19",
    "salvages": "Salvage (day)",
    "outcome": "Outcome",
    "outcome_day": "Day last seen",
    "days_after_relapse": "Days after relapse",
}
#: Column of the course of blinatumomab, and its heading.
_BLINATUMOMAB = {
    "cycles": "Cycles",
    "indication": "Purpose",
    "dose": "Dose",
    "first_day": "First day",
    "last_day": "Last day",
    "infusion_days": "Days given",
    "days_to_transplant": "Days to transplant",
    "mrd_before": "MRD before",
    "mrd_after": "MRD after each cycle",
}


#: Columns that say something even where nobody has a value: another first salvage, a course past day 0.
_ALWAYS = ("salvages", "days_to_transplant")
#: Column of prior therapy, and its heading.
_THERAPY = {"lines": "Lines", "courses": "Courses", "therapy": "Treatment before transplant (days)"}


def further_listings(
    study: Study, records: Records, groupings: Mapping[str, Grouping]
) -> tuple[Listing, ...]:
    """Return the listings that ``[listing]`` asks for.

    Parameters
    ----------
    study : Study
    records : Records
        Of the cohort's patients.
    groupings : mapping of str to Grouping
        A patient's level in each stands beside the id.
    """
    asked = study.protocol.listing
    found: list[Listing] = []
    if asked.therapy:
        found.append(_therapy(prior_therapy(records), groupings))
    if asked.relapses:
        found.append(_relapses(relapse_course(records).sort("relapse_day", "patient_id"), groupings))
    if asked.blinatumomab:
        options = options_of(study.protocol.definitions)
        found.append(_blinatumomab(blinatumomab_course(records, options), groupings))
    return tuple(found)


def _therapy(course: pl.DataFrame, groupings: Mapping[str, Grouping]) -> Listing:
    agents = course["agents"].str.split(", ").explode().value_counts()
    told = [
        f"{name} {count}" for name, count in agents.sort("count", "agents", descending=[True, False]).rows()
    ]
    note = (
        f"Patients given each: {'; '.join(told)}. Days count from day 0; support, conditioning, intrathecal "
        "therapy and radiotherapy are not shown."
        if told
        else "No treatment before transplant is recorded."
    )
    empty = Listing((), (), (), "therapy", "Treatment before transplant", note)
    return _listing(course, groupings, _THERAPY, empty)


def _blinatumomab(course: pl.DataFrame, groupings: Mapping[str, Grouping]) -> Listing:
    cycles = course["cycles"].value_counts().sort("cycles")
    told = [f"{number} cycle{'' if number == 1 else 's'} {count}" for number, count in cycles.iter_rows()]
    note = (
        f"Patients by cycles: {'; '.join(told)}. Days count from day 0; days given are calendar days, the "
        "first and the last included."
        if told
        else "No blinatumomab before transplant."
    )
    return _listing(
        course,
        groupings,
        _BLINATUMOMAB,
        Listing((), (), (), "blinatumomab", "Blinatumomab before transplant, with MRD", note),
    )


def _relapses(course: pl.DataFrame, groupings: Mapping[str, Grouping]) -> Listing:
    return _listing(
        course,
        groupings,
        _RELAPSES,
        Listing(
            (), (), (), "relapses", "Relapses after transplant, with salvage and outcome", _counted(course)
        ),
    )


def _listing(
    course: pl.DataFrame, groupings: Mapping[str, Grouping], headings: Mapping[str, str], empty: Listing
) -> Listing:
    """Fill a listing with a row a patient, the levels of the groupings beside the id."""
    levels = {name: dict(grouping.assigned.iter_rows()) for name, grouping in groupings.items()}
    shown = [name for name in headings if course[name].is_not_null().any() or name in _ALWAYS]
    rows = tuple(
        (
            row["patient_id"],
            *(levels[name].get(row["patient_id"], "\N{EN DASH}") for name in levels),
            *(_cell(name, row) for name in shown),
        )
        for row in course.iter_rows(named=True)
    )
    labels = ("Patient", *(groupings[name].info.label for name in levels), *(headings[n] for n in shown))
    return replace(empty, columns=("patient_id", *levels, *shown), labels=labels, rows=rows)


def _cell(name: str, row: Mapping[str, Any]) -> str:
    value = row[name]
    if name == "salvages" and value is None:
        return row["first_salvage"] or NOT_RECORDED
    if name == "days_to_transplant" and row["last_day"] is not None and row["last_day"] > 0:
        return "runs past day 0"
    if value is None:
        return NOT_RECORDED
    return value if isinstance(value, str) else f"{value:,.10g}"


def _counted(course: pl.DataFrame) -> str:
    """Say how many had what as first salvage, the most frequent first."""
    first = course["first_salvage"].fill_null(NOT_RECORDED)
    counts = first.value_counts().sort("count", "first_salvage", descending=[True, False])
    told = [f"{name} {count}" for name, count in counts.iter_rows()]
    return f"First salvage: {'; '.join(told)}. Days count from day 0." if told else "No relapse."
