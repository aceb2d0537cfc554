"""Areas under curves against R survival."""

from __future__ import annotations

import numpy as np
import pytest

from dayzero import stats


def against(same, found, expected) -> None:
    for g, group in enumerate(found.groups):
        want = expected[str(group)]
        same(found.estimate[g], want["estimate"])
        same(found.std_err[g], want["std_err"])


def test_time_lost_to_each_cause(comparisons, bmt137, same):
    found = stats.restricted_time_lost(bmt137["time"], bmt137["cause"], bmt137["group"], horizon=730)
    against(same, found, comparisons["lost_bmt137"])


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("late", [False, True])
def test_time_lost_under_weights_and_delayed_entry(comparisons, made, same, weighted, late):
    if not (weighted or late):
        return
    found = stats.restricted_time_lost(
        made["time"],
        made["cause"],
        made["group"],
        horizon=300,
        weight=made["weight"] if weighted else None,
        entry=made["entry"] if late else None,
        extend=True,
    )
    against(same, found, comparisons["lost" + "_entry" * late + "_weight" * weighted])


@pytest.mark.parametrize("weighted", [False, True])
def test_event_free_time_under_weights_and_delayed_entry(comparisons, made, same, weighted):
    expected = comparisons["lost_entry" + "_weight" * weighted]
    found = stats.restricted_mean(
        made["time"],
        made["cause"] > 0,
        made["group"],
        horizon=300,
        weight=made["weight"] if weighted else None,
        entry=made["entry"],
        extend=True,
    )
    same(found.estimate[:, 0], [expected[g]["free"] for g in found.groups])
    same(found.std_err[:, 0], [expected[g]["free_std_err"] for g in found.groups])


def test_times_lost_and_event_free_time_add_up_to_the_horizon(bmt137):
    table = stats.EventTable.from_arrays(bmt137["time"], bmt137["cause"], bmt137["group"])
    lost = stats.restricted_time_lost(table, horizon=365)
    free = stats.restricted_mean(table, horizon=365)
    np.testing.assert_allclose(lost.estimate.sum(axis=1) + free.estimate[:, 0], 365, rtol=1e-13)


def test_difference_and_ratio(comparisons, bmt137, same):
    found = stats.restricted_mean(bmt137["os_time"], bmt137["dead"], bmt137["group"], horizon=730)
    difference = found.difference().row(0, named=True)
    assert (difference["group"], difference["reference"]) == (2, 1)
    for name, key in (("estimate", "estimate"), ("lower", "lower"), ("p_value", "p")):
        same(difference[name], comparisons["rmst_difference"][key])
    ratio = found.ratio(reference=1).row(0, named=True)
    same(ratio["estimate"], comparisons["rmst_ratio"]["estimate"])
    same(ratio["upper"], comparisons["rmst_ratio"]["upper"])


def test_without_events_there_is_no_interval():
    frame = stats.restricted_mean([5, 6, 7], [0, 0, 0], horizon=5).summary()
    assert frame["estimate"][0] == 5
    assert np.isnan(frame["lower"][0])
    found = stats.restricted_mean([5, 6, 7, 8], [0, 0, 0, 0], list("abab"), horizon=5).difference()
    assert np.isnan(found["p_value"][0])


def test_by_hand():
    """Six patients of test_curves_by_hand: F1 is 1/6 on [1, 3), 7/18 on [3, 4): to day 4, 2/6 + 7/18 = 13/18.

    Influence of day u, areas to day 4, r = Y - d, A(u) the area of F1 from u:
    u=1: (1 3 - 13/18)/5 = 41/90; u=2 (competing): (1/6 2 - (1/6 + 7/18))/4 = -1/18;
    u=3: (15/18 - 7/18)/2 = 2/9. Variance sum (1 - 1/Y) influence^2
    """
    found = stats.restricted_time_lost([1, 2, 2, 3, 4, 5], [1, 2, 0, 1, 0, 2], horizon=4)
    assert found.estimate[0, 0] == pytest.approx(13 / 18, rel=1e-14)
    variance = 5 / 6 * (41 / 90) ** 2 + 4 / 5 * (1 / 18) ** 2 + 2 / 3 * (2 / 9) ** 2
    assert found.std_err[0, 0] ** 2 == pytest.approx(variance, rel=1e-13)
