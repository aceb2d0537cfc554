"""Every fast kernel against its definition."""

from __future__ import annotations

import numpy as np
import pytest

from dayzero import stats
from stats import slow

SEEDS = [1, 2, 3]


def patients(seed: int, n: int = 30):
    rng = np.random.default_rng(seed)
    entry = np.where(rng.random(n) < 0.5, 0, rng.integers(1, 6, n))
    time = entry + rng.integers(1, 15, n)
    return time, rng.integers(0, 3, n), rng.choice(["x", "y"], n), entry, rng.uniform(0.2, 3, n)


@pytest.mark.parametrize("seed", SEEDS)
def test_incidence_and_its_variance(seed):
    time, cause, _, _, _ = patients(seed)
    ones = np.ones(len(time))
    frame = stats.cumulative_incidence(time, cause, variance="delta").at([4, 9])
    for row in frame.iter_rows(named=True):
        want = slow.incidence(time, cause, ones, row["cause"], row["time"])
        assert row["estimate"] == pytest.approx(want, rel=1e-12)
        spread = slow.jackknife_variance(time, cause, ones, row["cause"], row["time"])
        # The twin differentiates numerically: its own error is of the order of 1e-8.
        assert row["std_err"] ** 2 == pytest.approx(spread, rel=1e-7)


@pytest.mark.parametrize("seed", SEEDS)
def test_weighted_incidence_and_its_robust_variance(seed):
    time, cause, _, _, weight = patients(seed)
    frame = stats.cumulative_incidence(time, cause, weight=weight).at([4, 9])
    for row in frame.iter_rows(named=True):
        want = slow.incidence(time, cause, weight, row["cause"], row["time"])
        assert row["estimate"] == pytest.approx(want, rel=1e-12)
        spread = slow.jackknife_variance(time, cause, weight, row["cause"], row["time"])
        assert row["std_err"] ** 2 == pytest.approx(spread, rel=1e-7)


@pytest.mark.parametrize("seed", SEEDS)
def test_delayed_entry(seed):
    time, cause, group, entry, weight = patients(seed)
    late = np.where(entry > 0, entry, -1)
    weighted = stats.cumulative_incidence(time, cause, entry=entry, weight=weight).at([4, 9])
    for row in weighted.iter_rows(named=True):
        spread = slow.jackknife_variance(time, cause, weight, row["cause"], row["time"], late)
        assert row["std_err"] ** 2 == pytest.approx(spread, rel=1e-7)
    frame = stats.cumulative_incidence(time, cause, entry=entry, variance="delta").at([4, 9])
    for row in frame.iter_rows(named=True):
        want = slow.incidence(time, cause, np.ones(len(time)), row["cause"], row["time"], late)
        assert row["estimate"] == pytest.approx(want, rel=1e-12)
        spread = slow.jackknife_variance(time, cause, np.ones(len(time)), row["cause"], row["time"], late)
        assert row["std_err"] ** 2 == pytest.approx(spread, rel=1e-7)
        assert row["at_risk"] == ((entry < row["time"]) & (time >= row["time"])).sum()
    found = stats.logrank_test(time, cause > 0, group, entry=entry)
    score, variance = slow.logrank(time, cause > 0, group, np.where(entry > 0, entry, -1))
    assert found.score[0] == pytest.approx(score, rel=1e-12)
    assert found.covariance[0, 0] == pytest.approx(variance, rel=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("rho", [0.0, 1.0])
def test_gray_score(seed, rho):
    time, cause, group, _, _ = patients(seed)
    found = stats.gray_test(time, cause, group, rho=rho)
    assert found.score[0] == pytest.approx(slow.gray_score(time, cause, group, rho), rel=1e-11, abs=1e-12)
    assert found.score.sum() == pytest.approx(0, abs=1e-11)


@pytest.mark.parametrize("seed", SEEDS)
def test_logrank(seed):
    time, cause, group, _, _ = patients(seed)
    found = stats.logrank_test(time, cause > 0, group)
    score, variance = slow.logrank(time, cause > 0, group)
    assert found.statistic == pytest.approx(score**2 / variance, rel=1e-12)
