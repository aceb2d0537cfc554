"""What counts can find: a day that differs from the centre's, counts that do not say, runs not completed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from dayzero.endpoints.course_findings import Check, run
from dayzero.records.findings import Finding, worst_first

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dayzero.endpoints.definition import DerivedEndpoint
    from dayzero.endpoints.graft.counts import Limit
    from dayzero.endpoints.options import Options
    from dayzero.records.places import Places


def about_counts(
    whole: pl.DataFrame, name: str, label: str, limit: Limit, options: Options, places: Places
) -> Iterator[Finding]:
    """Yield what the counts contradict or leave open, patient by patient.

    Parameters
    ----------
    whole : polars.DataFrame
        What the centre says beside what the counts show.
    name, label : str
        Of the endpoint.
    limit : Limit
    options : Options
    places : Places
    """
    transplanted = whole.filter(pl.col("first_day") == 0)
    yield from run(_checks(label, limit, options), transplanted, places, name)
    if limit.unsupported:
        counted = transplanted.filter(pl.col("count_day").is_not_null())
        silent = counted.filter(pl.col("transfused_row").is_null()).height
        if silent:
            yield Finding(
                "endpoints.never_transfused",
                "warning",
                f"{silent} of {counted.height} patients with platelet counts have no platelet transfusion: "
                "taken as never transfused, because the source lists transfusions of others",
                replace(places.where("treatments", None, None, None), item=name),
                hint="check that transfusions are recorded for everybody",
            )


def _checks(label: str, limit: Limit, options: Options) -> list[Check]:
    recovered = pl.col("recovery_day").is_not_null()
    used = "the counts are used" if options.engraftment_day == "derived" else "the centre's is used"
    return [
        Check(
            "endpoints.recovery_disagrees",
            "warning",
            pl.col("yes_day") != pl.col("recovery_day"),
            "events",
            "yes_row",
            f"the centre gives {label} on day {{yes_day}}, the counts on day {{recovery_day}}; {used}",
            "check the day against the counts",
        ),
        Check(
            "endpoints.recovery_disagrees",
            "warning",
            recovered & pl.col("no_row").is_not_null() & pl.col("yes_day").is_null(),
            "events",
            "no_row",
            f"the centre says no {label}, the counts show it on day {{recovery_day}}; {used}",
            "check the row against the counts",
        ),
        Check(
            "endpoints.recovery_disagrees",
            "warning",
            pl.col("not_in_counts"),
            "events",
            "yes_row",
            f"the centre gives {label} on day {{yes_day}}, the counts to day {{count_day}} do not show it; "
            f"{used}",
            "check the day against the counts",
        ),
        Check(
            "endpoints.recovery_not_confirmed",
            "warning",
            pl.col("use_counts") & ~recovered & (pl.col("last_reaches") == 1) & pl.col("problem").is_null(),
            "measurements",
            "count_row",
            f"the counts end on day {{count_day}} at or above {limit.words}, before 3 in a row show {label}; "
            "the patient is not counted as recovered",
            "add later counts, or the centre's day of recovery",
        ),
        Check(
            "endpoints.count_not_clear",
            "warning",
            pl.col("unclear_count_row").is_not_null(),
            "measurements",
            "unclear_count_row",
            f"a count whose operator or unit does not say whether it reaches {limit.words} ends a run",
            "record the count in 10^9/L, without < or >",
        ),
    ]


def transfusions_not_recorded(given: DerivedEndpoint, why: str, hint: str, places: Places) -> DerivedEndpoint:
    """Add to an endpoint by given days that counts are there, and why they cannot be used."""
    finding = Finding(
        "endpoints.transfusions_not_recorded",
        "warning",
        f"{why}; the days that the centre gives are used",
        replace(places.where("treatments", None, None, None), item=given.definition.name),
        hint=hint,
    )
    return replace(given, findings=worst_first([*given.findings, finding]))
