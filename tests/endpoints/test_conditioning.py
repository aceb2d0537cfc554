"""Intensity of conditioning from doses, and EASIX: every limit from both sides."""

from __future__ import annotations

import polars as pl
import pytest

from dayzero.endpoints import Options, derive_variables
from dayzero.records.model import VariableNote
from endpoints.facts import found, records

IV, ORAL = "conditioning, iv", "conditioning, oral"


def _row(agent, dose, unit, indication="conditioning", start=-6, stop=None):
    return {
        "agent": agent,
        "dose": dose,
        "unit": unit,
        "indication": indication,
        "start_day": start,
        "stop_day": stop,
    }


def _mel(dose, **more):
    return _row("melphalan", dose, "mg/m2", **more)


NO_TBI = {"tbi_gy": 0.0}
#: Transplant, treatments, intensity, and what decided.
INTENSITY = {
    # TBI: 8 Gy in fractions, 5 Gy at once.
    "tbi_8": ({"tbi_gy": 8.0, "conditioning": "fractionated TBI"}, [], "MAC", "TBI 8 Gy"),
    "tbi_7.9": ({"tbi_gy": 7.9, "conditioning": "fTBI-Flu"}, [], "RIC", "TBI 7.9 Gy"),
    "tbi_5_single": ({"tbi_gy": 5.0, "conditioning": "single dose TBI"}, [], "MAC", "TBI 5 Gy"),
    "tbi_4.9": ({"tbi_gy": 4.9, "conditioning": "Flu-TBI"}, [], "RIC", "TBI 4.9 Gy"),
    "tbi_6": ({"tbi_gy": 6.0, "conditioning": "TBI"}, [], None, "several fractions is not recorded"),
    "tbi_6_days": ({"tbi_gy": 6.0}, [_row("radiotherapy", None, None, start=-6, stop=-4)], "RIC", "TBI 6 Gy"),
    "tbi_12": ({"tbi_gy": 12.0}, [], "MAC", "TBI 12 Gy"),
    "tbi_text": ({"conditioning": "TBI 12 Gy + VP16"}, [], "MAC", "TBI 12 Gy"),
    "tbi_centigray": ({"conditioning": "Flu + 200 cGy TBI"}, [], "NMA", "TBI 2 Gy without"),
    "tbi_2": ({"tbi_gy": 2.0, "conditioning": "Flu-TBI"}, [], "NMA", "TBI 2 Gy without"),
    "tbi_2.1": ({"tbi_gy": 2.1, "conditioning": "Flu-TBI"}, [], "RIC", "TBI 2.1 Gy"),
    "tbi_2_cy": ({"tbi_gy": 2.0, "conditioning": "Flu-Cy-TBI"}, [], "RIC", "TBI 2 Gy"),
    "tbi_2_flucy": ({"conditioning": "FluCy TBI 2 Gy"}, [], "RIC", "TBI 2 Gy"),
    "tbi_2_other": ({"tbi_gy": 2.0, "conditioning": "Flu/Ara-C/TBI"}, [], "RIC", "TBI 2 Gy"),
    "tbi_2_atg": ({"conditioning": "Fludarabine 90 mg/m2 + TBI 2 Gy + ATG"}, [], "NMA", "TBI 2 Gy without"),
    "tbi_2_mel": ({"tbi_gy": 2.0}, [_mel(70.0)], "RIC", "melphalan 70 mg/m2"),
    "tbi_named": ({"conditioning": "TBI-Cy"}, [], None, "TBI is named without its dose"),
    # Busulfan: 9 mg/kg by mouth, 7.2 mg/kg into a vein.
    "bu_oral_9.1": (NO_TBI, [_row("busulfan", 9.1, "mg/kg", ORAL)], "MAC", "busulfan 9.1 mg/kg"),
    "bu_oral_9": (NO_TBI, [_row("busulfan", 9.0, "mg/kg", ORAL)], None, "exactly the limit"),
    "bu_oral_8.9": (NO_TBI, [_row("busulfan", 8.9, "mg/kg", ORAL)], "RIC", "busulfan 8.9 mg/kg"),
    "bu_iv_7.3": (NO_TBI, [_row("busulfan", 7.3, "mg/kg", IV)], "MAC", "busulfan 7.3 mg/kg"),
    "bu_iv_7.2": (NO_TBI, [_row("busulfan", 7.2, "mg/kg", IV)], None, "exactly the limit"),
    "bu_iv_7.1": (NO_TBI, [_row("busulfan", 7.1, "mg/kg", IV)], "RIC", "busulfan 7.1 mg/kg"),
    "bu_route": (NO_TBI, [_row("busulfan", 8.0, "mg/kg")], None, "(or its route)"),
    "bu_no_route_low": (NO_TBI, [_row("busulfan", 6.4, "mg/kg")], "RIC", "busulfan 6.4 mg/kg"),
    "bu_no_route_high": (NO_TBI, [_row("busulfan", 12.8, "mg/kg")], "MAC", "busulfan 12.8 mg/kg"),
    "bu_daily": (NO_TBI, [_row("busulfan", 3.2, "mg/kg/day", IV, -6, -3)], "MAC", "busulfan 12.8 mg/kg"),
    "bu_rows": (NO_TBI, [_row("busulfan", 3.2, "mg/kg", IV, day) for day in (-6, -5)], "RIC", "6.4 mg/kg"),
    # Four days and 3.2 mg/kg: a total or a daily dose?
    "bu_open": (NO_TBI, [_row("busulfan", 3.2, "mg/kg", IV, -6, -3)], None, "without a total dose"),
    "bu_total": (NO_TBI, [_row("busulfan", 6.4, "mg/kg total", IV, -6, -3)], "RIC", "6.4 mg/kg"),
    "bu_unit": (NO_TBI, [_row("busulfan", 640.0, "mg", IV)], None, "without a total dose"),
    "bu_text": ({"conditioning": "Bu 12.8 mg/kg iv, Cy 120 mg/kg"}, [], "MAC", "busulfan 12.8 mg/kg"),
    "bu_named": ({"conditioning": "TT-Flu-Bu", **NO_TBI}, [], None, "busulfan without a total dose"),
    "bu4": ({"conditioning": "FluBu4"}, [], None, "busulfan without a total dose"),
    # Melphalan 140 mg/m2, thiotepa 10 mg/kg.
    "mel_141": (NO_TBI, [_mel(141.0)], "MAC", "melphalan 141 mg/m2"),
    "mel_140": (NO_TBI, [_mel(140.0)], None, "melphalan 140 mg/m2, exactly the limit"),
    "mel_139": (NO_TBI, [_mel(139.0)], "RIC", "melphalan 139 mg/m2"),
    "tt_10.1": (NO_TBI, [_row("thiotepa", 10.1, "mg/kg")], "MAC", "thiotepa 10.1 mg/kg"),
    "tt_10": (NO_TBI, [_row("thiotepa", 10.0, "mg/kg")], None, "thiotepa 10 mg/kg, exactly the limit"),
    "tt_9.9": (NO_TBI, [_row("thiotepa", 9.9, "mg/kg")], "RIC", "thiotepa 9.9 mg/kg"),
    "treosulfan": (NO_TBI, [_row("treosulfan", 42.0, "g/m2"), _mel(70.0)], None, "treosulfan, for which"),
    "other": (NO_TBI, [_row("carmustine", 300.0, "mg/m2"), _mel(70.0)], None, "carmustine, for which"),
    "with_atg": (NO_TBI, [_row("ATG", 10.0, "mg/kg"), _mel(70.0)], "RIC", "melphalan 70 mg/m2"),
    "tbi_not_recorded": ({}, [_mel(70.0)], None, "whether TBI was given is not recorded"),
    "early": (NO_TBI, [_mel(200.0, start=-60)], None, "no conditioning is recorded"),
    "named": ({"conditioning": "standard"}, [], None, "the regimen is named without doses"),
    "nothing": ({}, [], None, "no conditioning is recorded"),
}  # fmt: skip


