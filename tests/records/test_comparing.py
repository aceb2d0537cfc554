"""Two states of records: what was added, removed and changed, and what is only elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dayzero.records.comparing import compare_records
from records.making import CLEAN, read_folder

if TYPE_CHECKING:
    from pathlib import Path

    from dayzero.records import Records
    from dayzero.records.comparing import RecordsDiff

EVENTS = """patient_id,date,event,site,detail
P1,100,relapse,marrow,
P1,120,infection,,
P1,120,infection,,first
P1,300,death,,
"""


@pytest.fixture
def old(tmp_path: Path) -> Records:
    return read_folder(tmp_path, {**CLEAN, "events": EVENTS})


def compare(tmp_path: Path, old: Records, **changed: str) -> RecordsDiff:
    return compare_records(old, read_folder(tmp_path, {**CLEAN, "events": EVENTS, **changed}))


def told(found: RecordsDiff) -> list[tuple[object, ...]]:
    return [(f.change, f.fact, f.column, f.old, f.new, f.old_row, f.new_row) for f in found.facts]


def test_the_same_facts_elsewhere_are_the_same(tmp_path: Path, old: Records) -> None:
    header, *rows = EVENTS.splitlines()
    found = compare(tmp_path, old, events="\n".join([header, *reversed(rows)]))
    assert found.patients == () and found.facts == ()


def test_a_cell(tmp_path: Path, old: Records) -> None:
    found = compare(tmp_path, old, events=EVENTS.replace("marrow", "CNS"))
    assert told(found) == [("changed", "relapse, day 100", "site", "marrow", "CNS", 2, 2)]


def test_a_cell_that_was_empty(tmp_path: Path, old: Records) -> None:
    found = compare(tmp_path, old, events=EVENTS.replace("P1,300,death,,", "P1,300,death,,infection"))
    assert told(found) == [("changed", "death, day 300", "detail", "", "infection", 5, 5)]


def test_a_day_of_the_only_fact_of_its_kind(tmp_path: Path, old: Records) -> None:
    found = compare(tmp_path, old, events=EVENTS.replace("P1,100,relapse", "P1,99,relapse"))
    assert told(found) == [("changed", "relapse, day 100", "day", "100", "99", 2, 2)]


def test_what_became_which_is_not_guessed(tmp_path: Path, old: Records) -> None:
    events = EVENTS.replace("P1,120,infection,,first", "P1,130,infection,,first")
    events = events.replace("P1,120,infection,,\n", "P1,140,infection,,\n")
    assert [(f.change, f.fact) for f in compare(tmp_path, old, events=events).facts] == [
        ("removed", "infection, day 120"),
        ("removed", "infection, day 120"),
        ("added", "infection, day 140"),
        ("added", "infection, day 130"),
    ]


def test_one_fact_more_and_one_less(tmp_path: Path, old: Records) -> None:
    found = compare(tmp_path, old, events=EVENTS.replace("P1,300,death,,", "P1,310,VOD,,"))
    assert told(found) == [
        ("removed", "death, day 300", "", "", "", 5, None),
        ("added", "VOD, day 310", "", "", "", None, 5),
    ]


def test_patients(tmp_path: Path, old: Records) -> None:
    patients = CLEAN["patients"].replace("P1,male", "P2,male") + "P3,female,4,T-ALL\n"
    grafts = CLEAN["transplants"].replace("P1", "P2") + "P3,0,allogeneic,CR1\n"
    new = {"patients": patients, "transplants": grafts, "events": "", "follow_up": "patient_id,date,alive\n"}
    del new["events"]
    found = compare_records(old, read_folder(tmp_path, {**new, "events": EVENTS.splitlines()[0] + "\n"}))
    assert [(p.patient_id, p.change, p.facts) for p in found.patients] == [
        ("P1", "removed", 7),
        ("P2", "added", 2),
        ("P3", "added", 2),
    ]
    assert found.facts == ()


def test_a_patient_s_own_cells(tmp_path: Path, old: Records) -> None:
    found = compare(tmp_path, old, patients=CLEAN["patients"].replace(",9,", ",8,"))
    assert [(f.table, f.column, f.old, f.new) for f in found.facts] == [("patients", "age", "9.0", "8.0")]
