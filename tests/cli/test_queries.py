"""``dayzero check --queries``: the file that goes to the ward and comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import openpyxl
import polars as pl
import pytest

from dayzero.cli import execute
from study.small_cohort import write_cohort

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def cohort(tmp_path: Path) -> Path:
    """Return the cohort with a wrong sex, an age that looks like a formula, and without the autograft."""
    write_cohort(tmp_path)
    for table in (tmp_path / "cohort").iterdir():
        rows = [row for row in table.read_text().splitlines() if not row.startswith("p14")]
        table.write_text("\n".join(rows) + "\n")
    patients = tmp_path / "cohort" / "patients.csv"
    text = patients.read_text().replace("p03,male", "p03,mael").replace("p05,male", "p05,=cmd|' /C calc'!A0")
    patients.write_text(text)
    return tmp_path / "cohort"


def asked(cohort: Path, name: str, previous: str = "") -> Path:
    file = cohort.parent / name
    more = ["--previous", str(cohort.parent / previous)] if previous else []
    assert execute(["check", str(cohort), "--queries", str(file), *more]) in (0, 1)
    return file


def test_the_workbook(cohort: Path) -> None:
    sheet = openpyxl.load_workbook(asked(cohort, "queries.xlsx"))["queries"]
    header = [cell.value for cell in sheet[1]]
    assert header[:5] == ["query", "status", "patient_id", "severity", "who"]
    assert sheet.freeze_panes == "D2"
    assert sheet.auto_filter.ref.startswith("A1:N")
    assert sheet.column_dimensions["J"].width > 50
    rows = [dict(zip(header, row, strict=True)) for row in sheet.iter_rows(min_row=2, values_only=True)]
    wrong = next(row for row in rows if row["patient_id"] == "p03")
    assert (wrong["status"], wrong["severity"], wrong["table"]) == ("new", "error", "patients.csv")
    assert (wrong["row"], wrong["column"], wrong["answer"], wrong["who"]) == (4, "sex", None, "data manager")


def test_no_cell_is_a_formula(cohort: Path) -> None:
    sheet = openpyxl.load_workbook(asked(cohort, "queries.xlsx"))["queries"]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert not [cell.value for cell in cells if str(cell.value).startswith(("=", "+", "@"))]
    table = pl.read_csv(asked(cohort, "queries.csv"), infer_schema=False)
    texts = [str(value) for row in table.iter_rows() for value in row if value]
    assert any("cmd" in text for text in texts)
    assert not [text for text in texts if text.startswith("=")]


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_the_same_bytes(cohort: Path, ending: str) -> None:
    first, second = asked(cohort, f"one.{ending}"), asked(cohort, f"two.{ending}")
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_there_and_back(cohort: Path, capsys: pytest.CaptureFixture[str], ending: str) -> None:
    asked(cohort, f"may.{ending}")
    patients = cohort / "patients.csv"
    patients.write_text(patients.read_text().replace("p03,mael", "p03,male").replace("p01,male", "p01,mle"))
    capsys.readouterr()
    june = asked(cohort, f"june.{ending}", previous=f"may.{ending}")
    assert "1 new, 1 open, 1 solved" in capsys.readouterr().out
    july = asked(cohort, f"july.{ending}", previous=june.name)
    assert "2 open" in capsys.readouterr().out.splitlines()[-1]
    assert july.exists()


def test_answers_come_along(cohort: Path) -> None:
    book = openpyxl.load_workbook(asked(cohort, "may.xlsx"))
    sheet = book["queries"]
    column = [cell.value for cell in sheet[1]].index("answer") + 1
    for row in range(2, sheet.max_row + 1):
        sheet.cell(row, column).value = f"asked Dr – {sheet.cell(row, 3).value}"
    book.save(cohort.parent / "may.xlsx")  # as a spreadsheet program would
    june = openpyxl.load_workbook(asked(cohort, "june.xlsx", previous="may.xlsx"))["queries"]
    assert {june.cell(row, column).value for row in (2, 3)} == {"asked Dr – p03", "asked Dr – p05"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--queries", "list.docx"], "allowed: .xlsx, .csv"),
        (["--previous", "may.xlsx"], "--queries FILE.xlsx"),
        (["--queries", "june.csv", "--previous", "nothing.csv"], "no such file"),
        (["--queries", "june.csv", "--previous", "cohort/patients.csv"], "this is no query list"),
        (["--queries", "no/such/folder/june.xlsx"], "cannot be written"),
        (["--queries", "no/such/folder/june.csv"], "cannot be written"),
    ],
)
def test_bad_input(
    cohort: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    words: str,
) -> None:
    monkeypatch.chdir(cohort.parent)
    assert execute(["check", "cohort", *arguments]) == 2
    text = capsys.readouterr().err
    assert words in text
    assert text.count("error:") == 1


def test_a_status_that_is_none(cohort: Path, capsys: pytest.CaptureFixture[str]) -> None:
    may = asked(cohort, "may.csv")
    may.write_text(may.read_text().replace(",new,", ",done,", 1))
    arguments = ["--queries", str(cohort.parent / "june.csv"), "--previous", str(may)]
    assert execute(["check", str(cohort), *arguments]) == 2
    assert "allowed: new, open, solved" in capsys.readouterr().err
