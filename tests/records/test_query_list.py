"""The query list: its order, its ids, and what is new, open and solved."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from dayzero import records
from dayzero.records.query_list import WHO, Query, queries
from records.making import read_folder
from records.test_field_rules import CASES, tables_of

if TYPE_CHECKING:
    from pathlib import Path

PATIENTS = """patient_id,sex,age,diagnosis
P1,male,9,ALL
P2,mael,8,ALL
P3,feemale,200,ALL
"""
TRANSPLANTS = "patient_id,date,type\nP1,0,allogeneic\nP2,0,allogeneic\nP3,0,allogeneic\n"
FOLLOW_UP = """patient_id,date,alive
P1,400,yes
P2,400,yes
P3,300,yes
P3,400,yes
"""
EVENTS = "patient_id,date,event\nP1,350,death\n"


def listed(path: Path, previous: tuple[Query, ...] = (), **changed: str) -> tuple[Query, ...]:
    tables = {"patients": PATIENTS, "transplants": TRANSPLANTS, "follow_up": FOLLOW_UP, "events": EVENTS}
    read = read_folder(path, {**tables, **changed})
    return queries(read, [*read.findings, *records.check(read)], previous)


def without_row(made: tuple[Query, ...]) -> set[Query]:
    return {replace(query, row="", what="") for query in made}


def reversed_rows(table: str) -> str:
    header, *rows = table.splitlines()
    return "\n".join([header, *reversed(rows)]) + "\n"


def test_by_patient_worst_first(tmp_path: Path) -> None:
    made = listed(tmp_path)
    patients = [query.patient_id for query in made]
    assert patients == sorted(patients, key=patients.index)  # each patient in one run
    assert patients[0] == "P3"  # two errors
    assert [query.severity for query in made if query.patient_id == "P3"][:2] == ["error", "error"]
    assert {query.status for query in made} == {"new"}
    assert "note" not in {query.severity for query in made}
    assert len({query.id for query in made}) == len(made)


def test_ids_do_not_depend_on_rows(tmp_path: Path) -> None:
    turned = {
        "patients": reversed_rows(PATIENTS),
        "follow_up": reversed_rows(FOLLOW_UP),
        "transplants": reversed_rows(TRANSPLANTS),
    }
    assert without_row(listed(tmp_path, **turned)) == without_row(listed(tmp_path))


def test_new_open_solved(tmp_path: Path) -> None:
    before = listed(tmp_path)
    answered = tuple(replace(query, answer=f"to {query.patient_id}") for query in before)
    now = listed(
        tmp_path,
        answered,
        patients=PATIENTS.replace("mael", "male").replace("feemale", "femail").replace("P1,male", "P1,mal"),
    )
    status = {(query.patient_id, query.column): query.status for query in now if query.column == "sex"}
    assert status == {("P2", "sex"): "solved", ("P3", "sex"): "open", ("P1", "sex"): "new"}
    by_place = {(query.patient_id, query.column): query for query in now}
    assert by_place["P3", "sex"].answer == "to P3"
    assert "femail" in by_place["P3", "sex"].found
    assert by_place["P1", "sex"].answer == ""
    assert now[-1].status == "solved"
    assert {query.id for query in before} <= {query.id for query in now}


def test_what_was_solved_before_is_not_repeated_and_can_come_back(tmp_path: Path) -> None:
    mended = PATIENTS.replace("mael", "male")
    first = listed(tmp_path)
    second = listed(tmp_path, first, patients=mended)
    third = listed(tmp_path, second, patients=mended)
    assert "solved" in {query.status for query in second}
    assert "solved" not in {query.status for query in third}
    again = {query.patient_id: query.status for query in listed(tmp_path, second) if query.column == "sex"}
    assert again == {"P2": "new", "P3": "open"}


def test_facts_of_one_patient_are_told_apart_by_day(tmp_path: Path) -> None:
    events = "patient_id,date,event\nP1,350,death\n"
    contacts = FOLLOW_UP + "P1,500,yes\n"
    before = {
        q.row: q.id for q in listed(tmp_path, events=events, follow_up=contacts) if q.table == "follow_up.csv"
    }
    moved = FOLLOW_UP.replace("P1,400,yes\n", "") + "P1,500,yes\nP1,400,yes\n"
    after = {
        q.row: q.id for q in listed(tmp_path, events=events, follow_up=moved) if q.table == "follow_up.csv"
    }
    assert len(before) == len(set(before.values())) == 2  # both contacts are after the death
    assert set(before.values()) == set(after.values())
    assert set(before) != set(after)


def test_findings_alike_in_everything_but_the_row_are_counted(tmp_path: Path) -> None:
    twice = FOLLOW_UP + "P1,soon,yes\nP1,later,yes\n"
    made = [query for query in listed(tmp_path, follow_up=twice) if query.column == "date"]
    unread = [query for query in made if query.rule == "records.not_a_date"]
    assert len({query.id for query in unread}) == len(unread) == 2


def test_who_should_answer(tmp_path: Path) -> None:
    made = listed(tmp_path, events="patient_id,date,event\nP1,500,relapse\n")
    who = {(query.rule.removeprefix("records."), query.table, query.patient_id): query.who for query in made}
    assert who["unknown_code", "patients.csv", "P2"] == "data manager"
    assert who["after_last_contact", "events.csv", "P1"] == "treating physician"
    assert set(who.values()) <= {"data manager", *WHO.values()}


ASKED = {each.id: each.values[1] for each in CASES if each.values[3] is not None}  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ASKED)
def test_no_id_depends_on_the_order_of_rows(tmp_path: Path, name: str) -> None:
    """Of every rule of the field: the record that breaks it, turned upside down, asks the same."""
    tables = tables_of(ASKED[name])
    turned = {name: reversed_rows(text) for name, text in tables.items()}

    def ids(place: str, texts: dict[str, str]) -> set[str]:
        (tmp_path / place).mkdir()
        read = read_folder(tmp_path / place, texts)
        return {query.id for query in queries(read, [*read.findings, *records.check(read)])}

    assert ids("before", tables) == ids("after", turned)
