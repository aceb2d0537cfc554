"""Acute GVHD as stages of organs, chronic GVHD, and what was given for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from algeri2025.cohort import Patient
    from algeri2025.draw import Draw
    from algeri2025.rows import Rows

Stages = tuple[tuple[str, int], ...]

#: Stages on the first day, stages and grade (MAGIC) on the worst day.
_ACUTE: tuple[tuple[Stages, Stages, str], ...] = (
    ((("skin", 1),), (("skin", 2),), "I"),
    ((("skin", 2),), (("skin", 3),), "II"),
    ((("skin", 1),), (("skin", 2), ("lower GI", 1)), "II"),
    ((("skin", 1),), (("skin", 1), ("upper GI", 1)), "II"),
)
_SEVERE: tuple[tuple[Stages, Stages, str], ...] = (
    ((("lower GI", 1),), (("lower GI", 2),), "III"),
    ((("skin", 2), ("lower GI", 1)), (("skin", 3), ("lower GI", 3)), "III"),
    ((("lower GI", 1),), (("lower GI", 4), ("liver", 2)), "IV"),
)


def add_gvhd(patient: Patient, rows: Rows, draw: Draw, engrafted: int) -> tuple[int, int]:
    """Add GVHD of a patient in remission; return the days between which it is active (0, 0 when none)."""
    onset = engrafted + draw.between(4, 35)
    acute = draw.below(10) < 4
    severe = draw.below(8) == 0
    first, worst, grade = draw.choice(_SEVERE) if severe else draw.choice(_ACUTE)
    if acute:
        _acute(patient, rows, onset, (first, worst, grade), draw)
    if draw.below(12) == 0:
        chronic = draw.between(130, 300)
        severity = draw.choice(("mild", "mild", "moderate", "severe"))
        site = draw.choice(("skin", "mouth"))
        patient.event(rows, chronic, "cGVHD", grade=severity, system="NIH2014", site=site)
        if severity != "mild" and chronic < patient.course.first:
            _treat(patient, rows, "corticosteroids", chronic, 180, 1, "mg/kg/day", "chronic GVHD")
        return chronic, chronic + 250
    return (onset, onset + 40) if acute else (0, 0)


def _acute(patient: Patient, rows: Rows, onset: int, course: tuple[Stages, Stages, str], draw: Draw) -> None:
    first, worst, grade = course
    peak = onset + draw.between(3, 6)
    for day, stages in ((onset, first), (peak, worst)):
        for organ, stage in stages:
            patient.event(rows, day, "aGVHD", grade=f"stage {stage}", system="MAGIC", site=organ)
    patient.event(rows, peak, "aGVHD", grade=grade, system="MAGIC")
    if grade == "I" or peak >= patient.course.first:
        return
    _treat(patient, rows, "corticosteroids", peak, draw.between(24, 50), 2, "mg/kg/day", "acute GVHD")
    if grade in ("III", "IV") and draw.below(2) == 0:
        patient.event(rows, peak + 7, "steroid-refractory aGVHD")
        _treat(patient, rows, "ruxolitinib", peak + 7, 60, None, None, "steroid-refractory acute GVHD")


def _treat(
    patient: Patient,
    rows: Rows,
    agent: str,
    start: int,
    days: int,
    dose: float | None,
    unit: str | None,
    indication: str,
) -> None:
    """Add a course that ends with the first failure, if that comes earlier."""
    stop = min(start + days, patient.course.first)
    if start < stop:
        rows.course(patient, agent, start, stop, dose=dose, unit=unit, indication=indication)
