"""All tables as one workbook, a sheet each: texts as printed, nothing that can run."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from dayzero.report.tables.as_csv import grid

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from dayzero.report.tables.model import Table

#: A workbook must name a day; this one says nothing about when it was made.
_NO_DAY = datetime(1980, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_WIDEST = 60


def write_xlsx(tables: Sequence[Table], path: Path) -> None:
    """Write the tables; two writes give the same bytes."""
    from xlsxwriter import Workbook

    with Workbook(
        str(path), {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    ) as book:
        book.set_properties({"title": "dayzero tables", "created": _NO_DAY})
        bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        heading = book.add_format({"bold": True})
        plain = book.add_format({"text_wrap": True, "valign": "top"})
        right = book.add_format({"align": "right", "valign": "top"})
        for name, table in zip(_sheet_names(tables), tables, strict=True):
            sheet = book.add_worksheet(name)
            lines = grid(table)
            for index, label in enumerate(lines[0]):
                sheet.write_string(0, index, label, bold)
                longest = max(len(line[index]) for line in lines if any(line[1:-2]))
                sheet.set_column(index, index, min(longest + 2, _WIDEST))
            for number, (row, line) in enumerate(zip(table.rows, lines[1:], strict=True), start=1):
                for index, text in enumerate(line):
                    numeric = index < len(table.columns) and table.columns[index].align == "right"
                    style = heading if row.kind != "data" else right if numeric else plain
                    sheet.write_string(number, index, text, style)
            general = (note.text for note in table.footnotes if not note.mark)
            for number, text in enumerate(general, start=len(lines) + 1):
                sheet.write_string(number, 0, text)
            sheet.freeze_panes(1, 1)
            sheet.ignore_errors({"number_stored_as_text": f"A1:{_last_column(len(lines[0]))}1048576"})


def _sheet_names(tables: Sequence[Table]) -> list[str]:
    """Return the tables' names as a workbook allows them: at most 31 characters, none twice."""
    names: list[str] = []
    for table in tables:
        name = table.name[:31]
        if name.lower() in {other.lower() for other in names}:
            ending = f"~{len(names) + 1}"
            name = table.name[: 31 - len(ending)] + ending
        names.append(name)
    return names


def _last_column(count: int) -> str:
    letters = ""
    while count:
        count, rest = divmod(count - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
