"""What must hold whatever the data are."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dayzero import stats
from stats.multistate import twin

SEEDS = st.integers(0, 10_000)
FLAGS = st.booleans()


def rows_of(seed, **kind):
    rows = twin.random_histories(seed, **kind)
    rows.pop("weight")
    return rows


def patients(seed, n=40):
    rng = np.random.default_rng(seed)
    time = rng.integers(1, 15, n)
    cause = rng.integers(0, 3, n)
    entry = np.minimum(rng.integers(0, 6, n) * rng.integers(0, 2, n), time - 1)
    return time, cause, entry


@settings(deadline=None, max_examples=25)
@given(seed=SEEDS, late=FLAGS, mixed=FLAGS, gaps=FLAGS)
def test_probabilities_add_up_to_one(seed, late, mixed, gaps):
    histories = stats.StateHistories.from_rows(**rows_of(seed, late=late, mixed=mixed, gaps=gaps))
    result = stats.state_occupancy(histories)
    np.testing.assert_allclose(result.estimate.sum(axis=-1), 1.0, atol=1e-12)
    np.testing.assert_allclose(result.covariance.sum(axis=-1), 0.0, atol=1e-12)
    matrix = stats.transition_probabilities(histories).estimate
    known = ~np.isnan(matrix[..., 0])
    np.testing.assert_allclose(matrix.sum(axis=-1)[known], 1.0, atol=1e-12)
    np.testing.assert_allclose(stats.time_in_state(histories, 11).estimate.sum(), 11.0)


@settings(deadline=None, max_examples=20)
@given(seed=SEEDS, late=FLAGS)
def test_the_order_of_rows_does_not_matter(seed, late):
    rows = rows_of(seed, late=late)
    order = np.random.default_rng(seed).permutation(len(rows["subject"]))
    shuffled = {name: [values[i] for i in order] for name, values in rows.items()}
    first = stats.state_occupancy(stats.StateHistories.from_rows(**rows))
    second = stats.state_occupancy(stats.StateHistories.from_rows(**shuffled))
    np.testing.assert_array_equal(first.estimate, second.estimate)
    np.testing.assert_allclose(first.covariance, second.covariance, atol=1e-14)


@settings(deadline=None, max_examples=20)
@given(seed=SEEDS)
def test_competing_risks_are_the_cumulative_incidence(seed):
    time, cause, _ = patients(seed)
    result = stats.state_occupancy(stats.competing_risks(time, cause, names=("one", "two"))).at([3, 7, 12])
    curve = stats.cumulative_incidence(time, cause, variance="delta").at([3, 7, 12])
    for state, code in (("one", 1), ("two", 2)):
        ours = result.filter(result["state"] == state)
        theirs = curve.filter(curve["cause"] == code)
        if not len(theirs):
            continue
        for name in ("estimate", "std_err", "lower", "upper"):
            np.testing.assert_allclose(ours[name], theirs[name], atol=1e-10)


@settings(deadline=None, max_examples=20)
@given(seed=SEEDS)
def test_competing_risks_under_delayed_entry(seed):
    time, cause, entry = patients(seed)
    result = stats.state_occupancy(stats.competing_risks(time, cause, entry=entry)).at([3, 7, 12])
    curve = stats.cumulative_incidence(time, cause, entry=entry).at([3, 7, 12])
    ours = result.filter(result["state"] == "cause 1")["estimate"]
    np.testing.assert_allclose(ours, curve.filter(curve["cause"] == 1)["estimate"], atol=1e-12)


@settings(deadline=None, max_examples=20)
@given(seed=SEEDS, weighted=FLAGS)
def test_two_states_are_kaplan_meier(seed, weighted):
    time, cause, _ = patients(seed)
    event = cause > 0
    weight = np.random.default_rng(seed).uniform(0.2, 3, len(time)) if weighted else None
    result = stats.state_occupancy(stats.competing_risks(time, event, weight=weight)).at([3, 7, 12])
    curve = stats.kaplan_meier(time, event, weight=weight).at([3, 7, 12])
    alive = result.filter(result["state"] == "event-free")
    inside = curve["estimate"].to_numpy() > 1e-12
    for name in ("estimate", "std_err", "lower", "upper", "at_risk"):
        np.testing.assert_allclose(alive[name].to_numpy()[inside], curve[name].to_numpy()[inside], atol=1e-10)


@settings(deadline=None, max_examples=20)
@given(seed=SEEDS)
def test_splitting_a_row_changes_nothing(seed):
    rows = rows_of(seed, late=True)
    split = {name: [] for name in rows}
    for subject, start, stop, origin, target in zip(*rows.values(), strict=True):
        middle = (start + stop) / 2
        for piece in ((subject, start, middle, origin, "censored"), (subject, middle, stop, origin, target)):
            for name, value in zip(rows, piece, strict=True):
                split[name].append(value)
    whole = stats.state_occupancy(stats.StateHistories.from_rows(**rows)).at([2, 5, 9])
    parts = stats.state_occupancy(stats.StateHistories.from_rows(**split)).at([2, 5, 9])
    for name in ("estimate", "std_err"):
        np.testing.assert_allclose(whole[name], parts[name], atol=1e-12)


@settings(deadline=None, max_examples=15)
@given(seed=SEEDS)
def test_without_censoring_the_estimate_is_the_share_of_patients(seed):
    rng = np.random.default_rng(seed)
    n = 30
    steps = rng.integers(1, 5, (n, 4)).cumsum(axis=1).astype(float)
    made = rng.integers(0, 4, n)
    changes = np.where(np.arange(3) < made[:, None], steps[:, :3], np.nan)
    histories = stats.current_leukaemia_free(changes, np.full(n, 20), np.zeros(n))
    current = stats.state_occupancy(histories).combined({"CLFS": stats.remission_states(histories)})
    days = np.arange(1, 20)
    happened = (changes[:, :, None] <= days).sum(axis=1)
    share = (happened % 2 == 0).mean(axis=0)
    frame = current.at(days)
    np.testing.assert_allclose(frame["estimate"], share, atol=1e-12)
    np.testing.assert_allclose(frame["std_err"], np.sqrt(share * (1 - share) / n), atol=1e-9)


@settings(deadline=None, max_examples=15)
@given(seed=SEEDS)
def test_whole_weights_replicate_the_estimate(seed):
    rows = twin.random_histories(seed, n=15)
    rng = np.random.default_rng(seed)
    times = {s: int(rng.integers(1, 4)) for s in dict.fromkeys(rows["subject"])}
    rows["weight"] = [float(times[s]) for s in rows["subject"]]
    weighted = stats.StateHistories.from_rows(**rows)
    copies = {name: [] for name in rows if name != "weight"}
    for i, subject in enumerate(rows["subject"]):
        for c in range(times[subject]):
            for name, values in copies.items():
                values.append(f"{subject}/{c}" if name == "subject" else rows[name][i])
    copied = stats.StateHistories.from_rows(**copies)
    a = stats.state_occupancy(weighted, variance="greenwood")
    b = stats.state_occupancy(copied, variance="greenwood")
    np.testing.assert_allclose(a.estimate, b.estimate, atol=1e-12)
    np.testing.assert_allclose(a.covariance, b.covariance, atol=1e-12)
