"""Regression tables: every ratio of the results stands in its cell, printed again here by other code."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest

from dayzero import examples
from dayzero.report import format as fmt
from dayzero.report.compose import document
from dayzero.report.numbers import Numbers
from dayzero.report.tables.as_csv import grid
from dayzero.report.tables.models import check_table, model_tables, ratio_table
from dayzero.study import run

if TYPE_CHECKING:
    from dayzero.report.tables.model import Table
    from dayzero.study.results import Results


@cache
def perugia() -> Results:
    return run(examples.study_path("perugia")).results


def table(index: int) -> Table:
    results = perugia()
    made = ratio_table(results, Numbers(results), results.models[index])
    assert made is not None
    return made


def printed(value: float) -> str:
    return "{:.2f}".format(value) if value < 9.995 else "{:.1f}".format(value)  # noqa: UP032


@pytest.mark.parametrize("index", [0, 1])
def test_every_ratio_stands_beside_its_univariable_one(index: int) -> None:
    model = perugia().models[index]
    rows = {row.ref: [cell.text for cell in row.cells] for row in table(index).rows if row.ref}
    terms = {term.id: term for fit in model.fits for term in fit.terms}
    checked = 0
    for fit in (fit for fit in model.fits if fit.alone is None):
        for term in fit.terms:
            _, n, events, *ratios = rows[term.id]
            assert (n, events) == (str(term.n), str(term.events))
            alone = terms[term.id.replace(fit.id, f"{fit.id}.alone.{term.covariate}", 1)]
            for cells, each in ((ratios[:2], alone), (ratios[2:], term)):
                if each.is_reference:
                    assert cells == ["1 (reference)", ""]
                    continue
                assert each.ratio is not None and each.lower is not None and each.upper is not None
                limits = f"{printed(each.lower)}–{printed(each.upper)}"
                assert cells[0] == f"{printed(each.ratio)} ({limits})"
                checked += 1
    assert checked == {0: 12, 1: 48}[index]


def test_each_cause_and_each_hazard_has_its_block() -> None:
    headings = [row.cells[0].text for row in table(1).rows if row.kind == "heading"]
    assert headings == [
        "Relapse: cause-specific hazard (csHR), 56 events",
        "Relapse: subdistribution hazard (sHR), 56 events",
        "Death without relapse: cause-specific hazard (csHR), 75 events",
        "Death without relapse: subdistribution hazard (sHR), 75 events",
    ]


def test_the_footnotes_say_what_was_done() -> None:
    notes = " ".join(note.text for note in table(1).footnotes)
    assert "csHR: cause-specific hazard ratio; sHR: subdistribution hazard ratio." in notes
    assert "177 patients with every covariate known (complete cases); nobody was left out." in notes
    assert "ties: Efron" in notes
    assert "95% CI: Wald" in notes
    assert "Wald test of all levels, 3 degrees of freedom." in notes


def test_the_checks_are_a_table() -> None:
    results = perugia()
    made = check_table(Numbers(results), results.models[0])
    assert made is not None
    assert [row.cells[0].text for row in made.rows] == [
        "Relapse or death: hazard",
        "Age at transplant",
        "Sex",
        "Disease",
        "Status at transplant",
        "All together",
    ]
    check = results.models[0].fits[-1].proportional[-1]
    assert made.rows[-1].cells[1].text == fmt.plain(check.statistic, 2)


def test_a_csv_file_tells_the_two_ratios_apart() -> None:
    assert grid(table(0))[0] == [
        "Covariate",
        "n",
        "Events",
        "Univariable: Ratio (95% CI)",
        "Univariable: p",
        "Multivariable: Ratio (95% CI)",
        "Multivariable: p",
        "Notes",
        "id",
    ]


def test_the_report_has_the_section_and_the_files_their_names() -> None:
    results = perugia()
    assert "models" in [section.id for section in document(results).sections]
    assert [each.name for each in model_tables(results, Numbers(results))] == [
        "model_DFS_1",
        "model_DFS_1_checks",
        "model_CIR_1",
        "model_CIR_1_checks",
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "not estimable"),
        (0.001, "<0.01"),
        (0.006, "0.01"),
        (1.0, "1.00"),
        (9.994, "9.99"),
        (9.996, "10.0"),
        (99.96, "100"),
        (1234.0, "1,234"),
        (1e6, ">9,999"),
    ],
)
def test_ratios(value: float | None, text: str) -> None:
    assert fmt.ratio(value) == text
