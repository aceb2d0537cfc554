"""One patient: treatments and events on a lane, laboratory results on strips below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dayzero.report.figures import typeface as face
from dayzero.report.figures.axes import OFFSET
from dayzero.report.figures.bands import (
    TimeScale,
    ValueScale,
    day_0,
    segments,
    time_axis_shapes,
    value_axis_shapes,
)
from dayzero.report.figures.course import unit_words
from dayzero.report.figures.grid import EDGE, notice_shapes
from dayzero.report.figures.legend import Entry, legend
from dayzero.report.figures.palette import HAIRLINE, MUTED, WHOLE, Ink
from dayzero.report.figures.scene import Box, Line, Marks, Scene, Shape
from dayzero.report.figures.swimmer import entries, lane_shapes, look_of, spoken_lane
from dayzero.report.format import sentence

if TYPE_CHECKING:
    from dayzero.study.results import Figure, Results, Strip, Timeline

_LANE, _STRIP, _BETWEEN = 24.0, 46.0, 9.0
_LEFT, _RIGHT = 56.0, 9.0


def timeline_scene(results: Results, figure: Figure, timeline: Timeline, width: float) -> Scene:
    """Lay out the timeline of one patient."""
    look = look_of(results, 1, None)
    shapes, y = notice_shapes(results.study.notice, width)
    y += face.SMALL * face.LINE_HEIGHT
    top = y
    scale = TimeScale(EDGE + _LEFT, width - EDGE - _RIGHT, timeline.start, timeline.limit)
    body = lane_shapes(timeline.lane, scale, y + _LANE / 2, look)
    y += _LANE
    for strip in timeline.strips:
        box = Box(scale.left, y + 3, scale.right, y + 3 + _STRIP)
        body += _strip(strip, box, scale)
        y = box.bottom + _BETWEEN
    axis, bottom = time_axis_shapes(scale, timeline.ticks, y + OFFSET, figure.unit, grid_top=top)
    grid = [shape for shape in axis if shape.role == "grid"]
    rest = [shape for shape in axis if shape.role != "grid"]
    words = entries(timeline.kinds, [timeline.lane], look, None)
    if any(any(strip.sign) for strip in timeline.strips):
        words.append(Entry("Open: below (or above) the limit drawn", Ink("", MUTED, "circle")))
    key, bottom = legend(words, EDGE, width - 2 * EDGE, bottom + 5)
    said = [spoken_lane(timeline.lane, figure.unit)]
    said += [f"{sentence(s.analyte)}: {len(s.value)} results." for s in timeline.strips]
    notice = [f"{results.study.notice}."] if results.study.notice else []
    return Scene(
        figure.id,
        width,
        bottom + EDGE,
        figure.title,
        " ".join([*notice, *said]),
        (*shapes, *grid, *day_0(scale, top, y + OFFSET), *body, *rest, *key),
    )


def _strip(strip: Strip, box: Box, scale: TimeScale) -> list[Shape]:
    values = ValueScale(box, strip.lowest, strip.highest, strip.log)
    points = [(scale.x(t), values.y(v)) for t, v in zip(strip.time, strip.value, strict=True)]
    shapes: list[Shape] = [Line(((box.left, box.bottom), (box.right, box.bottom)), HAIRLINE, 0.5)]
    bounds = [bool(sign) for sign in strip.sign]
    shapes += [Line(part, WHOLE.line, 0.7, role="patient") for part in segments(points, bounds)]
    for open_ in (False, True):
        chosen = tuple(p for p, sign in zip(points, strip.sign, strict=True) if bool(sign) is open_)
        if chosen:
            fill = "" if open_ else WHOLE.line
            shapes.append(Marks(chosen, "circle", 1.5, fill, WHOLE.line, 0.6, "result"))
    unit = {"fraction": ""}.get(strip.unit, unit_words(strip.unit))
    title = f"{sentence(strip.analyte)} ({unit})" if unit else sentence(strip.analyte)
    return [*shapes, *value_axis_shapes(values, title, most=3)]
