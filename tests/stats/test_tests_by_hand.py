"""Log-rank and Gray on four patients, as fractions."""

from __future__ import annotations

import numpy as np
import pytest

from dayzero import stats


def test_logrank():
    """A: events on days 1 and 3. B: event on day 2, censored on day 4.

    day  at risk A, B   E_A    V
     1      2, 2        1/2   1/4
     2      1, 2        1/3   2/9
     3      1, 1        1/2   1/4
    O_A - E_A = 2 - 4/3 = 2/3, V = 13/18, statistic = (2/3)^2 / (13/18) = 8/13
    """
    found = stats.logrank_test([1, 3, 2, 4], [1, 1, 1, 0], ["A", "A", "B", "B"])
    assert found.statistic == pytest.approx(8 / 13, rel=1e-14)
    assert found.observed.tolist() == [2, 1]
    assert found.expected[0] == pytest.approx(4 / 3, rel=1e-14)
    assert found.covariance[0, 0] == pytest.approx(13 / 18, rel=1e-14)
    assert found.df == 1


def test_gehan_and_tarone_ware():
    """The same patients; weights 4, 3, 2 and their roots.

    Gehan: score 4/2 - 3/3 + 2/2 = 2, V = 16/4 + 9 2/9 + 4/4 = 7, statistic 4/7
    Tarone-Ware: score 2/2 - sqrt3/3 + sqrt2/2, V = 4/4 + 3 2/9 + 2/4 = 13/6
    """
    rows = ([1, 3, 2, 4], [1, 1, 1, 0], ["A", "A", "B", "B"])
    gehan = stats.logrank_test(*rows, scheme="gehan")
    assert gehan.statistic == pytest.approx(4 / 7, rel=1e-14)
    tarone = stats.logrank_test(*rows, scheme="tarone-ware")
    score = 1 - np.sqrt(3) / 3 + np.sqrt(2) / 2
    assert tarone.statistic == pytest.approx(score**2 / (13 / 6), rel=1e-14)


def test_fleming_harrington():
    """Pooled S(t-) at days 1, 2, 3 is 1, 3/4, 1/2; late weight 1 - S: 0, 1/4, 1/2.

    score -1/4 1/3 + 1/2 1/2 = 1/6, V = 1/16 2/9 + 1/4 1/4 = 11/144, statistic (1/36)/(11/144) = 4/11
    """
    found = stats.logrank_test([1, 3, 2, 4], [1, 1, 1, 0], ["A", "A", "B", "B"], gamma=1)
    assert found.statistic == pytest.approx(4 / 11, rel=1e-14)


def test_gray():
    """A: relapse day 1, censored day 3. B: death day 2, relapse day 4.

    Day 1: both groups have 2 at risk: score 1 - 2/4 = 1/2; influence of an event +1 in A, -1 in B,
    each with spread 1/(4 2) = 1/8: variance 1/4. Later only B is at risk and nothing is compared.
    """
    found = stats.gray_test([1, 3, 2, 4], [1, 0, 2, 1], ["A", "A", "B", "B"])
    assert found.score.tolist() == [0.5, -0.5]
    assert found.covariance[0, 0] == pytest.approx(1 / 4, rel=1e-14)
    assert found.statistic == pytest.approx(1, rel=1e-14)


def test_the_printed_line_says_which_test():
    found = stats.gray_test([1, 3, 2, 4], [1, 0, 2, 1], ["A", "A", "B", "B"])
    assert str(found) == "Gray's test of cause 1 (rho 0): chi-square 1 on 1 df, p = 0.3173"
    assert found.by_group()["observed"].to_list() == [1, 1]
