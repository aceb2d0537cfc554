"""Bootstrap: unit weights give the plain estimate, and replicates are curves of drawn people."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dayzero import stats
from dayzero.errors import BadInputError, RefusalError
from stats.resampling.people import random_people

TIMES = [2, 5, 9]


def survival(curves):
    return curves.survival(TIMES)


def incidence(curves):
    return curves.cumulative_incidence(TIMES)


def frame_values(frame, groups, causes=(None,)):
    return frame["estimate"].to_numpy().reshape(len(groups), len(causes), -1)


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 10_000), late=st.booleans(), weighted=st.booleans(), whole=st.booleans())
def test_unit_weights_are_the_plain_estimate(seed, late, weighted, whole):
    people = random_people(seed, whole=whole)
    people["cause"][:4], people["group"][:4] = [1, 2, 1, 2], ["a", "a", "b", "b"]
    options = {"entry": people["entry"] if late else None, "weight": people["weight"] if weighted else None}
    arrays = (people["time"], people["cause"], people["group"])
    made = stats.bootstrap(
        *arrays, statistic=survival, seed=1, replicates=2, interval="percentile", **options
    )
    curve = stats.kaplan_meier(people["time"], people["cause"] > 0, people["group"], **options)
    np.testing.assert_allclose(made.estimate, frame_values(curve.at(TIMES), "ab")[:, 0], atol=1e-12)
    made = stats.bootstrap(
        *arrays, statistic=incidence, seed=1, replicates=2, interval="percentile", **options
    )
    curve = stats.cumulative_incidence(*arrays, **options)
    np.testing.assert_allclose(made.estimate, frame_values(curve.at(TIMES), "ab", (1, 2)), atol=1e-12)


@settings(deadline=None, max_examples=10)
@given(seed=st.integers(0, 10_000))
def test_areas_and_quantiles_are_the_plain_estimates(seed):
    people = random_people(seed)
    time, event = people["time"], people["cause"] > 0
    horizon = 6.5

    def plain(statistic, cause):
        few = {"seed": 1, "replicates": 2, "interval": "percentile"}
        return stats.bootstrap(time, cause, statistic=statistic, **few).estimate

    mean = plain(lambda c: c.restricted_mean(horizon), event)
    expected = stats.restricted_mean(time, event, horizon=horizon).estimate.ravel()
    np.testing.assert_allclose(mean, expected, atol=1e-12)
    lost = plain(lambda c: c.restricted_time_lost(horizon), people["cause"])
    np.testing.assert_allclose(horizon - lost.sum(), expected[0], atol=1e-12)
    median = plain(lambda c: c.quantile(0.5), event)
    wanted = stats.kaplan_meier(time, event).quantile(0.5)["estimate"][0]
    assert median[0] == (np.inf if np.isnan(wanted) else pytest.approx(wanted))


@pytest.mark.parametrize(
    "chosen", [{}, {"cluster": True}, {"weight": True}, {"entry": True}, {"cluster": True, "weight": True}]
)
def test_replicates_are_curves_of_the_people_drawn(chosen):
    people = random_people(5)
    rows = {name: people[name] for name in chosen}
    made = stats.bootstrap(
        people["time"],
        people["cause"],
        statistic=survival,
        seed=9,
        replicates=25,
        interval="percentile",
        **rows,
    )
    # The draws refer to people sorted by cluster, exit, cause, entry and weight.
    weight = people["weight"] if "weight" in chosen else np.zeros(30)
    entry = people["entry"] if "entry" in chosen else np.zeros(30)
    cluster = people["cluster"] if "cluster" in chosen else np.zeros(30)
    order = np.lexsort((weight, entry, people["cause"], people["time"], cluster))
    drawn = stats.bootstrap_weights(
        30, 25, seed=9, cluster=people["cluster"][order] if "cluster" in chosen else None
    )
    for b in range(25):
        copies = np.repeat(order, drawn[b])
        case = people["weight"][copies] if "weight" in chosen else None
        late = people["entry"][copies] if "entry" in chosen else None
        curve = stats.kaplan_meier(
            people["time"][copies], people["cause"][copies] > 0, entry=late, weight=case
        )
        np.testing.assert_allclose(made.replicates[b, 0], curve.at(TIMES)["estimate"].to_numpy(), atol=1e-12)


def test_groups_keep_their_sizes_unless_told_otherwise():
    people = random_people(2)

    def sizes(curves):
        return curves.at_risk[:, 0].T

    arrays = (people["time"], people["cause"], people["group"])
    kept = stats.bootstrap(*arrays, statistic=sizes, seed=3, replicates=50)
    assert (kept.replicates == kept.estimate).all()
    free = stats.bootstrap(*arrays, statistic=sizes, seed=3, replicates=50, within_groups=False)
    assert (free.replicates.sum(axis=1) == 30).all()
    assert free.replicates[:, 0].std() > 0


@settings(deadline=None, max_examples=10)
@given(seed=st.integers(0, 10_000))
def test_a_seed_means_the_same_whatever_the_order_of_rows(seed):
    people = random_people(seed)
    order = np.random.default_rng(seed).permutation(30)
    arrays = [people[name] for name in ("time", "cause", "group")]
    first = stats.bootstrap(*arrays, statistic=survival, seed=4, replicates=20)
    second = stats.bootstrap(*(a[order] for a in arrays), statistic=survival, seed=4, replicates=20)
    np.testing.assert_array_equal(first.replicates, second.replicates)
    np.testing.assert_array_equal(first.lower, second.lower)
    table = stats.EventTable.from_arrays(*arrays)
    third = stats.bootstrap(table, statistic=survival, seed=4, replicates=20)
    np.testing.assert_array_equal(first.replicates, third.replicates)


def test_more_replicates_begin_with_the_same():
    people = random_people(7)
    few = stats.bootstrap(people["time"], people["cause"], statistic=survival, seed=4, replicates=30)
    many = stats.bootstrap(people["time"], people["cause"], statistic=survival, seed=4, replicates=1500)
    np.testing.assert_array_equal(few.replicates, many.replicates[:30])


def test_a_table_with_late_entries():
    people = random_people(3)
    table = stats.EventTable.from_arrays(people["time"], people["cause"], entry=people["entry"])
    made = stats.bootstrap(table, statistic=survival, seed=1, replicates=30)
    again = stats.bootstrap(
        people["time"], people["cause"], entry=people["entry"], statistic=survival, seed=1, replicates=30
    )
    np.testing.assert_array_equal(made.replicates, again.replicates)


def test_the_standard_error_is_near_greenwoods():
    people = random_people(1, n=300)
    made = stats.bootstrap(people["time"], people["cause"] > 0, statistic=survival, seed=1, replicates=4000)
    plain = stats.kaplan_meier(people["time"], people["cause"] > 0).at(TIMES)
    np.testing.assert_allclose(made.std_err[0], plain["std_err"], rtol=0.06)
    assert (np.abs(made.bias) < 0.1 * made.std_err).all()


def test_a_difference_of_groups():
    people = random_people(1, n=60)
    made = stats.bootstrap(
        people["time"],
        people["cause"],
        people["group"],
        statistic=lambda c: c.cumulative_incidence([6])[:, 1, 0] - c.cumulative_incidence([6])[:, 0, 0],
        seed=1,
        replicates=1000,
    )
    assert made.estimate.shape == (1,)
    assert made.lower[0] < made.estimate[0] < made.upper[0]
    assert "60 people drawn with replacement within groups" in str(made.convention)


def test_a_median_that_is_not_always_reached():
    time, event = [1, 2, 3, 4, 5, 6, 7, 8], [1, 1, 1, 0, 1, 0, 0, 0]
    made = stats.bootstrap(
        time, event, statistic=lambda c: c.quantile(0.5), seed=1, replicates=500, interval="percentile"
    )
    assert np.isinf(made.upper[0])
    assert np.isfinite(made.lower[0])
    assert np.isnan(made.std_err[0])


def test_refusals():
    with pytest.raises(BadInputError, match="to draw from"):
        stats.bootstrap([5], [1], statistic=survival, seed=1)
    with pytest.raises(BadInputError, match="1 cluster"):
        stats.bootstrap([5, 6], [1, 0], cluster=["x", "x"], statistic=survival, seed=1)
    with pytest.raises(BadInputError, match="no rows"):
        stats.bootstrap([], [], statistic=survival, seed=1)
    with pytest.raises(BadInputError, match="unknown interval"):
        stats.bootstrap([5, 6], [1, 0], statistic=survival, seed=1, interval="basic")
    with pytest.raises(BadInputError, match="replicates is 0"):
        stats.bootstrap([5, 6], [1, 0], statistic=survival, seed=1, replicates=0)
    with pytest.raises(BadInputError, match="first axis must be the replicates"):
        stats.bootstrap([5, 6], [1, 0], statistic=lambda c: c.survival([5]).mean(axis=0), seed=1)
    with pytest.raises(BadInputError, match="who had the event"):
        stats.bootstrap([5, 6], statistic=survival, seed=1)
    table = stats.EventTable.from_arrays([5, 6], [1, 0], weight=[1, 2])
    with pytest.raises(RefusalError, match="whose weight is whose"):
        stats.bootstrap(table, statistic=survival, seed=1)
    with pytest.raises(BadInputError, match="already holds"):
        stats.bootstrap(table, [1, 0], statistic=survival, seed=1)
    with pytest.raises(RefusalError, match="beyond the last observation"):
        stats.bootstrap([5, 6], [1, 0], statistic=lambda c: c.restricted_mean(9), seed=1)
    with pytest.raises(BadInputError, match="a share between 0 and 1"):
        stats.bootstrap([5, 6], [1, 0], statistic=lambda c: c.quantile(1), seed=1)


@pytest.mark.parametrize("seed", [None, -1, 1.5, True])
def test_there_is_no_drawing_without_a_seed(seed):
    with pytest.raises(BadInputError, match="seed is"):
        stats.bootstrap([5, 6], [1, 0], statistic=survival, seed=seed)
    with pytest.raises(BadInputError, match="seed is"):
        stats.bootstrap_weights(2, 5, seed=seed)


def test_many_alike_are_drawn_by_kind():
    rng = np.random.default_rng(2)
    time, cause = rng.integers(1, 6, 3000), rng.integers(0, 3, 3000)
    group = np.where(rng.random(3000) < 0.3, "a", "b")
    made = stats.bootstrap(time, cause, group, statistic=lambda c: c.survival([3]), seed=1, replicates=4000)
    plain = stats.kaplan_meier(time, cause > 0, group).at([3])
    np.testing.assert_allclose(made.estimate[:, 0], plain["estimate"])
    np.testing.assert_allclose(made.std_err[:, 0], plain["std_err"], rtol=0.06)
    few = stats.bootstrap(time, cause, group, statistic=lambda c: c.survival([3]), seed=1, replicates=10)
    np.testing.assert_array_equal(few.replicates, made.replicates[:10])


def test_kinds_and_people_have_the_same_limits():
    # Clusters of one person each are people: the acceleration by kind and by person must agree.
    people = random_people(4)
    arrays = (people["time"], people["cause"])
    made = stats.bootstrap(*arrays, statistic=survival, seed=1, replicates=400)
    order = np.lexsort((people["cause"], people["time"]))
    alone = stats.bootstrap(
        *(a[order] for a in arrays), cluster=np.arange(30), statistic=survival, seed=1, replicates=400
    )
    np.testing.assert_allclose(made.replicates, alone.replicates, atol=1e-12)
    np.testing.assert_allclose(made.lower, alone.lower, atol=1e-9)
