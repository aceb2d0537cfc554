"""Small sources made for one test each."""

from __future__ import annotations

import csv
import tomllib
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

import xlsxwriter

from dayzero import records

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from dayzero.records import Finding, FlatMapping, Records

PATIENTS = "patient_id,sex,age,diagnosis\nP1,male,9,B-ALL\n"
TRANSPLANTS = "patient_id,date,type,remission\nP1,0,allogeneic,CR1\n"
FOLLOW_UP = "patient_id,date,alive\nP1,400,yes\n"
#: Three tables in which nothing is wrong.
CLEAN = {"patients": PATIENTS, "transplants": TRANSPLANTS, "follow_up": FOLLOW_UP}


def folder(path: Path, tables: Mapping[str, str]) -> Path:
    """Write a folder of CSV files."""
    path.mkdir(exist_ok=True)
    for name, text in tables.items():
        (path / f"{name}.csv").write_text(text, encoding="utf-8", newline="")
    return path


def read_folder(path: Path, tables: Mapping[str, str], order: str = "") -> Records:
    return records.read(folder(path / "centre", tables), date_order=order)


def read_flat(path: Path, text: str, mapping: str, order: str = "") -> Records:
    """Write and read a flat CSV file with the mapping of ``[data]``."""
    file = path / "flat.csv"
    file.write_text(text, encoding="utf-8", newline="")
    return records.read(file, mapping=mapping_of(mapping), date_order=order)


def mapping_of(text: str) -> FlatMapping:
    return records.flat_mapping(tomllib.loads(text).get("data", {}), "study.toml, [data]")


class Formula:
    """A formula and the result stored beside it."""

    def __init__(self, text: str, result: object) -> None:
        self.text, self.result = text, result


class Percent:
    """A fraction in a cell that shows a percentage."""

    def __init__(self, fraction: float) -> None:
        self.fraction = fraction


def workbook(
    path: Path,
    sheets: Mapping[str, Sequence[Sequence[object]]],
    *,
    hidden: Iterable[str] = (),
    merged: Mapping[str, str] | None = None,
    date_1904: bool = False,
) -> Path:
    """Write a workbook with typed cells."""
    with xlsxwriter.Workbook(str(path), {"date_1904": date_1904}) as book:
        formats = {
            "date": book.add_format({"num_format": "dd/mm/yyyy"}),
            "time": book.add_format({"num_format": "hh:mm"}),
            "percent": book.add_format({"num_format": "0.00%"}),
        }
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            if name in hidden:
                sheet.hide()
            for i, row in enumerate(rows):
                for j, cell in enumerate(row):
                    _write(sheet, i, j, cell, formats)
            if merged and name in merged:
                sheet.merge_range(merged[name], "merged")
    return path


def _write(sheet: Any, row: int, column: int, cell: object, formats: Mapping[str, Any]) -> None:
    if cell is None:
        return
    if isinstance(cell, Formula):
        sheet.write_formula(row, column, cell.text, None, cell.result)
    elif isinstance(cell, Percent):
        sheet.write_number(row, column, cell.fraction, formats["percent"])
    elif isinstance(cell, datetime):
        sheet.write_datetime(row, column, cell, formats["date"])
    elif isinstance(cell, date):
        sheet.write_datetime(row, column, datetime(cell.year, cell.month, cell.day), formats["date"])  # noqa: DTZ001
    elif isinstance(cell, time):
        sheet.write_datetime(row, column, cell, formats["time"])
    elif isinstance(cell, str):
        sheet.write_string(row, column, cell)
    else:
        sheet.write(row, column, cell)


def sheets_of(tables: Mapping[str, str]) -> dict[str, list[list[object]]]:
    """Return CSV texts as sheets of text cells."""
    return {name: [list(row) for row in csv.reader(text.splitlines())] for name, text in tables.items()}


def of(findings: Iterable[Finding], rule: str) -> list[Finding]:
    """Return the findings of one rule."""
    return [finding for finding in findings if finding.id == f"records.{rule}"]


def ids(findings: Iterable[Finding]) -> set[str]:
    """Return which rules fired."""
    return {finding.id.removeprefix("records.") for finding in findings}
