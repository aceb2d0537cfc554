"""Rows of the six tables about the time from the transplant on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from algeri2025.blood import add_blood
from algeri2025.gvhd import add_gvhd
from algeri2025.liver import add_liver
from algeri2025.marrow import add_marrow_after, add_relapse_marrow
from algeri2025.viruses import add_viruses

if TYPE_CHECKING:
    from algeri2025.cohort import Patient
    from algeri2025.draw import Draw
    from algeri2025.rows import Rows

_CONTACTS = (30, 60, 100, 180, 365, 545, 730, 1095, 1460, 1825, 2190, 2555)
_RELAPSE_SITES = ("marrow", "marrow", "marrow", "marrow and CNS", "CNS")


def add_after(patient: Patient, rows: Rows, draw: Draw) -> None:
    """Add what happened to a patient from day 0 on."""
    cause = "relapse" if patient.course.cause == 1 else draw.choice(("adenovirus infection", "sepsis"))
    engrafted = add_blood(patient, rows, draw)
    gvhd = add_gvhd(patient, rows, draw, engrafted)
    add_viruses(patient, rows, draw, cause if patient.course.died else "")
    add_liver(patient, rows, draw)
    add_marrow_after(patient, rows, draw)
    _relapse(patient, rows, draw)
    if patient.course.died:
        rows.add("events", patient, date=patient.on(patient.course.last), event="death", cause=cause)
    _contacts(patient, rows, gvhd)


def _relapse(patient: Patient, rows: Rows, draw: Draw) -> None:
    course, salvage = patient.course, patient.profile.salvage
    if course.cause != 1:
        return
    site = draw.choice(_RELAPSE_SITES)
    relapse = patient.on(course.first)
    rows.add("events", patient, date=relapse, event="relapse", site=site, detail="CD19-positive")
    add_relapse_marrow(patient, rows, draw, site)
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
