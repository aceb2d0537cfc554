"""Exact proportions."""

from __future__ import annotations

import pytest

from dayzero import stats


def test_clopper_pearson_against_r(reference, same):
    for case in reference["binomial"]:
        found = stats.proportion(case["events"], case["n"])
        same([found.lower, found.upper], [case["lower"], case["upper"]])


def test_mid_p_by_hand():
    """1 of 2 at p: P(X = 2) + P(X = 1)/2 = p^2 + p (1 - p) = p, so the limits are 0.025 and 0.975."""
    found = stats.proportion(1, 2, method="mid-p")
    assert found.lower == pytest.approx(0.025, rel=1e-12)
    assert found.upper == pytest.approx(0.975, rel=1e-12)


def test_mid_p_at_the_edge():
    """0 of n: (1 - p)^n / 2 = 0.025."""
    found = stats.proportion(0, 8, method="mid-p")
    assert found.lower == 0
    assert found.upper == pytest.approx(1 - 0.05 ** (1 / 8), rel=1e-10)
