"""Engraftment days against each other."""

from __future__ import annotations

from typing import Final

import polars as pl

from dayzero.records.checks.rule import Facts, Rule, beside, together
from dayzero.records.kahn import ATEMPORAL, COMPLETENESS, COMPUTATIONAL, TEMPORAL, UNIQUENESS

#: Recovery of neutrophils and platelets: event, analyte, count in 10^9/L.
RECOVERIES: Final = (("neutrophil engraftment", "ANC", 0.5), ("platelet engraftment", "platelets", 20.0))
#: Before this day a graft cannot be judged to have failed.
FAILED: Final = 21
_HARMONISED: Final = "Sureda, BMT 2024;59:832"


def _platelets_first(facts: Facts) -> pl.DataFrame:
    neutrophils = facts.happened("neutrophil engraftment")
    first = neutrophils.group_by("patient_id", maintain_order=True).agg(
        pl.col("day").min().alias("neutrophils")
    )
    platelets = facts.happened("platelet engraftment")
    found = platelets.join(first, on="patient_id", how="inner", maintain_order="left")
    return found.filter(pl.col("day") < pl.col("neutrophils"))


def _twice(facts: Facts) -> pl.DataFrame:
    found = facts.happened("neutrophil engraftment", "platelet engraftment")
    ordered = found.sort("day", "row", maintain_order=True)
    first = pl.col("day").first().over("patient_id", "event")
    return ordered.with_columns(first=first).filter(pl.col("day") != pl.col("first"))


def _low_on_the_day(facts: Facts) -> pl.DataFrame:
    """Find engraftment days on which the count is below what engraftment means."""
    found = []
    for event, analyte, limit in RECOVERIES:
        low = (
            facts.measured(analyte)
            .group_by("patient_id", "day", maintain_order=True)
            .agg(pl.col("value").max().alias("count"))
        )
        day = facts.happened(event).join(low, on=["patient_id", "day"], how="inner", maintain_order="left")
        words = day.with_columns(analyte=pl.lit(analyte), limit=pl.lit(limit))
        found.append(words.filter(pl.col("count") < limit))
    return pl.concat(found)


def _without_counts(facts: Facts) -> pl.DataFrame:
    """Find patients with an engraftment day but no count, where others have counts."""
    engrafted = facts.happened("neutrophil engraftment").unique(
        "patient_id", keep="first", maintain_order=True
    )
    counted = facts.measured("ANC").filter(pl.col("day") >= 0).select("patient_id")
    if counted.is_empty():
        return engrafted.clear()
    without = engrafted.join(counted, on="patient_id", how="anti", maintain_order="left")
    return together(without, engrafted.height)


def _unusual_day(facts: Facts) -> pl.DataFrame:
    day, event = pl.col("day"), pl.col("event")
    neutrophils = (event == "neutrophil engraftment") & (day.is_between(1, 4) | (day > 100))
    platelets = (event == "platelet engraftment") & (day > 365)
    later = facts.transplants.filter(pl.col("day") > 0).select("patient_id")
    found = facts.happened("neutrophil engraftment", "platelet engraftment").filter(neutrophils | platelets)
    return found.join(later, on="patient_id", how="anti", maintain_order="left")


def _transfused_before(facts: Facts) -> pl.DataFrame:
    """Find platelet engraftment within seven days after a platelet transfusion."""
    given = facts.treatments.filter(pl.col("agent") == "platelet transfusion")
    last = given.select("patient_id", pl.coalesce("stop_day", "start_day").alias("transfused"))
    found = beside(facts.happened("platelet engraftment"), last)
    near = found.filter(pl.col("day").is_between(pl.col("transfused") + 1, pl.col("transfused") + 6))
    return near.unique("row", keep="last", maintain_order=True)


def _early_failure(facts: Facts) -> pl.DataFrame:
    return facts.happened("graft failure").filter(pl.col("day").is_between(1, FAILED - 1))


def _primary_after_engraftment(facts: Facts) -> pl.DataFrame:
    first = (
        facts.happened("neutrophil engraftment")
        .group_by("patient_id", maintain_order=True)
        .agg(pl.col("day").min().alias("engrafted"))
    )
    primary = pl.col("detail").str.to_lowercase().str.contains("primary")
    found = beside(facts.happened("graft failure").filter(primary), first)
    return found.filter(pl.col("day") >= pl.col("engrafted"))


def _failure_with_donor_cells(facts: Facts) -> pl.DataFrame:
    cells = facts.measured("chimerism").drop_nulls("value")
    seen = cells.select("patient_id", pl.col("day").alias("on"), pl.col("value").alias("donor_cells"))
    found = beside(facts.happened("graft failure"), seen.filter(pl.col("donor_cells") > 95))
    return found.filter((pl.col("on") - pl.col("day")).is_between(0, 7)).unique(
        "row", keep="first", maintain_order=True
    )


