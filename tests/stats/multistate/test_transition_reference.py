"""Transition probabilities and their covariance against R etm.

etm 1.1.1 sets negative covariances to zero, so that only variances and positive covariances can be compared.
"""

from __future__ import annotations

import numpy as np

from dayzero import stats


def check(same, result, expected, times) -> None:
    size = len(result.states)
    frame = result.at(times)
    estimate = frame["estimate"].to_numpy().reshape(size, size, len(times))
    std_err = frame["std_err"].to_numpy().reshape(size, size, len(times))
    for i in range(len(times)):
        same(estimate[:, :, i], expected["estimate"][i])
        # etm names the entries column by column, as R's diag() of the covariance then gives them.
        same(std_err[:, :, i] ** 2, expected["variance"][i])


def test_from_the_origin(reference, histories, same):
    expected = reference["transition_0"]
    result = stats.transition_probabilities(histories(late=False))
    check(same, result, expected, expected["time"])


def test_from_day_8_under_delayed_entry(reference, histories, same):
    expected = reference["transition_8_entry"]
    result = stats.transition_probabilities(histories(late=True), start=8)
    check(same, result, expected, expected["time"])


def test_covariances(reference, histories, same):
    expected = reference["transition_0"]
    result = stats.transition_probabilities(histories(late=False))
    ours = result.covariance(expected["time"][-1])
    size = len(result.states)
    by_column = np.arange(size * size).reshape(size, size).T.reshape(-1)
    ours = ours[np.ix_(by_column, by_column)]
    assert (ours < -1e-6).any()
    same(np.maximum(ours, 0), expected["covariance_last"])


def test_illness_death_on_137_transplants(reference, course, same):
    histories = stats.illness_death(course["agvhd"], course["time"], course["cause"] > 0)
    times = reference["illness_death"]["time"]
    result = stats.transition_probabilities(histories)
    check(same, result, reference["illness_death_etm"], times)
