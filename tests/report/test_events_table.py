"""The table of engraftment, GVHD, infections and complications, from twelve patients counted by hand."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from dayzero.report.numbers import Numbers
from dayzero.report.tables.events import events_table
from dayzero.study import run
from study import small_cohort

if TYPE_CHECKING:
    from pathlib import Path

    from dayzero.study.results import Results

ASKED = """
[[outcome]]
endpoint = "neutrophil_engraftment"
by = ["remission"]
horizons = [1]
[[outcome]]
endpoint = "cmv_infection"
"""
#: p01 to p08 engrafted on days 10 to 17, p09 (who died on day 50) and p10 to p12 never; p01 and p10 had CMV.
ROWS = [
    *((f"p{i:02}", "neutrophil engraftment", 9 + i, "") for i in range(1, 9)),
    ("p01", "infection", 40, "CMV"),
    ("p10", "infection", "", "CMV"),
]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    folder = tmp_path_factory.mktemp("events")
    path = small_cohort.write_cohort(folder, dates=False, study=small_cohort.STUDY + ASKED)
    add(folder / "cohort" / "events.csv")
    return run(path).results


def add(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows += [{"patient_id": p, "date": day, "event": event, "cause": cause} for p, event, day, cause in ROWS]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["patient_id", "date", "event", "cause"], restval="")
        writer.writeheader()
        writer.writerows(rows)


def test_who_had_it_when_and_how_often(results: Results) -> None:
    table = events_table(results, Numbers(results))
    assert table is not None
    lines = {row.ref: [cell.text for cell in row.cells] for row in table.rows}
    whole = lines["onset.neutrophil_engraftment"]
    # Days 10 to 17: median 13.5; 8 of 12.
    assert whole[:4] == ["Neutrophil engraftment", "12", "8 (66.7%)", "13.5 (10–17)"]
    assert whole[6] == "30"
    assert lines["onset.neutrophil_engraftment.remission.CR1"][:4] == [
        "Remission at HSCT: CR1", "6", "6 (100%)", "12.5 (10–15)",
    ]  # fmt: skip
    # p10's day is not recorded: counted, but in no median.
    assert lines["onset.cmv_infection"][1:4] == ["12", "2 (16.7%)", "40 (40–40)"]
    notes = " ".join(note.text for note in table.footnotes)
    assert "Day not recorded in 1 patient." in notes
    assert "death: 1" in notes


def test_the_incidence_is_the_one_of_the_outcome_table(results: Results) -> None:
    table = events_table(results, Numbers(results))
    assert table is not None
    shown = {span.ref for row in table.rows for cell in row.cells for span in cell.content if span.ref}
    assert "neutrophil_engraftment.1" in shown
    assert all(ref.startswith(("onset.", "neutrophil_engraftment.")) for ref in shown)


def test_a_study_of_survival_alone_has_no_such_table(cohort: Results) -> None:
    assert events_table(cohort, Numbers(cohort)) is None
