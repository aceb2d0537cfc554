"""A table as CSV: texts as printed, with the ids of the results in the last column."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dayzero.report.tables.model import Row, Table

#: A spreadsheet takes a cell that starts with one of these for a formula (CWE-1236).
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?[0-9][0-9,]*(\.[0-9]+)?")


def to_csv(table: Table) -> str:
    """Return the table as comma-separated text, with the byte order mark that spreadsheets need for UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([safe(column.label) for column in table.columns] + ["id"])
    for row in table.rows:
        writer.writerow([safe(text) for text in row_texts(row, len(table.columns))] + [safe(row.ref)])
    for note in table.footnotes:
        writer.writerow([safe(f"{note.mark}: {note.text}" if note.mark else note.text)])
    return "\ufeff" + out.getvalue()


def row_texts(row: Row, width: int) -> list[str]:
    """Return the texts of a row, filled up to the table's width, footnote marks in brackets."""
    texts = [cell.text + "".join(f" [{mark}]" for mark in cell.marks) for cell in row.cells]
    return texts + [""] * (width - len(texts))


def safe(text: str) -> str:
    """Return a text that no spreadsheet runs as a formula: an apostrophe goes before a dangerous start.

    Plain numbers such as ``-5`` stay as they are.
    """
    return f"'{text}" if text.startswith(_FORMULA_STARTS) and not _NUMBER.fullmatch(text) else text
