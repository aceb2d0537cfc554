"""Day 0 is the first allogeneic transplant, or unknown: never the next best one."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from records.making import PATIENTS, ids, of, read_folder

if TYPE_CHECKING:
    from pathlib import Path

    from dayzero.records import Records

HEADER = "patient_id,date,type,number\n"


def read(path: Path, transplants: str, events: str = "") -> Records:
    tables = {"patients": PATIENTS, "transplants": HEADER + transplants}
    if events:
        tables["events"] = "patient_id,date,event\n" + events
    return read_folder(path, tables)


def days(records: Records) -> list[int]:
    return records.tables["transplants"]["day"].to_list()


def test_the_first_allogeneic_transplant(tmp_path: Path) -> None:
    found = read(tmp_path, "P1,2020-03-01,allogeneic,2\nP1,2019-03-01,auto,1\nP1,2021-03-01,allo,3\n")
    assert found.key is not None
    assert found.key.rows() == [("P1", date(2020, 3, 1))]
    assert days(found) == [0, -366, 365]
    assert found.tables["patients"]["year"].to_list() == [2020]
    assert not of(found.findings, "transplant_order")


def test_days_only(tmp_path: Path) -> None:
    found = read(tmp_path, "P1,0,allogeneic,1\nP1,D+300,allogeneic,2\n")
    assert found.key is None
    assert days(found) == [0, 300]
    assert found.tables["patients"]["year"].to_list() == [None]


def test_a_date_and_a_later_day(tmp_path: Path) -> None:
    found = read(tmp_path, "P1,2020-03-01,allogeneic,1\nP1,D+300,allogeneic,2\n", "P1,D+12,relapse\n")
    assert days(found) == [0, 300]
    assert found.tables["events"]["day"].to_list() == [12]


@pytest.mark.parametrize(
    ("transplants", "rule"),
    [
        ("P1,03/04/2020,allogeneic,1\nP1,2021-03-01,allogeneic,2\n", "day0_unknown"),
        ("P1,,allogeneic,\nP1,2021-03-01,allogeneic,\n", "day0_unknown"),
        ("P1,2020-03-01,alogenic,1\nP1,2021-03-01,allogeneic,2\n", "day0_unknown"),
        ("P1,2020-03-01,,\nP1,2021-03-01,allogeneic,\n", "day0_unknown"),
        ("P1,5,allogeneic,1\n", "day0_not_zero"),
        ("P1,0,allogeneic,1\nP1,2021-03-01,allogeneic,2\n", "day0_not_zero"),
        ("P1,2020-03-01,autologous,1\n", "no_transplant"),
    ],
)
def test_unknown_rather_than_the_next_one(tmp_path: Path, transplants: str, rule: str) -> None:
    found = read(tmp_path, transplants, "P1,2021-04-01,relapse\n")
    assert rule in ids(found.findings)
    assert found.key is None
    assert found.tables["events"].is_empty()
    assert of(found.findings, "not_placed")
    assert found.tables["patients"]["patient_id"].to_list() == ["P1"]


@pytest.mark.parametrize("lost", ["P1,03/04/2022,allogeneic,2\n", "P1,2022-03-01,alogenic,\n"])
def test_a_later_transplant_may_be_unreadable(tmp_path: Path, lost: str) -> None:
    found = read(tmp_path, "P1,2021-03-01,allogeneic,1\n" + lost)
    assert days(found) == [0]
    assert "day0_unknown" not in ids(found.findings)


def test_numbers_against_dates(tmp_path: Path) -> None:
    found = read(tmp_path, "P1,2021-03-01,allogeneic,1\nP1,2020-03-01,allogeneic,2\n")
    assert of(found.findings, "transplant_order")
    assert days(found) == [365, 0]


def test_a_calendar_date_without_a_dated_transplant(tmp_path: Path) -> None:
    found = read(tmp_path, "P1,0,allogeneic,1\n", "P1,2021-04-01,relapse\nP1,100,death\n")
    (finding,) = of(found.findings, "no_calendar")
    assert finding.what.endswith("The row is not used.")
    assert found.tables["events"]["event"].to_list() == ["death"]
