"""What a figure is made of: lines, areas and texts at exact places, in points from the top left corner.

A scene knows nothing of file formats. The layout is made once; every writer draws the same scene.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Point = tuple[float, float]
Anchor = Literal["start", "middle", "end"]

POINTS_PER_MM = 72 / 25.4
#: The two widths journals print.
SINGLE_COLUMN_MM = 85.0
DOUBLE_COLUMN_MM = 178.0


@dataclass(frozen=True)
class Line:
    """An open polyline; ``dash`` is on and off lengths in points, empty for a solid line."""

    points: tuple[Point, ...]
    colour: str
    width: float
    dash: tuple[float, ...] = ()
    role: str = ""


@dataclass(frozen=True)
class Ticks:
    """Many short separate strokes in one style, such as censoring marks."""

    segments: tuple[tuple[Point, Point], ...]
    colour: str
    width: float
    role: str = ""


@dataclass(frozen=True)
class Area:
    """A filled polygon, with an outline where ``outline`` is a colour."""

    points: tuple[Point, ...]
    fill: str
    opacity: float = 1.0
    outline: str = ""
    width: float = 0.0
    role: str = ""


@dataclass(frozen=True)
class Marks:
    """Many symbols of one kind, size and style; ``radius`` is from the middle to the outline, in points.

    ``fill`` is empty for an open symbol; the outlines are those of :mod:`dayzero.report.figures.symbols`.
    """

    points: tuple[Point, ...]
    symbol: str
    radius: float
    fill: str
    outline: str
    width: float
    role: str = ""


@dataclass(frozen=True)
class Text:
    """One line of text.

    Attributes
    ----------
    x, y : float
        Where its anchor is on the baseline.
    upwards : bool
        Turned by 90 degrees, as along a vertical axis.
    ref : str
        Id in the results of the number it prints; empty for words.
    """

    x: float
    y: float
    text: str
    size: float
    colour: str = "#1a1a1a"
    bold: bool = False
    anchor: Anchor = "start"
    upwards: bool = False
    ref: str = ""
    role: str = ""


Shape = Line | Ticks | Area | Marks | Text


@dataclass(frozen=True)
class Box:
    """A rectangle: left, top, right, bottom."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """Return the horizontal extent."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Return the vertical extent."""
        return self.bottom - self.top

    def grown(self, by: float) -> Box:
        """Return the box with a margin around it."""
        return Box(self.left - by, self.top - by, self.right + by, self.bottom + by)

    def overlaps(self, other: Box) -> bool:
        """Return whether two boxes share an area."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def corners(self) -> tuple[Point, ...]:
        """Return the four corners, for an :class:`Area`."""
        return (
            (self.left, self.top),
            (self.right, self.top),
            (self.right, self.bottom),
            (self.left, self.bottom),
        )


@dataclass(frozen=True)
class Scene:
    """A laid out figure.

    Attributes
    ----------
    id : str
        File name without its ending.
    width, height : float
        In points.
    title, description : str
        For screen readers and for the metadata of a file.
    shapes : tuple of Shape
        In drawing order.
    """

    id: str
    width: float
    height: float
    title: str
    description: str
    shapes: tuple[Shape, ...]


def scaled(scene: Scene, factor: float) -> Scene:
    """Return a figure enlarged as a whole: places, lengths, widths of lines, sizes of texts."""
    return replace(
        scene,
        width=scene.width * factor,
        height=scene.height * factor,
        shapes=tuple(_enlarged(shape, factor) for shape in scene.shapes),
    )


def _enlarged(shape: Shape, factor: float) -> Shape:
    if isinstance(shape, Text):
        return replace(shape, x=shape.x * factor, y=shape.y * factor, size=shape.size * factor)
    width = shape.width * factor
    if isinstance(shape, Ticks):
        ends = tuple(
            ((a * factor, b * factor), (c * factor, d * factor)) for (a, b), (c, d) in shape.segments
        )
        return replace(shape, segments=ends, width=width)
    points = tuple((x * factor, y * factor) for x, y in shape.points)
    if isinstance(shape, Marks):
        return replace(shape, points=points, radius=shape.radius * factor, width=width)
    if isinstance(shape, Line):
        return replace(shape, points=points, width=width, dash=tuple(part * factor for part in shape.dash))
    return replace(shape, points=points, width=width)


def moved(shape: Shape, dx: float, dy: float) -> Shape:
    """Return a shape at another place."""
    if isinstance(shape, Text):
        return replace(shape, x=shape.x + dx, y=shape.y + dy)
    if isinstance(shape, Ticks):
        return replace(
            shape,
            segments=tuple(((a + dx, b + dy), (c + dx, d + dy)) for (a, b), (c, d) in shape.segments),
        )
    return replace(shape, points=tuple((x + dx, y + dy) for x, y in shape.points))
