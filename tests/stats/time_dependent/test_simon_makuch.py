"""Simon-Makuch curves: by hand, against R, and where the product limit would be stuck."""

from __future__ import annotations

import numpy as np
import pytest

from dayzero import stats
from dayzero.errors import BadInputError, RefusalError

TIME, EVENT, EXPOSED = [5, 4, 3, 6, 5], [1, 1, 1, 0, 0], [2, 4, np.nan, 3, np.nan]


def column(frame, group, name="estimate"):
    return frame.filter(frame["group"] == group)[name].to_list()


def test_by_hand():
    # exposed: day 4, A B D at risk, B dies; day 5, A D, A dies. Unexposed: day 3, B C E, C dies.
    frame = stats.simon_makuch(TIME, EVENT, EXPOSED).at([2, 3, 4, 5])
    assert column(frame, "exposed") == pytest.approx([1, 1, 2 / 3, 1 / 3])
    assert column(frame, "unexposed") == pytest.approx([1, 2 / 3, 2 / 3, 2 / 3])
    assert column(frame, "exposed", "at_risk") == [1, 2, 3, 2]
    assert column(frame, "unexposed", "at_risk") == [4, 3, 1, 1]


def test_nobody_is_at_risk_twice():
    frame = stats.simon_makuch(TIME, EVENT, EXPOSED).at([1, 2, 3, 4, 5, 6])
    both = np.array(column(frame, "exposed", "at_risk")) + column(frame, "unexposed", "at_risk")
    assert both.tolist() == [5, 5, 5, 4, 3, 1]


def test_the_clock_reset_at_the_exposure():
    # A 3 days to death, B 0 days, D censored after 3
    curve = stats.simon_makuch(TIME, EVENT, EXPOSED, clock="reset")
    assert curve.groups == ("exposed",)
    assert curve.at([0, 2, 3])["estimate"].to_list() == pytest.approx([2 / 3, 2 / 3, 1 / 3])
    assert "clock reset" in str(curve.convention)
    old = stats.simon_makuch(TIME, EVENT, EXPOSED, clock="reset", ties="R")
    assert old.at([0, 3])["estimate"].to_list() == pytest.approx([1, 1 / 2])


def test_the_clock_reset_under_delayed_entry():
    # exposed on day 2, observed from day 4: at risk from 2 days after the exposure
    curve = stats.simon_makuch([6, 9], [1, 1], [2, 0], entry=[4, 0], clock="reset")
    assert curve.at([1, 4])["at_risk"].to_list() == [1, 2]


def test_137_transplants_as_r(reference, course):
    curve = stats.simon_makuch(course["time"], course["cause"] > 0, course["agvhd"], ties="R")
    frame = curve.at([30, 60, 100, 365, 730])
    for group in ("unexposed", "exposed"):
        rows = frame.filter(frame["group"] == group)
        inside = rows["estimate"].to_numpy() < 1  # R reports an interval [1, NA] where nobody had the event
        for name in ("estimate", "std_err", "lower", "upper"):
            expected = np.array(reference["simon_makuch"][group][name], dtype=float)
            np.testing.assert_allclose(rows[name].to_numpy()[inside], expected[inside], rtol=1e-9)


def test_from_a_later_day_the_curves_are_conditional():
    curve = stats.simon_makuch([2, 5, 9, 8, 7], [1, 1, 0, 1, 0], [1, np.nan, 3, 4, np.nan], from_time=4)
    frame = curve.at([4, 5, 8])
    assert column(frame, "exposed") == pytest.approx([1, 1, 1 / 2])
    assert column(frame, "unexposed") == pytest.approx([1, 1 / 2, 1 / 2])
    assert "given event-free at 4" in str(curve.convention)


def test_a_curve_stuck_at_0_is_refused():
    with pytest.raises(RefusalError, match="everybody at risk in the group 'exposed' had the event"):
        stats.simon_makuch([3, 9, 8], [1, 0, 1], [1, 5, 6])
    curve = stats.simon_makuch([3, 9, 8], [1, 0, 1], [1, 5, 6], from_time=4)
    assert column(curve.at([8]), "exposed") == pytest.approx([1 / 2])


def test_without_exposure_it_is_kaplan_meier():
    curve = stats.simon_makuch(TIME, EVENT, [np.nan] * 5)
    plain = stats.kaplan_meier(TIME, EVENT).at([3, 5])
    assert column(curve.at([3, 5]), "unexposed") == plain["estimate"].to_list()
    assert np.isnan(column(curve.at([3]), "exposed")[0])


def test_bad_questions():
    with pytest.raises(BadInputError, match="unknown clock"):
        stats.simon_makuch(TIME, EVENT, EXPOSED, clock="back")
    with pytest.raises(BadInputError, match="from_time has no meaning"):
        stats.simon_makuch(TIME, EVENT, EXPOSED, clock="reset", from_time=3)
    with pytest.raises(BadInputError, match="nobody was exposed"):
        stats.simon_makuch([3], [1], [np.nan], clock="reset")
    with pytest.raises(BadInputError, match="nobody is under observation after 9"):
        stats.simon_makuch(TIME, EVENT, EXPOSED, from_time=9)
    with pytest.raises(BadInputError, match="from_time is -1"):
        stats.simon_makuch(TIME, EVENT, EXPOSED, from_time=-1)
