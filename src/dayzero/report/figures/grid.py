"""A whole figure: its panels in rows, under the notice that constructed data must carry."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dayzero.report import format as fmt
from dayzero.report.figures import typeface as face
from dayzero.report.figures.axes import OFFSET, X_LABELS
from dayzero.report.figures.content import PLOT_HEIGHT, Content, Measures, measures
from dayzero.report.figures.key import estimate_text
from dayzero.report.figures.palette import NOTICE_FILL, NOTICE_INK, styles
from dayzero.report.figures.panel import header_height, panel_shapes, risk_height
from dayzero.report.figures.plot import plan_keys
from dayzero.report.figures.scene import (
    DOUBLE_COLUMN_MM,
    POINTS_PER_MM,
    SINGLE_COLUMN_MM,
    Area,
    Box,
    Scene,
    Shape,
    Text,
    moved,
)
from dayzero.report.wording import test_p

if TYPE_CHECKING:
    from dayzero.study.results import Figure, Panel, Results

EDGE = 3.0
COLUMN_GAP, ROW_GAP = 14.0, 12.0
NOTICE_HEIGHT = 12.0


def figure_scene(results: Results, figure: Figure, *, width_mm: float | None = None) -> Scene:
    """Lay out a figure.

    Parameters
    ----------
    results : Results
    figure : Figure
    width_mm : float, optional
        Width of the whole figure; by default one journal column (85 mm) for figures of one panel a row, else
        two (178 mm). Panels that would become narrower than a column are set below each other.
    """
    lettered = sum(len(row) for row in figure.rows) > 1
    rows = [
        [_content(results, figure, panel, lettered=lettered) for panel in row] for row in figure.rows if row
    ]
    columns = max(len(row) for row in rows)
    width = (width_mm or (SINGLE_COLUMN_MM if columns == 1 else DOUBLE_COLUMN_MM)) * POINTS_PER_MM
    columns = max(1, min(columns, int((width + COLUMN_GAP) // (SINGLE_COLUMN_MM * POINTS_PER_MM - 10))))
    if columns < max(len(row) for row in rows):
        flat = [content for row in rows for content in row]
        rows = [flat[i : i + columns] for i in range(0, len(flat), columns)]
    panel_width = (width - 2 * EDGE - COLUMN_GAP * (columns - 1)) / columns
    contents = [content for row in rows for content in row]
    shared = measures(contents, panel_width)
    shapes, y = notice_shapes(results.study.notice, width)
    index = 0
    for number, row in enumerate(rows):
        made, height = _row(row, shared, index)
        shapes += [moved(shape, EDGE, y) for shape in made]
        index += len(row)
        y += height + (ROW_GAP if number < len(rows) - 1 else EDGE)
    return Scene(figure.id, width, y, figure.title, _description(results, figure), tuple(shapes))


def _row(row: list[Content], shared: Measures, index: int) -> tuple[list[Shape], float]:
    """Return the shapes of one row of panels and its height."""
    plans = plan_keys(row, shared)
    plot_top = max(header_height(content, shared.width) for content in row)
    plot_top += max(plan.above if plan else 0.0 for plan in plans)
    shapes: list[Shape] = []
    for column, (content, plan) in enumerate(zip(row, plans, strict=True)):
        left = column * (shared.width + COLUMN_GAP)
        made = panel_shapes(content, shared, index + column, plan, plot_top)
        shapes += [moved(shape, left, 0) for shape in made]
    risk = max(risk_height(content, shared) for content in row)
    return shapes, plot_top + PLOT_HEIGHT + OFFSET + X_LABELS + risk


def notice_shapes(notice: str, width: float) -> tuple[list[Shape], float]:
    """Return the strip on top that says what the data are, and where the figure starts below it."""
    if not notice:
        return [], EDGE
    lines = face.wrapped(notice, face.LARGE, width - 2 * EDGE - 8, bold=True)
    height = len(lines) * face.LARGE * face.LINE_HEIGHT + 3.5
    strip = Box(EDGE, EDGE, width - EDGE, EDGE + height)
    shapes: list[Shape] = [Area(strip.corners(), NOTICE_FILL, role="notice")]
    for index, line in enumerate(lines):
        y = strip.top + 2 + (index + 1) * face.LARGE * face.LINE_HEIGHT - 2.6
        shapes.append(
            Text(width / 2, y, line, face.LARGE, NOTICE_INK, bold=True, anchor="middle", role="notice")
        )
    return shapes, strip.bottom + 7


def _content(results: Results, figure: Figure, panel: Panel, *, lettered: bool) -> Content:
    curves = {curve.id: curve for curve in results.curves}
    estimates = {estimate.id: estimate for estimate in results.estimates}
    origin = next((e.origin for e in results.endpoints if e.name == panel.endpoint), "")
    group = next((g for g in results.groups if g.name == panel.group_by), None)
    return Content(
        panel=panel if lettered else replace(panel, letter=""),
        among=panel.among_label or (group.among if group else ""),
        curves=tuple(curves[i] for i in panel.curves),
        estimates=tuple(estimates[i] for i in panel.estimates),
        test=next((test for test in results.tests if test.id == panel.test), None),
        origin=origin,
        unit=figure.unit,
        limit=panel.limit or figure.limit,
        styles=styles(results.groups, results.looks.style),
    )


def _description(results: Results, figure: Figure) -> str:
    """Say in words what a reader who cannot see the figure needs to know, with the numbers of its keys."""
    parts = [f"{results.study.notice}."] if results.study.notice else []
    for row in figure.rows:
        for panel in row:
            head = f"Panel {panel.letter}: " if panel.letter else ""
            if panel.refused:
                parts.append(f"{head}{panel.title}, not drawn: {panel.refused.rstrip('.')}.")
                continue
            parts.append(f"{head}{panel.title}. {_spoken(results, panel)}".rstrip())
    return " ".join(parts)


def _spoken(results: Results, panel: Panel) -> str:
    """Say each curve with its patients and its estimates, and the test."""
    estimates = [e for e in results.estimates if e.id in panel.estimates]
    said = []
    for curve in results.curves:
        if curve.id not in panel.curves:
            continue
        values = [
            f"{estimate_text(e)} at {fmt.horizon(e.time, e.unit)}"
            for e in estimates
            if e.group == curve.group and e.time is not None
        ]
        name = curve.label if curve.group is not None else "All patients"
        said.append(f"{name} (n = {fmt.integer(curve.n)}): {', '.join(values) or 'no horizon'}")
    test = next((test for test in results.tests if test.id == panel.test), None)
    if test is not None:
        said.append(test_p(test))
    return "; ".join(said) + "." if said else ""
