"""One curve of a panel: a right-continuous step line, its confidence band and its censoring marks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dayzero.report.figures.scene import Area, Box, Line, Marks, Shape, Ticks

if TYPE_CHECKING:
    from dayzero.report.figures.axes import Axes
    from dayzero.report.figures.palette import Style
    from dayzero.study.results import Curve

LINE_WIDTH = 1.1
CENSOR_HALF_HEIGHT = 1.7
CENSOR_WIDTH = 0.55
CENSOR_RADIUS = 1.3
BAND_OPACITY = 0.14
#: Pieces narrower than this many points (a third of a printer's dot at 300 dpi) are not drawn apart.
_FINEST = 0.08
#: Width in points of the columns in which room for words is looked for.
_COLUMN = 2.0


@dataclass(frozen=True)
class Step:
    """One flat piece of a curve, in points: from ``left`` to ``right`` at ``y``, with its band if any."""

    left: float
    right: float
    y: float
    band: tuple[float, float] | None


def steps(axes: Axes, curve: Curve) -> list[Step]:
    """Return the flat pieces up to the last time observed, or to the end of the axis if that comes first.

    Pieces too narrow to be seen are joined to the next, so that a drawing of a registry stays small.
    """
    end = min(curve.end, axes.limit)
    made: list[Step] = []
    start = 0.0
    for index, time in enumerate(curve.time):
        if time > end or (time == end < curve.end):
            break
        last = index + 1 == len(curve.time) or curve.time[index + 1] > end
        until = end if last else curve.time[index + 1]
        if not last and index and axes.x(until) - axes.x(start) < _FINEST:
            continue
        made.append(_step(axes, curve, index, start, until))
        start = until
    return made


def _step(axes: Axes, curve: Curve, index: int, start: float, stop: float) -> Step:
    low, high = curve.lower[index], curve.upper[index]
    band = None if low is None or high is None else (axes.y(low), axes.y(high))
    return Step(axes.x(start), axes.x(stop), axes.y(curve.estimate[index]), band)


def line(pieces: list[Step], style: Style) -> Line:
    """Return the step line."""
    points = [(x, piece.y) for piece in pieces for x in (piece.left, piece.right)]
    return Line(tuple(dict.fromkeys(points)), style.line, LINE_WIDTH, style.dash, role="curve")


def bands(pieces: list[Step], style: Style) -> list[Area]:
    """Return the confidence band, in several parts where the limits do not exist everywhere."""
    parts: list[list[Step]] = [[]]
    for piece in pieces:
        if piece.band is None:
            parts.append([])
        else:
            parts[-1].append(piece)
    return [_band(part, style) for part in parts if part and part[-1].right > part[0].left]


def _band(part: list[Step], style: Style) -> Area:
    upper = [(x, piece.band[1]) for piece in part if piece.band for x in (piece.left, piece.right)]
    lower = [(x, piece.band[0]) for piece in part if piece.band for x in (piece.left, piece.right)]
    return Area((*upper, *reversed(lower)), style.line, BAND_OPACITY, role="band")


def censoring_marks(axes: Axes, curve: Curve, style: Style) -> Ticks | Marks:
    """Return a mark on the curve for every time at which someone was censored.

    An upright stroke, or from the second group on the group's symbol, so that curves stay apart without
    colour.
    """
    marks = dict.fromkeys(
        (axes.x(time), axes.y(value))
        for time, value in zip(curve.censor_time, curve.censor_estimate, strict=True)
        if time <= axes.limit
    )
    if style.symbol != "circle":
        return Marks(tuple(marks), style.symbol, CENSOR_RADIUS, "", style.line, CENSOR_WIDTH, "censored")
    segments = tuple(((x, y - CENSOR_HALF_HEIGHT), (x, y + CENSOR_HALF_HEIGHT)) for x, y in marks)
    return Ticks(segments, style.line, CENSOR_WIDTH, role="censored")


def drawn(axes: Axes, curve: Curve, style: Style) -> tuple[list[Area], list[Shape]]:
    """Return what lies below (the band) and above (line and marks) when several curves share a panel."""
    pieces = steps(axes, curve)
    return bands(pieces, style), [line(pieces, style), censoring_marks(axes, curve, style)]


def occupied(axes: Axes, curve: Curve) -> list[Box]:
    """Return narrow boxes that hold the line and its censoring marks, which no text may touch."""
    heights: dict[int, tuple[float, float]] = {}
    pieces = steps(axes, curve)
    for piece, following in zip(pieces, [*pieces[1:], pieces[-1]], strict=True):
        for column in range(int(piece.left // _COLUMN), int(piece.right // _COLUMN) + 1):
            top, bottom = heights.get(column, (piece.y, piece.y))
            heights[column] = min(top, piece.y), max(bottom, piece.y)
        column = int(piece.right // _COLUMN)
        top, bottom = heights[column]
        heights[column] = min(top, following.y), max(bottom, following.y)
    return [box.grown(CENSOR_HALF_HEIGHT + 0.4) for box in _columns(heights)]


def shaded(axes: Axes, curve: Curve) -> list[Box]:
    """Return narrow boxes that cover the band, which text should rather not do."""
    heights: dict[int, tuple[float, float]] = {}
    for piece in steps(axes, curve):
        if piece.band is None:
            continue
        for column in range(int(piece.left // _COLUMN), int(piece.right // _COLUMN) + 1):
            top, bottom = heights.get(column, (piece.y, piece.y))
            heights[column] = min(top, *piece.band), max(bottom, *piece.band)
    return _columns(heights)


def _columns(heights: dict[int, tuple[float, float]]) -> list[Box]:
    return [Box(i * _COLUMN, top, (i + 1) * _COLUMN, bottom) for i, (top, bottom) in heights.items()]
