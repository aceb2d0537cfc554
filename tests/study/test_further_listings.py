"""The listing of relapses: who, when, what was done, how it ended."""

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
