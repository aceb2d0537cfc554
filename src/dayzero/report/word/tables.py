"""A table of the report as a real Word table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dayzero.report.printed import leads
from dayzero.report.tables.fitting import INDENT, PADDING
from dayzero.report.word.ooxml import element, paragraph, run, runs, twips
from dayzero.report.word.styles import TABLE_SIZE
from dayzero.report.xml_text import xml_text

if TYPE_CHECKING:
    from docx.oxml.xmlchemy import BaseOxmlElement

    from dayzero.report.tables.fitting import Fit, Part
    from dayzero.report.tables.model import Cell, Table

_ALIGNMENT = {"left": "", "right": "right", "centre": "center"}
_HEAVY, _FINE, _FAINT = ("8", "1A1A1A"), ("4", "1A1A1A"), ("4", "D5DADE")
_ABOVE_BELOW = 1.2
#: So many rows at the end of a table stay together.
_LAST_ROWS = 3


@dataclass(frozen=True)
class _Maker:
    """What the rows of one Word table share."""

    table: Table
    part: Part
    size: float
    keep: bool

    def text(
        self, content: list[BaseOxmlElement], *, align: str = "", indent: float = 0.0, keep: bool
    ) -> BaseOxmlElement:
        """Return the paragraph of a cell."""
        return paragraph("TableText", content, keep_next=keep, indent=indent, align=align)

    @property
    def run_size(self) -> float:
        """Return the size of letters where it differs from the style's."""
        return 0.0 if self.size == TABLE_SIZE else self.size

    def spanners(self) -> BaseOxmlElement | None:
        """Return the row of spanning headings; None where there is none."""
        columns = [self.table.columns[index] for index in self.part.columns]
        if not any(column.spanner for column in columns):
            return None
        cells, start = [], 0
        for index in range(1, len(columns) + 1):
            if index < len(columns) and columns[index].spanner == columns[start].spanner:
                continue
            label, width = columns[start].spanner, sum(self.part.widths[start:index])
            text = self.text([run(label, bold=True, size=self.run_size)], align="center", keep=True)
            border = {"bottom": _FAINT} if label else {}
            cells.append(_cell(text, width, across=index - start, borders=border, place="bottom"))
            start = index
        return _row(cells, header=True)

    def labels(self) -> BaseOxmlElement:
        """Return the row of headings."""
        cells = []
        for index, width in zip(self.part.columns, self.part.widths, strict=True):
            column = self.table.columns[index]
            content = [run(column.label, bold=True, size=self.run_size)]
            text = self.text(content, align=_ALIGNMENT[column.align], keep=True)
            cells.append(_cell(text, width, borders={"bottom": _FINE}, place="bottom"))
        return _row(cells, header=True)

    def row(self, index: int) -> BaseOxmlElement:
        """Return a row of the table's body."""
        row, first = self.table.rows[index], index == 0
        keep = self.kept_with_next(index)
        if row.kind in ("heading", "refused"):
            heading = row.kind == "heading"
            content = self.content(row.cells[0], bold=heading)
            borders = {"top": _FAINT} if heading and not first else {}
            whole = sum(self.part.widths)
            text = self.text(content, keep=keep)
            fill = "" if heading else "FBF1F1"
            return _row([_cell(text, whole, across=len(self.part.widths), borders=borders, fill=fill)])
        cells = []
        for index, width in zip(self.part.columns, self.part.widths, strict=True):
            indent = INDENT * row.indent if index == 0 else 0.0
            align = _ALIGNMENT[self.table.columns[index].align]
            text = self.text(self.content(row.cells[index]), align=align, indent=indent, keep=keep)
            cells.append(_cell(text, width))
        return _row(cells)

    def kept_with_next(self, index: int) -> bool:
        """Return whether a row stays on the page of what follows it: a row or, after the last, a footnote."""
        after = len(self.table.rows) - 1 - index
        if not after:
            return bool(self.table.footnotes)
        return self.keep or after < _LAST_ROWS or leads(self.table, index)

    def content(self, cell: Cell, *, bold: bool = False) -> list[BaseOxmlElement]:
        """Return a cell's text and the marks of its footnotes."""
        size = self.run_size
        made = [run(cell.text, bold=True, size=size)] if bold else runs(cell.content, size=size)
        if cell.marks:
            made.append(run(", ".join(cell.marks), size=size, raised=True))
        return made


def word_table(table: Table, part: Part, fit: Fit, *, keep: bool) -> BaseOxmlElement:
    """Return a table whose headings are repeated on every page and whose rows stay whole.

    Parameters
    ----------
    table : Table
    part : Part
        The columns to print, with their widths.
    fit : Fit
    keep : bool
        Keep all rows on one page, with what comes after the table.
    """
    maker = _Maker(table, part, fit.size, keep)
    rows = [row for row in (maker.spanners(), maker.labels()) if row is not None]
    rows += [maker.row(index) for index in range(len(table.rows))]
    columns = [element("w:gridCol", {"w:w": twips(width)}) for width in part.widths]
    return element("w:tbl", None, [_properties(table, part), element("w:tblGrid", None, columns), *rows])


def _properties(table: Table, part: Part) -> BaseOxmlElement:
    margins = {"top": _ABOVE_BELOW, "left": PADDING / 2, "bottom": _ABOVE_BELOW, "right": PADDING / 2}
    return element(
        "w:tblPr",
        None,
        [
            element("w:tblW", {"w:w": twips(sum(part.widths)), "w:type": "dxa"}),
            _borders("w:tblBorders", {"top": _HEAVY, "bottom": _HEAVY}),
            element("w:tblLayout", {"w:type": "fixed"}),
            element(
                "w:tblCellMar",
                None,
                [element(f"w:{side}", {"w:w": twips(m), "w:type": "dxa"}) for side, m in margins.items()],
            ),
            element("w:tblLook", {"w:val": "00A0", "w:firstRow": "1", "w:firstColumn": "1"}),
            element("w:tblCaption", {"w:val": xml_text(table.caption)}),
        ],
    )


def _borders(tag: str, sides: dict[str, tuple[str, str]]) -> BaseOxmlElement:
    return element(
        tag,
        None,
        [
            element(f"w:{side}", {"w:val": "single", "w:sz": width, "w:space": "0", "w:color": colour})
            for side, (width, colour) in sides.items()
        ],
    )


def _row(cells: list[BaseOxmlElement], *, header: bool = False) -> BaseOxmlElement:
    properties = [element("w:cantSplit")] + ([element("w:tblHeader")] if header else [])
    return element("w:tr", None, [element("w:trPr", None, properties), *cells])


def _cell(
    text: BaseOxmlElement,
    width: float,
    *,
    across: int = 1,
    borders: dict[str, tuple[str, str]] | None = None,
    fill: str = "",
    place: str = "",
) -> BaseOxmlElement:
    properties = [element("w:tcW", {"w:w": twips(width), "w:type": "dxa"})]
    if across > 1:
        properties.append(element("w:gridSpan", {"w:val": str(across)}))
    if borders:
        properties.append(_borders("w:tcBorders", borders))
    if fill:
        properties.append(element("w:shd", {"w:val": "clear", "w:color": "auto", "w:fill": fill}))
    if place:
        properties.append(element("w:vAlign", {"w:val": place}))
    return element("w:tc", None, [element("w:tcPr", None, properties), text])
