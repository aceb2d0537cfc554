"""Models by name, and from one row a patient to histories."""

from __future__ import annotations

import numpy as np
import pytest

from dayzero import stats
from dayzero.errors import BadInputError

NEVER = np.nan


def as_rows(histories):
    states = histories.model.states
    return [
        (int(s), float(a), float(b), states[j], states[k] if k >= 0 else None)
        for s, a, b, j, k in zip(
            histories.subject,
            np.maximum(histories.start, 0),
            histories.stop,
            histories.origin,
            histories.target,
            strict=True,
        )
    ]


def test_competing_risks():
    histories = stats.competing_risks([3, 5, 4], [1, 0, 2], names=("relapse", "death"))
    assert as_rows(histories) == [
        (0, 0, 3, "event-free", "relapse"),
        (1, 0, 5, "event-free", None),
        (2, 0, 4, "event-free", "death"),
    ]
    assert histories.model.absorbing == ("relapse", "death")


def test_illness_death():
    histories = stats.illness_death([2, NEVER], [5, 4], [True, False], states=("well", "gvhd", "dead"))
    assert as_rows(histories) == [
        (0, 0, 2, "well", "gvhd"),
        (0, 2, 5, "gvhd", "dead"),
        (1, 0, 4, "well", None),
    ]
    assert not histories.model.cyclic


def test_illness_death_with_recovery_is_cyclic():
    histories = stats.illness_death([2, NEVER], [5, 4], [1, 0], recovery=[3, NEVER])
    assert as_rows(histories)[:3] == [
        (0, 0, 2, "healthy", "ill"),
        (0, 2, 3, "ill", "healthy"),
        (0, 3, 5, "healthy", "dead"),
    ]
    assert histories.model.cyclic


def test_current_leukaemia_free_model():
    model = stats.current_leukaemia_free_model()
    assert model.states == (
        "remission", "relapse", "remission 2", "relapse 2", "dead in remission", "dead in relapse",
    )  # fmt: skip
    assert ("remission 2", "dead in remission") in model.transitions
    assert ("relapse", "dead in relapse") in model.transitions
    assert ("remission", "remission 2") not in model.transitions
    assert not model.cyclic


def test_current_leukaemia_free_histories_of_any_length():
    changes = [[2, 4, 6, 8], [3, NEVER, NEVER, NEVER]]
    histories = stats.current_leukaemia_free(changes, [9, 5], [1, 1])
    assert [row[3] for row in as_rows(histories)] == [
        "remission", "relapse", "remission 2", "relapse 2", "remission 3", "remission", "relapse",
    ]  # fmt: skip
    assert as_rows(histories)[4][4] == "dead in remission"
    assert as_rows(histories)[6][4] == "dead in relapse"


def test_delayed_entry_cuts_the_past():
    histories = stats.illness_death([2, NEVER], [5, 4], [1, 0], entry=[3, 1])
    assert as_rows(histories) == [(0, 3, 5, "ill", "dead"), (1, 1, 4, "healthy", None)]


def test_a_change_at_the_end_of_follow_up_without_death():
    histories = stats.illness_death([5], [5], [0])
    assert as_rows(histories) == [(0, 0, 5, "healthy", "ill")]


@pytest.mark.parametrize(
    ("rule", "rows"),
    [
        ("before", [(0, 0, 4.5, "healthy", "ill"), (0, 4.5, 5, "ill", "dead")]),
        ("skip", [(0, 0, 5, "healthy", "dead")]),
    ],
)
def test_a_change_on_the_day_of_death(rule, rows):
    assert as_rows(stats.illness_death([5], [5], [1], same_day=rule)) == rows


def test_a_change_on_the_day_of_death_is_refused_unless_a_rule_is_given():
    with pytest.raises(BadInputError, match="same_day='before'"):
        stats.illness_death([5, 1], [5, 4], [1, 1])
    with pytest.raises(BadInputError, match="nothing comes before time 0"):
        stats.illness_death([0.0], [0], [1], same_day="before")
    with pytest.raises(BadInputError, match="same_day"):
        stats.illness_death([1], [5], [1], same_day="after")


def test_half_way_lies_after_the_time_before():
    histories = stats.illness_death([2.5, NEVER], [2.5, 2.1], [1, 0], same_day="before")
    assert as_rows(histories)[0][2] == pytest.approx(2.3)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ([[NEVER, 4]], "without the one before it"),
        ([[4, 3]], "each after the one before"),
        ([[4, 9]], "after the end of follow-up"),
        ([[-1, NEVER]], "negative or infinite"),
    ],
)
def test_impossible_changes(changes, message):
    with pytest.raises(BadInputError, match=message):
        stats.current_leukaemia_free(changes, [8], [0])


def test_what_happens_at_time_0_counts():
    histories = stats.illness_death([0, NEVER, NEVER], [4, 0, 6], [0, 1, 0])
    frame = stats.state_occupancy(histories).at([0])
    assert frame["estimate"].to_list() == pytest.approx([1 / 3, 1 / 3, 1 / 3])


def test_names_must_be_states():
    with pytest.raises(BadInputError, match="did you mean 'ill'"):
        stats.MultiStateModel(("healthy", "ill"), (("healthy", "il"),))
    with pytest.raises(BadInputError, match="the same state"):
        stats.MultiStateModel(("a", "b"), (("a", "a"),))
    with pytest.raises(BadInputError, match="each named once"):
        stats.MultiStateModel(("a", "a"), ())
    with pytest.raises(BadInputError, match="1 or more"):
        stats.current_leukaemia_free_model(0)
    with pytest.raises(BadInputError, match="cause 2 has no name"):
        stats.competing_risks([1, 2], [1, 2], names=("relapse",))
