"""The script that constructs the cohort makes the shipped workbook, and its own statistics are right."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from dayzero import examples, stats

SCRIPTS = Path(__file__).parents[2] / "scripts"
sys.path.insert(0, str(SCRIPTS))

from algeri2025 import statistics  # noqa: E402
from algeri2025.statistics import Observation  # noqa: E402


def _cells(path):
    book = CalamineWorkbook.from_path(str(path))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


@pytest.mark.slow
def test_the_script_makes_the_shipped_workbook(tmp_path):
    """Compared cell by cell: how a zip is packed depends on the machine's zlib."""
    made = tmp_path / "cohort.xlsx"
    command = [sys.executable, str(SCRIPTS / "make_algeri2025.py"), str(made)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert _cells(made) == _cells(examples.study_path("algeri2025").parent / "cohort.xlsx")
    assert done.stdout.count("printed") == 15
    assert "NOT MET" not in done.stdout


@pytest.fixture(scope="module")
def perugia():
    """177 real patients; days from months, so that there are ties."""
    table = pl.read_csv(examples.study_path("perugia").parent / "bmtcrr.csv")
    days = (table["ftime"] * 30.4375).round().cast(pl.Int64).to_list()
    groups = (table["D"] == "AML").cast(pl.Int64).to_list()
    return [Observation(*row) for row in zip(days, table["Status"].to_list(), groups, strict=True)]


def test_gray_agrees_with_the_package(perugia):
    time, cause, group = zip(*perugia, strict=True)
    assert statistics.gray(perugia) == pytest.approx(stats.gray_test(time, cause, group).statistic, rel=1e-12)


def test_logrank_agrees_with_the_package(perugia):
    time, cause, group = zip(*perugia, strict=True)
    expected = stats.logrank_test(time, [int(c > 0) for c in cause], group).statistic
    assert statistics.logrank(perugia) == pytest.approx(expected, rel=1e-12)


def test_incidence_agrees_with_the_package(perugia):
    time, cause, _ = zip(*perugia, strict=True)
    expected = stats.cumulative_incidence(time, cause).at([730.5])["estimate"].to_list()
    free, first, second = statistics.incidence(perugia, 730.5)
    assert [first, second] == pytest.approx(expected, rel=1e-12)
    assert free + first + second == pytest.approx(1, abs=1e-12)
