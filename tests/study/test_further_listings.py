"""The listings of relapses and of blinatumomab: who, when, what was done, how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dayzero.report.tables.plain import further_listings
from dayzero.study import run
from study import small_cohort

if TYPE_CHECKING:
    from pathlib import Path

ASKED = small_cohort.STUDY + "\n[listing]\nrelapses = true\n"


def test_relapses_in_order_of_day_with_the_group_beside(tmp_path: Path) -> None:
    results = run(small_cohort.write_cohort(tmp_path, study=ASKED)).results
    (listing,) = results.listings
    # p07 relapsed on day 100 and was seen last on day 410 + 60; p08 on day 200, and died on day 300.
    assert listing.columns[:2] == ("patient_id", "remission")
    rows = [dict(zip(listing.columns, row, strict=True)) for row in listing.rows]
    told = [
        (row["patient_id"], row["remission"], row["relapse_day"], row["outcome"], row["outcome_day"])
        for row in rows
    ]
    assert told == [("p07", "CR2", "100", "alive", "470"), ("p08", "CR2", "200", "dead", "300")]
    assert {row["salvages"] for row in rows} == {"not recorded"}
    assert listing.note == "First salvage: not recorded 2. Days count from day 0."
    (table,) = further_listings(results)
    assert [column.align for column in table.columns][2] == "right"


def test_nothing_is_listed_unless_asked(tmp_path: Path) -> None:
    assert run(small_cohort.write_cohort(tmp_path)).results.listings == ()


def test_nobody_relapsed(tmp_path: Path) -> None:
    only_first = ASKED.replace(
        "immunophenotype = 'B-ALL'", "immunophenotype = 'B-ALL' and remission_number = 1"
    )
    only_first = only_first.replace(', "CR2" = "remission_number = 2"', "")
    (listing,) = run(small_cohort.write_cohort(tmp_path, study=only_first)).results.listings
    assert (listing.rows, listing.note) == ((), "No relapse.")


GIVEN = """patient_id,agent,start,stop,dose,unit,indication,cycle
p07,blinatumomab,-90,-62,15,ug/m2/day,MRD clearance,1
p07,blinatumomab,-48,-20,15,ug/m2/day,MRD clearance,2
p08,blinatumomab,-40,,28,ug/day,consolidation,1
p01,inotuzumab,-50,-40,,,salvage,
"""
MRD = """patient_id,date,analyte,value,unit,sensitivity
p07,-91,MRD,0.01,fraction,
p07,-50,MRD,0.001,fraction,
p07,-10,MRD,negative,,0.0001
"""


def test_each_course_of_blinatumomab_with_its_mrd(tmp_path: Path) -> None:
    asked = small_cohort.STUDY + "\n[listing]\nblinatumomab = true\n"
    path = small_cohort.write_cohort(tmp_path, dates=False, study=asked)
    (tmp_path / "cohort" / "treatments.csv").write_text(GIVEN, encoding="utf-8")
    (tmp_path / "cohort" / "measurements.csv").write_text(MRD, encoding="utf-8")
    (listing,) = run(path).results.listings
    rows = [dict(zip(listing.columns, row, strict=True)) for row in listing.rows]
    assert rows[0] == {
        "patient_id": "p07",
        "remission": "CR2",
        "cycles": "2",
        "indication": "MRD clearance",
        "dose": "15 ug/m2/day",
        "first_day": "-90",
        "last_day": "-20",
        "infusion_days": "58",
        "days_to_transplant": "20",
        "mrd_before": "positive, quantifiable",
        "mrd_after": "1: positive, quantifiable; 2: undetectable",
    }
    assert (rows[1]["last_day"], rows[1]["mrd_after"]) == ("not recorded", "1: not recorded")
    assert len(rows) == 2
    assert (listing.name, listing.note.split(". ")[0]) == (
        "blinatumomab",
        "Patients by cycles: 1 cycle 1; 2 cycles 1",
    )


def test_a_course_past_day_0_says_so(tmp_path: Path) -> None:
    asked = small_cohort.STUDY + "\n[listing]\nblinatumomab = true\n"
    path = small_cohort.write_cohort(tmp_path, dates=False, study=asked)
    given = "patient_id,start,stop,agent\np07,-20,8,blinatumomab\np08,-30,,blinatumomab\n"
    (tmp_path / "cohort" / "treatments.csv").write_text(given, encoding="utf-8")
    (listing,) = run(path).results.listings
    rows = [dict(zip(listing.columns, row, strict=True)) for row in listing.rows]
    assert [(row["patient_id"], row["days_to_transplant"]) for row in rows] == [
        ("p07", "runs past day 0"),
        ("p08", "not recorded"),
    ]


def test_nobody_was_given_blinatumomab(tmp_path: Path) -> None:
    asked = small_cohort.STUDY + "\n[listing]\nblinatumomab = true\n"
    (listing,) = run(small_cohort.write_cohort(tmp_path, study=asked)).results.listings
    assert (listing.rows, listing.note) == ((), "No blinatumomab before transplant.")


def test_prior_therapy_is_counted_by_patients(tmp_path: Path) -> None:
    path = small_cohort.write_cohort(
        tmp_path, dates=False, study=small_cohort.STUDY + "\n[listing]\ntherapy = true\n"
    )
    rows = [("p01", "chemotherapy", -90), ("p01", "blinatumomab", -30), ("p02", "chemotherapy", -60)]
    lines = ["patient_id,agent,start", *(",".join(map(str, row)) for row in rows)]
    (tmp_path / "cohort" / "treatments.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (listing,) = run(path).results.listings
    assert listing.name == "therapy"
    assert listing.note.startswith("Patients given each: chemotherapy 2; blinatumomab 1. ")
    assert [row[0] for row in listing.rows] == ["p01", "p02"]
    assert listing.rows[0][-1] == "chemotherapy (day -90); blinatumomab (day -30)"