def _no_donor_cells(facts: Facts) -> pl.DataFrame:
    failed = facts.events.filter(pl.col("event").is_in(["graft failure", "relapse"])).select("patient_id")
    low = facts.measured("chimerism").filter(pl.col("value") < 5, pl.col("day") >= 28)
    none = low.sort("day", "row")
    return none.join(failed, on="patient_id", how="anti", maintain_order="left").unique(
        "patient_id", keep="first", maintain_order=True
    )


def _syndrome_far(facts: Facts) -> pl.DataFrame:
    first = (
        facts.happened("neutrophil engraftment")
        .group_by("patient_id", maintain_order=True)
        .agg(pl.col("day").min().alias("engrafted"))
    )
    found = beside(facts.happened("engraftment syndrome"), first)
    return found.filter((pl.col("day") - pl.col("engrafted")).abs() > 4)


RULES: Final[tuple[Rule, ...]] = (
    Rule(
        "records.platelets_before_neutrophils",
        "warning",
        "events",
        "date",
        "platelet engraftment on day {day}, before neutrophil engraftment on day {neutrophils}",
        _platelets_first,
        "valid if platelets never fell below 20 x 10^9/L; otherwise correct one of the two days",
        needs=("platelet engraftment",),
        kahn=TEMPORAL,
    ),
    Rule(
        "records.engraftment_twice",
        "warning",
        "events",
        "date",
        "{event} on day {day}, although it is also recorded on day {first}",
        _twice,
        "keep one, unless the graft was lost and a second one took",
        kahn=UNIQUENESS,
    ),
    Rule(
        "records.count_below_engraftment",
        "warning",
        "events",
        "date",
        "{event} on day {day}, but {analyte} of {count:g} x 10^9/L that day, below {limit:g}",
        _low_on_the_day,
        "correct the day, or the count",
        needs=(
            "ANC",
            "platelets",
        ),
        kahn=COMPUTATIONAL,
        source=_HARMONISED,
    ),
    Rule(
        "records.engraftment_without_counts",
        "note",
        "events",
        "date",
        "an engraftment day but no neutrophil count in {count} of {total}: {rows}",
        _without_counts,
        "add the counts: without them the day cannot be verified",
        needs=("ANC",),
        kahn=COMPLETENESS,
        source=_HARMONISED,
    ),
    Rule(
        "records.unusual_engraftment_day",
        "warning",
        "events",
        "date",
        "{event} on day {day} is unusual",
        _unusual_day,
        "correct the day, or add the second infusion that it followed",
        "neutrophils day 5 to 100, platelets up to day 365",
        needs=(
            "neutrophil engraftment",
            "platelet engraftment",
        ),
        kahn=TEMPORAL,
        source="judgement",
    ),
    Rule(
        "records.transfused_before_engraftment",
        "warning",
        "events",
        "date",
        "platelet engraftment on day {day}, although platelets were given on day {transfused}",
        _transfused_before,
        "correct one of the two days: recovery needs seven days without transfusion",
        needs=("platelet transfusion",),
        kahn=COMPUTATIONAL,
        source=_HARMONISED,
    ),
    Rule(
        "records.early_graft_failure",
        "warning",
        "events",
        "date",
        f"graft failure on day {{day}}, before day {FAILED}",
        _early_failure,
        "correct the day: primary failure is judged on day 30, after cord blood on day 42",
        needs=("graft failure",),
        kahn=TEMPORAL,
        source=_HARMONISED,
    ),
    Rule(
        "records.primary_failure_after_engraftment",
        "warning",
        "events",
        "detail",
        "primary graft failure on day {day}, but neutrophils engrafted on day {engrafted}",
        _primary_after_engraftment,
        "a graft lost after it took is a secondary failure",
        needs=("graft failure",),
        kahn=TEMPORAL,
        source=_HARMONISED,
    ),
    Rule(
        "records.failure_with_donor_cells",
        "warning",
        "events",
        "event",
        "graft failure on day {day}, but {donor_cells:g}% donor cells on day {on}",
        _failure_with_donor_cells,
        "is it poor graft function, or was the result entered for the recipient's cells?",
        needs=("graft failure",),
        kahn=ATEMPORAL,
        source=_HARMONISED,
    ),
    Rule(
        "records.no_donor_cells",
        "warning",
        "measurements",
        "value",
        "{value:g}% donor cells on day {day}, but no graft failure or relapse is recorded",
        _no_donor_cells,
        "add the graft failure, or was the result entered for the recipient's cells?",
        needs=("chimerism",),
        kahn=ATEMPORAL,
        source="absent chimerism: less than 5% donor cells (EBMT Handbook 2024, chapter 21)",
    ),
    Rule(
        "records.syndrome_far_from_engraftment",
        "note",
        "events",
        "date",
        "engraftment syndrome on day {day}, more than 4 days from neutrophil engraftment on day {engrafted}",
        _syndrome_far,
        "correct one of the two days, if one is wrong",
        needs=("engraftment syndrome",),
        kahn=TEMPORAL,
        source="within 96 hours of engraftment (Spitzer; EBMT Handbook 2024, chapter 42)",
    ),
)
