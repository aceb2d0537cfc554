"""Mistakes reproduced in other packages (2025 and 2026), each of which must not happen here."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from dayzero.errors import BadInputError
from dayzero.stats import SeparationError, adjusted_curves, cause_specific, cox, expand_factor, fine_gray


def test_survival_rs_2_reports_a_naive_error_for_fine_gray(bmtcrr, bmtcrr_covariates, fine_gray_reference):
    """``finegray_regression`` of the package survival 2.0.0 gives the inverse information as variance."""
    model = fine_gray(bmtcrr["ftime"], bmtcrr["Status"], bmtcrr_covariates)
    expected = np.sqrt(np.diag(fine_gray_reference["bmtcrr"]["var"]))
    np.testing.assert_allclose(model.std_err, expected, rtol=1e-9)
    naive = np.sqrt(np.diag(model.naive_covariance))
    assert (np.abs(naive / expected - 1) > 0.004).all()


def test_comprisk_0_8_is_right_to_three_digits_only(bmtcrr, bmtcrr_covariates, fine_gray_reference):
    """Its sandwich leaves out the estimation of the censoring; crr's does not, and neither does this one."""
    model = fine_gray(bmtcrr["ftime"], bmtcrr["Status"], bmtcrr_covariates)
    np.testing.assert_allclose(model.covariance, fine_gray_reference["bmtcrr"]["var"], rtol=1e-9, atol=1e-12)


def test_scikit_survival_gives_no_standard_errors_and_no_strata_for_cox(rows, covariates, cox_reference):
    """scikit-survival issues 61 and 566."""
    model = cox(rows["time"], rows["event"], covariates, entry=rows["entry"], stratum=rows["stratum"])
    expected = np.sqrt(np.diag(cox_reference["efron"]["strata"]["var"]))
    np.testing.assert_allclose(model.std_err, expected, rtol=1e-9)


def test_causes_need_not_be_coded_1_to_k_all_observed(rows, covariates):
    """scikit-survival requires it; R cmprsk drops a cause without events."""
    recoded = np.where(rows["cause"] == 2, 5, rows["cause"])
    plain = fine_gray(rows["time"], rows["cause"], covariates)
    np.testing.assert_array_equal(fine_gray(rows["time"], recoded, covariates).coef, plain.coef)
    with pytest.raises(BadInputError, match="cause 2 never happens"):
        fine_gray(rows["time"], recoded, covariates, of_interest=2)
    assert cause_specific(rows["time"], recoded, covariates).causes == (1, 5)


def test_the_cause_of_interest_is_named_not_taken_from_an_order(rows, covariates):
    """ggsurvfit issue 277: the test of another event when the order of levels differs from the code."""
    second = fine_gray(rows["time"], rows["cause"], covariates, of_interest=2)
    swapped = np.array([0, 2, 1])[rows["cause"].astype(int)]
    np.testing.assert_array_equal(second.coef, fine_gray(rows["time"], swapped, covariates).coef)
    assert second.of_interest == 2


def test_tied_days_are_not_jittered(rows, covariates):
    """lifelines' Aalen-Johansen breaks ties at random, so two runs differ; here they agree to the bit."""
    for fit in (cox, fine_gray):
        outcome = rows["event"] if fit is cox else rows["cause"]
        first = fit(rows["time"], outcome, covariates)
        again = fit(rows["time"], outcome, covariates)
        np.testing.assert_array_equal(first.coef, again.coef)
        np.testing.assert_array_equal(first.covariance, again.covariance)


def test_a_group_without_events_and_a_single_group(rows):
    """EZR 1.63 and 1.64 repaired crashes here; the answer is a refusal that says what to do."""
    group = np.where(np.arange(150) < 10, "empty", "other")
    event = np.where(group == "empty", 0, rows["event"])
    with pytest.raises(SeparationError, match=r"'group: other' to \+infinity.*\n.*penalty='firth'"):
        cox(rows["time"], event, expand_factor("group", group))
    model = cox(rows["time"], event, expand_factor("group", group), penalty="firth")
    assert model.summary()["hazard_ratio"].is_finite().all()
    with pytest.raises(BadInputError, match="has 1 level"):
        expand_factor("group", ["only"] * 150)


def test_fine_gray_with_strata_time_functions_and_weights(rows, covariates):
    """tidycmprsk issues 75, 105, 119 (weights, functions of time) and ClinicoPath (strata): refused there."""
    model = fine_gray(
        rows["time"],
        rows["cause"],
        {"age": covariates["age"]},
        stratum=rows["stratum"],
        weight=rows["weight"],
        cluster=rows["cluster"],
        time_covariates={"female": covariates["female"]},
        time_function=np.log1p,
    )
    assert np.isfinite(model.covariance).all()


def test_direct_adjusted_incidence_has_an_interval(rows, covariates):
    """lifelines issues 494 and 619: adjusted curves, for incidence too, with standard errors."""
    model = fine_gray(rows["time"], rows["cause"], covariates)
    curves = adjusted_curves(model, {"M": {"female": 0}, "F": {"female": 1}})
    table = curves.at([10, 20])
    assert (table["lower"] < table["estimate"]).all()
    assert (table["estimate"] < table["upper"]).all()
    assert curves.difference("F", "M", [20])["std_err"][0] > 0


def test_multistate_curves_of_r_survival_3_5_3_with_efron_ties(rows, covariates):
    """``survfit`` of a multi-state ``coxph`` gives hazards that are not those of its own causes.

    Here survival is exp(-(L1 + L2)) of the two Cox models to the last digit.
    """
    new = {"age": [30], "female": [0], "dose": [1]}
    models = cause_specific(rows["time"], rows["cause"], covariates)
    found = models.predict(new).at([20]).row(0, named=True)["estimate"]
    parts = [models[cause].predict(new).at([20])["estimate"][0] for cause in (1, 2)]
    assert found == pytest.approx(parts[0] * parts[1], rel=1e-13)


def test_importing_the_models_costs_little():
    """No plotting, no scipy.stats, no data frame library before it is needed."""
    code = (
        "import sys; from dayzero.stats import cox, fine_gray, cause_specific, adjusted_curves, concordance;"
        "heavy = ('scipy.stats', 'scipy.sparse', 'typst', 'pandas', 'polars', 'pydantic');"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
