"""Rows that are refused, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from records.making import CLEAN, PATIENTS, ids, of, read_folder

if TYPE_CHECKING:
    from pathlib import Path

EVENTS = "patient_id,date,event,occurred\n"


@pytest.mark.parametrize(
    ("row", "rule", "column"),
    [
        (",12,relapse,", "missing_key", "patient_id"),
        ("P1,12,,", "missing_key", "event"),
        ("P1,12,party,", "unknown_code", "event"),
        ("P9,12,relapse,", "unknown_patient", "patient_id"),
        ("p1,12,relapse,", "unknown_patient", "patient_id"),
    ],
)
def test_refused(tmp_path: Path, row: str, rule: str, column: str) -> None:
    found = read_folder(tmp_path, {**CLEAN, "events": f"{EVENTS}{row}\n"})
    (finding,) = found.findings
    assert finding.id == f"records.{rule}"
    assert (finding.where.table, finding.where.row, finding.where.column) == ("events.csv", 2, column)
    assert finding.what.endswith("The row is not used.")
    assert found.tables["events"].is_empty()


@pytest.mark.parametrize(
    ("typed", "hint"), [("p1", "did you mean 'P1'"), ("0P1", "did you mean 'P1'"), ("P9", "")]
)
def test_the_id_that_was_meant(tmp_path: Path, typed: str, hint: str) -> None:
    found = read_folder(tmp_path, {**CLEAN, "events": f"{EVENTS}{typed},12,relapse,\n"})
    assert found.findings[0].hint.startswith(hint or "add the patient")


def test_duplicates(tmp_path: Path) -> None:
    events = f"{EVENTS}P1,12,relapse,\nP1,D+12,Relapse,\nP1,13,relapse,\n"
    found = read_folder(tmp_path, {**CLEAN, "events": events, "patients": PATIENTS + "P1,female,8,ALL\n"})
    (repeated,) = of(found.findings, "duplicate_row")
    assert (repeated.where.row, repeated.where.table) == (3, "events.csv")
    (twice,) = of(found.findings, "duplicate_patient")
    assert twice.what == "The patient is already in row 2. The row is not used."
    assert found.tables["events"]["day"].to_list() == [12, 13]
    assert found.tables["patients"]["sex"].to_list() == ["male"]


def test_missing_values_and_columns(tmp_path: Path) -> None:
    found = read_folder(tmp_path, {**CLEAN, "patients": "patient_id,sex,foo,diagnosys\nP1,,1,ALL\n"})
    assert ids(found.findings) == {"missing_value", "missing_column", "unknown_column", "misspelt_column"}
    assert of(found.findings, "missing_column")[0].where.column == "diagnosis"
    assert of(found.findings, "missing_value")[0].where.column == "sex"
    (misspelt,) = of(found.findings, "misspelt_column")
    assert misspelt.severity == "error"
    assert "'diagnosis'" in misspelt.hint


def test_a_column_without_a_header(tmp_path: Path) -> None:
    found = read_folder(
        tmp_path, {**CLEAN, "patients": "patient_id,sex,age,,diagnosis\nP1,male,9,seen,ALL\n"}
    )
    assert "Column number 4" in of(found.findings, "headless_column")[0].what


@pytest.mark.parametrize(
    ("row", "occurred", "day", "rule"),
    [
        ("P1,12,relapse,", "yes", 12, None),
        ("P1,12,relapse,yes", "yes", 12, None),
        ("P1,,relapse,", "yes", None, None),
        ("P1,,relapse,no", "no", None, None),
        ("P1,,relapse,unknown", "unknown", None, None),
        ("P1,12,relapse,no", "unknown", None, "event_contradiction"),
        ("P1,12,relapse,unknown", "unknown", None, "event_contradiction"),
        ("P1,12,relapse,perhaps", "unknown", None, "unknown_code"),
        ("P1,soon,relapse,", "yes", None, "not_a_date"),
        ("P1,1000000,relapse,", "unknown", None, "implausible_day"),
    ],
)
def test_whether_an_event_happened(
    tmp_path: Path, row: str, occurred: str, day: int | None, rule: str | None
) -> None:
    found = read_folder(tmp_path, {**CLEAN, "events": f"{EVENTS}{row}\n"})
    (event,) = found.tables["events"].iter_rows(named=True)
    assert (event["occurred"], event["day"]) == (occurred, day)
    assert ids(found.findings) == ({rule} if rule else set())


def test_commas_and_codes_for_missing_are_said_once_a_column(tmp_path: Path) -> None:
    patients = 'patient_id,sex,age,diagnosis\nP1,male,"9,5",NA\nP2,male,"8,5",NA\nP3,male,20.000,ALL\n'
    found = read_folder(tmp_path, {**CLEAN, "patients": patients})
    assert "(2 cells)" in of(found.findings, "decimal_comma")[0].what
    assert "(2 cells)" in of(found.findings, "looks_missing")[0].what
    assert of(found.findings, "ambiguous_comma")[0].where.row == 4
    assert found.tables["patients"]["age"].to_list() == [9.5, 8.5, None]


def test_sentinels_among_numbers(tmp_path: Path) -> None:
    patients = "patient_id,sex,age,diagnosis\nP1,male,9,ALL\nP2,male,99,ALL\nP3,male,12,ALL\n"
    found = read_folder(tmp_path, {**CLEAN, "patients": patients})
    assert of(found.findings, "sentinel_suspected")[0].found == "99"
    assert found.tables["patients"]["age"].to_list() == [9.0, None, 12.0]
