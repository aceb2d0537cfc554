"""How a table fits a printed page: size of letters, which way up, widths of columns, parts at worst."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dayzero.report.figures import typeface as face

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dayzero.report.tables.model import Cell, Row, Table

#: White space to the left and right of a cell's text, together, in points.
PADDING = 9.0
#: By how much one level of indentation moves the first cell in, in points.
INDENT = 9.0
_UPRIGHT_SIZES, _SIDEWAYS_SIZES = (8.5, 8.0, 7.5), (8.0, 7.5, 7.0)
#: A word longer than this may be broken, a column of words is never narrower than its words up to this.
_LONGEST_WORD, _NARROWEST = 110.0, 46.0
#: Bold letters of Word's typeface are wider than ours by up to so much.
_BOLD = 1.07
#: A column of running text wants no more than this, so that it leaves room for the others.
_WIDEST = 270.0
#: Height of a line, as a multiple of the letters', and the white space around a row, in points.
_LINE, _ROW_PADDING = 1.2, 5.2


@dataclass(frozen=True)
class Part:
    """Columns that stand side by side: their indices in the table, and their widths in points."""

    columns: tuple[int, ...]
    widths: tuple[float, ...]


@dataclass(frozen=True)
class Fit:
    """How a table is set: size of its letters in points, whether the page is turned, and its parts."""

    size: float
    landscape: bool
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class _Need:
    """What a column needs at least, and what it would like."""

    least: float
    liked: float


def fit(table: Table, upright: float, sideways: float) -> Fit:
    """Return how a table is set on a page.

    Parameters
    ----------
    table : Table
    upright, sideways : float
        Width of the text on a page and on one turned on its side, in points.

    Returns
    -------
    Fit
        The largest letters with which every column has room; a table that has room in none is cut into
        parts, each of which starts with the first column again.
    """
    for size in _UPRIGHT_SIZES:
        needs = _needs(table, size)
        wanted = sum(need.liked if table.wide else need.least for need in needs)
        if wanted <= upright:
            return Fit(size, False, (_part(range(len(needs)), needs, upright),))
    for size in _SIDEWAYS_SIZES:
        needs = _needs(table, size)
        if sum(need.least for need in needs) <= sideways:
            return Fit(size, True, (_part(range(len(needs)), needs, sideways),))
    return Fit(size, True, tuple(_part(columns, needs, sideways) for columns in _cut(needs, sideways)))


def height(table: Table, chosen: Fit) -> float:
    """Return about how high a table will be, in points: enough to know whether it can be kept on one page."""
    return sum(
        sum(row_lines(row, part, chosen.size) for row in table.rows) * _LINE * chosen.size
        + (len(table.rows) + 2) * _ROW_PADDING
        for part in chosen.parts
    )


def row_lines(row: Row, part: Part, size: float) -> int:
    """Return over how many lines the highest cell of a row runs."""
    return max(len(face.wrapped(cell.text, size, room)) for cell, room in cells_with_room(row, part))


def cells_with_room(row: Row, part: Part) -> list[tuple[Cell, float]]:
    """Return the cells of a row that belong to a part, with the width of their text in points."""
    moved = INDENT * row.indent
    if row.kind in ("heading", "refused"):
        return [(row.cells[0], max(sum(part.widths) - PADDING, _NARROWEST))]
    return [
        (row.cells[index], max(width - PADDING - (0.0 if place else moved), 12.0))
        for place, (index, width) in enumerate(zip(part.columns, part.widths, strict=True))
    ]


def _cut(needs: list[_Need], room: float) -> Iterator[list[int]]:
    columns, used = [0], needs[0].least
    for index, need in enumerate(needs[1:], start=1):
        if len(columns) > 1 and used + need.least > room:
            yield columns
            columns, used = [0], needs[0].least
        columns.append(index)
        used += need.least
    yield columns


def _part(columns: range | list[int], needs: list[_Need], room: float) -> Part:
    """Give every column what it likes, or what it needs and its share of the rest."""
    own = [needs[index] for index in columns]
    least, liked = sum(need.least for need in own), sum(need.liked for need in own)
    if liked <= room:
        return Part(tuple(columns), tuple(need.liked for need in own))
    share = max(room - least, 0.0) / (liked - least) if liked > least else 0.0
    widths = [need.least + share * (need.liked - need.least) for need in own]
    scale = min(1.0, room / sum(widths))
    return Part(tuple(columns), tuple(width * scale for width in widths))


def _needs(table: Table, size: float) -> list[_Need]:
    return [_need(table, index, size) for index in range(len(table.columns))]


def _need(table: Table, index: int, size: float) -> _Need:
    column = table.columns[index]
    least = [_BOLD * _longest_word(column.label, size, bold=True)]
    liked = [_BOLD * face.width(column.label, size, bold=True) if len(column.label) < 24 else least[0]]
    for row in table.rows:
        if index >= len(row.cells) or (len(row.cells) == 1 and len(table.columns) > 1):
            continue
        cell = row.cells[index]
        marks = face.width(", ".join(cell.marks), 0.75 * size)
        moved = INDENT * row.indent if index == 0 else 0.0
        whole = face.width(cell.text, size) + marks + moved
        liked.append(whole)
        # A figure with its percentage stays on one line; words may be wrapped.
        unbroken = column.align == "right" and whole < _LONGEST_WORD
        least.append(
            whole if unbroken else min(_longest_word(cell.text, size) + marks, _LONGEST_WORD) + moved
        )
    most = min(max(liked), _WIDEST)
    smallest = min(max(*least, _NARROWEST if len(table.columns) > 1 else 0.0), max(most, max(least)))
    return _Need(smallest + PADDING, max(most, smallest) + PADDING)


def _longest_word(text: str, size: float, *, bold: bool = False) -> float:
    return max((face.width(word, size, bold=bold) for word in text.split()), default=0.0)


def breakable(text: str, width: float, size: float) -> str:
    """Return a text that can be wrapped to a width: zero-width spaces are put into longer words only."""
    return " ".join(
        "\u200b".join(face.wrapped(word, size, width)) if face.width(word, size) > width else word
        for word in text.split(" ")
    )
