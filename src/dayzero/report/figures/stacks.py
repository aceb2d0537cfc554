"""Stacked probabilities: what has become of the patients at each time, one panel a group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dayzero.report import format as fmt
from dayzero.report.figures import typeface as face
from dayzero.report.figures.axes import OFFSET, X_LABELS, Axes, frame, y_margin
from dayzero.report.figures.content import PLOT_HEIGHT, RIGHT
from dayzero.report.figures.grid import COLUMN_GAP, EDGE, ROW_GAP, notice_shapes
from dayzero.report.figures.palette import INK, MUTED, RULE, layer_fill, luminance
from dayzero.report.figures.scene import (
    DOUBLE_COLUMN_MM,
    POINTS_PER_MM,
    SINGLE_COLUMN_MM,
    Area,
    Box,
    Line,
    Scene,
    Shape,
    Text,
    moved,
)
from dayzero.report.wording import time_axis

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dayzero.study.results import Figure, Layer, Results, Stack, Stacks

_ROW = face.BASE * 1.38
_SWATCH = 9.0
_TITLE = face.LARGE * face.LINE_HEIGHT
_RISK = "Under observation"
#: A layer is named inside where it is at least this high, in points.
_NAMED = face.BASE * 1.5


def stacks_width(stacks: Stacks) -> float:
    """Return the usual width: one column for one panel, two for several, in mm."""
    return SINGLE_COLUMN_MM if len(stacks.stacks) == 1 else DOUBLE_COLUMN_MM


def stacks_scene(results: Results, figure: Figure, stacks: Stacks, width: float) -> Scene:
    """Lay out stacked probabilities."""
    columns = 1 if width < 1.6 * SINGLE_COLUMN_MM * POINTS_PER_MM else 2
    panel = (width - 2 * EDGE - COLUMN_GAP * (columns - 1)) / columns
    shapes, y = notice_shapes(results.study.notice, width)
    several = len(stacks.stacks) > 1
    rows = [stacks.stacks[i : i + columns] for i in range(0, len(stacks.stacks), columns)]
    for number, row in enumerate(rows):
        heights = []
        for column, stack in enumerate(row):
            letter = chr(65 + number * columns + column) if several else ""
            made, height = _panel(stack, figure, stacks, (panel, letter), results.looks.style)
            shapes += [moved(s, EDGE + column * (panel + COLUMN_GAP), y) for s in made]
            heights.append(height)
        y += max(heights) + (ROW_GAP if number < len(rows) - 1 else EDGE)
    return Scene(figure.id, width, y, figure.title, _description(results, figure, stacks), tuple(shapes))


def _panel(
    stack: Stack, figure: Figure, stacks: Stacks, place: tuple[float, str], style: str
) -> tuple[list[Shape], float]:
    width, letter = place
    shapes: list[Shape] = []
    left = 0.0
    if letter:
        shapes.append(Text(0, face.LARGE, letter, face.LARGE + 0.5, INK, bold=True, role="letter"))
        left = face.width("A", face.LARGE + 0.5, bold=True) + 5
    title = f"{stack.title} (n = {fmt.integer(stack.n)})"
    y = face.LARGE
    for words in face.wrapped(title, face.LARGE, width - left, bold=True):
        shapes.append(Text(left, y, words, face.LARGE, INK, bold=True, role="title"))
        y += _TITLE
    key, y = _key(stack, stacks, figure.unit, (left, y - 1, width), style)
    margin = y_margin(1)
    plot = Box(margin, y + 3, width - RIGHT, y + 3 + PLOT_HEIGHT)
    axes = Axes(plot, stacks.limit)
    inside = [tick for tick in stack.ticks if tick <= stacks.limit]
    x_title = time_axis(figure.unit, "first allogeneic transplant")
    if face.width(x_title, face.BASE) > plot.width:
        x_title = fmt.sentence(figure.unit)
    shapes += [*key, *_layers(stack, axes, style, stacks.horizons), *_horizons(stacks, axes)]
    shapes += frame(axes, inside, x_title, ["Patients (%)"])
    y = plot.bottom + OFFSET + X_LABELS + 4 + face.ASCENT * face.BASE
    shapes.append(Text(0, y, _RISK, face.BASE, MUTED, role="risk heading"))
    y += _ROW
    shapes += [
        Text(axes.x(tick), y, fmt.integer(count), face.BASE, INK, anchor="middle", role="at risk")
        for tick, count in zip(stack.ticks, stack.at_risk, strict=True)
        if tick <= stacks.limit
    ]
    return shapes, y + face.DESCENT * face.BASE


def _key(
    stack: Stack, stacks: Stacks, unit: str, place: tuple[float, float, float], style: str
) -> tuple[list[Shape], float]:
    """Return the key, its rows as the layers lie on each other, with the probability at each horizon."""
    left, y, width = place
    heads = [fmt.sentence(fmt.horizon(time, unit)) for time in stacks.horizons]
    cells = max([face.width("100%", face.BASE), *(face.width(h, face.SMALL) for h in heads)]) + 7
    right = width - RIGHT
    shapes: list[Shape] = []
    if heads:
        y += face.SMALL * 0.4
    for index, head in enumerate(heads):
        x = right - cells * (len(heads) - 1 - index)
        shapes.append(Text(x, y, head, face.SMALL, MUTED, anchor="end", role="key heading"))
    room = right - left - _SWATCH - 4 - cells * len(heads)
    for number, layer in reversed(list(enumerate(stack.layers))):
        y += _ROW
        middle = y - 0.36 * face.BASE
        box = Box(left, middle - 2.8, left + _SWATCH, middle + 2.8)
        fill = layer_fill(layer.label, number, style)
        shapes.append(Area(box.corners(), fill, outline=RULE, width=0.4, role="key"))
        for line, words in enumerate(face.wrapped(fmt.sentence(layer.label), face.BASE, room)):
            y += _ROW if line else 0
            shapes.append(Text(left + _SWATCH + 4, y, words, face.BASE, INK, role="key name"))
        for index, value in enumerate(layer.at):
            x = right - cells * (len(heads) - 1 - index)
            text = "–" if value is None else fmt.percent(value)
            shapes.append(Text(x, y, text, face.BASE, INK, anchor="end", role="estimate"))
    return shapes, y + 5


def _layers(stack: Stack, axes: Axes, style: str, horizons: Sequence[float]) -> list[Shape]:
    """Return the layers with a thin line between them, and names where there is room."""
    end = min(stack.end, axes.limit)
    shapes: list[Shape] = []
    edges: list[Shape] = []
    for number, layer in enumerate(stack.layers):
        top = _steps(stack.time, layer.upper, end, axes)
        base = _steps(stack.time, layer.lower, end, axes)
        fill = layer_fill(layer.label, number, style)
        shapes.append(Area((*top, *reversed(base)), fill, role="layer"))
        if number < len(stack.layers) - 1:
            edges.append(Line(tuple(dict.fromkeys(top)), "#ffffff", 0.7, role="edge"))
            edges.append(Line(tuple(dict.fromkeys(top)), INK, 0.3, role="edge"))
    return [*shapes, *edges, *_names(stack, axes, end, style, horizons)]


def _steps(
    times: Sequence[float], values: Sequence[float], end: float, axes: Axes
) -> list[tuple[float, float]]:
    points: list[tuple[float, float]] = []
    for index, time in enumerate(times):
        if time > end:
            break
        until = times[index + 1] if index + 1 < len(times) and times[index + 1] <= end else end
        points += [(axes.x(time), axes.y(values[index])), (axes.x(until), axes.y(values[index]))]
    return points


def _names(stack: Stack, axes: Axes, end: float, style: str, horizons: Sequence[float]) -> list[Shape]:
    """Return the names of the layers, each where its layer is high enough and no horizon crosses it."""
    shapes: list[Shape] = []
    lines = [axes.x(time) for time in horizons if 0 < time < axes.limit]
    for number, layer in enumerate(stack.layers):
        words = fmt.sentence(layer.label)
        long = face.width(words, face.BASE)
        for right in (x - 4 for x in (axes.x(end), *reversed(lines))):
            span = (right - long, right)
            crossed = any(span[0] - 2 < x < span[1] + 2 for x in lines)
            if span[0] < axes.box.left + 2 or crossed or right > axes.x(end):
                continue
            low, high = _room(stack, layer, span, axes)
            if low - high >= _NAMED:
                break
        else:
            continue
        fill = layer_fill(layer.label, number, style)
        colour = "#ffffff" if luminance(fill) < 0.5 else INK
        y = (low + high) / 2 + 0.36 * face.BASE
        shapes.append(Text(right, y, words, face.BASE, colour, anchor="end", role="label"))
    return shapes


def _room(stack: Stack, layer: Layer, span: tuple[float, float], axes: Axes) -> tuple[float, float]:
    """Return the lower and upper edge within which a layer is full over a stretch of the axis."""
    starts = [axes.x(time) for time in stack.time]
    inside = [
        i for i, x in enumerate(starts) if x < span[1] and (i + 1 == len(starts) or starts[i + 1] > span[0])
    ]
    low = min(axes.y(layer.lower[i]) for i in inside)
    return low, max(axes.y(layer.upper[i]) for i in inside)


def _horizons(stacks: Stacks, axes: Axes) -> list[Shape]:
    return [
        Line(((axes.x(t), axes.box.top), (axes.x(t), axes.box.bottom)), INK, 0.5, (1.0, 1.6), role="horizon")
        for t in stacks.horizons
        if 0 < t < axes.limit
    ]


def _description(results: Results, figure: Figure, stacks: Stacks) -> str:
    parts = [f"{results.study.notice}."] if results.study.notice else []
    for stack in stacks.stacks:
        for index, time in enumerate(stacks.horizons):
            shares = [
                f"{layer.label} {fmt.percent(layer.at[index])}"
                for layer in stack.layers
                if layer.at[index] is not None
            ]
            said = ", ".join(shares) or "nobody was observed that long"
            when = fmt.horizon(time, figure.unit)
            parts.append(f"{stack.title} (n = {stack.n}), at {when}: {said}.")
        if not stacks.horizons:
            parts.append(f"{stack.title} (n = {stack.n}): {', '.join(x.label for x in stack.layers)}.")
    return " ".join(parts)
