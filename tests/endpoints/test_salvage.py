"""Salvage after a relapse that followed transplant: which, when, and survival from there."""

from __future__ import annotations

import polars as pl
import pytest

from dayzero.endpoints import derive, derive_variables
from dayzero.endpoints.leukaemia.relapse_course import relapse_course
from dayzero.endpoints.leukaemia.salvage import salvages
from dayzero.errors import RefusalError
from endpoints.facts import answers, reasons, records, whys

#: Relapse on day 100 for all; treatments as (agent, first day, indication), later transplants as (type, day).
PATIENTS: dict[str, dict] = {
    "car_t": {"given": [("CAR T", 130, None), ("fludarabine", 125, "lymphodepletion")]},
    "brand": {"given": [("tisagenlecleucel", 140, None)]},
    "ino_then_car": {"given": [("CAR T", 160, None), ("inotuzumab", 100, None)]},
    "blina": {"given": [("blinatumomab", 110, "salvage"), ("corticosteroids", 109, "premedication")]},
    "before": {"given": [("blinatumomab", 99, "maintenance")]},
    "chemo": {"given": [("chemotherapy", 101, None), ("G-CSF", 101, None)]},
    "cytotoxic": {"given": [("cyclophosphamide", 105, "relapse")]},
    "unclear": {"given": [("fludarabine", 120, None)]},
    "gvhd_or_not": {"given": [("ruxolitinib", 120, None)]},
    "gvhd": {"given": [("ruxolitinib", 120, "chronic GVHD"), ("photopheresis", 130, None)]},
    "rituximab": {"given": [("rituximab", 120, "salvage")]},
    "dasatinib": {"given": [("dasatinib", 101, None)]},
    "irradiated": {"given": [("radiotherapy", 102, None)]},
    "second": {"again": [("allogeneic", 150)], "given": [("thiotepa", 144, "conditioning")]},
    "dli": {"again": [("DLI", 110)]},
    "dli_treatment": {"given": [("DLI", 110, None)]},
    "boosted": {"again": [("boost", 110)]},
    "two_on_a_day": {"given": [("DLI", 110, None), ("blinatumomab", 110, None)]},
    "nothing": {},
}
FIRST = {
    "car_t": ("CAR T", 30),
    "brand": ("CAR T", 40),
    "ino_then_car": ("inotuzumab", 0),
    "blina": ("blinatumomab", 10),
    "before": ("none recorded", None),
    "chemo": ("chemotherapy", 1),
    "cytotoxic": ("chemotherapy", 5),
    "unclear": (None, None),
    "gvhd_or_not": (None, None),
    "gvhd": ("none recorded", None),
    "rituximab": ("other", 20),
    "dasatinib": ("other", 1),
    "irradiated": ("other", 2),
    "second": ("second transplant", 50),
    "dli": ("DLI", 10),
    "dli_treatment": ("DLI", 10),
    "boosted": ("none recorded", None),
    "two_on_a_day": ("DLI + blinatumomab", 10),
    "nothing": ("none recorded", None),
}


def _records(events=(), **details):
    transplants = [{"patient_id": p, "day": 0, "type": "allogeneic"} for p in PATIENTS]
    transplants += [
        {"patient_id": p, "type": kind, "day": day}
        for p, told in PATIENTS.items()
        for kind, day in told.get("again", ())
    ]
    return records(
        sorted(PATIENTS),
        transplants=transplants,
        treatments=[
            {"patient_id": p, "agent": agent, "start_day": day, "indication": indication}
            for p, told in PATIENTS.items()
            for agent, day, indication in told.get("given", ())
        ],
        events=[{"patient_id": p, "day": 100, "event": "relapse", **details.get(p, {})} for p in PATIENTS]
        + list(events),
        follow_up=[{"patient_id": p, "day": 400, "alive": "yes"} for p in PATIENTS],
    )


def test_first_salvage(engine):
    variables = derive_variables(engine(_records()))
    found = variables.frame.select("patient_id", "first_salvage", "days_relapse_to_salvage").rows()
    assert {p: (kind, day) for p, kind, day in found} == FIRST
    assert variables.notes["first_salvage"].known == "first salvage"
    assert variables.notes["relapse_site_after_transplant"].known == "relapse"


def test_without_any_treatment_after_relapse_nothing_is_known_of_salvage():
    made = records(
        ["a"],
        events=[{"patient_id": "a", "day": 100, "event": "relapse"}],
        treatments=[{"patient_id": "a", "agent": "blinatumomab", "start_day": -60}],
    )
    assert derive_variables(made).frame["first_salvage"].to_list() == [None]
    with pytest.raises(RefusalError, match="no treatment after relapse is recorded for anyone"):
        derive("survival_after_salvage", made)