def _made(patients=None, **more):
    return records(
        patients or list(INTENSITY),
        transplants=[
            {"patient_id": p, "day": 0, "type": "allogeneic", **facts} for p, (facts, *_) in INTENSITY.items()
        ],
        treatments=[{"patient_id": p, **row} for p, (_, rows, *_) in INTENSITY.items() for row in rows],
        **more,
    )


def test_each_limit(engine):
    frame = derive_variables(engine(_made())).frame
    told = frame.select("patient_id", "conditioning_intensity_derived", "conditioning_intensity_why")
    answers = {patient: (answer, why) for patient, answer, why in told.iter_rows()}
    assert {p: answer for p, (answer, _) in answers.items()} == {
        p: a for p, (_, _, a, _) in INTENSITY.items()
    }
    wrong = {p: answers[p][1] for p, (*_, why) in INTENSITY.items() if why not in (answers[p][1] or "")}
    assert wrong == {}


@pytest.mark.parametrize("answer", ["RIC", "MAC"])
def test_a_dose_at_the_limit_is_an_option(answer):
    frame = derive_variables(_made(), Options(dose_at_limit=answer)).frame
    told = dict(frame.select("patient_id", "conditioning_intensity_derived").iter_rows())
    assert {told[p] for p in ("mel_140", "bu_oral_9", "bu_iv_7.2", "tt_10")} == {answer}


