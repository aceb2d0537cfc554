"""Workbooks: typed cells, and what a spreadsheet library keeps to itself."""

from __future__ import annotations

from datetime import date, time
from typing import TYPE_CHECKING

import openpyxl
import pytest

from dayzero import records
from dayzero.errors import BadInputError
from records.making import CLEAN, Formula, Percent, ids, of, sheets_of, workbook

if TYPE_CHECKING:
    from pathlib import Path

SHEETS = sheets_of(CLEAN)


def test_clean(tmp_path: Path) -> None:
    found = records.read(workbook(tmp_path / "a.xlsx", SHEETS))
    assert found.findings == ()
    assert records.check(found) == ()
    assert found.source.kind == "workbook"
    assert found.source.rows == {"patients": 1, "transplants": 1, "follow_up": 1}
    assert [frame.height for frame in found.tables.values()] == [1, 0, 1, 0, 0, 1]


def test_names_in_any_case(tmp_path: Path) -> None:
    sheets = {
        name.replace("_", " ").upper(): [[h.title() for h in rows[0]], *rows[1:]]
        for name, rows in SHEETS.items()
    }  # type: ignore[attr-defined]
    found = records.read(workbook(tmp_path / "a.xlsx", sheets))
    assert found.findings == ()
    assert found.tables["follow_up"].height == 1


@pytest.mark.parametrize(
    ("cell", "patient"),
    [("00123", "00123"), (123, "123"), (123.0, "123"), ("1E5", "1E5"), (100000, "100000"), ("  P7 ", "P7")],
)
def test_ids_stay_as_typed(tmp_path: Path, cell: object, patient: str) -> None:
    rows = [["patient_id", "sex", "age", "diagnosis"], [cell, "male", 9, "ALL"]]
    found = records.read(workbook(tmp_path / "a.xlsx", {"patients": rows}))
    assert found.tables["patients"]["patient_id"].to_list() == [patient]


@pytest.mark.parametrize(
    ("cell", "rule"), [(12345678901234567890, "id_precision"), (date(2024, 2, 1), "typed_cell")]
)
def test_ids_that_a_spreadsheet_has_changed(tmp_path: Path, cell: object, rule: str) -> None:
    rows = [["patient_id", "sex", "age", "diagnosis"], [cell, "male", 9, "ALL"], ["P2", "male", 9, "ALL"]]
    found = records.read(workbook(tmp_path / "a.xlsx", {"patients": rows}))
    (finding,) = of(found.findings, rule)
    assert (finding.where.table, finding.where.row, finding.where.column) == ("patients", 2, "patient_id")
    assert finding.what.endswith("The row is not used.")
    assert found.tables["patients"]["patient_id"].to_list() == ["P2"]


@pytest.mark.parametrize("date_1904", [False, True])
def test_both_date_systems(tmp_path: Path, date_1904: bool) -> None:
    sheets = {
        "patients": [
            ["patient_id", "sex", "birth_date", "diagnosis"],
            ["P1", "male", date(2010, 5, 17), "ALL"],
        ],
        "transplants": [["patient_id", "date", "type"], ["P1", date(2020, 2, 29), "allogeneic"]],
        "follow_up": [["patient_id", "date", "alive"], ["P1", date(2020, 3, 1), "yes"]],
    }
    found = records.read(workbook(tmp_path / "a.xlsx", sheets, date_1904=date_1904))
    assert found.key is not None
    assert found.key["day0"].to_list() == [date(2020, 2, 29)]
    assert found.tables["follow_up"]["day"].to_list() == [1]
    assert found.tables["patients"]["age"].to_list() == [9.0]


def with_cd34(cell: object) -> dict[str, list[list[object]]]:
    return {
        **SHEETS,
        "transplants": [["patient_id", "date", "type", "cd34"], ["P1", 0, "allogeneic", cell]],
    }


@pytest.mark.parametrize(
    ("cell", "rule", "found"),
    [
        (Formula("=1/0", "#DIV/0!"), "error_cell", "#DIV/0!"),
        (Formula("=NA()", "#N/A"), "error_cell", "#N/A"),
        ("#REF!", "error_cell", "#REF!"),
        (Formula("=2+2", ""), "formula_without_value", ""),
        (date(2024, 10, 10), "typed_cell", ""),
        (time(10, 10), "typed_cell", ""),
    ],
)
def test_cells_that_are_no_value_are_reported(tmp_path: Path, cell: object, rule: str, found: str) -> None:
    result = records.read(workbook(tmp_path / "a.xlsx", with_cd34(cell)))
    (finding,) = of(result.findings, rule)
    assert (finding.where.table, finding.where.row, finding.where.column) == ("transplants", 2, "cd34")
    assert finding.where.patient_id == "P1"
    assert finding.found == found
    assert result.tables["transplants"]["cd34"].to_list() == [None]


def test_a_formula_with_a_result_is_its_result(tmp_path: Path) -> None:
    found = records.read(workbook(tmp_path / "a.xlsx", with_cd34(Formula("=2+3", 5))))
    assert found.tables["transplants"]["cd34"].to_list() == [5.0]
    assert found.findings == ()


