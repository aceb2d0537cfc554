"""MRD: percentages entered as fractions, results below what the assay sees, results that contradict."""

from __future__ import annotations

from typing import Final

import polars as pl

from dayzero.records.checks.rule import Facts, Rule, beside, rows_where, together
from dayzero.records.kahn import ATEMPORAL, COMPLETENESS, VALUE

_MRD: Final = pl.col("analyte") == "MRD"
_VALUE: Final = pl.col("value")
_SENSITIVITY: Final = pl.col("sensitivity")
#: A negative result tells of MRD only when the assay sees this fraction of cells.
NEEDED: Final = 1e-4
_RECORD: Final = "0.01% is the fraction 10^-4 (EuroMRD, van der Velden, Leukemia 2007;21:604)"
_PERCENT: Final = "is it a percentage? write 0.01% with its sign, or give the unit"


def _hundredfold(facts: Facts) -> pl.DataFrame:
    """Find two results of a day and specimen that differ by exactly one hundred."""
    found = facts.measured("MRD").filter(_VALUE > 0)
    keys = ("patient_id", "day", "specimen")
    other = found.select(*keys, pl.col("value").alias("other"))
    pairs = found.join(other, on=keys, how="inner", nulls_equal=True, maintain_order="left")
    ratio = pl.col("value") / pl.col("other")
    return pairs.filter((ratio / 100 - 1).abs() < 1e-9).unique("row", keep="first", maintain_order=True)


def _low_with_blasts(facts: Facts) -> pl.DataFrame:
    blasts = facts.measured("blasts").filter(_VALUE >= 5)
    many = blasts.select("patient_id", pl.col("day").alias("seen"), _VALUE.alias("blasts"))
    low = (_VALUE < 1e-3) | (pl.col("text") == "negative")
    blood = pl.col("specimen").fill_null("").str.to_lowercase().str.contains("blood|csf")
    found = beside(facts.measured("MRD").filter(low, ~blood), many)
    return found.filter(pl.col("day") == pl.col("seen")).unique("row", keep="first", maintain_order=True)


def _molecular_negative(facts: Facts) -> pl.DataFrame:
    days = facts.happened("molecular relapse").select("patient_id", pl.col("day").alias("relapsed"))
    found = beside(facts.measured("MRD").filter(pl.col("text") == "negative"), days)
    return found.filter(pl.col("day") == pl.col("relapsed"))


def _insensitive(facts: Facts) -> pl.DataFrame:
    negative = facts.measurements.filter(_MRD, pl.col("text") == "negative")
    return together(negative.filter(_SENSITIVITY > NEEDED), negative.height)


def _without_specimen(facts: Facts) -> pl.DataFrame:
    found = facts.measurements.filter(_MRD)
    if not facts.has("measurements", "specimen", "MRD"):
        return found.clear()
    return together(found.filter(pl.col("specimen").is_null()), found.height)


RULES: Final[tuple[Rule, ...]] = (
    Rule(
        "records.mrd_bound_above_sensitivity",
        "warning",
        "measurements",
        "value",
        "MRD below {value:g} by an assay that sees {sensitivity:g}: the bound is far above what it sees",
        rows_where("measurements", _MRD, pl.col("operator").is_in(["<", "≤"]), _VALUE >= 10 * _SENSITIVITY),
        _PERCENT,
        needs=("MRD",),
        kahn=VALUE,
        source=_RECORD,
    ),
    Rule(
        "records.mrd_below_sensitivity",
        "warning",
        "measurements",
        "value",
        "MRD of {value:g} by an assay that sees {sensitivity:g} at best",
        rows_where("measurements", _MRD, pl.col("operator") == "=", _VALUE > 0, _VALUE < 0.5 * _SENSITIVITY),
        "was a fraction given with a percent sign, or a sensitivity as a percentage?",
        needs=("MRD",),
        kahn=VALUE,
        source=_RECORD,
    ),
    Rule(
        "records.sensitivity_as_percent",
        "warning",
        "measurements",
        "sensitivity",
        "a sensitivity of {sensitivity:g} is one cell in a hundred or worse",
        rows_where("measurements", _MRD, _SENSITIVITY >= 0.01),
        f"{_PERCENT}; flow cytometry sees about 0.0001, PCR 0.00001",
        needs=("MRD",),
        kahn=VALUE,
        source=_RECORD,
    ),
    Rule(
        "records.mrd_hundredfold",
        "warning",
        "measurements",
        "value",
        "MRD of {value:g} is exactly a hundred times another result of the same day and specimen",
        _hundredfold,
        _PERCENT,
        needs=("MRD",),
        kahn=VALUE,
        source=_RECORD,
    ),
    Rule(
        "records.low_mrd_with_blasts",
        "warning",
        "measurements",
        "value",
        "low or negative MRD on day {day}, but {blasts:g}% blasts that day",
        _low_with_blasts,
        "correct the unit, the day or the blasts",
        needs=("MRD",),
        kahn=ATEMPORAL,
    ),
    Rule(
        "records.negative_mrd_in_molecular_relapse",
        "warning",
        "measurements",
        "value",
        "negative MRD on day {day}, the day of a molecular relapse",
        _molecular_negative,
        "correct the result, or the day of the molecular relapse",
        needs=("MRD",),
        kahn=ATEMPORAL,
    ),
    Rule(
        "records.insensitive_negative_mrd",
        "note",
        "measurements",
        "sensitivity",
        f"negative MRD by an assay that sees no less than {NEEDED:g} in {{count}} of {{total}}: {{rows}}",
        _insensitive,
        "such a result does not count as MRD negative",
        needs=("MRD",),
        kahn=ATEMPORAL,
        source="negative: undetectable at a sensitivity of 0.01% or better (ELN, Gökbuget, Blood 2024)",
    ),
    Rule(
        "records.mrd_without_specimen",
        "note",
        "measurements",
        "specimen",
        "the specimen of MRD is missing in {count} of {total}: {rows}",
        _without_specimen,
        "marrow and blood are not the same result",
        needs=("MRD",),
        kahn=COMPLETENESS,
        source=_RECORD,
    ),
)
