"""TMA by the harmonised criteria of 2023: each feature at its edge, four of seven, twice consecutively."""

from __future__ import annotations

import pytest

from dayzero.endpoints import Options, derive, derive_variables
from dayzero.errors import RefusalError
from endpoints.facts import alive, answers, found, happened, measured, reasons, records, treated, whys

NAME = "TMA_harmonised2023"


def ldh(day, times=1.5):
    return ("m", day, "LDH", times, {"unit": "xULN"})


def c5b9(day, value=300.0):
    return ("m", day, "sC5b-9", value, {"upper_limit": 250.0})


def urine(day, value=1.0):
    return ("m", day, "urine protein/creatinine", value, {})


def schistocytes(day, **more):
    return ("e", day, "schistocytes", more)


def pressure(day, **more):
    return ("e", day, "hypertension", more)


def four(day):
    return [ldh(day), c5b9(day), urine(day), schistocytes(day)]


def three(day):
    return [ldh(day), c5b9(day), urine(day)]


ENGRAFTED = [("e", 15, "neutrophil engraftment", {}), ("e", 20, "platelet engraftment", {})]

#: What is recorded of a patient, and the day of TMA or None.
CASES = {
    "once": (four(30), None),
    "twice": ([*four(30), *four(33)], 33),
    "three": ([*three(30), *three(33)], None),
    "three then four": ([*three(30), *four(33), *four(36)], 36),
    # the second time point is at most 14 days later
    "14 days later": ([*four(30), *four(44)], 44),
    "15 days later": ([*four(30), *four(45)], None),
    "15 then 3 days": ([*four(30), *four(45), *four(48)], 48),
    # features of one time point are at most 14 days apart
    "14 days apart": ([schistocytes(30), *three(44), *four(46)], 46),
    "15 days apart": ([schistocytes(30), *three(45), *four(46)], None),
    # a result that is normal takes its feature away, and a day with fewer than four breaks the row
    "normal between": ([*four(30), ldh(31, 1.0), *four(33)], None),
    "normal between, then again": ([*four(30), ldh(31, 1.0), *four(33), *four(35)], 35),
    "no schistocytes between": ([*four(30), schistocytes(31, occurred="no"), *four(33)], None),
    # what was found once does not count for the second time point
    "not found again": ([*four(30), ldh(33), c5b9(33), urine(33)], None),
    "a fifth and three again": ([*four(30), pressure(33), ldh(33), c5b9(33), urine(33)], 33),
    # each limit
    "LDH at its limit": (
        [*(f for d in (30, 33) for f in (ldh(d, 1.0), c5b9(d), urine(d), schistocytes(d)))],
        None,
    ),
    "sC5b-9 at its limit": (
        [*(f for d in (30, 33) for f in (ldh(d), c5b9(d, 250.0), urine(d), schistocytes(d)))],
        None,
    ),
    "protein below": (
        [*(f for d in (30, 33) for f in (ldh(d), c5b9(d), urine(d, 0.9), schistocytes(d)))],
        None,
    ),
    "LDH without its limit": (
        [f for d in (30, 33) for f in (("m", d, "LDH", 900.0, {}), c5b9(d), urine(d), schistocytes(d))],
        None,
    ),
    # anaemia: haemoglobin 1.0 g/dL below the highest of the 14 days before, 0.9 is not enough
    "anaemia": (
        [
            ("m", 29, "haemoglobin", 9.0, {}),
            *(f for d in (30, 33) for f in three(d)),
            ("m", 30, "haemoglobin", 8.0, {}),
            ("m", 33, "haemoglobin", 7.9, {}),
        ],
        33,
    ),
    "not enough anaemia": (
        [
            ("m", 29, "haemoglobin", 9.0, {}),
            *(f for d in (30, 33) for f in three(d)),
            ("m", 30, "haemoglobin", 8.1, {}),
            ("m", 33, "haemoglobin", 8.1, {}),
        ],
        None,
    ),
    "highest 15 days before": (
        [
            ("m", 15, "haemoglobin", 9.0, {}),
            *(f for d in (30, 33) for f in three(d)),
            ("m", 30, "haemoglobin", 8.0, {}),
            ("m", 33, "haemoglobin", 7.9, {}),
        ],
        None,
    ),
    "red cells": (
        [*ENGRAFTED, *(f for d in (30, 33) for f in (*three(d), ("t", d, "red cell transfusion", {})))],
        33,
    ),
    "red cells before engraftment": (
        [
            ("e", 40, "neutrophil engraftment", {}),
            *(f for d in (30, 33) for f in (*three(d), ("t", d, "red cell transfusion", {}))),
        ],
        None,
    ),
    # thrombocytopenia: half of the highest of the 14 days before, after platelet engraftment
    "platelets": (
        [
            *ENGRAFTED,
            ("m", 29, "platelets", 100.0, {}),
            *(f for d in (30, 33) for f in three(d)),
            ("m", 30, "platelets", 50.0, {}),
            ("m", 33, "platelets", 40.0, {}),
        ],
        33,
    ),
    "platelets not halved": (
        [
            *ENGRAFTED,
            ("m", 29, "platelets", 100.0, {}),
            *(f for d in (30, 33) for f in three(d)),
            ("m", 30, "platelets", 51.0, {}),
            ("m", 33, "platelets", 51.0, {}),
        ],
        None,
    ),
    "platelets without engraftment": (
        [
            ("m", 29, "platelets", 100.0, {}),
            *(f for d in (30, 33) for f in three(d)),
            ("m", 30, "platelets", 50.0, {}),
            ("m", 33, "platelets", 40.0, {}),
        ],
        None,
    ),
    "platelets given": (
        [*ENGRAFTED, *(f for d in (30, 33) for f in (*three(d), ("t", d, "platelet transfusion", {})))],
        33,
    ),
    "refractory": (
        [f for d in (30, 33) for f in (*three(d), ("e", d, "refractory thrombocytopenia", {}))],
        33,
    ),
    # two signs of one feature are one feature
    "one feature by two signs": (
        [
            *ENGRAFTED,
            *(
                f
                for d in (30, 33)
                for f in (
                    ldh(d),
                    c5b9(d),
                    ("e", d, "refractory thrombocytopenia", {}),
                    ("t", d, "platelet transfusion", {}),
                )
            ),
        ],
        None,
    ),
    "biopsy": ([("e", 50, "TMA", {"detail": "renal biopsy"})], 50),
    "biopsy first": ([*four(30), *four(33), ("e", 31, "TMA", {"detail": "renal biopsy"})], 31),
    "biopsy later": ([*four(30), *four(33), ("e", 34, "TMA", {"detail": "renal biopsy"})], 33),
    "no biopsy": ([("e", 50, "TMA", {"detail": "no biopsy"}), *four(30)], None),
}


