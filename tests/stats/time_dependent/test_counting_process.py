"""Rows (start, stop] against R tmerge, against the definition of Z(t), and at the edges."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dayzero import stats
from dayzero.errors import BadInputError

FACT_ID = [1, 1, 1, 2, 2, 3, 3, 4, 4, 4]
FACT_DAY = [0, 4, 10, -1, 6, 3, 8, 9, 11, 5]
LEVEL = [5, 7, 9, 1, 2, 30, 31, 8, 9, 6]
FOLLOW_UP = ([1, 2, 3, 4], [0, 0, 5, 2], [10, 12, 20, 9], [1, 0, 1, 1])


def facts():
    return {
        "level": stats.TimeDependent(FACT_ID, FACT_DAY, LEVEL, initial=-99),
        "number": stats.TimeDependent(FACT_ID, FACT_DAY, LEVEL, cumulative=True),
    }


def test_the_rows_of_tmerge(reference):
    rows = stats.counting_process(*FOLLOW_UP, facts(), ties="R")
    expected = reference["tmerge_values"]
    assert rows.subject.tolist() == expected["id"]
    for name in ("start", "stop", "event"):
        assert getattr(rows, name).tolist() == expected[name]
    for name in ("level", "number"):
        assert rows.covariates[name].tolist() == expected[name]


def test_the_counts_of_tmerge(reference):
    early, late, gap, within, boundary, leading, trailing, tied, missing = reference["tmerge_values"][
        "tcount"
    ][1]
    found = stats.counting_process(*FOLLOW_UP, facts(), ties="R").report["level"]
    assert found == {
        "before": early,
        "within": within,
        "at_start": leading,
        "at_stop": trailing,
        "boundary": boundary,
        "gap": gap,
        "after": late,
        "tied": tied,
        "never": 0,
        "unknown": missing,
    }


def test_137_transplants_as_tmerge(reference, course):
    who = np.arange(1, 138)
    rows = stats.counting_process(
        who,
        np.zeros(137),
        course["time"],
        course["cause"] > 0,
        {
            "sick": stats.TimeDependent(who, course["agvhd"]),
            "well": stats.TimeDependent(who, course["platelets"]),
        },
        ties="R",
    )
    expected = reference["tmerge"]
    assert rows.subject.tolist() == expected["id"]
    for name in ("start", "stop", "event"):
        assert getattr(rows, name).tolist() == expected[name]
    for name in ("sick", "well"):
        assert rows.covariates[name].tolist() == expected[name]


def test_textbook_ties_give_the_day_itself_the_new_value():
    rows = stats.counting_process([1], [0], [5], [1], {"z": stats.TimeDependent([1], [5])})
    assert rows.to_frame().rows() == [(1, 0, 4, 0, 0), (1, 4, 5, 1, 1)]
    old = stats.counting_process([1], [0], [5], [1], {"z": stats.TimeDependent([1], [5])}, ties="R")
    assert old.to_frame().rows() == [(1, 0, 5, 1, 0)]


def test_a_change_on_day_1_holds_from_the_start():
    rows = stats.counting_process([1], [0], [5], [1], {"z": stats.TimeDependent([1], [1])})
    assert rows.to_frame().rows() == [(1, 0, 5, 1, 1)]


def test_times_that_are_not_whole_are_cut_at_the_time_before():
    z = {"z": stats.TimeDependent(["a"], [2.5])}
    rows = stats.counting_process(["a", "b"], [0, 0], [4.0, 2.25], [1, 1], z)
    assert rows.to_frame().rows()[:2] == [("a", 0, 2.25, 0, 0), ("a", 2.25, 4.0, 1, 1)]


def test_text_values_and_given_rows():
    donor = stats.TimeDependent([7, 7], [0, 3], ["sibling", "cord"])
    rows = stats.counting_process([7, 7], [0, 5], [5, 9], [0, 2], {"donor": donor})
    assert rows.covariates["donor"].tolist() == ["sibling", "cord", "cord"]
    assert rows.row.tolist() == [0, 0, 1]
    assert rows.event.tolist() == [0, 0, 2]


def test_facts_that_never_happened_or_are_about_others():
    z = stats.TimeDependent([1, 2, 9], [np.nan, 3, 4])
    rows = stats.counting_process([1, 2], [0, 0], [5, 6], [0, 1], {"z": z}, ties="R")
    assert rows.report["z"]["never"] == 1
    assert rows.report["z"]["unknown"] == 1
    assert rows.covariates["z"].tolist() == [0, 0, 1]
    assert rows.report_frame()["covariate"].to_list() == ["z"]


def test_something_at_time_0():
    rows = stats.counting_process([1, 2], [0, 0], [0, 4], [1, 0], {"z": stats.TimeDependent([1, 2], [0, 4])})
    assert rows.to_frame().rows() == [(1, 0, 0, 1, 1), (2, 0, 3, 0, 0), (2, 3, 4, 0, 1)]


def test_no_rows_and_no_facts():
    assert stats.counting_process([], [], [], [], {}).to_frame().is_empty()
    rows = stats.counting_process([1], [0], [3], [1], {"z": stats.TimeDependent([], [])})
    assert rows.covariates["z"].tolist() == [0]


@pytest.mark.parametrize(
    ("fact", "message"),
    [
        (stats.TimeDependent([1], [2], [7]), "not known at the start"),
        (stats.TimeDependent([1], [2], [np.nan]), "value of z is missing"),
        (stats.TimeDependent([1, 1], [2, 2], [7, 8], initial=0), "two values at the same time"),
        (stats.TimeDependent([1], [np.inf]), "infinite"),
        (stats.TimeDependent(["1"], [2]), "another type"),
        (stats.TimeDependent([1, 2], [2]), "has 2 values"),
    ],
)
def test_bad_facts(fact, message):
    with pytest.raises(BadInputError, match=message):
        stats.counting_process([1], [0], [5], [1], {"z": fact})


def test_bad_rows():
    with pytest.raises(BadInputError, match="overlap"):
        stats.counting_process([1, 1], [0, 3], [5, 8], [0, 1], {})
    with pytest.raises(BadInputError, match="stop must be after start"):
        stats.counting_process([1], [5], [5], [1], {})
    with pytest.raises(BadInputError, match="unknown ties"):
        stats.counting_process([1], [0], [5], [1], {}, ties="efron")


def test_the_same_value_twice_is_one_fact():
    fact = stats.TimeDependent([1, 1], [2, 2], [7, 7], initial=0)
    assert stats.counting_process([1], [0], [5], [1], {"z": fact}).report["z"]["tied"] == 1


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10_000), whole=st.booleans(), ties=st.sampled_from(["textbook", "R"]))
def test_every_risk_set_holds_the_value_of_the_definition(seed, whole, ties):
    rng = np.random.default_rng(seed)
    n, m = 12, 25
    start = rng.integers(0, 4, n).astype(float)
    stop = start + rng.integers(1, 9, n)
    who, when, value = rng.integers(0, n, m), rng.integers(-2, 14, m).astype(float), rng.integers(1, 90, m)
    if not whole:
        start, stop, when = (start * 1.1 + 0.07), (stop * 1.1 + 0.07), when * 1.1 + 0.07
    _, once = np.unique(np.stack([who, when]), axis=1, return_index=True)
    who, when, value = who[once], when[once], value[once]
    event = rng.integers(0, 2, n)
    rows = stats.counting_process(
        np.arange(n), start, stop, event, {"z": stats.TimeDependent(who, when, value, initial=0)}, ties=ties
    )
    assert rows.event.sum() == event.sum()
    for t in np.unique(stop):
        at_risk = np.flatnonzero((rows.start < t - 1e-6) & (t <= rows.stop + 1e-6))
        assert sorted(rows.subject[at_risk]) == np.flatnonzero((start < t) & (t <= stop)).tolist()
        for r in at_risk:
            i = rows.subject[r]
            mine = who == i
            known = mine & ((when <= start[i]) | ((when <= t) if ties == "textbook" else (when < t)))
            latest = value[known][np.argmax(when[known])] if known.any() else 0
            assert rows.covariates["z"][r] == latest
