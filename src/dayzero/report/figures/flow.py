"""The flow diagram of the cohort: what remained after each rule, beside it what was left out and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dayzero.report import format as fmt
from dayzero.report.figures import typeface as face
from dayzero.report.figures.formats import column_width
from dayzero.report.figures.grid import EDGE, notice_shapes
from dayzero.report.figures.palette import INK, MUTED
from dayzero.report.figures.scene import (
    POINTS_PER_MM,
    SINGLE_COLUMN_MM,
    Anchor,
    Area,
    Box,
    Line,
    Scene,
    Shape,
    Text,
)

if TYPE_CHECKING:
    from dayzero.study.results import CohortStep, GroupInfo, Results

#: Name of its files.
FLOW_ID = "flow"
_PAD, _BETWEEN, _SIDE_GAP = 5.0, 12.0, 12.0
_LINE = face.BASE * face.LINE_HEIGHT
_FRAME, _FRAME_WIDTH = "#8c8c8c", 0.6
_MAIN_FILL, _SIDE_FILL = "#eef3f7", "#ffffff"


@dataclass(frozen=True)
class _Said:
    """One line of a box, with the id of the number in it."""

    text: str
    bold: bool = False
    ref: str = ""


def flow_scene(results: Results, *, width_mm: float | None = None) -> Scene:
    """Lay out the flow diagram of a cohort that has at least one step.

    Parameters
    ----------
    results : Results
    width_mm : float, optional
        By default what the study file asks for, else one journal column.
    """
    width = (width_mm or column_width(results.looks) or SINGLE_COLUMN_MM) * POINTS_PER_MM
    shapes, y = notice_shapes(results.study.notice, width)
    main = Box(EDGE, 0, EDGE + 0.48 * (width - 2 * EDGE - _SIDE_GAP), 0)
    side_left = main.right + _SIDE_GAP
    centre = (main.left + main.right) / 2
    for index, step in enumerate(_told(results.cohort)):
        if index:
            top = y
            side = _left_out(step, Box(side_left, top + 5, width - EDGE, 0))
            y = side.bottom + 5 if side else top + _BETWEEN
            shapes += _arrow(centre, top, y)
            if side:
                middle = (side.top + side.bottom) / 2
                shapes.append(Line(((centre, middle), (side.left, middle)), _FRAME, _FRAME_WIDTH))
                shapes += _boxed(side, _side_lines(step, side.width), _SIDE_FILL, "start")
        lines = _main_lines(step, main.width)
        box = Box(main.left, y, main.right, y + _height(lines))
        shapes += _boxed(box, lines, _MAIN_FILL, "middle")
        y = box.bottom
    for group in results.groups:
        made, y = _group(group, width, y + 7)
        shapes += made
    return Scene(FLOW_ID, width, y + EDGE, "Flow of patients", _description(results), tuple(shapes))


def flow_tells(results: Results) -> bool:
    """Return whether a flow diagram has more to say than one number."""
    return len(_told(results.cohort)) > 1 or bool(results.cohort and results.groups)


def _told(steps: tuple[CohortStep, ...]) -> list[CohortStep]:
    """Return the steps worth a box: the first, every rule of the study, and whatever left somebody out."""
    return [*steps[:1], *(step for step in steps[1:] if step.rule or step.excluded or step.unknown)]


def _is_exclusion(step: CohortStep) -> bool:
    return ".exclude." in step.id


def _main_lines(step: CohortStep, width: float) -> list[_Said]:
    label = f"Without: {step.label}" if _is_exclusion(step) else step.label
    lines = [_Said(t, bold=True) for t in face.wrapped(label, face.BASE, width - 2 * _PAD, bold=True)]
    return [*lines, _Said(f"n = {fmt.integer(step.remaining)}", ref=step.id)]


def _side_lines(step: CohortStep, width: float) -> list[_Said]:
    said = [_Said(f"Left out: n = {fmt.integer(step.excluded + step.unknown)}", bold=True)]
    reason = step.label if _is_exclusion(step) else f"not: {step.label}"
    for count, why in ((step.excluded, reason), (step.unknown, f"not known whether: {step.label}")):
        if count:
            text = f"{fmt.integer(count)} {why}"
            wrapped = face.wrapped(text, face.BASE, width - 2 * _PAD)
            said += [_Said(line, ref="" if number else step.id) for number, line in enumerate(wrapped)]
    return said


def _left_out(step: CohortStep, place: Box) -> Box | None:
    """Return the box of the patients left out at a step; None when nobody was."""
    if not step.excluded and not step.unknown:
        return None
    return Box(place.left, place.top, place.right, place.top + _height(_side_lines(step, place.width)))


def _height(lines: list[_Said]) -> float:
    return len(lines) * _LINE + 2 * _PAD - 1


def _boxed(box: Box, lines: list[_Said], fill: str, anchor: Anchor) -> list[Shape]:
    shapes: list[Shape] = [Area(box.corners(), fill, outline=_FRAME, width=_FRAME_WIDTH, role="box")]
    x = (box.left + box.right) / 2 if anchor == "middle" else box.left + _PAD
    for index, said in enumerate(lines):
        y = box.top + _PAD + index * _LINE + face.ASCENT * face.BASE + 0.4
        shapes.append(
            Text(x, y, said.text, face.BASE, INK, said.bold, anchor, ref=said.ref, role="flow"),
        )
    return shapes


def _arrow(x: float, top: float, bottom: float) -> list[Shape]:
    head = ((x, bottom), (x - 2.2, bottom - 4), (x + 2.2, bottom - 4))
    return [
        Line(((x, top), (x, bottom - 3.5)), _FRAME, _FRAME_WIDTH, role="arrow"),
        Area(head, _FRAME, role="arrow"),
    ]


def _group(group: GroupInfo, width: float, top: float) -> tuple[list[Shape], float]:
    """Return a grouping's name and a box for each of its levels, and their lower edge."""
    among = f", among {group.among_label or group.among}" if group.among else ""
    y = top
    shapes: list[Shape] = []
    for line in face.wrapped(group.label + among, face.BASE, width - 2 * EDGE):
        shapes.append(Text(EDGE, y + face.ASCENT * face.BASE, line, face.BASE, MUTED, role="flow"))
        y += _LINE
    sizes = [*zip(group.levels, group.counts, strict=True)]
    if group.unclassified:
        sizes.append(("Not classified", group.unclassified))
    across = max(1, min(len(sizes), 4))
    box_width = (width - 2 * EDGE - 6 * (across - 1)) / across
    for start in range(0, len(sizes), across):
        texts = [
            [
                *(_Said(t, bold=True) for t in face.wrapped(level, face.BASE, box_width - _PAD, bold=True)),
                _Said(f"n = {fmt.integer(count)}"),
            ]
            for level, count in sizes[start : start + across]
        ]
        bottom = y + 2 + max(map(_height, texts)) - 4
        for index, lines in enumerate(texts):
            left = EDGE + index * (box_width + 6)
            box = Box(left, y + 2, left + box_width, bottom)
            shapes += [_shifted(s) for s in _boxed(box, lines, _SIDE_FILL, "middle")]
        y = bottom + 2
    return shapes, y


def _shifted(shape: Shape) -> Shape:
    """Return a text of a low box a little higher, where it is centred."""
    from dayzero.report.figures.scene import moved

    return moved(shape, 0, -2) if isinstance(shape, Text) else shape


def _description(results: Results) -> str:
    steps = "; ".join(
        f"{step.label}: {fmt.integer(step.excluded + step.unknown)} left out, "
        f"{fmt.integer(step.remaining)} remained"
        for step in results.cohort
    )
    notice = f"{results.study.notice}. " if results.study.notice else ""
    return f"{notice}Flow of patients. {steps}."
