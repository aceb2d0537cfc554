"""What the marrow shows: residual disease before and after transplant, chimerism, blasts at relapse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from algeri2025.profile import IKZF1_POOR, LATE_REMISSION

if TYPE_CHECKING:
    from algeri2025.cohort import Patient
    from algeri2025.draw import Draw
    from algeri2025.rows import Rows

_MARROW = {"specimen": "marrow"}
_PCR = {"method": "PCR", "sensitivity": 0.00001}
_FLOW = {"method": "flow", "sensitivity": 0.0001}
_AFTER = (30, 60, 100, 180, 365)


def add_residual_disease(patient: Patient, rows: Rows, draw: Draw) -> None:
    """MRD after induction, before blinatumomab, after each cycle, and in the days before transplant."""
    profile, days = patient.profile, patient.days
    induction = days.diagnosis + draw.between(33, 35)
    if IKZF1_POOR in profile.features or LATE_REMISSION in profile.features:
        _mrd(patient, rows, induction, draw.between(60, 400) / 10_000, _PCR)
    else:
        _negative(patient, rows, induction, draw)
    level = _before_last_therapy(patient, rows, draw)
    for number, (_, stop) in enumerate(days.blinatumomab, 1):
        last = number == len(days.blinatumomab)
        level = level / 100 if last and profile.mrd_negative else level / 4
        _level(patient, rows, stop + draw.between(1, 3), draw, None if level < 0.0001 else level)
    _level(patient, rows, days.mrd_last, draw, None if profile.mrd_negative else draw.between(2, 9) / 10_000)


def _before_last_therapy(patient: Patient, rows: Rows, draw: Draw) -> float:
    """Add the sample before blinatumomab, and return its level (0 when negative)."""
    profile, day = patient.profile, patient.days.mrd_before
    if profile.purpose == "refractory":
        blasts = draw.between(8, 60)
        _blasts(patient, rows, day, blasts)
        _mrd(patient, rows, day, blasts / 100, _FLOW)
        # Two cycles take it below what an assay reports as positive, or leave it just above.
        return 0.01 if profile.mrd_negative else 0.02
    if profile.purpose == "MRD clearance":
        # Who stays positive started higher.
        level = draw.between(3, 90) / 10_000 if profile.mrd_negative else draw.between(60, 400) / 10_000
        _mrd(patient, rows, day, level, _PCR)
        return level
    _negative(patient, rows, day, draw)
    return 0.0


def add_marrow_after(patient: Patient, rows: Rows, draw: Draw) -> None:
    """Add MRD and chimerism in remission after transplant."""
    for day in (d for d in _AFTER if d < patient.course.first):
        donor = draw.choice((100, 100, 100, 99.5, 98.7, 97.4))
        _chimerism(patient, rows, day, donor, "marrow")
        if day in (100, 180):
            _chimerism(patient, rows, day, draw.choice((100, 100, 99.1, 96.8)), "CD3")
        if day != 60:
            _negative(patient, rows, day, draw)


def add_relapse_marrow(patient: Patient, rows: Rows, draw: Draw, site: str) -> None:
    """Add the marrow on the day of relapse."""
    blasts = draw.between(28, 94) if "marrow" in site else draw.between(0, 2)
    _blasts(patient, rows, patient.course.first, blasts)


def _chimerism(patient: Patient, rows: Rows, day: int, donor: float, specimen: str) -> None:
    rows.add(
        "measurements",
        patient,
        date=patient.on(day),
        analyte="chimerism",
        value=donor,
        unit="%",
        method="STR",
        specimen=specimen,
    )


def _blasts(patient: Patient, rows: Rows, day: int, percent: int) -> None:
    date = patient.on(day)
    rows.add("measurements", patient, date=date, analyte="blasts", value=percent, unit="%", **_MARROW)


def _level(patient: Patient, rows: Rows, day: int, draw: Draw, level: float | None) -> None:
    if level is None:
        _negative(patient, rows, day, draw)
    else:
        _mrd(patient, rows, day, level, _PCR)


def _mrd(patient: Patient, rows: Rows, day: int, level: float, assay: dict[str, object]) -> None:
    date = patient.on(day)
    value = round(level, 6)
    rows.add(
        "measurements", patient, date=date, analyte="MRD", value=value, unit="fraction", **_MARROW, **assay
    )


def _negative(patient: Patient, rows: Rows, day: int, draw: Draw) -> None:
    """Report a negative sample as laboratories do: in words, or as below the assay's limit in percent."""
    when = patient.on(day)
    if draw.below(2):
        rows.add("measurements", patient, date=when, analyte="MRD", value="negative", **_MARROW, **_FLOW)
    else:
        low = {"value": 0.001, "operator": "<", "unit": "%"}
        rows.add("measurements", patient, date=when, analyte="MRD", **low, **_MARROW, **_PCR)
