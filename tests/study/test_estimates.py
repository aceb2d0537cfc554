"""Estimates at horizons: numbers by hand, exact intervals where they belong, and nothing beyond the data."""

from __future__ import annotations

import pytest

from dayzero.study.conventions import Choices
from dayzero.study.curves import draw
from dayzero.study.estimates import at_horizons, proportions, quantiles
from dayzero.study.sample import grouped_sample
from study.hand_made import by_letter, derived, fit, grouping, whole

TWELVE = [(day, 1 if day in (10, 20) else 0) for day in (10, 20, *range(30, 130, 10))]


def test_kaplan_meier_by_hand() -> None:
    # 12 patients, deaths on days 10 and 20, no censoring before: 10/12.
    (estimate,) = at_horizons(fit(whole("survival", *TWELVE)), (25,), "days").estimates
    assert estimate.id == "E.25"
    assert estimate.estimate == pytest.approx(10 / 12, abs=1e-12)
    assert estimate.std_err == pytest.approx((10 / 12 * 2 / 12 / 12) ** 0.5, abs=1e-12)
    assert (estimate.n, estimate.events, estimate.at_risk) == (12, 2, 10)
    assert (estimate.conf_type, estimate.method, estimate.note) == ("log-log", "Kaplan-Meier", "")
    assert 0 < estimate.lower < estimate.estimate < estimate.upper < 1  # type: ignore[operator]


def test_an_event_on_the_horizon_counts() -> None:
    sample = whole("survival", (20, 1), *[(100, 0)] * 11)
    at, before = at_horizons(fit(sample), (19, 20), "days").estimates
    assert at.events == 0
    assert before.events == 1
    assert before.estimate == pytest.approx(11 / 12)


def test_an_event_on_a_horizon_in_months_counts() -> None:
    sample = whole("survival", (12 * 30.4375, 1), *[(800, 0)] * 11)
    (estimate,) = at_horizons(fit(sample), (12,), "months").estimates
    assert estimate.events == 1
    assert estimate.unit == "months"


def test_aalen_johansen_by_hand() -> None:
    # Day 10: relapse, 12 at risk; day 20: death, 11 at risk; day 30: censored; day 40: relapse, 9 at risk.
    rows = [(10, 1), (20, 2), (30, 0), (40, 1), *[(100, 0)] * 8]
    (estimate,) = at_horizons(fit(whole("incidence", *rows)), (50,), "days").estimates
    assert estimate.estimate == pytest.approx(1 / 12 + 10 / 12 * 1 / 9, abs=1e-12)
    assert estimate.method == "Aalen-Johansen"
    assert estimate.events == 2


def test_no_event_without_censoring_is_clopper_pearson() -> None:
    (estimate,) = at_horizons(fit(whole("incidence", *[(100, 0)] * 20)), (50,), "days").estimates
    assert (estimate.estimate, estimate.lower) == (0.0, 0.0)
    assert estimate.upper == pytest.approx(1 - 0.025 ** (1 / 20), abs=1e-12)
    assert estimate.conf_type == "Clopper-Pearson (exact)"
    assert estimate.std_err is None
    assert estimate.note == "no event: exact interval"


def test_everyone_alive_without_censoring_is_clopper_pearson() -> None:
    (estimate,) = at_horizons(fit(whole("survival", *[(100, 0)] * 20)), (50,), "days").estimates
    assert (estimate.estimate, estimate.upper) == (1.0, 1.0)
    assert estimate.lower == pytest.approx(0.025 ** (1 / 20), abs=1e-12)


def test_no_event_with_censoring_is_wider_than_if_all_had_been_seen() -> None:
    rows = [(day, 0) for day in range(10, 210, 10)]
    (estimate,) = at_horizons(fit(whole("survival", *rows)), (100,), "days").estimates
    assert estimate.conf_type == "beta product (exact)"
    assert estimate.upper == 1.0
    # Ten of twenty were followed past day 100: as if they alone had been observed.
    assert estimate.lower == pytest.approx(0.025 ** (1 / 10), abs=1e-9)


def test_no_event_among_competing_deaths_has_an_upper_limit() -> None:
    rows = [(10, 2), (20, 0), *[(100, 0)] * 18]
    (estimate,) = at_horizons(fit(whole("incidence", *rows)), (50,), "days").estimates
    assert (estimate.estimate, estimate.lower) == (0.0, 0.0)
    assert 0.1 < estimate.upper < 0.25  # type: ignore[operator]
    assert estimate.conf_type == "beta product"


def test_fewer_than_ten_patients_get_exact_intervals() -> None:
    result = at_horizons(fit(whole("survival", (10, 1), *[(100, 0)] * 8)), (50,), "days")
    (estimate,) = result.estimates
    assert estimate.estimate == pytest.approx(8 / 9)
    assert estimate.conf_type == "Clopper-Pearson (exact)"
    assert "9 patients: exact interval" in estimate.note
    assert "guard.small_sample" in {finding.id for finding in result.findings}


def test_everyone_dead_is_no_certainty() -> None:
    (estimate,) = at_horizons(fit(whole("survival", *[(10, 1)] * 12)), (50,), "days").estimates
    assert (estimate.estimate, estimate.lower) == (0.0, 0.0)
    assert estimate.upper == pytest.approx(1 - 0.025 ** (1 / 12), abs=1e-12)
    assert estimate.note.startswith("estimate of 0%: exact interval")
    assert "complete" in estimate.note


@pytest.mark.parametrize("n", [5, 12, 20, 78])
def test_everyone_with_the_event_has_an_upper_limit_of_one(n: int) -> None:
    rows = [(day, 1) for day in range(1, n + 1)]
    (estimate,) = at_horizons(fit(whole("incidence", *rows)), (100,), "days").estimates
    assert estimate.estimate == pytest.approx(1, abs=1e-12)
    assert estimate.upper == 1.0
    assert estimate.lower == pytest.approx(0.025 ** (1 / n), abs=1e-9)
    assert estimate.std_err is None


