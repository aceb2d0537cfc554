"""``dayzero why`` prints what the study decided, and no calendar date."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dayzero import examples
from dayzero.cli import execute
from study.small_cohort import write_cohort

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_prints_everything(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = write_cohort(tmp_path)
    assert execute(["why", str(study), "p08"]) == 0
    text = capsys.readouterr().out
    assert "Patient p08 of cohort, in study.toml: in the cohort" in text
    assert "     200  relapse (events.csv, row 3)" in text
    assert "B-cell ALL [immunophenotype = 'B-ALL']: yes" in text
    assert "Remission at HSCT: CR2" in text
    said = " ".join(text.split())
    assert "relapse, day 200. Why: relapse on day 200 (events.csv row 3)" in said
    assert "death, day 100 from first relapse after transplant" in said
    assert not re.search(r"\b(19|20)\d\d-\d\d-\d\d\b", text)


def test_wraps_to_the_terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "72")
    assert execute(["why", str(examples.study_path("algeri2025")), "A002"]) == 0
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 72


def test_a_patient_outside_the_cohort(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["why", str(write_cohort(tmp_path)), "p14"]) == 0
    text = capsys.readouterr().out
    assert "NO: this took the patient out" in text
    assert "counts in no result" in text


def test_an_unknown_id(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["why", str(write_cohort(tmp_path)), "nobody"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "the data hold 14 patients" in said.err


def test_a_long_series_of_results_is_one_line_unless_all_are_wanted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    study = str(examples.study_path("algeri2025"))
    assert execute(["why", study, "A011"]) == 0
    short = " ".join(capsys.readouterr().out.split())
    assert execute(["why", study, "A011", "--all"]) == 0
    whole = capsys.readouterr().out
    counts = [line for line in whole.splitlines() if re.match(r" +-?\d+  ANC ", line)]
    values = [float(re.search(r"ANC ([\d.]+)", line)[1]) for line in counts]
    assert f"ANC blood (10^9/L): {len(counts)} results to day" in short
    assert f", {min(values):g} to {max(values):g}, to row" in short
    assert "ANC 0.55" in whole
    assert "ANC 0.55" not in short


def test_a_figure_of_the_patient(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = str(write_cohort(tmp_path))
    for ending in ("svg", "pdf", "png", "tiff"):
        target = tmp_path / f"p08.{ending}"
        assert execute(["why", study, "p08", "--figure", str(target)]) == 0
        assert target.stat().st_size > 5_000
    assert sorted(path.name for path in tmp_path.glob("p08*")) == [
        "p08.pdf",
        "p08.png",
        "p08.svg",
        "p08.tiff",
    ]
    text = (tmp_path / "p08.svg").read_text(encoding="utf-8")
    assert "p08: relapse at 6.6 months, died at 9.9 months." in text
    capsys.readouterr()
    assert execute(["why", study, "p08", "--figure", str(tmp_path / "p08.jpg")]) == 2
    assert ".svg, .pdf, .png, .tiff" in capsys.readouterr().err
    assert execute(["why", study, "p14", "--figure", str(tmp_path / "p14.svg")]) == 2
    assert "p14" in capsys.readouterr().err
