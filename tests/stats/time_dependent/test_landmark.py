"""Landmark analysis: who is kept, what is known of them, who was lost and why."""

from __future__ import annotations

import numpy as np
import pytest

from dayzero import stats
from dayzero.errors import BadInputError

NAMES = ["a", "b", "c", "d", "e", "f"]
TIME = [50, 100, 101, 400, 90, 300]
CAUSE = [1, 2, 1, 0, 0, 2]
ENTRY = [0, 0, 0, 0, 0, 120]


def test_by_hand():
    response = stats.TimeDependent(
        ["c", "d", "d", "a"], [101, 100, 20, 10], ["MRD-", "MRD+", "MRD-", "MRD-"], "unknown"
    )
    made = stats.landmark(TIME, CAUSE, 100, {"mrd": response}, subject=NAMES, entry=ENTRY)
    # a and b had their event by day 100, e was censored, f was not yet observed; c's result came on day 101
    assert made.to_frame().rows() == [("c", 2, 1, 1, "unknown"), ("d", 3, 300, 0, "MRD+")]
    assert made.lost_frame().rows() == [
        ("a", 0, 50, "cause 1 at or before the landmark"),
        ("b", 1, 100, "cause 2 at or before the landmark"),
        ("e", 4, 90, "censored at or before the landmark"),
        ("f", 5, 300, "entered after the landmark"),
    ]
    assert str(made).startswith("landmark at 100: 2 of 6 patients at risk; 1 cause 1 at or before")
    assert sum(made.lost.values()) == 4


def test_every_patient_is_kept_or_lost_once():
    rng = np.random.default_rng(3)
    time, cause = rng.integers(0, 200, 80), rng.integers(0, 3, 80)
    made = stats.landmark(time, cause, 60)
    assert sorted([*made.row, *made.lost_row]) == list(range(80))
    assert (made.time > 0).all()
    assert made.time.dtype.kind == "i"


def test_a_landmark_curve_is_conditional_survival():
    rng = np.random.default_rng(4)
    time, event = rng.integers(1, 200, 200), rng.integers(0, 2, 200)
    made = stats.landmark(time, event, 60)
    later = stats.kaplan_meier(made.time, made.cause).at([30, 90])["estimate"].to_numpy()
    whole = stats.kaplan_meier(time, event).at([60, 90, 150])["estimate"].to_numpy()
    np.testing.assert_allclose(later, whole[1:] / whole[0])


def test_what_is_known_later_is_not_used():
    later = stats.TimeDependent([0, 1], [61, 60])
    made = stats.landmark([100, 100], [1, 0], 60, {"response": later})
    assert made.covariates["response"].tolist() == [0, 1]


def test_round_off_at_the_landmark_is_a_tie():
    made = stats.landmark([0.1 + 0.2, 0.5], [1, 1], 0.3)
    assert made.row.tolist() == [1]


def test_nobody_is_left():
    made = stats.landmark([5, 6], [1, 0], 10)
    assert made.to_frame().is_empty()
    assert made.lost == {"cause 1 at or before the landmark": 1, "censored at or before the landmark": 1}
    assert stats.landmark([], [], 10).to_frame().is_empty()


def test_bad_questions():
    with pytest.raises(BadInputError, match="landmark is 0"):
        stats.landmark([5], [1], 0)
    with pytest.raises(BadInputError, match="several rows"):
        stats.landmark([5, 6], [1, 1], 3, subject=["a", "a"])
    with pytest.raises(BadInputError, match="not known at the start"):
        stats.landmark([5], [1], 3, {"x": stats.TimeDependent([0], [4], ["late"])})
    with pytest.raises(BadInputError, match="finite"):
        stats.landmark([np.nan], [1], 3)
