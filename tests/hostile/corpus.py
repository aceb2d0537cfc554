"""Sources as they should not be: how each is made, and what must come of it."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from records.making import CLEAN, Formula, folder, sheets_of, workbook

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PATIENTS, TRANSPLANTS = CLEAN["patients"], CLEAN["transplants"]
MEASURED = "patient_id,date,analyte,value,unit\n"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True)
class Case:
    """A source, and either the words of its refusal or the findings that it must have.

    Attributes
    ----------
    make : callable
        From a folder to the source.
    found : tuple of str
        Rules that must find something, without ``records.``.
    refused : str
        Words of the refusal; empty when it is read.
    patients : int
        Patients that are read.
    """

    make: Callable[[Path], Path]
    found: tuple[str, ...] = ()
    refused: str = ""
    patients: int = 1


def tables(**changed: str) -> Callable[[Path], Path]:
    return lambda path: folder(path / "centre", {**CLEAN, **changed})


def encoded(encoding: str, **changed: str) -> Callable[[Path], Path]:
    def make(path: Path) -> Path:
        made = folder(path / "centre", CLEAN)
        for name, text in changed.items():
            (made / f"{name}.csv").write_bytes(text.encode(encoding))
        return made

    return make


def raw(name: str, content: bytes) -> Callable[[Path], Path]:
    def make(path: Path) -> Path:
        made = folder(path / "centre", CLEAN)
        (made / name).write_bytes(content)
        return made

    return make


def book(changed: dict[str, list[list[object]]], **options: object) -> Callable[[Path], Path]:
    def make(path: Path) -> Path:
        sheets = {**sheets_of(CLEAN), **changed}
        return workbook(path / "a.xlsx", sheets, **options)  # type: ignore[arg-type]

    return make


def file(name: str, content: Callable[[Path], bytes]) -> Callable[[Path], Path]:
    def make(path: Path) -> Path:
        made = path / name
        made.write_bytes(content(path))
        return made

    return make


def _quoted(rows: list[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows(rows)
    return out.getvalue()


def _wide(path: Path) -> Path:
    """Return a workbook whose sheet of patients has every column that a sheet can have."""
    header = ["patient_id", "sex", "age", "diagnosis", *(f"extra {n}" for n in range(16_380))]
    row: list[object] = ["P1", "male", 9, "ALL", *([1] * 16_380)]
    sheets = {**sheets_of(CLEAN), "patients": [list(header), row]}
    return workbook(path / "a.xlsx", sheets)


def _half(path: Path) -> bytes:
    whole = workbook(path / "whole.xlsx", sheets_of(CLEAN)).read_bytes()
    return whole[: len(whole) // 2]


def _bomb(path: Path) -> bytes:
    """Return a small workbook whose directory says that a member unpacks to two gigabytes."""
    source = workbook(path / "whole.xlsx", sheets_of(CLEAN))
    target = path / "bomb.xlsx"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        new.writestr("xl/media/image1.bin", " ")
        new.getinfo("xl/media/image1.bin").file_size = 2_000_000_000
    return target.read_bytes()


COUNTS = (
    MEASURED
    + "P1,10,ANC,450/µL,\nP1,11,ANC,0.5,10^9/L\nP1,12,ANC,900,\n"
    + "P1,13,platelets,45 G/L,\nP1,14,ANC,5,furlongs\n"
)
SHIFTED = "patient_id,sex,age,diagnosis\nP1,male,9,ALL\nP2,9,ALL,male\n"
CASES: dict[str, Case] = {
    "mixed units": Case(tables(measurements=COUNTS), ("unit_missing", "unknown_unit")),
    "shifted columns": Case(tables(patients=SHIFTED), ("unknown_code", "not_a_number"), patients=2),
    "a row with a cell too many": Case(tables(patients=PATIENTS + "P2,male,9,ALL,x\n"), ("ragged_row",)),
    "a row with a cell too few": Case(tables(patients=PATIENTS + "P2,male\n"), ("ragged_row",)),
    "merged cells": Case(
        book(
            {"patients": [["patient_id", "sex", "age", "diagnosis"], ["P1", "male", 9, "ALL"], ["P2"]]},
            merged={"patients": "B2:B3"},
        ),
        ("merged_cells", "missing_value"),
        patients=2,
    ),
    "years of two digits": Case(
        tables(transplants="patient_id,date,type\nP1,03/04/21,allogeneic\n"), ("two_digit_year",)
    ),
    "a month as a date": Case(
        tables(transplants="patient_id,date,type\nP1,2021-05,allogeneic\n"), ("month_only",)
    ),
    "a date as a number": Case(
        tables(follow_up="patient_id,date,alive\nP1,44331,yes\nP1,400,yes\n"), ("implausible_day",)
    ),
    "a byte order mark": Case(encoded("utf-8-sig", patients=PATIENTS)),
    "Latin-1": Case(
        encoded("latin-1", patients="patient_id,sex,age,diagnosis\nP1,male,9,Leukämie\n"), ("encoding",)
    ),
    "UTF-16": Case(encoded("utf-16", patients=PATIENTS), ("encoding",)),
    "UTF-16 without a mark": Case(encoded("utf-16-le", patients=PATIENTS), refused="binary file"),
    "a NUL byte": Case(raw("patients.csv", PATIENTS.encode() + b"P2,\x00,9,ALL\n"), refused="binary file"),
    "formulas": Case(
        book(
            {
                "patients": [
                    ["patient_id", "sex", "age", "diagnosis"],
                    ["P1", "male", Formula("=4+5", 9), "ALL"],
                ]
            }
        )
    ),
    "error cells": Case(
        book({"patients": [["patient_id", "sex", "age", "diagnosis"], ["P1", "male", "#DIV/0!", "#REF!"]]}),
        ("error_cell",),
    ),
    "a hidden sheet": Case(book({}, hidden=["follow_up"]), ("hidden_sheet",)),
    "duplicate headers": Case(
        tables(patients="patient_id,sex,Sex,age\nP1,male,male,9\n"), refused="same header"
    ),
    "right-to-left text": Case(
        tables(patients="patient_id,sex,age,diagnosis\n\u200fP1\u200f,male,9,\u202eALL\u202c\n"),
        ("unknown_patient",),
    ),
    "a command for a spreadsheet": Case(
        tables(patients="patient_id,sex,age,diagnosis\nP1,=cmd|' /C calc'!A0,9,ALL\n"), ("unknown_code",)
    ),
    "text with quotes and lines": Case(
        tables(
            patients=_quoted([["patient_id", "sex", "age", "diagnosis"], ["P1", "male", "9", 'a "b",\nc']])
        )
    ),
    "a quote that never ends": Case(tables(patients=PATIENTS + 'P2,male,9,"ALL\n'), refused="not closed"),
    "every column of a sheet": Case(_wide, ("unknown_column",)),
    "half a workbook": Case(file("a.xlsx", _half), refused="damaged or incomplete"),
    "a bomb": Case(file("a.xlsx", _bomb), refused="unpacks to more than"),
    "a password": Case(
        file("a.xlsx", lambda _: OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)),
        refused="protected by a password",
    ),
    "1904": Case(book({}, date_1904=True)),
    "other programs' missing values": Case(
        tables(patients="patient_id,sex,age,diagnosis\nP1,male,NA,.\n"), ("not_a_number", "looks_missing")
    ),
    "decimal commas and points": Case(
        tables(measurements=MEASURED + 'P1,10,ANC,"0,5",10^9/L\nP1,11,ANC,"1,234",10^9/L\n'),
        ("decimal_comma", "ambiguous_comma"),
    ),
    "a name as an id": Case(
        tables(patients="patient_id,sex,age,diagnosis\nAnna Maria Smith,female,9,ALL\n"), ("id_like_name",)
    ),
    "not a number and infinity": Case(
        tables(measurements=MEASURED + "P1,10,ANC,nan,\nP1,11,ANC,inf,\nP1,12,ANC,1e999,\n"),
        ("not_a_number",),
    ),
}
