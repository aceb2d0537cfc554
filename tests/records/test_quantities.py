"""Numbers with operator and unit."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dayzero.records.cells import ErrorCell, Problem
from dayzero.records.quantities import Quantity, conversion, converted, read_number, read_quantity


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("12", Quantity(12.0)),
        ("-0.5", Quantity(-0.5)),
        (".5", Quantity(0.5)),
        ("1e-4", Quantity(1e-4)),
        ("1E5", Quantity(1e5)),
        ("1x10^-4", Quantity(1e-4)),
        ("2.5 × 10⁻⁵", Quantity(2.5e-5)),
        ("10^-4", Quantity(1e-4)),
        ("<0.01%", Quantity(0.01, "<", "%")),
        ("< 0.01 %", Quantity(0.01, "<", "%")),
        ("≤0.5", Quantity(0.5, "≤")),
        (">=5", Quantity(5.0, "≥")),
        ("=5", Quantity(5.0, "=")),
        ("500 /µL", Quantity(500.0, "", "/µL")),
        ("0,5", Quantity(0.5, comma=True)),
        ("0,125", Quantity(0.125, comma=True)),
        ("12,34", Quantity(12.34, comma=True)),
        ("1.234,5", Quantity(1234.5, comma=True)),
        ("1,234.5", Quantity(1234.5)),
        ("1,234,567", Quantity(1234567.0)),
    ],
)
def test_read(text: str, quantity: Quantity) -> None:
    assert read_quantity(text) == quantity


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("1,234", "ambiguous_comma"),
        ("12,345", "ambiguous_comma"),
        ("1,2,3", "ambiguous_comma"),
        ("1.2.3", "not_a_number"),
        ("nan", "not_a_number"),
        ("inf", "not_a_number"),
        ("1_000", "not_a_number"),
        ("twelve", "not_a_number"),
        ("<", "not_a_number"),
        ("٣", "not_a_number"),
    ],
)
def test_refused(text: str, rule: str) -> None:
    found = read_quantity(text)
    # "1_000" reads as 1 with the unit "_000", which no column accepts
    problem = found if isinstance(found, Problem) else read_number(text, "")[1]
    assert problem is not None
    assert problem.rule.removeprefix("records.") in (rule, "unknown_unit")


@pytest.mark.parametrize(
    ("cell", "unit", "value"),
    [
        (5, "", 5.0),
        ("12 months", "years", 1.0),
        ("1200 cGy", "Gy", 12.0),
        ("5.2 x10^6/kg", "10^6/kg", 5.2),
        ("unknown", "", None),
        ("", "", None),
        (None, "", None),
    ],
)
def test_number_column(cell: object, unit: str, value: float | None) -> None:
    found, problem, _ = read_number(cell, unit)  # type: ignore[arg-type]
    assert problem is None
    assert found == value


@pytest.mark.parametrize(
    ("cell", "unit", "rule"),
    [
        ("<2", "", "operator"),
        ("12 apples", "years", "unknown_unit"),
        (ErrorCell("#DIV/0!"), "", "error_cell"),
        (ErrorCell(""), "", "formula_without_value"),
        (True, "", "typed_cell"),
        (float("inf"), "", "not_a_number"),
        (float("nan"), "", "not_a_number"),
    ],
)
def test_number_column_refuses(cell: object, unit: str, rule: str) -> None:
    value, problem, _ = read_number(cell, unit)  # type: ignore[arg-type]
    assert value is None
    assert problem is not None
    assert problem.rule == f"records.{rule}"


def test_conversion_is_of_the_number_as_written() -> None:
    """0.03 * 0.01 in binary is not 0.0003; thresholds such as 1e-4 must hold exactly."""
    assert conversion("%", "fraction") == Fraction(1, 100)
    assert converted(0.03, Fraction(1, 100)) == 0.0003
    assert converted(0.01, Fraction(1, 100)) == 1e-4
    assert converted(700, Fraction(1, 1000)) == 0.7
    assert conversion("mg", "fraction") is None


@settings(deadline=None, max_examples=100)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_written_is_read_back(value: float) -> None:
    assert read_quantity(repr(value)) == Quantity(value)


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=15))
def test_any_text_is_read_or_refused(text: str) -> None:
    value, problem, _ = read_number(text, "")
    assert value is None or problem is None
