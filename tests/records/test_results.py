"""Laboratory results: number, operator and unit, or a word; never one for the other."""

from __future__ import annotations

import pytest

from dayzero.records.results import Result, read_results


def one(
    cell: object, analyte: str = "MRD", operator: str | None = None, unit: str | None = None
) -> Result | str:
    results, problems = read_results([cell], [analyte], [operator], [unit])  # type: ignore[list-item]
    return problems[0][1].rule.removeprefix("records.") if problems else results[0]


@pytest.mark.parametrize(
    ("cell", "operator", "unit", "result"),
    [
        ("<0.01%", None, None, Result(1e-4, "<", "fraction", "<0.01%")),
        ("0.01", "<", "%", Result(1e-4, "<", "fraction", "0.01")),
        ("<0.01", "<", "%", Result(1e-4, "<", "fraction", "<0.01")),
        ("1e-4", None, None, Result(1e-4, "=", "fraction", "1e-4")),
        (0.0003, None, None, Result(0.0003, "=", "fraction", "0.0003")),
        ("5%", None, "percent", Result(0.05, "=", "fraction", "5%")),
        ("negative", None, None, Result(None, None, None, "negative")),
        ("NEG", None, None, Result(None, None, None, "negative")),
        ("pos", None, None, Result(None, None, None, "positive")),
        ("PNQ", None, None, Result(None, None, None, "positive not quantifiable")),
        ("not done", None, None, Result(None, None, None, "not done")),
        ("unknown", None, None, Result(None, None, None, "unknown")),
        ("not applicable", None, None, Result(None, None, None, "not applicable")),
        (None, None, None, Result()),
    ],
)
def test_mrd(cell: object, operator: str | None, unit: str | None, result: Result) -> None:
    assert one(cell, "MRD", operator, unit) == result


@pytest.mark.parametrize("cell", ["<LLOQ", "< LOQ", "below LLOQ", "Detected, <LLOQ", "detected <LLOQ"])
def test_viral_dna_below_the_limit_of_quantification_is_seen_but_not_quantified(cell: str) -> None:
    assert one(cell, "CMV DNA", None, "IU/mL") == Result(None, None, "IU/mL", "positive not quantifiable")


def test_mrd_below_the_limit_of_quantification_must_say_whether_something_was_seen() -> None:
    assert one("<LOQ") == "not_a_number"
    _, ((_, problem),) = read_results(["<LOQ"], ["MRD"], [None], [None])
    assert "positive not quantifiable" in (problem.allowed or "")


@pytest.mark.parametrize(
    ("analyte", "cell", "unit", "value", "remains"),
    [
        ("ANC", 500, "/µL", 0.5, "10^9/L"),
        ("ANC", "0.5", None, 0.5, "10^9/L"),
        ("ANC", "0.5 x10^9/L", None, 0.5, "10^9/L"),
        ("platelets", 20, "G/L", 20.0, "10^9/L"),
        ("platelets", 20000, "/mm3", 20.0, "10^9/L"),
        ("chimerism", "98.4%", None, 98.4, "%"),
        ("CMV DNA", 1500, "IU/mL", 1500.0, "IU/mL"),
        ("ANC", "450 / µl", None, 0.45, "10^9/L"),
        ("ANC", "450 cells/mm³", None, 0.45, "10^9/L"),
        ("ANC", "2.3x10e9/L", None, 2.3, "10^9/L"),
        ("ANC", "0.45", "10*3/uL", 0.45, "10^9/L"),
        ("ANC", "0.45", "x10⁹/l", 0.45, "10^9/L"),
        ("ANC", "450", "{cells}/mcL", 0.45, "10^9/L"),
        ("ANC", "450", "per µL", 0.45, "10^9/L"),
        ("MRD", "<10⁻⁴", None, 1e-4, "fraction"),
        ("MRD", "2.5·10^-3", None, 0.0025, "fraction"),
        ("MRD", "0.5‰", None, 0.0005, "fraction"),
        ("creatinine", "0.0884 mmol/L", None, 1.0, "mg/dL"),
        ("haemoglobin", "85", "g/L", 8.5, "g/dL"),
    ],
)
def test_units(analyte: str, cell: object, unit: str | None, value: float, remains: str) -> None:
    result = one(cell, analyte, None, unit)
    assert isinstance(result, Result)
    assert (result.value, result.unit) == (value, remains)


@pytest.mark.parametrize(
    ("analyte", "cell", "operator", "unit", "rule"),
    [
        ("MRD", 5, None, None, "mrd_above_one"),
        ("MRD", "150%", None, None, "mrd_above_one"),
        ("MRD", "1", None, "copies", "unknown_unit"),
        ("MRD", "<0.01%", ">", None, "operator_conflict"),
        ("MRD", "0.01%", None, "fraction", "unit_conflict"),
        ("MRD", "-1", None, None, "implausible_number"),
        ("ANC", 500, None, None, "unit_missing"),
        ("ANC", 500, None, "10^9/L", "implausible_number"),
        ("ANC", 250_000, None, None, "implausible_number"),
        ("platelets", 45_000, None, None, "unit_missing"),
        ("creatinine", 35, None, None, "unit_missing"),
        ("creatinine", 0.4, None, None, "unit_assumed"),
        ("bilirubin", 171, None, None, "unit_missing"),
        ("bilirubin", 17, None, None, "unit_assumed"),
        ("haemoglobin", 85, None, None, "unit_missing"),
        ("MRD", "maybe", None, None, "not_a_number"),
        ("MRD", True, None, None, "typed_cell"),
    ],
)
def test_refused(analyte: str, cell: object, operator: str | None, unit: str | None, rule: str) -> None:
    assert one(cell, analyte, operator, unit) == rule
