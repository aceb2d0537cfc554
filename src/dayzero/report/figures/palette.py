"""Colours and line styles: distinguishable by colour-blind readers, and in black and white.

Colours are those of Okabe and Ito, "Color Universal Design" (2008, https://jfly.uni-koeln.de/color/),
in an order in which neighbours differ most; each has a darker twin for words, which need more contrast
on white than lines do (4.5:1, WCAG 2.2, criterion 1.4.3).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dayzero.report.figures.symbols import GROUP_SYMBOLS

if TYPE_CHECKING:
    from dayzero.study.results import Curve, GroupInfo

INK = "#1a1a1a"
MUTED = "#595959"
RULE = "#b8b8b8"
HAIRLINE = "#e3e3e3"
NOTICE_FILL, NOTICE_INK = "#fdecc8", "#7a3b00"


@dataclass(frozen=True)
class Style:
    """How one group is drawn: its line, its words, its dashes and its symbol."""

    line: str
    word: str
    dash: tuple[float, ...]
    symbol: str = "circle"


_BLACK = ("#1a1a1a", "#1a1a1a")
_OKABE_ITO = (
    ("#0072b2", "#00588a"),  # blue
    ("#d55e00", "#a84a00"),  # vermillion
    ("#009e73", "#006b4f"),  # bluish green
    ("#cc79a7", "#96426f"),  # reddish purple
    ("#e69f00", "#855c00"),  # orange
    ("#56b4e9", "#1c6f9c"),  # sky blue
)
_NAMED = {
    "black": _BLACK,
    "red": ("#c8242b", "#b01e25"),
    "blue": _OKABE_ITO[0],
    "orange": _OKABE_ITO[4],
    "green": _OKABE_ITO[2],
    "purple": _OKABE_ITO[3],
    "grey": ("#7f7f7f", "#595959"),
}
#: Solid, dashed, dash-dot, dotted, long dash, dash-dot-dot: on and off lengths in points.
DASHES: tuple[tuple[float, ...], ...] = (
    (),
    (4.0, 1.5),
    (6.0, 1.5, 1.2, 1.5),
    (1.2, 1.4),
    (8.0, 2.0),
    (6.0, 1.5, 1.2, 1.5, 1.2, 1.5),
)
WHOLE = Style(*_BLACK, ())


@dataclass(frozen=True)
class Ink:
    """How an entry of a picture's key is drawn: a filled bar, or a symbol (open where ``fill`` is empty)."""

    fill: str
    outline: str
    symbol: str = ""


#: Bars differ in lightness and marks in shape, so that both stay apart without colour.
_KINDS = {
    "blinatumomab": Ink("#0072b2", "#00588a"),
    "inotuzumab": Ink("#f0b73d", "#855c00"),
    "chemotherapy": Ink("#dcdcdc", "#8c8c8c"),
    "kinase inhibitor": Ink("#009e73", "#006b4f"),
    "radiotherapy": Ink("#cc79a7", "#96426f"),
    "neutrophil engraftment": Ink("#009e73", "#00523c", "triangle"),
    "platelet engraftment": Ink("", "#00523c", "triangle"),
    "acute GVHD": Ink("#d55e00", "#7a3b00", "square"),
    "chronic GVHD": Ink("", "#a84a00", "square"),
    "CMV": Ink("#cc79a7", "#5f2146", "diamond"),
    "relapse": Ink("#c8242b", "#7d0f14", "star"),
    "CAR T cells": Ink("#56b4e9", "#0b3f5c", "circle"),
    "DLI": Ink("", "#0b3f5c", "circle"),
    "stem cell boost": Ink("#ffffff", "#1a1a1a", "plus"),
    "second transplant": Ink("#1a1a1a", "#1a1a1a", "triangle down"),
    "death": Ink("#1a1a1a", "#1a1a1a", "cross"),
}
_GREY_BARS = {
    "blinatumomab": "#404040",
    "inotuzumab": "#9a9a9a",
    "chemotherapy": "#e3e3e3",
    "kinase inhibitor": "#6e6e6e",
    "radiotherapy": "#c2c2c2",
}
#: Layers of a stack, from dark to light, so that neighbours differ in lightness as well as in colour.
_LAYERS = {
    "death": "#4d4d4d",
    "death without relapse": "#4d4d4d",
    "dead without relapse": "#4d4d4d",
    "dead after relapse": "#b3521f",
    "relapse": "#d9783a",
    "alive after relapse": "#e8a06d",
    "alive after GVHD, without relapse": "#f2d98c",
    "disease-free survival": "#edf4f9",
    "alive without relapse or GVHD": "#edf4f9",
    "alive without relapse": "#edf4f9",
    "none of these": "#edf4f9",
}
_MORE_LAYERS = ("#e8a06d", "#7fb2d6", "#2f6f9f", "#b6d7ea")


