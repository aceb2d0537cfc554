"""One panel: header, plot with its key, axes, and the numbers at risk below."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dayzero.report import format as fmt
from dayzero.report.figures import curves as drawing
from dayzero.report.figures import typeface as face
from dayzero.report.figures.axes import OFFSET, X_LABELS, Axes, frame, horizon_lines, not_drawn, y_margin
from dayzero.report.figures.key import Key, entry, heads, key
from dayzero.report.figures.palette import INK, MUTED, WHOLE, Style, style_of
from dayzero.report.figures.placing import beside_curve, room_for
from dayzero.report.figures.scene import Box, Shape, Text, moved
from dayzero.report.wording import time_axis

if TYPE_CHECKING:
    from dayzero.study.results import Curve, Estimate, Panel, Test

PLOT_HEIGHT = 128.0
RIGHT = 7.0
RISK_GAP = 4.0
RISK_ROW = face.BASE * 1.28
_RISK_HEAD = "Number at risk"
#: Wider names of groups get a line of their own above their numbers at risk.
_WIDEST_NAME = 64.0


@dataclass(frozen=True)
class Content:
    """What one panel shows, looked up in the results."""

    panel: Panel
    among: str
    curves: tuple[Curve, ...]
    estimates: tuple[Estimate, ...]
    test: Test | None
    origin: str
    unit: str
    limit: float
    styles: dict[tuple[str, str], Style] = field(default_factory=dict)

    def style(self, curve: Curve) -> Style:
        """Return the colours and dashes of a curve."""
        return style_of(curve, self.styles)

    @property
    def row_names(self) -> list[str]:
        """Return the name of each row of numbers at risk: its group's, or "All" for the whole cohort."""
        return [curve.label if curve.group is not None else "All" for curve in self.curves]


@dataclass(frozen=True)
class Measures:
    """Sizes that the panels of a figure share, so that their plots align."""

    width: float
    margin: float
    stacked: bool
    y_lines: tuple[tuple[str, ...], ...]

    @property
    def plot_width(self) -> float:
        """Return the width of the plot."""
        return self.width - self.margin - RIGHT


def measures(contents: list[Content], width: float) -> Measures:
    """Return the common sizes of panels of one width."""
    y_lines = tuple(
        tuple(face.wrapped(f"{c.panel.y_label} (%)", face.BASE, PLOT_HEIGHT + 2)) for c in contents
    )
    names = [face.width(name, face.BASE) for c in contents for name in c.row_names]
    widest = max(names, default=0.0) + 8
    stacked = widest > _WIDEST_NAME
    first_number = face.width(
        fmt.integer(max((c.n for k in contents for c in k.curves), default=0)), face.BASE
    )
    needed = 0.0 if stacked else widest + first_number / 2
    return Measures(width, max(y_margin(max(map(len, y_lines))), needed), stacked, y_lines)


def header_lines(content: Content, width: float) -> list[str]:
    """Return the panel's title, broken where it is long."""
    letter = face.width("A", face.LARGE + 0.5, bold=True) + 5 if content.panel.letter else 0.0
    return face.wrapped(content.panel.title, face.LARGE, width - letter, bold=True)


def subtitle(content: Content) -> str:
    """Return whom the panel is restricted to."""
    return f"Among {content.among}" if content.among else ""


def header_height(content: Content, width: float) -> float:
    """Return the height of title and subtitle."""
    lines = len(header_lines(content, width)) * face.LARGE * face.LINE_HEIGHT
    return lines + (face.BASE * face.LINE_HEIGHT if subtitle(content) else 0.0) + 4


def risk_height(content: Content, shared: Measures) -> float:
    """Return the height of the table of numbers at risk, with its heading."""
    rows = sum(len(_risk_name(name, shared)) + shared.stacked for name in content.row_names)
    return RISK_GAP + RISK_ROW * (rows + 1) if rows else 0.0


def _risk_name(name: str, shared: Measures) -> list[str]:
    """Return the lines of a group's name beside or, where names are long, above its numbers at risk."""
    return face.wrapped(name, face.BASE, shared.width) if shared.stacked else [name]


def panel_key(content: Content, limit: float) -> Key:
    """Return the key of a panel, not yet placed."""
    several = len(content.curves) > 1
    entries = []
    for curve in content.curves:
        own = [e for e in content.estimates if (e.group_by, e.group) == (curve.group_by, curve.group)]
        entries.append(entry(curve, content.style(curve), own, named=several or curve.group is not None))
    return key(heads(content.estimates), entries, content.test, limit)


def needs_key_above(content: Content, shared: Measures) -> float:
    """Return the height to keep free above the plot for a key that has no room inside, else 0."""
    if content.panel.refused or not content.curves:
        return 0.0
    box = Box(0, 0, shared.plot_width, PLOT_HEIGHT)
    if _key_place(content, panel_key(content, box.width - 8), Axes(box, content.limit)):
        return 0.0
    return panel_key(content, shared.width).height + 4


