"""Write a document as a Word file: headings, tables and captions are Word's own, pictures have their text."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import docx
from docx.oxml.ns import qn
from docx.shared import Pt

from dayzero.report.printed import PAGE_HEIGHT, PAGE_WIDTH, SIDE_MARGIN, UPRIGHT, footer_text
from dayzero.report.word.blocks import BlockWriter
from dayzero.report.word.ooxml import element, field, paragraph, run, tab, twips
from dayzero.report.word.package import NO_DAY, packed, unpacked
from dayzero.report.word.styles import LANGUAGE, set_styles
from dayzero.report.xml_text import xml_text

if TYPE_CHECKING:
    from pathlib import Path

    from docx.document import Document as WordDocument
    from docx.oxml.xmlchemy import BaseOxmlElement

    from dayzero.report.document import Document

_TOP_MARGIN, _BOTTOM_MARGIN, _EDGE = 54.0, 54.0, 28.0
_THUMBNAIL = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/thumbnail"
#: Core properties may be no longer (python-docx, from the Open Packaging Conventions).
_LONGEST_PROPERTY = 255


def to_docx(document: Document, figures: Path) -> bytes:
    """Return the report as a Word file; the same document gives the same bytes.

    Parameters
    ----------
    document : Document
    figures : pathlib.Path
        Folder with ``<id>.png`` of every figure.

    Raises
    ------
    OSError
        When a picture cannot be read.
    """
    word = docx.Document()
    _about(word, document)
    set_styles(word)
    _first_section(word, document)
    writer = BlockWriter(word, figures)
    writer.opening(document)
    for section in document.sections:
        writer.section(section)
    out = io.BytesIO()
    word.save(out)
    return packed(unpacked(out.getvalue()))


def _about(word: WordDocument, document: Document) -> None:
    """Say what the file is, in its properties; nothing that depends on the day or the machine."""
    about = word.core_properties
    about.author = about.last_modified_by = "dayzero"
    about.title = xml_text(document.title)[:_LONGEST_PROPERTY]
    about.subject = xml_text(document.question)[:_LONGEST_PROPERTY]
    about.comments = xml_text(document.description)[:_LONGEST_PROPERTY]
    about.language, about.revision = LANGUAGE, 1
    about.created = about.modified = NO_DAY
    # Without it, Word opens the file as one of Word 2010 and places tables as that did.
    for setting in word.settings.element.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")
    relations = word.part.package.rels
    for key in [key for key, found in relations.items() if found.reltype == _THUMBNAIL]:
        del relations[key]


def _first_section(word: WordDocument, document: Document) -> None:
    section = word.sections[0]
    section.page_width, section.page_height = Pt(PAGE_WIDTH), Pt(PAGE_HEIGHT)
    section.left_margin = section.right_margin = Pt(SIDE_MARGIN)
    section.top_margin, section.bottom_margin = Pt(_TOP_MARGIN), Pt(_BOTTOM_MARGIN)
    section.header_distance = section.footer_distance = Pt(_EDGE)
    notice = [paragraph("NoticeHeader", [run(document.notice)])] if document.notice else []
    _fill(section.header.part.element, notice)
    stop = element("w:tab", {"w:val": "right", "w:pos": twips(UPRIGHT)})
    foot = paragraph(
        "Footer",
        [
            run(footer_text(document.title)),
            tab(),
            run("Page "),
            field("PAGE", "1"),
            run(" of "),
            field("NUMPAGES", "1"),
        ],
    )
    foot[0].append(element("w:tabs", None, [stop]))
    _fill(section.footer.part.element, [foot])


def _fill(part: BaseOxmlElement, content: list[BaseOxmlElement]) -> None:
    """Replace everything in a header or footer."""
    for child in list(part):
        part.remove(child)
    for child in content or [element("w:p")]:
        part.append(child)