def test_the_centre_s_own_assignment_is_kept_and_compared():
    own = {"tbi_8": "RIC", "tbi_12": "mac", "mel_139": "RIC", "nothing": "MAC"}
    people = [{"patient_id": p, "conditioning_intensity": own.get(p)} for p in INTENSITY]
    note = VariableNote("Intensity", "day 0")
    made = _made(
        people, extra={"conditioning_intensity": pl.String}, variables={"conditioning_intensity": note}
    )
    variables = derive_variables(made)
    both = variables.frame.filter(pl.col("patient_id") == "tbi_8")
    assert both["conditioning_intensity"].item() == "RIC"
    assert both["conditioning_intensity_derived"].item() == "MAC"
    disagree = [patient for rule, patient in found(variables) if rule == "conditioning_intensity_disagrees"]
    assert disagree == ["tbi_8"]


def test_tbi_or_chemotherapy(engine):
    frame = derive_variables(engine(_made())).frame
    told = dict(frame.select("patient_id", "conditioning_base").iter_rows())
    assert {p: told[p] for p in ("tbi_8", "tbi_named", "tbi_text", "mel_139", "bu4", "nothing")} == {
        "tbi_8": "TBI",
        "tbi_named": "TBI",
        "tbi_text": "TBI",
        "mel_139": "chemotherapy",
        "bu4": "chemotherapy",
        "nothing": None,
    }


def _value(analyte, day, value, unit=None, operator="="):
    return {"analyte": analyte, "day": day, "value": value, "unit": unit, "operator": operator}


BEFORE = [_value("LDH", -8, 300.0, "U/L"), _value("creatinine", -8, 0.5, "mg/dL")]
PLATELETS = _value("platelets", -8, 60.0, "10^9/L")
START = [_row("fludarabine", 30.0, "mg/m2/day", start=-7, stop=-3)]
EASIX = {
    "plain": ([*BEFORE, PLATELETS], START, 300 * 0.5 / 60, None),
    "last": ([*BEFORE, PLATELETS, _value("platelets", -7, 30.0)], START, 300 * 0.5 / 30, None),
    "during": ([*BEFORE, PLATELETS, _value("platelets", -6, 10.0)], START, 300 * 0.5 / 60, None),
    "day_37": ([*BEFORE, _value("platelets", -37, 60.0)], START, 300 * 0.5 / 60, None),
    "day_38": ([*BEFORE, _value("platelets", -38, 60.0)], START, None, "no platelets"),
    "multiple": (
        [_value("LDH", -8, 1.5, "xULN"), BEFORE[1], PLATELETS],
        START,
        None,
        "LDH is recorded, but not",
    ),
    "below": (
        [_value("LDH", -8, 100.0, "U/L", "<"), BEFORE[1], PLATELETS],
        START,
        None,
        "LDH is recorded, but",
    ),
    "no_start": ([*BEFORE, PLATELETS], [], None, "the start of conditioning is not recorded"),
    "zero": ([*BEFORE, _value("platelets", -8, 0.0)], START, None, "a platelet count of 0"),
    "no_creatinine": ([BEFORE[0], PLATELETS], START, None, "no creatinine"),
}


def test_easix(engine):
    made = engine(
        records(
            list(EASIX),
            measurements=[{"patient_id": p, **row} for p, (rows, *_) in EASIX.items() for row in rows],
            treatments=[{"patient_id": p, **row} for p, (_, rows, *_) in EASIX.items() for row in rows],
        )
    )
    frame = derive_variables(made).frame.sort("patient_id")
    told = {
        p: (value, why)
        for p, value, why in frame.select("patient_id", "easix_pre", "easix_pre_why").iter_rows()
    }
    assert {p: value for p, (value, _) in told.items()} == {
        p: value if value is None else pytest.approx(value, rel=1e-12)
        for p, (_, _, value, _) in EASIX.items()
    }
    assert {p for p, (*_, why) in EASIX.items() if (why or "") not in (told[p][1] or "")} == set()
    assert all((told[p][1] is None) == (value is not None) for p, (_, _, value, _) in EASIX.items())


def test_easix_on_day_0(engine):
    rows = [_value("LDH", -7, 200.0), _value("creatinine", 0, 1.0), _value("platelets", -1, 20.0)]
    late = [_value("LDH", 1, 900.0)]
    made = records(
        ["in", "out"],
        measurements=[
            *({"patient_id": "in", **row} for row in [*rows, *late]),
            *({"patient_id": "out", **row} for row in [_value("LDH", -8, 200.0), *rows[1:]]),
        ],
    )
    frame = derive_variables(engine(made)).frame
    told = frame.select("patient_id", "easix_day_0", "easix_day_0_why").rows()
    assert told == [("in", 10.0, None), ("out", None, "no LDH in the days before that can be used")]
