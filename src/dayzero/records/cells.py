"""A cell as a reader hands it over: what was typed, before anything is made of it.

Readers never coerce. A text cell stays text, so that ``00123`` remains an id; a date cell of a workbook stays
a date; an error cell stays an error, so that nothing reads it as empty.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: Longest piece of a cell that a finding may show.
QUOTED = 40
#: What spreadsheets print in a cell whose formula failed.
ERROR_TEXTS: Final = frozenset(
    {
        "#DIV/0!",
        "#N/A",
        "#NAME?",
        "#NULL!",
        "#NUM!",
        "#REF!",
        "#VALUE!",
        "#GETTING_DATA",
        "#SPILL!",
        "#CALC!",
        "#FIELD!",
        "#BLOCKED!",
        "#UNKNOWN!",
        "#BEZUG!",
        "#WERT!",
        "#NV",
        "#RIF!",
        "#VALORE!",
    }
)
#: What other programs write for a value that is not recorded; never taken for it without being declared.
MISSING_CODES: Final = frozenset({"na", "n/a", "nan", "null", ".", "?", "-", "--", "missing"})
_NO_WIDTH: Final = "\ufeff\u200b\u200c\u200d\u2060"
_INVISIBLE = dict.fromkeys(map(ord, _NO_WIDTH), None)
_BLANKS: Final = frozenset(_NO_WIDTH + " \t\r\n\xa0")
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-")
_DATE_IN_TEXT = re.compile(
    r"(?<![\w.])(?:[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}([-/.])[0-9]{1,2}\1(?:[0-9]{4}|[0-9]{2}))(?![0-9])"
)


@dataclass(frozen=True)
class ErrorCell:
    """A cell whose formula failed (``#DIV/0!``), or was never calculated (empty ``text``)."""

    text: str


@dataclass(frozen=True)
class DidNotHappen:
    """A cell that a flat file's mapping declares to mean "it did not happen"."""


@dataclass(frozen=True)
class DayNumber:
    """A day relative to day 0 that a mapping has already converted from weeks, months or years."""

    day: int


NEVER: Final = DidNotHappen()
#: A cell that was already reported: no reader reports it again.
REFUSED: Final = ErrorCell("(reported)")

Cell = (
    str
    | int
    | float
    | bool
    | date
    | datetime
    | time
    | timedelta
    | ErrorCell
    | DidNotHappen
    | DayNumber
    | None
)


@dataclass(frozen=True)
class Problem:
    """What is wrong with a cell: a rule of the catalogue and the words its sentence needs."""

    rule: str
    found: str = ""
    allowed: str = ""
    hint: str = ""
    words: Mapping[str, object] = field(default_factory=dict)


#: The problem of a cell that was already reported.
REPORTED: Final = Problem("")


def error_problem(cell: ErrorCell) -> Problem:
    """Return what is wrong with an error cell."""
    if cell is REFUSED:
        return REPORTED
    return Problem("records.error_cell" if cell.text else "records.formula_without_value", found=cell.text)


@dataclass(frozen=True)
class Grid:
    """One sheet or file as read: a header and columns of cells, all of one length.

    Attributes
    ----------
    place : str
        Sheet or file name, as findings call it.
    header : sequence of str
        As typed; distinct.
    rows : sequence of int
        Row number of each row as a spreadsheet shows it: the header is row 1.
    columns : sequence of sequence of Cell
        Aligned with ``header``; every column is as long as ``rows``.
    """

    place: str
    header: Sequence[str]
    rows: Sequence[int]
    columns: Sequence[Sequence[Cell]]


def tidy(text: str) -> str:
    """Return text without invisible characters and outer blanks, every dash a hyphen, every blank a space."""
    return " ".join(text.translate(_INVISIBLE).translate(_DASHES).split())


def as_text(cell: Cell) -> str | None:
    """Return a cell as it would be typed, ``None`` when it is blank or holds no text.

    A whole number loses its ``.0``; a number keeps 15 significant digits, which is what a spreadsheet holds.
    """
    if isinstance(cell, str):
        return tidy(cell) or None
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else f"{cell:.15g}"
    if isinstance(cell, int):
        return str(cell)
    return None


def blank(cell: Cell) -> bool:
    """Return whether a cell is empty or holds nothing but blanks."""
    if not isinstance(cell, str):
        return cell is None
    return not cell or cell.isspace() or (cell[0] in _BLANKS and not tidy(cell))


def missing_hint(text: str) -> str:
    """Return what to do about a text that other programs write for "not recorded"; empty for any other."""
    if text.casefold() not in MISSING_CODES:
        return ""
    return f'if {text} means not recorded, empty the cell, or declare it in a mapping: missing = ["{text}"]'


def form(text: str) -> str:
    """Return the form of a text and none of its content: ``03/04/2020`` gives ``##/##/####``."""
    return re.sub(r"[^\W\d_]", "x", re.sub(r"\d", "#", text))[:QUOTED]


def quote(text: str) -> str:
    """Return a cell's text as a finding may show it: short, and dates only by their form."""
    shown = _DATE_IN_TEXT.sub(lambda match: form(match.group()), text)
    return shown if len(shown) <= QUOTED else shown[: QUOTED - 1] + "…"


def without_dates(text: str) -> str:
    """Return free text with every calendar date replaced by ``[date]``."""
    return _DATE_IN_TEXT.sub("[date]", text)
