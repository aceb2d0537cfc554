"""Rows of the six tables about the time from the transplant on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from algeri2025.cohort import Patient
    from algeri2025.draw import Draw
    from algeri2025.rows import Rows

_CONTACTS = (30, 60, 100, 180, 365, 545, 730, 1095, 1460, 1825, 2190, 2555)
_RELAPSE_SITES = ("marrow", "marrow", "marrow", "marrow and CNS", "CNS")
#: Who dies before this day never recovers platelets: one patient.
_TOO_EARLY_FOR_PLATELETS = 45
_ACUTE = (("I", "skin"), ("II", "skin"), ("II", "skin; gut"), ("II", "gut"))
_SEVERE = (("III", "gut"), ("III", "skin; gut"), ("IV", "gut; liver"))


def add_after(patient: Patient, rows: Rows, draw: Draw) -> None:
    """Add what happened to a patient from day 0 on."""
    gvhd = _complications(patient, rows, draw)
    _relapse(patient, rows, draw)
    if patient.course.died:
        cause = "relapse" if patient.course.cause == 1 else draw.choice(("adenovirus infection", "sepsis"))
        rows.add("events", patient, date=patient.on(patient.course.last), event="death", cause=cause)
    _contacts(patient, rows, gvhd)


def _complications(patient: Patient, rows: Rows, draw: Draw) -> tuple[int, int]:
    """Add engraftment, GVHD and infections; return the days between which GVHD is active (0, 0 when none)."""
    haplo = patient.profile.donor == "haploidentical"
    neutrophils = draw.between(11, 15) if haplo else draw.between(15, 23)
    platelets = neutrophils + (draw.between(0, 3) if haplo else draw.between(1, 14))
    _event(patient, rows, neutrophils, "neutrophil engraftment")
    if patient.course.died and patient.course.last < _TOO_EARLY_FOR_PLATELETS:
        rows.add("events", patient, event="platelet engraftment", occurred="no")
    else:
        _event(patient, rows, platelets, "platelet engraftment")
        _chimerism(patient, rows, draw)
    if draw.below(3) == 0:
        _event(patient, rows, draw.between(18, 90), "infection", cause="CMV", detail="reactivation, treated")
    if draw.below(12) == 0:
        _event(patient, rows, draw.between(15, 80), "infection", cause="adenovirus", detail="viraemia")
    if patient.profile.inotuzumab and draw.below(7) == 0:
        _event(patient, rows, draw.between(10, 24), "VOD", grade="moderate", system="EBMT paediatric")
    return _gvhd(patient, rows, draw, neutrophils)


def _gvhd(patient: Patient, rows: Rows, draw: Draw, engrafted: int) -> tuple[int, int]:
    onset = engrafted + draw.between(4, 35)
    acute = draw.below(10) < 4
    grade, site = draw.choice(_SEVERE) if draw.below(8) == 0 else draw.choice(_ACUTE)
    if acute:
        _event(patient, rows, onset, "aGVHD", grade=grade, system="MAGIC", site=site)
    if draw.below(12) == 0:
        chronic = draw.between(130, 300)
        grade = draw.choice(("mild", "mild", "moderate", "severe"))
        _event(
            patient,
            rows,
            chronic,
            "cGVHD",
            grade=grade,
            system="NIH2014",
            site=draw.choice(("skin", "mouth")),
        )
        return chronic, chronic + 250
    return (onset, onset + 40) if acute else (0, 0)


def _chimerism(patient: Patient, rows: Rows, draw: Draw) -> None:
    for day in (30, 100):
        donor = draw.choice((100, 100, 100, 99.5, 98.7))
        if day < patient.course.first:
            rows.add(
                "measurements",
                patient,
                date=patient.on(day),
                analyte="chimerism",
                value=donor,
                unit="%",
                method="STR",
                specimen="marrow",
            )


def _event(patient: Patient, rows: Rows, day: int, event: str, **values: object) -> None:
    """Add an event of a patient in remission; nothing is recorded on or after the first failure."""
    if day < patient.course.first:
        rows.add("events", patient, date=patient.on(day), event=event, **values)


def _relapse(patient: Patient, rows: Rows, draw: Draw) -> None:
    course, salvage = patient.course, patient.profile.salvage
    if course.cause != 1:
        return
    site = draw.choice(_RELAPSE_SITES)
    relapse = patient.on(course.first)
    rows.add("events", patient, date=relapse, event="relapse", site=site, detail="CD19-positive")
    if not salvage:
        return
    start = course.first + draw.between(10, 24)
    stop = start + {"CAR T": 0, "inotuzumab": 14, "chemotherapy": 21}[salvage]
    line = len(patient.days.chemotherapy) + 1
    rows.course(patient, salvage, start, min(stop, course.last), line=line, indication="salvage")


def _contacts(patient: Patient, rows: Rows, gvhd: tuple[int, int]) -> None:
    """Scheduled contacts, then the last one of a patient who is alive."""
    course = patient.course
    for day in (*(d for d in _CONTACTS if d < course.last), *(() if course.died else (course.last,))):
        rows.add(
            "follow_up",
            patient,
            date=patient.on(day),
            alive="yes",
            disease_status=_status(patient, day),
            gvhd_active="yes" if gvhd[0] <= day < gvhd[1] else "no",
        )


def _status(patient: Patient, day: int) -> str:
    """Return the state of the disease; who survives a relapse is in remission again after five months."""
    course = patient.course
    if course.cause != 1 or day < course.first:
        return "complete remission"
    return "complete remission" if not course.died and day > course.first + 150 else "relapse"
