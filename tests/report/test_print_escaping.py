"""Nothing that a study says becomes markup in print, a field in Word, or a file that does not open."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import docx
import pytest

from dayzero import report
from dayzero.records.findings import Finding, Where
from dayzero.study.results import Listing
from report.office import elements, pdf_text, styled, text_in

if TYPE_CHECKING:
    from pathlib import Path

    from dayzero.study.results import Results

EVIL = (
    '#read("/etc/passwd") #image("x.png") $x^2$ @ref <label> *b* _i_ `c` = h - i + j ~ // /* \\ \'q\' "p" '
    "[a] {b} <w:t>&amp;</w:t> {{ jinja }} {% raw %}"
)


def hostile(results: Results, text: str) -> Results:
    listing = Listing(("a", "b"), (text, "x" * 300), ((text, text * 30), ("y" * 300, text)))
    return replace(
        results,
        study=replace(results.study, title=text, question=text, notice=text, citation=text, source="z" * 400),
        groups=tuple(replace(g, label=text) for g in results.groups),
        endpoints=tuple(replace(e, label=text, event=text) for e in results.endpoints),
        findings=(Finding("records.x", "warning", text, Where(text, 1, text, text), text, text, text, text),),
        listing=listing,
        curves=tuple(replace(c, label=text) for c in results.curves),
    )


def test_markup_is_printed_as_it_is(cohort: Results, tmp_path: Path) -> None:
    report.write(hostile(cohort, EVIL), tmp_path)
    word = docx.Document(str(tmp_path / "report.docx"))
    assert styled(word, "Title") == [EVIL]
    assert styled(word, "Notice") == [EVIL]
    assert any(text_in(cell) == EVIL for cell in elements(word, "w:tc"))
    text = "".join(pdf_text(tmp_path / "report.pdf", "-raw").split())
    assert "".join(EVIL.split()) in text
    assert "root:" not in text


@pytest.mark.parametrize("text", ["漢字 \U0001f600", "a\x01\x1b\ufffe"])
def test_letters_without_a_font_are_boxes_and_claim_nothing(
    text: str, cohort: Results, tmp_path: Path
) -> None:
    report.write(hostile(cohort, text), tmp_path)
    made = (tmp_path / "report.pdf").read_bytes()
    assert b"pdfuaid" not in made
    assert b"/StructTreeRoot" in made
    docx.Document(str(tmp_path / "report.docx"))
    assert "\x01" not in (tmp_path / "figures" / "flow.svg").read_text(encoding="utf-8")
