"""A logarithmic axis for ratios: its range, its ticks, and where an interval is cut off."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from dayzero.report.figures import typeface as face
from dayzero.report.figures.axes import AXIS_WIDTH, TICK_LENGTH
from dayzero.report.figures.palette import HAIRLINE, INK, MUTED
from dayzero.report.figures.scene import Box, Line, Shape, Text

if TYPE_CHECKING:
    from collections.abc import Sequence

_TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
_FEWER = (
    (0.01, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 100.0),
    (0.01, 0.1, 0.5, 1.0, 2.0, 10.0, 100.0),
    (0.05, 0.2, 1.0, 5.0, 20.0),
    (0.01, 0.1, 1.0, 10.0, 100.0),
)
#: An interval is drawn to at most this many times the most extreme estimate; beyond it an arrow stands.
_REACH = 3.0
_LEAST = (0.5, 2.0)
#: Height below the rows that ticks, their labels and the words about the two sides take.
HEIGHT = TICK_LENGTH + 3 + 2 * face.BASE * face.LINE_HEIGHT


@dataclass(frozen=True)
class LogAxis:
    """Ratios from ``low`` to ``high`` between ``left`` and ``right``, in points."""

    low: float
    high: float
    left: float
    right: float

    def x(self, ratio: float) -> float:
        """Return the place of a ratio; one outside the range stands at the end."""
        inside = min(max(ratio, self.low), self.high)
        share = math.log(inside / self.low) / math.log(self.high / self.low)
        return self.left + (self.right - self.left) * share

    @property
    def ticks(self) -> tuple[float, ...]:
        """The ticks within the range, fewer where their labels would touch."""
        inside = [tick for tick in _TICKS if self.low <= tick <= self.high]
        for keep in (inside, *([tick for tick in inside if tick in some] for some in _FEWER)):
            ends = [(self.x(t), face.width(f"{t:g}", face.BASE)) for t in keep]
            gaps = (b - a - (wa + wb) / 2 for (a, wa), (b, wb) in pairwise(ends))
            if all(gap > 3 for gap in gaps):
                return tuple(keep)
        return (1.0,)


def log_range(ratios: Sequence[float], limits: Sequence[float]) -> tuple[float, float]:
    """Return the range of an axis that holds every ratio, and intervals as far as they are readable.

    Parameters
    ----------
    ratios : sequence of float
        The estimates.
    limits : sequence of float
        The ends of their intervals.
    """
    low = max(min([*limits, *ratios, _LEAST[0]]), min([*ratios, 1.0]) / _REACH, _TICKS[0])
    high = min(max([*limits, *ratios, _LEAST[1]]), max([*ratios, 1.0]) * _REACH, _TICKS[-1])
    return (
        max((tick for tick in _TICKS if tick <= low * 1.0001), default=_TICKS[0]),
        min((tick for tick in _TICKS if tick >= high * 0.9999), default=_TICKS[-1]),
    )


def axis_shapes(axis: LogAxis, rows: Box, sides: Sequence[tuple[str, str]]) -> list[Shape]:
    """Return hairlines, the line of no difference, ticks with labels, and the first words that fit beside it.

    Parameters
    ----------
    axis : LogAxis
    rows : Box
        What the hairlines cross.
    sides : sequence of (str, str)
        What a ratio below and above 1 means, the longest wording first.
    """
    shapes: list[Shape] = []
    base = rows.bottom
    for tick in axis.ticks:
        x = axis.x(tick)
        neutral = tick == 1.0
        line = Line(((x, rows.top), (x, base)), INK if neutral else HAIRLINE, 0.6 if neutral else 0.5)
        shapes.append(line)
    shapes.append(Line(((axis.left, base), (axis.right, base)), INK, AXIS_WIDTH, role="axis"))
    label_y = base + TICK_LENGTH + 1.5 + face.ASCENT * face.BASE
    for tick in axis.ticks:
        x = axis.x(tick)
        shapes.append(Line(((x, base), (x, base + TICK_LENGTH)), INK, AXIS_WIDTH, role="tick"))
        shapes.append(Text(x, label_y, f"{tick:g}", face.BASE, INK, anchor="middle", role="tick label"))
    side_y = label_y + face.BASE * face.LINE_HEIGHT
    middle = axis.x(1.0)
    room = (middle - axis.left, axis.right - middle)
    for words in sides:
        if all(face.width(word, face.SMALL) <= space for word, space in zip(words, room, strict=True)):
            left, right = words
            shapes.append(Text(middle - 4, side_y, left, face.SMALL, MUTED, anchor="end", role="axis title"))
            shapes.append(Text(middle + 4, side_y, right, face.SMALL, MUTED, role="axis title"))
            break
    return shapes
