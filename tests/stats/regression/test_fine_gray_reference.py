"""Fine-Gray models equal R cmprsk::crr 2.2-11 (fine_gray.R) in coefficients, variance and prediction."""

from __future__ import annotations

import numpy as np
import pytest

from dayzero.stats.regression.design_matrix import expand_factor
from dayzero.stats.regression.fine_gray_regression import fine_gray


def equal(model, expected, close):
    close(model.coef, expected["coef"])
    close(model.covariance, expected["var"])
    close(model.naive_covariance, expected["invinf"])
    close([model.log_likelihood_null, model.log_likelihood], [expected["null"], expected["loglik"]])


def test_plain(rows, covariates, fine_gray_reference, close):
    equal(fine_gray(rows["time"], rows["cause"], covariates), fine_gray_reference["plain"], close)


def test_other_cause(rows, covariates, fine_gray_reference, close):
    model = fine_gray(rows["time"], rows["cause"], covariates, of_interest=2)
    equal(model, fine_gray_reference["cause2"], close)


def test_censoring_groups(rows, covariates, fine_gray_reference, close):
    model = fine_gray(rows["time"], rows["cause"], covariates, censoring_group=rows["centre"])
    equal(model, fine_gray_reference["cengroup"], close)


def test_without_censoring(rows, covariates, fine_gray_reference, close):
    happened = rows["cause"] > 0
    part = {key: value[happened] for key, value in covariates.items()}
    model = fine_gray(rows["time"][happened], rows["cause"][happened], part)
    equal(model, fine_gray_reference["uncensored"], close)


def test_continuous_times(rows, covariates, fine_gray_reference, close):
    expected = fine_gray_reference["continuous"]
    equal(fine_gray(expected["time"], rows["cause"], covariates), expected, close)


def test_functions_of_time(rows, covariates, fine_gray_reference, close):
    female, age = covariates["female"], covariates["age"]
    model = fine_gray(
        rows["time"],
        rows["cause"],
        covariates,
        time_covariates=np.column_stack([female, female, age]),
        time_function=lambda t: np.column_stack([t, np.log(t), t]),
    )
    expected = fine_gray_reference["interacted"]
    equal(model, expected, close)
    curves = model.predict([[30, 0, 1], [60, 1, 4]], time_covariates=[[0, 0, 30], [1, 1, 60]]).steps()
    predicted = np.array(expected["predict"])[:, 1:]
    close(curves["estimate"], predicted.T.ravel())
    assert curves["std_err"].is_nan().all()


def test_functions_of_time_alone_with_censoring_groups(rows, covariates, fine_gray_reference, close):
    model = fine_gray(
        rows["time"],
        rows["cause"],
        None,
        censoring_group=rows["centre"],
        time_covariates={"female": covariates["female"]},
        time_function=lambda t: t,
    )
    assert model.terms == ("female * f(t)",)
    equal(model, fine_gray_reference["only_interacted"], close)


def test_case_weights_are_copies(rows, covariates, fine_gray_reference, close):
    weighted = fine_gray(rows["time"], rows["cause"], covariates, weight=rows["copies"])
    expected = fine_gray_reference["copies"]
    close(weighted.coef, expected["coef"])
    close(weighted.naive_covariance, expected["invinf"])
    again = np.repeat(np.arange(len(rows["time"])), rows["copies"].astype(int))
    copies = {key: value[again] for key, value in covariates.items()}
    equal(fine_gray(rows["time"][again], rows["cause"][again], copies), expected, close)
    clustered = fine_gray(rows["time"][again], rows["cause"][again], copies, cluster=again)
    close(clustered.covariance, weighted.covariance)


def test_strata(rows, covariates, fine_gray_reference, close):
    time = fine_gray_reference["continuous"]["time"]
    model = fine_gray(time, rows["cause"], covariates, stratum=rows["stratum"])
    close(model.coef, fine_gray_reference["strata"]["coef"])
    close(model.naive_covariance, fine_gray_reference["strata"]["invinf"])


def test_predicted_incidence_and_baseline(rows, covariates, fine_gray_reference, close):
    model = fine_gray(rows["time"], rows["cause"], covariates)
    expected = fine_gray_reference["plain"]
    curves = model.predict({"age": [30, 60], "female": [0, 1], "dose": [1, 4]}).steps()
    close(curves["estimate"], np.array(expected["predict"])[:, 1:].T.ravel())
    baseline = model.baseline_hazard()
    close(baseline["time"], expected["uftime"])
    # crr's baseline is at covariates zero, this one at their means
    centre = sum(covariates[term].mean() * b for term, b in zip(model.terms, model.coef, strict=True))
    close(baseline["hazard"], np.array(expected["bfitj"]) * np.exp(centre))


@pytest.mark.parametrize(("cause", "key"), [(1, "bmtcrr"), (2, "bmtcrr2")])
def test_transplant_cohort(bmtcrr, bmtcrr_covariates, fine_gray_reference, close, cause, key):
    model = fine_gray(bmtcrr["ftime"], bmtcrr["Status"], bmtcrr_covariates, of_interest=cause)
    equal(model, fine_gray_reference[key], close)


def test_published_values(bmtcrr):
    """Scrucca, Santucci and Aversa, Bone Marrow Transplant 2010;45:1388-1395, as printed."""
    covariates = {
        "Age": bmtcrr["Age"],
        "Sex F": bmtcrr["Sex"] == "F",
        "D AML": bmtcrr["D"] == "AML",
        **expand_factor("Phase", bmtcrr["Phase"], reference="Relapse"),
        "Source PB": bmtcrr["Source"] == "PB",
    }
    table = fine_gray(bmtcrr["ftime"], bmtcrr["Status"], covariates).summary()
    printed = {
        "Age": (-0.0185, 0.0119),
        "Sex F": (-0.0352, 0.2900),
        "D AML": (-0.4723, 0.3054),
        "Phase: CR1": (-1.1018, 0.3764),
        "Phase: CR2": (-1.0200, 0.3558),
        "Phase: CR3": (-0.7314, 0.5766),
        "Source PB": (0.9211, 0.5530),
    }
    for row in table.iter_rows(named=True):
        assert (round(row["coef"], 4), round(row["std_err"], 4)) == printed[row["term"]]
