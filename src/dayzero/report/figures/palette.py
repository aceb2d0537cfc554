"""Colours and line styles: distinguishable by colour-blind readers, and in black and white.

Colours are those of Okabe and Ito, "Color Universal Design" (2008, https://jfly.uni-koeln.de/color/),
in an order in which neighbours differ most; each has a darker twin for words, which need more contrast
on white than lines do (4.5:1, WCAG 2.2, criterion 1.4.3).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dayzero.study.results import Curve, GroupInfo

INK = "#1a1a1a"
MUTED = "#595959"
RULE = "#b8b8b8"
HAIRLINE = "#e3e3e3"
NOTICE_FILL, NOTICE_INK = "#fdecc8", "#7a3b00"


@dataclass(frozen=True)
class Style:
    """How one group is drawn: its line, its words, and its dashes."""

    line: str
    word: str
    dash: tuple[float, ...]


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


def styles(groups: tuple[GroupInfo, ...]) -> dict[tuple[str, str], Style]:
    """Return the style of every level of every grouping, by (grouping, level).

    Groupings take their colours one after the other, so that in one report a colour means one group as long
    as there are colours; colours given in the study file are taken as they are.
    """
    made: dict[tuple[str, str], Style] = {}
    used = 0
    for group in groups:
        if used + len(group.levels) > len(_OKABE_ITO):
            used = 0
        for index, level in enumerate(group.levels):
            given = group.colours[index] if index < len(group.colours) else ""
            line, word = _colours(given) if given else _OKABE_ITO[used % len(_OKABE_ITO)]
            used += not given
            made[group.name, level] = Style(line, word, DASHES[index % len(DASHES)])
    return made


def style_of(curve: Curve, by_group: dict[tuple[str, str], Style]) -> Style:
    """Return the style of a curve; the whole cohort is black."""
    if curve.group_by is None or curve.group is None:
        return WHOLE
    return by_group.get((curve.group_by, curve.group), WHOLE)


def _colours(given: str) -> tuple[str, str]:
    named = _NAMED.get(given)
    return named or (given, given)