def test_survival_from_the_first_salvage(engine):
    death = [{"patient_id": "car_t", "day": 230, "event": "death"}]
    derived = derive("survival_after_salvage", engine(_records(death)))
    found = answers(derived)
    assert found["car_t"] == (100, 1)
    assert found["ino_then_car"] == (300, 0)
    assert found["second"] == (250, 0)
    assert set(found) == {p for p, (_, day) in FIRST.items() if day is not None}
    assert reasons(derived) == {
        "before": "no salvage recorded after relapse",
        "gvhd": "no salvage recorded after relapse",
        "gvhd_or_not": "whether a salvage was given is not known",
        "boosted": "no salvage recorded after relapse",
        "nothing": "no salvage recorded after relapse",
        "unclear": "whether a salvage was given is not known",
    }
    assert whys(derived)["second"] == (
        "second transplant on day 150 (transplants row 21); alive on day 400 (follow_up row 15)"
    )


def test_a_death_before_the_salvage_contradicts_it():
    derived = derive(
        "survival_after_salvage", _records([{"patient_id": "car_t", "day": 120, "event": "death"}])
    )
    assert reasons(derived)["car_t"] == (
        "the salvage is recorded after death: one of the two days is wrong [treatments row 2]"
    )


def test_who_did_not_relapse_has_no_salvage(engine):
    made = records(
        ["a", "b"],
        events=[{"patient_id": "a", "day": 100, "event": "relapse"}],
        treatments=[{"patient_id": p, "agent": "CAR T", "start_day": 120} for p in "ab"],
        follow_up=[{"patient_id": p, "day": 400, "alive": "yes"} for p in "ab"],
    )
    assert salvages(engine(made)).select("patient_id", "day", "kind").rows() == [("a", 120, "CAR T")]
    assert reasons(derive("survival_after_salvage", made)) == {"b": "no relapse after transplant"}


def test_the_course_of_each_relapse(engine):
    made = _records(
        [{"patient_id": "ino_then_car", "day": 300, "event": "death"}],
        ino_then_car={"site": "Bone marrow", "detail": "CD19-negative"},
        car_t={"site": "marrow; CNS", "detail": "CD19 positive"},
        nothing={"site": "testis"},
        chemo={"detail": "CD19 loss, CD22+"},
    )
    course = relapse_course(engine(made))
    assert course["patient_id"].to_list() == sorted(PATIENTS)
    rows = {row["patient_id"]: row for row in course.iter_rows(named=True)}
    assert rows["ino_then_car"] == {
        "patient_id": "ino_then_car",
        "relapse_day": 100,
        "relapse_site": "Bone marrow",
        "relapse_site_class": "isolated marrow",
        "cd19": "negative",
        "first_salvage": "inotuzumab",
        "salvages": "inotuzumab (day 100), CAR T (day 160)",
        "outcome": "dead",
        "outcome_day": 300,
        "days_after_relapse": 200,
    }
    assert (rows["car_t"]["relapse_site_class"], rows["car_t"]["cd19"]) == ("combined", "positive")
    assert rows["nothing"]["relapse_site_class"] == "isolated testicular"
    assert (rows["nothing"]["salvages"], rows["nothing"]["first_salvage"]) == (None, "none recorded")
    assert rows["chemo"]["cd19"] == "negative"
    assert (rows["dli"]["outcome"], rows["dli"]["days_after_relapse"]) == ("alive", 300)


def test_a_relapse_in_two_rows_is_combined(engine):
    made = records(
        ["a"],
        events=[
            {"patient_id": "a", "day": 100, "event": "relapse", "site": site} for site in ("marrow", "CNS")
        ],
    )
    assert relapse_course(engine(made))["relapse_site_class"].to_list() == ["combined"]


def test_a_death_without_a_day_leaves_its_day_open():
    made = records(
        ["a"],
        events=[
            {"patient_id": "a", "day": 100, "event": "relapse"},
            {"patient_id": "a", "event": "death"},
        ],
        treatments=[{"patient_id": "a", "agent": "CAR T", "start_day": 120}],
    )
    row = relapse_course(made).select("outcome", "outcome_day", "days_after_relapse").row(0)
    assert row == ("dead", None, None)
    with pytest.raises(RefusalError, match="survival_after_salvage cannot be derived"):
        derive("survival_after_salvage", made)


def test_nobody_relapsed():
    assert relapse_course(records(["a"])).is_empty()
    assert relapse_course(records(["a"])).schema["first_salvage"] == pl.String
