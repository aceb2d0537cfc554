"""One panel: header, plot, axes, and the numbers at risk below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dayzero.report import format as fmt
from dayzero.report.figures import typeface as face
from dayzero.report.figures.axes import OFFSET, X_LABELS, Axes, frame, not_drawn
from dayzero.report.figures.content import PLOT_HEIGHT
from dayzero.report.figures.palette import INK, MUTED, WHOLE
from dayzero.report.figures.plot import plot_shapes
from dayzero.report.figures.scene import Box, Shape, Text
from dayzero.report.wording import time_axis

if TYPE_CHECKING:
    from dayzero.report.figures.content import Content, Measures
    from dayzero.report.figures.plot import KeyPlan

RISK_GAP = 4.0
RISK_ROW = face.BASE * 1.28
_RISK_HEAD = "Number at risk"


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


def panel_shapes(
    content: Content, shared: Measures, index: int, plan: KeyPlan | None, plot_top: float
) -> list[Shape]:
    """Return a panel's shapes, its top left corner at (0, 0).

    Parameters
    ----------
    content : Content
    shared : Measures
    index : int
        Which panel of the figure, for its vertical title.
    plan : KeyPlan or None
        None for a panel that is not drawn.
    plot_top : float
        Where the plot starts, the same for all panels of a row.
    """
    plot = Box(shared.margin, plot_top, shared.margin + shared.plot_width, plot_top + PLOT_HEIGHT)
    shapes = _header(content, shared.width)
    if plan is None:
        return [*shapes, *not_drawn(plot, content.refused)]
    axes = Axes(plot, content.limit)
    ticks = [tick for tick in content.curves[0].ticks if tick <= content.limit]
    x_title = time_axis(content.unit, content.origin)
    if face.width(x_title, face.BASE) > plot.width:
        x_title = fmt.sentence(content.unit)
    shapes += plot_shapes(content, axes, plan)
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
