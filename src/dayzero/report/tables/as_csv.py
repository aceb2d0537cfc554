"""A table as CSV: texts as printed, with footnotes and the ids of the results in the last two columns."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dayzero.report.tables.model import Table

#: A spreadsheet takes a cell that starts with one of these for a formula (CWE-1236).
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?[0-9][0-9,]*(\.[0-9]+)?")


def to_csv(table: Table) -> str:
    """Return the table as comma-separated text, with the byte order mark that spreadsheets need for UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([safe(text) for text in line] for line in grid(table))
    return "\ufeff" + out.getvalue()


def grid(table: Table) -> list[list[str]]:
    """Return headings and rows as texts; the last two columns are a row's footnotes and its id."""
    meanings = {note.mark: note.text for note in table.footnotes}
    lines = [[*_headings(table), "Notes", "id"]]
    for row in table.rows:
        texts = [cell.text for cell in row.cells] + [""] * (len(table.columns) - len(row.cells))
        marks = dict.fromkeys(mark for cell in row.cells for mark in cell.marks)
        lines.append([*texts, " ".join(meanings[mark] for mark in marks), row.ref])
    return lines


def _headings(table: Table) -> list[str]:
    """Return the labels of the columns; one that stands twice is told apart by the heading that spans it."""
    labels = [column.label for column in table.columns]
    return [
        f"{column.spanner}: {column.label}"
        if column.spanner and labels.count(column.label) > 1
        else column.label
        for column in table.columns
    ]


def safe(text: str) -> str:
    """Return a text that no spreadsheet runs as a formula: an apostrophe goes before a dangerous start.

    Plain numbers such as ``-5`` stay as they are.
    """
    return f"'{text}" if text.startswith(_FORMULA_STARTS) and not _NUMBER.fullmatch(text) else text
