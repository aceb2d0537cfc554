"""Platelet recovery from counts and transfusions: no transfusion in the 7 days before each of 3 counts."""

from __future__ import annotations

import pytest

from dayzero.endpoints import derive, derive_variables
from dayzero.errors import RefusalError
from endpoints.facts import answers, found, reasons, records, whys

NAME = "platelet_engraftment"


def _counts(values, patient_id="a"):
    return [{"patient_id": patient_id, "day": d, "analyte": "platelets", "value": v} for d, v in values]


def _transfused(*days, patient_id="a"):
    rows = [day if isinstance(day, tuple) else (day, None) for day in days]
    return [
        {"patient_id": patient_id, "agent": "platelet transfusion", "start_day": a, "stop_day": b}
        for a, b in rows
    ]


def _one(engine, counts, transfusions, name=NAME, **facts):
    contact = [{"patient_id": "a", "day": 100, "alive": "yes"}]
    made = records(["a"], measurements=counts, treatments=transfusions, follow_up=contact, **facts)
    return derive(name, engine(made))


DAILY = [(d, 25.0) for d in range(1, 31)]


@pytest.mark.parametrize(
    ("transfusions", "expected"),
    [
        (_transfused(0), (7, 1)),  # the example of the CIBMTR manual
        (_transfused(5), (12, 1)),
        (_transfused(5, 12), (19, 1)),  # on day 12 itself: supported
        (_transfused(5, 13), (20, 1)),  # the second of three is supported
        (_transfused(5, 15), (12, 1)),  # after the three: does not take recovery back
        (_transfused((5, 9)), (16, 1)),  # a course of transfusions ends on its last day
        (_transfused(-1, 5), (12, 1)),
        (_transfused(-3, 0), (7, 1)),
        (_transfused(5, 24), (12, 1)),
        (_transfused(2, 6, 10, 14, 18, 22, 26), (30, 0)),
    ],
)
def test_seven_days_without_a_transfusion(engine, transfusions, expected):
    assert answers(_one(engine, _counts(DAILY), transfusions)) == {"a": expected}


def test_a_count_below_resets_and_twenty_counts(engine):
    values = [(1, 60.0), (4, 10.0), (12, 20.0), (13, 21.0), (14, 19.0), (15, 20.0), (16, 20.0), (17, 20.0)]
    derived = _one(engine, _counts(values), _transfused(4))
    assert answers(derived) == {"a": (15, 1)}
    assert "without a transfusion in the 7 days before, after a fall by day 4" in whys(derived)["a"]


def test_fifty_is_an_endpoint_of_its_own(engine):
    values = [(4, 10.0), *((d, 25.0) for d in range(10, 15)), *((d, 55.0) for d in range(15, 20))]
    event = [{"patient_id": "a", "day": 11, "event": "platelet engraftment"}]
    assert answers(_one(engine, _counts(values), _transfused(2))) == {"a": (10, 1)}
    fifty = _one(engine, _counts(values), _transfused(2), "platelet_engraftment_50", events=event)
    assert answers(fifty) == {"a": (15, 1)}
    assert found(fifty) == []


def test_never_below_and_never_transfused(engine):
    high = _counts([(d, 25.0) for d in range(1, 30, 3)])
    others = _counts([(4, 10.0), (12, 30.0), (13, 30.0), (14, 30.0)], "b")
    made = records(
        ["a", "b"],
        measurements=[*high, *others],
        treatments=_transfused(2, patient_id="b"),
        follow_up=[{"patient_id": p, "day": 100, "alive": "yes"} for p in "ab"],
    )
    derived = derive(NAME, engine(made))
    assert answers(derived) == {"b": (12, 1)}
    assert reasons(derived)["a"].startswith("never below 20 x 10^9/L")
    assert found(derived) == [("never_transfused", None)]


def test_a_transfusion_without_a_day(engine):
    derived = _one(engine, _counts(DAILY), _transfused(5, None))
    assert reasons(derived)["a"].startswith("a platelet transfusion has no day")


def test_without_transfusion_records_the_given_day_or_a_refusal(engine):
    event = [{"patient_id": "a", "day": 17, "event": "platelet engraftment"}]
    derived = _one(engine, _counts(DAILY), [], events=event)
    assert answers(derived) == {"a": (17, 1)}
    assert derived.frame["flags"].to_list() == ["given"]
    assert found(derived) == [("transfusions_not_recorded", None)]
    with pytest.raises(RefusalError, match="counts are recorded, but no platelet transfusion is recorded"):
        _one(engine, _counts(DAILY), [])
    with pytest.raises(
        RefusalError, match="platelet_engraftment_50 cannot be derived: no platelet transfusion"
    ):
        _one(engine, _counts(DAILY), [], "platelet_engraftment_50", events=event)
    with pytest.raises(RefusalError, match="no platelets count after day 0 is recorded"):
        _one(engine, [], _transfused(3), "platelet_engraftment_50", events=event)


def test_a_transfusion_is_no_therapy_before_transplant():
    made = records(["a"], treatments=_transfused(-2))
    row = derive_variables(made).frame.row(0, named=True)
    assert row["last_therapy"] is None
    assert row["inotuzumab"] is None
