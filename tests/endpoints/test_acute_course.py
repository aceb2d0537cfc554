"""The course of acute GVHD: onset, maximum grade, type, flares; refractory by doses and grades."""

from __future__ import annotations

import pytest

from dayzero.endpoints import derive, derive_variables
from dayzero.errors import RefusalError
from endpoints.facts import alive, answers, found, happened, reasons, records, treated, whys

NAMES = ("agvhd_onset_day", "agvhd_max_grade", "agvhd_type", "agvhd_flares", "cgvhd_type")
#: Days and grades of acute GVHD (chronic with a c before its word), and the five variables.
COURSES = {
    "one": ([(20, "II")], (20, 2, "classic", 0, None)),
    "worse": ([(20, "II"), (30, "IV"), (40, "I")], (20, 4, "classic", 0, None)),
    "range": ([(20, "II-IV")], (20, None, "classic", 0, None)),
    "ungraded": ([(20, None)], (20, None, "classic", 0, None)),
    "day 100": ([(100, "II")], (100, 2, "classic", 0, None)),
    "day 101": ([(101, "II")], (101, 2, "late-onset", 0, None)),
    # a grade 0 shows that it was gone; a new episode begins 30 days later
    "29 days": ([(20, "II"), (30, "0"), (59, "I")], (20, 2, "classic", 0, None)),
    "30 days": ([(20, "II"), (30, "0"), (60, "I")], (20, 2, "classic", 1, None)),
    "since the first zero": ([(20, "II"), (30, "0"), (50, "0"), (60, "I")], (20, 2, "classic", 1, None)),
    "no zero": ([(20, "II"), (90, "I")], (20, 2, "classic", 0, None)),
    "two flares": ([(20, "II"), (30, "0"), (60, "I"), (65, "0"), (99, "III")], (20, 3, "classic", 2, None)),
    "recurrent": ([(20, "II"), (30, "0"), (120, "I")], (20, 2, "recurrent", 1, None)),
    "persistent": ([(20, "II"), (95, "0"), (110, "I")], (20, 2, "persistent", 0, None)),
    "zero first": ([(10, "0"), (50, "I")], (50, 1, "classic", 0, None)),
    "only zero": ([(10, "0")], (None, 0, None, None, None)),
    "late with chronic": ([(120, "II"), (110, "c moderate")], (120, 2, None, 0, None)),
    "overlap": ([(20, "II"), (150, "c overlap")], (20, 2, "classic", 0, "overlap")),
    "classic chronic": ([(150, "c classic")], (None, 0, None, 0, "classic")),
    "not overlap": ([(150, "c classic, not overlap")], (None, 0, None, 0, "classic")),
    "none": ([], (None, 0, None, 0, None)),
}


def test_course(engine):
    events = []
    for who, (days, _) in COURSES.items():
        for day, grade in days:
            chronic = bool(grade) and grade.startswith("c ")
            events.append(
                happened(who, day, "cGVHD" if chronic else "aGVHD", grade=grade[2:] if chronic else grade)
            )
    people = [*COURSES, "unknown", "undated", "denied"]
    events += [
        happened("unknown", None, "aGVHD", occurred="unknown"),
        happened("undated", None, "aGVHD", grade="III"),
        happened("denied", None, "aGVHD", occurred="no"),
    ]
    frame = derive_variables(engine(records(people, events=events, follow_up=alive(400, *people)))).frame
    rows = dict(zip(frame["patient_id"], frame.select(NAMES).rows(), strict=True))
    assert rows == {who: expected for who, (_, expected) in COURSES.items()} | {
        "unknown": (None, None, None, None, None),
        "undated": (None, None, None, None, None),
        "denied": (None, 0, None, 0, None),
    }


