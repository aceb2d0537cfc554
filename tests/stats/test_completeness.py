"""Completeness of follow-up."""

from __future__ import annotations

import pytest

from dayzero import stats
from dayzero.errors import BadInputError


def test_by_hand():
    """Cut-off at 10 for all. Dead at 4; lost at 5; complete; complete.

    observed 4 + 5 + 10 + 10 = 29; Clark: of 4 + 10 + 10 + 10 = 34; SPT: (10 + 5 + 10 + 10) / 40;
    percentage: 3 of 4 died or were followed to the end.
    """
    row = stats.follow_up_completeness([4, 5, 10, 10], [1, 0, 0, 0], 10).row(0, named=True)
    assert row["observed"] == 29
    assert row["clark_c"] == pytest.approx(29 / 34)
    assert row["spt"] == pytest.approx(35 / 40)
    assert row["percentage"] == pytest.approx(3 / 4)


def test_the_cohort_of_a_hundred():
    """The illustration of Xue et al. 2017: three years, 10, 5 and 5 events, 40 lost in the first year.

    All at mid-year: observed 120 + 20 + 5 + 7.5 + 12.5 = 165 person-years.
    """
    time = [3] * 40 + [0.5] * 40 + [0.5] * 10 + [1.5] * 5 + [2.5] * 5
    event = [0] * 80 + [1] * 20
    row = stats.follow_up_completeness(time, event, 3).row(0, named=True)
    assert row["percentage"] == pytest.approx(0.60)
    assert row["clark_c"] == pytest.approx(165 / 265)
    assert row["spt"] == pytest.approx(200 / 300)


def test_groups_and_a_horizon():
    frame = stats.follow_up_completeness(
        [4, 9, 12, 20], [1, 1, 0, 0], [30, 30, 12, 40], group=["b", "a", "b", "a"], horizon=8
    )
    assert frame["group"].to_list() == ["a", "b"]
    assert frame["events"].to_list() == [0, 1]
    assert frame["clark_c"].to_list() == [1, 1]
    assert frame["observed"].to_list() == [16, 12]


def test_contact_after_the_cut_off_is_refused():
    with pytest.raises(BadInputError, match="shorter than the follow-up observed") as error:
        stats.follow_up_completeness([4, 5], [0, 0], [10, 4])
    assert "position 1" in str(error.value)
    with pytest.raises(BadInputError, match="no rows"):
        stats.follow_up_completeness([], [], 3)
