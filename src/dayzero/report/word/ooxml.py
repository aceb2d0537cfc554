"""Pieces of WordprocessingML (ECMA-376 Part 1, chapter 17): paragraphs, runs and fields as XML elements.

python-docx makes the file, its styles and its pictures; text and tables are put together here, because its
own table cells are looked up anew for every access, which takes seconds for a long table.
"""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING

from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement

from dayzero.report.xml_text import xml_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from docx.oxml.xmlchemy import BaseOxmlElement

    from dayzero.report.numbers import Inline

TWIPS = 20


def element(
    tag: str, attributes: Mapping[str, str] | None = None, children: Iterable[BaseOxmlElement] = ()
) -> BaseOxmlElement:
    """Return an element such as ``w:p``; attributes are named with their prefix too."""
    made = OxmlElement(tag, {qn(name): value for name, value in (attributes or {}).items()})
    for child in children:
        made.append(child)
    return made


def twips(points: float) -> str:
    """Return a length in the unit of Word, a twentieth of a point, never more than it is."""
    return str(floor(points * TWIPS))


def run(
    text: str, *, bold: bool = False, size: float = 0.0, raised: bool = False, style: str = ""
) -> BaseOxmlElement:
    """Return a run of text; ``size`` is in points where it differs from the paragraph's style."""
    properties = []
    if style:
        properties.append(element("w:rStyle", {"w:val": style}))
    if bold:
        properties.append(element("w:b"))
    if size:
        properties.append(element("w:sz", {"w:val": str(round(2 * size))}))
    if raised:
        properties.append(element("w:vertAlign", {"w:val": "superscript"}))
    content = element("w:t", {"xml:space": "preserve"})
    content.text = xml_text(text)
    return element("w:r", None, ([element("w:rPr", None, properties)] if properties else []) + [content])


def tab() -> BaseOxmlElement:
    """Return a run that moves to the next tab stop."""
    return element("w:r", None, [element("w:tab")])


def line_break() -> BaseOxmlElement:
    """Return a run that begins a new line of the same paragraph."""
    return element("w:r", None, [element("w:br")])


def field(instruction: str, shown: str, *, bold: bool = False) -> BaseOxmlElement:
    """Return a field with the result that is shown until Word works it out again."""
    return element("w:fldSimple", {"w:instr": f" {instruction} "}, [run(shown, bold=bold)])


def runs(content: Inline, *, size: float = 0.0) -> list[BaseOxmlElement]:
    """Return running text."""
    return [run(span.text, bold=span.strong, size=size) for span in content if span.text]


def paragraph(
    style: str,
    content: Iterable[BaseOxmlElement],
    *,
    keep_next: bool = False,
    indent: float = 0.0,
    before: float = 0.0,
    align: str = "",
) -> BaseOxmlElement:
    """Return a paragraph of a style, by the style's id; ``indent`` and space ``before`` it are in points."""
    properties = [element("w:pStyle", {"w:val": style})]
    if keep_next:
        properties.append(element("w:keepNext"))
    if before:
        properties.append(element("w:spacing", {"w:before": twips(before)}))
    if indent:
        properties.append(element("w:ind", {"w:left": twips(indent)}))
    if align:
        properties.append(element("w:jc", {"w:val": align}))
    return element("w:p", None, [element("w:pPr", None, properties), *content])
