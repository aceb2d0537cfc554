"""Veno-occlusive disease after inotuzumab: the diagnosis and the signs behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from algeri2025.cohort import Patient
    from algeri2025.draw import Draw
    from algeri2025.rows import Rows

_BILIRUBIN = (0.6, 0.9, 1.2, 1.5, 1.8, 1.6, 1.1, 0.7)
_ALT = (35, 60, 90, 120, 140, 110, 70, 40)


def add_liver(patient: Patient, rows: Rows, draw: Draw) -> None:
    """Add VOD, moderate by transaminases and ascites, in one of five after inotuzumab."""
    if not patient.profile.inotuzumab or draw.below(5):
        return
    day = draw.between(10, 24)
    if day + len(_BILIRUBIN) >= patient.course.first:
        return
    patient.event(rows, day - 1, "hepatomegaly")
    patient.event(rows, day, "weight gain")
    patient.event(rows, day, "ascites", grade="moderate")
    patient.event(rows, day, "VOD", grade="moderate", system="EBMT paediatric")
    rows.course(patient, "defibrotide", day, day + 14, dose=25, unit="mg/kg/day", indication="VOD")
    for since, (bilirubin, alt) in enumerate(zip(_BILIRUBIN, _ALT, strict=True), -4):
        date = patient.on(day + since)
        rows.add("measurements", patient, date=date, analyte="bilirubin", value=bilirubin, unit="mg/dL")
        rows.add("measurements", patient, date=date, analyte="ALT", value=alt, unit="U/L", upper_limit=40)
