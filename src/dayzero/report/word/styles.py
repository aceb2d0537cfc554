"""The styles of the Word file, set once so that a co-author changes a look in one place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docx.enum.style import WD_STYLE_TYPE
from docx.oxml.ns import qn

from dayzero.report.figures.scene import POINTS_PER_MM
from dayzero.report.word.ooxml import element, twips

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.oxml.xmlchemy import BaseOxmlElement

FONT = "Arial"
LANGUAGE = "en-GB"
TABLE_SIZE = 8.5
#: Column of the terms of definitions, in points, and the size of their letters.
TERM_WIDTH = 34.0 * POINTS_PER_MM
DEFINITION_SIZE = 9
_NUMBER_WIDTH = 9.0 * POINTS_PER_MM
_INK, _MUTED, _ACCENT = "1A1A1A", "555B61", "00588A"


@dataclass(frozen=True)
class Look:
    """A paragraph style: sizes and spaces in points, colours as RRGGBB."""

    name: str
    size: float
    bold: bool = False
    colour: str = _INK
    before: float = 0.0
    after: float = 0.0
    line: float = 1.15
    keep_next: bool = False
    hanging: float = 0.0
    ground: str = ""
    rule_below: str = ""
    centred: bool = False
    based_on: str = "Normal"

    @property
    def id(self) -> str:
        """Return the id by which paragraphs name the style."""
        return self.name.replace(" ", "")


LOOKS = (
    Look("Normal", 10, after=6, based_on=""),
    Look(
        "Notice",
        13,
        bold=True,
        colour="7A3B00",
        before=6,
        after=14,
        ground="FDECC8",
        rule_below="E69F00",
        centred=True,
    ),
    Look(
        "Notice Header", 9.5, bold=True, colour="7A3B00", ground="FDECC8", rule_below="E69F00", centred=True
    ),
    Look("Kicker", 8, bold=True, colour=_ACCENT, after=4, keep_next=True),
    Look("Title", 20, bold=True, after=6, line=1.05, keep_next=True),
    Look("Subtitle", 11.5, colour=_MUTED, after=12),
    Look("Heading 1", 14, bold=True, before=20, after=8, keep_next=True, rule_below="D5DADE"),
    Look("Heading 2", 10.5, bold=True, before=12, after=4, keep_next=True),
    Look("Definition", DEFINITION_SIZE, after=3, hanging=TERM_WIDTH),
    Look("Numbered", 9, after=3, hanging=_NUMBER_WIDTH),
    Look("Caption", 9, before=5, after=6),
    Look("Figure", 10, before=10, keep_next=True, line=1.0),
    Look("Table Text", TABLE_SIZE, line=1.0),
    Look("Table Note", 7.5, colour=_MUTED, before=2, after=1, line=1.0),
    Look("Finding", 10, bold=True, before=10, after=2, keep_next=True),
    Look("Finding Detail", 8.5, after=2),
    Look("Finding Source", 8, colour=_MUTED, after=4),
    Look("Footer", 8, colour=_MUTED),
)


def set_styles(word: WordDocument) -> None:
    """Give the file its styles, its font and its language."""
    for look in LOOKS:
        _set(word, look)
    place = word.styles.add_style("Place", WD_STYLE_TYPE.CHARACTER)
    place.element.append(element("w:rPr", None, [element("w:color", {"w:val": _MUTED})]))
    defaults = word.styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    for child in list(defaults):
        defaults.remove(child)
    defaults.append(_font())
    defaults.append(element("w:lang", {"w:val": LANGUAGE, "w:eastAsia": LANGUAGE, "w:bidi": "ar-SA"}))


def _set(word: WordDocument, look: Look) -> None:
    """Make a style, or change the one of that name altogether."""
    names = {style.name for style in word.styles}
    if look.name not in names:
        made = word.styles.add_style(look.name, WD_STYLE_TYPE.PARAGRAPH)
        made.quick_style = True
    style = word.styles[look.name]
    if look.based_on:
        style.base_style = word.styles[look.based_on]
    root = style.element
    for tag in ("w:pPr", "w:rPr"):
        found = root.find(qn(tag))
        if found is not None:
            root.remove(found)
    root.append(element("w:pPr", None, _paragraph_properties(look)))
    root.append(element("w:rPr", None, _run_properties(look)))


def _paragraph_properties(look: Look) -> list[BaseOxmlElement]:
    """Return the properties in the order that the schema asks for."""
    made = [element("w:keepNext")] if look.keep_next else []
    if look.rule_below:
        heavy = "12" if look.ground else "4"
        line = {"w:val": "single", "w:sz": heavy, "w:space": "3", "w:color": look.rule_below}
        made.append(element("w:pBdr", None, [element("w:bottom", line)]))
    if look.ground:
        made.append(element("w:shd", {"w:val": "clear", "w:color": "auto", "w:fill": look.ground}))
    if look.hanging:
        stop = element("w:tab", {"w:val": "left", "w:pos": twips(look.hanging)})
        made.append(element("w:tabs", None, [stop]))
    spacing = {
        "w:before": twips(look.before),
        "w:after": twips(look.after),
        "w:line": str(round(240 * look.line)),
        "w:lineRule": "auto",
    }
    made.append(element("w:spacing", spacing))
    if look.hanging:
        made.append(element("w:ind", {"w:left": twips(look.hanging), "w:hanging": twips(look.hanging)}))
    if look.centred:
        made.append(element("w:jc", {"w:val": "center"}))
    level = {"Heading 1": "0", "Heading 2": "1"}.get(look.name)
    if level is not None:
        made.append(element("w:outlineLvl", {"w:val": level}))
    return made


def _run_properties(look: Look) -> list[BaseOxmlElement]:
    made = [_font()]
    if look.bold:
        made.append(element("w:b"))
    made.append(element("w:color", {"w:val": look.colour}))
    size = str(round(2 * look.size))
    return [*made, element("w:sz", {"w:val": size}), element("w:szCs", {"w:val": size})]


def _font() -> BaseOxmlElement:
    return element("w:rFonts", {f"w:{name}": FONT for name in ("ascii", "hAnsi", "eastAsia", "cs")})
