"""Files that are not what they should be: one clear refusal each, never a traceback, never a crash."""

from __future__ import annotations

import contextlib
import functools
import re
import shutil
import zipfile
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dayzero import records
from dayzero.errors import BadInputError
from dayzero.records import xlsx_scan
from records.making import CLEAN, PATIENTS, folder, mapping_of, sheets_of, workbook

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SHEETS = sheets_of(CLEAN)
ONE_PATIENT = [["patient_id", "sex"], ["P1", "male"]]


def good(path: Path) -> bytes:
    return workbook(path / "good.xlsx", SHEETS).read_bytes()


@functools.cache
def one_good(path: Path) -> bytes:
    return good(path)


def archive(path: Path, **members: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in members.items():
            file.writestr(name, text)
    return path


FILES: dict[str, tuple[str, Callable[[Path], bytes], str]] = {
    "empty workbook": ("a.xlsx", lambda _: b"", "empty"),
    "empty csv": ("patients.csv", lambda _: b"", "empty"),
    "blank csv": ("patients.csv", lambda _: b" \n \n", "empty"),
    "a picture": ("a.xlsx", lambda _: b"\x89PNG\r\n\x1a\n" + bytes(99), "PNG picture"),
    "a picture called csv": ("patients.csv", lambda _: b"\x89PNG\r\n\x1a\n" + bytes(99), "PNG picture"),
    "a document": ("a.xls", lambda _: b"%PDF-1.4\n", "PDF document"),
    "a page called xls": ("a.xls", lambda _: b"<html><table></table></html>", "HTML page"),
    "text called xlsx": ("a.xlsx", lambda _: PATIENTS.encode(), "text file"),
    "a workbook called csv": ("patients.csv", good, "zip archive or a workbook"),
    "a workbook called xls": ("a.xls", good, "zip archive or a workbook"),
    "a zip": ("a.xlsx", lambda p: archive(p / "z", readme="hello").read_bytes(), "not an Excel workbook"),
    "half a workbook": ("a.xlsx", lambda p: good(p)[: len(good(p)) // 2], "damaged or incomplete"),
    "a head of a workbook": ("a.xlsx", lambda p: good(p)[:100], "damaged or incomplete"),
    "an old workbook cut short": ("a.xls", lambda _: OLE + bytes(600), "damaged or incomplete"),
    "a password": (
        "a.xlsx",
        lambda _: OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600),
        "protected by a password",
    ),
    "an ods that is a zip": (
        "a.ods",
        lambda p: archive(p / "z", readme="x").read_bytes(),
        "damaged or incomplete",
    ),
    "binary called csv": ("patients.csv", lambda _: b"patient_id\n\x00\x01\x02", "binary file"),
    "a type nobody reads": ("a.docx", lambda _: b"PK\x03\x04", "cannot be read"),
    "no type": ("data", lambda _: b"x", "cannot be read"),
    "parquet that is text": ("patients.parquet", lambda _: b"patient_id\n", "not what its name says"),
    "one table alone": ("patients.csv", lambda _: PATIENTS.encode(), "one table alone"),
}


@pytest.mark.parametrize("case", FILES)
def test_files(tmp_path: Path, case: str) -> None:
    name, content, what = FILES[case]
    path = tmp_path / name
    path.write_bytes(content(tmp_path))
    with pytest.raises(BadInputError, match=re.escape(what)) as error:
        records.read(path)
    assert error.value.where
    assert str(tmp_path) not in str(error.value)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"patient_id\n" + b"x\n" * 4000 + b"\x00", "not text"),
        (b"\xff\xfep\x00\x00\xd8\x00", "says that it is UTF-16"),
    ],
)
def test_bytes_that_are_no_text(tmp_path: Path, content: bytes, what: str) -> None:
    (tmp_path / "patients.csv").write_bytes(content)
    with pytest.raises(BadInputError, match=what):
        records.read(tmp_path)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="no such file"):
        records.read(tmp_path / "missing.xlsx")


def test_a_date_order_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="did you mean 'dmy'"):
        records.read(tmp_path, date_order="dmyy")


SOURCES: dict[str, tuple[dict[str, list[list[object]]], str]] = {
    "no known sheet": ({"Sheet1": ONE_PATIENT}, "no sheet of records"),
    "no patients": ({"events": SHEETS["follow_up"]}, "no table of patients"),
    "nothing in patients": ({"patients": []}, "nothing in it"),
    "no row": ({"patients": ONE_PATIENT[:1]}, "no row"),
    "no patient_id": ({"patients": [["sex"], ["male"]]}, "has no column patient_id"),
    "a misspelt patient_id": (
        {"patients": [["patientid", "sex"], ["P1", "male"]]},
        "looks like a misspelt patient_id",
    ),
    "a title above the header": (
        {"patients": [["Our patients"], *ONE_PATIENT]},
        "first row must hold the column names",
    ),
    "two headers alike": (
        {"patients": [["patient_id", "sex", "Sex"], ["P1", "male", "male"]]},
        "same header",
    ),
    "no event column": (
        {"patients": ONE_PATIENT, "events": [["patient_id", "date"], ["P1", 3]]},
        "no column event",
    ),
    "one table twice": (
        {"patients": ONE_PATIENT, "follow up": SHEETS["follow_up"], "follow_up": SHEETS["follow_up"]},
        "two sheets hold the table follow_up",
    ),
}


