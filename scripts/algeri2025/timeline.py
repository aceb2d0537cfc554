"""The days before transplant of a constructed patient, counted from day 0 (so all are negative)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from algeri2025.profile import LATE_REMISSION

if TYPE_CHECKING:
    from algeri2025.draw import Draw
    from algeri2025.profile import Profile

Course = tuple[int, int]  # first and last day

_FIRST_LINE = 730  # days of first-line therapy of a patient who does not relapse during it
#: From diagnosis to the first relapse; very early is below 18 months (548 days) from diagnosis.
_TO_FIRST_RELAPSE = {"very early": (240, 520), "early": (590, 890), "late": (960, 1900)}


@dataclass(frozen=True)
class Timeline:
    """Days relative to day 0.

    Attributes
    ----------
    diagnosis, first_line_end : int or None
    relapses, remissions : tuple of int
        A remission for each line of therapy; ``remissions[i + 1]`` follows ``relapses[i]``.
    chemotherapy : tuple of (int, int)
        One course for each line.
    inotuzumab, blinatumomab : tuple of (int, int)
        Cycles.
    mrd_before : int
        Sample before blinatumomab (or before the last therapy).
    mrd_last : int
        Sample in the 30 days before transplant.
    """

    diagnosis: int
    first_line_end: int | None
    relapses: tuple[int, ...]
    remissions: tuple[int, ...]
    chemotherapy: tuple[Course, ...]
    inotuzumab: tuple[Course, ...]
    blinatumomab: tuple[Course, ...]
    mrd_before: int
    mrd_last: int


def timeline(person: Profile, draw: Draw) -> Timeline:
    """Lay out the days before transplant, backwards from day 0."""
    blinatumomab = _blinatumomab(person, draw)
    last_start = blinatumomab[0][0] if blinatumomab else -draw.between(35, 50)
    mrd_before = last_start - draw.between(1, 7)
    relapses = _relapses(person, draw, last_start)
    diagnosis = _diagnosis(person, draw, relapses, last_start)
    inotuzumab = _inotuzumab(person, draw, last_start)
    chemotherapy_ends = [*relapses, mrd_before if not inotuzumab else inotuzumab[0][0]]
    starts = [diagnosis, *relapses]
    chemotherapy = [
        (start + draw.between(2, 6), min(start + _FIRST_LINE, end - draw.between(8, 13)))
        for start, end in zip(starts, chemotherapy_ends, strict=True)
    ]
    if person.last_therapy == "chemotherapy":
        chemotherapy[-1] = (chemotherapy[-1][0], -draw.between(15, 25))
    return Timeline(
        diagnosis=diagnosis,
        first_line_end=chemotherapy[0][1] if relapses else None,
        relapses=tuple(relapses),
        remissions=tuple(_remissions(person, draw, diagnosis, relapses, blinatumomab)),
        chemotherapy=tuple(chemotherapy),
        inotuzumab=inotuzumab,
        blinatumomab=blinatumomab,
        mrd_before=mrd_before,
        mrd_last=-draw.between(4, 11),
    )


def _blinatumomab(person: Profile, draw: Draw) -> tuple[Course, ...]:
    """One or two cycles of 28 days, 14 days apart, ending two to four weeks before day 0."""
    if person.last_therapy != "blinatumomab":
        return ()
    stop = -draw.between(14, 29)
    last = (stop - 28, stop)
    second = person.purpose == "refractory" or draw.below(5) < 2
    return ((last[0] - 42, last[0] - 14), last) if second else (last,)


def _inotuzumab(person: Profile, draw: Draw, before: int) -> tuple[Course, ...]:
    """One or two cycles (days 1, 8 and 15), three weeks apart, before the last therapy or as the last one."""
    if person.last_therapy == "inotuzumab":
        return ((-60, -46),)
    if not person.inotuzumab:
        return ()
    stop = before - draw.between(10, 18)
    last = (stop - 14, stop)
    return ((last[0] - 21, last[0] - 7), last) if draw.below(2) else (last,)


def _relapses(person: Profile, draw: Draw, last_start: int) -> list[int]:
    if person.remission == 1:
        return []
    salvage = draw.between(112, 150) if person.inotuzumab else draw.between(60, 95)
    last = last_start - salvage
    return [last] if person.remission == 2 else [last - draw.between(480, 900), last]


def _diagnosis(person: Profile, draw: Draw, relapses: list[int], last_start: int) -> int:
    if not relapses:
        return last_start - draw.between(120, 200)
    return relapses[0] - draw.between(*_TO_FIRST_RELAPSE[person.timing])


def _remissions(
    person: Profile, draw: Draw, diagnosis: int, relapses: list[int], blinatumomab: tuple[Course, ...]
) -> list[int]:
    first = draw.between(58, 80) if LATE_REMISSION in person.features else draw.between(29, 33)
    days = [diagnosis + first, *(relapse + draw.between(30, 42) for relapse in relapses)]
    if person.purpose == "refractory":
        days[-1] = blinatumomab[0][1] + draw.between(1, 3)
    return days
