"""Chimerism categories: EBMT Handbook 2024, chapter 21, each cell and each edge by hand."""

from __future__ import annotations

import pytest

from dayzero.endpoints import Options, derive, derive_variables
from endpoints.facts import answers, found, reasons, records, whys


def _result(patient_id, day, value, specimen=None, operator="="):
    return {
        "patient_id": patient_id,
        "day": day,
        "analyte": "chimerism",
        "value": value,
        "operator": operator,
        "unit": "%",
        "specimen": specimen,
    }


def _both(patient_id, myeloid, lymphoid, day=60):
    return [_result(patient_id, day, myeloid, "CD33"), _result(patient_id, day, lymphoid, "blood, CD3+")]


#: One category for each line; ``None``: the operator does not say.
CATEGORIES = {
    "full": (_both("full", 95.1, 100.0), "full"),
    "mixed_at_95": (_both("mixed_at_95", 95.0, 95.0), "mixed"),
    "mixed_at_5": (_both("mixed_at_5", 5.0, 5.0), "mixed"),
    "absent": (_both("absent", 4.9, 0.0), "absent"),
    "split_full_mixed": (_both("split_full_mixed", 100.0, 95.0), "split"),
    "split_mixed_absent": (_both("split_mixed_absent", 5.0, 4.9), "split"),
    "split_full_absent": (_both("split_full_absent", 99.0, 1.0), "split"),
    "unsorted": ([_result("unsorted", 60, 96.0, "whole blood")], "full"),
    "one_lineage": ([_result("one_lineage", 60, 40.0, "T cells")], "mixed"),
    "mononuclear": ([_result("mononuclear", 60, 3.0, "mononuclear cells")], "absent"),
    # The lowest fraction decides when the lineages agree.
    "cd34_lower": ([*_both("cd34_lower", 99.0, 99.0), _result("cd34_lower", 60, 80.0, "CD34")], "mixed"),
    "above_95": ([_result("above_95", 60, 95.0, None, ">")], "full"),
    "at_least_95": ([_result("at_least_95", 60, 95.0, None, "≥")], None),
    "below_5": ([_result("below_5", 60, 5.0, None, "<")], "absent"),
    "at_most_5": ([_result("at_most_5", 60, 5.0, None, "≤")], None),
    "below_90": ([_result("below_90", 60, 90.0, None, "<")], None),
}


@pytest.fixture
def made(engine):
    return engine(
        records(sorted(CATEGORIES), measurements=[row for rows, _ in CATEGORIES.values() for row in rows])
    )


def _column(made, name, options=None):
    frame = derive_variables(made, options or Options()).frame
    return dict(frame.select("patient_id", name).iter_rows())


def test_each_category(made):
    expected = {patient: category for patient, (_, category) in CATEGORIES.items()}
    assert _column(made, "chimerism_last") == expected
    assert _column(made, "chimerism_day_60") == expected
    assert set(_column(made, "chimerism_day_30").values()) == {None}


@pytest.mark.parametrize("category", ["full", "mixed", "absent", "split"])
def test_each_category_is_an_endpoint(made, category):
    expected = {
        patient: (60, int(word == category)) for patient, (_, word) in CATEGORIES.items() if word is not None
    }
    if category == "full":
        expected |= {"below_90": (60, 0), "at_most_5": (60, 0)}  # not full, whatever else
    derived = derive(f"{category}_chimerism", made)
    assert answers(derived) == expected
    assert set(reasons(derived)) == set(CATEGORIES) - set(expected)
    assert all("does not say whether it is" in why for why in reasons(derived).values())
    assert found(derived) == [("chimerism_without_lineages", None)]
    # Seven lines of both lineages and cd34_lower; the others could not have shown split chimerism.
    assert derived.findings[0].what.startswith(f"{len(expected) - 8} of {len(expected)} patients")


def test_the_cut_off_is_an_option(made):
    assert _column(made, "chimerism_last", Options(full_chimerism_above=90.0))["mixed_at_95"] == "full"
    assert _column(made, "chimerism_last", Options(full_chimerism_above=97.0))["unsorted"] == "mixed"


def test_the_number_is_kept_for_each_fraction(engine):
    rows = [
        *_both("a", 99.0, 60.0, day=60),
        _result("a", 90, 97.5, "granulocytes"),
        _result("a", 90, 88.0, "marrow"),
        _result("a", 30, 75.0, "CD34+"),
        _result("a", -5, 100.0, "CD3"),
    ]
    frame = derive_variables(engine(records(["a"], measurements=rows))).frame
    assert frame.select("^chimerism_.*$").row(0, named=True) == {
        "chimerism_last_pct": 88.0,
        "chimerism_last": "mixed",
        "chimerism_day_30_pct": 75.0,
        "chimerism_day_30": "mixed",
        "chimerism_day_60_pct": 60.0,
        "chimerism_day_60": "split",
        "chimerism_day_100_pct": 88.0,
        "chimerism_day_100": "mixed",
        "chimerism_last_cd34_pct": 75.0,
        "chimerism_last_lymphoid_pct": 60.0,
        "chimerism_last_myeloid_pct": 97.5,
        "chimerism_last_unsorted_pct": 88.0,
    }


