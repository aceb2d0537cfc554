"""Tests counted over relabellings."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from dayzero import stats
from dayzero.errors import BadInputError, RefusalError

TIME = [3, 5, 5, 8, 10, 12, 15, 20, 22, 30]
CAUSE = [1, 2, 1, 0, 1, 2, 1, 0, 1, 0]
GROUP = [1, 1, 1, 1, 2, 1, 2, 2, 2, 2]


@pytest.mark.parametrize(("test", "number"), [("logrank", 0), ("gray", 1)])
def test_all_relabellings_like_r(comparisons, same, test, number):
    found = stats.permutation_test(TIME, CAUSE, GROUP, test=test)
    same(found.statistic, comparisons["permutation"]["statistic"][number])
    same(found.p_value, comparisons["permutation"]["p"][number])
    assert (found.exact, found.replicates, found.mc_error) == (True, 252, 0)


def test_two_against_two_by_hand():
    """Events on days 1 to 4, the first two in one group: of the 6 relabellings 2 are as extreme: p = 1/3."""
    found = stats.permutation_test([1, 2, 3, 4], [1, 1, 1, 1], list("aabb"))
    assert found.p_value == pytest.approx(1 / 3)
    assert found.replicates == 6


@pytest.mark.parametrize("test", ["logrank", "gray"])
def test_three_groups_in_strata_against_a_loop(test):
    time = [2, 3, 5, 7, 4, 6, 8]
    cause = [1, 2, 1, 0, 1, 1, 0]
    group = np.array(["a", "b", "c", "a", "a", "b", "b"])
    stratum = np.array([0, 0, 0, 0, 1, 1, 1])
    found = stats.permutation_test(time, cause, group, stratum, test=test)
    function = stats.gray_test if test == "gray" else stats.logrank_test
    event = cause if test == "gray" else np.array(cause) > 0
    statistics = []
    for pair in combinations(range(4), 2):
        rest = [i for i in range(4) if i not in pair]
        for first, second in (rest, rest[::-1]):
            for alone in range(3):
                labels = np.empty(7, dtype="<U1")
                labels[list(pair)], labels[first], labels[second] = "a", "b", "c"
                labels[4:], labels[4 + alone] = "b", "a"
                statistics.append(function(time, event, labels, stratum=stratum).statistic)
    statistics = np.nan_to_num(statistics)
    assert found.replicates == len(statistics) == 36
    assert found.p_value == pytest.approx((statistics >= found.statistic * (1 - 1e-9)).mean())


def test_a_seeded_draw_approaches_the_exact_p():
    exact = stats.permutation_test(TIME, CAUSE, GROUP, test="gray")
    drawn = stats.permutation_test(TIME, CAUSE, GROUP, test="gray", exact_limit=0, replicates=1999)
    again = stats.permutation_test(TIME, CAUSE, GROUP, test="gray", exact_limit=0, replicates=1999)
    assert drawn.p_value == again.p_value
    assert not drawn.exact
    assert drawn.mc_lower <= exact.p_value <= drawn.mc_upper
    assert drawn.mc_error == pytest.approx(np.sqrt(drawn.p_value * (1 - drawn.p_value) / 1999))
    assert "seed" in str(drawn)
    assert "Monte Carlo error" in str(drawn)


def test_a_draw_of_a_likely_result_is_never_zero():
    found = stats.permutation_test(range(1, 41), [1] * 40, [0] * 20 + [1] * 20, replicates=99)
    assert found.p_value == 0.01  # (1 + 0) / (1 + 99)


def test_refusals():
    weighted = stats.EventTable.from_arrays([1, 2], [1, 0], ["a", "b"], weight=[0.5, 1])
    with pytest.raises(RefusalError, match="fractional weights"):
        stats.permutation_test(weighted)
    with pytest.raises(BadInputError, match="undefined"):
        stats.permutation_test([1, 2, 3], [0, 0, 0], ["a", "b", "a"])
    with pytest.raises(BadInputError, match="unknown test"):
        stats.permutation_test([1, 2], [1, 0], ["a", "b"], test="wilcoxon")
