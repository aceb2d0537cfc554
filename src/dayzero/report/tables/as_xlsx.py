"""All tables as one workbook, a sheet each: texts as printed, nothing that can run."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from dayzero.report.tables.as_csv import row_texts

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
        for table in tables:
            sheet = book.add_worksheet(table.name[:31])
            grid = [row_texts(row, len(table.columns)) for row in table.rows]
            for index, column in enumerate(table.columns):
                sheet.write_string(0, index, column.label, bold)
                longest = max([len(line[index]) for line in grid if any(line[1:])] + [len(column.label)])
                sheet.set_column(index, index, min(longest + 2, _WIDEST))
            for number, (row, line) in enumerate(zip(table.rows, grid, strict=True), start=1):
                for index, text in enumerate(line):
                    numeric = table.columns[index].align == "right"
                    style = heading if row.kind != "data" else right if numeric else plain
                    sheet.write_string(number, index, text, style)
            for extra, note in enumerate(table.footnotes, start=len(grid) + 2):
                sheet.write_string(extra, 0, f"{note.mark}: {note.text}" if note.mark else note.text)
            sheet.freeze_panes(1, 1)
            sheet.ignore_errors({"number_stored_as_text": f"A1:{_last_column(len(table.columns))}1048576"})


def _last_column(count: int) -> str:
    letters = ""
    while count:
        count, rest = divmod(count - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
