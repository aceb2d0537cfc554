"""Blood counts after transplant and platelet transfusions: recovery is derived from these."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from algeri2025.cohort import Patient
    from algeri2025.draw import Draw
    from algeri2025.rows import Rows

#: Days of counts once the daily ones have ended: twice a week, weekly, then at the visits.
_LATER = (*range(15, 61, 4), *range(65, 101, 7), 120, 150, 180, 270, 365, 545, 730)
_BEFORE = (-9, -3)
#: A transfusion in the 7 days before a count supports it.
_UNSUPPORTED = 7
#: Until this year the laboratory reported neutrophils per microlitre.
_NEW_UNITS = 2019
#: Who dies before this day never recovers platelets: one patient.
_TOO_EARLY_FOR_PLATELETS = 45


def add_blood(patient: Patient, rows: Rows, draw: Draw) -> int:
    """Add counts and transfusions; return the day on which neutrophils recover."""
    haplo = patient.profile.donor == "haploidentical"
    neutrophils = draw.between(11, 15) if haplo else draw.between(15, 23)
    platelets = neutrophils + (draw.between(0, 3) if haplo else draw.between(1, 14))
    course = patient.course
    recovers = not (course.died and course.last < _TOO_EARLY_FOR_PLATELETS)
    daily = max(neutrophils, platelets) + 6 if recovers else course.last
    last = course.last if course.cause == 0 else course.first - 1
    days = [*_BEFORE, *range(daily + 1), *(day for day in _LATER if day > daily)]
    days = [day for day in days if day <= last]
    _neutrophils(patient, rows, draw, days, neutrophils)
    _platelets(patient, rows, draw, days, platelets if recovers else None)
    return neutrophils


def _neutrophils(patient: Patient, rows: Rows, draw: Draw, days: Sequence[int], recovery: int) -> None:
    """Add counts that stay at 0.5 x 10^9/L from ``recovery`` on; one in six reaches it earlier and falls."""
    reached_and_lost = (recovery - 3, recovery - 2) if draw.below(6) == 0 else ()
    plateau, rise = draw.between(130, 480), draw.between(12, 45)
    per_microlitre = patient.day0.year < _NEW_UNITS
    for day in days:
        if day < 0:
            hundredths = draw.between(60, 340)
        elif day in reached_and_lost:
            hundredths = draw.between(50, 61)
        elif day < recovery - 1:
            hundredths = draw.between(0, 12)
        elif day == recovery - 1:
            hundredths = draw.between(18, 47)
        else:
            hundredths = min(50 + rise * (day - recovery) + draw.between(0, 9), plateau + draw.between(0, 60))
        value, unit = (hundredths * 10, "/uL") if per_microlitre else (hundredths / 100, "10^9/L")
        _count(patient, rows, day, "ANC", value, unit)


def _platelets(patient: Patient, rows: Rows, draw: Draw, days: Sequence[int], recovery: int | None) -> None:
    """Add counts that are at 20 x 10^9/L, 7 days without a transfusion, from ``recovery`` on.

    In every other patient the counts reach 20 earlier, under transfusion: recovery is then told by the
    last transfusion alone.
    """
    earlier = draw.below(2) == 0
    wait = _UNSUPPORTED + (0 if earlier else draw.between(0, 2))
    last = days[-1] - 1 if recovery is None else recovery - wait
    given = _transfusions(rows, patient, last, draw)
    rise, plateau = draw.between(2, 8), draw.between(90, 280)
    for day in days:
        if day < 0:
            count = draw.between(70, 240)
        elif day < min(given):
            count = draw.between(22, 28) + 8 * (min(given) - day)
        elif recovery is None or day <= given[-1]:
            count = draw.between(8, 17) if day in given else draw.between(20, 33)
        elif day < recovery:
            count = draw.between(21, 27) if earlier or day - given[-1] <= 2 else draw.between(13, 19)
        else:
            count = min(22 + rise * (day - recovery) + draw.between(0, 4), plateau + draw.between(0, 40))
        _count(patient, rows, day, "platelets", count, "10^9/L")


def _transfusions(rows: Rows, patient: Patient, last: int, draw: Draw) -> list[int]:
    """Add a transfusion every second day up to the last one; return their days."""
    first = min(draw.between(3, 6), last)
    given = sorted(range(last, first - 1, -2))
    for day in given:
        rows.course(patient, "platelet transfusion", day, day, dose=10, unit="mL/kg")
    return given


def _count(patient: Patient, rows: Rows, day: int, analyte: str, value: float, unit: str) -> None:
    rows.add(
        "measurements",
        patient,
        date=patient.on(day),
        analyte=analyte,
        value=value,
        unit=unit,
        specimen="blood",
    )
