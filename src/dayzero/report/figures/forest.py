"""The forest plot of a model: every ratio with its interval on a logarithmic axis, its counts beside it.

Marks differ in shape, filling and dash as well as in colour, so that they are told apart in black and white.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dayzero.report import format as fmt
from dayzero.report.figures import typeface as face
from dayzero.report.figures.forest_rows import ForestBlock, ForestRow, blocks_of
from dayzero.report.figures.formats import column_width
from dayzero.report.figures.grid import EDGE, notice_shapes
from dayzero.report.figures.log_axis import HEIGHT, LogAxis, axis_shapes, log_range
from dayzero.report.figures.palette import HAIRLINE, INK, MUTED
from dayzero.report.figures.scene import (
    POINTS_PER_MM,
    Anchor,
    Area,
    Box,
    Line,
    Scene,
    Shape,
    Text,
)

if TYPE_CHECKING:
    from dayzero.study.results import Model, ModelTerm, Results

#: One and a half columns: what most journals print a forest plot in.
WIDTH_MM = 140.0
_LINE = face.BASE * face.LINE_HEIGHT
_GAP = 7.0
_NARROWEST_PLOT = 62.0
_MARK = 2.3
_BLUE = "#0072b2"
_SIDES = (("lower hazard", "higher hazard"), ("lower", "higher"))


@dataclass(frozen=True)
class _Columns:
    """Where the columns are: label from the left, numbers at their right edges, the plot between."""

    label: Box
    n: float
    events: float
    plot: tuple[float, float]
    ratio: float
    p: float | None


def forest_scene(results: Results, model: Model, *, width_mm: float | None = None) -> Scene | None:
    """Lay out the forest plot of a model.

    Parameters
    ----------
    results : Results
    model : Model
    width_mm : float, optional
        Of the whole figure; by default what the study file asks for, else 140 mm. In one journal column
        (85 mm) the p-values are left to the table.

    Returns
    -------
    Scene or None
        None when the model has no ratio to draw.
    """
    blocks = blocks_of(model)
    if not blocks:
        return None
    width = (width_mm or column_width(results.looks) or WIDTH_MM) * POINTS_PER_MM
    columns = _columns(blocks, width)
    terms = [term for block in blocks for row in block.rows for term in row.terms if term is not None]
    ends = [end for term in terms for end in (term.lower, term.upper) if end is not None]
    low, high = log_range([term.ratio for term in terms if term.ratio is not None], ends)
    axis = LogAxis(low, high, *columns.plot)
    shapes, y = notice_shapes(results.study.notice, width)
    for block in blocks:
        made, y = _block(block, columns, axis, y, results.study.conf_level)
        shapes += made
    title = f"Forest plot: {model.label}"
    return Scene(
        f"forest_{model.endpoint}_{model.id.rsplit('.', 1)[-1]}",
        width,
        y + EDGE,
        title,
        _description(results, model, blocks),
        tuple(shapes),
    )


def _columns(blocks: list[ForestBlock], width: float) -> _Columns:
    rows = [row for block in blocks for row in block.rows]
    n = max(face.width(text, face.BASE) for text in ["n", *(row.n for row in rows)])
    events = max(face.width(text, face.BASE) for text in ["Events", *(row.events for row in rows)])
    ratios = [_ratio(term) for row in rows for term in row.terms]
    ratio = max(face.width(text, face.BASE) for text in ["csHR (95% CI)", *ratios])
    printed = [fmt.p_value(t.p_value) for row in rows for t in row.terms if t is not None and t.ratio]
    p = max(face.width(text, face.BASE) for text in ["p", *printed])
    wanted = max(face.width(row.label, face.BASE, bold=row.heading) + row.indent for row in rows)
    fixed = n + events + ratio + 4 * _GAP + 2 * EDGE
    with_p = width - fixed - p - _GAP - min(wanted, 0.34 * width) >= _NARROWEST_PLOT
    taken = fixed + (p + _GAP if with_p else 0.0)
    label = min(wanted, 0.34 * width, max(width - taken - _NARROWEST_PLOT, 0.2 * width))
    right_of_label = EDGE + label + _GAP + n
    events_edge = right_of_label + _GAP + events
    right = width - EDGE
    plot_right = right - (p + _GAP if with_p else 0.0) - ratio - _GAP
    return _Columns(
        Box(EDGE, 0, EDGE + label, 0),
        right_of_label,
        events_edge,
        (events_edge + _GAP, plot_right),
        right - (p + _GAP if with_p else 0.0),
        right if with_p else None,
    )


def _ratio(term: ModelTerm | None) -> str:
    if term is None:
        return fmt.NOT_ESTIMABLE
    if term.is_reference:
        return "1 (reference)"
    return fmt.ratio_with_limits(term.ratio, term.lower, term.upper)


def _block(
    block: ForestBlock, columns: _Columns, axis: LogAxis, top: float, level: float
) -> tuple[list[Shape], float]:
    """Return the heading, the rows and the axis of one cause, and its lower edge."""
    shapes: list[Shape] = []
    y = top
    for line in face.wrapped(block.title, face.LARGE, columns.ratio - EDGE, bold=True):
        shapes.append(_text(EDGE, y + 0.8 * face.LARGE, line, size=face.LARGE, bold=True))
        y += face.LARGE * face.LINE_HEIGHT
    y += 2
    made, y = _headings(block, columns, y, level)
    shapes += made
    start, drawn = y, []
    for row in block.rows:
        made, y = _row(row, columns, axis, y, first=y == start)
        drawn += made
    plot = Box(columns.plot[0], start, columns.plot[1], y + 1)
    shapes += axis_shapes(axis, plot, _SIDES)
    return [*shapes, *drawn], y + 1 + HEIGHT + 6


def _headings(block: ForestBlock, columns: _Columns, y: float, level: float) -> tuple[list[Shape], float]:
    """Return the headings of the columns; with two hazards, each beside its mark."""
    percent = f"{fmt.plain(100 * level, 2)}% CI"
    baseline = y + face.ASCENT * face.BASE
    shapes: list[Shape] = [
        _text(columns.n, baseline, "n", anchor="end", colour=MUTED),
        _text(columns.events, baseline, "Events", anchor="end", colour=MUTED),
    ]
    if columns.p is not None:
        shapes.append(_text(columns.p, baseline, "p", anchor="end", colour=MUTED))
    for index, name in enumerate(block.ratios):
        line = baseline + index * _LINE
        shapes.append(_text(columns.ratio, line, f"{name} ({percent})", anchor="end", colour=MUTED))
        if len(block.ratios) > 1:
            middle = line - 0.33 * face.BASE
            x = columns.plot[0] + 8
            shapes += _interval(index, x - 7, x + 7, middle, (False, False))
            shapes += _mark(index, x, middle)
            shapes.append(_text(x + 11, line, name, colour=MUTED))
    y += len(block.ratios) * _LINE + 2
    rule = Line(((EDGE, y), (columns.p or columns.ratio, y)), INK, 0.6, role="rule")
    return [*shapes, rule], y + 2.5


def _row(
    row: ForestRow, columns: _Columns, axis: LogAxis, y: float, *, first: bool
) -> tuple[list[Shape], float]:
    """Return a row and its lower edge; a hairline divides the covariates."""
    space = columns.label.width - row.indent
    lines = face.wrapped(row.label, face.BASE, space, bold=row.heading)
    marks = 1 if row.is_reference else len(row.terms)
    height = max(len(lines), marks) * _LINE
    shapes: list[Shape] = []
    if not row.indent and not first:
        shapes.append(_hairline(columns, y - 0.4))
    for index, line in enumerate(lines):
        baseline = y + face.ASCENT * face.BASE + index * _LINE
        shapes.append(_text(EDGE + row.indent, baseline, line, bold=row.heading))
    baseline = y + face.ASCENT * face.BASE
    if row.n:
        shapes.append(_text(columns.n, baseline, row.n, anchor="end", ref=row.ref))
        shapes.append(_text(columns.events, baseline, row.events, anchor="end", ref=row.ref))
    for index, term in enumerate(row.terms[:1] if row.is_reference else row.terms):
        shapes += _term(index, term, columns, axis, baseline + index * _LINE)
    return shapes, y + height + 1.6


def _hairline(columns: _Columns, y: float) -> Line:
    return Line(((EDGE, y), (columns.p or columns.ratio, y)), HAIRLINE, 0.5)


def _term(
    index: int, term: ModelTerm | None, columns: _Columns, axis: LogAxis, baseline: float
) -> list[Shape]:
    middle = baseline - 0.33 * face.BASE
    if term is None:
        return [_text(columns.ratio, baseline, _ratio(term), anchor="end", colour=MUTED)]
    if term.is_reference:
        x = axis.x(1.0)
        square = Box(x, middle, x, middle).grown(_MARK * 0.7)
        mark = Area(square.corners(), "#ffffff", outline=INK, width=0.7, role="reference")
        return [mark, _text(columns.ratio, baseline, _ratio(term), anchor="end", colour=MUTED)]
    shapes: list[Shape] = []
    if term.ratio is not None:
        lower = axis.low if term.lower is None else term.lower
        upper = axis.high if term.upper is None else term.upper
        cut = (
            term.lower is None or lower < axis.low * 0.999,
            term.upper is None or upper > axis.high * 1.001,
        )
        shapes += _interval(index, axis.x(lower), axis.x(upper), middle, cut)
        shapes += _mark(index, axis.x(term.ratio), middle)
    shapes.append(_text(columns.ratio, baseline, _ratio(term), anchor="end", ref=term.id))
    if columns.p is not None and term.ratio is not None:
        p = fmt.p_value(term.p_value)
        shapes.append(_text(columns.p, baseline, p, anchor="end", ref=term.id))
    return shapes


def _interval(index: int, left: float, right: float, y: float, cut: tuple[bool, bool]) -> list[Shape]:
    """Return the line of an interval, with an arrow head where it goes on beyond the axis."""
    colour = INK if index == 0 else _BLUE
    shapes: list[Shape] = [
        Line(((left, y), (right, y)), colour, 0.9, () if index == 0 else (2.4, 1.2), role="interval")
    ]
    for is_cut, x, way in ((cut[0], left, 1.0), (cut[1], right, -1.0)):
        if is_cut:
            head = ((x - way * 1.2, y), (x + way * 3.2, y - 2.1), (x + way * 3.2, y + 2.1))
            shapes.append(Area(head, colour, role="arrow"))
    return shapes


def _mark(index: int, x: float, y: float) -> list[Shape]:
    """Return a filled square for the first ratio of a row, an open diamond for the second."""
    if index == 0:
        return [Area(Box(x, y, x, y).grown(_MARK).corners(), INK, role="estimate mark")]
    size = _MARK * 1.35
    diamond = ((x, y - size), (x + size, y), (x, y + size), (x - size, y))
    return [Area(diamond, "#ffffff", outline=_BLUE, width=0.9, role="estimate mark")]


def _text(
    x: float,
    y: float,
    text: str,
    *,
    size: float = face.BASE,
    bold: bool = False,
    anchor: Anchor = "start",
    colour: str = INK,
    ref: str = "",
) -> Text:
    return Text(x, y, text, size, colour, bold, anchor, ref=ref, role="forest")


def _description(results: Results, model: Model, blocks: list[ForestBlock]) -> str:
    """Say every ratio in words, for a reader who cannot see the figure."""
    parts = [results.study.notice] if results.study.notice else []
    for block in blocks:
        said = "; ".join(
            f"{row.full} {name} {_ratio(term)}"
            for row in block.rows
            for name, term in zip(block.ratios, row.terms, strict=False)
            if not row.is_reference
        )
        parts.append(f"{block.title}: {said}")
    return ". ".join([f"Forest plot of {model.label}", *parts]) + "."
