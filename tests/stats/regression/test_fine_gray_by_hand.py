"""A Fine-Gray model of six patients, worked by hand; r stands for exp(b).

    patient  1      2   3      4      5   6
    time     1      2   3      4      5   6
    cause    2      0   1      1      0   1
    x        1      0   1      0      0   1

Censoring: G falls to 4/5 at time 2 (one of five at risk) and to 2/5 at time 5 (one of two). Patient 1 stays
at risk after the competing event with weight G(t-)/G(1-) = 4/5, 4/5, 2/5 at the three event times:

    time 3: patients 3, 4, 5, 6 and 4/5 of 1    S0 = 14/5 r + 2    factor r / S0
    time 4: patients 4, 5, 6    and 4/5 of 1    S0 =  9/5 r + 2    factor 1 / S0
    time 6: patient 6           and 2/5 of 1    S0 =  7/5 r        factor r / S0

    U(r) = 2 - 14r/(14r + 10) - 9r/(9r + 10) - 1 = 0  <=>  126 r^2 = 100
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from dayzero.stats.regression.fine_gray_likelihood import evaluate, hazard
from dayzero.stats.regression.fine_gray_regression import fine_gray
from dayzero.stats.regression.fine_gray_variance import ScoreInfluence

TIME = [1, 2, 3, 4, 5, 6]
CAUSE = [2, 0, 1, 1, 0, 1]
X = {"x": [1, 0, 1, 0, 0, 1]}
R = 10 / np.sqrt(126)


def test_maximum():
    model = fine_gray(TIME, CAUSE, X)
    assert model.coef[0] == pytest.approx(np.log(R), abs=1e-14)
    p = 14 * R / (14 * R + 10)  # the other share is 1 - p
    assert 1 / model.naive_covariance[0, 0] == pytest.approx(2 * p * (1 - p), rel=1e-13)
    assert model.log_likelihood_null == pytest.approx(-np.log(4.8 * 3.8 * 1.4), rel=1e-14)


def test_score_and_information_at_zero_are_fractions():
    found = evaluate(fine_gray(TIME, CAUSE, X).data, np.zeros(1))
    assert found.score[0] == pytest.approx(float(1 - Fraction(14, 24) - Fraction(9, 19)), rel=1e-13)
    information = Fraction(14 * 10, 24**2) + Fraction(9 * 10, 19**2)
    assert found.information[0, 0] == pytest.approx(float(information), rel=1e-13)


def test_influence_at_zero_is_a_fraction():
    """At b = 0 the hazard jumps by 5/24, 5/19, 5/7; the means of x are 14/24, 9/19, 1.

    Row by row, eta = (x - mean) at the event less the weighted sum of (x - mean) dL while at risk. The
    censoring term: the only competing event is 1 (x = 1), so q(u) = sum over t >= u of G(t-) (1 - mean(t))
    dL(t): q(2) = 4/5 (10/24 5/24 + 10/19 5/19), q(5) = 0 because the mean at time 6 is 1. Patient 2, censored
    at 2 with five at risk, gets q(2)/5 - q(2)/25 and everybody still at risk - q(2)/25.
    """
    model = fine_gray(TIME, CAUSE, X)
    h = hazard(model.data, np.zeros(1))
    found = ScoreInfluence.of(model.data, h, "cmprsk").rows(slice(0, 6))[:, 0]
    a, b = Fraction(5, 24), Fraction(5, 19)
    mean_a, mean_b = Fraction(14, 24), Fraction(9, 19)
    first = -Fraction(4, 5) * ((1 - mean_a) * a + (1 - mean_b) * b)
    eta = [
        first,
        Fraction(0),
        (1 - mean_a) - (1 - mean_a) * a,
        -mean_b + mean_a * a + mean_b * b,
        mean_a * a + mean_b * b,
        -(1 - mean_a) * a - (1 - mean_b) * b,
    ]
    q = Fraction(4, 5) * ((1 - mean_a) * a + (1 - mean_b) * b)
    psi = [Fraction(0), q / 5 - q / 25, -q / 25, -q / 25, -q / 25, -q / 25]
    np.testing.assert_allclose(found, [float(e + p) for e, p in zip(eta, psi, strict=True)], rtol=1e-12)


def test_predicted_incidence():
    """At covariates zero the hazard jumps by 1/(14/5 r + 2), 1/(9/5 r + 2), 1/(7/5 r)."""
    model = fine_gray(TIME, CAUSE, X)
    total = np.cumsum([1 / (2.8 * R + 2), 1 / (1.8 * R + 2), 1 / (1.4 * R)])
    found = model.predict({"x": [0]}).at([1, 3, 4, 6])["estimate"]
    np.testing.assert_allclose(found, [0, *(1 - np.exp(-total))], rtol=1e-12)


def test_without_competing_events_it_is_cox():
    from dayzero.stats.regression.cox_regression import cox

    cause = [1, 0, 1, 1, 0, 1]
    subdistribution = fine_gray(TIME, cause, {"x": [1, 0, 0, 1, 0, 1]})
    hazards = cox(TIME, cause, {"x": [1, 0, 0, 1, 0, 1]}, ties="breslow", variance="robust")
    assert subdistribution.coef == pytest.approx(hazards.coef, rel=1e-13)
    assert subdistribution.covariance == pytest.approx(hazards.covariance, rel=1e-12)
