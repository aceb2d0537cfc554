"""A time axis that may begin before day 0, and vertical axes of values: shared by pictures of courses."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dayzero.report import format as fmt
from dayzero.report.figures import typeface as face
from dayzero.report.figures.axes import AXIS_WIDTH, OFFSET, TICK_LENGTH
from dayzero.report.figures.palette import HAIRLINE, INK, RULE
from dayzero.report.figures.scene import Box, Line, Shape, Text
from dayzero.report.format import plain, sentence
from dayzero.report.wording import time_axis

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dayzero.report.figures.scene import Point

#: An axis of so few ticks has only powers of ten.
_FEW = 4
_SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


@dataclass(frozen=True)
class TimeScale:
    """Where times go: ``start`` at the left edge, ``limit`` at the right."""

    left: float
    right: float
    start: float
    limit: float

    def x(self, time: float) -> float:
        """Return the place of a time."""
        return self.left + (self.right - self.left) * (time - self.start) / (self.limit - self.start)

    def clipped(self, time: float) -> float:
        """Return the place of a time, at the nearer edge when it lies outside."""
        return self.x(min(max(time, self.start), self.limit))


@dataclass(frozen=True)
class ValueScale:
    """Where values go, on a linear or logarithmic axis; what lies below is at the bottom."""

    box: Box
    lowest: float
    highest: float
    log: bool

    def y(self, value: float) -> float:
        """Return the place of a value."""
        value = min(max(value, self.lowest), self.highest)
        if self.log:
            low, high = math.log10(self.lowest), math.log10(self.highest)
            share = (math.log10(value) - low) / (high - low)
        else:
            share = (value - self.lowest) / (self.highest - self.lowest)
        return self.box.bottom - self.box.height * share

    def ticks(self, most: int = 8) -> list[tuple[float, str]]:
        """Return values with their words."""
        if self.log:
            return _log_ticks(self.lowest, self.highest, most)
        step = nice_step(self.highest - self.lowest, min(most, 6))
        count = int((self.highest - self.lowest) / step + 1e-9)
        return [(self.lowest + i * step, plain(self.lowest + i * step, 2)) for i in range(count + 1)]


def _log_ticks(lowest: float, highest: float, most: int) -> list[tuple[float, str]]:
    """Return powers of ten; where an axis has only few, 2 and 5 times each as well."""
    low, high = math.ceil(math.log10(lowest) - 1e-9), math.floor(math.log10(highest) + 1e-9)
    if high - low >= 2 or most <= _FEW:
        each = max(1, math.ceil((high - low) / most))
        return [(10.0**k, power_of_ten(k)) for k in range(low, high + 1, each)]
    values = [float(f"{f}e{k}") for k in range(low - 1, high + 1) for f in (1, 2, 5)]
    inside = [v for v in values if lowest * (1 - 1e-9) <= v <= highest * (1 + 1e-9)]
    return [(value, _log_word(value)) for value in inside]


def _log_word(value: float) -> str:
    exponent = math.floor(math.log10(value) + 1e-9)
    if -3 <= exponent <= 3:
        return plain(value, 3)
    digit = round(value / 10.0**exponent)
    return power_of_ten(exponent) if digit == 1 else f"{digit}·{power_of_ten(exponent)}"


def power_of_ten(exponent: int) -> str:
    """Return 0.01 to 1,000 as they are, other powers as 10⁻⁴."""
    if -2 <= exponent <= 3:
        return plain(10.0**exponent, 2)
    return "10" + str(exponent).translate(_SUPERSCRIPT)


def nice_step(span: float, most: int) -> float:
    """Return a distance of 1, 2 or 5 times a power of ten that gives at most so many pieces."""
    size = 10.0 ** math.floor(math.log10(span / most))
    return next(float(f * size) for f in (1, 2, 5, 10) if span / (f * size) <= most + 1e-9)


def time_axis_shapes(
    scale: TimeScale, ticks: Sequence[float], y: float, unit: str, *, grid_top: float | None = None
) -> tuple[list[Shape], float]:
    """Return the axis with its title and, from ``grid_top`` down, faint lines; and its lower edge."""
    shapes: list[Shape] = []
    inside = [tick for tick in ticks if scale.start - 1e-9 <= tick <= scale.limit + 1e-9]
    for tick in inside if grid_top is not None else []:
        line = ((scale.x(tick), grid_top or 0.0), (scale.x(tick), y))
        shapes.append(Line(line, HAIRLINE, 0.4, role="grid"))
    shapes.append(Line(((scale.left, y), (scale.right, y)), INK, AXIS_WIDTH, role="axis"))
    baseline = y + TICK_LENGTH + 1.5 + face.ASCENT * face.BASE
    for tick in inside:
        x = scale.x(tick)
        shapes.append(Line(((x, y), (x, y + TICK_LENGTH)), INK, AXIS_WIDTH, role="tick"))
        shapes.append(Text(x, baseline, plain(tick, 2), face.BASE, INK, anchor="middle", role="tick label"))
    baseline += face.BASE * face.LINE_HEIGHT
    title = time_axis(unit, "first allogeneic transplant")
    if face.width(title, face.BASE) > scale.right - scale.left:
        title = sentence(unit)
    middle = (scale.left + scale.right) / 2
    shapes.append(Text(middle, baseline, title, face.BASE, INK, anchor="middle", role="axis title"))
    return shapes, baseline + face.DESCENT * face.BASE


def value_axis_shapes(scale: ValueScale, title: str, *, most: int = 8) -> list[Shape]:
    """Return the axis left of a plot with its title along it."""
    edge = scale.box.left - OFFSET
    shapes: list[Shape] = [
        Line(((edge, scale.box.top), (edge, scale.box.bottom)), INK, AXIS_WIDTH, role="axis")
    ]
    for value, words in scale.ticks(most):
        y = scale.y(value)
        shapes.append(Line(((edge - TICK_LENGTH, y), (edge, y)), INK, AXIS_WIDTH, role="tick"))
        baseline, x = y + 0.36 * face.BASE, edge - TICK_LENGTH - 1.5
        shapes.append(Text(x, baseline, words, face.BASE, INK, anchor="end", role="tick label"))
    widest = max((face.width(words, face.BASE) for _, words in scale.ticks(most)), default=0.0)
    x = edge - TICK_LENGTH - 3.5 - widest
    middle = (scale.box.top + scale.box.bottom) / 2
    lines = face.wrapped(title, face.BASE, max(scale.box.height + 4, 40.0))
    for index, words in enumerate(reversed(lines)):
        place = x - index * face.BASE * face.LINE_HEIGHT - face.DESCENT * face.BASE
        shapes.append(
            Text(place, middle, words, face.BASE, INK, anchor="middle", upwards=True, role="axis title")
        )
    return shapes


def when(time: float, unit: str) -> str:
    """Say a time on an axis: ``24 months``, ``3 months before transplant``."""
    said = fmt.horizon(round(abs(time), 2), unit)
    return f"{said} before transplant" if time < 0 else said


def segments(points: Sequence[Point], bounds: Sequence[bool]) -> list[tuple[Point, ...]]:
    """Return the stretches of a line between results; nothing is drawn between two bounds."""
    parts: list[list[Point]] = [[]]
    for index, point in enumerate(points):
        if index and bounds[index] and bounds[index - 1]:
            parts.append([])
        parts[-1].append(point)
    return [tuple(part) for part in parts if len(set(part)) > 1]


def day_0(scale: TimeScale, top: float, bottom: float) -> list[Shape]:
    """Return the line of transplant with its word above."""
    if scale.start > 0:
        return []
    x = scale.x(0.0)
    shapes: list[Shape] = [Line(((x, top), (x, bottom)), INK, 0.8, role="transplant")]
    if scale.start < 0:
        long = face.width("Transplant", face.SMALL)
        middle = min(max(x, scale.left + long / 2 - 6), scale.right - long / 2)
        shapes.append(
            Text(middle, top - 2.2, "Transplant", face.SMALL, INK, anchor="middle", role="transplant")
        )
    return shapes


def level_line(box: Box, y: float) -> Line:
    """Return the dotted line of a value that a definition uses."""
    return Line(((box.left, y), (box.right, y)), RULE, 0.6, (1.0, 1.6), role="level")
