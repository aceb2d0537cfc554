"""Firth's penalty: a case by hand, the definition by slow differentiation, and what it is for."""

from __future__ import annotations

import numpy as np
import pytest

from dayzero.errors import RefusalError
from dayzero.stats.regression.cox_data import build, checked_labels
from dayzero.stats.regression.cox_likelihood import evaluate
from dayzero.stats.regression.cox_regression import cox
from dayzero.stats.regression.design_matrix import centred, design_matrix
from dayzero.stats.regression.firth import penalised
from dayzero.stats.regression.model_errors import CollinearityError, SeparationError


@pytest.mark.parametrize(("exposed", "others"), [(2, 2), (3, 5), (4, 1)])
def test_one_event_by_hand(exposed, others):
    """One event, in the group x = 0, then everybody is censored.

    L = 1/(m1 r + m0) has its maximum at r = 0. With I = m1 m0 r/(m1 r + m0)^2 the penalised log-likelihood is
    b/2 - 2 log(m1 r + m0) + constant, whose derivative 1/2 - 2 m1 r/(m1 r + m0) vanishes at r = m0/(3 m1).
    """
    x = [0] * others + [1] * exposed
    time = [1] + [2] * (exposed + others - 1)
    event = [1] + [0] * (exposed + others - 1)
    with pytest.raises(SeparationError, match="'x' to -infinity"):
        cox(time, event, {"x": x})
    model = cox(time, event, {"x": x}, penalty="firth")
    assert np.exp(model.coef[0]) == pytest.approx(others / (3 * exposed), rel=1e-10)
    # information 3/16 at the maximum: m1 r/(m1 r + m0) = 1/4
    assert model.covariance[0, 0] == pytest.approx(16 / 3, rel=1e-10)

    def log_likelihood(b):
        return b / 2 - 2 * np.log(exposed * np.exp(b) + others)

    drop = 3.841458820694124 / 2  # half the 0.95 quantile of chi-square(1)
    summary = model.summary()
    for limit in (summary["lower"][0], summary["upper"][0]):
        fall = log_likelihood(model.coef[0]) - log_likelihood(np.log(limit))
        assert fall == pytest.approx(drop, rel=1e-9)
    # A difference of two log-likelihoods: leading digits cancel.
    statistic = 2 * (log_likelihood(model.coef[0]) - log_likelihood(0.0))
    assert summary["z"][0] ** 2 == pytest.approx(statistic, rel=1e-8)
    assert model.likelihood_ratio_test().statistic == pytest.approx(statistic, rel=1e-8)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("seed", range(3))
def test_score_is_the_slope_of_the_penalised_likelihood(ties, seed):
    rng = np.random.default_rng(seed)
    n = 30
    time = rng.integers(3, 9, n).astype(float)
    event = rng.random(n) < 0.7
    entry = np.floor(rng.random(n) * 3) if seed else None
    stratum = checked_labels(rng.integers(0, 2, n), "stratum", n) if seed == 2 else None
    weight = rng.integers(1, 4, n).astype(float) if seed else None
    data = build(time, event, centred(design_matrix(rng.normal(size=(n, 3)))), entry, stratum, weight, ties)
    beta = np.array([0.2, -0.4, 0.6])

    def by_definition(b):
        found = evaluate(data, b)
        return found.log_likelihood + np.linalg.slogdet(found.information)[1] / 2

    found = penalised(data, beta)
    assert found.log_likelihood == pytest.approx(by_definition(beta), rel=1e-13)
    h = 1e-5
    slope = [(by_definition(beta + h * e) - by_definition(beta - h * e)) / (2 * h) for e in np.eye(3)]
    np.testing.assert_allclose(found.score, slope, rtol=1e-6, atol=1e-7)


def test_group_without_events_gets_a_finite_estimate_and_an_honest_interval():
    rng = np.random.default_rng(1)
    treated = np.repeat([0, 1], [30, 8])
    event = np.where(treated == 1, 0, rng.random(38) < 0.6)
    age = rng.normal(40, 10, 38)
    covariates = {"treated": treated, "age": age}
    with pytest.raises(SeparationError) as refusal:
        cox(rng.integers(5, 50, 38), event, covariates)
    assert refusal.value.terms == ("treated",)
    assert "firth" in str(refusal.value)
    row = cox(rng.integers(5, 50, 38), event, covariates, penalty="firth").summary().row(0, named=True)
    assert 0 < row["lower"] < row["hazard_ratio"] < row["upper"] < np.inf
    assert row["hazard_ratio"] < 1


def test_penalty_vanishes_with_information(rows, covariates):
    """On 20 copies of the data the penalty is a twentieth of what it was."""
    plain = cox(rows["time"], rows["event"], covariates)
    once = cox(rows["time"], rows["event"], covariates, penalty="firth", ties="breslow")
    plain = cox(rows["time"], rows["event"], covariates, ties="breslow")
    many = {key: np.tile(value, 20) for key, value in covariates.items()}
    often = cox(np.tile(rows["time"], 20), np.tile(rows["event"], 20), many, penalty="firth", ties="breslow")
    np.testing.assert_allclose((often.coef - plain.coef) * 20, once.coef - plain.coef, rtol=0.05)


def test_no_penalty_against_collinearity_or_clusters():
    time, event = [1, 2, 3, 4], [1, 0, 1, 0]
    with pytest.raises(CollinearityError, match="'x' is constant"):
        cox(time, event, {"x": [1, 1, 1, 1]}, penalty="firth")
    with pytest.raises(RefusalError, match="clustered"):
        cox(time, event, {"x": [0, 1, 1, 0]}, penalty="firth", cluster=[1, 1, 2, 2])
    with pytest.raises(RefusalError, match="exact"):
        cox(time, event, {"x": [0, 1, 1, 0]}, penalty="firth", ties="exact")
