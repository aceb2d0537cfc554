"""Short cuts for many rows (tables of days, kinds of rows, a start from a sample) change nothing."""

from __future__ import annotations

import numpy as np
import pytest

from dayzero.stats import cox, fine_gray
from dayzero.stats.regression import cox_regression, fine_gray_regression, risk_cells


@pytest.fixture(scope="module")
def cohort():
    rng = np.random.default_rng(12)
    n = 4000
    x = rng.normal(size=(n, 3))
    time = np.ceil(rng.exponential(100 / np.exp(x @ [0.3, -0.2, 0.0])))
    end = rng.integers(1, 200, n)
    cause = np.where(time > end, 0, rng.choice([1, 2], n, p=[0.6, 0.4]))
    labels = {"stratum": rng.integers(0, 4, n), "weight": rng.uniform(0.5, 2, n)}
    return np.minimum(time, end), cause, x, labels, rng.integers(0, 3, n)


@pytest.fixture(params=["plain", "labelled"])
def fits(request, cohort):
    time, cause, x, labels, centre = cohort
    options = {} if request.param == "plain" else labels
    groups = {} if request.param == "plain" else {"censoring_group": centre}

    def fit():
        return (
            cox(time, cause == 1, x, **options),
            fine_gray(time, cause, x, **options, **groups),
            fine_gray(time, cause, x, variance="jackknife", **options, **groups),
        )

    return fit


def same(first, second):
    for a, b in zip(first, second, strict=True):
        np.testing.assert_allclose(a.coef, b.coef, rtol=1e-9, atol=1e-12)
        # Blocks are summed in another order; inverting magnifies that round-off.
        np.testing.assert_allclose(a.covariance, b.covariance, rtol=1e-8, atol=1e-14)
        assert a.log_likelihood == pytest.approx(b.log_likelihood, rel=1e-12)


def test_tables_of_days(fits, monkeypatch):
    counted = fits()
    monkeypatch.setattr(risk_cells, "SMALLEST_COUNT", 10**9)  # sort and search instead
    same(counted, fits())


def test_starting_value_from_a_sample(fits, monkeypatch):
    from_zero = fits()
    for module in (cox_regression, fine_gray_regression):
        monkeypatch.setattr(module, "SAMPLE_FROM", 1000)
    same(fits(), from_zero)


def test_blocks_of_rows(cohort, monkeypatch):
    from dayzero.stats.regression import cox_likelihood, cox_residuals, design_matrix, fine_gray_variance

    time, cause, x, labels, centre = cohort

    def fit():
        return (
            cox(time, cause == 1, x, cluster=centre, **labels),
            fine_gray(time, cause, x, cluster=centre, **labels),
        )

    whole = fit()
    for module, name in (
        (cox_likelihood, "BLOCK"),
        (design_matrix, "BLOCK"),
        (cox_residuals, "ROWS_AT_ONCE"),
        (fine_gray_variance, "ROWS_AT_ONCE"),
    ):
        monkeypatch.setattr(module, name, 333)
    same(fit(), whole)


def test_a_sample_without_a_maximum_is_passed_over(monkeypatch):
    """Every twentieth row is male: the sample says nothing about sex, the whole does."""
    monkeypatch.setattr(cox_regression, "SAMPLE_FROM", 100)
    rng = np.random.default_rng(2)
    male = (np.arange(400) % 20 == 0) | (rng.random(400) < 0.5)
    time, event = rng.integers(1, 50, 400), rng.random(400) < 0.6
    sampled = cox(time, event, {"male": male})
    monkeypatch.setattr(cox_regression, "SAMPLE_FROM", 10**9)
    np.testing.assert_allclose(sampled.coef, cox(time, event, {"male": male}).coef, rtol=1e-10)
