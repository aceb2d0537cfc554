"""Tests of characteristics: by hand as fractions, against slow twins, against R, and their symmetries."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from itertools import combinations, product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dayzero import stats
from dayzero.errors import BadInputError

R: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "reference" / "samples" / "samples.json").read_text(encoding="utf-8")
)
CLOSE = {"rel": 1e-9}


# ---- by hand -------------------------------------------------------------------------------------------


def test_tea_by_hand() -> None:
    # Of the C(8,4) = 70 ways 1 has four right, 16 three, 36 two: P(>=3 or <=1) = (1 + 16 + 16 + 1) / 70.
    assert stats.fisher_exact_test([[3, 1], [1, 3]]).p_value == pytest.approx(34 / 70, **CLOSE)


def test_chi_square_by_hand() -> None:
    # Expected 2 in every cell: four times 1/2.
    found = stats.chi_square_test([[3, 1], [1, 3]])
    assert (found.statistic, found.df) == (2.0, 1)
    assert found.note == "an expected count is below 5"


def test_rank_sum_by_hand() -> None:
    # Ranks 1 2 of five: sum 3, the smallest of C(5,2) = 10 sums; as far from the mean 6 is only the sum 9.
    found = stats.rank_sum_test([1, 2, 5, 7, 9], ["a", "a", "b", "b", "b"])
    assert found.statistic == 0
    assert found.p_value == pytest.approx(2 / 10, **CLOSE)
    assert found.exact


def test_rank_sum_with_ties_by_hand() -> None:
    # Values 1 1 2 3: midranks 1.5 1.5 3 4. First group 1, 1: sum 3, mean 5. Sums of the six pairs:
    # 3, 4.5, 5.5, 4.5, 5.5, 7; as far as 2 from 5: 3 and 7.
    found = stats.rank_sum_test([1, 1, 2, 3], ["a", "a", "b", "b"])
    assert found.p_value == pytest.approx(2 / 6, **CLOSE)


def test_kruskal_wallis_by_hand() -> None:
    # Ranks 1 2 | 3 4 | 5 6: 12/42 * (9/2 + 49/2 + 121/2) - 21 = 32/7.
    found = stats.kruskal_wallis_test([1, 2, 3, 4, 5, 6], list("aabbcc"))
    assert found.statistic == pytest.approx(float(Fraction(32, 7)), **CLOSE)
    assert found.df == 2


def test_standardised_difference_by_hand() -> None:
    # Means 2 and 5, both variances 1.
    assert stats.standardised_difference([1, 2, 3, 4, 5, 6], list("aaabbb")) == pytest.approx(3.0, **CLOSE)
    # 1/4 against 3/4: (1/2) / sqrt(3/16).
    shares = ["y", "n", "n", "n", "y", "y", "y", "n"]
    assert stats.standardised_difference(shares, list("aaaabbbb")) == pytest.approx(2 / math.sqrt(3), **CLOSE)


# ---- against R -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", R["tables"])
def test_tables_as_in_r(name: str) -> None:
    table = R["tables"][name]
    assert stats.fisher_exact_test(table).p_value == pytest.approx(R["fisher"][name], **CLOSE)
    found, chi = stats.chi_square_test(table), R["chi"][name]
    assert (found.statistic, found.df, found.p_value) == pytest.approx(
        (chi["statistic"], chi["df"], chi["p"])
    )


@pytest.mark.parametrize("name", ["exact", "normal"])
def test_rank_sum_as_in_r(name: str) -> None:
    r = R[name]
    labels = ["a"] * len(r["x"]) + ["b"] * len(r["y"])
    found = stats.rank_sum_test([*r["x"], *r["y"]], labels)
    assert found.statistic == r["statistic"]
    assert found.p_value == pytest.approx(r["p"], **CLOSE)
    assert found.exact == (name == "exact")


def test_kruskal_wallis_as_in_r() -> None:
    r = R["kruskal"]
    found = stats.kruskal_wallis_test(r["values"], r["group"])
    assert (found.statistic, found.df) == pytest.approx((r["statistic"], r["df"]), **CLOSE)
    assert found.p_value == pytest.approx(r["p"], **CLOSE)


def test_standardised_differences_as_in_r() -> None:
    r, number = R["smd_category"], R["normal"]
    labels = ["a"] * len(r["a"]) + ["b"] * len(r["b"])
    assert stats.standardised_difference([*r["a"], *r["b"]], labels) == pytest.approx(r["value"], **CLOSE)
    labels = ["a"] * len(number["x"]) + ["b"] * len(number["y"])
    assert stats.standardised_difference([*number["x"], *number["y"]], labels) == pytest.approx(
        R["smd_number"], **CLOSE
    )


# ---- slow twins ----------------------------------------------------------------------------------------


def every_table(rows: list[int], columns: list[int]) -> list[np.ndarray]:
    """Return every table of counts with these margins, by trying every table."""
    size = (len(rows), len(columns))
    ranges = [range(min(r, c) + 1) for r in rows for c in columns]
    tables = np.array(list(product(*ranges))).reshape(-1, *size)
    fits = (tables.sum(axis=2) == rows).all(axis=1) & (tables.sum(axis=1) == columns).all(axis=1)
    return list(tables[fits])


def probability(table: np.ndarray) -> Fraction:
    top = math.prod(math.factorial(int(m)) for m in (*table.sum(axis=0), *table.sum(axis=1)))
    below = math.factorial(int(table.sum())) * math.prod(math.factorial(int(c)) for c in table.ravel())
    return Fraction(top, below)


small_tables = st.integers(2, 3).flatmap(
    lambda width: st.lists(
        st.lists(st.integers(0, 2), min_size=width, max_size=width), min_size=2, max_size=3
    )
)


@settings(max_examples=60, deadline=None)
@given(small_tables)
def test_fisher_adds_the_tables_that_are_no_more_probable(rows: list[list[int]]) -> None:
    table = np.array(rows)
    kept = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    found = stats.fisher_exact_test(rows).p_value
    if min(kept.shape, default=0) < 2:
        assert math.isnan(found)
        return
    own = probability(kept)
    tables = every_table(kept.sum(axis=1).tolist(), kept.sum(axis=0).tolist())
    assert sum(map(probability, tables)) == 1
    expected = float(sum(p for p in map(probability, tables) if p <= own))
    assert found == pytest.approx(expected, **CLOSE)
    assert stats.fisher_exact_test(table.T).p_value == pytest.approx(found, **CLOSE)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 4), min_size=2, max_size=5), st.lists(st.integers(0, 4), min_size=2, max_size=5)
)
def test_rank_sum_counts_every_choice(one: list[int], other: list[int]) -> None:
    values = one + other
    found = stats.rank_sum_test(values, ["a"] * len(one) + ["b"] * len(other))
    if len(set(values)) == 1:
        assert math.isnan(found.p_value)
        return
    ranks = [
        Fraction(sum(v < x for v in values)) + Fraction(sum(v == x for v in values) + 1, 2) for x in values
    ]
    mean = sum(ranks) * Fraction(len(one), len(values))
    far = abs(sum(ranks[: len(one)]) - mean)
    sums = [sum(choice) for choice in combinations(ranks, len(one))]
    expected = Fraction(sum(abs(s - mean) >= far for s in sums), len(sums))
    assert found.p_value == pytest.approx(float(expected), **CLOSE)


# ---- symmetries and refusals ---------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 6), st.sampled_from("abc")), min_size=6, max_size=20), st.randoms())
def test_the_order_of_patients_changes_nothing(rows: list[tuple[int, str]], random: Any) -> None:
    labels = {label for _, label in rows}
    if len(labels) < 2:
        return
    shuffled = list(rows)
    random.shuffle(shuffled)

    def all_of(data: list[tuple[int, str]]) -> list[float]:
        values, groups = [v for v, _ in data], [g for _, g in data]
        texts = [str(v % 3) for v in values]
        return [
            stats.standardised_difference(values, groups),
            stats.standardised_difference(texts, groups),
            stats.kruskal_wallis_test(values, groups).p_value,
        ]

    assert all_of(rows) == pytest.approx(all_of(shuffled), nan_ok=True, **CLOSE)


def test_groups_that_do_not_differ_are_at_no_distance() -> None:
    assert stats.standardised_difference([1, 1, 1, 1], list("aabb")) == 0
    assert stats.standardised_difference(["x"] * 4, list("aabb")) == 0
    assert math.isnan(stats.standardised_difference([1, 1, 2, 2], list("aabb")))


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(BadInputError, match="whole numbers"):
        stats.fisher_exact_test([[0.5, 1], [1, 2]])
    with pytest.raises(BadInputError, match="chi_square_test"):
        stats.fisher_exact_test(np.full((6, 6), 30))
    with pytest.raises(BadInputError, match="two groups"):
        stats.rank_sum_test([1, 2, 3], list("abc"))
    with pytest.raises(BadInputError, match="finite"):
        stats.kruskal_wallis_test([1, float("nan")], list("ab"))
    with pytest.raises(BadInputError, match="two groups or more"):
        stats.standardised_difference([1, 2], list("aa"))
