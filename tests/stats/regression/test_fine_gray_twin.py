"""Fine-Gray against a slow twin written from the definition, and its jackknife against real derivatives."""

from __future__ import annotations

import numpy as np
import pytest

from dayzero.stats.regression.fine_gray_likelihood import hazard
from dayzero.stats.regression.fine_gray_regression import fine_gray
from dayzero.stats.regression.fine_gray_variance import ScoreInfluence


def censoring_before(time, censored, weight, at):
    """Kaplan-Meier estimate of G(at-), events of a day still at risk of its censorings."""
    g = 1.0
    for u in np.unique(time[censored & (time < at)]):
        g *= 1 - weight[censored & (time == u)].sum() / weight[time >= u].sum()
    return g if at <= time.max() else 0.0


def presence(time, status, weight, group, at):
    """Weight of every row in the risk set of time ``at``."""
    out = (time >= at).astype(float)
    for j in np.flatnonzero((status == 2) & (time < at)):
        own = group == group[j]
        args = (time[own], status[own] == 0, weight[own])
        out[j] = censoring_before(*args, at) / censoring_before(*args, time[j])
    return out


def twin(beta, time, status, x, stratum, group, weight, variance):
    """Return log-likelihood, score, information and every row's influence on the score."""
    n, p = x.shape
    risk = np.exp(x @ beta)
    log_likelihood, score, information = 0.0, np.zeros(p), np.zeros((p, p))
    influence = np.zeros((n, p))
    times, means, jumps, own_jumps, weights = [], [], [], [], []
    for s in np.unique(stratum):
        inside = stratum == s
        for t in np.unique(time[(status == 1) & inside]):
            w = presence(time, status, weight, group, t) * inside
            part = w * weight * risk
            mean = part @ x / part.sum()
            failing = (status == 1) & (time == t) & inside
            d = weight[failing].sum()
            log_likelihood += weight[failing] @ (x[failing] @ beta) - d * np.log(part.sum())
            score += weight[failing] @ (x[failing] - mean)
            information += d * ((x - mean).T * part) @ (x - mean) / part.sum()
            influence[failing] += x[failing] - mean
            influence -= (w * risk * d / part.sum())[:, None] * (x - mean)
            times.append((t, s))
            means.append(mean)
            jumps.append(d / part.sum())
            own_jumps.append({g: weight[failing & (group == g)].sum() / part.sum() for g in np.unique(group)})
            weights.append(w)
    for g in np.unique(group):
        member = group == g
        for u in np.unique(time[(status == 0) & member]):
            here = (status == 0) & member & (time == u)
            at_risk, leaving = weight[member & (time >= u)].sum(), weight[here].sum()
            q = np.zeros(p)
            for (t, s), mean, jump, own, w in zip(times, means, jumps, own_jumps, weights, strict=True):
                before = time < u if variance == "cmprsk" else time <= u
                if (t < u) or (variance != "cmprsk" and t == u):
                    continue
                chosen = (status == 2) & before & member & (stratum == s)
                share = own[g] if variance == "cmprsk" else jump
                q += share * ((w * weight * risk * chosen) @ (x - mean))
            left = at_risk if variance == "cmprsk" else at_risk - leaving
            if left > 0:
                influence[here] += q / left
                influence[member & (time >= u)] -= q / left * leaving / at_risk
    return log_likelihood, score, information, influence * weight[:, None]


@pytest.fixture(params=range(6))
def problem(request):
    rng = np.random.default_rng(100 + request.param)
    n = 45
    time = rng.integers(1, 15, n).astype(float) if request.param % 2 else rng.uniform(0, 10, n)
    status = rng.choice([0, 1, 2], n, p=[0.35, 0.4, 0.25])
    x = rng.normal(loc=(0, 3), size=(n, 2))
    stratum = rng.integers(0, 2, n) if request.param in (2, 3, 5) else np.zeros(n, int)
    group = rng.integers(0, 3, n) if request.param > 2 else np.zeros(n, int)
    weight = rng.uniform(0.5, 2, n) if request.param > 3 else np.ones(n)
    return time, status, x, stratum, group, weight


@pytest.mark.parametrize("variance", ["cmprsk", "jackknife"])
def test_model_equals_the_definition(problem, variance):
    time, status, x, stratum, group, weight = problem
    model = fine_gray(
        time, status, x, stratum=stratum, censoring_group=group, weight=weight, variance=variance
    )
    log_likelihood, score, information, influence = twin(model.coef, *problem, variance)
    assert model.log_likelihood == pytest.approx(log_likelihood, rel=1e-11)
    np.testing.assert_allclose(score, 0, atol=1e-9)
    np.testing.assert_allclose(np.linalg.inv(model.naive_covariance), information, rtol=1e-9, atol=1e-9)
    h = hazard(model.data, model.coef)
    found = ScoreInfluence.of(model.data, h, variance).rows(slice(0, len(time)))
    np.testing.assert_allclose(found, influence, rtol=1e-8, atol=1e-10)
    expected = model.naive_covariance @ influence.T @ influence @ model.naive_covariance
    np.testing.assert_allclose(model.covariance, expected, rtol=1e-9)


def test_clusters_add_up_before_they_are_squared(problem):
    time, status, x, stratum, group, weight = problem
    cluster = np.arange(len(time)) // 3
    model = fine_gray(time, status, x, stratum=stratum, censoring_group=group, weight=weight, cluster=cluster)
    influence = twin(model.coef, *problem, "cmprsk")[3]
    grouped = np.array([influence[cluster == c].sum(axis=0) for c in np.unique(cluster)])
    expected = model.naive_covariance @ grouped.T @ grouped @ model.naive_covariance
    np.testing.assert_allclose(model.covariance, expected, rtol=1e-8)


def test_jackknife_is_the_derivative_with_respect_to_each_weight(problem):
    time, status, x, stratum, group, weight = problem

    def coef(weights):
        return fine_gray(time, status, x, stratum=stratum, censoring_group=group, weight=weights).coef

    model = fine_gray(time, status, x, stratum=stratum, censoring_group=group, weight=weight)
    h = hazard(model.data, model.coef)
    influence = ScoreInfluence.of(model.data, h, "jackknife").rows(slice(0, len(time)))
    step = 1e-4
    for i in range(0, len(time), 6):
        more, less = weight.copy(), weight.copy()
        more[i] += step
        less[i] -= step
        slope = (coef(more) - coef(less)) / (2 * step) * weight[i]
        np.testing.assert_allclose(influence[i] @ model.naive_covariance, slope, rtol=1e-5, atol=1e-7)


def test_functions_of_time_equal_split_rows(rows, covariates):
    """x f(t) with f(t) = 1 is x itself: the slow route and the fast one give the same model."""
    plain = fine_gray(rows["time"], rows["cause"], covariates, stratum=rows["stratum"], weight=rows["weight"])
    slow = fine_gray(
        rows["time"],
        rows["cause"],
        {"age": covariates["age"]},
        stratum=rows["stratum"],
        weight=rows["weight"],
        time_covariates={"female": covariates["female"], "dose": covariates["dose"]},
        time_function=np.ones_like,
    )
    np.testing.assert_allclose(slow.coef, plain.coef, rtol=1e-10)
    np.testing.assert_allclose(slow.covariance, plain.covariance, rtol=1e-9)
    assert slow.log_likelihood_null == pytest.approx(plain.log_likelihood_null, rel=1e-12)