def test_a_key_cell_with_an_error_refuses_its_row(tmp_path: Path) -> None:
    sheets = {
        **SHEETS,
        "follow_up": [["patient_id", "date", "alive"], ["P1", Formula("=1/0", "#DIV/0!"), "yes"]],
    }
    found = records.read(workbook(tmp_path / "a.xlsx", sheets))
    assert of(found.findings, "error_cell")[0].what.endswith("The row is not used.")
    assert found.tables["follow_up"].is_empty()


def test_errors_written_by_another_program(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in with_cd34("#DIV/0!").items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book["transplants"]["D2"].data_type = "e"
    book.save(tmp_path / "a.xlsx")
    found = records.read(tmp_path / "a.xlsx")
    assert ids(found.findings) == {"error_cell"}


@pytest.mark.parametrize("unit", [None, "%", "fraction"])
def test_a_percent_format_is_a_percentage(tmp_path: Path, unit: str | None) -> None:
    """A cell that shows 0.01% holds 0.0001; a unit of % beside it must not divide it again."""
    value: object = 0.0001 if unit == "fraction" else Percent(0.0001)
    rows = [["patient_id", "date", "analyte", "value", "unit"], ["P1", -7, "MRD", value, unit]]
    found = records.read(workbook(tmp_path / "a.xlsx", {**SHEETS, "measurements": rows}))
    assert found.tables["measurements"]["value"].to_list() == [1e-4]
    assert found.findings == ()


def test_hla_match_turned_into_a_date_is_found(tmp_path: Path) -> None:
    rows = [["patient_id", "date", "type", "hla_match"], ["P1", 0, "allogeneic", date(2024, 10, 10)]]
    found = records.read(workbook(tmp_path / "a.xlsx", {**SHEETS, "transplants": rows}))
    assert of(found.findings, "typed_cell")
    assert found.tables["transplants"]["hla_match"].to_list() == [None]


def test_hidden_merged_and_other_sheets(tmp_path: Path) -> None:
    sheets = {**SHEETS, "Rossi Mario": [["x"]], "read me": [["y"]]}
    path = workbook(tmp_path / "a.xlsx", sheets, hidden=["transplants"], merged={"patients": "B5:C6"})
    found = records.read(path)
    assert of(found.findings, "hidden_sheet")[0].where.table == "transplants"
    assert "B5:C6" in of(found.findings, "merged_cells")[0].what
    (other,) = of(found.findings, "other_sheet")
    assert "Sheet 4" in other.what
    assert not any("Rossi" in str(finding) for finding in found.findings)


@pytest.mark.parametrize("name", ["Eventus", "events 2024", "EVENTS1"])
def test_a_sheet_named_almost_like_a_table_that_is_lacking_is_an_error(tmp_path: Path, name: str) -> None:
    found = records.read(workbook(tmp_path / "a.xlsx", {**SHEETS, name: [["x"]]}))
    (sheet,) = of(found.findings, "misspelt_sheet")
    assert (sheet.severity, sheet.what) == (
        "error",
        "Sheet 4 of the workbook was not read, although its name looks like 'events'.",
    )


def test_a_sheet_named_almost_like_a_table_that_is_there_is_another_sheet(tmp_path: Path) -> None:
    found = records.read(workbook(tmp_path / "a.xlsx", {**SHEETS, "patients old": [["x"]]}))
    assert not of(found.findings, "misspelt_sheet")
    assert of(found.findings, "other_sheet")


def test_a_misspelt_sheet_of_patients_is_named_by_its_number(tmp_path: Path) -> None:
    sheets = {"Patientes" if name == "patients" else name: rows for name, rows in SHEETS.items()}
    with pytest.raises(BadInputError, match="no table of patients") as error:
        records.read(workbook(tmp_path / "a.xlsx", sheets))
    assert "sheet 1 looks like a misspelt patients" in str(error.value)


def test_blank_rows_keep_the_row_numbers(tmp_path: Path) -> None:
    rows = [*SHEETS["patients"], [], ["P2", "X", 9, "ALL"]]
    found = records.read(workbook(tmp_path / "a.xlsx", {**SHEETS, "patients": rows}))
    assert of(found.findings, "unknown_code")[0].where.row == 4
    assert found.tables["patients"]["row"].to_list() == [2, 4]


def test_an_empty_sheet_is_a_table_without_rows(tmp_path: Path) -> None:
    found = records.read(workbook(tmp_path / "a.xlsx", {**SHEETS, "events": [], "treatments": [[" "]]}))
    assert [finding.where.table for finding in of(found.findings, "empty_table")] == ["events", "treatments"]
    assert found.tables["events"].is_empty()


def test_flat_sheet(tmp_path: Path) -> None:
    rows = [["id", "platelets"], ["00123", 12], ["00124", Formula("=1/0", "#DIV/0!")]]
    mapping = records.flat_mapping(
        {
            "id": {"column": "id"},
            "events": [{"event": {"value": "platelet engraftment"}, "date": {"column": "platelets"}}],
        },
        "[data]",
    )
    found = records.read(workbook(tmp_path / "a.xlsx", {"any": rows}), mapping=mapping)
    assert found.tables["events"]["occurred"].to_list() == ["yes", "unknown"]
    (finding,) = of(found.findings, "error_cell")
    assert (finding.where.table, finding.where.row, finding.where.column) == ("any", 3, "platelets")
