"""How often the beta product limits of an incidence miss, by seeded simulation: each tail at most 2.5%."""

from __future__ import annotations

import numpy as np
import pytest

from dayzero.stats.curves.beta_product import incidence_limits
from dayzero.stats.risk_set import RiskSet

COHORTS = 2000
# three standard errors of a proportion of 2.5% among the simulated cohorts
SLACK = 3 * (0.025 * 0.975 / COHORTS) ** 0.5

# patients, hazard of cause 1 before 0.6, of cause 2 after it, censored uniformly on (0, .); looked at at 1
CASES = [(8, 0.5, 0.5, 2.0), (20, 2.0, 2.0, np.inf), (20, 0.2, 3.0, 2.0), (40, 3.0, 0.3, 1.05)]


@pytest.mark.parametrize(("n", "early", "late", "censoring"), CASES)
def test_each_tail_holds(n, early, late, censoring):
    rng = np.random.default_rng(20)
    total = rng.exponential(1, (COHORTS, n))
    first = total < early * 0.6
    event = np.where(first, total / early, 0.6 + (total - early * 0.6) / late)
    censored = (
        np.full((COHORTS, n), np.inf) if np.isinf(censoring) else rng.uniform(0, censoring, (COHORTS, n))
    )
    time = np.minimum(event, censored)
    cause = np.where(event <= censored, np.where(first, 1, 2), 0)
    inside = time <= 1
    # one column a patient, in the order of time; who is left at time 1 leaves in the columns behind
    order = np.argsort(np.where(inside, time, np.inf), axis=1)
    cause = np.take_along_axis(np.where(inside, cause, 0), order, axis=1)
    leaving = np.stack([cause == k for k in range(3)], axis=1).astype(float)
    lower, upper = incidence_limits(RiskSet.of(leaving, None), 0.95)
    at = inside.sum(axis=1)
    left = np.exp(-early * 0.6)
    for k, truth in enumerate((1 - left, left * (1 - np.exp(-late * 0.4)))):
        rows = np.arange(COHORTS)
        assert (lower[rows, k, at] > truth).mean() <= 0.025 + SLACK
        assert (upper[rows, k, at] < truth).mean() <= 0.025 + SLACK
