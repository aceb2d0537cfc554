"""The workbook, the same bytes every time."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import xlsxwriter

from dayzero.records.tables import TABLES

if TYPE_CHECKING:
    from pathlib import Path

    from algeri2025.rows import Rows

_TITLE = "Constructed data: not real patients"


def write_workbook(rows: Rows, path: Path) -> None:
    """Write the six tables, one sheet each, in the order and with the headers of the schema."""
    with xlsxwriter.Workbook(str(path)) as workbook:
        workbook.set_properties(
            {
                "title": _TITLE,
                "subject": "Made to reproduce the printed numbers of Algeri et al., Haematologica 2025",
                "author": "dayzero",
                "comments": "Written by scripts/make_algeri2025.py; every patient and day is invented.",
                "created": datetime(2024, 3, 31),  # noqa: DTZ001 - fixed, so that the bytes are
            }
        )
        header = workbook.add_format({"bold": True, "bottom": 1})
        day = workbook.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        for table in TABLES:
            sheet = workbook.add_worksheet(table.name)
            sheet.freeze_panes(1, 1)
            for column, name in enumerate(table.names):
                sheet.write_string(0, column, name, header)
            for number, row in enumerate(rows.in_order(table.name), 1):
                for column, name in enumerate(table.names):
                    value = row.get(name)
                    if isinstance(value, date):
                        sheet.write_datetime(number, column, value, day)
                    elif value is not None:
                        sheet.write(number, column, value)
            sheet.autofit()
