"""The PDF: tagged, conforming, the same bytes each time, its numbers those of the results."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from dayzero import report
from dayzero.report.compose import document as compose
from dayzero.report.document import FindingsBlock, Paragraph, Section, TableBlock
from dayzero.report.numbers import Span, text_of
from dayzero.report.pdf.writer import to_pdf
from dayzero.study.results import Listing
from report.office import pdf_text

if TYPE_CHECKING:
    from pathlib import Path

    from dayzero.study.results import Results


def squeezed(text: str) -> str:
    """Return a text without white space and breaking points: where a line ends says nothing."""
    return re.sub(r"[\s\u200b]+", "", text)


def test_it_is_tagged_and_conforms(cohort_folder: Path) -> None:
    made = (cohort_folder / "report.pdf").read_bytes()
    assert made.startswith(b"%PDF-")
    assert b"<pdfuaid:part>1</pdfuaid:part>" in made
    assert b"/MarkInfo" in made
    assert b"/StructTreeRoot" in made
    assert b"/Alt" in made
    assert re.search(rb"/Lang\s*\(en\)", made)


def test_it_names_no_day_and_is_the_same_again(cohort: Results, cohort_folder: Path, tmp_path: Path) -> None:
    report.write(cohort, tmp_path)
    made = (tmp_path / "report.pdf").read_bytes()
    assert made == (cohort_folder / "report.pdf").read_bytes()
    assert b"CreationDate" not in made
    assert b"CreateDate" not in made


def test_only_its_own_fonts(cohort_folder: Path) -> None:
    made = (cohort_folder / "report.pdf").read_bytes()
    fonts = set(re.findall(rb"/FontName\s*/[A-Z]{6}\+([\w-]+)", made))
    assert fonts == {b"Inter-Regular", b"Inter-SemiBold"}


@pytest.mark.parametrize("which", ["cohort", "five"])
def test_numbers_and_sentences(which: str, request: pytest.FixtureRequest) -> None:
    results: Results = request.getfixturevalue(which)
    text = squeezed(pdf_text(request.getfixturevalue(f"{which}_folder") / "report.pdf", "-raw"))
    made = compose(results)
    for block in made.sections[0].blocks:
        assert squeezed(text_of(block.content)) in text
    cells = 0
    for section in made.sections:
        for block in section.blocks:
            if isinstance(block, TableBlock):
                for row in block.table.rows:
                    for cell in row.cells:
                        assert squeezed(cell.text) in text
                        cells += 1
    assert cells > 50


def test_notice_on_every_page(cohort: Results, cohort_folder: Path) -> None:
    pages = pdf_text(cohort_folder / "report.pdf").split("\f")[:-1]
    assert len(pages) > 3
    assert all(squeezed(page).startswith(squeezed(cohort.study.notice)) for page in pages)
    assert all(f"Page {number} of {len(pages)}" in page for number, page in enumerate(pages, start=1))


def test_a_wide_listing_is_printed_in_full(cohort: Results, tmp_path: Path) -> None:
    labels = tuple(f"Long heading {number}" for number in range(30))
    rows = tuple(tuple(f"patient {row} column {column}" for column in range(30)) for row in range(8))
    listing = Listing(tuple(f"c{n}" for n in range(30)), labels, rows)
    path = tmp_path / "wide.pdf"
    path.write_bytes(to_pdf(compose(replace(cohort, listing=listing))))
    text = squeezed(pdf_text(path, "-raw"))
    assert all(squeezed(cell) in text for row in (labels, *rows) for cell in row)


def test_the_heading_of_findings_stays_with_the_first(cohort: Results, tmp_path: Path) -> None:
    """Wherever on a page the section begins, its heading and counts are followed by a finding there."""
    made = compose(cohort)
    section = next(s for s in made.sections if any(isinstance(b, FindingsBlock) for b in s.blocks))
    block = next(b for b in section.blocks if isinstance(b, FindingsBlock))
    filler = Paragraph((Span("Filling."),))
    first = squeezed(block.groups[0].entries[0][0])[1:]  # printed with a capital
    for lines in range(16, 30):
        before = Section("before", "Before", (filler,) * lines)
        path = tmp_path / f"{lines}.pdf"
        path.write_bytes(to_pdf(replace(made, sections=(before, replace(section, blocks=(block,))))))
        (page,) = [p for p in map(squeezed, pdf_text(path, "-raw").split("\f")) if section.heading in p]
        assert first in page, lines


def test_without_a_notice_there_is_none(five: Results, five_folder: Path) -> None:
    assert not five.study.notice
    assert (five_folder / "report.pdf").read_bytes().startswith(b"%PDF-")
