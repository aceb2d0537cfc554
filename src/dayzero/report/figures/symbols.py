"""Symbols that stay apart without colour: outlines around a middle, of equal visual weight."""

from __future__ import annotations

from math import cos, pi, sin
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from dayzero.report.figures.scene import Point


def _regular(corners: int, first: float, size: float = 1.0) -> tuple[Point, ...]:
    """Return a regular polygon; ``first`` is the angle of its first corner, 0 to the right, upwards."""
    step = 2 * pi / corners
    return tuple((size * cos(first + i * step), -size * sin(first + i * step)) for i in range(corners))


def _star(points: int, inner: float) -> tuple[Point, ...]:
    outer = _regular(points, pi / 2, 1.25)
    between = _regular(points, pi / 2 + pi / points, 1.25 * inner)
    return tuple(corner for pair in zip(outer, between, strict=True) for corner in pair)


def _plus(arm: float) -> tuple[Point, ...]:
    a, b = arm, 1.15
    return (
        *((-a, -b), (a, -b), (a, -a), (b, -a), (b, a), (a, a)),
        *((a, b), (-a, b), (-a, a), (-b, a), (-b, -a), (-a, -a)),
    )


def _turned(corners: tuple[Point, ...], angle: float) -> tuple[Point, ...]:
    c, s = cos(angle), sin(angle)
    return tuple((x * c - y * s, x * s + y * c) for x, y in corners)


#: Outlines of radius 1 around (0, 0), y downwards.
OUTLINES: Final[dict[str, tuple[Point, ...]]] = {
    "circle": _regular(20, 0.0, 0.98),
    "square": _regular(4, pi / 4, 1.2),
    "diamond": _regular(4, pi / 2, 1.25),
    "triangle": _regular(3, pi / 2, 1.25),
    "triangle down": _regular(3, -pi / 2, 1.25),
    "star": _star(5, 0.45),
    "plus": _plus(0.3),
    "cross": _turned(_plus(0.3), pi / 4),
    "arrow": ((-0.6, -0.95), (1.15, 0.0), (-0.6, 0.95)),
}
#: Of groups, in the order of their levels.
GROUP_SYMBOLS: Final = ("circle", "triangle", "square", "diamond", "triangle down", "star")


def outline(symbol: str, x: float, y: float, radius: float) -> list[Point]:
    """Return the outline of a symbol at a place."""
    return [(x + radius * a, y + radius * b) for a, b in OUTLINES[symbol]]