@pytest.mark.parametrize("case", SOURCES)
def test_workbooks(tmp_path: Path, case: str) -> None:
    sheets, what = SOURCES[case]
    with pytest.raises(BadInputError) as error:
        records.read(workbook(tmp_path / "a.xlsx", sheets))
    assert what in str(error.value)


def test_folders(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="holds no table"):
        records.read(tmp_path)
    folder(tmp_path, CLEAN)
    shutil.copy(tmp_path / "patients.csv", tmp_path / "Patients.tsv")
    with pytest.raises(BadInputError, match="two files hold the table patients"):
        records.read(tmp_path)


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = workbook(tmp_path / "a.xlsx", SHEETS)
    monkeypatch.setattr("pathlib.Path.open", refuse)
    with pytest.raises(BadInputError, match="cannot be opened: permission denied"):
        records.read(path)


def test_a_mapping_of_a_folder(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="describes one flat file"):
        records.read(tmp_path, mapping=mapping_of(""))


@pytest.mark.parametrize(
    ("sheet", "what"), [("", "2 sheets of the workbook hold data"), ("x", "has no sheet 'x'")]
)
def test_which_flat_sheet(tmp_path: Path, sheet: str, what: str) -> None:
    path = workbook(tmp_path / "a.xlsx", {"one": ONE_PATIENT, "two": ONE_PATIENT})
    mapping = records.flat_mapping({"sheet": sheet} if sheet else {}, "[data]")
    with pytest.raises(BadInputError, match=what):
        records.read(path, mapping=mapping)


def sheet_with(path: Path, data: str, member: str = "xl/worksheets/sheet1.xml") -> Path:
    """Return a workbook in which the XML of one member was replaced."""
    source, target = workbook(path / "source.xlsx", {"patients": ONE_PATIENT}), path / "a.xlsx"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, data if name == member else old.read(name))
    return target


LAUGHS = """<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<worksheet><sheetData><row r="1"><c r="A1" t="e"><f>1</f><v>&b;</v></c></row></sheetData></worksheet>"""
FAR = """<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
<row r="1"><c r="A1"><v>1</v></c></row>
<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>"""


def test_entities_never_expand(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="damaged"):
        records.read(sheet_with(tmp_path, LAUGHS))


def test_a_cell_at_the_end_of_the_sheet_does_not_fill_the_memory(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="1,048,576 rows and 16,384 columns"):
        records.read(sheet_with(tmp_path, FAR))


def test_broken_xml(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="damaged"):
        records.read(sheet_with(tmp_path, '<worksheet><sheetData><row><c t="e">'))


def test_a_zip_bomb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_scan, "LARGEST", 100_000)
    with pytest.raises(BadInputError, match="unpacks to more than"):
        records.read(sheet_with(tmp_path, " " * 200_000))


def test_parquet_of_nothing(tmp_path: Path) -> None:
    pl.DataFrame({"patient_id": []}, schema={"patient_id": pl.String}).write_parquet(
        tmp_path / "patients.parquet"
    )
    with pytest.raises(BadInputError, match="no row"):
        records.read(tmp_path)


def read_or_refuse(path: Path) -> None:
    """Read and check a source; only a refusal in words may come instead."""
    with contextlib.suppress(BadInputError):
        records.check(records.read(path))


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.text(max_size=8), max_size=5), max_size=5), st.sampled_from([",", ";", "\t"]))
def test_any_table_is_read_or_refused(tmp_path: Path, rows: list[list[str]], mark: str) -> None:
    text = "\n".join(mark.join(row) for row in [["patient_id", "sex", "age", "diagnosis"], *rows])
    path = tmp_path / "centre"
    path.mkdir(exist_ok=True)
    (path / "patients.csv").write_bytes(text.encode("utf-8", "surrogatepass"))
    read_or_refuse(path)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=6))
def test_a_workbook_with_flipped_bytes_is_read_or_refused(tmp_path: Path, at: int, bytes_: bytes) -> None:
    content = bytearray(one_good(tmp_path))
    start = at % len(content)
    content[start : start + len(bytes_)] = bytes_
    (tmp_path / "a.xlsx").write_bytes(content)
    read_or_refuse(tmp_path / "a.xlsx")
