"""MRD: status of a result, negativity at each cut-off, response to blinatumomab by cycle."""

from __future__ import annotations

import pytest

from dayzero.endpoints import Options, derive, derive_variables
from dayzero.endpoints.leukaemia.blinatumomab import cycles
from dayzero.endpoints.leukaemia.blinatumomab_course import blinatumomab_course
from dayzero.errors import RefusalError
from endpoints.facts import answers, found, reasons, records, whys

UNDETECTABLE = "undetectable"
BELOW = "below a limit, detection not stated"
PNQ = "positive, not quantifiable"
QUANTIFIABLE = "positive, quantifiable"
INCONCLUSIVE = "inconclusive, assay not sensitive enough"

#: The result; its status; below 1e-4, below 1e-3, undetectable (None: cannot be told).
RESULTS = {
    "word": ({"text": "negative"}, UNDETECTABLE, True, True, True),
    "word_sees": ({"text": "negative", "sensitivity": 1e-4}, UNDETECTABLE, True, True, True),
    "word_blind": ({"text": "negative", "sensitivity": 1e-3}, INCONCLUSIVE, None, True, None),
    "word_very_blind": ({"text": "negative", "sensitivity": 1e-2}, INCONCLUSIVE, None, None, None),
    "zero": ({"value": 0.0, "sensitivity": 1e-5}, UNDETECTABLE, True, True, True),
    "less": ({"value": 1e-4, "operator": "<"}, BELOW, True, True, None),
    "less_than_seen": (
        {"value": 1e-4, "operator": "<", "sensitivity": 1e-4}, UNDETECTABLE, True, True, True,
    ),
    "less_than_quantified": ({"value": 1e-4, "operator": "<", "sensitivity": 1e-5}, BELOW, True, True, None),
    "less_blind": ({"value": 1e-3, "operator": "<", "sensitivity": 1e-3}, INCONCLUSIVE, None, True, None),
    "less_than_more": ({"value": 1e-3, "operator": "<"}, BELOW, None, True, None),
    "pnq": ({"text": "positive not quantifiable"}, PNQ, None, None, False),
    "low": ({"value": 5e-5}, QUANTIFIABLE, True, True, False),
    "at_1e4": ({"value": 1e-4}, QUANTIFIABLE, False, True, False),
    "between": ({"value": 9.9e-4}, QUANTIFIABLE, False, True, False),
    "at_1e3": ({"value": 1e-3}, QUANTIFIABLE, False, False, False),
    "positive": ({"text": "positive"}, "positive, level not stated", False, False, False),
    "not_done": ({"text": "not done"}, "not done", None, None, None),
    "unknown": ({"text": "unknown"}, "unknown", None, None, None),
    "copies": ({"value": 3.0, "unit": "copies/mL"}, None, None, None, None),
}  # fmt: skip


def _mrd(patient_id, day, **result):
    sign = {"operator": "="} if "value" in result else {}
    return {"patient_id": patient_id, "day": day, "analyte": "MRD", "unit": "fraction", **sign, **result}


def test_status_and_cut_offs(engine):
    made = records(sorted(RESULTS), measurements=[_mrd(p, -9, **told[0]) for p, told in RESULTS.items()])
    frame = derive_variables(engine(made)).frame
    names = [
        "mrd_status_before_transplant",
        "mrd_below_1e4_before_transplant",
        "mrd_below_1e3_before_transplant",
        "mrd_undetectable_before_transplant",
    ]
    got = {row[0]: row[1:] for row in frame.select("patient_id", *names).iter_rows()}
    assert got == {p: told[1:] for p, told in RESULTS.items()}


def test_the_window_and_the_worst_of_the_last_day(engine):
    made = records(
        ["day_30", "day_31", "two", "settled", "after"],
        measurements=[
            _mrd("day_30", -30, text="negative", method="flow"),
            _mrd("day_31", -31, text="negative"),
            _mrd("two", -5, text="negative"),
            _mrd("two", -5, text="positive not quantifiable", method="PCR"),
            _mrd("two", -9, value=0.01),
            _mrd("settled", -5, text="negative", sensitivity=1e-2),
            _mrd("settled", -5, text="negative", sensitivity=1e-5),
            _mrd("after", 0, text="negative"),
            _mrd("after", 30, text="negative"),
            _mrd("after", 90, value=0.01),
        ],
    )
    variables = derive_variables(engine(made))
    frame = variables.frame
    status = dict(frame.select("patient_id", "mrd_status_before_transplant").iter_rows())
    assert status == {
        "day_30": UNDETECTABLE,
        "day_31": None,
        "two": PNQ,
        "settled": UNDETECTABLE,
        "after": UNDETECTABLE,
    }
    method = dict(frame.select("patient_id", "mrd_method_before_transplant").iter_rows())
    assert (method["day_30"], method["two"], method["after"]) == ("flow", "PCR", None)
    later = dict(frame.select("patient_id", "mrd_last_after_transplant").iter_rows())
    assert {p for p, told in later.items() if told} == {"after"}
    assert later["after"] == QUANTIFIABLE
    assert variables.notes["mrd_last_after_transplant"].known == "after day 0"
    wide = derive_variables(made, Options(mrd_window_days=31))
    assert wide.frame["mrd_status_before_transplant"].null_count() == 0
    assert "within 31 days" in wide.notes["mrd_before_transplant"].source


