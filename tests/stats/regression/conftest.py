"""Data and stored results of other programs, shared by the tests of regression."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from dayzero.stats.regression.design_matrix import expand_factor

REFERENCE = Path(__file__).parents[2] / "reference" / "regression"
TEXT = {"arm", "stratum", "centre", "Sex", "D", "Phase", "Source"}


def read_columns(name):
    with (REFERENCE / name).open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {key: np.array([row[key] if key in TEXT else float(row[key]) for row in rows]) for key in rows[0]}


@pytest.fixture(scope="session")
def rows():
    """150 synthetic rows with ties, delayed entry, strata, weights, clusters and causes (make_rows.py)."""
    return read_columns("rows.csv")


@pytest.fixture(scope="session")
def covariates(rows):
    return {key: rows[key] for key in ("age", "female", "dose")}


@pytest.fixture(scope="session")
def bmtcrr():
    """177 patients after allogeneic HSCT (Scrucca, Santucci, Aversa 2010; MIT, package casebase)."""
    return read_columns("bmtcrr.csv")


@pytest.fixture(scope="session")
def cox_reference():
    """Results of R survival, written by cox.R."""
    return json.loads((REFERENCE / "cox.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def fine_gray_reference():
    """Results of R cmprsk and survival, written by fine_gray.R."""
    return json.loads((REFERENCE / "fine_gray.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def adjusted_reference():
    """Results of R riskRegression and survival, written by adjusted.R."""
    return json.loads((REFERENCE / "adjusted.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def bmtcrr_covariates(bmtcrr):
    """Covariates of the published Fine-Gray model."""
    return {
        "Age": bmtcrr["Age"],
        "Sex": bmtcrr["Sex"] == "M",
        "D": bmtcrr["D"] == "AML",
        **expand_factor("Phase", bmtcrr["Phase"], reference="Relapse"),
        "Source": bmtcrr["Source"] == "PB",
    }


@pytest.fixture(scope="session")
def close():
    """Compare with R: relative difference at most 1e-9, absolute where the value is near zero."""

    def check(found, expected, rtol=1e-9, atol=1e-11):
        np.testing.assert_allclose(
            np.asarray(found, dtype=float), np.asarray(expected, dtype=float), rtol=rtol, atol=atol
        )

    return check
