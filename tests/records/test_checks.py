"""Each check finds what it is for, where it is, and nothing in records where all is well."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl
import pytest

from dayzero import records
from dayzero.records.checks import RULES
from dayzero.records.model import Records, Source
from records.making import CLEAN, FOLLOW_UP, of, read_flat, read_folder

if TYPE_CHECKING:
    from pathlib import Path

PATIENTS = "patient_id,sex,age,diagnosis,diagnosis_date,first_line_end\n"
TRANSPLANTS = "patient_id,date,type,remission\n"
TREATMENTS = "patient_id,agent,start,stop\n"
MEASUREMENTS = "patient_id,date,analyte,value\n"
EVENTS = "patient_id,date,event,cause\n"
DEATH = "P1,300,death,infection\n"
ALIVE = "patient_id,date,alive\n"


def case(rule: str, table: str, row: int, **tables: str) -> object:
    return pytest.param(rule, table, row, tables, id=f"{rule}-{table}")


CASES = [
    case("death_before_transplant", "events", 2, events=EVENTS + "P1,-3,death,infection\n", follow_up=ALIVE),
    case("two_deaths", "events", 3, events=EVENTS + DEATH + "P1,301,death,GVHD\n", follow_up=ALIVE),
    case("after_death", "events", 3, events=EVENTS + DEATH + "P1,310,relapse,\n", follow_up=ALIVE),
    case(
        "after_death", "measurements", 2, events=EVENTS + DEATH, measurements=MEASUREMENTS + "P1,301,ANC,1\n"
    ),
    case("after_death", "treatments", 2, events=EVENTS + DEATH, treatments=TREATMENTS + "P1,DLI,301,\n"),
    case(
        "after_death",
        "transplants",
        3,
        events=EVENTS + DEATH,
        transplants=CLEAN["transplants"] + "P1,310,allogeneic,\n",
    ),
    case("alive_after_death", "follow_up", 2, events=EVENTS + DEATH),
    case("dead_before_death", "follow_up", 2, events=EVENTS + DEATH, follow_up=ALIVE + "P1,200,no\n"),
    case("stop_before_start", "treatments", 2, treatments=TREATMENTS + "P1,blinatumomab,-40,-50\n"),
    case("diagnosis_after_transplant", "patients", 2, patients=PATIENTS + "P1,male,9,ALL,5,\n"),
    case("diagnosis_before_birth", "patients", 2, patients=PATIENTS + "P1,male,9,ALL,-5000,\n"),
    case("first_line_before_diagnosis", "patients", 2, patients=PATIENTS + "P1,male,9,ALL,-500,-600\n"),
    case(
        "event_before_diagnosis",
        "events",
        2,
        patients=PATIENTS + "P1,male,9,ALL,-500,\n",
        events=EVENTS + "P1,-600,relapse,\n",
        transplants=TRANSPLANTS + "P1,0,allogeneic,CR2\n",
    ),
    case(
        "treatment_before_diagnosis",
        "treatments",
        2,
        patients=PATIENTS + "P1,male,9,ALL,-500,\n",
        treatments=TREATMENTS + "P1,chemotherapy,-600,-590\n",
    ),
    case("not_after_transplant", "events", 2, events=EVENTS + "P1,-3,neutrophil engraftment,\n"),
    case("more_relapses_than_remission", "transplants", 2, events=EVENTS + "P1,-200,relapse,\n"),
    case(
        "fewer_relapses_than_remission",
        "transplants",
        2,
        transplants=TRANSPLANTS + "P1,0,allogeneic,CR3\n",
        events=EVENTS + "P1,-200,relapse,\n",
    ),
    case(
        "relapse_without_remission",
        "events",
        2,
        transplants=TRANSPLANTS + "P1,0,allogeneic,not in remission\n",
        events=EVENTS + "P1,90,relapse,\nP1,200,complete remission,\n",
    ),
    case(
        "platelets_before_neutrophils",
        "events",
        3,
        events=EVENTS + "P1,12,neutrophil engraftment,\nP1,9,platelet engraftment,\n",
    ),
    case(
        "engraftment_twice",
        "events",
        3,
        events=EVENTS + "P1,12,neutrophil engraftment,\nP1,14,neutrophil engraftment,\n",
    ),
    case("no_follow_up", "patients", 2, follow_up=ALIVE),
    case("contact_before_transplant_only", "follow_up", 2, follow_up=ALIVE + "P1,-5,yes\n"),
    case("short_follow_up", "follow_up", 3, follow_up=ALIVE + "P1,10,yes\nP1,59,yes\n"),
    case("after_last_contact", "events", 2, events=EVENTS + "P1,401,relapse,\n"),
    case("dead_without_event", "follow_up", 2, follow_up=ALIVE + "P1,400,no\n"),
    case("death_without_cause", "events", 2, events=EVENTS + "P1,300,death,\n", follow_up=ALIVE),
    case("event_without_day", "events", 2, events=EVENTS + "P1,,relapse,\n"),
]


@pytest.mark.parametrize(("rule", "table", "row", "tables"), CASES)
def test_found_once_where_it_is(
    tmp_path: Path, rule: str, table: str, row: int, tables: dict[str, str]
) -> None:
    found = read_folder(tmp_path, {**CLEAN, **tables})
    assert found.findings == ()
    (finding,) = of(records.check(found), rule)
    assert (finding.where.table, finding.where.row, finding.where.patient_id) == (f"{table}.csv", row, "P1")
    declared = {each.id: each for each in RULES}[finding.id]
    assert finding.severity == declared.severity
    assert "{" not in finding.what


@pytest.mark.parametrize(
    "tables",
    [
        {},
        # death, last contact, engraftment and stop of treatment on one day; platelets the day of neutrophils
        {
            "events": "patient_id,date,event,cause,site\n"
            "P1,90,death,infection,\nP1,90,neutrophil engraftment,,\nP1,90,platelet engraftment,,\n"
            "P1,90,relapse,,marrow\n",
            "follow_up": ALIVE + "P1,90,no\nP1,89,yes\n",
            "treatments": TREATMENTS + "P1,DLI,90,90\n",
            "measurements": MEASUREMENTS + "P1,90,ANC,1\n",
        },
        # diagnosis on the day of transplant; a remission number that fits its relapses
        {
            "patients": PATIENTS + "P1,male,9,ALL,-900,-300\n",
            "transplants": TRANSPLANTS + "P1,0,allogeneic,CR2\n",
            "events": EVENTS + "P1,-200,relapse,\n",
        },
        # a relapse after a remission reached after transplant
        {
            "transplants": TRANSPLANTS + "P1,0,allogeneic,not in remission\n",
            "events": EVENTS + "P1,30,complete remission,\nP1,90,relapse,\n",
        },
        # CR4+ with any number of relapses from three on
        {
            "transplants": TRANSPLANTS + "P1,0,allogeneic,CR4+\n",
            "events": EVENTS + "".join(f"P1,-{day},relapse,\n" for day in (100, 200, 300, 400)),
        },
        # followed for exactly 60 days
        {"follow_up": ALIVE + "P1,60,yes\n"},
        # no relapse is recorded before any transplant: the source does not hold them
        {"transplants": TRANSPLANTS + "P1,0,allogeneic,CR2\n"},
        # an event that did not happen is in no order with anything
        {"events": "patient_id,date,event,cause,occurred\nP1,,cGVHD,,no\n"},
        # someone never transplanted needs no follow-up
        {"patients": CLEAN["patients"] + "P2,male,9,ALL\n"},
    ],
)
def test_nothing_found_where_all_is_well(tmp_path: Path, tables: dict[str, str]) -> None:
    found = read_folder(tmp_path, {**CLEAN, **tables})
    assert records.check(found) == ()


def test_a_source_without_causes_of_death_is_told_once(tmp_path: Path) -> None:
    tables = {**CLEAN, "events": "patient_id,date,event\nP1,300,death\n", "follow_up": ALIVE}
    (finding,) = records.check(read_folder(tmp_path, tables))
    assert finding.id == "records.no_causes_of_death"
    assert finding.where.row is None


def test_headers_as_the_user_wrote_them(tmp_path: Path) -> None:
    follow_up = FOLLOW_UP.replace("date", "Date").replace("400", "59")
    (finding,) = records.check(read_folder(tmp_path, {**CLEAN, "follow_up": follow_up}))
    assert finding.where.column == "Date"


def test_a_flat_file_is_pointed_at_by_its_own_headers(tmp_path: Path) -> None:
    mapping = """