#: MRD as (day, result); blinatumomab starts on days -100 and -58 unless it is one cycle (-58).
POSITIVE, NEGATIVE, LIMIT = {"value": 0.01}, {"text": "negative"}, {"value": 1e-4, "operator": "<"}
COURSES = {
    "first_cycle": ([-100, -58], [(-102, POSITIVE), (-60, NEGATIVE), (-20, NEGATIVE)]),
    "second_cycle": ([-100, -58], [(-102, POSITIVE), (-60, POSITIVE), (-20, NEGATIVE)]),
    "on_the_next_day_1": ([-100, -58], [(-100, POSITIVE), (-58, NEGATIVE)]),
    "never": ([-100, -58], [(-102, POSITIVE), (-60, POSITIVE), (-20, POSITIVE)]),
    "one_cycle_failed": ([-58], [(-60, POSITIVE), (-20, POSITIVE)]),
    "second_not_told": ([-100, -58], [(-102, POSITIVE), (-60, POSITIVE)]),
    "below_limit": ([-58], [(-60, POSITIVE), (-20, LIMIT)]),
    "negative_before": ([-58], [(-60, NEGATIVE), (-20, NEGATIVE)]),
    "too_old": ([-58], [(-101, POSITIVE), (-20, NEGATIVE)]),
    "just_in_time": ([-58], [(-100, POSITIVE), (-20, NEGATIVE)]),
    "third_cycle": ([-142, -100, -58], [(-143, POSITIVE), (-101, POSITIVE), (-59, POSITIVE), (-5, NEGATIVE)]),
    "only_after_day_0": ([-58], [(-60, POSITIVE), (20, NEGATIVE)]),
}
#: before, after 1, after 2, response, cycle, complete.
ANSWERS = {
    "first_cycle": ("positive", "negative", "negative", True, 1, True),
    "second_cycle": ("positive", "positive", "negative", True, 2, True),
    "on_the_next_day_1": ("positive", "negative", None, True, 1, True),
    "never": ("positive", "positive", "positive", False, None, False),
    "one_cycle_failed": ("positive", "positive", None, False, None, False),
    "second_not_told": ("positive", "positive", None, None, None, None),
    "below_limit": ("positive", "negative", None, True, 1, None),
    "negative_before": ("negative", "negative", None, None, None, None),
    "too_old": (None, "negative", None, None, None, None),
    "just_in_time": ("positive", "negative", None, True, 1, True),
    "third_cycle": ("positive", "positive", "positive", False, None, False),
    "only_after_day_0": ("positive", None, None, None, None, None),
}


def _blinatumomab():
    return records(
        [*sorted(COURSES), "without"],
        treatments=[
            {"patient_id": p, "agent": "blinatumomab", "start_day": day, "stop_day": day + 27}
            for p, (days, _) in COURSES.items()
            for day in days
        ],
        measurements=[_mrd(p, day, **result) for p, (_, told) in COURSES.items() for day, result in told],
        follow_up=[{"patient_id": p, "day": 100, "alive": "yes"} for p in [*COURSES, "without"]],
    )


def test_response_by_cycle(engine):
    names = [
        "mrd_before_blinatumomab",
        "mrd_after_blinatumomab_1",
        "mrd_after_blinatumomab_2",
        "blinatumomab_mrd_response",
        "blinatumomab_mrd_response_cycle",
        "blinatumomab_mrd_complete",
    ]
    frame = derive_variables(engine(_blinatumomab())).frame
    got = {row[0]: row[1:] for row in frame.select("patient_id", *names).iter_rows()}
    assert got == {**ANSWERS, "without": (None,) * 6}


