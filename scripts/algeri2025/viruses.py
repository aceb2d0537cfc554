"""Viral load by PCR, week after week, and what was given for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from algeri2025.cohort import Patient
    from algeri2025.draw import Draw
    from algeri2025.rows import Rows

_WEEKLY, _FORTNIGHTLY = range(7, 99, 7), range(14, 99, 14)
_PLASMA, _BLOOD = ("IU/mL", "plasma"), ("copies/mL", "whole blood")
#: Below this the CMV assay gives no number.
_CMV_LIMIT = 137
#: Share of the peak in the weeks from the first positive sample on.
_COURSE = (0.2, 1.0, 0.5, 0.08, 0.02)
_ADENOVIRUS_DEATH = "adenovirus infection"


def add_viruses(patient: Patient, rows: Rows, draw: Draw, cause_of_death: str) -> None:
    """Add PCR results of CMV, EBV and adenovirus until day 98, or until the first failure."""
    _cmv(patient, rows, draw)
    _ebv(patient, rows, draw)
    fatal = cause_of_death == _ADENOVIRUS_DEATH
    onset = patient.course.first - 14 if fatal else draw.choice((14, 28, 42, 56))
    if fatal or draw.below(12) == 0:
        peak = 10 ** draw.between(3, 5)
        if _series(patient, rows, "adenovirus DNA", _FORTNIGHTLY, onset, peak, _BLOOD):
            patient.event(rows, onset, "infection", cause="adenovirus", detail="viraemia")
            if peak > 1000:
                _treat(patient, rows, "cidofovir", onset + 3, 14)
    else:
        _series(patient, rows, "adenovirus DNA", _FORTNIGHTLY, None, 0, _BLOOD)


def _cmv(patient: Patient, rows: Rows, draw: Draw) -> None:
    at_risk = "positive" in patient.cmv
    reactivates = at_risk and draw.below(5) < 2
    onset, peak = draw.choice((21, 28, 35, 42, 49, 63)), draw.between(8, 400) * 100
    if not _series(patient, rows, "CMV DNA", _WEEKLY, onset if reactivates else None, peak, _PLASMA):
        return
    treated = peak > 2000
    detail = "reactivation, treated" if treated else "reactivation, cleared without treatment"
    patient.event(rows, onset, "infection", cause="CMV", detail=detail)
    if treated:
        _treat(patient, rows, draw.choice(("ganciclovir", "ganciclovir", "foscarnet")), onset + 3, 21)


def _ebv(patient: Patient, rows: Rows, draw: Draw) -> None:
    rises = patient.profile.donor != "matched sibling" and draw.below(8) == 0
    onset, peak = draw.choice((28, 42, 56, 70)), 10 ** draw.between(3, 5)
    if _series(patient, rows, "EBV DNA", _FORTNIGHTLY, onset if rises else None, peak, _BLOOD):
        patient.event(rows, onset, "infection", cause="EBV", detail="viraemia without disease")
        if peak > 10_000 and onset + 18 < patient.course.first:
            rows.course(patient, "rituximab", onset + 4, onset + 18, dose=375, unit="mg/m2", indication="EBV")


def _series(
    patient: Patient,
    rows: Rows,
    analyte: str,
    days: range,
    onset: int | None,
    peak: int,
    assay: tuple[str, str],
) -> bool:
    """Add one result a day of ``days``; return whether the rise lies before the first failure."""
    first = patient.course.first
    risen = onset is not None and onset < first
    start = onset if onset is not None and risen else None
    for day in sorted({*days, *([start] if start is not None else [])}):
        if day >= first:
            break
        week = -1 if start is None or day < start else (day - start) // days.step
        value: object = "negative"
        operator = None
        if 0 <= week < len(_COURSE):
            load = round(peak * _COURSE[week])
            low = analyte == "CMV DNA" and load < _CMV_LIMIT
            value, operator = (_CMV_LIMIT, "<") if low else (load, None)
        unit, specimen = assay
        rows.add(
            "measurements",
            patient,
            date=patient.on(day),
            analyte=analyte,
            value=value,
            operator=operator,
            unit=unit,
            method="PCR",
            specimen=specimen,
        )
    return risen


def _treat(patient: Patient, rows: Rows, agent: str, start: int, days: int) -> None:
    virus = {"cidofovir": "adenovirus"}.get(agent, "CMV")
    stop = min(start + days, patient.course.first)
    if start < stop:
        rows.course(patient, agent, start, stop, indication=f"{virus}, pre-emptive")
