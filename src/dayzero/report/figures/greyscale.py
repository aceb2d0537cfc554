"""A figure without any colour, whatever it was drawn in: for a report that asks for grey."""

from __future__ import annotations

from dataclasses import replace

from dayzero.report.figures.palette import grey
from dayzero.report.figures.scene import Area, Marks, Scene, Shape


def greyed(scene: Scene) -> Scene:
    """Return a figure in which every colour is the grey that it looks like."""
    return replace(scene, shapes=tuple(_greyed(shape) for shape in scene.shapes))


def _greyed(shape: Shape) -> Shape:
    if isinstance(shape, Area | Marks):
        return replace(shape, fill=_of(shape.fill), outline=_of(shape.outline))
    return replace(shape, colour=_of(shape.colour))


def _of(colour: str) -> str:
    return grey(colour) if colour else ""
