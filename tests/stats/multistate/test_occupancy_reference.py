"""State occupation probabilities against R survival::survfit."""

from __future__ import annotations

import numpy as np
import pytest

from dayzero import stats

DAYS = [3, 7, 12, 20, 30]
TYPES = ["log-log", "log", "plain", "logit", "arcsin"]


def check(same, result, expected, times=DAYS, *, limits: bool = True) -> None:
    frame = result.at(times)
    shape = (len(result.states), len(times))
    estimate = frame["estimate"].to_numpy().reshape(shape).T
    same(estimate, expected["estimate"])
    same(frame["std_err"].to_numpy().reshape(shape).T, expected["std_err"])
    if limits:
        inside = (estimate > 1e-12) & (estimate < 1 - 1e-12)  # R keeps round-off where the truth is 0 or 1
        for name in ("lower", "upper"):
            found = frame[name].to_numpy().reshape(shape).T
            same(found[inside], np.array(expected[name], dtype=float)[inside])
            assert np.isnan(found[~inside]).all()


@pytest.mark.parametrize("conf_type", TYPES)
def test_every_interval_type(reference, histories, same, conf_type):
    result = stats.state_occupancy(histories(late=False), conf_type=conf_type)
    check(same, result, reference["occupancy"][conf_type])


def test_delayed_entry(reference, histories, same):
    check(same, stats.state_occupancy(histories(late=True)), reference["occupancy_entry"])


def test_fractional_weights(reference, histories, same):
    result = stats.state_occupancy(histories(late=False, weighted=True))
    check(same, result, reference["occupancy_weight"])


def test_fractional_weights_and_delayed_entry(reference, histories, same):
    result = stats.state_occupancy(histories(late=True, weighted=True))
    check(same, result, reference["occupancy_entry_weight"])


def test_different_first_states_and_their_sampling(reference, histories, same):
    result = stats.state_occupancy(histories(late=True, start="mixed"))
    check(same, result, reference["occupancy_mixed"])


def test_different_first_states_under_weights(reference, histories, same):
    result = stats.state_occupancy(histories(late=True, weighted=True, start="mixed"), conf_type="log")
    check(same, result, reference["occupancy_mixed_weight"])


def test_known_first_states(reference, histories, same):
    known = {"s0": 0.5, "s1": 0.3, "s2": 0.2}
    result = stats.state_occupancy(histories(late=True, start="mixed"), initial=known, conf_type="log")
    check(same, result, reference["occupancy_known"])


@pytest.mark.parametrize("group", ["even", "odd"])
def test_one_group(reference, histories, same, group):
    result = stats.state_occupancy(histories(late=True, group=group))
    check(same, result, reference["occupancy_group"][group])


def test_landmark_estimate_of_a_transition_probability(reference, histories, same):
    result = stats.state_occupancy(histories(late=True).after(8, "s1"))
    check(same, result, reference["landmark_from_s1"], [12, 20, 30])


def test_illness_death_on_137_transplants(reference, course, same):
    histories = stats.illness_death(course["agvhd"], course["time"], course["cause"] > 0)
    days = reference["illness_death"]["time"]
    check(same, stats.state_occupancy(histories), reference["illness_death"], days)
