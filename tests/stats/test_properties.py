"""What must hold for every data set."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dayzero import stats

ROW = st.tuples(
    st.integers(0, 12), st.integers(0, 2), st.sampled_from("ab"), st.integers(1, 3), st.sampled_from("pq")
)
ROWS = st.lists(ROW, min_size=1, max_size=25)


def columns(rows):
    time, cause, group, weight, stratum = zip(*rows, strict=True)
    return np.array(time), np.array(cause), np.array(group), np.array(weight), np.array(stratum)


def same_tables(a, b) -> None:
    np.testing.assert_array_equal(a.times, b.times)
    assert (a.groups, a.causes, a.strata) == (b.groups, b.causes, b.strata)
    np.testing.assert_array_equal(a.count, b.count)
    np.testing.assert_allclose(a.leaving(), b.leaving())


def same_curves(a, b) -> None:
    wanted = np.arange(0, 14, 0.5)
    left, right = a.at(wanted), b.at(wanted)
    for name in ("estimate", "std_err", "lower", "upper", "at_risk", "events"):
        np.testing.assert_allclose(left[name], right[name], rtol=1e-10, atol=1e-13)


@given(ROWS)
@settings(deadline=None, max_examples=60)
def test_the_incidences_and_the_event_free_survival_add_up_to_one(rows):
    time, cause, *_ = columns(rows)
    table = stats.EventTable.from_arrays(time, cause, causes=(1, 2))
    wanted = np.arange(0, 14)
    parts = stats.cumulative_incidence(table).at(wanted)["estimate"].to_numpy().reshape(2, -1)
    free = stats.kaplan_meier(table).at(wanted)["estimate"].to_numpy()
    np.testing.assert_allclose(parts.sum(axis=0) + free, 1, atol=1e-12)


@given(ROWS)
@settings(deadline=None, max_examples=60)
def test_whole_weights_are_replication(rows):
    time, cause, group, weight, _ = columns(rows)
    long = np.repeat(np.arange(len(time)), weight)
    for variance in ("aalen", "delta"):
        same_curves(
            stats.cumulative_incidence(time, cause, group, weight=weight, variance=variance),
            stats.cumulative_incidence(time[long], cause[long], group[long], variance=variance),
        )
    same_curves(
        stats.kaplan_meier(time, cause > 0, group, weight=weight),
        stats.kaplan_meier(time[long], cause[long] > 0, group[long]),
    )


@given(ROWS, st.integers(0, 25))
@settings(deadline=None, max_examples=60)
def test_tables_add(rows, cut):
    time, cause, group, weight, stratum = columns(rows)
    whole = stats.EventTable.from_arrays(time, cause, group, weight=weight, stratum=stratum)
    cut = min(max(cut, 1), len(rows) - 1)
    if cut < 1:
        return
    parts = [
        stats.EventTable.from_arrays(time[k], cause[k], group[k], weight=weight[k], stratum=stratum[k])
        for k in (slice(None, cut), slice(cut, None))
    ]
    same_tables(parts[0] + parts[1], whole)
    same_tables(parts[1] + parts[0], whole)


@given(ROWS, st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=40)
def test_the_order_of_rows_does_not_matter(rows, random):
    mixed = list(rows)
    random.shuffle(mixed)
    a, b = columns(rows), columns(mixed)
    same_tables(
        stats.EventTable.from_arrays(a[0], a[1], a[2]), stats.EventTable.from_arrays(b[0], b[1], b[2])
    )


@given(ROWS)
@settings(deadline=None, max_examples=40)
def test_counts_rebuild_the_table(rows):
    time, cause, group, weight, stratum = columns(rows)
    table = stats.EventTable.from_arrays(time, cause, group, weight=weight / 2, stratum=stratum)
    frame = table.to_frame()
    again = stats.EventTable.from_counts(*(frame[name] for name in ("time", "cause", "count", "group")),
        stratum=frame["stratum"], weight=frame["weight"], weight_squared=frame["weight_squared"])  # fmt: skip
    same_tables(again, table)


@given(ROWS)
@settings(deadline=None, max_examples=40)
def test_a_change_of_unit_changes_no_probability_and_no_test(rows):
    time, cause, group, *_ = columns(rows)
    days = stats.kaplan_meier(time, cause > 0, group)
    years = stats.kaplan_meier(time / 365.25, cause > 0, group)
    np.testing.assert_array_equal(days.estimate, years.estimate)
    if len(set(group)) == 2 and (cause > 0).any():
        a = stats.logrank_test(time, cause > 0, group)
        b = stats.logrank_test(time / 365.25, cause > 0, group)
        np.testing.assert_array_equal([a.statistic, a.df], [b.statistic, b.df])


@given(ROWS)
@settings(deadline=None, max_examples=40)
def test_limits_enclose_the_estimate_and_curves_are_monotone(rows):
    time, cause, *_ = columns(rows)
    for conf_type in ("log-log", "log", "plain", "logit", "arcsin", "beta"):
        for curve in (
            stats.cumulative_incidence(time, cause, conf_type=conf_type),
            stats.kaplan_meier(time, cause > 0, conf_type=conf_type),
        ):
            lower, upper = curve.limits
            known = ~np.isnan(lower) & ~np.isnan(upper)
            assert (lower[known] <= curve.estimate[known] + 1e-12).all()
            assert (upper[known] >= curve.estimate[known] - 1e-12).all()
            assert ((lower[known] >= 0) & (upper[known] <= 1)).all()
            steps = np.diff(curve.estimate, axis=-1)
            assert (steps <= 1e-15).all() if curve.falls else (steps >= -1e-15).all()