def cohort(cases):
    tables = {"m": [], "e": [], "t": []}
    make = {"m": measured, "t": treated}
    for who, facts in cases.items():
        for kind, day, what, *rest in facts:
            if kind == "e":
                tables["e"].append(happened(who, day, what, **rest[0]))
            elif kind == "t":
                tables["t"].append(make["t"](who, day, what, **rest[0]))
            else:
                tables["m"].append(measured(who, day, what, rest[0], **rest[1]))
    return records(
        sorted(cases),
        events=tables["e"],
        measurements=tables["m"],
        treatments=tables["t"],
        follow_up=alive(100, *cases),
    )


def test_four_of_seven_twice(engine):
    seen = three(90)
    derived = derive(NAME, engine(cohort({who: [*facts, *seen] for who, (facts, _) in CASES.items()})))
    days = {who: time if cause == 1 else None for who, (time, cause) in answers(derived).items()}
    assert days == {who: day for who, (_, day) in CASES.items()}
    flags = dict(derived.frame.select("patient_id", "flags").iter_rows())
    assert flags["biopsy"] == "proven"
    assert flags["biopsy later"] == "derived;high risk"


def test_why_names_both_time_points(engine):
    derived = derive(NAME, engine(cohort({"p": [*four(30), pressure(31), *four(33)], "q": four(30)})))
    assert whys(derived)["p"] == (
        "TMA (harmonised 2023) on day 33: LDH above its upper limit on day 33 (measurements row 5), "
        "schistocytes "
        "on day 33 (events row 4), hypertension on day 31 (events row 3), sC5b-9 above its upper limit on "
        "day 33 "
        "(measurements row 6), urine protein/creatinine of at least 1 mg/mg on day 33 (measurements row "
        "7); at "
        "least 4 of 7 stood on day 31 too; high risk: urine protein/creatinine of at least 1 mg/mg on day 30 "
        "(measurements row 4), sC5b-9 above its upper limit on day 30 (measurements row 3)"
    )
    assert whys(derived)["q"].endswith("; 5 of 7 features were looked for")


