"""A document as plain data for the page template: every text is a value there, never a piece of markup."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dayzero.report.document import Definitions, FigureBlock, FindingsBlock, Folded, Numbered, TableBlock
from dayzero.report.figures import typeface as face
from dayzero.report.figures.svg import printed_svg
from dayzero.report.printed import (
    SIDEWAYS,
    UPRIGHT,
    figure_size,
    footer_text,
    kept_whole,
    leads,
    printed_finding,
    repeats,
)
from dayzero.report.tables.fitting import INDENT, PADDING, breakable, cells_with_room, fit, row_lines

if TYPE_CHECKING:
    from dayzero.report.document import Block, Document
    from dayzero.report.numbers import Inline
    from dayzero.report.tables.fitting import Fit, Part
    from dayzero.report.tables.model import Cell, Table

_NOTICE_SIZE = 9.5
#: Words of running text are broken where they are wider than this in letters of that size, in points.
_RUNNING_WIDTH, _RUNNING_SIZE = 380.0, 10.0
#: By how much bold letters are wider than others, as the part of a width that is safely filled.
_BOLD = 0.92
#: A row higher than this many lines may run on to the next page: it might not fit on one.
_TALL_ROW = 30
#: A number with its interval, up to so many letters, is not broken over two lines.
_WHOLE = 48


def page_data(document: Document) -> dict[str, Any]:
    """Return everything that the template prints, as values that JSON can hold."""
    lines = face.wrapped(document.notice, _NOTICE_SIZE, UPRIGHT - 20, bold=True)
    return {
        "title": document.title,
        "question": _running(document.question),
        "notice": document.notice,
        "notice_lines": len(lines),
        "description": document.description,
        "footer": footer_text(document.title),
        "facts": [[term, _running(text)] for term, text in document.facts],
        "padding": PADDING,
        "sections": [
            {"heading": section.heading, "blocks": [_block(block) for block in section.blocks]}
            for section in document.sections
        ],
    }


def _block(block: Block) -> dict[str, Any]:
    if isinstance(block, TableBlock):
        return {"kind": "table", "number": block.number, **_table(block.table)}
    if isinstance(block, FigureBlock):
        return _figure(block)
    if isinstance(block, FindingsBlock):
        return _findings(block)
    if isinstance(block, Definitions):
        return {"kind": "definitions", "items": [[term, _inline(text)] for term, text in block.items]}
    if isinstance(block, Numbered):
        return {"kind": "numbered", "items": [_inline(text) for text in block.items]}
    if isinstance(block, Folded):
        return {"kind": "folded", "summary": block.summary, "blocks": [_block(b) for b in block.blocks]}
    return {"kind": "paragraph", "content": _inline(block.content)}


def _inline(content: Inline) -> list[dict[str, Any]]:
    return [
        {
            "text": _running(span.text),
            "strong": span.strong,
            "whole": bool(span.ref) and len(span.text) <= _WHOLE,
        }
        for span in content
    ]


def _running(text: str) -> str:
    """Return running text in which no word is wider than the narrowest place where running text stands."""
    return breakable(text, _RUNNING_WIDTH, _RUNNING_SIZE)


def _figure(block: FigureBlock) -> dict[str, Any]:
    scene = block.scene
    return {
        "kind": "figure",
        "number": block.number,
        "svg": printed_svg(scene),
        "width": figure_size(scene)[0],
        "alt": f"{scene.title}. {scene.description}",
        "caption": _inline(block.caption),
    }


def _findings(block: FindingsBlock) -> dict[str, Any]:
    groups = [printed_finding(group) for group in block.groups]
    return {
        "kind": "findings",
        "counts": [[name, str(count)] for name, count in block.counts],
        "groups": [
            {
                "severity": group.severity,
                "lines": [[_running(what), _running(place)] for what, place in group.lines],
                "hint": _running(group.hint),
                "rule": group.rule,
            }
            for group in groups
        ],
    }


def _table(table: Table) -> dict[str, Any]:
    chosen = fit(table, UPRIGHT, SIDEWAYS)
    return {
        "caption": table.caption,
        "size": chosen.size,
        "landscape": chosen.landscape,
        "short": kept_whole(table, chosen),
        "parts": [_part(table, part, chosen) for part in chosen.parts],
        "notes": [{"mark": note.mark, "text": note.text} for note in table.footnotes],
    }


def _part(table: Table, part: Part, chosen: Fit) -> dict[str, Any]:
    columns = [table.columns[index] for index in part.columns]
    return {
        "widths": list(part.widths),
        "aligns": [column.align for column in columns],
        "labels": [
            breakable(column.label, _BOLD * (width - PADDING), chosen.size)
            for column, width in zip(columns, part.widths, strict=True)
        ],
        "spanners": [column.spanner for column in columns],
        "rows": [_row(table, index, part, chosen.size) for index in range(len(table.rows))],
    }


def _row(table: Table, index: int, part: Part, size: float) -> dict[str, Any]:
    row = table.rows[index]
    return {
        "kind": row.kind,
        "leads": leads(table, index),
        "repeats": repeats(table, index),
        "indent": INDENT * row.indent,
        "tall": row_lines(row, part, size) > _TALL_ROW,
        "cells": [_cell(cell, room, size) for cell, room in cells_with_room(row, part)],
    }


def _cell(cell: Cell, room: float, size: float) -> dict[str, Any]:
    content = [
        {"text": breakable(span.text, room, size), "strong": span.strong}
        for span in cell.content
        if span.text
    ]
    return {"content": content, "marks": ", ".join(cell.marks)}
