"""Each rule of this field has a record that breaks it and one, its nearest neighbour, that does not."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Any

import pytest

from dayzero import records
from dayzero.records.checks import RULES, fields
from dayzero.records.tables import TABLES
from records.making import of, read_folder
from records.test_checks import CASES as CHECKED

if TYPE_CHECKING:
    from pathlib import Path

Row = tuple[str, dict[str, Any]]
BASE: dict[str, dict[str, Any]] = {
    "patients": {"sex": "male", "age": 9, "diagnosis": "ALL"},
    "transplants": {"date": 0, "type": "allogeneic", "remission": "CR1"},
    "follow_up": {"date": 400, "alive": "yes"},
}


def event(day: int | None, kind: str, **more: Any) -> Row:
    return "events", {"date": day, "event": kind, **more}


def result(day: int, analyte: str, value: Any, **more: Any) -> Row:
    return "measurements", {"date": day, "analyte": analyte, "value": value, **more}


def given(start: int, agent: str, **more: Any) -> Row:
    return "treatments", {"start": start, "agent": agent, **more}


def seen(day: int, **more: Any) -> Row:
    return "follow_up", {"date": day, "alive": "yes", **more}


def patient(**more: Any) -> Row:
    """Change the patient; with ``patient_id`` add another."""
    return "patients", more


def graft(**more: Any) -> Row:
    """Change the transplant of day 0; with ``date`` add another."""
    return "transplants", more


def tables_of(rows: list[Row]) -> dict[str, str]:
    """Return CSV texts of the base patient with these rows: those of the table alone come after its own."""
    made: dict[str, list[dict[str, Any]]] = {
        table: [{"patient_id": "P1", **row}] for table, row in BASE.items()
    }
    for table, row in rows:
        own = made.setdefault(table, [])
        adds = table not in ("patients", "transplants") or "date" in row or "patient_id" in row
        if adds:
            own.append({"patient_id": "P1", **(BASE["patients"] if table == "patients" else {}), **row})
        else:
            own[0].update(row)
    texts = {}
    for table, own in made.items():
        out = io.StringIO()
        writer = csv.DictWriter(out, list(dict.fromkeys(name for row in own for name in row)))
        writer.writeheader()
        writer.writerows(own)
        texts[table] = out.getvalue()
    return texts


def case(rule: str, bad: list[Row], good: list[Row], *, row: int | None = 2, table: str = "") -> object:
    name = f"{rule}-{table}" if table else rule
    return pytest.param(rule, bad, good, row, table, id=name)


OTHER = patient(patient_id="P2", sex="female", age=8)
OTHER_GRAFT = graft(patient_id="P2", date=0, type="allogeneic")
DEATH = event(400, "death", cause="relapse")
CRS = "CRS"
TWIN = [
    *(event(day, kind) for day, kind in ((11, "neutrophil engraftment"), (14, "platelet engraftment"))),
    event(30, "aGVHD", grade="II", system="MAGIC"),
]
SAME = [
    (table, {**row, "patient_id": "P2"})
    for table, row in (*TWIN, ("follow_up", BASE["follow_up"]), ("transplants", BASE["transplants"]))
]
COURSE = {"line": 1, "cycle": 1}

CASES = [
    # --- identity
    case("same_patient_twice", [*TWIN, *SAME, patient(patient_id="P2")], [*TWIN, *SAME, OTHER], row=3),
    case("ids_alike", [patient(patient_id="p01")], [patient(patient_id="P11")], row=3),
    case(
        "patient_without_facts",
        [OTHER, OTHER_GRAFT, result(30, "ANC", 1)],
        [OTHER, OTHER_GRAFT, result(30, "ANC", 1), event(30, "fever", patient_id="P2")],
        row=None,
    ),
    case(
        "needed_missing", [graft(graft="", donor="matched sibling")], [graft(graft="bone marrow")], row=None
    ),
    case(
        "needed_missing",
        [event(30, "aGVHD", grade=""), event(30, "cGVHD", grade="mild")],
        [event(30, "aGVHD", grade="II")],
        row=None,
        table="events",
    ),
    case(
        "needed_missing",
        [event(-200, "relapse"), patient(diagnosis_date="", first_line_end=-400), graft(remission="CR2")],
        [event(-200, "relapse"), patient(diagnosis_date=-900), graft(remission="CR2")],
        row=None,
        table="patients",
    ),
    case(
        "mrd_before_transplant_missing",
        [OTHER, OTHER_GRAFT, result(-10, "MRD", "negative", patient_id="P2")],
        [result(-60, "MRD", "negative"), result(-9, "MRD", "negative")],
        row=None,
    ),
    # --- orders after transplant
    case("gvhd_before_transplant", [event(-3, "aGVHD")], [event(12, "aGVHD")]),
    # --- disease
    case(
        "blasts_in_remission",
        [event(-40, "complete remission"), result(-40, "blasts", 5)],
        [event(-40, "complete remission"), result(-40, "blasts", 4.9)],
    ),
    case(
        "blasts_in_molecular_relapse",
        [event(90, "molecular relapse"), result(93, "blasts", 30)],
        [event(90, "molecular relapse"), result(94, "blasts", 30)],
    ),
    case(
        "marrow_relapse_without_blasts",
        [event(90, "relapse", site="marrow"), result(90, "blasts", 2)],
        [event(90, "relapse", site="CNS, extramedullary"), result(90, "blasts", 2)],
    ),
    case(
        "remission_with_blasts_at_transplant",
        [result(-30, "blasts", 5)],
        [result(-30, "blasts", 5), result(-8, "blasts", 1)],
    ),
    case(
        "active_disease_without_blasts",
        [graft(remission="not in remission"), result(-8, "blasts", 4)],
        [graft(remission="not in remission"), result(-8, "blasts", 5)],
    ),
    case(
        "relapse_before_remission",
        [event(-300, "relapse"), event(-200, "complete remission"), graft(remission="CR2")],
        [event(-400, "complete remission"), event(-300, "relapse"), graft(remission="CR2")],
    ),
    case(
        "relapse_repeated",
        [event(100, "relapse"), event(113, "relapse")],
        [event(100, "relapse"), event(114, "relapse")],
        row=3,
    ),
    case(
        "more_remissions_than_number",
        [event(-400, "complete remission"), event(-100, "complete remission")],
        [event(-400, "complete remission"), event(50, "complete remission")],
    ),
    case(
        "remission_unrecorded",
        [event(-400, "complete remission"), event(-200, "relapse"), graft(remission="CR2")],
        [
            event(-400, "complete remission"),
            event(-200, "relapse"),
            event(-100, "complete remission"),
            graft(remission="CR2"),
        ],
    ),
    case(
        "other_lineage",
        [patient(diagnosis="T-cell ALL", immunophenotype="B-ALL")],
        [patient(diagnosis="B-cell ALL", immunophenotype="B-ALL")],
    ),
    case(
        "impossible_site",
        [patient(sex="female"), event(90, "relapse", site="testis")],
        [patient(sex="female"), event(90, "relapse", site="marrow, not testis")],
    ),
    case("first_line_after_transplant", [patient(first_line_end=1)], [patient(first_line_end=0)]),
    case(
        "first_line_after_relapse",
        [patient(first_line_end=-100), event(-131, "relapse"), graft(remission="CR2")],
        [patient(first_line_end=-100), event(-130, "relapse"), graft(remission="CR2")],
    ),
    case(
        "relapse_unrecorded",
        [seen(300, disease_status="relapse")],
        [seen(300, disease_status="relapse"), event(290, "relapse")],
        row=3,
    ),
    case(
        "remission_on_relapse",
        [seen(300, disease_status="complete remission"), event(300, "relapse")],
        [seen(300, disease_status="complete remission"), event(301, "relapse")],
        row=3,
    ),
    # --- MRD
    case(
        "mrd_bound_above_sensitivity",
        [result(-9, "MRD", "<0.01", sensitivity="0.0001")],
        [result(-9, "MRD", "<0.01%", sensitivity="0.0001")],
    ),
    case(
        "mrd_below_sensitivity",
        [result(-9, "MRD", "1e-6", sensitivity="0.0001")],
        [result(-9, "MRD", "5e-5", sensitivity="0.0001")],
    ),
    case(
        "sensitivity_as_percent",
        [result(-9, "MRD", "negative", sensitivity="0.01")],
        [result(-9, "MRD", "negative", sensitivity="0.001")],
    ),
    case(
        "mrd_hundredfold",
        [result(-9, "MRD", "0.0003", method="flow"), result(-9, "MRD", "0.03", method="PCR")],
        [result(-9, "MRD", "0.0003", method="flow"), result(-9, "MRD", "0.031", method="PCR")],
        row=3,
    ),
    case(
        "low_mrd_with_blasts",
        [graft(remission="not in remission"), result(-9, "MRD", "negative"), result(-9, "blasts", 60)],
        [graft(remission="not in remission"), result(-9, "MRD", "0.4"), result(-9, "blasts", 60)],
    ),
    case(
        "negative_mrd_in_molecular_relapse",
        [result(90, "MRD", "negative"), event(90, "molecular relapse")],
        [result(90, "MRD", "0.001"), event(90, "molecular relapse")],
    ),
    case(
        "insensitive_negative_mrd",
        [result(-9, "MRD", "negative", sensitivity="0.001")],
        [result(-9, "MRD", "negative", sensitivity="0.0001")],
        row=None,
    ),
    case(
        "mrd_without_specimen",
        [result(-9, "MRD", "negative", specimen="")],
        [result(-9, "MRD", "negative", specimen="marrow")],
        row=None,
    ),
    # --- treatments
    case("conditioning_after_transplant", [given(3, "fludarabine")], [given(0, "fludarabine")]),
    case("lymphocytes_before_transplant", [given(-1, "DLI")], [given(30, "DLI")]),
    case(
        "line_order",
        [given(-100, "chemotherapy", line=1), given(-200, "chemotherapy", line=2)],
        [given(-200, "chemotherapy", line=1), given(-200, "chemotherapy", line=2)],
        row=3,
    ),
    case(
        "cycle_order",
        [given(-100, "blinatumomab", cycle=1), given(-150, "blinatumomab", cycle=2)],
        [given(-150, "blinatumomab", cycle=1), given(-100, "blinatumomab", cycle=2)],
        row=3,
    ),
    case(
        "cycle_twice",
        [given(-150, "blinatumomab", **COURSE), given(-100, "blinatumomab", **COURSE)],
        [given(-150, "blinatumomab", **COURSE), given(-100, "blinatumomab", line=1, cycle=2)],
        row=3,
    ),
    case(
        "courses_overlap",
        [given(-100, "blinatumomab", stop=-72), given(-73, "blinatumomab", stop=-45)],
        [given(-100, "blinatumomab", stop=-72), given(-72, "blinatumomab", stop=-45)],
        row=3,
    ),
    case(
        "long_cycle",
        [given(-100, "blinatumomab", stop=-64, cycle=1)],
        [given(-100, "blinatumomab", stop=-65, cycle=1)],
    ),
    case(
        "inhibitor_without_fusion",
        [patient(cytogenetics="hypodiploidy"), given(-90, "dasatinib")],
        [patient(cytogenetics="t(9;22) BCR::ABL1"), given(-90, "dasatinib")],
    ),
    case(
        "defibrotide_without_vod",
        [given(20, "defibrotide"), event(60, "VOD")],
        [given(20, "defibrotide"), event(18, "VOD")],
    ),
    case(
        "eculizumab_without_tma",
        [given(20, "eculizumab"), event(60, "TMA")],
        [given(20, "eculizumab"), event(50, "TMA")],
    ),
    case(
        "cmv_treated_but_not_found",
        [given(40, "ganciclovir"), result(200, "CMV DNA", 5000)],
        [given(40, "ganciclovir"), result(38, "CMV DNA", 5000)],
    ),
    case(
        "letermovir_of_seronegative",
        [given(1, "letermovir"), graft(cmv_recipient="negative")],
        [given(1, "letermovir"), graft(cmv_recipient="positive")],
    ),
    case(
        "first_line_continues",
        [patient(first_line_end=-200), given(-400, "chemotherapy", stop=-192, line=1)],
        [patient(first_line_end=-200), given(-400, "chemotherapy", stop=-193, line=1)],
    ),
    case(
        "dose_without_unit",
        [given(-50, "blinatumomab", dose=15, unit="")],
        [given(-50, "blinatumomab", dose=15, unit="ug/m2/day")],
        row=None,
    ),
    # --- one transplant
    case("allogeneic_from_self", [graft(donor="autologous")], [graft(donor="matched sibling")]),
    case(
        "autologous_from_another",
        [graft(date=-300, type="autologous", donor="matched sibling")],
        [graft(date=-300, type="autologous", donor="autologous")],
        row=3,
    ),
    case("twin_donor_of_allogeneic", [graft(donor="syngeneic")], [graft(donor="matched sibling")]),
    case(
        "cord_graft_of_half_matched_donor",
        [graft(donor="haploidentical", graft="cord blood")],
        [graft(donor="matched sibling", graft="cord blood")],
    ),
    case(
        "cord_donor_of_another_graft",
        [graft(donor="cord blood", graft="bone marrow")],
        [graft(donor="cord blood", graft="cord blood")],
    ),
    case("impossible_match", [graft(hla_match="10/8")], [graft(hla_match="8/8")]),
    case(
        "matched_donor_with_mismatch",
        [graft(donor="matched unrelated", hla_match="8/10")],
        [graft(donor="matched unrelated", hla_match="9/10")],
    ),
    case(
        "matched_donor_with_mismatch",
        [graft(donor="matched sibling", hla_match="9/10")],
        [graft(donor="matched sibling", hla_match="10/10 high resolution")],
        table="transplants",
    ),
    case(
        "mismatched_donor_with_match",
        [graft(donor="haploidentical", hla_match="10/10")],
        [graft(donor="haploidentical", hla_match="5/10")],
    ),
    case(
        "irradiation_not_in_conditioning",
        [graft(tbi_gy=12, conditioning="Bu-Flu, no TBI")],
        [graft(tbi_gy=12, conditioning="TBI-VP16")],
    ),
    case(
        "irradiation_without_dose",
        [graft(tbi_gy=0, conditioning="Flu-TBI")],
        [graft(tbi_gy=0, conditioning="Flu-Bu without TBI")],
    ),
    case(
        "irradiation_dose_missing",
        [graft(tbi_gy="", conditioning="Flu-TBI")],
        [graft(tbi_gy="", conditioning="Flu-Bu")],
        row=None,
    ),
    case(
        "irradiated_infant",
        [patient(age=1.9), graft(tbi_gy=12)],
        [patient(age=2), graft(tbi_gy=12)],
    ),
    case("cd34_for_graft", [graft(graft="cord blood", cd34=6)], [graft(graft="cord blood", cd34=0.05)]),
    case(
        "nucleated_cells_for_graft",
        [graft(graft="cord blood", tnc=30)],
        [graft(graft="cord blood", tnc=0.4)],
    ),
    case(
        "depletion_of_graft",
        [graft(graft="bone marrow", manipulation="alpha-beta T and B cell depletion")],
        [graft(graft="peripheral blood", manipulation="alpha-beta T and B cell depletion")],
    ),
    case(
        "no_prophylaxis_at_all",
        [graft(donor="haploidentical", manipulation="none", gvhd_prophylaxis="none")],
        [graft(donor="haploidentical", manipulation="CD34 selection", gvhd_prophylaxis="none")],
    ),
    case(
        "leukaemia_without_remission",
        [patient(immunophenotype="B-ALL"), graft(remission="not applicable")],
        [patient(immunophenotype="not applicable"), graft(remission="not applicable")],
    ),
    # --- several infusions
    case(
        "transplant_number_twice",
        [graft(number=1), graft(date=200, type="allogeneic", number=1)],
        [graft(number=1), graft(date=200, type="allogeneic", number=2)],
        row=3,
    ),
    case(
        "earlier_transplant_missing",
        [graft(number=2)],
        [graft(number=2), graft(date=-300, type="autologous", number=1)],
    ),
    case(
        "transplants_close",
        [graft(date=14, type="allogeneic")],
        [graft(date=15, type="allogeneic"), graft(date=5, type="boost")],
        row=3,
    ),
    case(
        "remission_goes_back",
        [graft(remission="CR2"), graft(date=300, type="allogeneic", remission="CR1")],
        [graft(remission="CR2"), graft(date=300, type="allogeneic", remission="CR2")],
        row=3,
    ),
    case(
        "cells_before_transplant",
        [graft(date=-10, type="DLI")],
        [graft(date=-10, type="DLI"), graft(date=-300, type="autologous")],
        row=3,
    ),
    # --- engraftment
    case(
        "count_below_engraftment",
        [event(12, "neutrophil engraftment"), result(12, "ANC", "0.4")],
        [event(12, "neutrophil engraftment"), result(12, "ANC", "500/uL")],
    ),
    case(
        "engraftment_without_counts",
        [
            event(12, "neutrophil engraftment"),
            OTHER,
            OTHER_GRAFT,
            result(12, "ANC", 1, patient_id="P2"),
        ],
        [event(12, "neutrophil engraftment"), result(3, "ANC", 0.1)],
        row=None,
    ),
    case(
        "unusual_engraftment_day",
        [event(4, "neutrophil engraftment")],
        [event(5, "neutrophil engraftment"), event(365, "platelet engraftment")],
    ),
    case(
        "transfused_before_engraftment",
        [event(20, "platelet engraftment"), given(14, "platelet transfusion")],
        [event(20, "platelet engraftment"), given(13, "platelet transfusion")],
    ),
    case("early_graft_failure", [event(20, "graft failure")], [event(21, "graft failure")]),
    case(
        "primary_failure_after_engraftment",
        [event(12, "neutrophil engraftment"), event(40, "graft failure", detail="primary")],
        [event(12, "neutrophil engraftment"), event(40, "graft failure", detail="secondary")],
        row=3,
    ),
    case(
        "failure_with_donor_cells",
        [event(40, "graft failure"), result(45, "chimerism", 99)],
        [event(40, "graft failure"), result(45, "chimerism", 20)],
    ),
    case(
        "no_donor_cells",
        [result(60, "chimerism", 1)],
        [result(60, "chimerism", 1), event(60, "graft failure")],
    ),
    case(
        "syndrome_far_from_engraftment",
        [event(20, "engraftment syndrome"), event(15, "neutrophil engraftment")],
        [event(20, "engraftment syndrome"), event(16, "neutrophil engraftment")],
    ),
    # --- GVHD
    case(
        "gvhd_of_own_cells",
        [graft(donor="autologous"), event(30, "aGVHD")],
        [graft(donor="matched sibling"), event(30, "aGVHD")],
    ),
    case(
        "refractory_without_gvhd",
        [OTHER, OTHER_GRAFT, event(40, "steroid-refractory aGVHD"), event(30, "aGVHD", patient_id="P2")],
        [event(40, "steroid-refractory aGVHD"), event(30, "aGVHD")],
    ),
    case(
        "refractory_before_gvhd",
        [event(40, "steroid-refractory aGVHD"), event(41, "aGVHD")],
        [event(40, "steroid-refractory aGVHD"), event(40, "aGVHD")],
    ),
    case(
        "refractory_of_grade_one",
        [event(40, "steroid-refractory aGVHD"), event(30, "aGVHD", grade="grade I")],
        [event(40, "steroid-refractory aGVHD"), event(30, "aGVHD", grade="III")],
    ),
    case(
        "active_gvhd_unrecorded",
        [seen(200, gvhd_active="yes")],
        [seen(200, gvhd_active="yes"), event(150, "cGVHD")],
        row=3,
    ),
    case("early_chronic_gvhd", [event(29, "cGVHD")], [event(30, "cGVHD")]),
    case(
        "grade_outside_system",
        [event(30, "aGVHD", grade="V", system="MAGIC")],
        [
            event(30, "aGVHD", grade="II-IV", system="MAGIC"),
            event(31, "aGVHD", grade="B", system="IBMTR"),
            event(200, "cGVHD", grade="moderate", system="NIH2014"),
            event(32, "aGVHD", grade="stage 3", system="MAGIC", site="skin"),
        ],
    ),
    case(
        "system_of_another_event",
        [event(30, "aGVHD", grade="mild", system="NIH2014")],
        [event(130, "cGVHD", grade="mild", system="NIH2014")],
    ),
    case(
        "grade_without_system",
        [event(30, "aGVHD", grade="II", system="")],
        [event(30, "aGVHD", grade="II", system="MAGIC")],
        row=None,
    ),
    # --- complications
    case(
        "cytokine_release_without_cause",
        [event(40, CRS), given(200, "CAR T")],
        [event(7, CRS), event(205, CRS), given(200, "CAR T")],
    ),
    case(
        "neurotoxicity_without_cause",
        [event(7, "ICANS"), given(200, "CAR T")],
        [event(245, "ICANS"), given(200, "CAR T")],
    ),
    case(
        "fatal_grade_of_living",
        [event(7, CRS, grade=5)],
        [event(7, CRS, grade=4)],
    ),
    case("late_vod", [event(101, "VOD")], [event(100, "VOD")]),
    case(
        "cmv_disease_without_result",
        [event(50, "infection", cause="CMV", detail="colitis"), result(81, "CMV DNA", 900)],
        [event(50, "infection", cause="CMV", detail="colitis"), result(80, "CMV DNA", 900)],
    ),
    case(
        "cmv_of_seronegative_pair",
        [graft(cmv_donor="negative", cmv_recipient="negative"), event(50, "infection", cause="CMV")],
        [graft(cmv_donor="positive", cmv_recipient="negative"), event(50, "infection", cause="CMV")],
    ),
    case(
        "infection_without_organism",
        [event(50, "infection", cause="")],
        [event(50, "infection", cause="unknown")],
        row=None,
    ),
    case(
        "organ_missing",
        [event(50, "organ dysfunction", site="")],
        [event(50, "organ dysfunction", site="kidney")],
        row=None,
    ),
    case(
        "comorbidity_unnamed",
        [event(-50, "comorbidity", detail="")],
        [event(-50, "comorbidity", detail="diabetes")],
        row=None,
    ),
    case(
        "comorbidity_after_transplant",
        [event(1, "comorbidity", detail="diabetes")],
        [event(0, "comorbidity", detail="diabetes")],
    ),
    # --- laboratory
    case(
        "unit_slip",
        [result(10, "ANC", "0.1"), result(11, "ANC", 90), result(12, "ANC", "0.12")],
        [result(10, "ANC", "0.3"), result(11, "ANC", 24), result(12, "ANC", "0.4")],
        row=3,
    ),
    case("weight_for_age", [result(0, "weight", 200)], [result(0, "weight", 29)]),
    case(
        "weight_jump",
        [result(0, "weight", 30), result(7, "weight", 38)],
        [result(0, "weight", 30), result(8, "weight", 38)],
        row=3,
    ),
    case("creatinine_of_child", [result(3, "creatinine", "5.1")], [result(3, "creatinine", "5")]),
    case(
        "lung_function_of_infant",
        [patient(age=3), result(-9, "FEV1", 90)],
        [patient(age=4), result(0, "FEV1", 90)],
    ),
    case("performance_off_scale", [result(-9, "performance", 1)], [result(-9, "performance", 90)]),
    case("chimerism_before_transplant", [result(-1, "chimerism", 10)], [result(0, "chimerism", 10)]),
    case(
        "chimerism_of_own_cells",
        [graft(donor="autologous"), result(30, "chimerism", 90)],
        [graft(donor="matched sibling"), result(30, "chimerism", 90)],
    ),
    case(
        "chimerism_as_fraction",
        [result(day, "chimerism", "0.98") for day in (30, 60, 100)],
        [result(30, "chimerism", "0.98"), result(60, "chimerism", "98%"), result(100, "chimerism", 1)],
        row=None,
    ),
    case(
        "fever_without_temperature",
        [event(5, "fever"), result(5, "temperature", "37.4")],
        [event(5, "fever"), result(5, "temperature", "37.4"), result(5, "temperature", "38.6")],
    ),
    case(
        "filtration_and_creatinine",
        [result(5, "GFR", 110), result(5, "creatinine", "3.5")],
        [result(5, "GFR", 110), result(6, "creatinine", "3.5")],
    ),
    case(
        "enzyme_without_limit",
        [result(5, "ALT", 200, unit="U/L")],
        [result(5, "ALT", "5 xULN"), result(6, "ALT", 200, unit="U/L", upper_limit=40)],
        row=None,
    ),
    # --- deaths and contacts
    case(
        "cause_without_event",
        [DEATH, OTHER, OTHER_GRAFT, event(90, "relapse", patient_id="P2")],
        [DEATH, event(90, "relapse")],
    ),
    case(
        "follow_up_gap",
        [seen(-30), seen(858)],
        [seen(-30), seen(857)],
        row=4,
    ),
    case(
        "seen_after_last_contact",
        [result(401, "chimerism", 99), given(402, "DLI"), graft(date=403, type="DLI")],
        [result(400, "chimerism", 99)],
        table="measurements",
    ),
    case(
        "last_state_missing",
        [seen(300, disease_status="complete remission")],
        [seen(500, disease_status="complete remission")],
        row=None,
    ),
]


@pytest.mark.parametrize(("rule", "bad", "good", "row", "table"), CASES)
def test_rule(
    tmp_path: Path, rule: str, bad: list[Row], good: list[Row], row: int | None, table: str
) -> None:
    broken = read_folder(tmp_path, tables_of(bad))
    assert not [finding for finding in broken.findings if finding.severity == "error"]
    found = of(records.check(broken), rule)
    assert found, "the record that breaks the rule is not found"
    declared = [each for each in RULES if each.id == f"records.{rule}"]
    told = [each for each in found if not table or each.where.table == f"{table}.csv"]
    (first, *_) = told
    if row is not None:
        assert first.where.row == row
    assert first.severity == declared[0].severity
    assert not any(sign in first.what for sign in "{}")
    assert "None" not in first.what
    (tmp_path / "good").mkdir()
    assert not of(records.check(read_folder(tmp_path / "good", tables_of(good))), rule)


def many(rows: int) -> list[Row]:
    """Return so many patients with a transplant and a contact, of whom only P1 has results."""
    ids = [f"X{number}" for number in range(1, rows)]
    return [
        *(patient(patient_id=each, age=30 + position) for position, each in enumerate(ids)),
        *(graft(patient_id=each, date=0, type="allogeneic") for each in ids),
        result(30, "ANC", 1),
    ]


def test_a_table_of_few(tmp_path: Path) -> None:
    found = of(records.check(read_folder(tmp_path, tables_of(many(10)))), "table_covers_few")
    assert [finding.what for finding in found] == [
        "The table follow_up has nothing of 9 of 10 transplanted patients.",
        "The table measurements has nothing of 9 of 10 transplanted patients.",
    ]
    (tmp_path / "few").mkdir()
    assert not of(records.check(read_folder(tmp_path / "few", tables_of(many(9)))), "table_covers_few")


@pytest.mark.parametrize(
    ("rule", "donor", "match"),
    [
        ("impossible_match", "matched sibling", "10/8"),
        ("matched_donor_with_mismatch", "matched sibling", "9/10"),
        ("mismatched_donor_with_match", "haploidentical", "10/10"),
    ],
)
def test_a_finding_about_the_match_shows_the_match(tmp_path: Path, rule: str, donor: str, match: str) -> None:
    bad = [graft(donor=donor, hla_match=match)]
    (finding,) = of(records.check(read_folder(tmp_path, tables_of(bad))), rule)
    assert finding.found == match


def test_which_of_two_neighbours_has_another_unit(tmp_path: Path) -> None:
    """The middle one, low beside both; its neighbours, high beside it alone, are not told."""
    differ = "ANC of 0.0024 stands beside 2.1: they differ as 10^9/L and cells/uL do."
    low = [result(10, "ANC", "2.1"), result(11, "ANC", "0.0024"), result(12, "ANC", "2.7")]
    (slip,) = of(records.check(read_folder(tmp_path, tables_of(low))), "unit_slip")
    assert (slip.where.row, slip.what) == (3, differ)


TEXTS = {(each.name, column.name) for each in TABLES for column in each.columns if column.type == "text"}


def test_no_finding_repeats_free_text(tmp_path: Path) -> None:
    """Whatever a rule reads in a text, a name or a date that stands in it is not shown."""
    shown = 0
    for number, parameters in enumerate(CASES):
        rows = [
            (
                table,
                {
                    name: f"{cell}, Quentin 03/04/2021" if cell and (table, name) in TEXTS else cell
                    for name, cell in row.items()
                },
            )
            for table, row in parameters.values[1]  # type: ignore[attr-defined]
        ]
        if rows == parameters.values[1]:  # type: ignore[attr-defined]
            continue
        (tmp_path / str(number)).mkdir()
        found = records.check(read_folder(tmp_path / str(number), tables_of(rows)))
        assert not {"Quentin", "2021"} & set(re.split(r"[^A-Za-z0-9]+", repr(found)))
        shown += len(found)
    assert shown > 20


def test_every_rule_is_tested() -> None:
    tested = {f"records.{each.values[0]}" for each in (*CASES, *CHECKED)}  # type: ignore[attr-defined]
    elsewhere = {
        "records.no_causes_of_death",
        "records.table_covers_few",
        "records.last_contact_long_ago",
        "records.after_data_cutoff",
    }
    typed = {rule.id for rule in fields.RULES}  # tests/records/test_declared.py
    assert tested | elsewhere | typed == {rule.id for rule in RULES}