def test_beyond_follow_up_is_withheld() -> None:
    result = at_horizons(fit(whole("survival", (10, 1), *[(40, 0)] * 11)), (50,), "days")
    (estimate,) = result.estimates
    assert (estimate.estimate, estimate.lower, estimate.upper, estimate.std_err) == (None, None, None, None)
    assert estimate.note == "not estimable: follow-up of this group ends at 40 days"
    assert [finding.id for finding in result.findings] == ["guard.beyond_follow_up"]


def test_a_complete_curve_holds_beyond_its_end() -> None:
    # All twelve had relapse or death: 5 relapses of 12, at any later time too.
    rows = [(10, 1)] * 5 + [(20, 2)] * 7
    (estimate,) = at_horizons(fit(whole("incidence", *rows)), (50,), "days").estimates
    assert estimate.estimate == pytest.approx(5 / 12)
    assert estimate.at_risk == 0


def test_few_at_risk_is_said_beside_the_number() -> None:
    rows = [(10, 1), *[(20, 0)] * 9, (100, 0), (100, 0)]
    result = at_horizons(fit(whole("survival", *rows)), (50,), "days")
    assert result.estimates[0].note == "2 at risk"
    assert "guard.few_at_risk" in {finding.id for finding in result.findings}


def test_groups_in_their_order_with_ids() -> None:
    rows = [(10, 1), *[(100, 0)] * 23]
    found = at_horizons(fit(by_letter("survival", "ab" * 12, *rows)), (20, 50), "days").estimates
    assert [e.id for e in found] == ["E.g.a.20", "E.g.a.50", "E.g.b.20", "E.g.b.50"]
    assert [e.group for e in found] == ["a", "a", "b", "b"]
    assert [e.events for e in found] == [1, 1, 0, 0]


def test_a_level_without_eligible_patients_has_no_estimate() -> None:
    sample = grouped_sample(derived("survival", *[(100, 0)] * 12), grouping("a" * 12 + "b"))
    a, b = at_horizons(fit(sample), (50,), "days").estimates
    assert a.n == 12
    assert (b.n, b.estimate, b.note) == (0, None, "no eligible patient")


def test_the_convention_is_followed() -> None:
    sample = whole("survival", *TWELVE)
    plain = at_horizons(fit(sample, Choices("x", "plain", "aalen", 0.9)), (25,), "days").estimates[0]
    half = 1.6448536269514722 * (10 / 12 * 2 / 12 / 12) ** 0.5
    assert plain.lower == pytest.approx(10 / 12 - half, abs=1e-12)
    assert (plain.conf_type, plain.conf_level) == ("plain", 0.9)


def test_survival_as_proportion() -> None:
    (estimate,) = proportions(
        whole("survival", *[(day, 0) for day in (52, 59, 177, 899, 1015)]), 0.95, "days"
    ).estimates
    assert (estimate.id, estimate.time) == ("E.proportion", None)
    assert (estimate.estimate, estimate.events, estimate.upper) == (1.0, 0, 1.0)
    assert estimate.lower == pytest.approx(0.025 ** (1 / 5), abs=1e-12)  # 47.8%


def test_incidence_as_proportion() -> None:
    (estimate,) = proportions(whole("incidence", *[(100, 0)] * 5), 0.95, "days").estimates
    assert estimate.upper == pytest.approx(1 - 0.025 ** (1 / 5), abs=1e-12)  # 52.2%


def test_a_death_lowers_survival_as_proportion() -> None:
    (estimate,) = proportions(whole("survival", (10, 1), *[(100, 0)] * 3), 0.95, "days").estimates
    assert (estimate.estimate, estimate.events) == (0.75, 1)
    assert 0 < estimate.lower < 0.75 < estimate.upper < 1  # type: ignore[operator]


def test_uneven_follow_up_of_a_proportion_is_said() -> None:
    result = proportions(whole("survival", (52, 0), (1015, 0)), 0.95, "days")
    assert "52 to 1,015 days" in result.findings[0].what


def test_median_by_hand() -> None:
    rows = [(day, 1) for day in range(10, 130, 10)]
    (median,) = quantiles(fit(whole("survival", *rows)), (0.5,), "days")
    assert (median.id, median.estimate) == ("E.median", 65.0)  # flat at exactly one half from 60 to 70


def test_quantile_not_reached() -> None:
    (low, median) = quantiles(fit(whole("survival", *TWELVE)), (0.1, 0.5), "days")
    assert low.estimate == 20.0
    assert (median.estimate, median.upper, median.note) == (None, None, "not reached")
    assert low.id == "E.q10"


@pytest.mark.parametrize("kind", ["survival", "incidence"])
@pytest.mark.parametrize("rows", [[(0, 1)], [(0, 0)], [(5, 0)], [(0, 1)] * 12, [(3, 1)] * 2])
def test_tiny_and_degenerate_samples_have_an_answer(kind: str, rows: list[tuple[float, int]]) -> None:
    fitted = fit(whole(kind, *rows))
    (estimate,) = at_horizons(fitted, (3,), "days").estimates
    if estimate.estimate is None:
        assert "not estimable" in estimate.note
    else:
        assert estimate.lower is not None
        assert estimate.upper is not None
        assert 0 <= estimate.lower <= estimate.estimate <= estimate.upper <= 1
        assert estimate.upper - estimate.lower > 0.1
    assert quantiles(fitted, (0.5,), "days")[0].id == "E.median"
    assert draw(fitted, (0, 3), "days")[0].at_risk[0] == len(rows)
