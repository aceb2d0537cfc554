"""What a table is, whatever it is written as: HTML, CSV or a spreadsheet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from dayzero.report.numbers import Inline, text_of, words

if TYPE_CHECKING:
    from collections.abc import Iterable

Align = Literal["left", "right", "centre"]


@dataclass(frozen=True)
class Column:
    """A column: its heading, and a spanning heading above it where ``spanner`` is not empty."""

    label: str
    align: Align = "left"
    spanner: str = ""


@dataclass(frozen=True)
class Cell:
    """A cell: its text, and the marks of the footnotes that belong to it."""

    content: Inline = ()
    marks: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Return the text without footnote marks."""
        return text_of(self.content)


@dataclass(frozen=True)
class Row:
    """A row.

    Attributes
    ----------
    cells : tuple of Cell
        The first is the row's heading. A row of kind ``heading`` or ``refused`` has one cell in all.
    kind : {"data", "heading", "subheading", "refused"}
    indent : int
        Levels by which the first cell is moved in.
    ref : str
        Id in the results of what the row is about.
    """

    cells: tuple[Cell, ...]
    kind: Literal["data", "heading", "subheading", "refused"] = "data"
    indent: int = 0
    ref: str = ""


@dataclass(frozen=True)
class Footnote:
    """A footnote; ``mark`` is empty for a remark on the whole table."""

    mark: str
    text: str


@dataclass(frozen=True)
class Table:
    """A table ready to be written; ``name`` is its file name, ``caption`` its title."""

    name: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    footnotes: tuple[Footnote, ...] = ()
    wide: bool = False


def cell(text: str) -> Cell:
    """Return a cell with plain words."""
    return Cell(words(text))


def data_row(cells: Iterable[Cell | Inline | str], *, indent: int = 0, ref: str = "") -> Row:
    """Return a row of data from cells, inline texts or plain words."""
    return Row(tuple(_as_cell(part) for part in cells), indent=indent, ref=ref)


def heading_row(text: str, kind: Literal["heading", "refused"] = "heading", ref: str = "") -> Row:
    """Return a row of one cell across the table."""
    return Row((cell(text),), kind, ref=ref)


def _as_cell(part: Cell | Inline | str) -> Cell:
    if isinstance(part, Cell):
        return part
    return cell(part) if isinstance(part, str) else Cell(part)


class Footnotes:
    """Footnotes in the order in which they are first used, each text once: a, b, c..."""

    def __init__(self) -> None:
        self._marks: dict[str, str] = {}

    def mark(self, text: str) -> tuple[str, ...]:
        """Return the mark of a footnote; none for an empty text."""
        if not text:
            return ()
        if text not in self._marks:
            self._marks[text] = _letters(len(self._marks))
        return (self._marks[text],)

    def all(self) -> tuple[Footnote, ...]:
        """Return the footnotes used."""
        return tuple(Footnote(mark, text) for text, mark in self._marks.items())


def _letters(number: int) -> str:
    """Return a, b, ... z, aa, ab, ..."""
    letter = chr(ord("a") + number % 26)
    return letter if number < 26 else _letters(number // 26 - 1) + letter