def ink(kind: str, style: str) -> Ink:
    """Return how a kind of bar or mark is drawn."""
    own = _KINDS.get(kind, Ink("#8c8c8c", "#4d4d4d", "circle"))
    if style != "grey":
        return own
    if not own.symbol:
        return Ink(_GREY_BARS.get(kind, "#8c8c8c"), "#4d4d4d")
    return Ink("#1a1a1a" if own.fill not in ("", "#ffffff") else own.fill, "#1a1a1a", own.symbol)


def layer_fill(label: str, index: int, style: str) -> str:
    """Return the colour of a layer of a stack."""
    colour = _LAYERS.get(label) or _MORE_LAYERS[index % len(_MORE_LAYERS)]
    return grey(colour) if style == "grey" else colour


def luminance(colour: str) -> float:
    """Return how light a colour looks without its hue, 0 to 1 (Rec. 601 luma, as printers and Pillow do)."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return (0.299 * red + 0.587 * green + 0.114 * blue) / 255


def grey(colour: str) -> str:
    """Return the grey that a colour becomes in black and white."""
    level = round(255 * luminance(colour))
    return f"#{level:02x}{level:02x}{level:02x}"


def tint(colour: str, share: float) -> str:
    """Return a colour mixed with white; ``share`` 1 is the colour itself."""
    parts = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(255 + share * (part - 255)):02x}" for part in parts)


#: What a report in one style takes its colours from, in place of the study file's and of Okabe and Ito's.
_GREYS = (
    _BLACK,
    ("#7f7f7f", "#595959"),
    ("#4d4d4d", "#4d4d4d"),
    ("#a6a6a6", "#6b6b6b"),
    ("#333333", "#333333"),
    ("#8c8c8c", "#595959"),
)
_PAPERS = (_BLACK, _NAMED["red"], _NAMED["grey"], _NAMED["blue"], _NAMED["green"], _NAMED["orange"])


def styles(groups: tuple[GroupInfo, ...], style: str = "colour") -> dict[tuple[str, str], Style]:
    """Return the style of every level of every grouping, by (grouping, level).

    ``style`` is ``colour``; ``grey``, which uses no colour at all; or ``papers``: black and red first, as
    survival curves are often printed. Groupings take their colours one after the other, so that in one report
    a colour means one group as long as there are colours; those that the study file gives are taken as they
    are, except in grey.
    """
    made: dict[tuple[str, str], Style] = {}
    used = 0
    for group in groups:
        if used + len(group.levels) > len(_OKABE_ITO) or style != "colour":
            used = 0
        for index, level in enumerate(group.levels):
            given = group.colours[index] if index < len(group.colours) and style != "grey" else ""
            source = {"grey": _GREYS, "papers": _PAPERS}.get(style, _OKABE_ITO)
            line, word = _colours(given) if given else source[used % len(source)]
            used += not given
            symbol = GROUP_SYMBOLS[index % len(GROUP_SYMBOLS)]
            made[group.name, level] = Style(line, word, DASHES[index % len(DASHES)], symbol)
    return made


def style_of(curve: Curve, by_group: dict[tuple[str, str], Style]) -> Style:
    """Return the style of a curve; the whole cohort is black."""
    if curve.group_by is None or curve.group is None:
        return WHOLE
    return by_group.get((curve.group_by, curve.group), WHOLE)


def _colours(given: str) -> tuple[str, str]:
    named = _NAMED.get(given)
    return named or (given, given)
