"""Relapses before transplant: number, site, and BFM timing."""

from __future__ import annotations

import pytest

from dayzero.endpoints import derive_variables
from endpoints.facts import found, records

#: 18 months are 547.875 days, 6 months 182.625.
TIMING = [
    (547, 400, "very early"),
    (548, 400, "early"),
    (548, 366, "early"),
    (548, 365, "late"),
    (1200, 1300, "early"),
    (500, 100, "very early"),
    (900, None, None),
    (400, None, None),
]


@pytest.mark.parametrize(("relapse", "end_of_first_line", "expected"), TIMING)
def test_timing_counts_from_diagnosis_and_end_of_first_line(relapse, end_of_first_line, expected):
    diagnosis = -2000
    end = None if end_of_first_line is None else diagnosis + end_of_first_line
    made = records(
        [{"patient_id": "a", "diagnosis_day": diagnosis, "first_line_end_day": end}],
        events=[
            {"patient_id": "a", "day": diagnosis + relapse, "event": "relapse"},
            {"patient_id": "a", "day": -90, "event": "relapse"},
        ],
    )
    frame = derive_variables(made).frame
    assert frame["relapse_timing"].to_list() == [expected]
    assert frame["months_to_first_relapse"].to_list() == [pytest.approx(relapse / 30.4375)]


def test_relapses_before_transplant(engine):
    remissions = {
        "cr1": "CR1",
        "cr2": "CR2",
        "cr3": "CR3",
        "cr2_none": "CR2",
        "none_known": None,
        "said_before": "CR2",
        "unplaced": "CR2",
        "day_0": "not in remission",
    }
    made = records(
        sorted(remissions),
        transplants=[
            {"patient_id": p, "day": 0, "type": "allogeneic", "remission": r} for p, r in remissions.items()
        ],
        events=[
            {"patient_id": "cr2", "day": -100, "event": "relapse", "site": "CNS"},
            {"patient_id": "cr2", "day": 200, "event": "relapse", "site": "marrow"},
            {"patient_id": "cr3", "day": -900, "event": "relapse", "site": "marrow"},
            {"patient_id": "cr3", "day": -200, "event": "molecular relapse"},
            {"patient_id": "said_before", "event": "relapse", "detail": "before transplant", "site": "CNS"},
            {"patient_id": "unplaced", "event": "relapse"},
            {"patient_id": "day_0", "day": 0, "event": "relapse"},
            {"patient_id": "cr1", "event": "relapse", "occurred": "no"},
        ],
    )
    variables = derive_variables(engine(made))
    rows = variables.frame.select("patient_id", "relapses_before_transplant", "relapse_site").rows()
    assert rows == [
        ("cr1", 0, None),
        ("cr2", 1, "CNS"),
        ("cr2_none", None, None),
        ("cr3", 1, "marrow"),
        ("day_0", 1, None),
        ("none_known", None, None),
        ("said_before", 1, None),
        ("unplaced", None, None),
    ]
    assert found(variables) == [("remission_and_relapses_disagree", "cr3")]


def test_an_undated_earlier_relapse_leaves_timing_open():
    made = records(
        [{"patient_id": "a", "diagnosis_day": -900, "first_line_end_day": -300}],
        events=[
            {"patient_id": "a", "day": -100, "event": "relapse", "site": "CNS"},
            {"patient_id": "a", "event": "relapse", "detail": "prior to HSCT"},
        ],
    )
    row = derive_variables(made).frame.select(
        "relapses_before_transplant", "relapse_timing", "relapse_site", "months_to_first_relapse"
    )
    assert row.rows() == [(2, None, None, None)]


def test_a_relapse_before_diagnosis_is_found():
    made = records(
        [{"patient_id": "a", "diagnosis_day": -90, "first_line_end_day": -30}],
        events=[{"patient_id": "a", "day": -100, "event": "relapse"}],
    )
    variables = derive_variables(made)
    assert variables.frame["relapse_timing"].to_list() == [None]
    assert ("relapse_before_diagnosis", "a") in found(variables)
