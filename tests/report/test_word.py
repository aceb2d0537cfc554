"""The Word file: opened again by python-docx, its parts are Word's own, its numbers those of the results."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING
from zipfile import ZipFile

import docx
import pytest
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn

from dayzero import report
from dayzero.report.compose import document as compose
from dayzero.report.document import FigureBlock, TableBlock
from dayzero.report.numbers import text_of
from dayzero.report.word.writer import to_docx
from dayzero.study.results import Listing
from report.office import elements, styled, text_in
from report.test_page_numbers import expected

if TYPE_CHECKING:
    from pathlib import Path

    from docx.document import Document

    from dayzero.study.results import Results


def opened(folder: Path) -> Document:
    return docx.Document(str(folder / "report.docx"))


def blocks(results: Results, kind: type) -> list:
    return [b for s in compose(results).sections for b in s.blocks if isinstance(b, kind)]


def test_headings_are_headings(cohort: Results, cohort_folder: Path) -> None:
    word = opened(cohort_folder)
    headings = [p.text for p in word.paragraphs if p.style is not None and p.style.name == "Heading 1"]
    assert headings == [section.heading for section in compose(cohort).sections]
    assert styled(word, "Title") == [cohort.study.title]


@pytest.mark.parametrize("which", ["cohort", "five"])
def test_tables_say_what_the_document_says(which: str, request: pytest.FixtureRequest) -> None:
    results, folder = request.getfixturevalue(which), request.getfixturevalue(f"{which}_folder")
    found = list(elements(opened(folder), "w:tbl"))
    wanted = blocks(results, TableBlock)
    assert len(found) == len(wanted)
    for table, block in zip(found, wanted, strict=True):
        rows = [[text_in(c) for c in row.iter(qn("w:tc"))] for row in table.iter(qn("w:tr"))]
        body = [[cell.text for cell in row.cells] for row in block.table.rows]
        assert rows[-len(body) :] == body
        assert rows[-len(body) - 1] == [column.label for column in block.table.columns]


def test_every_number_of_the_tables_is_that_of_the_results(cohort: Results, cohort_folder: Path) -> None:
    """The cells come from spans, the spans from results: printed again here by other code."""
    wanted, seen = expected(cohort), 0
    cells = {text_in(cell) for cell in elements(opened(cohort_folder), "w:tc")}
    for block in blocks(cohort, TableBlock):
        for row in block.table.rows:
            for cell in row.cells:
                for span in cell.content:
                    if span.ref:
                        assert wanted[span.ref, span.field] in span.text
                        assert cell.text in cells
                        seen += 1
    assert seen > 100


def test_sentences_are_the_same(cohort: Results, cohort_folder: Path) -> None:
    said = {text_of(b.content) for b in compose(cohort).sections[0].blocks}
    assert said <= set(styled(opened(cohort_folder), "Normal"))


def test_heading_rows_are_repeated_and_no_row_is_split(cohort_folder: Path) -> None:
    for table in elements(opened(cohort_folder), "w:tbl"):
        rows = list(table.iter(qn("w:tr")))
        assert all(row.find(f"{qn('w:trPr')}/{qn('w:cantSplit')}") is not None for row in rows)
        repeated = [row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None for row in rows]
        assert repeated[0]
        assert repeated == sorted(repeated, reverse=True)


def test_captions_count_themselves(cohort: Results, cohort_folder: Path) -> None:
    word = opened(cohort_folder)
    fields = [f.get(qn("w:instr"), "").split()[:2] for f in elements(word, "w:fldSimple")]
    shown = [text_in(f) for f in elements(word, "w:fldSimple")]
    for label, kind in (("Table", TableBlock), ("Figure", FigureBlock)):
        numbers = [n for (name, what), n in zip(fields, shown, strict=True) if (name, what) == ("SEQ", label)]
        assert numbers == [str(block.number) for block in blocks(cohort, kind)]
    assert f"Table 1. {blocks(cohort, TableBlock)[0].table.caption}" in styled(word, "Caption")


def test_pictures_have_their_text_and_fit(cohort: Results, cohort_folder: Path) -> None:
    word = opened(cohort_folder)
    section = word.sections[0]
    assert section.page_width and section.left_margin and section.right_margin
    room = section.page_width - section.left_margin - section.right_margin
    described = [p.get("descr") for p in elements(word, "wp:docPr")]
    scenes = [block.scene for block in blocks(cohort, FigureBlock)]
    assert described == [f"{scene.title}. {scene.description}" for scene in scenes]
    assert all(shape.width <= room + 100 for shape in word.inline_shapes)
    for shape, scene in zip(word.inline_shapes, scenes, strict=True):
        assert shape.width / shape.height == pytest.approx(scene.width / scene.height, rel=1e-3)


def test_notice_on_every_page(cohort: Results, cohort_folder: Path, five_folder: Path) -> None:
    assert cohort.study.notice
    word = opened(cohort_folder)
    assert styled(word, "Notice") == [cohort.study.notice]
    for section in word.sections:
        assert text_in(section.header.part.element) == cohort.study.notice
        assert not section.different_first_page_header_footer
    assert "evenAndOddHeaders" not in word.settings.element.xml
    assert styled(opened(five_folder), "Notice") == []


def test_language_and_properties(cohort: Results, cohort_folder: Path) -> None:
    word = opened(cohort_folder)
    assert word.core_properties.title == cohort.study.title
    assert word.core_properties.language == "en-GB"
    assert word.core_properties.created == word.core_properties.modified
    assert 'w:lang w:val="en-GB"' in word.styles.element.xml


def test_every_style_that_is_named_exists(cohort_folder: Path) -> None:
    word = opened(cohort_folder)
    known = {style.style_id for style in word.styles}
    used = {s.get(qn("w:val")) for tag in ("w:pStyle", "w:rStyle") for s in elements(word, tag)}
    assert used <= known


def test_same_bytes_again(cohort: Results, cohort_folder: Path, tmp_path: Path) -> None:
    report.write(cohort, tmp_path)
    first, again = (folder / "report.docx" for folder in (cohort_folder, tmp_path))
    assert first.read_bytes() == again.read_bytes()
    with ZipFile(again) as package:
        assert {info.date_time for info in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert package.namelist()[0] == "[Content_Types].xml"
        assert not any("thumbnail" in name for name in package.namelist())


def test_a_wide_listing_turns_the_page_and_takes_its_heading_along(
    cohort: Results, cohort_folder: Path
) -> None:
    labels = tuple(f"Long heading {number}" for number in range(30))
    rows = tuple(("reactivation treated",) * 30 for _ in range(8))
    listing = Listing(tuple(f"c{n}" for n in range(30)), labels, rows)
    made = to_docx(compose(replace(cohort, listing=listing)), cohort_folder / "figures")
    word = docx.Document(io.BytesIO(made))
    turned = [section.orientation == WD_ORIENT.LANDSCAPE for section in word.sections]
    assert turned == [False, True, False]
    texts = [text_in(p) for p in elements(word, "w:p")]
    breaks = [i for i, p in enumerate(elements(word, "w:p")) if p.find(f".//{qn('w:sectPr')}") is not None]
    assert breaks[0] < texts.index("Patient listing") < breaks[1]
    parts = list(elements(word, "w:tbl"))
    cells = [text_in(c) for table in parts for c in table.iter(qn("w:tc"))]
    assert set(labels) <= set(cells)
    for table in parts:
        columns = [int(c.get(qn("w:w"), "0")) for c in table.iter(qn("w:gridCol"))]
        assert sum(columns) <= 20 * (297 - 32) * 72 / 25.4 + 1
