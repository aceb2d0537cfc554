from __future__ import annotations

import pytest

from dayzero.report import format as fmt


@pytest.mark.parametrize(
    ("fraction", "printed"),
    [
        (0.722, "72.2%"),
        (0.0, "0%"),
        (1.0, "100%"),
        (0.0004, "<0.1%"),
        (0.0005, "0.1%"),
        (0.9996, ">99.9%"),
        (0.9994, "99.9%"),
        (1 - 1e-16, "100%"),
        (0.99999, ">99.9%"),
        (None, "not estimable"),
    ],
)
def test_percent_prints_none_and_all_only_when_they_are_exact(fraction: float | None, printed: str) -> None:
    assert fmt.percent(fraction) == printed


@pytest.mark.parametrize(
    ("p", "printed"),
    [
        (0.18, "0.18"),
        (0.0504, "0.05"),
        (0.0496, "0.05"),
        (0.0478, "0.048"),
        (0.0523, "0.052"),
        (0.0549, "0.055"),
        (0.0551, "0.06"),
        (0.0234, "0.023"),
        (0.001, "0.001"),
        (0.00099, "< 0.001"),
        (0.0, "< 0.001"),
        (0.996, "> 0.99"),
        (1.0, "> 0.99"),
        (None, "not estimable"),
    ],
)
def test_p_value_as_in_the_papers(p: float | None, printed: str) -> None:
    assert fmt.p_value(p) == printed


def test_p_equals_has_one_sign() -> None:
    assert fmt.p_equals(0.18) == "p = 0.18"
    assert fmt.p_equals(0.0001) == "p < 0.001"
    assert fmt.p_equals(None) == "p not estimable"


@pytest.mark.parametrize(
    ("lower", "upper", "printed"),
    [
        (0.591, 0.99, "59.1–99.0%"),
        (0.0, 0.522, "0–52.2%"),
        (0.478, 1.0, "47.8–100%"),
        (0.0001, 0.3, "<0.1–30.0%"),
        (None, None, "not estimable"),
        (0.2, None, "20.0 to not estimable"),
    ],
)
def test_interval_of_a_probability(lower: float | None, upper: float | None, printed: str) -> None:
    assert fmt.percent_interval(lower, upper) == printed


def test_limits_that_are_negative_or_words_are_joined_by_to() -> None:
    assert fmt.span("1.2", "3.4") == "1.2–3.4"
    assert fmt.span("−1.2", "3.4") == "−1.2 to 3.4"
    assert fmt.span("6.10", "not reached") == "6.10 to not reached"


@pytest.mark.parametrize(
    ("value", "unit", "printed"),
    [
        (23.2279, "months", "23.23"),
        (1015.0, "days", "1,015"),
        (176.5, "days", "176.5"),
        (2.0, "years", "2.00"),
        (None, "months", "not reached"),
    ],
)
def test_duration(value: float | None, unit: str, printed: str) -> None:
    assert fmt.duration(value, unit) == printed


def test_horizons_and_units() -> None:
    assert fmt.horizon(24, "months") == "24 months"
    assert fmt.horizon(1, "years") == "1 year"
    assert fmt.horizon(100, "days") == "day 100"
    assert fmt.horizon_adjective(24, "months") == "24-month"
    assert fmt.horizon_adjective(0.5, "years") == "0.5-year"
    assert fmt.with_unit("not reached", "months") == "not reached"


def test_a_calendar_year_has_no_comma() -> None:
    assert [fmt.measured(value, "year") for value in (2019.0, 2018.5)] == ["2019", "2018.5"]
    assert fmt.measured(1015.0, "ferritin") == "1,015"


def test_measured_values() -> None:
    assert [fmt.plain(v) for v in (8.0, 13.5, 98.4, 1015.0, -0.5, None)] == [
        "8",
        "13.5",
        "98.4",
        "1,015",
        "\N{MINUS SIGN}0.5",
        "not estimable",
    ]


def test_english() -> None:
    assert fmt.listed(["a"]) == "a"
    assert fmt.listed(["a", "b", "c"]) == "a, b and c"
    assert fmt.listed([]) == ""
    assert fmt.plural(1, "patient") == "1 patient"
    assert fmt.plural(0, "patient") == "0 patients"
    assert fmt.inside("Overall survival") == "overall survival"
    assert fmt.inside("CMV reactivation") == "CMV reactivation"
    assert fmt.inside("MRD negative") == "MRD negative"
    assert fmt.inside("aGVHD") == "aGVHD"
    assert fmt.confidence(0.95) == "95% CI"
    assert fmt.confidence(0.9, exact=True) == "exact 90% CI"
