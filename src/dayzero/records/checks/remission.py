"""Remission at transplant against the relapses recorded."""

from __future__ import annotations

from typing import Final

import polars as pl

from dayzero.records.checks.rule import Facts, Rule
from dayzero.records.kahn import COMPUTATIONAL, TEMPORAL

#: The remission at transplant as a number.
NUMBERS: Final = {"CR1": 1, "CR2": 2, "CR3": 3, "CR4+": 4}
_SOURCE: Final = (
    "remission number = relapses before it + 1 (CIBMTR, response criteria of acute lymphoblastic leukaemia)"
)


def _remissions(facts: Facts) -> pl.DataFrame:
    """Return the first transplants in a numbered remission, with the relapses recorded before them."""
    before = facts.happened("relapse").filter(pl.col("day") <= 0)
    counted = before.group_by("patient_id", maintain_order=True).agg(
        pl.col("day").n_unique().alias("relapses")
    )
    number = pl.col("remission").replace_strict(NUMBERS, default=None, return_dtype=pl.Int64)
    first = facts.transplants.filter(pl.col("day") == 0).with_columns(number=number)
    found = first.drop_nulls("number").join(counted, on="patient_id", how="left", maintain_order="left")
    return found.with_columns(pl.col("relapses").fill_null(0))


def _relapses_counted(frame: pl.DataFrame) -> pl.DataFrame:
    words = pl.when(pl.col("relapses") == 1).then(pl.lit(" relapse")).otherwise(pl.lit(" relapses"))
    return frame.with_columns(counted=pl.col("relapses").cast(pl.String) + words)


def _more_relapses(facts: Facts) -> pl.DataFrame:
    many = (pl.col("relapses") >= pl.col("number")) & (pl.col("remission") != "CR4+")
    return _relapses_counted(_remissions(facts).filter(many))


def _fewer_relapses(facts: Facts) -> pl.DataFrame:
    found = _remissions(facts)
    if not found["relapses"].sum():
        return found.clear().with_columns(counted=pl.lit(""))
    return _relapses_counted(found.filter(pl.col("relapses") < pl.col("number") - 1))


def _relapse_without_remission(facts: Facts) -> pl.DataFrame:
    """Find relapses after a transplant without remission, when no remission is recorded in between."""
    active = facts.transplants.filter(pl.col("day") == 0, pl.col("remission") == "not in remission")
    reached = facts.happened("complete remission").filter(pl.col("day") >= 0)
    first = reached.group_by("patient_id", maintain_order=True).agg(pl.col("day").min().alias("remitted"))
    relapses = facts.happened("relapse").filter(pl.col("day") > 0)
    found = relapses.join(active.select("patient_id"), on="patient_id", how="semi", maintain_order="left")
    joined = found.join(first, on="patient_id", how="left", maintain_order="left")
    return joined.filter(pl.col("remitted").is_null() | (pl.col("remitted") > pl.col("day")))


RULES: Final[tuple[Rule, ...]] = (
    Rule(
        "records.more_relapses_than_remission",
        "warning",
        "transplants",
        "remission",
        "{remission} at transplant, but {counted} recorded before it",
        _more_relapses,
        "correct the remission, or the relapses",
        source=_SOURCE,
        kahn=COMPUTATIONAL,
    ),
    Rule(
        "records.fewer_relapses_than_remission",
        "note",
        "transplants",
        "remission",
        "{remission} at transplant, but only {counted} recorded before it",
        _fewer_relapses,
        "add the relapses that are missing in events",
        source=_SOURCE,
        kahn=COMPUTATIONAL,
    ),
    Rule(
        "records.relapse_without_remission",
        "warning",
        "events",
        "date",
        "relapse on day {day} of a patient not in remission at transplant, and no remission recorded since",
        _relapse_without_remission,
        "add the remission reached after transplant; without one this is progression, not relapse",
        source="relapse presupposes a complete remission (Buchmann, Blood 2022;139:1785)",
        kahn=TEMPORAL,
    ),
)
