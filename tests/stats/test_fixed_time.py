"""Groups compared at one time."""

from __future__ import annotations

import math

import pytest

from dayzero import stats
from dayzero.errors import BadInputError, RefusalError

SCALES = ["plain", "log", "log-log", "logit", "arcsin"]


@pytest.mark.parametrize("scale", SCALES)
def test_survival_against_r(comparisons, bmt137, same, scale):
    found = stats.fixed_time_test(bmt137["os_time"], bmt137["dead"], bmt137["group"], at=365, scale=scale)
    same(found.statistic, comparisons["fixed_survival"][scale])
    assert found.df == 2


@pytest.mark.parametrize("scale", SCALES)
def test_incidence_against_r(comparisons, bmt137, same, scale):
    found = stats.fixed_time_test(
        bmt137["time"], bmt137["cause"], bmt137["group"], at=365, of_interest=1, scale=scale
    )
    same(found.statistic, comparisons["fixed_incidence"][scale])


def test_difference_by_hand():
    """Without censoring: 1/4 and 3/4 alive, variance 3/64 each: z = -(1/2) / sqrt(6/64)."""
    time, group = [1, 2, 3, 9, 1, 9, 9, 9], ["a"] * 4 + ["b"] * 4
    found = stats.fixed_time_test(time, [1, 1, 1, 0, 1, 0, 0, 0], group, at=5, scale="plain")
    row = found.difference(reference="b").row(0, named=True)
    assert row["estimate"] == pytest.approx(-0.5)
    assert row["z"] == pytest.approx(-0.5 / math.sqrt(6 / 64))
    assert found.statistic == pytest.approx(row["z"] ** 2)
    assert found.ratio(reference="b")["estimate"][0] == pytest.approx(1 / 3)


def test_an_estimate_of_one_has_no_test_but_a_reason():
    found = stats.fixed_time_test([9, 9, 1, 9], [0, 0, 1, 0], list("aabb"), at=5)
    assert math.isnan(found.p_value)
    assert "permutation_test" in found.notes[0]


def test_a_time_beyond_follow_up_is_refused():
    with pytest.raises(RefusalError, match="observed until 4"):
        stats.fixed_time_test([4, 3, 1, 9], [0, 1, 1, 0], list("aabb"), at=5)
    complete = stats.fixed_time_test([4, 3, 1, 9], [1, 1, 1, 0], list("aabb"), at=5, scale="plain")
    assert complete.estimate.tolist() == [0, 0.5]


def test_a_time_is_needed():
    with pytest.raises(BadInputError, match="at is None"):
        stats.fixed_time_test([1, 2], [1, 0], ["a", "b"])
