"""CRS and ICANS after blinatumomab or CAR T: recorded grades by system, signs by ASTCT, the window."""

from __future__ import annotations

import pytest

from dayzero.endpoints import crs_grade, derive_variables, icans_grade
from endpoints.facts import alive, happened, records, treated

BEFORE = ("crs_grade_before_transplant", "crs_system_before_transplant")
BLINATUMOMAB = {"start": -60, "stop_day": -33}

#: CRS rows of a patient whose blinatumomab stopped on day -33; grade and system before transplant.
ROWS = {
    "recorded": ([(-50, {"grade": "2", "system": "CTCAE v5"})], (2, "CTCAE v5")),
    "roman": ([(-50, {"grade": "Grade III", "system": "Lee2014"})], (3, "Lee2014")),
    "highest": (
        [(-50, {"grade": "1", "system": "ASTCT"}), (-45, {"grade": "3", "system": "ASTCT2019"})],
        (3, "ASTCT2019"),
    ),
    "no system": ([(-50, {"grade": "1"})], (1, "system not stated")),
    "two systems": (
        [(-50, {"grade": "1", "system": "ASTCT"}), (-45, {"grade": "3", "system": "CTCAE v5"})],
        (None, "several systems"),
    ),
    "no grade": ([(-50, {})], (None, "system not stated")),
    "fever": ([(-50, {"detail": "fever 38.6"})], (1, "ASTCT2019")),
    "low flow": ([(-50, {"detail": "fever, low flow oxygen"})], (2, "ASTCT2019")),
    "no vasopressor": ([(-50, {"detail": "fever, hypotension, no vasopressor"})], (2, "ASTCT2019")),
    "one vasopressor": ([(-50, {"detail": "fever, hypotension, one vasopressor"})], (3, "ASTCT2019")),
    "treatment not said": ([(-50, {"detail": "fever, hypotension"})], (None, "system not stated")),
    "oxygen": ([(-50, {"detail": "fever, oxygen"})], (None, "system not stated")),
    "high flow": ([(-50, {"detail": "fever, high flow"})], (3, "ASTCT2019")),
    "two vasopressors": ([(-50, {"detail": "fever, multiple vasopressors"})], (4, "ASTCT2019")),
    "ventilated": ([(-50, {"detail": "fever, CPAP"})], (4, "ASTCT2019")),
    "recorded stands": ([(-50, {"grade": "1", "system": "ASTCT2019", "detail": "CPAP"})], (1, "ASTCT2019")),
    "30 days after": ([(-3, {"grade": "2", "system": "ASTCT"})], (2, "ASTCT2019")),
    "31 days after": ([(-2, {"grade": "2", "system": "ASTCT"})], (0, None)),
    "before it": ([(-61, {"grade": "2", "system": "ASTCT"})], (0, None)),
    "none": ([], (0, None)),
    "denied": ([(None, {"occurred": "no"})], (0, None)),
    "unknown": ([(None, {"occurred": "unknown"})], (None, None)),
    "undated": ([(None, {"grade": "3"})], (None, None)),
}


def blinatumomab(who, start=-60, stop_day=-33):
    return treated(who, start, "blinatumomab", stop_day=stop_day)


def test_crs_before_transplant(engine):
    made = records(
        [*ROWS, "not treated"],
        events=[happened(who, day, "CRS", **more) for who, (rows, _) in ROWS.items() for day, more in rows],
        treatments=[blinatumomab(who) for who in ROWS],
        follow_up=alive(100, *ROWS, "not treated"),
    )
    variables = derive_variables(engine(made))
    frame = variables.frame
    rows = dict(zip(frame["patient_id"], frame.select(BEFORE).rows(), strict=True))
    assert rows == {who: expected for who, (_, expected) in ROWS.items()} | {"not treated": (None, None)}
    assert [f.where.patient_id for f in variables.findings if f.id == "endpoints.grade_disagrees"] == [
        "recorded stands"
    ]
    assert {variables.notes[name].known for name in BEFORE} == {"day 0"}
    assert variables.notes["icans_grade_after_transplant"].known == "after day 0"


@pytest.mark.parametrize(
    ("detail", "signs"),
    [
        ("fever", {}),
        ("fever, hypotension, no vasopressor", {"hypotension": "no vasopressor"}),
        ("fever, one vasopressor, high flow", {"hypotension": "one vasopressor", "hypoxia": "high flow"}),
        ("fever, low flow", {"hypoxia": "low flow"}),
        ("fever, positive pressure", {"hypoxia": "positive pressure"}),
        ("fever, multiple vasopressors", {"hypotension": "multiple vasopressors"}),
    ],
)
def test_signs_of_crs_grade_as_the_function_does(detail, signs):
    made = records(["p"], events=[happened("p", -50, "CRS", detail=detail)], treatments=[blinatumomab("p")])
    assert derive_variables(made).frame[BEFORE[0]].to_list() == [crs_grade(fever=True, **signs)]


ICANS = {
    "ICE 9": icans_grade(ice=9),
    "ICE 7": icans_grade(ice=7),
    "ICE 6": icans_grade(ice=6),
    "ICE 3": icans_grade(ice=3),
    "ICE 2": icans_grade(ice=2),
    "ICE 0, unarousable": icans_grade(ice=0, consciousness="unarousable"),
    "ICE 8, seizure": icans_grade(ice=8, seizure="resolved"),
    "ICE 8, prolonged seizure": icans_grade(ice=8, seizure="prolonged"),
    "ICE 8, no seizure": icans_grade(ice=8),
    "ICE 8, to voice": icans_grade(ice=8, consciousness="to voice"),
    "ICE 8, hemiparesis": icans_grade(ice=8, deep_motor_weakness=True),
    "ICE 8, diffuse oedema": icans_grade(ice=8, oedema="diffuse"),
    "ICE 8, focal oedema": icans_grade(ice=8, oedema="focal"),
    "CAPD 8": icans_grade(capd=8),
    "CAPD 9": icans_grade(capd=9),
}


def test_icans_after_car_t_cells(engine):
    people = {f"p{n}": detail for n, detail in enumerate(ICANS)}
    made = records(
        sorted(people),
        events=[happened(who, 205, "ICANS", detail=detail) for who, detail in sorted(people.items())],
        treatments=[treated(who, 200, "CAR T") for who in people],
        follow_up=alive(400, *people),
    )
    frame = derive_variables(engine(made)).frame
    grades = dict(frame.select("patient_id", "icans_grade_after_transplant").iter_rows())
    assert {people[who]: grade for who, grade in grades.items()} == ICANS
    assert frame["icans_grade_before_transplant"].null_count() == frame.height
    assert frame["crs_grade_after_transplant"].null_count() == frame.height
