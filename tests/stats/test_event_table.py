"""Counting, aligning, adding."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import polars as pl
import pytest

from dayzero import stats
from dayzero.errors import BadInputError

Table = stats.EventTable


def test_counts_by_stratum_group_cause_and_day():
    table = Table.from_arrays([3, 1, 3, 3], [1, 0, 2, 1], ["b", "a", "b", "b"], stratum=[1, 1, 2, 1])
    assert table.times.tolist() == [1, 3]
    assert (table.groups, table.causes, table.strata) == (("a", "b"), (1, 2), (1, 2))
    assert table.count.shape == (2, 2, 3, 2)
    assert table.count[0, 1, 1].tolist() == [0, 2]
    assert table.count[1, 1, 2].tolist() == [0, 1]
    assert table.n == 4


@pytest.mark.parametrize("n", [10, 100_000])
def test_whole_days_and_sorted_times_count_alike(n):
    """The one-pass count of days and the sort of continuous times are two routes to one table."""
    rng = np.random.default_rng(0)
    time, cause = rng.integers(0, 400, n), rng.integers(0, 3, n)
    group = rng.integers(0, 2, n)
    days = Table.from_arrays(time, cause, group)
    floats = Table.from_arrays(time.astype(float), cause, group)
    halves = Table.from_arrays(time / 2 + 0.25, cause, group)
    small = Table.from_arrays(time.astype(np.uint16), cause.astype(np.int8), group.astype(bool))
    for other in (floats, halves):
        np.testing.assert_array_equal(days.count, other.count)
    np.testing.assert_array_equal(days.count, small.count)
    np.testing.assert_array_equal(days.times, floats.times)
    np.testing.assert_array_equal(days.times / 2 + 0.25, halves.times)


def test_round_off_does_not_break_ties():
    months = np.array([0.1 + 0.2, 0.3, 1.0])
    assert Table.from_arrays(months, [1, 0, 1]).times.size == 2


@pytest.mark.parametrize(
    ("group", "order"),
    [
        (pl.Series(["low", "high", "low"], dtype=pl.Enum(["low", "none", "high"])), ("low", "none", "high")),
        (pl.Series(["low", "high", "low"]), ("high", "low")),
        (pl.Series(["low", "high", "low"], dtype=pl.Categorical), ("high", "low")),
        (["2", "10", "2"], ("10", "2")),
        ([2, 10, 2], (2, 10)),
        ([-5, 10_000_000, -5], (-5, 10_000_000)),
        ([True, False, True], (False, True)),
        (np.array(["x", "y", "x"], dtype=object), ("x", "y")),
    ],
)
def test_order_of_groups(group, order):
    assert Table.from_arrays([1, 2, 3], [1, 1, 0], group).groups == order


def test_addition_aligns_every_axis():
    a = Table.from_arrays([1, 5], [1, 0], ["x", "y"])
    b = Table.from_arrays([2, 5], [3, 1], ["z", "y"])
    both = a + b
    assert both.times.tolist() == [1, 2, 5]
    assert both.groups == ("x", "y", "z")
    assert both.causes == (1, 3)
    whole = Table.from_arrays([1, 5, 2, 5], [1, 0, 3, 1], ["x", "y", "z", "y"])
    np.testing.assert_array_equal(both.count, whole.count)


def test_addition_with_delayed_entry_and_weights():
    rng = np.random.default_rng(1)
    entry = rng.integers(0, 4, 40)
    time, cause = entry + rng.integers(1, 9, 40), rng.integers(0, 3, 40)
    weight = rng.uniform(0.5, 2, 40)
    whole = Table.from_arrays(time, cause, entry=entry, weight=weight)
    parts = [
        Table.from_arrays(time[k], cause[k], entry=entry[k], weight=weight[k])
        for k in (slice(0, 15), slice(15, 40))
    ]
    both = parts[0] + parts[1]
    np.testing.assert_allclose(both.entering(), whole.entering(), atol=1e-12)
    np.testing.assert_allclose(both.leaving(), whole.leaving(), atol=1e-12)
    np.testing.assert_array_equal(both.entered, whole.entered)
    assert both.n == 40


def test_a_labelled_and_an_unlabelled_table_do_not_add():
    with pytest.raises(BadInputError, match="one table has groups"):
        Table.from_arrays([1], [1], ["a"]) + Table.from_arrays([1], [1])


def test_counts_from_a_database_group_by():
    rows = pl.DataFrame({"t": [1, 1, 2], "c": [1, 1, 0], "k": [2, 3, 5]})
    table = Table.from_counts(rows["t"], rows["c"], rows["k"])
    assert table.n == 10
    np.testing.assert_array_equal(table.count, Table.from_arrays([1] * 5 + [2] * 5, [1] * 5 + [0] * 5).count)


def test_delayed_entry_round_trip():
    table = Table.from_arrays([5, 6, 9], [1, 0, 1], entry=[2, 0, 2])
    frame = table.to_frame()
    again = Table.from_counts(frame["time"], frame["cause"], frame["count"], frame["group"], frame["entry"])
    np.testing.assert_array_equal(again.entered, table.entered)


def test_selecting_groups_and_causes():
    table = Table.from_arrays([1, 2, 3, 4], [1, 2, 1, 0], ["a", "b", "c", "a"])
    assert table.only(["c", "a"]).groups == ("c", "a")
    assert table.only(["c", "a"]).n == 3
    assert table.as_event().count[0, 0, 1].tolist() == [1, 0, 0, 0]
    assert table.as_event(2).count[0, 1, 1].tolist() == [0, 1, 0, 0]
    with pytest.raises(BadInputError, match="unknown group"):
        table.only(["nope"])


def test_importing_the_package_loads_neither_scipy_nor_polars():
    code = (
        "import sys, dayzero.stats as s, dayzero.stats.comparisons.gray\n"
        "import dayzero.stats.curves.curve, dayzero.stats.curves.restricted\n"
        "assert 'gray_test' in dir(s)\n"
        "print(sorted({'scipy', 'polars', 'typst'} & set(sys.modules)))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        stats.nonsense  # noqa: B018


def test_a_group_by_in_duckdb_gives_the_same_table():
    duckdb = pytest.importorskip("duckdb")
    rng = np.random.default_rng(5)
    day, cause = rng.integers(0, 90, 500), rng.integers(0, 3, 500)
    arm, centre = rng.choice(["a", "b"], 500), rng.integers(1, 4, 500)
    rows = ", ".join(f"({d}, {c}, '{a}', {s})" for d, c, a, s in zip(day, cause, arm, centre, strict=True))
    with duckdb.connect() as database:
        found = database.execute(
            f"select day, cause, arm, centre, count(*) as n from (values {rows}) t(day, cause, arm, centre) "  # noqa: S608
            "group by all"
        ).fetchnumpy()
    table = Table.from_counts(found["day"], found["cause"], found["n"], found["arm"], stratum=found["centre"])
    straight = Table.from_arrays(day, cause, arm, stratum=centre)
    np.testing.assert_array_equal(table.count, straight.count)
    assert (table.groups, table.strata) == (straight.groups, straight.strata)


def test_sparse_labels_make_no_empty_cells():
    table = Table.from_arrays([1, 2, 3], [1, 0, 1], [0, 60, 60], stratum=[7, 55, 55])
    assert table.count.shape == (2, 2, 2, 3)


def test_a_table_of_absurd_size_is_refused():
    n = 30_000
    time, group = np.arange(n) / 7, np.arange(n)
    with pytest.raises(BadInputError, match="nearly empty cells"):
        Table.from_arrays(time, np.ones(n, dtype=int), group)


def test_fractional_weights_that_all_fail_leave_exactly_nobody():
    rng = np.random.default_rng(2)
    time, entry = np.repeat([5, 6, 7], 10), rng.integers(0, 5, 30)
    curve = stats.kaplan_meier(time, np.ones(30), entry=entry, weight=rng.uniform(0.1, 3, 30))
    assert curve.at(7)["estimate"][0] == 0
    assert curve.flags()[0, 0, -1] == "estimate is 0: no interval of this type exists"