#: Grades by day, and the day on which it was refractory or None; steroids of 2 mg/kg from day 20 to 60.
REFRACTORY = {
    "progressed on day 3": ([(20, "II"), (23, "III")], 23),
    "progressed on day 5": ([(20, "II"), (25, "III")], 25),
    "progressed on day 2": ([(20, "II"), (22, "III"), (26, "I")], None),
    "the same on day 5": ([(20, "II"), (25, "II")], 25),
    "the same on day 7": ([(20, "II"), (27, "II")], 27),
    "better on day 7": ([(20, "II"), (25, "II"), (27, "I")], None),
    "better on day 8": ([(20, "II"), (25, "II"), (28, "I")], 25),
    "the same on day 4": ([(20, "II"), (24, "II"), (26, "I")], None),
    "better before": ([(20, "II"), (24, "I"), (26, "II")], None),
    "better": ([(20, "III"), (26, "II"), (40, "0")], None),
    "incomplete after 28": ([(20, "III"), (26, "II"), (49, "I")], 49),
    "on day 28": ([(20, "III"), (26, "II"), (48, "I")], None),
    "gone after 28": ([(20, "III"), (26, "II"), (49, "0")], None),
    "grade 7 days before": ([(13, "II"), (26, "II")], 26),
}


def steroids(who, dose=2.0, **more):
    return treated(who, 20, "corticosteroids", dose=dose, unit="mg/kg", stop_day=60, **more)


def test_steroid_refractory_by_doses_and_grades(engine):
    events = [
        happened(who, day, "aGVHD", grade=g) for who, (days, _) in REFRACTORY.items() for day, g in days
    ]
    made = records(
        [*REFRACTORY, "low dose", "chronic", "no grade", "old grade", "not treated"],
        events=[
            *events,
            *(happened(p, d, "aGVHD", grade="II") for p in ("low dose", "chronic") for d in (20, 26)),
            happened("no grade", 20, "aGVHD", grade="II"),
            happened("old grade", 12, "aGVHD", grade="II"),
            happened("old grade", 26, "aGVHD", grade="II"),
            happened("not treated", 20, "aGVHD", grade="II"),
        ],
        treatments=[
            *(steroids(who) for who in (*REFRACTORY, "no grade", "old grade")),
            steroids("low dose", 1.9),
            steroids("chronic", indication="chronic GVHD"),
        ],
        follow_up=alive(100, *REFRACTORY, "low dose", "chronic", "no grade", "old grade", "not treated"),
    )
    derived = derive("aGVHD_steroid_refractory", engine(made))
    days = {who: time if cause == 1 else None for who, (time, cause) in answers(derived).items()}
    assert days == {who: day for who, (_, day) in REFRACTORY.items()} | {
        "low dose": None,
        "chronic": None,
        "not treated": None,
    }
    assert set(reasons(derived)) == {"no grade", "old grade"}
    assert whys(derived)["progressed on day 3"] == (
        "steroid-refractory acute GVHD on day 23: progression within 3 to 5 days of steroids from day 20, "
        "grade 3 "
        "(events row 3) against 2 at their start"
    )


def test_recorded_and_derived_disagree(engine):
    made = records(
        ["recorded", "denied"],
        events=[
            happened("recorded", 30, "steroid-refractory aGVHD"),
            happened("denied", None, "steroid-refractory aGVHD", occurred="no"),
            *(happened("denied", day, "aGVHD", grade="II") for day in (20, 26)),
        ],
        treatments=[steroids("denied")],
        follow_up=alive(100, "recorded", "denied"),
    )
    derived = derive("aGVHD_steroid_refractory", engine(made))
    assert answers(derived) == {"denied": (26, 1), "recorded": (100, 0)}
    assert sorted(found(derived)) == [
        ("refractory_disagrees", "denied"),
        ("refractory_disagrees", "recorded"),
    ]


def test_without_doses_it_is_refused(engine):
    made = records(["p"], events=[happened("p", 20, "aGVHD", grade="II")], follow_up=alive(100, "p"))
    with pytest.raises(RefusalError, match="no course of corticosteroids of at least 2 mg/kg"):
        derive("aGVHD_steroid_refractory", engine(made))
