"""Pairs, trend, and adjusted p-values."""

from __future__ import annotations

import math

import numpy as np
import pytest

from dayzero import stats
from dayzero.errors import BadInputError


@pytest.mark.parametrize("method", ["holm", "hochberg", "BH", "bonferroni"])
def test_adjusted_like_r(comparisons, same, method):
    raw = [0.01, 0.04, 0.03, 0.005, 0.02, np.nan, 0.9, 0.04]
    same(stats.adjust_p_values(raw, method), np.array(comparisons["adjust"][method], dtype=float))


def test_no_adjustment_and_an_unknown_one():
    assert stats.adjust_p_values([0.2, 0.1], "none").tolist() == [0.2, 0.1]
    with pytest.raises(BadInputError, match="unknown method"):
        stats.adjust_p_values([0.2], "tukey")


@pytest.mark.parametrize("adjust", ["holm", "hochberg", "BH"])
def test_pairs_like_r(comparisons, bmt137, same, adjust):
    frame = stats.pairwise_tests(bmt137["os_time"], bmt137["dead"], bmt137["group"], adjust=adjust)
    assert frame.select("group_1", "group_2").rows() == [(1, 2), (1, 3), (2, 3)]
    same(frame["p_value"], comparisons["pairs"]["raw"])
    same(frame["p_adjusted"], comparisons["pairs"][adjust])


def test_pairs_by_gray_and_a_pair_without_events():
    table = stats.EventTable.from_arrays([1, 2, 3, 4, 5, 6], [1, 1, 0, 0, 0, 2], list("aabbcc"))
    frame = stats.pairwise_tests(table, test="gray")
    assert frame["p_value"].is_nan().to_list() == [False, False, True]
    whole = stats.gray_test(table.only(["a", "b"]))
    assert frame["statistic"][0] == whole.statistic


def test_trend_like_r(comparisons, bmt137, same):
    found = stats.trend_test(bmt137["os_time"], bmt137["dead"], bmt137["group"])
    same(found.statistic, comparisons["trend"])
    assert found.df == 1
    assert "trend over 3 groups" in str(found)


def test_a_trend_over_two_groups_is_the_test_itself(bmtcrr):
    rows = (bmtcrr["ftime"], bmtcrr["Status"], bmtcrr["D"])
    found = stats.trend_test(*rows, test="gray")
    assert found.statistic == pytest.approx(stats.gray_test(*rows).statistic, rel=1e-12)


def test_scores_must_fit():
    with pytest.raises(BadInputError, match="scores must be 2"):
        stats.trend_test([1, 2], [1, 0], ["a", "b"], scores=[1, 1])
    flat = stats.trend_test([0, 0, 0], [1, 1, 1], ["a", "b", "c"])
    assert math.isnan(flat.statistic)
