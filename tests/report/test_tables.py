from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import TYPE_CHECKING

import openpyxl

from dayzero.report.compose import all_tables
from dayzero.report.numbers import Numbers
from dayzero.report.tables.as_csv import grid, to_csv
from dayzero.report.tables.characteristics import characteristics_table
from dayzero.report.tables.model import Footnotes, Table
from dayzero.report.tables.outcomes import outcome_table
from dayzero.report.tables.plain import listing_table
from dayzero.study.results import Results, StudyInfo

if TYPE_CHECKING:
    from pathlib import Path


def rows(table: Table | None) -> list[list[str]]:
    assert table is not None
    return [[cell.text for cell in row.cells] for row in table.rows]


def test_characteristics_by_group_with_missing_counted(cohort: Results) -> None:
    found = rows(characteristics_table(cohort, Numbers(cohort)))
    assert found[0] == ["Age at HSCT (years)", "8 (1–25)", "8 (1–25)", "8 (2.5–25)"]
    assert found[4:8] == [
        ["MRD before HSCT", "", "", ""],
        ["negative", "70 (92.1%)", "13 (92.9%)", "57 (91.9%)"],
        ["positive", "6 (7.9%)", "1 (7.1%)", "5 (8.1%)"],
        ["Missing", "2", "0", "2"],
    ]


def test_outcomes_name_the_test_and_mark_exact_intervals(cohort: Results) -> None:
    table = outcome_table(cohort, Numbers(cohort))
    assert table is not None
    assert table.caption == "Outcomes at 24 months"
    marked = {row.ref: row for row in table.rows}
    notes = {note.mark: note.text for note in table.footnotes}
    p = marked["CIR.remission.test"].cells[-1]
    assert (p.text, notes[p.marks[0]]) == ("0.05", "Gray's test.")
    none = marked["CIR.remission.CR1.24"].cells
    assert [cell.text for cell in none] == ["CR1", "14", "0", "9", "0%", "0–33.6%", ""]
    assert notes[none[4].marks[0]] == "No event."
    assert notes[none[5].marks[0]] == "Interval: beta product (exact)."
    assert "By inotuzumab before blinatumomab, among CR2/3" in [row[0] for row in rows(table)]


def test_outcomes_at_several_horizons_name_each(cohort: Results) -> None:
    extra = replace(cohort.estimates[0], id="OS.12", time=12.0)
    results = replace(cohort, estimates=(extra, *cohort.estimates))
    table = outcome_table(results, Numbers(results))
    assert table is not None
    assert table.columns[2].label == "Horizon"
    assert {len(row.cells) for row in table.rows if row.kind in ("data", "subheading")} == {8}


def test_a_p_value_that_was_withheld(cohort: Results) -> None:
    tests = tuple(replace(t, p_value=None, note="p-value withheld: only 9 patients") for t in cohort.tests)
    results = replace(cohort, tests=tests)
    table = outcome_table(results, Numbers(results))
    assert table is not None
    cell = next(row for row in table.rows if row.ref == "OS.remission.test").cells[-1]
    note = next(n.text for n in table.footnotes if n.mark == cell.marks[0])
    assert (cell.text, note) == ("withheld", "Log-rank test. P-value withheld: only 9 patients.")


def test_listing_has_one_row_a_patient_in_files_and_one_column_on_the_page(five: Results) -> None:
    file, page = listing_table(five), listing_table(five, for_page=True)
    assert file is not None
    assert page is not None
    assert (len(file.rows), len(file.columns)) == (5, 15)
    assert (len(page.rows), len(page.columns)) == (14, 6)
    assert rows(page)[-1] == ["Follow-up (days)", "1,015", "899", "177", "59", "52"]


def test_tables_of_nothing() -> None:
    assert all_tables(Results(StudyInfo("T", "s", "days", (), 0.95, "dayzero", 0))) == []


def test_footnotes_are_lettered_once() -> None:
    notes = Footnotes()
    assert [notes.mark(t) for t in ("x", "y", "x", "")] == [("a",), ("b",), ("a",), ()]
    for number in range(2, 28):
        notes.mark(str(number))
    assert [note.mark for note in notes.all()][25:] == ["z", "aa", "ab"]


def test_csv_and_workbook_hold_what_the_page_prints(cohort: Results, cohort_folder: Path) -> None:
    book = openpyxl.load_workbook(cohort_folder / "tables" / "tables.xlsx")
    tables = all_tables(cohort)
    assert book.sheetnames == [table.name for table in tables]
    for table in tables:
        text = (cohort_folder / "tables" / f"{table.name}.csv").read_bytes().decode("utf-8-sig")
        assert text == to_csv(table).removeprefix("\ufeff")
        lines = list(csv.reader(io.StringIO(text)))
        assert lines[0] == [*(column.label for column in table.columns), "Notes", "id"]
        sheet = book[table.name]
        for number, line in enumerate(lines, start=1):
            values = [sheet.cell(number, i + 1).value or "" for i in range(len(line))]
            assert [value.lstrip("'") for value in line] == values
    assert not [c for s in book for row in s.iter_rows() for c in row if c.data_type == "f"]


def test_footnotes_of_a_row_are_in_a_column_of_their_own(cohort: Results) -> None:
    table = outcome_table(cohort, Numbers(cohort))
    assert table is not None
    line = next(line for line in grid(table) if line[-1] == "CIR.remission.CR1.24")
    assert line == [
        "CR1",
        "14",
        "0",
        "9",
        "0%",
        "0–33.6%",
        "",
        "No event. Interval: beta product (exact).",
        line[-1],
    ]
