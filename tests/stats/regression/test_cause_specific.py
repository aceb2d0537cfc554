"""Cause-specific models are Cox models of each cause, together."""

from __future__ import annotations

import numpy as np
import pytest

from dayzero.stats import cause_specific, cox


def test_each_model_is_the_cox_model_of_its_cause(rows, covariates):
    options = {"entry": rows["entry"], "stratum": rows["stratum"], "cluster": rows["cluster"]}
    models = cause_specific(rows["time"], rows["cause"], covariates, **options)
    assert models.causes == (1, 2)
    for cause in models.causes:
        alone = cox(rows["time"], rows["cause"] == cause, covariates, **options)
        np.testing.assert_array_equal(models[cause].coef, alone.coef)
        np.testing.assert_array_equal(models[cause].covariance, alone.covariance)


def test_summary_has_one_row_a_cause_and_term(rows, covariates):
    models = cause_specific(rows["time"], rows["cause"], covariates)
    table = models.summary(0.9)
    assert table.columns == [
        "cause",
        "term",
        "coef",
        "hazard_ratio",
        "std_err",
        "lower",
        "upper",
        "z",
        "p_value",
    ]
    assert table["cause"].to_list() == [1, 1, 1, 2, 2, 2]
    assert table["term"].to_list() == ["age", "female", "dose"] * 2
    half = 1.6448536269514722 * models[2].std_err[0]
    assert table["upper"][3] == pytest.approx(np.exp(models[2].coef[0] + half), rel=1e-12)


def test_firth_for_every_cause():
    models = cause_specific(
        [1, 2, 3, 4, 5, 6], [1, 2, 1, 2, 1, 0], {"x": [1, 0, 0, 0, 1, 1]}, penalty="firth"
    )
    assert models.summary()["coef"].is_finite().all()
    assert "Firth" in str(models.convention)


def test_causes_need_not_be_consecutive(rows, covariates):
    """Codes 1 and 7, none in between: two models."""
    recoded = np.where(rows["cause"] == 2, 7, rows["cause"])
    models = cause_specific(rows["time"], recoded, covariates)
    assert models.causes == (1, 7)
    np.testing.assert_array_equal(
        models[7].coef, cause_specific(rows["time"], rows["cause"], covariates)[2].coef
    )
