"""A defined answer or a clear refusal for what real data also bring."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from dayzero import stats
from dayzero.errors import BadInputError, RefusalError


def one(**changes):
    rows = {"subject": [1], "start": [0], "stop": [5], "from_state": ["a"], "to_state": ["b"]} | changes
    return stats.StateHistories.from_rows(**rows)


def test_no_rows():
    with pytest.raises(BadInputError, match="no rows"):
        one(subject=[], start=[], stop=[], from_state=[], to_state=[])
    with pytest.raises(BadInputError, match="no rows"):
        stats.illness_death([], [], [])


def test_one_row():
    frame = stats.state_occupancy(one()).at([4, 5])
    assert frame["estimate"].to_list() == [1, 0, 0, 1]
    assert frame["std_err"].to_list() == [0, 0, 0, 0]
    assert frame["lower"].is_nan().all()
    assert all("no interval of this type exists" in text for text in frame["flag"])


def test_nobody_moves():  # R survival once failed when all were censored (its issue 124)
    histories = stats.StateHistories.from_rows([1, 2], [0, 0], [5, 6], ["a", "a"], ["", None])
    result = stats.state_occupancy(histories)
    assert result.at([9])["estimate"].to_list() == [1]
    assert result.at([9])["beyond_follow_up"].to_list() == [True]
    assert stats.transition_probabilities(histories).at([3])["estimate"].to_list() == [1]
    assert stats.time_in_state(histories, 4).estimate.tolist() == [[4]]


def test_nobody_moves_from_different_states():
    histories = stats.StateHistories.from_rows([1, 2], [0, 0], [5, 6], ["a", "b"], ["", ""])
    frame = stats.state_occupancy(histories).at([3])
    assert frame["estimate"].to_list() == [0.5, 0.5]
    assert frame["std_err"].to_list() == pytest.approx([(0.25 / 2) ** 0.5] * 2)


def test_everything_at_one_time():
    histories = stats.illness_death([5] * 3 + [np.nan], [5] * 4, [0, 0, 0, 1])
    frame = stats.state_occupancy(histories).at([5])
    assert frame["estimate"].to_list() == pytest.approx([0, 0.75, 0.25])


def test_a_state_whose_people_were_lost_is_flagged():
    histories = stats.illness_death([1, np.nan, np.nan], [2, 9, 8], [0, 1, 0])
    frame = stats.state_occupancy(histories).at([5])
    flags = dict(zip(frame["state"], frame["flag"], strict=True))
    assert flags["ill"] == "nobody is observed in this state any more: its probability is carried forward"
    assert flags["healthy"] is None


def test_transition_probabilities_out_of_a_state_nobody_was_in_are_missing():
    histories = stats.illness_death([5, np.nan, np.nan], [9, 3, 8], [1, 1, 0])
    frame = stats.transition_probabilities(histories).at([4, 9])
    out_of_ill = frame.filter(frame["from"] == "ill")
    assert out_of_ill.filter(out_of_ill["time"] == 4)["estimate"].is_nan().all()
    assert not out_of_ill.filter(out_of_ill["time"] == 9)["estimate"].is_nan().any()
    assert out_of_ill["flag"][0] == "nobody was at risk in the from state"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"stop": [np.nan]}, "stop must be finite"),
        ({"start": [-1]}, "start must be finite and not negative"),
        ({"start": [5]}, "stop must be after start"),
        ({"to_state": ["a"]}, "no such transition"),
        ({"from_state": [None]}, "from_state is missing"),
        ({"weight": [-1]}, "not negative"),
        ({"weight": [0]}, "every weight is zero"),
        ({"stop": [5, 6]}, "has 2 values"),
        ({"model": stats.illness_death_model()}, "unknown state 'b'"),
    ],
)
def test_bad_rows(changes, message):
    with pytest.raises(BadInputError, match=message):
        one(**changes)


def test_what_changes_within_a_subject_is_a_state():
    rows = {"subject": [1, 1], "start": [0, 3], "stop": [3, 6]}
    for name, values in (("weight", [1, 2]), ("group", ["x", "y"])):
        with pytest.raises(BadInputError, match=f"{name} changes within a subject"):
            stats.StateHistories.from_rows(**rows, **{name: values})


def test_zero_weight_is_nobody():
    kept = stats.illness_death([1, np.nan], [4, 3], [1, 0])
    added = stats.illness_death([1, np.nan, 2], [4, 3, 5], [1, 0, 1], weight=[1, 1, 0])
    a = stats.state_occupancy(kept).at([1, 3, 4])
    b = stats.state_occupancy(added).at([1, 3, 4])
    assert a["estimate"].to_list() == pytest.approx(b["estimate"].to_list())
    assert a["std_err"].to_list() == pytest.approx(b["std_err"].to_list())


def test_fractional_weights_need_the_jackknife():
    histories = stats.illness_death([1, np.nan], [4, 3], [1, 0], weight=[0.5, 1.5])
    with pytest.raises(RefusalError, match="fractional weights"):
        stats.state_occupancy(histories, variance="greenwood")
    with pytest.raises(RefusalError, match="fractional weights"):
        stats.transition_probabilities(histories)


def test_groups_are_estimated_apart():
    histories = stats.illness_death([1, np.nan, 2, np.nan], [4, 3, 5, 6], [1, 0, 1, 0], group=list("aabb"))
    both = stats.state_occupancy(histories).at([2])
    alone = stats.state_occupancy(histories.only("b")).at([2])
    assert both.filter(both["group"] == "b").equals(alone)
    with pytest.raises(BadInputError, match="one group at a time"):
        stats.transition_probabilities(histories)
    with pytest.raises(BadInputError, match="unknown group"):
        histories.only("c")


def test_bad_questions():
    histories = one()
    with pytest.raises(BadInputError, match="unknown variance"):
        stats.state_occupancy(histories, variance="etm")
    with pytest.raises(BadInputError, match="add up to 1"):
        stats.state_occupancy(histories, initial={"a": 0.4})
    with pytest.raises(BadInputError, match="horizon"):
        stats.time_in_state(histories, 0)
    with pytest.raises(BadInputError, match="unknown state"):
        stats.state_occupancy(histories).combined({"x": ("c",)})
    with pytest.raises(BadInputError, match="before 3"):
        stats.transition_probabilities(histories, start=3).at([1])
    with pytest.raises(BadInputError, match="nobody is under observation"):
        histories.after(7)
    with pytest.raises(BadInputError, match="not missing and not negative"):
        stats.state_occupancy(histories).at([np.nan])


def test_round_off_ties_are_ties():
    third = 0.1 + 0.2
    histories = stats.StateHistories.from_rows([1, 2], [0, 0], [third, 0.3], ["a", "a"], ["b", "b"])
    assert len(stats.state_occupancy(histories).times) == 1


def test_under_weights_people_are_counted_beside():
    histories = stats.illness_death([1, np.nan, 2], [4, 3, 5], [1, 0, 1], weight=[0.5, 1.5, 2])
    frame = stats.state_occupancy(histories).at([3])
    healthy = frame.filter(frame["state"] == "healthy")
    assert (healthy["at_risk"][0], healthy["at_risk_people"][0]) == (1.5, 1)
    ill = frame.filter(frame["state"] == "ill")
    assert (ill["entered"][0], ill["entered_people"][0]) == (2.5, 2)
    alive = stats.state_occupancy(histories).combined({"alive": ("healthy", "ill")}).at([3])
    assert (alive["at_risk"][0], alive["at_risk_people"][0]) == (4, 3)


def test_importing_the_room_loads_nothing_heavy():
    code = (
        "import sys, dayzero.stats as s\n"
        "for name in ('state_occupancy', 'transition_probabilities', 'time_in_state', 'illness_death',\n"
        "             'counting_process', 'landmark', 'simon_makuch', 'bootstrap', 'pseudo_observations'):\n"
        "    getattr(s, name)\n"
        "print([m for m in ('polars', 'scipy', 'typst', 'pydantic') if m in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
