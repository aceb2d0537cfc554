"""The key of a picture: swatches with their words, in rows as wide as the figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dayzero.report.figures import typeface as face
from dayzero.report.figures.palette import INK, Ink
from dayzero.report.figures.scene import Area, Box, Line, Marks, Shape, Text

if TYPE_CHECKING:
    from collections.abc import Sequence

ROW = face.BASE * 1.5
_SWATCH, _GAP, _APART = 12.0, 3.5, 11.0


@dataclass(frozen=True)
class Entry:
    """One entry: its words, and a bar, a symbol or a line to the left of them.

    ``ink`` is a bar or a symbol; ``line`` is (colour, width, dashes) of a line, drawn below the symbol.
    """

    words: str
    ink: Ink | None = None
    line: tuple[str, float, tuple[float, ...]] | None = None


def legend(entries: Sequence[Entry], left: float, width: float, top: float) -> tuple[list[Shape], float]:
    """Lay out a key; return its shapes and its lower edge."""
    shapes: list[Shape] = []
    x, y = left, top
    for entry in entries:
        room = left + width - _SWATCH - _GAP
        long = _SWATCH + _GAP + face.width(entry.words, face.BASE)
        if x > left and x + long > left + width:
            x, y = left, y + ROW
        middle = y + ROW / 2
        shapes += _swatch(entry, x, middle)
        for number, words in enumerate(face.wrapped(entry.words, face.BASE, room - left)):
            y += ROW if number else 0
            baseline = y + ROW / 2 + 0.36 * face.BASE
            shapes.append(Text(x + _SWATCH + _GAP, baseline, words, face.BASE, INK, role="key name"))
        x += long + _APART
    return shapes, y + ROW if entries else top


def _swatch(entry: Entry, x: float, middle: float) -> list[Shape]:
    shapes: list[Shape] = []
    if entry.line:
        colour, width, dash = entry.line
        shapes.append(Line(((x, middle), (x + _SWATCH, middle)), colour, width, dash, role="key line"))
    if entry.ink and entry.ink.symbol:
        shapes.append(symbol(entry.ink, [(x + _SWATCH / 2, middle)], 2.6, "key symbol"))
    elif entry.ink:
        box = Box(x, middle - 2.8, x + _SWATCH, middle + 2.8)
        shapes.append(Area(box.corners(), entry.ink.fill, outline=entry.ink.outline, width=0.5, role="key"))
    return shapes


def symbol(ink: Ink, points: Sequence[tuple[float, float]], radius: float, role: str) -> Marks:
    """Return symbols of one kind."""
    width = 0.7 if ink.symbol not in ("plus", "cross") else 0.5
    return Marks(tuple(points), ink.symbol, radius, ink.fill, ink.outline, width, role)
