"""Dates without a day: refused, or completed by a declared rule that is said; never a transplant's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dayzero import records
from dayzero.cli import execute
from dayzero.errors import BadInputError
from records.making import folder, ids, of

if TYPE_CHECKING:
    from pathlib import Path

TABLES = {
    "patients": "patient_id,sex,age,diagnosis,diagnosis_date\nP1,male,9,ALL,2020-11\n",
    "transplants": "patient_id,date,type,number\nP1,2021-06-20,allogeneic,1\nP1,2022-03,allogeneic,2\n",
    "follow_up": "patient_id,date,alive\nP1,05/2022,yes\nP1,2022-07-01,yes\n",
}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return folder(tmp_path / "centre", TABLES)


def test_without_a_rule_they_are_refused(source: Path) -> None:
    read = records.read(source)
    assert [finding.where.table for finding in of(read.findings, "month_only")] == [
        "follow_up.csv",
        "patients.csv",
        "transplants.csv",
    ]
    assert read.tables["patients"]["diagnosis_day"].to_list() == [None]


@pytest.mark.parametrize(
    ("rule", "days"), [("first", [-231, 315]), ("middle", [-217, 329]), ("last", [-202, 345])]
)
def test_a_rule_is_followed_and_said(source: Path, rule: str, days: list[int]) -> None:
    read = records.read(source, partial_dates=rule)
    follow_up = read.tables["follow_up"]["day"].to_list()
    assert [*read.tables["patients"]["diagnosis_day"], follow_up[0]] == days
    told = {(f.where.table, f.where.column, f.found) for f in of(read.findings, "day_imputed")}
    assert told == {("patients.csv", "diagnosis_date", rule), ("follow_up.csv", "date", rule)}
    assert {f.severity for f in of(read.findings, "day_imputed")} == {"note"}


def test_a_transplant_is_never_completed(source: Path) -> None:
    """Every day counts from it: an imputed day 0 would move the whole course."""
    read = records.read(source, partial_dates="middle")
    (refused,) = of(read.findings, "month_only")
    assert (refused.where.table, refused.where.row) == ("transplants.csv", 3)
    assert read.tables["transplants"]["day"].to_list() == [0]


def test_a_rule_that_is_none(source: Path) -> None:
    with pytest.raises(BadInputError, match="did you mean 'middle'"):
        records.read(source, partial_dates="midle")


def test_in_a_study_file_and_as_an_option(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = source.parent / "study.toml"
    study.write_text('[study]\ntitle = "T"\n[data]\nsource = "centre"\npartial_dates = "middle"\n')
    execute(["check", str(study)])
    by_study = capsys.readouterr().out
    execute(["check", str(source), "--partial-dates", "middle"])
    assert capsys.readouterr().out == by_study
    assert "A date without a day was set to the middle day of its month, as declared (1 cell)" in by_study


def test_a_flat_file(tmp_path: Path) -> None:
    (tmp_path / "flat.csv").write_text("id,hsct,seen\nP1,2021-06-20,2022-07\n")
    mapping = records.flat_mapping(
        {
            "id": {"column": "id"},
            "partial_dates": "last",
            "transplants": {"date": {"column": "hsct"}, "type": {"value": "allogeneic"}},
            "follow_up": {"date": {"column": "seen"}, "alive": {"value": "yes"}},
        },
        "[data]",
    )
    read = records.read(tmp_path / "flat.csv", mapping=mapping, partial_dates="last")
    assert read.tables["follow_up"]["day"].to_list() == [406]
    assert "day_imputed" in ids(read.findings)
