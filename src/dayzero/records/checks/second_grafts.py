"""Several infusions of one patient against each other: numbers, order, distance, remission."""

from __future__ import annotations

from typing import Final

import polars as pl

from dayzero.records.checks.remission import NUMBERS
from dayzero.records.checks.rule import Facts, Rule
from dayzero.records.kahn import COMPLETENESS, TEMPORAL, UNIQUENESS

#: Transplants are counted; a boost and donor lymphocytes are not.
COUNTED: Final = ("allogeneic", "autologous", "syngeneic")
#: Two allogeneic infusions closer than this are rarely two transplants.
CLOSE: Final = 14


def _counted(facts: Facts) -> pl.DataFrame:
    return facts.transplants.filter(pl.col("type").is_in(COUNTED), pl.col("day").is_not_null()).sort(
        "patient_id", "day", "row"
    )


def _same_number(facts: Facts) -> pl.DataFrame:
    found = _counted(facts).drop_nulls("number")
    first = pl.col("day").first().over("patient_id", "number")
    return found.with_columns(first=first).filter(pl.col("day") != pl.col("first"))


def _without_first(facts: Facts) -> pl.DataFrame:
    found = _counted(facts).unique("patient_id", keep="first", maintain_order=True)
    return found.filter(pl.col("number") > 1)


def _close(facts: Facts) -> pl.DataFrame:
    found = _counted(facts).filter(pl.col("type") == "allogeneic")
    before = found.with_columns(before=pl.col("day").shift(1).over("patient_id"))
    apart = pl.col("day") - pl.col("before")
    return before.filter(apart > 0, apart <= CLOSE).with_columns(apart=apart)


def _earlier_remission(facts: Facts) -> pl.DataFrame:
    number = pl.col("remission").replace_strict(NUMBERS, default=None, return_dtype=pl.Int64)
    found = _counted(facts).with_columns(reached=number).drop_nulls("reached")
    before = found.with_columns(
        before=pl.col("reached").shift(1).over("patient_id"),
        was=pl.col("remission").shift(1).over("patient_id"),
    )
    return before.filter(pl.col("reached") < pl.col("before"))


def _cells_before_graft(facts: Facts) -> pl.DataFrame:
    first = (
        _counted(facts).group_by("patient_id", maintain_order=True).agg(pl.col("day").min().alias("first"))
    )
    cells = facts.transplants.filter(pl.col("type").is_in(["boost", "DLI"]), pl.col("day").is_not_null())
    found = cells.join(first, on="patient_id", how="inner", maintain_order="left")
    return found.filter(pl.col("day") < pl.col("first"))


RULES: Final[tuple[Rule, ...]] = (
    Rule(
        "records.transplant_number_twice",
        "warning",
        "transplants",
        "number",
        "transplant number {number} on day {day} has the same number as that on day {first}",
        _same_number,
        "number the transplants of a patient in the order of their days",
        kahn=UNIQUENESS,
    ),
    Rule(
        "records.earlier_transplant_missing",
        "note",
        "transplants",
        "number",
        "the first transplant recorded is number {number}: an earlier one is not recorded",
        _without_first,
        "add the earlier transplant: if it was allogeneic, it is day 0",
        kahn=COMPLETENESS,
    ),
    Rule(
        "records.transplants_close",
        "warning",
        "transplants",
        "type",
        "a second allogeneic transplant {apart} days after the one before",
        _close,
        "if it is part of the same infusion, give its first day once; if it is a boost, its type is boost",
        f"more than {CLOSE} days apart",
        kahn=TEMPORAL,
        source="judgement",
    ),
    Rule(
        "records.remission_goes_back",
        "error",
        "transplants",
        "remission",
        "{remission} at this transplant, but {was} at the one before",
        _earlier_remission,
        "correct one of the two: the number of a remission never falls",
        kahn=TEMPORAL,
        source="remission number = relapses before it + 1 (CIBMTR, response criteria of acute "
        "lymphoblastic leukaemia)",
    ),
    Rule(
        "records.cells_before_transplant",
        "error",
        "transplants",
        "date",
        "{type} on day {day}, before the first transplant on day {first}",
        _cells_before_graft,
        "correct the date, or the type",
        "after a transplant",
        needs=(
            "boost",
            "DLI",
        ),
        kahn=TEMPORAL,
    ),
)
