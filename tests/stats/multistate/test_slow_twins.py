"""The fast recurrences against the definition, on random histories of every kind."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from dayzero import stats
from stats.multistate import twin

KINDS = list(product([False, True], repeat=4))


def build(seed, *, late, weighted, mixed, gaps, whole=True):
    rows = twin.random_histories(seed, late=late, weighted=weighted, mixed=mixed, gaps=gaps, whole=whole)
    weight = rows.pop("weight")
    return stats.StateHistories.from_rows(**rows, weight=weight if weighted else None)


@pytest.mark.parametrize(("late", "weighted", "mixed", "gaps"), KINDS)
@pytest.mark.parametrize("whole", [True, False])
def test_jackknife_covariance(late, weighted, mixed, gaps, whole):
    for seed in range(2):
        histories = build(seed, late=late, weighted=weighted, mixed=mixed, gaps=gaps, whole=whole)
        estimate, covariance, _ = twin.occupancy(histories)
        result = stats.state_occupancy(histories)
        changed = np.isin(result.times, twin.transition_times(histories))
        steps = np.concatenate(([True], changed))
        np.testing.assert_allclose(result.estimate[0][steps], estimate, atol=1e-13)
        np.testing.assert_allclose(result.covariance[0][steps], covariance, atol=1e-13)


@pytest.mark.parametrize(("late", "mixed", "gaps", "later"), KINDS)
def test_transition_covariance(late, mixed, gaps, later):
    start = 4 if later else 0
    for seed in range(2):
        histories = build(seed, late=late, weighted=False, mixed=mixed, gaps=gaps)
        estimate, covariance = twin.transition_covariance(histories, start)
        result = stats.transition_probabilities(histories, start)
        known = ~np.isnan(result.estimate)
        np.testing.assert_allclose(result.estimate[known], estimate[known], atol=1e-13)
        size = len(result.states)
        wide = covariance.reshape(-1, size, size, size, size)
        for h in range(size):
            rows = known[:, h, 0]
            np.testing.assert_allclose(result.row_covariance[rows, h], wide[rows][:, h, :, h], atol=1e-13)
        middle = len(result.times) // 2
        np.testing.assert_allclose(
            result.covariance(result.times[middle]), covariance[middle + 1], atol=1e-13
        )


@pytest.mark.parametrize(("late", "weighted", "mixed", "gaps"), KINDS)
def test_time_in_state_integrates_curve_and_influence(late, weighted, mixed, gaps):
    histories = build(3, late=late, weighted=weighted, mixed=mixed, gaps=gaps)
    horizon = 9.5
    times = [t for t in twin.transition_times(histories) if t < horizon]
    edges = np.array([0.0, *times, horizon])
    weight = {histories.subject[r]: twin.weights(histories)[r] for r in range(len(histories.subject))}
    total, influence = 0.0, 0.0
    for k, width in enumerate(np.diff(edges)):
        shorter = histories.taken(histories.start < edges[-1])
        p, _, u = influence_after(shorter, k)
        total, influence = total + width * p, influence + width * u
    weighted_influence = influence * np.array([weight[i] for i in range(len(histories.subjects))])[:, None]
    result = stats.time_in_state(histories, horizon)
    np.testing.assert_allclose(result.estimate[0], total, atol=1e-12)
    np.testing.assert_allclose(result.covariance[0], weighted_influence.T @ weighted_influence, atol=1e-12)


def influence_after(histories, steps):
    """The curve and the influences after a number of transition times, by stopping the twin there."""
    times = twin.transition_times(histories)
    limit = times[steps - 1] if steps else -1.0
    frozen = histories.target.copy()
    late = histories.stop > limit
    if not steps:
        estimate, _, influence = first_only(histories)
        return estimate, None, influence
    frozen[late] = -1
    stopped = type(histories)(**{**histories.__dict__, "target": frozen})
    estimate, covariance, influence = twin.occupancy(stopped)
    return estimate[-1], covariance[-1], influence


def first_only(histories):
    share, rows, total = twin.first_distribution(histories)
    influence = np.zeros((len(histories.subjects), len(share)))
    if not (share == 1).any():
        for r in rows:
            influence[histories.subject[r]] = (np.eye(len(share))[histories.origin[r]] - share) / total
    return share, None, influence
