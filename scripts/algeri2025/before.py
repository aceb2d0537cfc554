"""Rows of the six tables about the time up to the transplant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from algeri2025.marrow import add_residual_disease
from algeri2025.profile import IKZF1_POOR, LATE_REMISSION

if TYPE_CHECKING:
    from algeri2025.cohort import Patient
    from algeri2025.draw import Draw
    from algeri2025.rows import Rows

_SITES = ("marrow", "marrow", "marrow", "marrow", "marrow and CNS", "CNS", "testis")
_RELATED = ("matched sibling", "other matched related")
_TBI = ("radiotherapy", -9, -7, 12, "Gy")
_FLUDARABINE = ("fludarabine", -5, -2, 160, "mg/m2")
#: Agent, first and last day, total dose and its unit, of each regimen.
_REGIMENS: dict[str, tuple[tuple[str, int, int, float, str], ...]] = {
    "TBI-thiotepa-fludarabine": (_TBI, ("thiotepa", -6, -6, 10, "mg/kg"), _FLUDARABINE),
    "TBI-etoposide": (_TBI, ("etoposide", -3, -3, 60, "mg/kg")),
    "TBI-thiotepa-cyclophosphamide": (
        _TBI,
        ("thiotepa", -6, -6, 10, "mg/kg"),
        ("cyclophosphamide", -4, -3, 120, "mg/kg"),
    ),
    "busulfan-thiotepa-fludarabine": (
        ("busulfan", -9, -6, 12.8, "mg/kg"),
        ("thiotepa", -5, -5, 10, "mg/kg"),
        _FLUDARABINE,
    ),
}


def add_before(patient: Patient, rows: Rows, draw: Draw) -> None:
    """Add what is known of a patient up to day 0."""
    _patient(patient, rows, draw)
    _remissions_and_relapses(patient, rows, draw)
    _treatments(patient, rows)
    add_residual_disease(patient, rows, draw)
    _transplant(patient, rows, draw)


def _patient(patient: Patient, rows: Rows, draw: Draw) -> None:
    days = patient.days
    rows.add(
        "patients",
        patient,
        sex=patient.sex,
        birth_date=patient.birth,
        diagnosis="acute lymphoblastic leukaemia",
        diagnosis_date=patient.on(days.diagnosis),
        immunophenotype=patient.profile.immunophenotype,
        cytogenetics=_cytogenetics(patient, draw),
        cns_status=draw.choice(("CNS1",) * 6 + ("CNS2", "CNS3")),
        first_line_end=None if days.first_line_end is None else patient.on(days.first_line_end),
        centre="constructed",
    )


def _cytogenetics(patient: Patient, draw: Draw) -> str:
    """Return the genetic findings; IKZF1plus with a good MRD response is no very-high-risk feature."""
    genetic = [f for f in patient.profile.features if f != LATE_REMISSION]
    if IKZF1_POOR in genetic:
        return "IKZF1plus"
    if genetic:
        return "; ".join(genetic)
    if patient.profile.immunophenotype == "T-ALL":
        return "none"
    ordinary = ("none", "none", "none", "high hyperdiploidy", "ETV6::RUNX1", "PAX5 alteration", "IKZF1plus")
    return draw.choice(ordinary)


def _remissions_and_relapses(patient: Patient, rows: Rows, draw: Draw) -> None:
    days = patient.days
    for number, day in enumerate(days.remissions, 1):
        rows.add("events", patient, date=patient.on(day), event="complete remission", detail=f"CR{number}")
        if number <= len(days.relapses):
            relapse = patient.on(days.relapses[number - 1])
            site = draw.choice(_SITES if patient.sex == "male" else _SITES[:-1])
            rows.add("events", patient, date=relapse, event="relapse", site=site, detail="CD19-positive")


def _treatments(patient: Patient, rows: Rows) -> None:
    days, lines = patient.days, len(patient.days.chemotherapy)
    for line, (start, stop) in enumerate(days.chemotherapy, 1):
        rows.course(patient, "chemotherapy", start, stop, line=line)
    for cycle, (start, stop) in enumerate(days.inotuzumab, 1):
        rows.course(
            patient, "inotuzumab", start, stop, line=lines, cycle=cycle, dose=1.8, unit="mg/m2 per cycle"
        )
    dose, unit = (28, "ug/day") if patient.age >= 14 else (15, "ug/m2/day")
    for cycle, (start, stop) in enumerate(days.blinatumomab, 1):
        rows.course(
            patient,
            "blinatumomab",
            start,
            stop,
            line=lines,
            cycle=cycle,
            dose=dose,
            unit=unit,
            indication=patient.profile.purpose,
        )


def _transplant(patient: Patient, rows: Rows, draw: Draw) -> None:
    donor = patient.profile.donor
    haplo, related = donor == "haploidentical", donor in _RELATED
    marrow = not haplo and draw.below(3) > 0
    conditioning = _conditioning(patient, draw)
    for agent, start, stop, dose, unit in _REGIMENS[conditioning]:
        indication = "conditioning, intravenous" if agent == "busulfan" else "conditioning"
        rows.course(patient, agent, start, stop, dose=dose, unit=unit, indication=indication)
    rows.add(
        "transplants",
        patient,
        date=patient.day0,
        number=1,
        type="allogeneic",
        donor=donor,
        hla_match="5/10" if haplo else "9/10" if donor == "mismatched unrelated" else "10/10",
        graft="bone marrow" if marrow else "peripheral blood",
        cd34=draw.between(30, 70) / 10 if marrow else draw.between(60, 180) / 10,
        manipulation="alpha-beta T and B cell depletion" if haplo else "none",
        conditioning=conditioning,
        tbi_gy=12 if patient.tbi else 0,
        serotherapy="none" if related else "ATLG",
        gvhd_prophylaxis="none" if haplo else "ciclosporin-methotrexate",
        remission=f"CR{patient.profile.remission}",
        cmv_donor=patient.cmv[0],
        cmv_recipient=patient.cmv[1],
    )


def _conditioning(patient: Patient, draw: Draw) -> str:
    if not patient.tbi:
        return "busulfan-thiotepa-fludarabine"
    return draw.choice(("TBI-thiotepa-fludarabine", "TBI-etoposide", "TBI-thiotepa-cyclophosphamide"))
