"""Reading a Word file as its XML, and a PDF through poppler where that is installed."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from docx.oxml.ns import qn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from docx.document import Document
    from docx.oxml.xmlchemy import BaseOxmlElement


def text_in(element: BaseOxmlElement) -> str:
    """Return all text inside an element, fields included, but no footnote marks."""
    parts = []
    for run in element.iter(qn("w:r")):
        if run.find(f"{qn('w:rPr')}/{qn('w:vertAlign')}") is None:
            parts.extend(child.text or "" for child in run if child.tag == qn("w:t"))
    return "".join(parts)


def elements(document: Document, tag: str) -> Iterator[BaseOxmlElement]:
    yield from document.element.body.iter(qn(tag))


def styled(document: Document, style: str) -> list[str]:
    """Return the texts of the paragraphs of a style."""
    return [
        text_in(p)
        for p in elements(document, "w:p")
        if (found := p.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")) is not None
        and found.get(qn("w:val")) == style
    ]


def pdf_text(path: Path, *options: str) -> str:
    """Return the text of a PDF, or skip the test."""
    if shutil.which("pdftotext") is None:
        pytest.skip("no pdftotext here (Debian's poppler-utils)")
    command = ["pdftotext", *options, str(path), "-"]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
