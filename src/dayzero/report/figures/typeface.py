"""The typeface of figures: its sizes, and how wide a text is, without loading a font library."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from dayzero.report.figures.scene import Box

if TYPE_CHECKING:
    from dayzero.report.figures.scene import Text

FONTS = Path(__file__).parent.parent / "fonts"
FAMILY = "Inter"

#: Sizes in points as printed, for a figure of one or two journal columns.
SMALL, BASE, LARGE = 6.0, 6.5, 7.5
LINE_HEIGHT = 1.3
_UNITS_PER_EM = 2048
#: Height above and depth below the baseline, as fractions of the size (Inter's tallest and lowest letters).
ASCENT, DESCENT = 0.76, 0.21


@cache
def _widths() -> dict[str, dict[str, int]]:
    data: dict[str, dict[str, int]] = json.loads((FONTS / "widths.json").read_text(encoding="utf-8"))
    return data


@cache
def _other_widths() -> dict[str, int]:
    """Return the widths of what only DejaVu Sans has, which is asked for letters of another script."""
    data: dict[str, int] = json.loads((FONTS / "widths_other.json").read_text(encoding="utf-8"))
    return data


def font_file(*, bold: bool) -> Path:
    """Return the TrueType file of a weight."""
    return FONTS / f"{FAMILY}-{_weight(bold=bold)}.ttf"


def _weight(*, bold: bool) -> str:
    return "SemiBold" if bold else "Regular"


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of one line of text, in points.

    A character that the typeface lacks is as wide as in DejaVu Sans, and one em where that lacks it too.
    """
    known = _widths()[_weight(bold=bold)]
    units = sum(known[letter] if letter in known else _other_width(letter) for letter in text)
    return units * size / _UNITS_PER_EM


def _other_width(character: str) -> int:
    return _other_widths().get(character, _UNITS_PER_EM)


def extent(text: Text) -> Box:
    """Return the box that a text fills."""
    long = width(text.text, text.size, bold=text.bold)
    start = {"start": 0.0, "middle": -long / 2, "end": -long}[text.anchor]
    up, down = ASCENT * text.size, DESCENT * text.size
    if text.upwards:
        return Box(text.x - up, text.y - start - long, text.x + down, text.y - start)
    return Box(text.x + start, text.y - up, text.x + start + long, text.y + down)


def wrapped(text: str, size: float, limit: float, *, bold: bool = False) -> list[str]:
    """Break a text at spaces into lines no wider than ``limit`` points; a longer word is cut."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        trial = f"{line} {word}" if line else word
        if width(trial, size, bold=bold) <= limit:
            line = trial
            continue
        if line:
            lines.append(line)
        line = word
        while width(line, size, bold=bold) > limit and len(line) > 1:
            fitting = _fitting(line, size, limit, bold=bold)
            lines.append(line[:fitting])
            line = line[fitting:]
    return [*lines, line] if line else lines


def _fitting(word: str, size: float, limit: float, *, bold: bool) -> int:
    """Return how many characters of a word fit, at least one."""
    count = len(word)
    while count > 1 and width(word[:count], size, bold=bold) > limit:
        count -= 1
    return count
