"""Make old.xls, the one workbook of the old format among the tests (xlwt 1.3.0)."""

from __future__ import annotations

from datetime import date

import xlwt

SHEETS = {
    "patients": [
        ["patient_id", "sex", "birth_date", "diagnosis"],
        ["00123", "male", date(2010, 5, 17), "ALL"],
        [124, "female", date(2019, 5, 1), "ALL"],
    ],
    "transplants": [
        ["patient_id", "date", "type", "cd34"],
        ["00123", date(2020, 2, 29), "allogeneic", 5.5],
        ["124", date(2021, 2, 1), "allogeneic", None],
    ],
    "follow_up": [
        ["patient_id", "date", "alive"],
        ["00123", date(2021, 3, 1), "yes"],
        ["124", 400, "yes"],
    ],
}

book = xlwt.Workbook()
day = xlwt.easyxf(num_format_str="dd/mm/yyyy")
for name, rows in SHEETS.items():
    sheet = book.add_sheet(name)
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            if isinstance(cell, date):
                sheet.write(i, j, cell, day)
            elif cell is not None:
                sheet.write(i, j, cell)
book.save("old.xls")
