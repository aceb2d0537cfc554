"""Read a column of dates: calendar dates, or days relative to day 0. Day and month are never guessed."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from math import isfinite
from typing import TYPE_CHECKING, Final

from dayzero.records.cells import (
    NEVER,
    Cell,
    DayNumber,
    ErrorCell,
    Problem,
    as_text,
    blank,
    error_problem,
    form,
    missing_hint,
)
from dayzero.records.schema import ABSENT

if TYPE_CHECKING:
    from collections.abc import Sequence

#: A calendar date, or a day relative to day 0.
Moment = date | int

ORDERS: Final = ("ymd", "dmy", "mdy")
#: Which day of the month a date without a day is given, where that is declared.
PARTIAL: Final = ("first", "middle", "last")
_MIDDLE: Final = 15
_ORDER_WORDS: Final = {"dmy": "day/month/year", "mdy": "month/day/year", "ymd": "year-month-day"}
_ALLOWED: Final = "a date such as 2023-05-17, or days from day 0 such as 15, D+15 or -7"
_NO_SUCH_DAY: Final = "the calendar has no such day: look the date up and correct it"
#: Days beyond this are no day of a patient's life after transplant: a sentinel, or a date stored as a number.
FARTHEST_DAY: Final = 20_000
EARLIEST_DAY: Final = -40_000
_YEARS: Final = range(1900, 2101)
#: Nobody was transplanted before; an earlier date is a day number typed into a cell formatted as a date.
_EARLIEST_YEAR: Final = 1950

_TIME = r"(?:[T ]+[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"
_YEAR_FIRST = re.compile(rf"([0-9]{{4}})([-/.])([0-9]{{1,2}})\2([0-9]{{1,2}}){_TIME}")
_YEAR_LAST = re.compile(rf"([0-9]{{1,2}})([-/.])([0-9]{{1,2}})\2([0-9]{{4}}|[0-9]{{2}}){_TIME}")
_NAMED = re.compile(r"([0-9]{1,2})[ ./-]*([A-Za-z]{3,9})[ .,/-]*([0-9]{4}|[0-9]{2})")
_NAMED_FIRST = re.compile(r"([A-Za-z]{3,9})[ .]*([0-9]{1,2})[ ,]+([0-9]{4})")
_MONTH_ONLY = re.compile(r"(?P<y>[0-9]{4})[-/.](?P<m>[0-9]{1,2})|(?P<m2>[0-9]{1,2})[-/.](?P<y2>[0-9]{4})")
_MONTH_NAMED = re.compile(r"(?P<m>[A-Za-z]{3,9})[ .,/-]*(?P<y>[0-9]{4})")
_OFFSET = re.compile(r"(?:[Dd](?:[Aa][Yy])?)? ?([+-]?) ?([0-9]{1,7})")
_DECIMAL_DAY = re.compile(r"[+-]?[0-9]+\.[0-9]+")
_MONTHS: Final = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)


@dataclass(frozen=True)
class DateRule:
    """How the dates of a source are read, as declared.

    Attributes
    ----------
    order : {"", "ymd", "dmy", "mdy"}
        Of dates written with numbers; without one they are refused.
    partial : {"", "first", "middle", "last"}
        Which day a month without a day becomes (``middle``: the 15th); without one it is refused.
    """

    order: str = ""
    partial: str = ""


@dataclass(frozen=True)
class MomentColumn:
    """A column of dates as read.

    Attributes
    ----------
    values : list of (date, int or None)
    never : frozenset of int
        Positions declared to mean "it did not happen".
    problems : list of (int, Problem)
        Position and what is wrong there; the value there is ``None`` unless the rule says it was rounded.
    """

    values: list[Moment | None]
    never: frozenset[int]
    problems: list[tuple[int, Problem]]


def read_moments(
    cells: Sequence[Cell], order: str = "", *, offsets: bool = True, partial: str = ""
) -> MomentColumn:
    """Read every cell of a date column.

    Parameters
    ----------
    cells : sequence of Cell
    order : {"", "ymd", "dmy", "mdy"}
        Declared order of dates written with numbers; without one such dates are refused.
    offsets : bool
        Whether a whole number is a day relative to day 0 (it is not, for a date of birth).
    partial : {"", "first", "middle", "last"}
        Declared day of a month whose day is missing; without one such dates are refused.
    """
    rule = DateRule(order, partial)
    known: dict[tuple[type, Cell], tuple[Moment | None, Problem | None]] = {}
    values: list[Moment | None] = []
    problems: list[tuple[int, Problem]] = []
    never: list[int] = []
    for position, cell in enumerate(cells):
        key = (type(cell), cell)
        if key not in known:
            known[key] = _plausible(*_read(cell, rule), birth=not offsets)
        value, problem = known[key]
        values.append(value)
        if problem is not None:
            problems.append((position, problem))
        if cell is NEVER:
            never.append(position)
    _refuse_bare_years(cells, values, problems, offsets=offsets)
    _refuse_sentinels(cells, values, problems)
    fits = _order_that_fits([problem for _, problem in problems])
    problems = [(position, _with_order(problem, fits)) for position, problem in sorted(problems, key=_first)]
    return MomentColumn(values, frozenset(never), problems)


def _plausible(
    value: Moment | None, problem: Problem | None, *, birth: bool
) -> tuple[Moment | None, Problem | None]:
    if isinstance(value, date) and value.year < _EARLIEST_YEAR and not birth:
        return None, Problem(
            "records.implausible_date",
            allowed=f"a year from {_EARLIEST_YEAR}",
            hint="a day number in a cell formatted as a date becomes a date in 1900: format it as a number",
        )
    return value, problem


def _first(pair: tuple[int, Problem]) -> int:
    return pair[0]


def _read(cell: Cell, rule: DateRule) -> tuple[Moment | None, Problem | None]:
    if cell is None or cell is NEVER:
        return None, None
    if isinstance(cell, DayNumber):
        return _offset(cell.day)
    if isinstance(cell, datetime):
        return _calendar(cell.year, cell.month, cell.day)
    if isinstance(cell, date):
        return _calendar(cell.year, cell.month, cell.day)
    if isinstance(cell, ErrorCell):
        return None, error_problem(cell)
    if isinstance(cell, float) and not cell.is_integer():
        return _rounded(cell)
    if blank(cell):
        return None, None
    text = as_text(cell)
    if text is None or isinstance(cell, bool):
        return None, Problem("records.not_a_date", allowed=_ALLOWED)
    return _read_text(text, rule)


def _read_text(text: str, rule: DateRule) -> tuple[Moment | None, Problem | None]:
    if text.casefold() in ABSENT:
        return None, None
    if match := _YEAR_FIRST.fullmatch(text):
        return _calendar(int(match[1]), int(match[3]), int(match[4]), text)
    if match := _YEAR_LAST.fullmatch(text):
        return _ordered(match, text, rule.order)
    if match := _NAMED.fullmatch(text):
        return _named(match[3], match[2], match[1], text)
    if match := _NAMED_FIRST.fullmatch(text):
        return _named(match[3], match[1], match[2], text)
    if match := _OFFSET.fullmatch(text):
        return _offset(int(match[1] + match[2]))
    if _DECIMAL_DAY.fullmatch(text):
        return _rounded(float(text))
    return _without_day(text, rule.partial)


def _without_day(text: str, partial: str) -> tuple[Moment | None, Problem | None]:
    """Read ``2021-05``, ``05/2021`` or ``May 2021`` by the declared rule; anything else is no date."""
    if match := _MONTH_ONLY.fullmatch(text):
        return _imputed(int(match["y"] or match["y2"]), int(match["m"] or match["m2"]), text, partial)
    if (match := _MONTH_NAMED.fullmatch(text)) and (number := _month_number(match["m"])):
        return _imputed(int(match["y"]), number, text, partial)
    hint = missing_hint(text)
    return None, Problem(
        "records.not_a_date", found=text if hint else form(text), allowed=_ALLOWED, hint=hint
    )


def _imputed(year: int, month: int, text: str, partial: str) -> tuple[Moment | None, Problem | None]:
    if year not in _YEARS or not 1 <= month <= 12:
        return _calendar(year, month, 1, text)
    if not partial:
        return None, Problem("records.month_only", found=form(text), allowed=_ALLOWED)
    days = {"first": 1, "middle": _MIDDLE, "last": calendar.monthrange(year, month)[1]}
    return date(year, month, days[partial]), Problem("records.day_imputed", found=partial)


def _month_number(name: str) -> int:
    """Return the month that a name or its beginning says, 0 when it says none or several."""
    starts = [number for number, month in enumerate(_MONTHS, 1) if month.startswith(name.casefold())]
    return starts[0] if len(starts) == 1 else 0


def _calendar(year: int, month: int, day: int, text: str = "") -> tuple[Moment | None, Problem | None]:
    if year not in _YEARS:
        return None, Problem("records.implausible_date", allowed="a year from 1900 to 2100")
    try:
        return date(year, month, day), None
    except ValueError:
        return None, Problem("records.not_a_date", found=form(text), allowed=_ALLOWED, hint=_NO_SUCH_DAY)


def _ordered(match: re.Match[str], text: str, order: str) -> tuple[Moment | None, Problem | None]:
    first, second, year = int(match[1]), int(match[3]), match[4]
    if len(year) == 2:
        return None, Problem("records.two_digit_year", found=form(text), allowed="a year of four digits")
    if order not in ("dmy", "mdy"):
        words = {"first": first, "second": second}
        return None, Problem("records.ambiguous_date", found=form(text), allowed=_ALLOWED, words=words)
    day, month = (first, second) if order == "dmy" else (second, first)
    if month > 12:
        return None, Problem(
            "records.wrong_date_order",
            found=form(text),
            allowed=_ORDER_WORDS[order],
            words={"order": order},
        )
    return _calendar(int(year), month, day, text)


def _named(year: str, month: str, day: str, text: str) -> tuple[Moment | None, Problem | None]:
    number = _month_number(month)
    if not number:
        return None, Problem("records.not_a_date", found=form(text), allowed=_ALLOWED)
    if len(year) == 2:
        return None, Problem("records.two_digit_year", found=form(text), allowed="a year of four digits")
    return _calendar(int(year), number, int(day), text)


def _offset(day: int) -> tuple[Moment | None, Problem | None]:
    if EARLIEST_DAY <= day <= FARTHEST_DAY:
        return day, None
    return None, Problem(
        "records.implausible_day",
        found=str(day),
        allowed=f"days from day 0, {EARLIEST_DAY} to {FARTHEST_DAY}",
        words={"day": day},
    )


def _rounded(value: float) -> tuple[Moment | None, Problem | None]:
    if not isfinite(value):
        return None, Problem("records.not_a_date", found=str(value), allowed=_ALLOWED)
    day, problem = _offset(round(value))
    if problem is not None:
        return None, problem
    return day, Problem("records.day_not_whole", found=f"{value:.6g}", words={"day": day})


def _refuse_bare_years(
    cells: Sequence[Cell],
    values: list[Moment | None],
    problems: list[tuple[int, Problem]],
    *,
    offsets: bool,
) -> None:
    """Refuse ``2019`` beside calendar dates: it is a year, not day 2019."""
    if offsets and not any(isinstance(value, date) for value in values):
        return
    for position, value in enumerate(values):
        if isinstance(value, int) and value in _YEARS and not isinstance(cells[position], DayNumber):
            values[position] = None
            problems.append((position, Problem("records.incomplete_date", found="####", allowed=_ALLOWED)))


def _refuse_sentinels(
    cells: Sequence[Cell], values: list[Moment | None], problems: list[tuple[int, Problem]]
) -> None:
    """Refuse 999, 9999... that lie far from every other day of the column: a code for "none", not a day.

    Written as ``D+999`` it is a day.
    """
    days = [abs(value) for value in values if isinstance(value, int) and not _nines(value)]
    farthest = max(days, default=0)
    for position, value in enumerate(values):
        if not isinstance(value, int) or not _nines(value) or str(cells[position]).strip()[:1] in ("D", "d"):
            continue
        if days and abs(value) > 3 * farthest:
            values[position] = None
            words = {"number": value, "farthest": farthest}
            hint = f"if it is a day, write D{value:+d}"
            problems.append(
                (position, Problem("records.sentinel_suspected", found=str(value), hint=hint, words=words))
            )


def _nines(value: int) -> bool:
    digits = str(abs(value))
    return len(digits) >= 3 and set(digits) == {"9"}


def _order_that_fits(problems: list[Problem]) -> str:
    """Return which order the refused dates of a column allow, in words."""
    pairs = [problem.words for problem in problems if problem.rule == "records.ambiguous_date"]
    firsts = max((int(str(words["first"])) for words in pairs), default=0)
    seconds = max((int(str(words["second"])) for words in pairs), default=0)
    if firsts > 12 and seconds > 12:
        return "both orders occur in this column: correct it, or write dates as 2023-05-17"
    if firsts > 12:
        return (
            'only day/month/year fits every date of this column: declare date_order = "dmy" if that is right'
        )
    if seconds > 12:
        return (
            'only month/day/year fits every date of this column: declare date_order = "mdy" if that is right'
        )
    return 'declare date_order = "dmy" or "mdy", or write dates as 2023-05-17'


def _with_order(problem: Problem, fits: str) -> Problem:
    return replace(problem, hint=fits) if problem.rule == "records.ambiguous_date" else problem
