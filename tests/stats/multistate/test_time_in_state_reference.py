"""Expected time in state against the integral of R survival::survfit and of its influence matrix."""

from __future__ import annotations

import pytest

from dayzero import stats


@pytest.mark.parametrize("horizon", ["10", "25"])
def test_one_first_state(reference, histories, same, horizon):
    result = stats.time_in_state(histories(late=True), float(horizon))
    same(result.estimate[0], reference["time_in_state"][horizon]["estimate"])
    same(result.std_err[0], reference["time_in_state"][horizon]["std_err"])


def test_different_first_states(reference, histories, same):
    result = stats.time_in_state(histories(late=True, start="mixed"), 25)
    same(result.estimate[0], reference["time_in_state_mixed"]["estimate"])
    same(result.std_err[0], reference["time_in_state_mixed"]["std_err"])
