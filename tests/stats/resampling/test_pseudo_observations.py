"""Pseudo-observations against R prodlim and survival, against leaving out one by one, and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dayzero import stats
from dayzero.errors import BadInputError, RefusalError
from stats.resampling.people import random_people

QUANTITIES = ["survival", "cumulative_incidence", "restricted_mean", "restricted_time_lost"]


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("jackknife_survival", {}),
        ("jackknife_incidence", {"quantity": "cumulative_incidence"}),
        ("ij_survival", {"method": "infinitesimal"}),
        ("ij_mean", {"method": "infinitesimal", "quantity": "restricted_mean"}),
        ("ij_relapse", {"method": "infinitesimal", "quantity": "cumulative_incidence"}),
    ],
)
def test_137_transplants_as_r(reference, course, name, options):
    found = stats.pseudo_observations(course["time"], course["cause"], reference["days"], **options)
    np.testing.assert_allclose(found, reference[name], rtol=1e-9, atol=1e-11)


def test_within_groups_as_r(reference, course):
    found = stats.pseudo_observations(
        course["time"], course["cause"], reference["days"], group=course["group"], method="infinitesimal"
    )
    np.testing.assert_allclose(found, reference["ij_survival_group"], rtol=1e-9, atol=1e-12)


def test_without_censoring_a_pseudo_observation_is_the_observation():
    time, cause = [1, 2, 2, 3], [1, 2, 1, 2]
    alive = stats.pseudo_observations(time, cause, [1, 2, 3])
    np.testing.assert_allclose(alive, [[0, 0, 0], [1, 0, 0], [1, 0, 0], [1, 1, 0]], atol=1e-14)
    first = stats.pseudo_observations(time, cause, [1, 2, 3], quantity="cumulative_incidence")
    np.testing.assert_allclose(first, [[1, 1, 1], [0, 0, 0], [0, 1, 1], [0, 0, 0]], atol=1e-14)
    lived = stats.pseudo_observations(time, cause, [2.5], quantity="restricted_mean")
    np.testing.assert_allclose(lived[:, 0], [1, 2, 2, 2.5], atol=1e-14)
    lost = stats.pseudo_observations(time, cause, [2.5], quantity="restricted_time_lost")
    np.testing.assert_allclose(lost[:, 0], [1.5, 0, 0.5, 0], atol=1e-14)


def test_by_hand_with_a_censored_patient():
    # A dies on day 1, B is censored on day 2, C dies on day 3. S(3) = 2/3 * 1 * 0 = 0; S(2) = 2/3.
    # Without A: S(2) = 1; without B or C: S(2) = 1/2. Pseudo-observations 3 * 2/3 - 2 * S.
    found = stats.pseudo_observations([1, 2, 3], [1, 0, 1], [2])
    np.testing.assert_allclose(found[:, 0], [0, 1, 1], atol=1e-14)


def left_out(people, i, times, quantity, *, late):
    keep = np.arange(len(people["time"])) != i
    time, cause = people["time"][keep], people["cause"][keep]
    entry = people["entry"][keep] if late else None
    if quantity == "survival":
        return stats.kaplan_meier(time, cause > 0, entry=entry).at(times)["estimate"].to_numpy()
    frame = stats.cumulative_incidence(time, cause, entry=entry).at(times)
    return frame.filter(frame["cause"] == 1)["estimate"].to_numpy()


@settings(deadline=None, max_examples=12)
@given(
    seed=st.integers(0, 10_000),
    quantity=st.sampled_from(QUANTITIES[:2]),
    late=st.booleans(),
    whole=st.booleans(),
)
def test_leaving_out_one_by_one(seed, quantity, late, whole):
    people = random_people(seed, n=12, whole=whole)
    people["cause"][:2] = [1, 2]
    times = [2, 4.5, 9]
    entry = people["entry"] if late else None
    found = stats.pseudo_observations(people["time"], people["cause"], times, quantity=quantity, entry=entry)
    n = len(people["time"])
    if quantity == "survival":
        whole_curve = stats.kaplan_meier(people["time"], people["cause"] > 0, entry=entry).at(times)
    else:
        whole_curve = stats.cumulative_incidence(people["time"], people["cause"], entry=entry).at(times)
        whole_curve = whole_curve.filter(whole_curve["cause"] == 1)
    estimate = whole_curve["estimate"].to_numpy()
    for i in range(n):
        expected = n * estimate - (n - 1) * left_out(people, i, times, quantity, late=late)
        np.testing.assert_allclose(found[i], expected, atol=1e-11)


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 10_000), whole=st.booleans())
def test_areas_are_integrals_of_pseudo_observations(seed, whole):
    people = random_people(seed, whole=whole)
    horizon = float(people["time"].max())
    edges = np.concatenate(([0.0], np.unique(people["time"])))
    for quantity, area in (QUANTITIES[::2], QUANTITIES[1::2]):
        people["cause"][0] = 1
        heights = stats.pseudo_observations(people["time"], people["cause"], edges[:-1], quantity=quantity)
        areas = stats.pseudo_observations(people["time"], people["cause"], [horizon], quantity=area)
        np.testing.assert_allclose(heights @ np.diff(edges), areas[:, 0], atol=1e-10)


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 10_000), method=st.sampled_from(["jackknife", "infinitesimal"]))
def test_row_order_and_the_mean(seed, method):
    people = random_people(seed)
    order = np.random.default_rng(seed).permutation(30)
    found = stats.pseudo_observations(people["time"], people["cause"], [5], method=method)
    again = stats.pseudo_observations(people["time"][order], people["cause"][order], [5], method=method)
    np.testing.assert_allclose(found[order], again, atol=1e-12)
    if method == "infinitesimal":  # influences add up to 0
        estimate = stats.kaplan_meier(people["time"], people["cause"] > 0).at([5])["estimate"][0]
        assert found.mean() == pytest.approx(estimate)


def test_states():
    histories = stats.illness_death([2, np.nan, 1, np.nan], [5, 4, 3, 6], [1, 1, 1, 1])
    found = stats.pseudo_states(histories, 3)
    np.testing.assert_allclose(found, [[0, 1, 0], [1, 0, 0], [0, 0, 1], [1, 0, 0]], atol=1e-12)
    lived = stats.pseudo_states(histories, 4, area=True)
    np.testing.assert_allclose(lived, [[2, 2, 0], [4, 0, 0], [1, 2, 1], [4, 0, 0]], atol=1e-12)


def test_everybody_fails_at_once():
    found = stats.pseudo_observations([3, 3, 3], [1, 1, 1], [2, 3])
    np.testing.assert_allclose(found, [[1, 0]] * 3)


def test_nobody_fails():
    assert stats.pseudo_observations([3, 4], [0, 0], [2, 9]).tolist() == [[1, 1], [1, 1]]


def test_refusals():
    with pytest.raises(BadInputError, match="has 1 people"):
        stats.pseudo_observations([3], [1], [2])
    with pytest.raises(BadInputError, match="unknown quantity"):
        stats.pseudo_observations([3, 4], [1, 0], [2], quantity="hazard")
    with pytest.raises(BadInputError, match="cause 2 was never seen"):
        stats.pseudo_observations([3, 4], [1, 0], [2], quantity="cumulative_incidence", of_interest=2)
    with pytest.raises(RefusalError, match="beyond the last observation"):
        stats.pseudo_observations([3, 4], [1, 0], [9], quantity="restricted_mean")
    with pytest.raises(BadInputError, match="pass \\(time, cause\\) arrays"):
        stats.pseudo_observations([3, 4], None, [2])
    histories = stats.illness_death([2, 3], [5, 4], [1, 0], group=["a", "b"])
    with pytest.raises(BadInputError, match="one group at a time"):
        stats.pseudo_states(histories, 3)
    with pytest.raises(RefusalError, match="weighted"):
        stats.pseudo_states(stats.illness_death([2, 3], [5, 4], [1, 0], weight=[1, 2]), 3)