def test_what_was_not_looked_for_is_not_a_no(engine):
    made = cohort({"few": [ldh(30), c5b9(30)], "enough": four(30), "denied": [*three(30)]})
    derived = derive(NAME, engine(made))
    assert answers(derived) == {"denied": (100, 0), "enough": (100, 0)}
    assert reasons(derived) == {"few": "fewer than 4 of the 7 features were looked for"}
    with pytest.raises(
        RefusalError, match="fewer than 4 of the 7 features were looked for in every one of 1"
    ):
        derive(NAME, engine(cohort({"few": three(30)})))


def test_recorded_and_derived_disagree(engine):
    derived = derive(
        NAME,
        engine(cohort({"derived": [*four(30), *four(33)], "recorded": [*four(30), ("e", 30, "TMA", {})]})),
    )
    assert sorted(found(derived)) == [("tma_disagrees", "derived"), ("tma_disagrees", "recorded")]


def test_a_second_transplant_competes_unless_chosen_otherwise(engine):
    made = cohort({"p": [*four(30), *four(33)]})
    again = records(["p"], transplants=[{"patient_id": "p", "day": d, "type": "allogeneic"} for d in (0, 20)])
    made.tables["transplants"] = again.tables["transplants"]
    made = engine(made)
    assert answers(derive(NAME, made)) == {"p": (20, 3)}
    assert answers(derive(NAME, made, Options(second_transplant="ignore"))) == {"p": (33, 1)}
    assert answers(derive(NAME, made, Options(second_transplant="censor"))) == {"p": (20, 0)}


RISKS = {
    "LDH 2.0": ([ldh(33, 2.0)], True),
    "LDH 1.9": ([ldh(33, 1.9)], None),
    "sC5b-9": ([c5b9(33)], True),
    "sC5b-9 normal": ([c5b9(33, 250.0)], None),
    "protein": ([urine(33, 1.0)], True),
    "protein below": ([urine(33, 0.9)], None),
    "all normal": ([ldh(33, 1.9), c5b9(33, 250.0), urine(33, 0.9)], False),
    "GVHD II": ([("e", 40, "aGVHD", {"grade": "II"})], True),
    "GVHD I": ([("e", 40, "aGVHD", {"grade": "I"})], None),
    "infection": ([("e", 19, "infection", {"cause": "E. coli"})], True),
    "infection 15 days before": ([("e", 18, "infection", {"cause": "E. coli"})], None),
    "organ": ([("e", 47, "organ dysfunction", {"site": "lung"})], True),
    "organ 15 days after": ([("e", 48, "organ dysfunction", {"site": "lung"})], None),
    "KDIGO 1": ([("e", 33, "organ dysfunction", {"site": "kidney", "grade": "KDIGO 1"})], None),
}


def test_high_risk(engine):
    """Biopsy-proven on day 33, and one feature beside it."""
    biopsy = ("e", 33, "TMA", {"detail": "biopsy"})
    made = cohort(
        {who: [biopsy, *facts, ldh(70)] for who, (facts, _) in RISKS.items()} | {"none": [ldh(33, 3.0)]}
    )
    frame = derive_variables(engine(made)).frame
    assert dict(frame.select("patient_id", "tma_high_risk").iter_rows()) == {
        who: risk for who, (_, risk) in RISKS.items()
    } | {"none": None}


def test_a_feature_without_a_day_is_never_a_no(engine):
    made = cohort(
        {
            "sign": [*four(30), ("e", None, "schistocytes", {})],
            "biopsy": [*four(30), ("e", None, "TMA", {"detail": "biopsy"})],
            "recorded": [*four(30), ("e", None, "TMA", {})],
            "there": [*four(30), *four(33), ("e", None, "hypertension", {})],
        }
    )
    derived = derive(NAME, engine(made))
    assert answers(derived) == {"recorded": (100, 0), "there": (33, 1)}
    assert {who: why.split(" [")[0] for who, why in reasons(derived).items()} == dict.fromkeys(
        ["biopsy", "sign"], "a feature, or the biopsy, has no day"
    )
