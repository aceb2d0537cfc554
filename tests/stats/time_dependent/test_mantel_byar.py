"""Mantel-Byar test: by hand, by the definition of Z(t), and against R."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dayzero import stats
from dayzero.errors import BadInputError

# A exposed on day 2, dies on 5; B exposed and dies on day 4; C never exposed, dies on 3;
# D exposed on day 3, censored on 6; E never exposed, censored on 5.
TIME, EVENT, EXPOSED = [5, 4, 3, 6, 5], [1, 1, 1, 0, 0], [2, 4, np.nan, 3, np.nan]


def test_by_hand_with_textbook_ties():
    # day 3: 5 at risk, 2 exposed (A D), C dies unexposed:  E 2/5, V 2/5 3/5
    # day 4: 4 at risk, 3 exposed (A B D), B dies exposed:  E 3/4, V 3/4 1/4
    # day 5: 3 at risk, 2 exposed (A D), A dies exposed:    E 2/3, V 2/3 1/3
    result = stats.mantel_byar_test(TIME, EVENT, EXPOSED)
    assert result.groups == ("unexposed", "exposed")
    assert result.observed.tolist() == [1, 2]
    assert result.expected[1] == pytest.approx(109 / 60)
    assert result.covariance[1, 1] == pytest.approx(2339 / 3600)
    assert result.statistic == pytest.approx(121 / 2339)
    assert result.method == "Mantel-Byar test"


def test_by_hand_with_the_ties_of_r():
    # day 3: 5 at risk, A exposed:        E 1/5, V 1/5 4/5
    # day 4: 4 at risk, A D exposed:      E 1/2, V 1/2 1/2, B dies unexposed
    # day 5: as above
    result = stats.mantel_byar_test(TIME, EVENT, EXPOSED, ties="R")
    assert result.observed.tolist() == [2, 1]
    assert result.expected[1] == pytest.approx(41 / 30)
    assert result.statistic == pytest.approx(121 / 569)
    assert "belongs to the old value" in str(result.convention)


@pytest.mark.parametrize(("ties", "name"), [("R", "mantel_byar_R"), ("textbook", "mantel_byar_textbook")])
def test_137_transplants_as_r(reference, course, ties, name):
    result = stats.mantel_byar_test(course["time"], course["cause"] > 0, course["agvhd"], ties=ties)
    assert result.statistic == pytest.approx(reference[name], rel=1e-9)


def by_definition(time, event, exposed, entry, ties):
    observed = expected = variance = 0.0
    for t in sorted(set(time[event == 1])):
        risk = [i for i in range(len(time)) if entry[i] < t <= time[i]]
        z = [
            (exposed[i] <= t if ties == "textbook" else exposed[i] < t) or exposed[i] <= entry[i]
            for i in risk
        ]
        d = sum(event[i] for i in risk if time[i] == t)
        n, n1 = len(risk), sum(z)
        observed += sum(event[i] for i, k in zip(risk, z, strict=True) if time[i] == t and k)
        expected += d * n1 / n
        if n > 1:
            variance += d * n1 / n * (1 - n1 / n) * (n - d) / (n - 1)
    return observed, expected, variance


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10_000), ties=st.sampled_from(["textbook", "R"]), whole=st.booleans())
def test_by_definition(seed, ties, whole):
    rng = np.random.default_rng(seed)
    n = 15
    scale = 1 if whole else 0.375  # exact in binary, so that the definition sees the ties too
    entry = rng.integers(0, 4, n) * scale
    time = entry + rng.integers(1, 10, n) * scale
    event = rng.integers(0, 2, n)
    exposed = np.where(rng.random(n) < 0.6, rng.integers(0, 14, n) * scale, np.nan)
    result = stats.mantel_byar_test(time, event, exposed, entry=entry, ties=ties)
    observed, expected, variance = by_definition(time, event, exposed, entry, ties)
    assert result.observed[1] == pytest.approx(observed)
    assert result.expected[1] == pytest.approx(expected, abs=1e-12)
    assert result.covariance[1, 1] == pytest.approx(variance, abs=1e-12)


def test_strata_are_compared_within():
    double = [np.concatenate([np.asarray(x, float)] * 2) for x in (TIME, EVENT, EXPOSED)]
    result = stats.mantel_byar_test(*double, stratum=["a"] * 5 + ["b"] * 5)
    assert result.score[1] == pytest.approx(2 * (2 - 109 / 60))
    assert "stratified Mantel-Byar" in result.method


def test_nobody_or_everybody_exposed_says_that_nothing_can_be_compared():
    for exposed in ([np.nan] * 3, [0, 0, 0]):
        result = stats.mantel_byar_test([3, 4, 5], [1, 0, 1], exposed)
        assert np.isnan(result.statistic)
        assert result.notes


def test_exposures_after_the_end_are_counted_out():
    result = stats.mantel_byar_test([3, 4, 5], [1, 0, 1], [9, 1, np.nan])
    assert "1 exposures begin after the end of follow-up" in str(result.convention)


def test_bad_input():
    with pytest.raises(BadInputError, match="no rows"):
        stats.mantel_byar_test([], [], [])
    with pytest.raises(BadInputError, match="codes up to 2"):
        stats.mantel_byar_test([1], [2], [np.nan])
    with pytest.raises(BadInputError, match="exposure has 2 values"):
        stats.mantel_byar_test([1], [1], [1, 2])
