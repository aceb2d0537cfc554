"""Listings besides that of the patients: the relapses after transplant with their salvage and outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dayzero.endpoints.relapse_course import relapse_course
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
    if not study.protocol.listing.relapses:
        return ()
    course = relapse_course(records).sort("relapse_day", "patient_id")
    return (_relapses(course, groupings),)


def _relapses(course: pl.DataFrame, groupings: Mapping[str, Grouping]) -> Listing:
    levels = {name: dict(grouping.assigned.iter_rows()) for name, grouping in groupings.items()}
    shown = [name for name in _RELAPSES if course[name].is_not_null().any() or name == "salvages"]
    rows = tuple(
        (
            row["patient_id"],
            *(levels[name].get(row["patient_id"], "\N{EN DASH}") for name in levels),
            *(_cell(name, row) for name in shown),
        )
        for row in course.iter_rows(named=True)
    )
    return Listing(
        ("patient_id", *levels, *shown),
        ("Patient", *(groupings[name].info.label for name in levels), *(_RELAPSES[name] for name in shown)),
        rows,
        name="relapses",
        caption="Relapses after transplant, with salvage and outcome",
        note=_counted(course),
    )


def _cell(name: str, row: Mapping[str, Any]) -> str:
    value = row[name]
    if name == "salvages" and value is None:
        return row["first_salvage"] or NOT_RECORDED
    if value is None:
        return NOT_RECORDED
    return value if isinstance(value, str) else f"{value:,.10g}"


def _counted(course: pl.DataFrame) -> str:
    """Say how many had what as first salvage, the most frequent first."""
    first = course["first_salvage"].fill_null(NOT_RECORDED)
    counts = first.value_counts().sort("count", "first_salvage", descending=[True, False])
    told = [f"{name} {count}" for name, count in counts.iter_rows()]
    return f"First salvage: {'; '.join(told)}. Days count from day 0." if told else "No relapse."
