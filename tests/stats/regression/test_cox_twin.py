"""The Cox likelihood against slow twins written from the definition, risk set by risk set."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from dayzero.stats.regression.cox_data import build, checked_labels
from dayzero.stats.regression.cox_exact import evaluate_exact, exact_data
from dayzero.stats.regression.cox_likelihood import evaluate
from dayzero.stats.regression.design_matrix import centred, design_matrix


def twin(beta, time, event, x, entry, stratum, weight, ties):
    """Log-likelihood, score and information, one event time and one tied step at a time."""
    r = weight * np.exp(x @ beta)
    p = len(beta)
    log_likelihood, score, information = 0.0, np.zeros(p), np.zeros((p, p))
    for s in np.unique(stratum):
        for t in np.unique(time[event & (stratum == s)]):
            at_risk = (entry < t) & (t <= time) & (stratum == s)
            failing = event & (time == t) & (stratum == s)
            d = failing.sum()
            log_likelihood += weight[failing] @ (x[failing] @ beta)
            score += weight[failing] @ x[failing]
            for k in range(d):
                part = np.where(failing, 1 - k / d if ties == "efron" else 1.0, 1.0) * at_risk * r
                mean = part @ x / part.sum()
                share = weight[failing].mean()
                log_likelihood -= share * np.log(part.sum())
                score -= share * mean
                information += share * ((x - mean).T * part) @ (x - mean) / part.sum()
    return log_likelihood, score, information


@pytest.fixture(params=range(6))
def problem(request):
    rng = np.random.default_rng(request.param)
    n = 40
    time = rng.integers(3, 12, n).astype(float)
    event = rng.random(n) < 0.6
    x = rng.normal(loc=(0, 5, -2), size=(n, 3))
    entry = np.floor(rng.random(n) * 3) if request.param % 2 else np.full(n, -1.0)
    stratum = rng.integers(0, 3, n) if request.param > 2 else np.zeros(n, int)
    weight = rng.uniform(0.5, 3, n) if request.param > 3 else np.ones(n)
    return time, event, x, entry, stratum, weight


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_likelihood_equals_the_definition(problem, ties):
    time, event, x, entry, stratum, weight = problem
    beta = np.array([0.3, -0.2, 0.5])
    labels = checked_labels(stratum, "stratum", len(time))
    data = build(time, event, centred(design_matrix(x)), entry, labels, weight, ties)
    found = evaluate(data, beta)
    expected = twin(beta, time, event, x, entry, stratum, weight, ties)
    assert found.log_likelihood == pytest.approx(expected[0], rel=1e-12)
    np.testing.assert_allclose(found.score, expected[1], rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(found.information, expected[2], rtol=1e-10, atol=1e-10)


def test_exact_likelihood_equals_enumeration():
    rng = np.random.default_rng(5)
    time = np.array([1, 1, 1, 2, 2, 3, 3, 3, 3, 4.0])
    event = np.array([1, 1, 0, 1, 0, 1, 1, 1, 0, 0], bool)
    x = rng.normal(size=(10, 2))

    def log_likelihood(beta):
        r = np.exp(x @ beta)
        total = 0.0
        for t in np.unique(time[event]):
            at_risk = np.flatnonzero(time >= t)
            failing = np.flatnonzero(event & (time == t))
            sets = combinations(at_risk, len(failing))
            total += np.log(r[failing].prod() / sum(r[list(chosen)].prod() for chosen in sets))
        return total

    beta = np.array([0.4, -0.3])
    found = evaluate_exact(exact_data(build(time, event, centred(design_matrix(x)), ties="exact")), beta)
    assert found.log_likelihood == pytest.approx(log_likelihood(beta), rel=1e-12)
    h = 1e-5  # central differences: slope good to about h^2, curvature to round-off over h^2
    for j in range(2):
        step = h * np.eye(2)[j]
        slope = (log_likelihood(beta + step) - log_likelihood(beta - step)) / (2 * h)
        assert found.score[j] == pytest.approx(slope, abs=1e-8)
        curve = log_likelihood(beta + step) - 2 * log_likelihood(beta) + log_likelihood(beta - step)
        assert found.information[j, j] == pytest.approx(-curve / h**2, abs=1e-4)


def test_many_small_strata_equal_the_definition():
    """Matched pairs and one long stratum: sums restart in each, by both ways of adding them up."""
    rng = np.random.default_rng(11)
    sizes = [1] * 5 + [2] * 30 + [200] + [3] * 10
    stratum = np.repeat(np.arange(len(sizes)), sizes)
    n = len(stratum)
    time = rng.integers(1, 60, n).astype(float)
    event = rng.random(n) < 0.7
    x = rng.normal(size=(n, 2))
    data = build(time, event, centred(design_matrix(x)), None, checked_labels(stratum, "stratum", n))
    beta = np.array([0.5, -0.5])
    expected = twin(beta, time, event, x, np.full(n, -1.0), stratum, np.ones(n), "efron")
    found = evaluate(data, beta)
    assert found.log_likelihood == pytest.approx(expected[0], rel=1e-12)
    np.testing.assert_allclose(found.score, expected[1], rtol=1e-10)
    np.testing.assert_allclose(found.information, expected[2], rtol=1e-10)
