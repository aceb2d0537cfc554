"""HCT-CI: every comorbidity of Sorror 2005, table 1, every edge of its values; not measured is never 0."""

from __future__ import annotations

import pytest

from dayzero.endpoints import derive_variables
from endpoints.facts import records

#: Values of a healthy patient: with these and a list of comorbidities, everything is known.
WELL = {"bilirubin": 0.5, "ALT": 20.0, "creatinine": 0.8, "FEV1": 95.0, "DLCO": 90.0, "LVEF": 60.0}
LIMITS = {"bilirubin": 1.0, "ALT": 40.0, "AST": 40.0}


def _value(patient_id, analyte, value, day=-10):
    return {
        "patient_id": patient_id,
        "day": day,
        "analyte": analyte,
        "value": value,
        "upper_limit": LIMITS.get(analyte),
    }


def _frame(people, engine=None, ages=None, **facts):
    """``people``: id to (details of comorbidities, values that differ from a healthy patient's)."""
    rows, events = [], []
    for patient, (details, values) in people.items():
        rows += [_value(patient, name, value) for name, value in (WELL | values).items() if value is not None]
        events += [
            {"patient_id": patient, "event": "comorbidity", "day": -20, "detail": text} for text in details
        ]
    events.append({"patient_id": "listed", "event": "comorbidity", "detail": "asthma, mild"})
    patients = [{"patient_id": p, "age": (ages or {}).get(p, 30.0)} for p in [*people, "listed"]]
    made = records(patients, measurements=rows, events=events + facts.pop("events", []), **facts)
    frame = derive_variables(engine(made) if engine else made).frame
    names = ("hct_ci", "hct_ci_at_least", "hct_ci_not_known", "hct_ci_group", "hct_ci_age")
    return {row["patient_id"]: {n: row[n] for n in names} for row in frame.iter_rows(named=True)}


SAID = {
    "atrial fibrillation": 1,
    "Arrhythmia": 1,
    "coronary artery disease": 1,
    "Crohn's disease": 1,
    "ulcerative colitis": 1,
    "treated diabetes": 1,
    "cerebrovascular: stroke": 1,
    "depression, treated": 1,
    "chronic hepatitis B": 1,
    "mild hepatic": 1,
    "obesity": 1,
    "infection treated past day 0": 1,
    "rheumatological": 2,
    "peptic ulcer": 2,
    "renal, moderate/severe": 2,
    "moderate pulmonary": 2,
    "prior malignancy": 3,
    "heart valve disease": 3,
    "cardiac valve disease": 3,
    "severe pulmonary": 3,
    "liver cirrhosis": 3,
    "moderate or severe hepatic": 3,
    "none": 0,
    "migraine": 0,
    "no diabetes": 0,
    "obesity, no diabetes": 1,
    "Hepatic, mild": 1,
    "pulmonary, severe": 3,
    "severe pulmonary, mild hepatic": 4,
    "severe pulmonary and mild hepatic": 4,
    "moderate/severe hepatic": 3,
}
MEASURED = {
    "LVEF_50": ({"LVEF": 50.0}, 1),
    "LVEF_51": ({"LVEF": 51.0}, 0),
    "bilirubin_1.0": ({"bilirubin": 1.0}, 0),
    "bilirubin_1.5": ({"bilirubin": 1.5}, 1),
    "bilirubin_1.6": ({"bilirubin": 1.6}, 3),
    "ALT_1.0": ({"ALT": 40.0}, 0),
    "ALT_2.5": ({"ALT": 100.0}, 1),
    "ALT_above": ({"ALT": 100.1}, 3),
    "AST_above": ({"AST": 101.0}, 3),
    "creatinine_2.0": ({"creatinine": 2.0}, 0),
    "creatinine_2.1": ({"creatinine": 2.1}, 2),
    "FEV1_81": ({"FEV1": 81.0}, 0),
    "FEV1_80": ({"FEV1": 80.0}, 2),
    "DLCO_66": ({"DLCO": 66.0}, 2),
    "DLCO_65": ({"DLCO": 65.0}, 3),
}


def test_each_comorbidity(engine):
    people = {text: ([text], {}) for text in SAID} | {name: ([], v) for name, (v, _) in MEASURED.items()}
    told = _frame(people, engine)
    expected = SAID | {name: score for name, (_, score) in MEASURED.items()}
    assert {p: told[p]["hct_ci"] for p in expected} == expected
    assert {p: told[p]["hct_ci_at_least"] for p in expected} == expected
    assert all(told[p]["hct_ci_not_known"] is None for p in expected)


