"""Percentile and BCa limits: against R boot for given replicates, and where there is no interval."""

from __future__ import annotations

import numpy as np
import pytest

from dayzero import stats
from dayzero.stats.resampling.bootstrap_interval import acceleration, bca_interval, percentile_interval


@pytest.mark.parametrize(("row", "level"), [(0, 0.9), (1, 0.95)])
def test_the_limits_of_r_boot(reference, row, level):
    given = reference["interval"]
    replicates = np.array(given["replicates"])[:, None]
    left_out = np.array(given["left_out"])[:, None]
    n = len(left_out)
    tilt = acceleration(left_out, np.ones(n), np.zeros(n, dtype=int))
    plain = percentile_interval(replicates, level)
    np.testing.assert_allclose([plain.lower[0], plain.upper[0]], given["percentile"][row], rtol=1e-9)
    bca = bca_interval(replicates, np.array([given["estimate"]]), tilt, level)
    np.testing.assert_allclose([bca.lower[0], bca.upper[0]], given["bca"][row], rtol=1e-9)


def test_the_values_left_out_are_those_of_r(reference):
    given = reference["interval"]
    from dayzero.stats.resampling.bootstrapping import left_out_values
    from dayzero.stats.resampling.sampled_people import sampled_people

    arrays = (np.array(given["time"]), np.array(given["event"]))
    people = sampled_people(*arrays, None, None, None, np.arange(len(arrays[0])), within_groups=False)
    values = left_out_values(people, lambda c: c.restricted_mean(730))
    np.testing.assert_allclose(values[:, 0], given["left_out"], rtol=1e-9)


def test_the_acceleration_of_a_mean():
    # Leaving out gives means, so a = sum (x - m)^3 / (6 (sum (x - m)^2)^1.5).
    x = np.array([1.0, 2, 4, 8])
    left_out = (x.sum() - x) / 3
    deviation = x - x.mean()
    expected = (deviation**3).sum() / (6 * (deviation**2).sum() ** 1.5)
    found = acceleration(left_out[:, None], np.ones(4), np.zeros(4, dtype=int))
    assert found[0] == pytest.approx(expected)
    counted = acceleration(np.array([[7.0], [9.0]]), np.array([1.0, 3.0]), np.zeros(2, dtype=int))
    listed = acceleration(np.array([[7.0], [9], [9], [9]]), np.ones(4), np.zeros(4, dtype=int))
    assert counted[0] == pytest.approx(listed[0])


def test_the_acceleration_of_a_difference_of_means():
    # Two samples: l = x - mean in each, over n: sum l^3/n^3 over 6 (sum l^2/n^2)^1.5
    x, y = np.array([1.0, 2, 6]), np.array([0.0, 5, 5, 6])
    total_x, total_y = x.mean(), y.mean()
    left_out = np.concatenate(((x.sum() - x) / 2 - total_y, total_x - (y.sum() - y) / 3))
    lx, ly = x - x.mean(), -(y - y.mean())
    expected = ((lx**3).sum() / 27 + (ly**3).sum() / 64) / (
        6 * ((lx**2).sum() / 9 + (ly**2).sum() / 16) ** 1.5
    )
    found = acceleration(left_out[:, None], np.ones(7), np.array([0, 0, 0, 1, 1, 1, 1]))
    assert found[0] == pytest.approx(expected)


def test_without_events_there_is_no_interval():
    for interval in ("bca", "percentile"):
        made = stats.bootstrap(
            [5, 6, 7, 8] * 2,
            [0] * 8,
            statistic=lambda c: c.survival([6])[:, 0],
            seed=1,
            replicates=200,
            interval=interval,
        )
        assert made.estimate.tolist() == [1]
        assert np.isnan(made.lower).all()
        assert np.isnan(made.upper).all()
        assert "resampling cannot see what did not happen" in made.notes[0]


def test_an_estimate_outside_its_replicates_has_no_bca_interval():
    replicates = np.arange(99.0)[:, None]
    made = bca_interval(replicates, np.array([200.0]), np.array([0.01]), 0.95)
    assert np.isnan(made.lower[0])
    assert "one side of the estimate" in made.notes[0]


def test_few_replicates_are_said_to_be_few():
    made = percentile_interval(np.arange(20.0)[:, None], 0.95)
    assert (made.lower[0], made.upper[0]) == (0, 19)
    assert made.notes == ("an extreme replicate is a limit: more replicates are needed",)


def test_replicates_without_a_group_are_left_out_and_counted():
    time, cause, group = [3, 4, 5, 6, 7, 8], [1, 1, 0, 1, 0, 1], list("abbbbb")
    made = stats.bootstrap(
        time,
        cause,
        group,
        statistic=lambda c: c.survival([5])[:, :, 0],
        seed=1,
        replicates=300,
        within_groups=False,
        interval="percentile",
    )
    assert np.isnan(made.replicates[:, 0]).any()
    assert "a group was empty" in made.notes[0]
    assert np.isfinite(made.upper[1])


def test_when_leaving_one_out_empties_a_group_bca_is_refused_for_it():
    made = stats.bootstrap(
        [3, 4, 5, 6, 7, 8, 9, 9],
        [1, 1, 0, 1, 0, 1, 1, 0],
        list("abbbbbbb"),
        statistic=lambda c: c.survival([5])[:, :, 0] - c.survival([5])[:, 1:, 0],
        seed=1,
        replicates=300,
    )
    assert np.isnan(made.lower[0])
    assert any("no BCa interval" in note for note in made.notes)
