"""CSV: encoding, separator, quotation, ragged rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dayzero import records
from dayzero.errors import BadInputError
from records.making import CLEAN, PATIENTS, folder, ids, of, read_folder

if TYPE_CHECKING:
    from pathlib import Path


def test_clean(tmp_path: Path) -> None:
    found = read_folder(tmp_path, CLEAN)
    assert found.findings == ()
    assert records.check(found) == ()
    assert found.source.kind == "csv folder"


@pytest.mark.parametrize(
    ("encoding", "said"),
    [("utf-8", None), ("utf-8-sig", None), ("cp1252", "Windows-1252"), ("utf-16", "UTF-16")],
)
def test_encodings(tmp_path: Path, encoding: str, said: str | None) -> None:
    path = folder(tmp_path / "centre", CLEAN)
    text = PATIENTS.replace("B-ALL", "leucémie")
    (path / "patients.csv").write_bytes(text.encode(encoding))
    found = records.read(path)
    assert found.tables["patients"]["diagnosis"].to_list() == ["leucémie"]
    assert [finding.what for finding in of(found.findings, "encoding")] == (
        [f"The file is not UTF-8; it was read as {said}."] if said else []
    )


def test_bytes_outside_windows_1252_are_latin_1(tmp_path: Path) -> None:
    path = folder(tmp_path / "centre", CLEAN)
    (path / "patients.csv").write_bytes(PATIENTS.encode() + b"P2,male,4,\x81\xe9\n")
    assert "Latin-1" in of(records.read(path).findings, "encoding")[0].what


@pytest.mark.parametrize(("mark", "name"), [(";", "semicolons"), ("\t", "tabs"), ("|", "vertical bars")])
def test_separators(tmp_path: Path, mark: str, name: str) -> None:
    found = read_folder(tmp_path, {**CLEAN, "patients": PATIENTS.replace(",", mark)})
    assert name in of(found.findings, "separator")[0].what
    assert found.tables["patients"]["age"].to_list() == [9.0]


def test_separator_line_of_excel(tmp_path: Path) -> None:
    found = read_folder(
        tmp_path, {**CLEAN, "patients": "sep=;\n" + PATIENTS.replace(",", ";") + "P2;X;9;ALL\n"}
    )
    assert of(found.findings, "unknown_code")[0].where.row == 4


def test_a_new_line_in_quotation_marks_is_one_row(tmp_path: Path) -> None:
    text = PATIENTS.replace("B-ALL", '"B-ALL,\nrelapsed"') + "P2,X,9,ALL\n"
    found = read_folder(tmp_path, {**CLEAN, "patients": text})
    assert found.tables["patients"]["diagnosis"].to_list() == ["B-ALL, relapsed", "ALL"]
    assert of(found.findings, "unknown_code")[0].where.row == 3


@pytest.mark.parametrize("row", ["P2,male,9", "P2,male,9,ALL,extra", "P2"])
def test_ragged_rows_are_refused(tmp_path: Path, row: str) -> None:
    found = read_folder(tmp_path, {**CLEAN, "patients": PATIENTS + row + "\n"})
    (finding,) = of(found.findings, "ragged_row")
    assert finding.where.row == 3
    assert finding.what.endswith("The row is not used.")
    assert found.tables["patients"].height == 1


def test_empty_cells_after_the_last_column_do_not_count(tmp_path: Path) -> None:
    text = PATIENTS.replace("\n", ",,\n", 1).replace("B-ALL\n", "B-ALL,,\n") + ",,,\n\n"
    found = read_folder(tmp_path, {**CLEAN, "patients": text})
    assert found.findings == ()


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_endings(tmp_path: Path, ending: str) -> None:
    found = read_folder(tmp_path, {**CLEAN, "patients": PATIENTS.replace("\n", ending)})
    assert found.findings == ()


def test_a_quotation_that_never_closes(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="quotation marks is not closed"):
        read_folder(tmp_path, {**CLEAN, "patients": PATIENTS.replace("B-ALL", '"B-ALL')})


def test_other_files_are_counted_not_named(tmp_path: Path) -> None:
    path = folder(tmp_path / "centre", CLEAN)
    (path / "Rossi Mario.docx").write_bytes(b"x")
    found = records.read(path)
    assert ids(found.findings) == {"other_file"}
    assert "Rossi" not in str(found.findings)
