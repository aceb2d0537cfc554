"""``dayzero diff``: two locks of the cohort worked by hand, one fact apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from dayzero.cli import execute
from study.small_cohort import write_cohort

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def locks(tmp_path: Path) -> tuple[str, str, str]:
    """Return two locks and the study; in the second p07's death on day 110 after relapse was added."""
    study = write_cohort(tmp_path)
    source = tmp_path / "cohort"
    made = ["lock", str(source), "--accept-errors", "-o"]
    assert execute([*made, str(tmp_path / "one")]) == 0
    events = source / "events.csv"
    rows = events.read_text().splitlines()
    day0 = pl.read_csv(source / "transplants.csv", try_parse_dates=True).filter(pl.col("patient_id") == "p07")
    death = day0["date"].item() + pl.select(pl.duration(days=500)).item()
    events.write_text("\n".join([rows[0], f"p07,{death},death", *reversed(rows[1:])]) + "\n")
    assert execute([*made, str(tmp_path / "two")]) == 0
    return str(tmp_path / "one"), str(tmp_path / "two"), str(study)


def test_facts(locks: tuple[str, str, str], capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert execute(["diff", *locks[:2]]) == 0
    text = capsys.readouterr().out
    assert "Patients: 0 added, 0 removed" in text
    assert "Facts of the other patients: 1 added, 0 removed, 0 cells changed" in text
    assert "  added events, patient p07, death, day 500 (B row 2)" in text
    assert "Numbers that moved" not in text


def test_results_that_moved(
    locks: tuple[str, str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two, study = locks
    capsys.readouterr()
    assert execute(["diff", one, two, "--study", study, "--csv", str(tmp_path / "moved.csv")]) == 0
    text = capsys.readouterr().out
    assert "Endpoints decided otherwise: 2" in text
    assert "  OS, patient p07: censored, day 470 -> death, day 500" in text
    assert "  survival_after_relapse, patient p07: censored, day 370 -> death, day 400" in text
    assert "    B: death on day 500 (events.csv row 2)" in text
    moved = pl.read_csv(tmp_path / "moved.csv", infer_schema=False)
    assert set(moved["about"]) >= {"fact", "endpoint", "estimates", "follow_up"}
    crude = moved.filter(
        pl.col("about") == "estimates", pl.col("id").str.starts_with("OS"), pl.col("column") == "events"
    )
    row = crude.filter(pl.col("old") == "2").row(0, named=True)  # two deaths of twelve became three
    assert (row["new"], row["difference"]) == ("3", "1")
    assert moved.filter(pl.col("id").str.starts_with("NRM")).is_empty()
    assert moved.filter(pl.col("id").str.starts_with("CIR")).is_empty()


def test_nothing_changed(
    locks: tuple[str, str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    empty = tmp_path / "moved.csv"
    assert execute(["diff", locks[0], locks[0], "--study", locks[2], "--csv", str(empty)]) == 0
    text = capsys.readouterr().out
    assert "Endpoints decided otherwise: 0" in text
    assert "Numbers that moved: 0 of" in text
    assert pl.read_csv(empty).is_empty()


def test_only_locks_are_compared(locks: tuple[str, str, str], capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert execute(["diff", locks[0], locks[0].replace("one", "cohort")]) == 2
    assert "this is no data lock" in capsys.readouterr().err
    assert execute(["diff", locks[0], "nothing"]) == 2
    assert "no such folder" in capsys.readouterr().err