def panel_shapes(content: Content, shared: Measures, index: int, top: float, above: float) -> list[Shape]:
    """Return a panel's shapes, its left edge at 0.

    Parameters
    ----------
    content : Content
    shared : Measures
    index : int
        Which panel of the figure, for its vertical title.
    top : float
        Height of the header, the same for all panels of a row.
    above : float
        Height kept free between header and plot for a key that has no room in the plot.
    """
    plot = Box(shared.margin, top + above, shared.margin + shared.plot_width, top + above + PLOT_HEIGHT)
    shapes = _header(content, shared.width)
    if content.panel.refused or not content.curves:
        reason = content.panel.refused or "There is no patient to draw."
        return [*shapes, *not_drawn(plot, reason)]
    axes = Axes(plot, content.limit)
    ticks = [tick for tick in content.curves[0].ticks if tick <= content.limit]
    x_title = _fitting(time_axis(content.unit, content.origin), fmt.sentence(content.unit), plot.width)
    shapes += _plot(content, axes, above, shared.width)
    shapes += frame(axes, ticks, x_title, shared.y_lines[index])
    return shapes + _risk_table(content, axes, shared)


def _header(content: Content, width: float) -> list[Shape]:
    shapes: list[Shape] = []
    y = face.ASCENT * face.LARGE + 1
    left = 0.0
    if content.panel.letter:
        size = face.LARGE + 0.5
        shapes.append(Text(0, y, content.panel.letter, size, INK, bold=True, role="letter"))
        left = face.width("A", size, bold=True) + 5
    for line in header_lines(content, width):
        shapes.append(Text(left, y, line, face.LARGE, INK, bold=True, role="title"))
        y += face.LARGE * face.LINE_HEIGHT
    if subtitle(content):
        shapes.append(Text(left, y, subtitle(content), face.BASE, MUTED, role="subtitle"))
    return shapes


def _horizons(content: Content) -> list[float]:
    return list(dict.fromkeys(e.time for e in content.estimates if e.time is not None))


def _fitting(text: str, shorter: str, limit: float) -> str:
    return text if face.width(text, face.BASE) <= limit else shorter


def _key_place(content: Content, block: Key, axes: Axes) -> Box | None:
    taken = [box for curve in content.curves for box in drawing.occupied(axes, curve)]
    bands = [box for curve in content.curves for box in drawing.shaded(axes, curve)]
    marks = [Box(axes.x(t) - 2, axes.box.top, axes.x(t) + 2, axes.box.bottom) for t in _horizons(content)]
    return room_for(block.width, block.height, axes.box, taken, bands + marks)


def _plot(content: Content, axes: Axes, above: float, width: float) -> list[Shape]:
    below: list[Shape] = []
    over: list[Shape] = []
    for curve in content.curves:
        bands, line = drawing.drawn(axes, curve, content.style(curve))
        below += bands
        over += line
    block = panel_key(content, axes.box.width - 8)
    place = _key_place(content, block, axes)
    if place is None:  # above the plot, where the figure kept room for it
        block = panel_key(content, width)
        left, top = min(axes.box.left, width - block.width), axes.box.top - above
        place = Box(left, top, left + block.width, top + block.height)
    for time in _horizons(content):
        if 0 < time <= content.limit:
            below += horizon_lines(axes, time, place.grown(2))
    moved_key = [moved(shape, place.left, place.top) for shape in block.shapes]
    return [*below, *over, *moved_key, *_direct_labels(content, axes, place)]


def _direct_labels(content: Content, axes: Axes, key_box: Box) -> list[Shape]:
    """Return each group's name beside its curve, where there is room for it."""
    if len(content.curves) < 2:
        return []
    taken = [key_box.grown(2), *(box for curve in content.curves for box in drawing.occupied(axes, curve))]
    labels: list[Shape] = []
    for curve in content.curves:
        long = face.width(curve.label, face.BASE, bold=True)
        tall = (face.ASCENT + face.DESCENT) * face.BASE
        box = beside_curve(long, tall, drawing.steps(axes, curve), axes.box, taken)
        if box is not None:
            taken.append(box.grown(1))
            colour = content.style(curve).word
            baseline = box.top + face.ASCENT * face.BASE
            labels.append(Text(box.left, baseline, curve.label, face.BASE, colour, bold=True, role="label"))
    return labels


def _risk_table(content: Content, axes: Axes, shared: Measures) -> list[Shape]:
    y = axes.box.bottom + OFFSET + X_LABELS + RISK_GAP + face.ASCENT * face.BASE
    shapes: list[Shape] = [Text(0, y, _RISK_HEAD, face.BASE, MUTED, role="risk heading")]
    for curve, name in zip(content.curves, content.row_names, strict=True):
        colour = (content.style(curve) if curve.group is not None else WHOLE).word
        for line in _risk_name(name, shared):
            y += RISK_ROW
            shapes.append(Text(0, y, line, face.BASE, colour, role="risk name"))
        y += RISK_ROW if shared.stacked else 0
        shapes.extend(
            Text(axes.x(tick), y, fmt.integer(count), face.BASE, colour, anchor="middle", role="at risk")
            for tick, count in zip(curve.ticks, curve.at_risk, strict=True)
            if tick <= content.limit
        )
    return shapes
