"""The constructed patients: profiles with days, an age, a sex, a date of transplant and an id."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from algeri2025.draw import Draw
from algeri2025.profile import profiles
from algeri2025.timeline import timeline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from algeri2025.profile import Profile
    from algeri2025.rows import Rows
    from algeri2025.search import Course
    from algeri2025.timeline import Timeline

CUTOFF = date(2024, 3, 31)
_FIRST, _LAST = date(2016, 1, 1), date(2023, 12, 31)
_SEED = 596
_SEED_OF_SEROLOGY = 24
_COHORT = 78
#: The lowest, the two middle and the highest age: median 8 years, range 1 to 25.
_AGES = (1.03, 8.02, 8.06, 25.05)
_LOWER = (1.6, 2.1, 2.7, 3.1, 3.4, 3.8)
_YOUNG_WITHOUT_TBI = 6
_CMV = ("positive", "positive", "negative")
_CAR_T_SINCE = date(2018, 9, 1)


@dataclass(frozen=True)
class Patient:
    """One constructed patient.

    Attributes
    ----------
    patient_id : str
        A001, A002, ... in the order of transplant.
    profile : Profile
    days : Timeline
    age : float
        Years on day 0.
    sex : str
    day0 : datetime.date
    tbi : bool
    cmv : tuple of str
        CMV serology of donor and recipient.
    """

    patient_id: str
    profile: Profile
    days: Timeline
    age: float
    sex: str
    day0: date
    tbi: bool
    cmv: tuple[str, str]

    @property
    def course(self) -> Course:
        """Return what happened after transplant."""
        return self.profile.course

    def on(self, day: int) -> date:
        """Return the date of a day counted from day 0."""
        return self.day0 + timedelta(days=day)

    def event(self, rows: Rows, day: int, event: str, **values: object) -> None:
        """Add an event of a patient in remission; nothing is recorded on or after the first failure."""
        if day < self.course.first:
            rows.add("events", self, date=self.on(day), event=event, **values)

    @property
    def birth(self) -> date:
        """Return the date of birth."""
        return self.on(-round(self.age * 365.25))


def cohort(courses: Sequence[Course]) -> list[Patient]:
    """Return the 78 patients and the six that the rules exclude, in the order of transplant."""
    draw = Draw(_SEED)
    people = profiles(courses, draw)
    days = [timeline(person, draw) for person in people]
    ages = _ages(days, draw)
    youngest = sorted(range(_COHORT), key=lambda i: ages[i])[:_YOUNG_WITHOUT_TBI]
    sexes = draw.shuffled(["male"] * 49 + ["female"] * (len(people) - 49))
    starts = [_day0(person, draw) for person in people]
    order = sorted(range(len(people)), key=lambda i: (starts[i], i))
    serology = Draw(_SEED_OF_SEROLOGY)
    return [
        Patient(
            patient_id=f"A{number:03d}",
            profile=people[i],
            days=days[i],
            age=ages[i],
            sex=sexes[i],
            day0=starts[i],
            tbi=i not in youngest,
            cmv=(serology.choice(_CMV), serology.choice(_CMV)),
        )
        for number, i in enumerate(order, 1)
    ]


def _ages(days: Sequence[Timeline], draw: Draw) -> list[float]:
    """Deal out ages with the printed median and range; nobody is younger than 3 months at diagnosis."""
    lowest, below, above, highest = _AGES
    lower = [*_LOWER, *(4 + draw.below(390) / 100 for _ in range(_COHORT // 2 - 2 - len(_LOWER)))]
    upper = [8.2 + (draw.below(1000) / 1000) ** 2 * 15.5 for _ in range(_COHORT // 2 - 2)]
    ages = sorted([lowest, *lower, below, above, *upper, highest])
    dealt: dict[int, float] = {}
    for age in ages:
        fitting = [i for i in range(_COHORT) if i not in dealt and age + days[i].diagnosis / 365.25 > 0.25]
        dealt[draw.choice(fitting)] = age
    excluded = [9 + draw.below(600) / 100 for _ in range(_COHORT, len(days))]
    return [*(dealt[i] for i in range(_COHORT)), *excluded]


def _day0(person: Profile, draw: Draw) -> date:
    """Return a date of transplant from which everything that happened fits before the data cut-off."""
    last = person.course.last
    # Alive: last seen in the three months before the cut-off, one in ten a year or two earlier.
    since_contact = draw.between(300, 700) if draw.below(10) == 0 else draw.between(0, 90)
    if person.course.died:
        since_contact = draw.between(100, 1500)
    latest = min(CUTOFF - timedelta(days=last), _LAST)
    day0 = min(CUTOFF - timedelta(days=last + since_contact), _LAST)
    earliest = _FIRST
    if person.salvage == "CAR T":
        earliest = _CAR_T_SINCE - timedelta(days=person.course.first)
    return min(max(day0, earliest), latest)
