"""What leaves reading: no calendar date, no free text, no name; only days, codes and pseudonyms."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import pytest

from dayzero import records
from dayzero.records.cells import form, quote, without_dates
from records.making import of, read_flat, workbook

if TYPE_CHECKING:
    from pathlib import Path

PERSON = "Mario Rossi, via Roma 7"
SHEETS = {
    "patients": [
        [
            "patient_id",
            "sex",
            "birth_date",
            "age",
            "diagnosis",
            "diagnosis_date",
            "cytogenetics",
            "centre",
            "name",
        ],
        ["P1", "13/03/2010", "13/03/2010", "", PERSON, "13/04/19", "seen 13/03/2019", PERSON, PERSON],
        [
            "P2",
            "male",
            "13 Mar 2010",
            9,
            "ALL",
            date(1900, 1, 3),
            "t(9;22)(q34;q11)",
            date(2019, 3, 13),
            PERSON,
        ],
        [PERSON, "x" * 90, date(2010, 3, 13), "about nine", "ALL", "2019-13-03", "", "", ""],
    ],
    "transplants": [
        ["patient_id", "date", "type", "hla_match", "tnc"],
        ["P1", date(2020, 3, 13), "allogeneic", "10/10", "13/03/2019"],
        ["P2", "13/03/2020", "allogeneic", date(2019, 3, 13), "3"],
    ],
    "events": [
        ["patient_id", "date", "event", "cause", "detail"],
        ["P1", "2020-05-13", "death", "died 13.05.2020 at home", PERSON],
        ["P1", date(2020, 5, 20), "13/05/2020", "", ""],
        ["P1", "13th of May", "relapse", "", ""],
    ],
}
CALENDAR = re.compile(r"\b(?:19|20)\d\d-\d|\d[/.]\d+[/.]\d|\b13\b.{0,6}(?:Mar|May)")


@pytest.fixture
def found(tmp_path: Path) -> records.Records:
    return records.read(workbook(tmp_path / "a.xlsx", {**SHEETS, PERSON: [[PERSON]]}))


def test_findings_repeat_no_text_and_no_date(found: records.Records) -> None:
    shown = [
        " ".join((finding.what, finding.found, finding.hint, str(finding.where.column)))
        for finding in (*found.findings, *records.check(found))
    ]
    assert len(shown) > 10
    for text in shown:
        assert "Rossi" not in text
        assert "at home" not in text
        assert not CALENDAR.search(text.replace("2023-05-17", ""))


def test_tables_hold_no_calendar_date(found: records.Records) -> None:
    for frame in found.tables.values():
        assert not any(dtype.is_temporal() for dtype in frame.schema.values())
        for name in frame.columns:
            for value in frame[name].drop_nulls().to_list():
                assert not CALENDAR.search(str(value))
    assert found.tables["events"]["cause"].to_list()[0] == "died [date] at home"


@pytest.mark.parametrize(
    "name", ["Mario Rossi", "Rossi, Mario", "O'Brien Anna-Maria", "13.03.2010", "Li Wei"]
)
def test_names_as_ids_are_replaced_everywhere(tmp_path: Path, name: str) -> None:
    sheets = {
        "patients": [
            ["patient_id", "sex", "age", "diagnosis"],
            ["P1", "male", 9, "ALL"],
            [name, "male", 9, "ALL"],
        ],
        "transplants": [
            ["patient_id", "date", "type"],
            [name, 0, "allogeneic"],
            ["Anna Bianchi", 0, "allogeneic"],
        ],
        "follow_up": [["patient_id", "date", "alive"], [f" {name} ", 30, "yes"], [name, 5, "maybe"]],
    }
    result = records.read(workbook(tmp_path / "a.xlsx", sheets))
    assert [finding.where.row for finding in of(result.findings, "id_like_name")] == [3, 3]
    assert result.tables["patients"]["patient_id"].to_list() == ["P1", "row 3"]
    assert result.tables["follow_up"]["patient_id"].to_list() == ["row 3"]
    assert of(result.findings, "unknown_patient")[0].where.patient_id == "transplants row 3"
    shown = str((*result.findings, *records.check(result)))
    assert name not in shown
    assert "Bianchi" not in shown


def test_names_as_ids_of_a_flat_file(tmp_path: Path) -> None:
    mapping = """
[data]
id = { column = "who" }
[data.follow_up]
date = { column = "day" }
alive = { value = "yes" }
"""
    result = read_flat(tmp_path, "who,day\nMario Rossi,100\nMario Rossi,200\nP3,90\n", mapping)
    assert result.tables["follow_up"].select("patient_id", "day").rows() == [("row 2", 100), ("P3", 90)]
    assert "Rossi" not in str(result.findings)


@pytest.mark.parametrize("pseudonym", ["P1", "00123", "1E5", "BM-2020-17", "abc", "HSCT 12"])
def test_pseudonyms_as_ids(tmp_path: Path, pseudonym: str) -> None:
    rows = [["patient_id", "sex", "age", "diagnosis"], [pseudonym, "male", 9, "ALL"]]
    result = records.read(workbook(tmp_path / "a.xlsx", {"patients": rows}))
    assert not of(result.findings, "id_like_name")


def test_the_key_is_all_that_is_left_of_the_calendar(found: records.Records) -> None:
    assert found.key is not None
    assert found.key.columns == ["patient_id", "day0"]
    assert found.tables["patients"]["year"].to_list()[0] == 2020


def test_flat_variables_lose_their_dates(tmp_path: Path) -> None:
    result = read_flat(tmp_path, "note\nseen 13/03/2019\n", '[data.variables.note]\ncolumn = "note"')
    assert result.tables["patients"]["note"].to_list() == ["seen [date]"]


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("relapse 03/04/2020, then CR", "relapse [date], then CR"),
        ("2020-04-03", "[date]"),
        ("on 3.4.20 again", "on [date] again"),
        ("10/10", "10/10"),
        ("t(9;22)(q34;q11.2)", "t(9;22)(q34;q11.2)"),
        ("HLA 15:01, DRB1 03:01", "HLA 15:01, DRB1 03:01"),
        ("5-10-15 mg", "5-10-15 mg"),
        ("1.5", "1.5"),
    ],
)
def test_dates_in_text(text: str, clean: str) -> None:
    # three numbers joined by one mark cannot be told from a date: such a dose is masked too
    assert without_dates(text) in (clean, "[date] mg")


def test_quotes_are_short_and_masked() -> None:
    assert form("13/Mar/2020") == "##/xxx/####"
    assert quote("13/03/2020") == "##/##/####"
    assert len(quote("x" * 90)) == 40
