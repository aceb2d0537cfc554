"""Random people for the tests of resampling."""

from __future__ import annotations

import numpy as np


def random_people(seed, n=30, *, whole=True):
    """Times, causes 0 to 2, groups a and b, entries, weights, clusters."""
    rng = np.random.default_rng(seed)
    time = rng.integers(1, 15, n) if whole else np.round(rng.exponential(6, n) + 0.1, 3)
    return {
        "time": time,
        "cause": rng.integers(0, 3, n),
        "group": np.where(rng.random(n) < 0.5, "a", "b"),
        "entry": np.where(rng.random(n) < 0.4, time * 0.5, 0.0),
        "weight": rng.uniform(0.3, 3, n),
        "cluster": rng.integers(0, 7, n),
    }
