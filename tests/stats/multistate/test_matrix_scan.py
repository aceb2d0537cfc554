"""Recurrences in blocks against the plain loop, at lengths that do and do not fill the blocks."""

from __future__ import annotations

import numpy as np
import pytest

from dayzero.stats.multistate.matrix_scan import (
    affine_scan,
    apply_range,
    congruence_scan,
    product_scan,
    range_tree,
)

LENGTHS = [0, 1, 2, 3, 4, 8, 10, 63, 64, 65, 1000]


def stochastic(n, size=3, seed=1):
    rng = np.random.default_rng(seed)
    steps = np.eye(size) + 0.2 * rng.random((n, size, size))
    return steps / steps.sum(axis=-1, keepdims=True), rng


@pytest.mark.parametrize("n", LENGTHS)
def test_running_products_and_sums(n):
    steps, rng = stochastic(n)
    added, start = rng.random((n, 2, 3)), rng.random((2, 3))
    expected = [start]
    for step, more in zip(steps, added, strict=True):
        expected.append(expected[-1] @ step + more)
    np.testing.assert_allclose(affine_scan(steps, added, start), expected, rtol=1e-11)
    expected = [np.eye(3)]
    for step in steps:
        expected.append(expected[-1] @ step)
    np.testing.assert_allclose(product_scan(steps), expected, rtol=1e-11)


@pytest.mark.parametrize("n", LENGTHS)
def test_running_covariances(n):
    steps, rng = stochastic(n)
    added, start = rng.random((n, 2, 3, 3)), rng.random((2, 3, 3))
    expected = [start]
    for step, more in zip(steps, added, strict=True):
        expected.append(step.T @ expected[-1] @ step + more)
    np.testing.assert_allclose(congruence_scan(steps, added, start), expected, rtol=1e-11)


@pytest.mark.parametrize("n", [1, 2, 3, 7, 8, 9, 100])
def test_a_range_in_pieces(n):
    steps, rng = stochastic(n)
    losses = rng.random((n, 3, 3))
    tree = range_tree(steps, losses)
    pairs = [(a, b) for a in range(n + 1) for b in range(a, n + 1)][:: max(1, n // 10)]
    begin, end = (np.array(x) for x in zip(*pairs, strict=True))
    state = rng.integers(-1, 3, len(begin))
    vectors = rng.random((len(begin), 3))
    found = apply_range(tree, vectors, begin, end, state)
    for i, (a, b) in enumerate(pairs):
        u = vectors[i]
        for e in range(a, b):
            u = u @ steps[e] - (losses[e, state[i]] if state[i] >= 0 else 0)
        np.testing.assert_allclose(found[i], u, rtol=1e-11)
