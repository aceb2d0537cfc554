"""Curves to draw: steps, marks, numbers at risk, all in the study's unit."""

from __future__ import annotations

import pytest

from dayzero.study.curves import draw
from study.hand_made import by_letter, fit, whole

ROWS = [(10, 1), (20, 0), (30, 1), (40, 0), *[(50, 0)] * 8]


def test_steps_marks_and_risk() -> None:
    (curve,) = draw(fit(whole("survival", *ROWS)), (0, 20, 40, 60), "days")
    assert curve.id == "E.curve"
    assert curve.time == (0.0, 10.0, 30.0)
    assert curve.estimate == pytest.approx((1.0, 11 / 12, 11 / 12 * 9 / 10))
    assert curve.lower[0] is None
    assert curve.censor_time == (20.0, 40.0, 50.0)
    assert curve.censor_estimate == pytest.approx((11 / 12, 0.825, 0.825))
    assert curve.at_risk == (12, 11, 9, 0)
    assert (curve.end, curve.n, curve.events, curve.conf_type) == (50.0, 12, 2, "log-log")


def test_unit() -> None:
    (curve,) = draw(fit(whole("survival", *[(365.25, 1)] * 12)), (0, 1), "years")
    assert curve.time == (0.0, 1.0)
    assert curve.at_risk == (12, 12)


def test_a_group_without_events_has_a_band() -> None:
    a, b = draw(fit(by_letter("incidence", "ab" * 12, (10, 1), *[(100, 0)] * 23)), (0,), "days")
    assert a.conf_type == "log-log"
    assert b.conf_type == "beta product (exact)"  # which is Clopper-Pearson until the first censoring
    assert b.estimate == (0.0, 0.0) or b.estimate == (0.0,)
    assert b.upper[0] == pytest.approx(1 - 0.025 ** (1 / 12))


def test_competing_events_are_not_steps_of_the_estimate_but_lower_the_number_at_risk() -> None:
    rows = [(10, 2), (20, 1), *[(100, 0)] * 10]
    (curve,) = draw(fit(whole("incidence", *rows)), (0, 15), "days")
    assert curve.estimate[-1] == pytest.approx(1 / 12)
    assert curve.at_risk == (12, 11)
    assert 10.0 not in curve.time
