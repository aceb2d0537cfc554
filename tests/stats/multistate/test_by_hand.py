"""Six patients, worked by hand.

patient 1: ill on day 1, dies on day 3          patient 4: healthy, censored on day 3
patient 2: dies on day 2                        patient 5: ill on day 4, dies on day 5
patient 3: ill on day 2, censored on day 5      patient 6: healthy, censored on day 6

    day   healthy at risk     ill at risk        healthy   ill     dead
     1    1 2 3 4 5 6         -           1 ill    5/6     1/6      0
     2      2 3 4 5 6         1           3 ill, 2 dies
                                                   1/2     1/3     1/6
     3          4 5 6         1 3         1 dies   1/2     1/6     1/3
     4            5 6           3         5 ill    1/4     5/12    1/3
     5              6           3 5       5 dies   1/4     5/24    13/24
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from dayzero import stats

ILLNESS = [1, np.nan, 2, np.nan, 4, np.nan]
TIME = [3, 2, 5, 3, 5, 6]
DIED = [1, 1, 0, 0, 1, 0]
DAYS = [0, 1, 2, 3, 4, 5, 6]
TRUTH = {  # twenty-fourths
    "healthy": [24, 20, 12, 12, 6, 6, 6],
    "ill": [0, 4, 8, 4, 10, 5, 5],
    "dead": [0, 0, 4, 8, 8, 13, 13],
}


@pytest.fixture
def histories():
    return stats.illness_death(ILLNESS, TIME, DIED)


def column(frame, state, name):
    return frame.filter(frame["state"] == state)[name].to_list()


def test_occupation_probabilities(histories):
    frame = stats.state_occupancy(histories).at(DAYS)
    for state, truth in TRUTH.items():
        assert column(frame, state, "estimate") == pytest.approx(
            [float(Fraction(k, 24)) for k in truth], abs=1e-15
        )


def test_numbers_at_risk_and_entered(histories):
    frame = stats.state_occupancy(histories).at(DAYS)
    assert column(frame, "healthy", "at_risk") == [6, 6, 5, 3, 2, 1, 1]
    assert column(frame, "ill", "at_risk") == [0, 0, 1, 2, 1, 2, 0]
    assert column(frame, "ill", "entered") == [0, 1, 2, 2, 3, 3, 3]
    assert column(frame, "dead", "entered") == [0, 0, 1, 2, 2, 3, 3]


def test_before_any_censoring_the_jackknife_variance_is_multinomial(histories):
    frame = stats.state_occupancy(histories).at([2, 3])
    for state, shares in (
        ("healthy", [Fraction(3, 6), Fraction(3, 6)]),
        ("ill", [Fraction(2, 6), Fraction(1, 6)]),
        ("dead", [Fraction(1, 6), Fraction(2, 6)]),
    ):
        truth = [float(p * (1 - p) / 6) ** 0.5 for p in shares]
        assert column(frame, state, "std_err") == pytest.approx(truth, rel=1e-12)


def test_a_state_left_for_good_has_greenwoods_variance(histories):
    # S(4) = 1/4; S^2 (1/(6 5) + 2/(5 3) + 1/(2 1)) = 1/16 * 2/3 = 1/24
    for variance in ("jackknife", "greenwood"):
        frame = stats.state_occupancy(histories, variance=variance).at([4])
        assert column(frame, "healthy", "std_err") == pytest.approx(
            [float(Fraction(1, 24)) ** 0.5], rel=1e-12
        )


def test_expected_time_in_state(histories):
    result = stats.time_in_state(histories, 5)
    assert result.estimate[0] == pytest.approx([37 / 12, 13 / 12, 10 / 12], rel=1e-12)


def test_transition_probabilities_from_day_2(histories):
    frame = stats.transition_probabilities(histories, start=2).at([5])
    found = dict(zip(zip(frame["from"], frame["to"], strict=True), frame["estimate"], strict=True))
    assert found[("ill", "ill")] == pytest.approx(1 / 4)
    assert found[("ill", "dead")] == pytest.approx(3 / 4)
    assert found[("healthy", "healthy")] == pytest.approx(1 / 2)
    # ill on day 4, then the risk of day 5
    assert found[("healthy", "ill")] == pytest.approx(1 / 4)
    assert found[("dead", "dead")] == 1


def test_current_leukaemia_free_survival():
    # Four patients, no censoring: the curve is the share in remission.
    # A relapses on day 2, is in remission again on day 4; B relapses on day 3 and dies on day 5;
    # C dies in remission on day 6; D stays in remission.
    changes = [[2, 4, np.nan], [3, np.nan, np.nan], [np.nan] * 3, [np.nan] * 3]
    histories = stats.current_leukaemia_free(changes, [9, 5, 6, 9], [0, 1, 1, 0])
    assert stats.remission_states(histories) == ("remission", "remission 2")
    current = stats.state_occupancy(histories).combined({"CLFS": stats.remission_states(histories)})
    frame = current.at([1, 2, 3, 4, 5, 6])
    shares = [1, 3 / 4, 2 / 4, 3 / 4, 3 / 4, 2 / 4]
    assert frame["estimate"].to_list() == pytest.approx(shares)
    assert frame["std_err"].to_list() == pytest.approx([(p * (1 - p) / 4) ** 0.5 for p in shares])
    assert histories.model.absorbing == ("dead in remission", "dead in relapse")