[[data.events]]
event = { value = "neutrophil engraftment" }
date = { column = "ANCrecovery" }
[[data.events]]
event = { value = "platelet engraftment" }
date = { column = "PLTrecovery" }
[data.follow_up]
date = { column = "seen" }
alive = { value = "yes" }
"""
    found = read_flat(tmp_path, "ANCrecovery,PLTrecovery,seen\n12,9,100\n11,13,45\n12,58,45\n", mapping)
    places = {
        (finding.id.removeprefix("records."), finding.where.table, finding.where.row, finding.where.column)
        for finding in records.check(found)
    }
    assert places == {
        ("platelets_before_neutrophils", "flat.csv", 2, "PLTrecovery"),
        ("short_follow_up", "flat.csv", 3, "seen"),
        ("short_follow_up", "flat.csv", 4, "seen"),
        ("after_last_contact", "flat.csv", 4, "PLTrecovery"),
    }


def test_frames_of_another_engine(tmp_path: Path) -> None:
    """Records whose tables come from elsewhere: lazy narwhals frames, no places, occurred left empty."""
    found = read_folder(tmp_path, {**CLEAN, "events": EVENTS + "P1,401,relapse,\n"})
    tables = {
        name: nw.from_native(frame.with_columns(occurred=None) if name == "events" else frame).lazy()
        for name, frame in found.tables.items()
    }
    elsewhere = Records(tables, pl.DataFrame(schema=found.given.schema), None, Source("db", "database", ""))
    (finding,) = of(records.check(elsewhere), "after_last_contact")
    assert (finding.where.table, finding.where.column) == ("events", "date")
