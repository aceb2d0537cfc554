"""Intervals for few patients."""

from __future__ import annotations

import numpy as np
import pytest

from dayzero import stats
from dayzero.errors import RefusalError


def test_no_event_among_eight_gives_the_exact_bound():
    """0 of 8: S >= 0.025 ** (1/8) = 0.6306, where Wald types have nothing or [1, 1]."""
    row = stats.kaplan_meier([9] * 8, [0] * 8, conf_type="beta").at(5)
    assert row["lower"][0] == pytest.approx(0.025 ** (1 / 8), rel=1e-12)
    assert row["upper"][0] == 1
    row = stats.cumulative_incidence([9] * 8, [0] * 8, conf_type="beta").at(5)
    assert row["lower"][0] == 0
    assert row["upper"][0] == pytest.approx(1 - 0.025 ** (1 / 8), rel=1e-12)


@pytest.mark.parametrize("dead", range(9))
def test_without_censoring_it_is_clopper_and_pearson(dead):
    time = [1 + k if k < dead else 20 for k in range(8)]
    event = [1 if k < dead else 0 for k in range(8)]
    row = stats.kaplan_meier(time, event, conf_type="beta").at(10)
    exact = stats.proportion(8 - dead, 8)
    assert row["lower"][0] == pytest.approx(exact.lower, rel=1e-9, abs=1e-12)
    assert row["upper"][0] == pytest.approx(exact.upper, rel=1e-9)


@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize("relapsed", range(7))
def test_without_censoring_the_incidence_is_clopper_and_pearson_whatever_competes(relapsed, tied):
    cause = np.array([1] * relapsed + [2] * (6 - relapsed) + [0] * 4)
    time = np.where(cause > 0, 3 if tied else 1 + np.arange(10) * 7 % 6, 20)
    row = stats.cumulative_incidence(time, cause, conf_type="beta").at(10)
    exact = stats.proportion(relapsed, 10)
    assert row["lower"][0] == pytest.approx(exact.lower, rel=1e-9, abs=1e-12)
    assert row["upper"][0] == pytest.approx(exact.upper, rel=1e-9)


def test_without_competing_causes_the_incidence_mirrors_survival():
    time, event = [1, 2, 2, 4, 5, 7, 9], [1, 0, 1, 1, 0, 0, 1]
    survival = stats.kaplan_meier(time, event, conf_type="beta").limits
    incidence = stats.cumulative_incidence(time, event, conf_type="beta").limits
    np.testing.assert_allclose(incidence[0], 1 - survival[1], atol=1e-12)
    np.testing.assert_allclose(incidence[1], 1 - survival[0], atol=1e-12)


def test_moments_by_hand():
    """Death day 1 of 4, censored day 2, death day 3 of 2, one left.

    W+ at day 3 = Beta(4, 1) Beta(2, 1): means 4/5 2/3 = 8/15, squares 4/6 2/4 = 1/3
    W- has one more Beta(1, 1): 4/15 and 1/9
    A beta with mean m and second moment s has a = m (m - s) / (s - m^2).
    """
    from scipy.special import betaincinv

    row = stats.kaplan_meier([1, 2, 3, 4], [1, 0, 1, 0], conf_type="beta").at(3)

    def quantile(m, s, p):
        scale = (m - s) / (s - m * m)
        return betaincinv(m * scale, (1 - m) * scale, p)

    assert row["upper"][0] == pytest.approx(quantile(8 / 15, 1 / 3, 0.975), rel=1e-12)
    assert row["lower"][0] == pytest.approx(quantile(4 / 15, 1 / 9, 0.025), rel=1e-12)


def test_two_moments_are_close_to_the_product_itself():
    """The matched beta against 200,000 draws of the parts (seeded)."""
    rng = np.random.default_rng(4)
    time, cause = [1, 2, 3, 4, 5, 6, 7, 8], [1, 0, 2, 1, 0, 2, 1, 0]
    at_risk = [8, 7, 6, 5, 4, 3, 2, 1]
    survival, total = np.ones(200_000), np.zeros(200_000)
    for y, c in zip(at_risk, cause, strict=True):
        if c:
            left = survival * rng.beta(y, 1, 200_000)
            total += (c == 1) * (survival - left)
            survival = left
    upper = total + survival * (1 - rng.beta(1, 1, 200_000))
    row = stats.cumulative_incidence(time, cause, conf_type="beta").at(7)
    assert row["lower"][0] == pytest.approx(np.quantile(total, 0.025), abs=0.01)
    assert row["upper"][0] == pytest.approx(np.quantile(upper, 0.975), abs=0.01)


@pytest.mark.parametrize("extra", [{"entry": [0, 1, 2]}, {"weight": [0.5, 1, 1]}])
def test_refused_where_it_has_no_meaning(extra):
    with pytest.raises(RefusalError, match="beta product"):
        stats.kaplan_meier([2, 3, 4], [1, 0, 1], conf_type="beta", **extra)
    with pytest.raises(RefusalError, match="beta product"):
        stats.cumulative_incidence([2, 3, 4], [1, 0, 1], conf_type="beta", **extra)


@pytest.mark.parametrize("dead", range(9))
def test_mid_p_without_censoring_is_the_mid_p_proportion(dead):
    time = [1 + k if k < dead else 20 for k in range(8)]
    event = [1 if k < dead else 0 for k in range(8)]
    row = stats.kaplan_meier(time, event, conf_type="beta mid-p").at(10)
    exact = stats.proportion(8 - dead, 8, method="mid-p")
    assert row["lower"][0] == pytest.approx(exact.lower, abs=1e-10)
    assert row["upper"][0] == pytest.approx(exact.upper, abs=1e-10)
    row = stats.cumulative_incidence(time, event, conf_type="beta mid-p").at(10)
    assert row["lower"][0] == pytest.approx(1 - exact.upper, abs=1e-10)


def test_mid_p_lies_inside():
    time, cause = [1, 2, 2, 4, 5, 7, 9], [1, 0, 1, 2, 0, 0, 1]
    wide = stats.cumulative_incidence(time, cause, conf_type="beta").limits
    narrow = stats.cumulative_incidence(time, cause, conf_type="beta mid-p").limits
    assert (narrow[0] >= wide[0] - 1e-12).all()
    assert (narrow[1] <= wide[1] + 1e-12).all()
