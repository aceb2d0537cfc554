"""The blocks of a document, one after the other, in a Word file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.shared import Pt

from dayzero.report.document import (
    Definitions,
    FigureBlock,
    FindingsBlock,
    Folded,
    Numbered,
    Paragraph,
    TableBlock,
)
from dayzero.report.figures.typeface import width
from dayzero.report.format import integer
from dayzero.report.numbers import words
from dayzero.report.printed import SIDEWAYS, UPRIGHT, figure_size, kept_whole, printed_finding
from dayzero.report.tables.fitting import fit
from dayzero.report.word.ooxml import element, field, line_break, paragraph, run, runs, tab
from dayzero.report.word.styles import DEFINITION_SIZE, TERM_WIDTH
from dayzero.report.word.tables import word_table
from dayzero.report.xml_text import xml_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from docx.document import Document as WordDocument
    from docx.oxml.xmlchemy import BaseOxmlElement

    from dayzero.report.document import Block, Document, Section
    from dayzero.report.numbers import Inline
    from dayzero.report.tables.fitting import Fit
    from dayzero.report.tables.model import Table


#: White space above the caption of a table, in points.
_ABOVE_TABLE = 14.0
#: Room kept between a term and what explains it: Word's letters are a little wider than ours.
_TERM_GAP = 8.0


class BlockWriter:
    """Adds blocks to the end of a Word file, pictures from a folder of ``<id>.png``."""

    def __init__(self, word: WordDocument, figures: Path) -> None:
        self._word = word
        self._figures = figures

    def opening(self, document: Document) -> None:
        """Write the notice, the title and the facts of a report."""
        if document.notice:
            self._add(paragraph("Notice", [run(document.notice)]))
        self._add(paragraph("Kicker", [run("OUTCOME REPORT")]))
        self._add(paragraph("Title", [run(document.title)]))
        if document.question:
            self._add(paragraph("Subtitle", [run(document.question)]))
        self._definitions((term, words(text)) for term, text in document.facts)

    def section(self, section: Section) -> None:
        """Write a section with its heading."""
        heading = paragraph("Heading1", [run(section.heading)])
        for index, block in enumerate(section.blocks):
            sideways = isinstance(block, TableBlock) and fit(block.table, UPRIGHT, SIDEWAYS).landscape
            self._turn_page(WD_ORIENT.LANDSCAPE if sideways else WD_ORIENT.PORTRAIT)
            if index == 0:
                self._add(heading)
            self._block(block)

    def _add(self, made: BaseOxmlElement) -> None:
        """Put an element before the properties of the last section, which end the body."""
        self._word.element.body.sectPr.addprevious(made)

    def _block(self, block: Block) -> None:
        if isinstance(block, Paragraph):
            self._add(paragraph("Normal", runs(block.content)))
        elif isinstance(block, TableBlock):
            self._table(block)
        elif isinstance(block, FigureBlock):
            self._figure(block)
        elif isinstance(block, FindingsBlock):
            self._findings(block)
        elif isinstance(block, Definitions):
            self._definitions(block.items)
        elif isinstance(block, Numbered):
            for number, text in enumerate(block.items, start=1):
                self._add(paragraph("Numbered", [run(f"{number}."), tab(), *runs(text)]))
        elif isinstance(block, Folded):
            self._add(paragraph("Heading2", [run(block.summary)]))
            for inner in block.blocks:
                self._block(inner)

    def _definitions(self, items: Iterable[tuple[str, Inline]]) -> None:
        for term, text in items:
            # A term wider than its column would push the text to a tab stop of its own.
            wide = width(term, DEFINITION_SIZE, bold=True) > TERM_WIDTH - _TERM_GAP
            between = line_break() if wide else tab()
            self._add(paragraph("Definition", [run(term, bold=True), between, *runs(text)]))

    def _caption(self, label: str, number: int, content: Inline, *, above: bool) -> None:
        """Write a caption that Word counts itself, showing the number that it has in the report."""
        made = [
            run(f"{label} ", bold=True),
            field(f"SEQ {label} \\* ARABIC", integer(number), bold=True),
            run(". ", bold=True),
            *runs(content),
        ]
        self._add(paragraph("Caption", made, keep_next=above, before=_ABOVE_TABLE if above else 0.0))

    def _figure(self, block: FigureBlock) -> None:
        width, height = figure_size(block.scene)
        holder = self._word.add_paragraph(style="Figure")
        path = str(self._figures / f"{block.scene.id}.png")
        picture = holder.add_run().add_picture(path, Pt(width), Pt(height))
        inline = picture._inline  # noqa: SLF001 - python-docx has no other way to describe a picture
        for side in ("distT", "distB", "distL", "distR"):
            inline.set(side, "0")
        properties = inline.docPr
        properties.set("title", xml_text(block.scene.title))
        properties.set("descr", xml_text(f"{block.scene.title}. {block.scene.description}"))
        self._caption("Figure", block.number, block.caption, above=False)

    def _table(self, block: TableBlock) -> None:
        chosen = fit(block.table, UPRIGHT, SIDEWAYS)
        self._caption("Table", block.number, words(block.table.caption), above=True)
        self._parts(block, chosen)
        self._notes(block.table)

    def _parts(self, block: TableBlock, chosen: Fit) -> None:
        keep = kept_whole(block.table, chosen)
        for index, part in enumerate(chosen.parts):
            if index:
                text = f"Table {integer(block.number)}, continued: further columns"
                self._add(paragraph("TableNote", [run(text)], keep_next=True))
            self._add(word_table(block.table, part, chosen, keep=keep))

    def _notes(self, table: Table) -> None:
        for note in table.footnotes:
            mark = [run(note.mark, raised=True), run(" ")] if note.mark else []
            self._add(paragraph("TableNote", [*mark, run(note.text)]))
        if not table.footnotes:
            self._add(paragraph("TableNote", []))  # two tables without a paragraph between them become one

    def _turn_page(self, orientation: WD_ORIENT) -> None:
        """Begin a new page where the page so far has another orientation."""
        if self._word.sections[-1].orientation == orientation:
            return
        section = self._word.add_section(WD_SECTION.NEW_PAGE)
        section.orientation = orientation
        section.page_width, section.page_height = section.page_height, section.page_width

    def _findings(self, block: FindingsBlock) -> None:
        counts = ", ".join(f"{name}: {integer(count)}" for name, count in block.counts)
        self._add(paragraph("Normal", [run(counts)]))
        for group in map(printed_finding, block.groups):
            for index, (what, place) in enumerate(group.lines):
                if index:
                    self._add(paragraph("FindingDetail", [run(f"{what} "), run(place, style="Place")]))
                    continue
                self._add(paragraph("Finding", [_severity(group.severity), run("  "), run(what)]))
                if place:
                    self._add(paragraph("FindingDetail", [run(place)]))
            if group.hint:
                self._add(paragraph("FindingDetail", [run(group.hint)], keep_next=True))
            self._add(paragraph("FindingSource", [run(group.rule)]))


#: Ground and letters of the label of a severity.
_COLOURS = {
    "refuse": ("8B1A1A", "FFFFFF"),
    "error": ("FBE9E7", "8B1A1A"),
    "warning": ("FFF1D6", "7A4A00"),
    "note": ("EEF3F7", "2F4A5E"),
}


def _severity(name: str) -> BaseOxmlElement:
    """Return the severity as a coloured label; its word says the same without the colour."""
    ground, letters = _COLOURS.get(name, _COLOURS["note"])
    made = run(f" {name} ", bold=True)
    made[0].append(element("w:color", {"w:val": letters}))
    made[0].append(element("w:shd", {"w:val": "clear", "w:color": "auto", "w:fill": ground}))
    return made
