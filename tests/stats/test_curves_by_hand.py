"""Six patients, every number a fraction.

day  at risk  relapse  death  censored |  S(t)   F1(t)   F2(t)
 1      6        1       0        0    |  5/6     1/6      0
 2      5        0       1        1    |  2/3     1/6     1/6
 3      3        1       0        0    |  4/9     7/18    1/6
 4      2        0       0        1    |  4/9     7/18    1/6
 5      1        0       1        0    |   0      7/18   11/18
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from dayzero import stats

TIME = [1, 2, 2, 3, 4, 5]
CAUSE = [1, 2, 0, 1, 0, 2]
DAYS = [0, 1, 2, 3, 4, 5]


def exactly(found, expected) -> None:
    np.testing.assert_allclose(np.asarray(found, dtype=float), expected, rtol=1e-14, atol=1e-15)


def test_survival():
    frame = stats.kaplan_meier(TIME, np.array(CAUSE) != 0).at(DAYS)
    exactly(frame["estimate"], [1, 5 / 6, 2 / 3, 4 / 9, 4 / 9, 0])
    assert frame["at_risk"].to_list() == [6, 6, 5, 3, 2, 1]
    assert frame["events"].to_list() == [0, 1, 2, 3, 3, 4]
    # Greenwood at day 3: (4/9)^2 (1/(6 5) + 1/(5 4) + 1/(3 2)) = 16/81 x 1/4
    assert frame["std_err"][3] == pytest.approx(2 / 9, rel=1e-14)


def test_incidence():
    frame = stats.cumulative_incidence(TIME, CAUSE).at(DAYS)
    first, second = frame.filter(frame["cause"] == 1), frame.filter(frame["cause"] == 2)
    exactly(first["estimate"], [0, 1 / 6, 1 / 6, 7 / 18, 7 / 18, 7 / 18])
    exactly(second["estimate"], [0, 0, 1 / 6, 1 / 6, 1 / 6, 11 / 18])
    assert first["events"].to_list() == [0, 1, 1, 2, 2, 2]
    assert second["events"].to_list() == [0, 0, 1, 1, 1, 2]


def test_variance_of_incidence_in_both_conventions():
    """Influence of day u on F1(3) = 7/18, with r = Y - d left over.

    u=1 (relapse): (F1(1) + S(1) - F1(3)) / r = (1 - 7/18) / 5 = 11/90
    u=2 (death):   (F1(2) - F1(3)) / r        = (-4/18) / 4   = -1/18
    u=3 (relapse): (F1(3) + S(3) - F1(3)) / r = (4/9) / 2     = 2/9
    delta: sum of (1 - 1/Y) influence^2 = 5/6 121/8100 + 4/5 1/324 + 2/3 4/81 = 31/648
    Aalen: sum of influence^2                                                 = 91/1350
    """
    delta = stats.cumulative_incidence(TIME, CAUSE, variance="delta").at(3)
    aalen = stats.cumulative_incidence(TIME, CAUSE, variance="aalen").at(3)
    assert delta["std_err"][0] ** 2 == pytest.approx(31 / 648, rel=1e-13)
    assert aalen["std_err"][0] ** 2 == pytest.approx(91 / 1350, rel=1e-13)


def test_cumulative_hazard():
    frame = stats.nelson_aalen(TIME, np.array(CAUSE) != 0).at(3)
    assert frame["estimate"][0] == pytest.approx(1 / 6 + 1 / 5 + 1 / 3, rel=1e-14)
    assert frame["std_err"][0] ** 2 == pytest.approx(1 / 36 + 1 / 25 + 1 / 9, rel=1e-13)


def test_restricted_mean():
    """Area to day 4: 1 + 5/6 + 2/3 + 4/9 = 53/18.

    Area still to come at days 1, 2, 3: 35/18, 10/9, 4/9; variance
    (35/18)^2/30 + (10/9)^2/20 + (4/9)^2/6 = 1225/9720 + 100/1620 + 16/486 = 429/1944
    """
    found = stats.restricted_mean(TIME, np.array(CAUSE) != 0, horizon=4)
    assert found.estimate[0, 0] == pytest.approx(53 / 18, rel=1e-14)
    assert found.std_err[0, 0] ** 2 == pytest.approx(429 / 1944, rel=1e-13)


def test_reverse_curve_gives_the_median_follow_up():
    """Censoring as the event: day 2 with 5 at risk, day 4 with 2: 4/5, then 2/5: median 4 days."""
    found = stats.median_follow_up(TIME, np.array(CAUSE) != 0)
    exactly(found.curve.at([2, 4])["estimate"], [4 / 5, 2 / 5])
    assert found.summary()["median"].to_list() == [4.0]


def test_quantiles():
    curve = stats.kaplan_meier(TIME, np.array(CAUSE) != 0)
    assert curve.quantile([0.25, 0.5, 0.75])["estimate"].to_list() == [2.0, 3.0, 5.0]
    frame = stats.cumulative_incidence(TIME, CAUSE).quantile(0.5)
    assert math.isnan(frame["estimate"][0])  # relapse never reaches one half
    assert frame["estimate"][1] == 5.0


def test_steps_start_at_time_zero_and_add_up():
    frame = stats.cumulative_incidence(TIME, CAUSE).steps()
    own = frame.filter(frame["cause"] == 1)
    assert own["time"].to_list() == [0, 1, 2, 3, 4, 5]
    assert own["at_risk"].to_list() == [6, 6, 5, 3, 2, 1]
    assert own["events"].to_list() == [0, 1, 0, 1, 0, 0]
    assert own["censored"].to_list() == [0, 0, 1, 0, 1, 0]
    assert frame["events"].sum() + own["censored"].sum() == 6
