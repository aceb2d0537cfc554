"""Quantiles against R survival, plateaus included."""

from __future__ import annotations

import numpy as np
import pytest

from dayzero import stats

TYPES = ["log-log", "log", "plain", "logit", "arcsin"]


@pytest.mark.parametrize("conf_type", TYPES)
def test_quantiles_of_three_groups(reference, bmt137, same, conf_type):
    curve = stats.kaplan_meier(bmt137["os_time"], bmt137["dead"], bmt137["group"], conf_type=conf_type)
    frame = curve.quantile([0.1, 0.25, 0.5, 0.75])
    for name in ("estimate", "lower", "upper"):
        same(frame[name], np.array(reference["quantile_bmt137"][conf_type][name], dtype=float).ravel())


def test_a_flat_part_exactly_at_p_gives_its_middle(reference, same):
    dead = [1, 1, 1, 1, 0, 0, 0, 1]
    frame = stats.kaplan_meier(range(1, 9), dead, conf_type="log").quantile([0.25, 0.5, 0.75])
    # S is 7/8, 6/8, 5/8, 4/8 after days 1 to 4: it is 3/4 on [2, 3) and 1/2 on [4, 8)
    assert frame["estimate"].to_list() == [2.5, 6.0, 8.0]
    for name in ("estimate", "lower", "upper"):
        same(frame[name], reference["quantile_plateau"][name])


def test_a_flat_end_exactly_at_p_reaches_to_the_last_patient(reference, same):
    frame = stats.kaplan_meier([1, 2, 3, 4], [1, 1, 0, 0], conf_type="plain").quantile([0.25, 0.5, 0.6])
    for name in ("estimate", "lower", "upper"):
        same(frame[name], reference["quantile_end"][name])


def test_median_follow_up(reference, bmt137, same):
    frame = stats.median_follow_up(bmt137["os_time"], bmt137["dead"], bmt137["group"]).summary()
    same(frame["median"], np.ravel(reference["follow_up_bmt137"]["estimate"]))
    same(frame["lower"], np.ravel(reference["follow_up_bmt137"]["lower"]))
    same(frame["upper"], np.ravel(reference["follow_up_bmt137"]["upper"]))
    assert frame["n"].to_list() == [38, 54, 45]