def test_the_endpoint_of_response(engine):
    derived = derive("blinatumomab_mrd_response", engine(_blinatumomab()))
    assert answers(derived) == {p: (None, int(told[3])) for p, told in ANSWERS.items() if told[3] is not None}
    left_out = reasons(derived)
    assert left_out["without"] == "no blinatumomab before transplant"
    assert left_out["too_old"] == "no MRD result in the 42 days before blinatumomab"
    assert left_out["negative_before"] == "MRD negative before blinatumomab: no response to measure"
    assert left_out["second_not_told"] == "MRD after the first two cycles is not recorded or not clear"
    assert whys(derived)["second_cycle"] == (
        "MRD positive on day -102; MRD negative after cycle 2 of blinatumomab"
    )
    assert found(derived) == [("response_of_transplanted", None)]
    with pytest.raises(RefusalError, match="no positive MRD is recorded in the 42 days"):
        derive("blinatumomab_mrd_response", records(["a"]))


def test_another_treatment_ends_what_speaks_for_a_cycle(engine):
    made = records(
        ["a"],
        treatments=[
            {"patient_id": "a", "agent": "blinatumomab", "start_day": -100, "stop_day": -73},
            {"patient_id": "a", "agent": "G-CSF", "start_day": -80},
            {"patient_id": "a", "agent": "inotuzumab", "start_day": -60, "stop_day": -50},
        ],
        measurements=[
            _mrd("a", -101, value=0.01),
            _mrd("a", -70, value=0.01),
            _mrd("a", -40, text="negative"),
        ],
    )
    frame = derive_variables(engine(made)).frame
    assert frame["mrd_after_blinatumomab_1"].to_list() == ["positive"]
    assert frame["blinatumomab_mrd_response"].to_list() == [False]


def test_cycles_put_the_steps_of_a_dose_together(engine):
    made = records(
        ["stepped", "unnumbered", "two_courses", "open"],
        treatments=[
            {"patient_id": "stepped", "agent": "blinatumomab", "cycle": 1, **step}
            for step in (
                {"start_day": -100, "stop_day": -94, "dose": 5.0, "unit": "ug/m2/day"},
                {"start_day": -93, "stop_day": -73, "dose": 15.0, "unit": "ug/m2/day"},
            )
        ]
        + [
            {"patient_id": "unnumbered", "agent": "blinatumomab", "start_day": day, "stop_day": day + 27}
            for day in (-100, -58)
        ]
        + [
            {
                "patient_id": "two_courses",
                "agent": "blinatumomab",
                "start_day": day,
                "stop_day": day,
                "cycle": 1,
            }
            for day in (-100, -64)
        ]
        + [{"patient_id": "open", "agent": "blinatumomab", "start_day": -40, "indication": "MRD clearance"}],
    )
    found_ = cycles(engine(made)).select(
        "patient_id", "number", "start_day", "stop_day", "infusion_days", "dose", "until_day"
    )
    assert found_.rows() == [
        ("open", 1, -40, None, None, None, 0),
        ("stepped", 1, -100, -73, 28, "5 ug/m2/day, then 15 ug/m2/day", 0),
        ("two_courses", 1, -100, -100, 1, None, -64),
        ("two_courses", 2, -64, -64, 1, None, 0),
        ("unnumbered", 1, -100, -73, 28, None, -58),
        ("unnumbered", 2, -58, -31, 28, None, 0),
    ]


def test_the_course_of_each_patient(engine):
    course = blinatumomab_course(engine(_blinatumomab()))
    rows = {row["patient_id"]: row for row in course.iter_rows(named=True)}
    assert "without" not in rows
    assert rows["second_not_told"] == {
        "patient_id": "second_not_told",
        "cycles": 2,
        "first_day": -100,
        "last_day": -31,
        "infusion_days": 56,
        "dose": None,
        "indication": None,
        "days_to_transplant": 31,
        "mrd_before": QUANTIFIABLE,
        "mrd_after": f"1: {QUANTIFIABLE}; 2: not recorded",
    }
    assert rows["below_limit"]["mrd_after"] == f"1: {BELOW}"


def test_an_unfinished_or_overlapping_course_has_no_interval():
    made = records(
        ["open", "over"],
        treatments=[
            {"patient_id": "open", "agent": "blinatumomab", "start_day": -40, "indication": "bridge"},
            {"patient_id": "over", "agent": "blinatumomab", "start_day": -10, "stop_day": 5},
        ],
    )
    told = blinatumomab_course(made).select("patient_id", "last_day", "days_to_transplant", "indication")
    assert told.rows() == [("open", None, None, "bridge"), ("over", 5, None, None)]


def test_no_blinatumomab_at_all():
    assert blinatumomab_course(records(["a"])).is_empty()
    assert derive_variables(records(["a"])).frame["blinatumomab_mrd_response"].to_list() == [None]