def test_every_chimerism_is_known_after_day_0(made):
    notes = derive_variables(made).notes
    late = {note.known for name, note in notes.items() if name.startswith("chimerism_")}
    assert late == {"after day 0"}


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([20, 46], None),  # both outside days 21 to 45
        ([21], 21),
        ([45], 45),
        ([27, 34], 27),  # the nearer
        ([28, 32], 32),  # two equally near: the later
        ([0, 30, 60], 30),
    ],
)
def test_the_window(engine, days, expected):
    made = records(["a"], measurements=[_result("a", day, 50.0 + day / 2) for day in days])
    number = None if expected is None else 50.0 + expected / 2
    assert _column(engine(made), "chimerism_day_30_pct") == {"a": number}


def test_a_bound_is_told_as_one(engine):
    made = records(
        ["a"],
        measurements=[_result("a", 100, 95, operator=">")],
        follow_up=[{"patient_id": "a", "day": 120, "alive": "yes"}],
    )
    derived = derive("full_chimerism_day_100", engine(made))
    assert whys(derived) == {"a": "full donor chimerism on day 100 (measurements row 2), lowest result >95%"}


def test_full_at_a_day(engine):
    made = engine(
        records(
            ["a", "b"], measurements=[_result("a", 100, 98.0), _result("a", 300, 10.0), *_both("b", 99, 99)]
        )
    )
    derived = derive("full_chimerism_day_100", made)
    assert answers(derived) == {"a": (100, 1)}
    assert reasons(derived) == {"b": "no result near day 100"}
    assert whys(derived) == {"a": "full donor chimerism on day 100 (measurements row 2), lowest result 98%"}


@pytest.mark.parametrize(
    ("lymphoid", "myeloid", "told"),
    [
        ((95, ">"), (96.5, ">"), ">95%"),
        ((96, ">"), (95.5, "="), "95.5%"),  # surely the lower
        ((97, "="), (95, ">"), "a bound at 95%"),  # from 95 to 97
        ((97, "="), (99, "="), "97%"),
    ],
)
def test_the_lowest_result_is_told_as_it_is_known(engine, lymphoid, myeloid, told):
    rows = [
        _result("a", 100, value, cells, operator=sign)
        for cells, (value, sign) in (("CD3", lymphoid), ("CD33", myeloid))
    ]
    contact = [{"patient_id": "a", "day": 120, "alive": "yes"}]
    made = engine(records(["a"], measurements=rows, follow_up=contact))
    (why,) = whys(derive("full_chimerism_day_100", made)).values()
    assert why == f"full donor chimerism on day 100 (measurements row 2), lowest result {told}"


@pytest.mark.parametrize(
    ("results", "number", "category"),
    [
        ([("CD3", 95, ">")], None, "full"),  # anything from 95 to 100
        ([("CD3", 95, ">"), ("CD33", 97, "=")], None, "full"),  # CD3 may be the lower
        ([("CD3", 95, ">"), ("CD33", 95, "=")], 95.0, None),  # 95 is the lowest, and not above 95
        ([("CD3", 95, ">"), ("CD33", 60, "=")], 60.0, "split"),  # CD3 is surely higher
        ([("CD3", 5, "<")], None, "absent"),
        ([("CD3", 5, "<"), ("CD33", 3, "=")], None, "absent"),  # CD3 may be 0
        ([("CD3", 5, "<"), ("CD33", 0, "=")], 0.0, "absent"),
        ([("CD3", 90, "≥")], None, None),  # mixed or full
    ],
)
def test_a_bound_is_not_a_number(engine, results, number, category):
    rows = [_result("a", 100, value, cells, operator=sign) for cells, value, sign in results]
    made = engine(records(["a"], measurements=rows))
    assert _column(made, "chimerism_day_100_pct") == {"a": number}
    if category is not None:
        assert _column(made, "chimerism_day_100") == {"a": category}


def test_how_many_numbers_are_bounds_is_said(engine):
    rows = [
        _result("a", 100, 95, "CD3", operator=">"),
        _result("a", 40, 80, "CD3"),  # an earlier number does not stand in for the last result
        _result("b", 100, 60, "CD3"),
        _result("c", 100, 5, "CD33", operator="<"),
    ]
    made = derive_variables(engine(records(["a", "b", "c", "d"], measurements=rows)))
    assert made.frame["chimerism_day_100_pct"].to_list() == [None, 60.0, None, None]
    assert made.frame["chimerism_last_lymphoid_pct"].to_list() == [None, 60.0, None, None]
    assert not [name for name in made.frame.columns if name.startswith("_")]
    told = {f.where.item: f.what for f in made.findings if f.id == "endpoints.chimerism_is_a_bound"}
    assert told["chimerism_day_100_pct"] == (
        "chimerism_day_100_pct is not known in 2 of 3 patients with such a result: it is a bound, such as "
        ">95%, and no number; their category stands where the bound decides it"
    )
    assert {name: message.split(" patients")[0].split(" in ")[1] for name, message in told.items()} == {
        "chimerism_last_pct": "2 of 3",
        "chimerism_day_100_pct": "2 of 3",
        "chimerism_last_lymphoid_pct": "1 of 2",
        "chimerism_last_myeloid_pct": "1 of 1",
    }