def test_they_add_up_and_the_worse_of_an_organ_counts():
    people = {
        "three": (["diabetes; arrhythmia", "obesity"], {}),
        "organ": (["mild hepatic"], {"bilirubin": 2.0}),
        "lungs": (["moderate pulmonary"], {"DLCO": 60.0}),
        "two": (["renal"], {}),
        "zero": ([], {}),
    }
    told = _frame(people, ages={"three": 40.0, "organ": 39.9})
    assert {p: told[p]["hct_ci"] for p in people} == {"three": 3, "organ": 3, "lungs": 3, "two": 2, "zero": 0}
    assert {p: told[p]["hct_ci_group"] for p in people} == {
        "three": "3 or more",
        "organ": "3 or more",
        "lungs": "3 or more",
        "two": "1-2",
        "zero": "0",
    }
    assert (told["three"]["hct_ci_age"], told["organ"]["hct_ci_age"]) == (4, 3)


NOT_KNOWN = {
    "no_lung": ([], {"FEV1": None, "DLCO": None}, "pulmonary", 0),
    "no_dlco": ([], {"DLCO": None}, "pulmonary", 0),
    "half_lung": ([], {"DLCO": None, "FEV1": 75.0}, "pulmonary", 2),
    "no_heart": (["diabetes"], {"LVEF": None}, "cardiac", 1),
    "no_creatinine": ([], {"creatinine": None}, "renal", 0),
    "no_bilirubin": ([], {"bilirubin": None}, "hepatic", 0),
    "half_liver": ([], {"bilirubin": None, "ALT": 60.0}, "hepatic", 1),
    "no_severity": (["lung disease"], {}, "pulmonary", 0),
    "nothing": ([], dict.fromkeys(WELL), "cardiac, renal, hepatic, pulmonary", 0),
}


def test_what_was_not_measured_is_not_known(engine):
    told = _frame({p: (details, values) for p, (details, values, *_) in NOT_KNOWN.items()}, engine)
    assert {p: told[p]["hct_ci_not_known"] for p in NOT_KNOWN} == {
        p: words for p, (*_, words, _) in NOT_KNOWN.items()
    }
    assert {p: told[p]["hct_ci_at_least"] for p in NOT_KNOWN} == {
        p: least for p, (*_, least) in NOT_KNOWN.items()
    }
    assert all(told[p]["hct_ci"] is None and told[p]["hct_ci_age"] is None for p in NOT_KNOWN)


def test_a_group_can_be_known_without_the_score():
    told = _frame({"a": (["prior malignancy"], {"FEV1": None}), "b": (["diabetes"], {"FEV1": None})})
    assert told["a"] == {
        "hct_ci": None,
        "hct_ci_at_least": 3,
        "hct_ci_not_known": "pulmonary",
        "hct_ci_group": "3 or more",
        "hct_ci_age": None,
    }
    assert told["b"]["hct_ci_group"] is None


def test_explicit_answers():
    people = {p: ([], dict.fromkeys(WELL)) for p in ("none", "no_hct", "after")} | {"unknown": ([], {})}
    said = [
        {"patient_id": "none", "event": "comorbidity", "occurred": "no"},
        {"patient_id": "no_hct", "event": "comorbidity", "detail": "pulmonary", "occurred": "no"},
        {"patient_id": "unknown", "event": "comorbidity", "detail": "diabetes", "occurred": "unknown"},
        {"patient_id": "after", "event": "comorbidity", "detail": "diabetes", "day": 30},
    ]
    told = _frame(people, events=said)
    assert told["none"]["hct_ci"] == 0
    assert told["no_hct"]["hct_ci_not_known"] == "cardiac, renal, hepatic"
    assert told["unknown"]["hct_ci_not_known"] == "diabetes"
    assert told["after"]["hct_ci_at_least"] == 0


def test_old_values_and_silence_of_the_source():
    old = [_value("a", name, 50.0 if name == "FEV1" else value, -91) for name, value in WELL.items()]
    told = derive_variables(records(["a"], measurements=old)).frame.row(0, named=True)
    assert told["hct_ci"] is told["hct_ci_at_least"] is None
    assert told["hct_ci_not_known"].startswith("arrhythmia, inflammatory bowel disease, diabetes")
    recent = derive_variables(records(["a"], measurements=[_value("a", "FEV1", 50.0, -90)])).frame
    assert recent["hct_ci_at_least"].to_list() == [3]


@pytest.mark.parametrize("kind", ["flat file"])
def test_a_flat_file_without_a_statement_is_not_known(kind):
    events = [{"patient_id": "a", "event": "comorbidity", "detail": "diabetes"}]
    made = records(["a"], kind=kind, events=events, measurements=[_value("a", n, v) for n, v in WELL.items()])
    told = derive_variables(made).frame.row(0, named=True)
    assert (told["hct_ci"], told["hct_ci_at_least"]) == (None, 1)
