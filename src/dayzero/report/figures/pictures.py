"""Every figure of a report as scenes, whatever its kind and size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dayzero.report.figures.axes import not_drawn
from dayzero.report.figures.course import course_scene
from dayzero.report.figures.formats import column_width
from dayzero.report.figures.grid import EDGE, figure_scene, notice_shapes
from dayzero.report.figures.mrd import mrd_scene
from dayzero.report.figures.scene import (
    DOUBLE_COLUMN_MM,
    POINTS_PER_MM,
    SINGLE_COLUMN_MM,
    Box,
    Scene,
)
from dayzero.report.figures.stacks import stacks_scene, stacks_width
from dayzero.report.figures.swimmer import swimmer_scenes
from dayzero.report.figures.timeline import timeline_scene
from dayzero.study.results import Course, MrdStages, Stacks, Timeline

if TYPE_CHECKING:
    from dayzero.study.results import Figure, Results

_REFUSED_HEIGHT = 60.0


def scenes(results: Results, figure: Figure) -> list[Scene]:
    """Lay out a figure at the width that the study file asks for.

    Returns
    -------
    list of Scene
        One, or several where a swimmer plot needs several pages; the ids of later ones end in ``_2``, ``_3``.
    """
    width_mm = column_width(results.looks)
    picture = figure.picture
    if figure.refused:
        return [_refused(results, figure, (width_mm or SINGLE_COLUMN_MM) * POINTS_PER_MM)]
    if picture is None:
        return [figure_scene(results, figure, width_mm=width_mm)]
    if isinstance(picture, Stacks):
        width = (width_mm or stacks_width(picture)) * POINTS_PER_MM
        return [stacks_scene(results, figure, picture, width)]
    if isinstance(picture, Course):
        return [course_scene(results, figure, picture, (width_mm or SINGLE_COLUMN_MM) * POINTS_PER_MM)]
    width = (width_mm or DOUBLE_COLUMN_MM) * POINTS_PER_MM
    if isinstance(picture, MrdStages):
        few = width_mm is None and len(picture.stages) <= 2
        return [mrd_scene(results, figure, picture, SINGLE_COLUMN_MM * POINTS_PER_MM if few else width)]
    if isinstance(picture, Timeline):
        return [timeline_scene(results, figure, picture, width)]
    return swimmer_scenes(results, figure, picture, width)


def _refused(results: Results, figure: Figure, width: float) -> Scene:
    shapes, y = notice_shapes(results.study.notice, width)
    box = Box(EDGE, y, width - EDGE, y + _REFUSED_HEIGHT)
    shapes += not_drawn(box, figure.refused)
    notice = f"{results.study.notice}. " if results.study.notice else ""
    said = f"{notice}Not drawn: {figure.refused}"
    return Scene(figure.id, width, box.bottom + EDGE, figure.title, said, tuple(shapes))
