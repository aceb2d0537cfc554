"""Cox models of two tiny data sets, worked by hand; r stands for exp(b).

Data set 1, x and time (+ censored):  1: 1, 1+, 6    0: 6, 8+, 9

    time   at risk (x=1, x=0)   events   factor of the likelihood
    1      3, 3                 x=1      r / (3r + 3)
    6      1, 3                 one each Breslow r / (r + 3)^2;  Efron r / [(r + 3) (r/2 + 5/2)]
    9      0, 1                 x=0      1

Data set 2, intervals (start, stop]: rows are at risk in start < t <= stop.

    time   at risk (x=1, x=0)   event    factor
    2      1, 1                 x=1      r / (r + 1)
    3      1, 2                 x=0      1 / (r + 2)
    6      3, 2                 x=0      1 / (3r + 2)
    7      3, 1                 x=1      r / (3r + 1)
    8      3, 1                 x=0      1 / (3r + 1)
    9      3, 2                 x=1 x2   Breslow r^2 / (3r + 2)^2;  Efron r^2 / [(3r + 2) (2r + 2)]

The likelihoods are those of the validation examples of Therneau and Grambsch (2000), appendix E.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from dayzero.stats.regression.cox_data import build
from dayzero.stats.regression.cox_likelihood import evaluate
from dayzero.stats.regression.cox_regression import cox
from dayzero.stats.regression.cox_residuals import (
    deviance,
    hazard_steps,
    martingale,
    schoenfeld_rows,
    score_rows,
)
from dayzero.stats.regression.design_matrix import centred, design_matrix

FIRST = {"time": [1, 1, 6, 6, 8, 9], "event": [1, 0, 1, 1, 0, 1]}
FIRST_X = {"x": [1, 1, 1, 0, 0, 0]}
SECOND = {
    "entry": [1, 2, 5, 2, 1, 7, 3, 4, 8, 8],
    "time": [2, 3, 6, 7, 8, 9, 9, 9, 14, 17],
    "event": [1, 1, 1, 1, 1, 1, 1, 0, 0, 0],
}
SECOND_X = {"x": [1, 0, 0, 1, 0, 1, 1, 1, 0, 0]}


def at_zero(rows, x, ties):
    """Assemble the data, to be looked at with the coefficient at zero, where everything is a fraction."""
    return build(rows["time"], rows["event"], centred(design_matrix(x)), entry=rows.get("entry"), ties=ties)


def test_first_breslow_maximum_is_a_quadratic_root():
    # 2 - r/(r+1) - 2r/(r+3) = 0  <=>  r^2 - 3r - 6 = 0
    r = (3 + np.sqrt(33)) / 2
    model = cox(**FIRST, covariates=FIRST_X, ties="breslow")
    assert model.coef[0] == pytest.approx(np.log(r), rel=1e-14)
    assert model.covariance[0, 0] == pytest.approx(1 / (r / (r + 1) ** 2 + 6 * r / (r + 3) ** 2), rel=1e-13)
    expected = 2 * np.log(r) - np.log(3 * r + 3) - 2 * np.log(r + 3)
    assert model.log_likelihood == pytest.approx(expected, rel=1e-14)
    assert model.log_likelihood_null == pytest.approx(-np.log(6 * 4 * 4), rel=1e-14)


def test_first_efron_maximum_is_a_cubic_root():
    # 2 - r/(r+1) - r/(r+3) - r/(r+5) = 0  <=>  r^3 - 23 r - 30 = 0
    r = max(np.roots([1, 0, -23, -30]).real)
    model = cox(**FIRST, covariates=FIRST_X)
    assert model.coef[0] == pytest.approx(np.log(r), rel=1e-13)
    information = r / (r + 1) ** 2 + 3 * r / (r + 3) ** 2 + 5 * r / (r + 5) ** 2
    assert model.covariance[0, 0] == pytest.approx(1 / information, rel=1e-13)
    assert model.log_likelihood_null == pytest.approx(-np.log(6 * 4 * 3), rel=1e-14)


@pytest.mark.parametrize(
    ("ties", "score", "information", "test"),
    [
        ("breslow", Fraction(1), Fraction(5, 8), Fraction(8, 5)),
        ("efron", Fraction(13, 12), Fraction(83, 144), Fraction(169, 83)),
    ],
)
def test_first_score_test_is_a_fraction(ties, score, information, test):
    found = evaluate(at_zero(FIRST, FIRST_X, ties), np.zeros(1))
    assert found.score[0] == pytest.approx(float(score), rel=1e-14)
    assert found.information[0, 0] == pytest.approx(float(information), rel=1e-14)
    model = cox(**FIRST, covariates=FIRST_X, ties=ties)
    assert model.score_test().statistic == pytest.approx(float(test), rel=1e-14)


def test_first_residuals_with_coefficient_zero_breslow():
    # Increments of the hazard: 1/6, 2/4, 1/1. Means of x: 1/2, 1/4, 0.
    data = at_zero(FIRST, FIRST_X, "breslow")
    steps = hazard_steps(data, np.zeros(1))
    expected = [
        Fraction(5, 6),
        Fraction(-1, 6),
        Fraction(1, 3),
        Fraction(1, 3),
        Fraction(-2, 3),
        Fraction(-2, 3),
    ]
    np.testing.assert_allclose(martingale(data, steps), [float(v) for v in expected], rtol=1e-13)
    # (x - mean) dN less the integral of (x - mean) dL: e.g. row 1 = 1/2 - 1/2 * 1/6
    score = [
        Fraction(5, 12),
        Fraction(-1, 12),
        Fraction(7, 24),
        Fraction(-1, 24),
        Fraction(5, 24),
        Fraction(5, 24),
    ]
    np.testing.assert_allclose(score_rows(data, steps)[:, 0], [float(v) for v in score], rtol=1e-12)
    rows, schoenfeld = schoenfeld_rows(data, steps)
    assert rows.tolist() == [0, 2, 3, 5]
    np.testing.assert_allclose(schoenfeld[:, 0], [0.5, 0.75, -0.25, 0.0], atol=1e-15)
    m = float(Fraction(1, 3))
    assert deviance(data, steps)[2] == pytest.approx(np.sqrt(-2 * (m + np.log(1 - m))), rel=1e-13)


def test_first_residuals_with_coefficient_zero_efron():
    # At time 6 the two steps have denominators 4 and 3: increments 1/4 and 1/3, and a tied event is half
    # at risk in the second, so its expected events are 1/6 + 1/4 + 1/6 = 7/12.
    data = at_zero(FIRST, FIRST_X, "efron")
    steps = hazard_steps(data, np.zeros(1))
    expected = [
        Fraction(5, 6),
        Fraction(-1, 6),
        Fraction(5, 12),
        Fraction(5, 12),
        Fraction(-3, 4),
        Fraction(-3, 4),
    ]
    np.testing.assert_allclose(martingale(data, steps), [float(v) for v in expected], rtol=1e-13)
    # means of x in the two steps: 1/4 and (1 - 1/2)/3 = 1/6; the event's mean is their average, 5/24
    _, schoenfeld = schoenfeld_rows(data, steps)
    np.testing.assert_allclose(schoenfeld[:, 0], [0.5, 19 / 24, -5 / 24, 0.0], atol=1e-15)


def test_second_breslow():
    # U(r) = 4 - r/(r+1) - r/(r+2) - 9r/(3r+2) - 6r/(3r+1); at b = 0: 4 - 1/2 - 1/3 - 9/5 - 6/4 = -2/15
    data = at_zero(SECOND, SECOND_X, "breslow")
    found = evaluate(data, np.zeros(1))
    assert found.score[0] == pytest.approx(float(Fraction(-2, 15)), rel=1e-13)
    information = Fraction(1, 4) + Fraction(2, 9) + 3 * Fraction(6, 25) + 2 * Fraction(3, 16)
    assert found.information[0, 0] == pytest.approx(float(information), rel=1e-13)
    assert found.log_likelihood == pytest.approx(-np.log(2 * 3 * 5**3 * 4**2), rel=1e-14)
    r = np.exp(cox(**SECOND, covariates=SECOND_X, ties="breslow").coef[0])
    assert 4 - r / (r + 1) - r / (r + 2) - 9 * r / (3 * r + 2) - 6 * r / (3 * r + 1) == pytest.approx(
        0, abs=1e-14
    )


def test_second_efron():
    # The last factor becomes r / (2r + 2): U(r) gains r/(r+1) in place of 3r/(3r+2)
    r = np.exp(cox(**SECOND, covariates=SECOND_X).coef[0])
    score = 4 - 2 * r / (r + 1) - r / (r + 2) - 6 * r / (3 * r + 2) - 6 * r / (3 * r + 1)
    assert score == pytest.approx(0, abs=1e-14)
    found = evaluate(at_zero(SECOND, SECOND_X, "efron"), np.zeros(1))
    assert found.score[0] == pytest.approx(
        float(Fraction(4) - 1 - Fraction(1, 3) - Fraction(6, 5) - Fraction(6, 4)), rel=1e-12
    )


def test_exact_ties_by_enumeration():
    # Times 1 (events x = 1, 0 among x = 1, 1, 0, 0) and 2 (event x = 1 of x = 1, 0):
    # sets of two out of (r, r, 1, 1): r^2 + 4r + 1; likelihood r/(r^2 + 4r + 1) * r/(r + 1).
    model = cox([1, 1, 2, 2], [1, 1, 1, 0], {"x": [1, 0, 1, 0]}, ties="exact")
    r = np.exp(model.coef[0])
    score = 2 - (2 * r**2 + 4 * r) / (r**2 + 4 * r + 1) - r / (r + 1)
    assert score == pytest.approx(0, abs=1e-13)
    assert model.log_likelihood == pytest.approx(
        2 * np.log(r) - np.log((r**2 + 4 * r + 1) * (r + 1)), rel=1e-13
    )
    assert model.log_likelihood_null == pytest.approx(-np.log(6 * 2), rel=1e-14)


def test_baseline_hazard_and_curve_by_hand():
    # Data set 1, Breslow: at the patient x = 0 the increments are 1/(3r+3), 2/(r+3), 1.
    r = (3 + np.sqrt(33)) / 2
    model = cox(**FIRST, covariates=FIRST_X, ties="breslow")
    table = model.baseline_hazard({"x": [0]})
    np.testing.assert_allclose(table["hazard"], [1 / (3 * r + 3), 2 / (r + 3), 1.0], rtol=1e-12)
    assert table["at_risk"].to_list() == [6, 4, 1]
    assert table["events"].to_list() == [1, 2, 1]
    survival = model.predict({"x": [0, 1]}).at([0, 1, 6])["estimate"].to_list()
    first, second = 1 / (3 * r + 3), 1 / (3 * r + 3) + 2 / (r + 3)
    expected = [1, np.exp(-first), np.exp(-second), 1, np.exp(-r * first), np.exp(-r * second)]
    np.testing.assert_allclose(survival, expected, rtol=1e-12)
