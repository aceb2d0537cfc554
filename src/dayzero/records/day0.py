"""Find each patient's day 0: the first allogeneic transplant, and nothing that merely could be it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dayzero.records.log import Log
    from dayzero.records.moments import Moment
    from dayzero.records.parts import Typed


@dataclass(frozen=True)
class Anchor:
    """Day 0 of a patient whose source gives days only."""


ANCHOR: Final = Anchor()
#: A calendar date, or only the fact that days count from it.
Day0 = date | Anchor


@dataclass(frozen=True)
class _Graft:
    typed: Typed
    position: int
    moment: Moment | None
    number: int | None
    kind: str | None


def find_day0(transplants: Sequence[Typed], patients: Typed, log: Log) -> dict[str, Day0]:
    """Return the day 0 of every patient who has one; why the others have none is reported.

    A transplant whose date or type is missing or unreadable leaves day 0 unknown, unless its date or its
    number says that it came later: the next transplant must not become day 0 silently.
    """
    grafts: dict[str, list[_Graft]] = {}
    for typed in transplants:
        for patient, graft in _possibly_allogeneic(typed):
            grafts.setdefault(patient, []).append(graft)
    found: dict[str, Day0] = {}
    for position, patient in enumerate(patients.values["patient_id"]):
        if patient is None or patient in found:
            continue
        if patient not in grafts:
            log.add("records.no_transplant", patients.where(position))
            continue
        day0 = _first(grafts[patient], log)
        if day0 is not None:
            found[patient] = day0
    return found


def _possibly_allogeneic(typed: Typed) -> list[tuple[str, _Graft]]:
    values = typed.values
    numbers = values.get("number", [None] * len(values["patient_id"]))
    rows = zip(values["patient_id"], values["type"], values["date"], numbers, strict=True)
    return [
        (patient, _Graft(typed, position, moment, number, kind))
        for position, (patient, kind, moment, number) in enumerate(rows)
        if patient is not None and kind in (None, "allogeneic")
    ]


def _first(grafts: list[_Graft], log: Log) -> Day0 | None:
    sure = [graft for graft in grafts if graft.kind is not None and graft.moment is not None]
    for graft in grafts:
        if graft not in sure and not _later(graft, sure):
            log.add("records.day0_unknown", graft.typed.where(graft.position))
            return None
    dates = [graft.moment for graft in sure if isinstance(graft.moment, date)]
    days = [graft.moment for graft in sure if isinstance(graft.moment, int)]
    first_day = min(days, default=0)
    if (dates and days and first_day <= 0) or (not dates and first_day != 0):
        worst = next(graft for graft in sure if graft.moment == first_day)
        log.add("records.day0_not_zero", worst.typed.where(worst.position, "date"), day=first_day)
        return None
    _check_numbers(sure, log)
    return min(dates) if dates else ANCHOR


def _later(graft: _Graft, sure: list[_Graft]) -> bool:
    """Return whether a graft of unknown date or type certainly came after one that is known."""
    for other in sure:
        if graft.moment is not None and type(graft.moment) is type(other.moment):
            if _ordinal(graft.moment) > _ordinal(other.moment):
                return True
        elif graft.number is not None and other.number is not None and graft.number > other.number:
            return True
    return False


def _check_numbers(sure: list[_Graft], log: Log) -> None:
    kind = type(sure[0].moment)
    placed = [graft for graft in sure if graft.number is not None and type(graft.moment) is kind]
    by_date = sorted(placed, key=lambda graft: (_ordinal(graft.moment), graft.number or 0))
    numbers = [graft.number or 0 for graft in by_date]
    if numbers != sorted(numbers):
        log.add("records.transplant_order", by_date[0].typed.where(by_date[0].position, "number"))


def _ordinal(moment: Moment | None) -> int:
    return moment.toordinal() if isinstance(moment, date) else int(moment or 0)


def place(moment: Moment | None, day0: Day0 | None) -> tuple[int | None, str]:
    """Return the day of a moment relative to day 0, and the rule that forbids it where there is none.

    Returns
    -------
    day : int or None
    rule : str
        Empty when the moment was placed, or was ``None``.
    """
    if moment is None:
        return None, ""
    if day0 is None:
        return None, "records.not_placed"
    if isinstance(moment, date):
        if isinstance(day0, Anchor):
            return None, "records.no_calendar"
        return (moment - day0).days, ""
    return moment, ""


def key_of(found: Mapping[str, Day0]) -> dict[str, date]:
    """Return the calendar date of day 0 of each patient whose source gives one."""
    return {patient: day0 for patient, day0 in found.items() if isinstance(day0, date)}
