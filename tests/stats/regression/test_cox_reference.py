"""Cox models equal R survival 3.5-3 (cox.R) in everything they answer, for both treatments of ties."""

from __future__ import annotations

import numpy as np
import pytest

from dayzero.stats.regression.cox_regression import cox

MODELS = {
    "right": (),
    "late": ("entry",),
    "strata": ("entry", "stratum"),
    "weights": ("weight",),
    "iptw": ("entry", "weight"),
    "cluster": ("entry", "cluster"),
    "everything": ("entry", "stratum", "weight", "cluster"),
    "copies": ("copies",),
}
NEW = {"age": [30, 60], "female": [0, 1], "dose": [1, 4]}


def fitted(rows, covariates, name, ties):
    options = {key if key != "copies" else "weight": rows[key] for key in MODELS[name]}
    variance = "model" if name == "weights" else None
    return cox(rows["time"], rows["event"], covariates, ties=ties, variance=variance, **options)


@pytest.fixture(params=["efron", "breslow"])
def ties(request):
    return request.param


@pytest.fixture(params=MODELS)
def case(request, ties, rows, covariates, cox_reference):
    name = request.param
    return name, fitted(rows, covariates, name, ties), cox_reference[ties][name]


def test_coefficients_and_variances(case, close):
    _, model, expected = case
    close(model.coef, expected["coef"])
    close(model.covariance, expected["var"])
    close(model.naive_covariance, expected["naive"])
    close([model.log_likelihood_null, model.log_likelihood], expected["loglik"])


def test_wald_and_score_tests(case, close):
    _, model, expected = case
    close(model.wald_test().statistic, expected["wald"])
    close(model.score_test().statistic, expected["rscore"] if model.robust else expected["score"])


def test_likelihood_ratio_test(rows, covariates, ties, cox_reference, close):
    model = fitted(rows, covariates, "right", ties)
    null, full = cox_reference[ties]["right"]["loglik"]
    close(model.likelihood_ratio_test().statistic, 2 * (full - null))
    assert model.likelihood_ratio_test().df == 3


def test_martingale_residuals(case, close):
    _, model, expected = case
    close(model.residuals("martingale")["residual"], expected["martingale"])


@pytest.mark.parametrize("name", ["right", "everything"])
@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("deviance", "deviance"),
        ("score", "score_rows"),
        ("dfbeta", "dfbeta"),
        ("dfbetas", "dfbetas"),
        ("schoenfeld", "schoenfeld"),
        ("scaled_schoenfeld", "scaledsch"),
    ],
)
def test_other_residuals(rows, covariates, ties, cox_reference, close, name, kind, key):
    table = fitted(rows, covariates, name, ties).residuals(kind)
    columns = ["residual"] if kind == "deviance" else ["age", "female", "dose"]
    close(table.select(columns).to_numpy().squeeze(), cox_reference[ties][name][key])


@pytest.mark.parametrize("transform", ["km", "rank", "identity", "log"])
def test_proportional_hazards(case, close, transform):
    _, model, expected = case
    table = model.proportional_hazards_test(transform).table()
    close(table.select("statistic", "df", "p_value").to_numpy(), expected["zph"][transform])


def test_proportional_hazards_of_a_factor(rows, cox_reference, close):
    from dayzero.stats.regression.design_matrix import expand_factor

    model = cox(rows["time"], rows["event"], {"age": rows["age"], **expand_factor("arm", rows["arm"])})
    close(model.coef, cox_reference["factor"]["coef"])
    groups = {"arm": ["arm: one", "arm: two"]}
    test = model.proportional_hazards_test(groups=groups)
    assert test.terms == ("age", "arm", "all")
    close(test.table().select("statistic", "df", "p_value").to_numpy(), cox_reference["factor"]["zph"])


def test_concordance(case, close):
    _, model, expected = case
    found = model.concordance()
    close([found.estimate, found.std_err], [expected["concordance"][k] for k in ("estimate", "std_err")])
    counts = np.reshape(expected["concordance"]["count"], (5, -1), order="A")
    if counts.shape[1] > 1:
        counts = np.reshape(expected["concordance"]["count"], (-1, 5)).T
    close([found.concordant, found.discordant, found.tied_predictor], counts[:3].sum(axis=1), atol=1e-9)


@pytest.mark.parametrize("name", ["right", "late", "weights", "iptw", "cluster", "strata"])
def test_predicted_curves(rows, covariates, ties, cox_reference, close, name):
    expected = cox_reference[ties][name]["curve"]
    stratum = "B" if name == "strata" else None
    curves = fitted(rows, covariates, name, ties).predict(NEW, stratum=stratum).steps()

    def by_curve(key):
        values = np.asarray(expected[key], dtype=float)
        return values.reshape(2, -1).ravel() if name == "strata" else values.T.ravel()

    close(curves["estimate"], by_curve("surv"))
    close(curves["std_err"], by_curve("std_err") * by_curve("surv"))
    close(curves["lower"], by_curve("lower"))
    close(curves["upper"], by_curve("upper"))


def test_baseline_hazard(rows, covariates, cox_reference, close):
    # R leaves 0/1 covariates uncentred ("nocenter"), so its "mean" patient is male.
    patient = {"age": [rows["age"].mean()], "female": [0.0], "dose": [rows["dose"].mean()]}
    table = cox(rows["time"], rows["event"], covariates).baseline_hazard(patient)
    expected = dict(zip(cox_reference["basehaz"]["time"], cox_reference["basehaz"]["hazard"], strict=True))
    close(table["cumulative_hazard"], [expected[t] for t in table["time"]])


def test_uno_and_horizon(rows, covariates, cox_reference, close):
    from dayzero.stats.regression.concordance_index import concordance

    model = cox(rows["time"], rows["event"], covariates)
    uno = model.concordance("n/G2")
    close([uno.estimate, uno.std_err], [cox_reference["uno"][k] for k in ("estimate", "std_err")])
    early = concordance(rows["time"], rows["event"], model.linear_predictor(), horizon=20)
    close([early.estimate, early.std_err], [cox_reference["horizon"][k] for k in ("estimate", "std_err")])


@pytest.mark.parametrize("name", ["right", "late"])
def test_exact_ties(rows, covariates, cox_reference, close, name):
    if name == "right":
        first = {key: value[:60] for key, value in covariates.items()}
        model = cox(rows["time"][:60], rows["event"][:60], first, ties="exact")
    else:
        model = cox(
            rows["time"],
            rows["event"],
            covariates,
            entry=rows["entry"],
            stratum=rows["stratum"],
            ties="exact",
        )
    expected = cox_reference["exact"][name]
    close(model.coef, expected["coef"])
    close(model.covariance, expected["var"])
    close([model.log_likelihood_null, model.log_likelihood], expected["loglik"])
    close(model.score_test().statistic, expected["score"])
    close(model.residuals()["residual"], expected["martingale"])


def test_transplant_cohort(bmtcrr, bmtcrr_covariates, cox_reference, close):
    model = cox(bmtcrr["ftime"], bmtcrr["Status"] > 0, bmtcrr_covariates)
    expected = cox_reference["bmtcrr"]
    close(model.coef, expected["coef"])
    close(model.covariance, expected["var"])
    found = model.concordance()
    close([found.estimate, found.std_err], [expected["concordance"][k] for k in ("estimate", "std_err")])
    groups = {"Phase": ["Phase: CR1", "Phase: CR2", "Phase: CR3"]}
    table = model.proportional_hazards_test(groups=groups).table()
    close(table.select("statistic", "df", "p_value").to_numpy(), expected["zph"])
