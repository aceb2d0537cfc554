"""Where a fact stands in the user's own file: the sheet and the headers that findings name."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from dayzero.records.findings import Where
from dayzero.records.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dayzero.records.parts import Part

#: The column whose code tells the rows of one table apart: in a flat file each kind has headers of its own.
KIND: Final = {
    "treatments": "agent",
    "transplants": "type",
    "measurements": "analyte",
    "events": "event",
}


@dataclass(frozen=True)
class Places:
    """The user's names of sheets and columns.

    Attributes
    ----------
    sheets : mapping of str to str
        Table to sheet or file name.
    headers : mapping of (str, str) to mapping of str to str
        Table and kind (an event, an analyte...; empty for all) to canonical column to header.
    known : bool
        ``False`` for records that no reader of this room made: then every column counts as present.
    """

    sheets: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)
    known: bool = False

    def header(self, table: str, kind: str, column: str) -> str | None:
        """Return a column as the user named it, ``None`` when the source has no such column."""
        if not self.known:
            return column
        own = self.headers.get((table, kind), {}).get(column)
        return own or self.headers.get((table, ""), {}).get(column)

    def where(
        self, table: str, row: int | None, column: str | None, patient_id: str | None, kind: str = ""
    ) -> Where:
        """Return the place of a cell as the user sees it; a column that the source lacks is not named."""
        header = None if column is None else self.header(table, kind, column)
        return Where(self.sheets.get(table, table), row, header, patient_id)


def places_of(parts: Sequence[Part]) -> Places:
    """Return the places of parts as read; two rows of one kind in a flat file share a joined header."""
    sheets = {part.table: part.place for part in parts}
    headers: dict[tuple[str, str], dict[str, str]] = {}
    for part in parts:
        found = headers.setdefault((part.table, _kind(part)), {})
        for column, header in part.headers.items():
            known = found.get(column)
            found[column] = header if known in (None, header) else f"{known} / {header}"
    file = parts[0].place if parts and parts[0].flat else ""
    if file:
        sheets.update({table.name: file for table in TABLES if table.name not in sheets})
    return Places(sheets, headers, known=True)


def _kind(part: Part) -> str:
    """Return the constant that tells a flat file's template from others of its table; empty elsewhere."""
    column = KIND.get(part.table)
    if not part.flat or column is None or column in part.headers or not part.rows:
        return ""
    return str(part.cells[column][0])
