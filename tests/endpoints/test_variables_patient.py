"""Who the patient is, and what the first transplant was."""

from __future__ import annotations

import polars as pl
import pytest

from dayzero.endpoints import derive_variables
from dayzero.endpoints.variables import complication, gvhd, immune
from endpoints.facts import found, records


def _column(made, name):
    frame = derive_variables(made).frame
    return dict(frame.select("patient_id", name).iter_rows())


def _transplant(patient_id, **facts):
    return {"patient_id": patient_id, "day": 0, "type": "allogeneic", **facts}


def test_patient_columns(engine):
    made = records(
        [
            {
                "patient_id": "b",
                "sex": "female",
                "age": 8.5,
                "year": 2021,
                "diagnosis": "ALL",
                "immunophenotype": "B-ALL",
                "cns_status": "CNS1",
                "centre": "X",
                "cytogenetics": "unknown",
            },
            {"patient_id": "a", "sex": "unknown", "immunophenotype": "not applicable"},
        ]
    )
    variables = derive_variables(engine(made))
    first, second = variables.frame.select(
        "patient_id",
        "age",
        "sex",
        "year",
        "diagnosis",
        "immunophenotype",
        "cns_status",
        "centre",
        "cytogenetics",
    ).rows()
    assert first == ("a", None, None, None, None, "not applicable", None, None, None)
    assert second == ("b", 8.5, "female", 2021, "ALL", "B-ALL", "CNS1", "X", None)
    assert list(variables.frame.columns) == ["patient_id", *variables.notes]
    assert variables.notes["age"].unit == "years"


def test_dtypes_and_notes(engine):
    variables = derive_variables(engine(records(["a"])))
    expected = {"number": (pl.Int64, pl.Float64), "category": (pl.String,), "yes/no": (pl.Boolean,)}
    for name, note in variables.notes.items():
        assert note.name == name
        assert note.label
        assert variables.frame[name].dtype in expected[note.kind], name
    late = {name for name, note in variables.notes.items() if note.known != "day 0"}
    toxicity = {note.name for note in immune.NOTES if note.known != "day 0"}
    complications = toxicity | {note.name for note in (*complication.NOTES, *gvhd.NOTES)}
    assert complications <= late
    assert {name for name in late - complications if not name.startswith("chimerism_")} == {
        "neutrophil_engraftment_day",
        "platelet_engraftment_day",
        "follow_up_days",
        "status",
        "days_to_relapse",
        "mrd_last_after_transplant",
        "relapse_site_after_transplant",
        "cd19_at_relapse",
        "first_salvage",
        "days_relapse_to_salvage",
    }


def test_remission_number(engine):
    words = ["CR1", "CR2", "CR3", "CR4+", "not in remission", "not applicable", "unknown", None]
    patients = [f"p{n}" for n in range(len(words))]
    made = records(
        patients, transplants=[_transplant(p, remission=w) for p, w in zip(patients, words, strict=True)]
    )
    made = engine(made)
    assert list(_column(made, "remission_number").values()) == [1, 2, 3, 4, None, None, None, None]
    assert list(_column(made, "remission").values())[4:] == ["not in remission", "not applicable", None, None]


DONORS = {
    "matched sibling": "matched related",
    "other matched related": "matched related",
    "mismatched related": "mismatched related",
    "haploidentical": "haploidentical",
    "matched unrelated": "unrelated",
    "mismatched unrelated": "unrelated",
    "cord blood": "cord",
    "syngeneic": "syngeneic",
    "unknown": None,
}


def test_donor_group(engine):
    made = records(sorted(DONORS), transplants=[_transplant(donor, donor=donor) for donor in DONORS])
    assert _column(engine(made), "donor_group") == DONORS


TBI = {
    "dose": ({"tbi_gy": 12.0}, True),
    "dose_0": ({"tbi_gy": 0.0}, False),
    "text": ({"conditioning": "TBI-VP16"}, True),
    "joined": ({"conditioning": "Flu/TBI + cranial boost"}, True),
    "spelled": ({"conditioning": "Total body irradiation"}, True),
    "without": ({"conditioning": "TT-Flu-Bu"}, False),
    "denied": ({"conditioning": "non-TBI (Bu/Cy)"}, False),
    "dose_wins": ({"tbi_gy": 2.0, "conditioning": "Flu-Cy"}, True),
    "contradiction": ({"tbi_gy": 0.0, "conditioning": "TBI-Cy"}, None),
    "nothing": ({}, None),
    "unknown": ({"conditioning": "unknown"}, None),
    "not_applicable": ({"conditioning": "not applicable"}, None),
}


def test_tbi(engine):
    made = records(sorted(TBI), transplants=[_transplant(p, **facts) for p, (facts, _) in TBI.items()])
    variables = derive_variables(engine(made))
    assert dict(variables.frame.select("patient_id", "tbi").iter_rows()) == {
        p: answer for p, (_, answer) in TBI.items()
    }
    assert found(variables) == [("tbi_contradicts", "contradiction")]


@pytest.mark.parametrize(
    ("recipient", "donor", "pair"),
    [
        ("positive", "negative", "R+/D-"),
        ("positive", "positive", "R+/D+"),
        ("negative", "positive", "R-/D+"),
        ("negative", "negative", "R-/D-"),
        ("not done", "negative", None),
        ("positive", "unknown", None),
        (None, "negative", None),
    ],
)
def test_cmv_pair(recipient, donor, pair):
    made = records(["a"], transplants=[_transplant("a", cmv_recipient=recipient, cmv_donor=donor)])
    assert _column(made, "cmv_pair") == {"a": pair}


def test_only_the_first_allogeneic_transplant_speaks(engine):
    made = records(
        ["a", "never"],
        transplants=[
            {"patient_id": "a", "day": 300, "type": "allogeneic", "donor": "haploidentical", "cd34": 1.0},
            _transplant("a", donor="matched sibling", cd34=5.0, graft="bone marrow", hla_match="10/10"),
            {"patient_id": "a", "day": -100, "type": "autologous", "donor": "autologous"},
        ],
    )
    frame = derive_variables(engine(made)).frame.select("patient_id", "donor", "cd34", "graft", "hla_match")
    assert frame.rows() == [
        ("a", "matched sibling", 5.0, "bone marrow", "10/10"),
        ("never", None, None, None, None),
    ]
