"""The workbook to fill in: made from the declarations, the same each time, and read back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import openpyxl
import pytest

from dayzero import records
from dayzero.errors import BadInputError
from dayzero.records.tables import TABLES
from dayzero.records.template_book import EXAMPLES
from records.making import ids, of, workbook

if TYPE_CHECKING:
    from pathlib import Path


def test_sheets_headers_lists_and_comments(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(records.template(tmp_path / "t.xlsx"))
    assert book.sheetnames == ["read me", *(table.name for table in TABLES), "codes"]
    assert book["codes"].sheet_state == "hidden"
    for table in TABLES:
        sheet = book[table.name]
        assert tuple(cell.value for cell in sheet[1]) == table.names
        assert sheet.freeze_panes == "B2"
        for cell, column in zip(sheet[1], table.columns, strict=True):
            assert column.description in cell.comment.text
            assert column.unit in cell.comment.text or column.type == "date"
        lists = {
            str(each.sqref).split(":")[0].rstrip("0123456789")
            for each in sheet.data_validations.dataValidation
        }
        coded = [i for i, column in enumerate(table.columns) if column.codes]
        assert lists == {sheet.cell(1, i + 1).column_letter for i in coded}


def test_the_same_bytes_each_time(tmp_path: Path) -> None:
    one, two = records.template(tmp_path / "a.xlsx"), records.template(tmp_path / "b.xlsx")
    assert one.read_bytes() == two.read_bytes()


def test_an_untouched_template_has_no_patient(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="no row"):
        records.read(records.template(tmp_path / "t.xlsx"))


def test_a_filled_template_is_read_without_its_examples(tmp_path: Path) -> None:
    path = records.template(tmp_path / "t.xlsx")
    book = openpyxl.load_workbook(path)
    book["patients"].append(["00123", "female", None, 9, "ALL"])
    book["transplants"].append(["00123", "0", None, "allogeneic"])
    book["follow_up"].append(["00123", 400, "yes"])
    book.save(path)
    found = records.read(path)
    assert ids(found.findings) == {"example_row"}
    assert len(of(found.findings, "example_row")) == len(TABLES)
    assert {finding.severity for finding in found.findings} == {"note"}
    assert found.tables["patients"]["patient_id"].to_list() == ["00123"]
    assert ids(records.check(found)) == {"needed_missing"}  # columns that an endpoint will ask for


def test_the_examples_are_valid_rows(tmp_path: Path) -> None:
    """Read as a patient's, the example rows give no finding but for what one engraftment cannot tell."""
    sheets = {name: [["patient_id", *row], ["P1", *row.values()]] for name, row in EXAMPLES.items()}
    found = records.read(workbook(tmp_path / "a.xlsx", sheets))
    assert found.findings == ()
    assert records.check(found) == ()
    for table in TABLES:
        assert set(EXAMPLES[table.name]) <= set(table.names)
    assert found.tables["measurements"]["value"].to_list() == [1e-4]
    assert found.tables["patients"]["age"].to_list() == [8.0]


@pytest.mark.parametrize(
    ("name", "what"), [("t.csv", "is an Excel workbook"), ("no/t.xlsx", "folder does not exist")]
)
def test_refused(tmp_path: Path, name: str, what: str) -> None:
    with pytest.raises(BadInputError, match=what):
        records.template(tmp_path / name)


def test_a_file_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "mine.xlsx"
    path.write_bytes(b"mine")
    with pytest.raises(BadInputError, match="is not overwritten"):
        records.template(path)
    assert path.read_bytes() == b"mine"
