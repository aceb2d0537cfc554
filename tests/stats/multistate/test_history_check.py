"""Overlaps, gaps, jumps and teleports, against R survival::survcheck and one by one."""

from __future__ import annotations

import numpy as np
import pytest

from dayzero import stats
from dayzero.errors import BadInputError
from stats.multistate.conftest import columns, numbers


def test_the_faults_r_finds(reference):
    rows = columns("faults.csv")
    check = stats.check_histories(
        rows["subject"], numbers(rows["start"]), numbers(rows["stop"]), rows["from"], rows["to"]
    )
    expected = reference["survcheck"]
    for name in ("overlap", "gap", "jump"):
        assert getattr(check, name).tolist() == [expected[name] - 1]
        assert check.counts[name] == expected["flag"][name]
    assert check.teleport.tolist() == [row - 1 for row in expected["teleport"]]
    assert not check.ok


def test_rows_in_any_order_are_named_by_their_own_position():
    check = stats.check_histories(["a", "b", "a"], [4, 0, 0], [9, 3, 5], None, None)
    assert check.overlap.tolist() == [0]
    frame = check.to_frame()
    assert frame["fault"].to_list() == ["overlap"]
    assert frame["subject"].to_list() == ["a"]


def test_a_teleport_is_named_once():
    check = stats.check_histories([1, 1, 1], [0, 5, 8], [5, 8, 9], ["a", "b", "b"], [None, None, None])
    assert check.teleport.tolist() == [1]


def test_states_carry_on_when_they_are_not_given():
    check = stats.check_histories([1, 1, 2], [0, 3, 0], [3, 6, 4], None, ["ill", "censored", "ill"])
    assert check.ok
    assert check.states == ("initial", "ill")
    frame = check.transition_frame()
    assert frame.rows() == [("initial", "ill", 2), ("ill", "censored", 1)]
    assert check.visits.tolist() == [[2, 0], [0, 2]]


def test_a_transition_that_the_model_forbids():
    model = stats.illness_death_model()
    check = stats.check_histories(
        [1, 1], [0, 3], [3, 6], ["healthy", "ill"], ["ill", "healthy"], allowed=model
    )
    assert check.not_allowed.tolist() == [1]
    with pytest.raises(BadInputError, match="not_allowed: the model has no such transition"):
        check.refuse()


def test_a_gap_is_no_error_but_is_stated():
    histories = stats.StateHistories.from_rows([1, 1, 2], [0, 5, 0], [3, 9, 8], None, ["", "ill", "ill"])
    assert histories.gaps == 1
    assert "resume after a gap" in str(stats.state_occupancy(histories).convention)


@pytest.mark.parametrize(
    ("start", "stop", "origin", "word"),
    [
        ([0, 4], [5, 9], ["a", "a"], "overlap"),
        ([0, 6], [5, 9], ["a", "b"], "jump"),
        ([0, 5], [5, 9], ["a", "b"], "teleport"),
    ],
)
def test_estimates_refuse_faulty_rows(start, stop, origin, word):
    with pytest.raises(BadInputError, match=word) as caught:
        stats.StateHistories.from_rows([7, 7], start, stop, origin, ["", "c"])
    assert "subject 7" in str(caught.value)


def test_the_empty_check():
    check = stats.check_histories([], [], [])
    assert check.ok
    assert check.counts == {"overlap": 0, "gap": 0, "jump": 0, "teleport": 0, "not_allowed": 0}
    assert check.to_frame().is_empty()


def test_a_missing_time_is_refused():
    with pytest.raises(BadInputError, match="finite"):
        stats.check_histories([1], [0], [np.nan])
