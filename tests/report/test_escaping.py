"""Nothing that a study file or a data file says can become markup, a formula, or a path."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from dayzero import report
from dayzero.records.findings import Finding, Where
from dayzero.report.tables.as_csv import safe, to_csv
from dayzero.report.tables.model import Column, Table, data_row
from dayzero.study.results import Listing
from report.page import read

if TYPE_CHECKING:
    from pathlib import Path

    from dayzero.study.results import Results

EVIL = "<script>alert('x')</script>\"'&<img src=x onerror=alert(1)>"


def test_hostile_texts_stay_text(cohort: Results, tmp_path: Path) -> None:
    study = replace(cohort.study, title=EVIL, question=EVIL, notice=EVIL, citation=EVIL, source=EVIL)
    groups = tuple(replace(g, label=EVIL) for g in cohort.groups)
    endpoints = tuple(replace(e, label=EVIL, event=EVIL) for e in cohort.endpoints)
    finding = Finding("records.x", "warning", EVIL, Where(EVIL, 1, EVIL, EVIL), EVIL, EVIL, EVIL, EVIL)
    listing = Listing(("a", "b"), (EVIL, EVIL), ((EVIL, EVIL),))
    curves = tuple(replace(c, label=EVIL) for c in cohort.curves)
    figures = tuple(
        replace(f, title=EVIL, rows=tuple(tuple(replace(p, title=EVIL) for p in row) for row in f.rows))
        for f in cohort.figures
    )
    hostile = replace(
        cohort,
        study=study,
        groups=groups,
        endpoints=endpoints,
        findings=(finding,),
        listing=listing,
        curves=curves,
        figures=figures,
    )
    report.write(hostile, tmp_path)
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    page = read(html)
    assert not page.of("script")
    assert not page.of("img")
    assert page.of("h1")[0].text == EVIL
    for path in (tmp_path / "figures").glob("*.svg"):
        read(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_can_be_run_as_a_formula(start: str) -> None:
    assert safe(f"{start}1+1").startswith("'")


@pytest.mark.parametrize("text", ["-5", "-5.25", "+3", "1,015", "not reached", "<0.1%"])
def test_numbers_stay_numbers(text: str) -> None:
    assert safe(text) == text


def test_csv_quotes_and_ids() -> None:
    table = Table("t", "T", (Column("a, b"), Column("c")), (data_row(("=1", 'say "x"'), ref="CIR.24"),))
    assert to_csv(table) == '\ufeff"a, b",c,Notes,id\r\n\'=1,"say ""x""",,CIR.24\r\n'


def test_a_figure_id_cannot_leave_its_folder(cohort: Results, tmp_path: Path) -> None:
    figures = (replace(cohort.figures[2], id="../../evil fig"),)
    (tmp_path / "out").mkdir()
    report.write(replace(cohort, figures=figures), tmp_path / "out")
    written = sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*.svg"))
    assert written == ["out/figures/evil_fig.svg", "out/figures/flow.svg"]


def test_a_study_figure_called_flow_replaces_nothing(cohort: Results, tmp_path: Path) -> None:
    report.write(replace(cohort, figures=(replace(cohort.figures[2], id="flow"),)), tmp_path)
    assert sorted(p.name for p in (tmp_path / "figures").glob("*.svg")) == ["flow.svg", "flow_2.svg"]
    read((tmp_path / "report.html").read_text(encoding="utf-8"))
