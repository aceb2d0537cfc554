"""What became known after transplant, and columns that the study declared."""

from __future__ import annotations

import polars as pl

from dayzero.endpoints import derive_variables
from dayzero.records.model import VariableNote
from endpoints.facts import found, records


def test_engraftment_days_and_the_query_about_them(engine):
    days = {"1": (11, 9), "2": (12, 15), "3": (12, 12), "4": (12, None)}
    made = records(
        sorted(days),
        events=[
            {"patient_id": p, "day": day, "event": f"{lineage} engraftment"}
            for p, pair in days.items()
            for lineage, day in zip(("neutrophil", "platelet"), pair, strict=True)
            if day is not None
        ],
    )
    variables = derive_variables(engine(made))
    names = ("neutrophil_engraftment_day", "platelet_engraftment_day")
    assert variables.frame.select(names).rows() == list(days.values())
    assert found(variables) == [("platelets_before_neutrophils", "1")]
    assert variables.findings[0].where.row == 3


def test_follow_up_and_status(engine):
    people = ["dead", "relapsed", "well", "unsure", "unseen", "undated_death", "short", "hidden"]
    made = records(
        [*people, "never"],
        transplants=[{"patient_id": p, "day": 0, "type": "allogeneic"} for p in people],
        events=[
            {"patient_id": "dead", "day": 30, "event": "death"},
            {"patient_id": "relapsed", "day": 300, "event": "relapse"},
            {"patient_id": "undated_death", "event": "death"},
            {"patient_id": "hidden", "event": "relapse"},
        ],
        follow_up=[
            {"patient_id": "relapsed", "day": 200, "alive": "yes"},
            {"patient_id": "well", "day": 900, "alive": "yes"},
            {"patient_id": "unsure", "day": 100, "alive": "yes"},
            {"patient_id": "unsure", "day": 400, "alive": "yes", "disease_status": "unknown"},
            {"patient_id": "undated_death", "day": 70, "alive": "yes"},
            {"patient_id": "short", "day": 59, "alive": "yes"},
            {"patient_id": "hidden", "day": 60, "alive": "yes"},
            {"patient_id": "never", "day": 500, "alive": "yes"},
        ],
    )
    variables = derive_variables(engine(made))
    assert variables.frame.select("patient_id", "follow_up_days", "status").rows() == [
        ("dead", 30, "dead"),
        ("hidden", 60, "alive after relapse"),
        ("never", None, None),
        ("relapsed", 300, "alive after relapse"),
        ("short", 59, "alive without relapse"),
        ("undated_death", None, "dead"),
        ("unseen", None, None),
        ("unsure", 400, "alive, disease status not known"),
        ("well", 900, "alive without relapse"),
    ]
    assert found(variables) == [("short_follow_up", "short")]


def test_declared_and_undeclared_columns(engine):
    made = records(
        [
            {"patient_id": "a", "risk": "high", "boost": "yes", "dose": 3.5, "status": "CR2", "stray": "x"},
            {"patient_id": "b", "risk": "unknown", "boost": "unknown", "status": "CR3"},
            {"patient_id": "c", "boost": "no"},
        ],
        extra={
            "risk": pl.String,
            "boost": pl.String,
            "dose": pl.Float64,
            "status": pl.String,
            "stray": pl.String,
        },
        variables={
            "risk": VariableNote("Risk group"),
            "boost": VariableNote("Cranial boost", kind="yes/no"),
            "dose": VariableNote("Dose", "after day 0", "Gy", "number"),
            "status": VariableNote("Status", "after day 0"),
        },
    )
    variables = derive_variables(engine(made))
    assert variables.frame.select("risk", "boost", "dose", "status", "stray").rows() == [
        ("high", True, 3.5, "CR2", "x"),
        (None, None, None, "CR3", None),
        (None, False, None, None, None),
    ]
    notes = variables.notes
    assert [notes[n].kind for n in ("risk", "boost", "dose", "stray")] == [
        "category",
        "yes/no",
        "number",
        "category",
    ]
    assert (notes["risk"].label, notes["risk"].known) == ("Risk group", "day 0")
    assert (notes["dose"].unit, notes["dose"].known) == ("Gy", "after day 0")
    assert notes["stray"].known == "after day 0"
    assert found(variables) == [("variable_replaced", None)]
    assert list(variables.frame.columns) == ["patient_id", *notes]
