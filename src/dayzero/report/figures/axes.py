"""The frame of a panel: scales, axes, ticks and the titles of axes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dayzero.report.figures import typeface as face
from dayzero.report.figures.palette import INK, MUTED, RULE
from dayzero.report.figures.scene import Box, Line, Shape, Text
from dayzero.report.format import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

AXIS_WIDTH = 0.6
TICK_LENGTH = 2.5
#: The axes stand a little outside the data, so that a curve at 0% or at time 0 is not hidden by them.
OFFSET = 2.5
PERCENT_TICKS = (0, 20, 40, 60, 80, 100)
#: Height below the plot that tick labels and the axis title take.
X_LABELS = TICK_LENGTH + 2 + 2 * face.BASE * face.LINE_HEIGHT


@dataclass(frozen=True)
class Axes:
    """Where data go: ``box`` holds times 0 to ``limit`` (left to right), fractions 0 to 1 (bottom to top)."""

    box: Box
    limit: float

    def x(self, time: float) -> float:
        """Return the place of a time."""
        return self.box.left + self.box.width * time / self.limit

    def y(self, fraction: float) -> float:
        """Return the place of a fraction."""
        return self.box.bottom - self.box.height * fraction


def y_margin(label_lines: int) -> float:
    """Return the width left of the plot that tick labels and the vertical title take."""
    ticks = face.width("100", face.BASE)
    return label_lines * face.BASE * face.LINE_HEIGHT + 3 + ticks + TICK_LENGTH + 2 + OFFSET


def frame(axes: Axes, ticks: Sequence[float], x_title: str, y_lines: Sequence[str]) -> list[Shape]:
    """Return both axes with ticks, tick labels and titles."""
    return [*_time_axis(axes, ticks, x_title), *_percent_axis(axes, y_lines)]


def _time_axis(axes: Axes, ticks: Sequence[float], title: str) -> list[Shape]:
    base = axes.box.bottom + OFFSET
    shapes: list[Shape] = [
        Line(((axes.box.left, base), (axes.box.right, base)), INK, AXIS_WIDTH, role="axis"),
    ]
    label_y = base + TICK_LENGTH + 1.5 + face.ASCENT * face.BASE
    for tick in ticks:
        x = axes.x(tick)
        shapes.append(Line(((x, base), (x, base + TICK_LENGTH)), INK, AXIS_WIDTH, role="tick"))
        shapes.append(Text(x, label_y, plain(tick, 2), face.BASE, INK, anchor="middle", role="tick label"))
    middle = (axes.box.left + axes.box.right) / 2
    title_y = label_y + face.BASE * face.LINE_HEIGHT
    shapes.append(Text(middle, title_y, title, face.BASE, INK, anchor="middle", role="axis title"))
    return shapes


def _percent_axis(axes: Axes, lines: Sequence[str]) -> list[Shape]:
    edge = axes.box.left - OFFSET
    shapes: list[Shape] = [
        Line(((edge, axes.box.top), (edge, axes.box.bottom)), INK, AXIS_WIDTH, role="axis"),
    ]
    for tick in PERCENT_TICKS:
        y = axes.y(tick / 100)
        shapes.append(Line(((edge - TICK_LENGTH, y), (edge, y)), INK, AXIS_WIDTH, role="tick"))
        baseline = y + 0.36 * face.BASE
        x = edge - TICK_LENGTH - 1.5
        shapes.append(Text(x, baseline, str(tick), face.BASE, INK, anchor="end", role="tick label"))
    middle = (axes.box.top + axes.box.bottom) / 2
    left = axes.box.left - y_margin(len(lines))
    for index, line in enumerate(lines):
        x = left + face.ASCENT * face.BASE + index * face.BASE * face.LINE_HEIGHT
        shapes.append(
            Text(x, middle, line, face.BASE, INK, anchor="middle", upwards=True, role="axis title"),
        )
    return shapes


def horizon_lines(axes: Axes, time: float, gap: Box) -> list[Line]:
    """Return the dotted line that marks the horizon of the printed estimates, open where the key stands."""
    x = axes.x(time)
    parts = [(axes.box.top, axes.box.bottom)]
    if gap.left < x < gap.right:
        parts = [(axes.box.top, gap.top), (gap.bottom, axes.box.bottom)]
    return [
        Line(((x, top), (x, bottom)), RULE, 0.5, (1.0, 1.6), role="horizon")
        for top, bottom in parts
        if bottom - top > 1
    ]


def not_drawn(box: Box, reason: str) -> list[Shape]:
    """Return what stands in place of a plot that was refused: an empty frame with the reason."""
    shapes: list[Shape] = [Line((*box.corners(), (box.left, box.top)), RULE, 0.6, (2, 2), role="refused")]
    lines = face.wrapped(reason, face.BASE, box.width - 20)
    height = face.BASE * face.LINE_HEIGHT
    y = (box.top + box.bottom) / 2 - height * (len(lines) - 1) / 2
    middle = (box.left + box.right) / 2
    shapes.append(
        Text(middle, y - height, "Not drawn", face.BASE, INK, bold=True, anchor="middle", role="refused")
    )
    shapes.extend(
        Text(middle, y + (i + 0.3) * height, line, face.BASE, MUTED, anchor="middle", role="refused")
        for i, line in enumerate(lines)
    )
    return shapes
