"""GVHD: the first day on which the grade is recorded; relapse neither competes nor censors."""

from __future__ import annotations

import pytest

from dayzero.endpoints import derive
from dayzero.errors import RefusalError
from endpoints.facts import answers, found, reasons, records, whys


def _gvhd(patient_id, day, grade, occurred=None):
    return {"patient_id": patient_id, "day": day, "event": "aGVHD", "grade": grade, "occurred": occurred}


def _made(events, patients, **more):
    contacts = [{"patient_id": p, "day": 200, "alive": "yes"} for p in patients]
    return records(patients, events=events, follow_up=contacts, **more)


def test_first_day_the_grade_is_reached(engine):
    events = [
        _gvhd("worse", 20, "II"),
        _gvhd("worse", 31, "IV"),
        _gvhd("worse", 27, "III"),
        _gvhd("mild", 25, "Grade I"),
        _gvhd("two", 26, "2"),
        _gvhd("range", 30, "III-IV"),
        _gvhd("earlier_graft", -80, "IV"),
        {"patient_id": "relapsed", "day": 10, "event": "relapse"},
        _gvhd("relapsed", 40, "3"),
        {"patient_id": "died", "day": 50, "event": "death"},
        _gvhd("again", 90, "III"),
    ]
    patients = ["worse", "mild", "two", "range", "earlier_graft", "relapsed", "again"]
    made = _made(
        events,
        patients,
        transplants=[
            *({"patient_id": p, "day": 0, "type": "allogeneic"} for p in [*patients, "died"]),
            {"patient_id": "again", "day": 60, "type": "allogeneic"},
            {"patient_id": "mild", "day": 70, "type": "boost"},
        ],
    )
    made.tables["patients"].extend(records(["died"]).tables["patients"])
    high = derive("aGVHD_III_IV", engine(made))
    assert answers(high) == {
        "again": (60, 3),
        "died": (50, 2),
        "earlier_graft": (200, 0),
        "mild": (200, 0),
        "range": (30, 1),
        "relapsed": (40, 1),
        "two": (200, 0),
        "worse": (27, 1),
    }
    assert high.causes == ("acute GVHD grade III-IV", "death", "second transplant")
    assert whys(high)["worse"] == "acute GVHD grade III-IV on day 27 (events row 4)"
    low = derive("aGVHD_II_IV", engine(made))
    assert answers(low) == answers(high) | {"two": (26, 1), "worse": (20, 1)}


@pytest.mark.parametrize("grade", [None, "II-IV", "moderate", "unknown", "0-4"])
def test_a_grade_that_does_not_say_leaves_the_patient_out(engine, grade):
    made = _made([_gvhd("a", 20, grade), _gvhd("b", 20, "IV")], ["a", "b"])
    derived = derive("aGVHD_III_IV", engine(made))
    assert answers(derived) == {"b": (20, 1)}
    assert reasons(derived) == {
        "a": "the recorded grade does not say whether it was acute GVHD grade III-IV [events row 2]"
    }
    assert found(derived) == [("grade_not_clear", "a")]


def test_a_clear_grade_stands_before_an_unclear_one():
    made = _made([_gvhd("a", 20, None), _gvhd("a", 25, "III")], ["a"])
    assert answers(derive("aGVHD_III_IV", made)) == {"a": (25, 1)}


def test_what_a_no_denies(engine):
    events = [_gvhd("none", None, None, "no"), _gvhd("not_high", None, "III-IV", "no"), _gvhd("b", 9, "IV")]
    made = engine(_made(events, ["none", "not_high", "b"]))
    assert answers(derive("aGVHD_III_IV", made)) == {"b": (9, 1), "none": (200, 0), "not_high": (200, 0)}
    with pytest.raises(RefusalError, match=r"only a higher grade is denied.*not_high \(events row 3\)"):
        derive("aGVHD_II_IV", made)


def test_contradictions_resolved_as_unknown_are_missing():
    """A flat file whose flag says no and whose day says yes: the reader believes neither."""
    events = [
        {**_gvhd("unsure", None, "III-IV", "unknown"), "row": 9},
        _gvhd("no", None, "III-IV", "no"),
        _gvhd("yes", 30, "III-IV"),
    ]
    made = _made(events, ["unsure", "no", "yes"], kind="flat file")
    derived = derive("aGVHD_III_IV", made)
    assert answers(derived) == {"no": (200, 0), "yes": (30, 1)}
    assert reasons(derived) == {
        "unsure": "whether acute GVHD grade III-IV occurred is recorded as unknown [row 9]"
    }


def test_chronic(engine):
    events = [
        {"patient_id": "a", "day": 150, "event": "cGVHD", "grade": "mild"},
        {"patient_id": "b", "day": 120, "event": "aGVHD", "grade": "IV"},
        {"patient_id": "c", "event": "cGVHD", "occurred": "no"},
    ]
    derived = derive("cGVHD", engine(_made(events, ["a", "b", "c"])))
    assert answers(derived) == {"a": (150, 1), "b": (200, 0), "c": (200, 0)}


def test_not_extensive_does_not_deny_chronic_gvhd():
    event = {"patient_id": "a", "event": "cGVHD", "grade": "extensive", "occurred": "no"}
    with pytest.raises(RefusalError, match="only a higher grade is denied"):
        derive("cGVHD", _made([event], ["a"]))
