"""Published results beside a study: sourced, marked where derived, and not compared."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dayzero.errors import BadInputError
from dayzero.report.compose import all_tables, document
from dayzero.report.literature import literature_table, published
from dayzero.report.numbers import Numbers, text_of
from dayzero.study.results import ReportChoices

if TYPE_CHECKING:
    from dayzero.study.results import Results

PAGE = (Path(__file__).parents[2] / "docs" / "study_file.md").read_text(encoding="utf-8")


def rows(results: Results, *keys: str) -> list[list[str]]:
    results = replace(results, report=ReportChoices(literature=keys))
    table = literature_table(results, Numbers(results))
    assert table is not None
    return [[cell.text for cell in row.cells] for row in table.rows]


def test_the_study_stands_first_with_its_own_numbers(cohort: Results) -> None:
    own, badar = rows(cohort, "badar2021")
    assert own[:1] + own[2:4] == ["This study", "78", "97.4% (90.1–99.4%) at 24 months"]
    assert badar[0] == "Badar 2021"
    assert badar[2:] == ["106", "58% (45–69%) at 2 years", "48% (36–59%) at 2 years (PFS)", "–", "–"]


def test_a_small_series_shows_counts(five: Results) -> None:
    own, tulsiyan = rows(five, "tulsiyan2025")
    assert tulsiyan[0] == "Tulsiyan 2025; India, lower-middle income"
    assert own[3].startswith("5 of 5 with the event (exact 95% CI 47.8–100%)")


def test_every_row_is_sourced_and_derived_values_are_marked(cohort: Results) -> None:
    results = replace(cohort, report=ReportChoices(literature=tuple(published())))
    table = literature_table(results, Numbers(results))
    assert table is not None
    notes = {note.mark: note.text for note in table.footnotes}
    for row, study in zip(table.rows[1:], published().values(), strict=True):
        assert notes[row.cells[0].marks[0]] == f"{study.cited}."
        marked = [index for index, cell in enumerate(row.cells) if cell.marks][1:]
        assert len(marked) == len(study.derived)
    derived = {key for key, study in published().items() if study.derived}
    assert derived == {"algeri2025", "algeri2025_cr2", "tulsiyan2025"}


def test_income_is_stated_only_with_a_country() -> None:
    for key, study in published().items():
        assert bool(study.country) == bool(study.income), key
        assert study.income in ("", "high", "upper-middle", "lower-middle", "low")
        assert study.population
        assert study.cited


def test_the_page_says_that_nothing_is_compared(cohort: Results) -> None:
    results = replace(cohort, report=ReportChoices(literature=("badar2021",)))
    (section,) = (each for each in document(results).sections if each.id == "literature")
    text = text_of(section.blocks[0].content)  # type: ignore[union-attr]
    assert "the rows are not compared, and no pooled estimate or p-value is given" in text
    assert "literature" in {table.name for table in all_tables(results)}


def test_without_literature_there_is_none(cohort: Results) -> None:
    assert "literature" not in {section.id for section in document(cohort).sections}
    assert "literature" not in {table.name for table in all_tables(cohort)}


def test_an_unknown_publication_is_refused_with_those_there_are(cohort: Results) -> None:
    with pytest.raises(BadInputError, match="did you mean 'badar2021'"):
        rows(cohort, "badar2012")


def test_the_page_about_the_study_file_names_every_publication() -> None:
    text = PAGE[PAGE.index("## Literature") : PAGE.index("## Conventions")]
    assert set(re.findall(r"`([a-z_]+[0-9a-z_]*)`", text)) >= set(published())
