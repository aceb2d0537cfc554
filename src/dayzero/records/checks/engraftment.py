"""Engraftment days against each other."""

from __future__ import annotations

from typing import Final

import polars as pl

from dayzero.records.checks.rule import Facts, Rule


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


RULES: Final[tuple[Rule, ...]] = (
    Rule(
        "records.platelets_before_neutrophils",
        "warning",
        "events",
        "date",
        "platelet engraftment on day {day}, before neutrophil engraftment on day {neutrophils}",
        _platelets_first,
        "valid if platelets never fell below 20 x 10^9/L; otherwise correct one of the two days",
    ),
    Rule(
        "records.engraftment_twice",
        "warning",
        "events",
        "date",
        "{event} on day {day}, although it is also recorded on day {first}",
        _twice,
        "keep one, unless the graft was lost and a second one took",
    ),
)
