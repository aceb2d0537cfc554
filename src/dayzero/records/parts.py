"""Rows that all become rows of one table, as read and as typed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dayzero.records.findings import Where
from dayzero.records.tables import table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dayzero.records.cells import Cell
    from dayzero.records.schema import Dtype, Table


@dataclass(frozen=True)
class Part:
    """Cells by canonical column, still as read.

    Attributes
    ----------
    table : str
        One of the six tables.
    place : str
        Sheet or file, as the user knows it.
    rows : sequence of int
        Source row numbers.
    cells : mapping of str to sequence of Cell
        Canonical column to cells, each as long as ``rows``; columns that the source does not have are absent.
    headers : mapping of str to str
        Canonical column to header as typed; a constant of a mapping has none.
    flat : bool
        Whether the rows come from a flat file, in which an empty cell states nothing.
    contradiction : str
        Which side of a contradiction between an event's day and its yes/no is believed; see
        :mod:`dayzero.records.mapping`.
    extra : mapping of str to (dtype, sequence)
        Variables of a flat file, already typed; only for ``patients``.
    """

    table: str
    place: str
    rows: Sequence[int]
    cells: Mapping[str, Sequence[Cell]]
    headers: Mapping[str, str]
    flat: bool = False
    contradiction: str = "unknown"
    extra: Mapping[str, tuple[Dtype, Sequence[Any]]] = field(default_factory=dict)

    @property
    def schema(self) -> Table:
        """Return the declaration of the table."""
        return table(self.table)

    def header(self, column: str) -> str:
        """Return a column as the user named it."""
        return self.headers.get(column, column)


@dataclass(frozen=True)
class Typed:
    """A part with every cell read.

    Attributes
    ----------
    part : Part
    values : mapping of str to list
        Canonical column to values: text, code, number, calendar date or day; ``None`` where there is none.
    unreadable : mapping of str to frozenset of int
        Canonical column to positions whose cell held something that could not be used.
    never : mapping of str to frozenset of int
        Date column to positions declared as "it did not happen".
    sentinels : mapping of str to frozenset of int
        Date column to positions of numbers that look like a code for "it did not happen", undeclared.
    """

    part: Part
    values: Mapping[str, list[Any]]
    unreadable: Mapping[str, frozenset[int]]
    never: Mapping[str, frozenset[int]]
    sentinels: Mapping[str, frozenset[int]] = field(default_factory=dict)

    def where(self, position: int, column: str | None = None) -> Where:
        """Return the place of a row, or of a cell of it, as the user sees it."""
        ids = self.values["patient_id"]
        header = None if column is None else self.part.header(column)
        return Where(self.part.place, self.part.rows[position], header, ids[position])
