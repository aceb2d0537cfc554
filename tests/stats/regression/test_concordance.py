"""Concordance against all pairs, counted one by one."""

from __future__ import annotations

import numpy as np
import pytest

from dayzero.stats import concordance, cox


def all_pairs(time, event, predictor, entry, stratum, weight):
    """Return concordant, discordant, tied weight of pairs, and each row's share in them."""
    n = len(time)
    counts, shares = np.zeros(3), np.zeros((n, 3))
    for i in np.flatnonzero(event):
        for j in range(n):
            later = time[j] > time[i] or (time[j] == time[i] and not event[j])
            if i == j or stratum[i] != stratum[j] or not later or entry[j] >= time[i]:
                continue
            kind = 0 if predictor[i] > predictor[j] else 1 if predictor[i] < predictor[j] else 2
            counts[kind] += weight[i] * weight[j]
            shares[i, kind] += weight[j]
            shares[j, kind] += weight[i]
    return counts, shares


@pytest.mark.parametrize("seed", range(4))
def test_equals_all_pairs(seed):
    rng = np.random.default_rng(seed)
    n = 70
    time = rng.integers(4, 20, n)
    event = rng.random(n) < 0.5
    predictor = rng.integers(0, 12, n).astype(float)
    entry = rng.integers(0, 4, n) if seed % 2 else np.full(n, -1)
    stratum = rng.integers(0, 3, n) if seed > 1 else np.zeros(n, int)
    weight = rng.uniform(0.5, 2, n) if seed else np.ones(n)
    cluster = rng.integers(0, 20, n)
    found = concordance(time, event, predictor, entry, stratum, weight, cluster)
    counts, shares = all_pairs(time, event, predictor, entry, stratum, weight)
    np.testing.assert_allclose([found.concordant, found.discordant, found.tied_predictor], counts, rtol=1e-12)
    total = counts.sum()
    assert found.estimate == pytest.approx((counts[0] + counts[2] / 2) / total, rel=1e-13)
    somers = (counts[0] - counts[1]) / total
    influence = weight * (shares[:, 0] - shares[:, 1] - somers * shares.sum(axis=1)) / total
    grouped = np.bincount(cluster, influence)
    assert found.std_err == pytest.approx(np.sqrt((grouped**2).sum()) / 2, rel=1e-10)


def test_by_hand():
    """Events at 1 (risk 5) and 3 (risk 1); pairs 1-2, 1-3, 1-4 right, 3-4 tied."""
    found = concordance([1, 2, 3, 4], [1, 0, 1, 0], [5, 2, 1, 1])
    assert (found.concordant, found.discordant, found.tied_predictor) == (3, 0, 1)
    assert found.estimate == pytest.approx(7 / 8)


def test_perfect_and_reversed():
    time, event = [1, 2, 3, 4], [1, 1, 1, 0]
    assert concordance(time, event, [4, 3, 2, 1]).estimate == 1.0
    assert concordance(time, event, [1, 2, 3, 4]).estimate == 0.0


def test_interval():
    found = concordance([1, 2, 3, 4, 5, 6], [1, 0, 1, 1, 1, 0], [6, 2, 1, 4, 1, 3])
    lower, upper = found.interval()
    assert 0 < lower < found.estimate < upper < 1
    plain = found.interval(conf_type="plain")
    assert plain[1] == pytest.approx(min(1.0, found.estimate + 1.959963984540054 * found.std_err))


def test_score_variance_of_one_binary_covariate():
    """Without ties the Cox score statistic of a covariate is the excess of concordant pairs (times 2)."""
    rng = np.random.default_rng(8)
    time, event = rng.permutation(40) + 1, rng.random(40) < 0.6
    x = rng.integers(0, 2, 40).astype(float)
    found = concordance(time, event, x)
    model = cox(time, event, {"x": x})
    rows = model.data
    excess = 0.0
    for i in np.flatnonzero(event):
        later = time >= time[i]
        excess += later.sum() * (x[i] - x[later].mean())
    assert found.concordant - found.discordant == pytest.approx(excess, rel=1e-12)
    assert rows.time.shape == (40,)
