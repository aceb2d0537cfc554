"""Sizes and file formats of figures, as ``[report.figures]`` of a study file asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dayzero.report.figures.scene import DOUBLE_COLUMN_MM, POINTS_PER_MM, SINGLE_COLUMN_MM, scaled

if TYPE_CHECKING:
    from dayzero.report.figures.scene import Scene
    from dayzero.study.results import Looks

#: What a slide of 16:9 (338.7 mm by 190.5 mm) has room for beside its margins and its title, in mm.
SLIDE_WIDTH, SLIDE_HEIGHT = 310.0, 150.0
#: A poster is read from one metre and a half: text of 6 points becomes one of 18.
POSTER_FACTOR = 3.0
_COLUMNS = {"single column": SINGLE_COLUMN_MM, "double column": DOUBLE_COLUMN_MM}


def column_width(looks: Looks) -> float | None:
    """Return the width in mm that a study file asks of every figure; None where each kind has its own."""
    return _COLUMNS.get(looks.size)


def file_list(name: str, looks: Looks) -> tuple[str, ...]:
    """Return the names of a figure's files; a TIFF says its resolution."""
    names = [f"{name}.{ending}" for ending in looks.formats if ending != "tiff"]
    if "tiff" in looks.formats:
        names += [tiff_name(name, dpi) for dpi in looks.dpi]
    return tuple(names)


def tiff_name(name: str, dpi: int) -> str:
    """Return the name of a TIFF file."""
    return f"{name}_{dpi}dpi.tiff"


def sized(scene: Scene, size: str) -> Scene:
    """Return a figure at the size of its files: journal columns as laid out, slides and posters enlarged."""
    if size == "poster":
        return scaled(scene, POSTER_FACTOR)
    if size == "slide":
        room = SLIDE_WIDTH * POINTS_PER_MM / scene.width, SLIDE_HEIGHT * POINTS_PER_MM / scene.height
        return scaled(scene, min(room))
    return scene
