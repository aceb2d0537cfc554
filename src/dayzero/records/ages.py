"""Age at day 0: completed years, in tenths below the age of two, and never above 90."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dayzero.records.day0 import Day0
    from dayzero.records.log import Log
    from dayzero.records.moments import Moment
    from dayzero.records.parts import Typed

#: Ages above it are set to it. 45 CFR 164.514(b)(2)(i)(C): ages over 89 are one category of 90 or older.
CAP: Final = 90.0
#: An older age is an error, not a person.
OLDEST: Final = 110.0
_DAYS_A_YEAR: Final = 365.25


def ages_at_day0(typed: Typed, kept: list[int], day0: Mapping[str, Day0], log: Log) -> list[float | None]:
    """Return the age of each patient at day 0, from the date of birth where there is one.

    A date of birth without day 0 gives no age; then, as without a date of birth, the age given is used.
    """
    empty = [None] * len(typed.part.rows)
    births, given = typed.values.get("birth_date", empty), typed.values.get("age", empty)
    ages: list[float | None] = []
    for i in kept:
        computed = _computed(typed, i, births[i], day0.get(typed.values["patient_id"][i]), log)
        age = given[i] if computed is None else computed
        if computed is not None and given[i] is not None and abs(given[i] - computed) > 1.0:
            log.add("records.age_disagrees", typed.where(i, "age"), computed=f"{computed:g}")
        if age is None and i not in typed.unreadable.get("age", ()) and births[i] is None:
            _report_missing(typed, i, log)
        if age is not None and age > CAP:
            log.add("records.age_capped", typed.where(i, "age"))
            age = CAP
        ages.append(age)
    return ages


def _report_missing(typed: Typed, position: int, log: Log) -> None:
    has_column = "age" in typed.part.cells or "birth_date" in typed.part.cells
    if has_column and not typed.part.flat and position not in typed.unreadable.get("birth_date", ()):
        log.add("records.missing_value", typed.where(position, "age"))


def _computed(typed: Typed, position: int, birth: Moment | None, day0: Day0 | None, log: Log) -> float | None:
    if birth is None:
        return None
    days = _days_lived(birth, day0)
    if days is None:
        rule = "records.not_placed" if day0 is None else "records.no_calendar"
        where = typed.where(position, "birth_date")
        log.add(rule, where, outcome="value", column=typed.part.header("birth_date"))
        return None
    if days < 0:
        log.add("records.birth_after_day0", typed.where(position, "birth_date"), outcome="value")
        return None
    age = age_between(birth, day0) if isinstance(birth, date) and isinstance(day0, date) else _from_days(days)
    if age > OLDEST:
        where = typed.where(position, "birth_date")
        allowed = f"an age at day 0 of 0 to {OLDEST:g} years"
        log.add("records.implausible_date", where, allowed=allowed, outcome="value")
        return None
    return age


def _days_lived(birth: Moment, day0: Day0 | None) -> int | None:
    if isinstance(birth, int):
        return None if day0 is None else -birth
    return (day0 - birth).days if isinstance(day0, date) else None


def age_between(birth: date, day: date) -> float:
    """Return completed years between two dates; below two years, years rounded down to a tenth."""
    before_birthday = (day.month, day.day) < (birth.month, birth.day)
    years = day.year - birth.year - before_birthday
    return float(years) if years >= 2 else _from_days((day - birth).days)


def _from_days(days: int) -> float:
    years = days / _DAYS_A_YEAR
    return float(int(years)) if years >= 2 else int(years * 10) / 10
