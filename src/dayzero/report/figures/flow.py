"""The flow diagram of the cohort: a box for what remained, at its side a box for what was left out and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dayzero.report import format as fmt
from dayzero.report.figures import typeface as face
from dayzero.report.figures.grid import EDGE, notice_shapes
from dayzero.report.figures.palette import INK, MUTED
from dayzero.report.figures.scene import POINTS_PER_MM, SINGLE_COLUMN_MM, Area, Box, Line, Scene, Shape, Text

if TYPE_CHECKING:
    from dayzero.study.results import CohortStep, GroupInfo, Results

_PAD = 5.0
_LINE = face.BASE * face.LINE_HEIGHT
_GAP = 12.0
_SIDE_GAP = 12.0
_FRAME, _FRAME_WIDTH = "#8c8c8c", 0.6
_MAIN_FILL, _SIDE_FILL = "#f2f5f8", "#ffffff"
#: A line of a box: text, whether it is bold, and the id of the number in it.
_Words = list[tuple[str, bool, str]]


def flow_scene(results: Results, *, width_mm: float = SINGLE_COLUMN_MM) -> Scene:
    """Lay out the flow diagram of a cohort that has at least one step."""
    width = width_mm * POINTS_PER_MM
    shapes, y = notice_shapes(results.study.notice, width)
    main_width = 0.5 * (width - 2 * EDGE - _SIDE_GAP)
    previous = 0.0
    steps = results.cohort
    for index, step in enumerate(steps):
        last = index == len(steps) - 1
        if index:
            side = _side_box(step, width, y, EDGE + main_width + _SIDE_GAP)
            centre = EDGE + main_width / 2
            if side:
                shapes += side[0]
                middle = y + (side[1] - y) / 2
                shapes.append(Line(((centre, middle), (EDGE + main_width + _SIDE_GAP, middle)), _FRAME, 0.6))
            bottom = side[1] + 5 if side else y + _GAP
            shapes += _arrow(centre, previous, bottom)
            y = bottom
        text = _main_words(step, main_width, last=last)
        box = Box(EDGE, y, EDGE + main_width, y + len(text) * _LINE + 2 * _PAD)
        shapes += _boxed(box, text, _MAIN_FILL, middle=True)
        previous = box.bottom
        y = box.bottom + (5 if index < len(steps) - 1 else 0)
    made, y = _groups(results, width, previous)
    shapes += made
    return Scene("flow", width, y + EDGE, "Flow of patients", _description(results), tuple(shapes))


def _main_words(step: CohortStep, width: float, *, last: bool) -> _Words:
    head = "Studied" if last and step.rule else ""
    lines: _Words = [(line, True, "") for line in face.wrapped(step.label, face.BASE, width - 2 * _PAD, bold=True)]
    count = f"n = {fmt.integer(step.remaining)}"
    return [*lines, (f"{head} {count}".strip(), False, step.id)]


def _side_box(step: CohortStep, width: float, top: float, left: float) -> tuple[list[Shape], float] | None:
    """Return the box of the patients left out at a step and its lower edge; None when nobody was."""
    if not step.excluded and not step.unknown:
        return None
    room = width - EDGE - left - 2 * _PAD
    words: _Words = [(f"Left out: n = {fmt.integer(step.excluded + step.unknown)}", True, step.id)]
    if step.excluded:
        text = f"{fmt.integer(step.excluded)} not: {step.label}"
        words += [(line, False, "") for line in face.wrapped(text, face.BASE, room)]
    if step.unknown:
        text = f"{fmt.integer(step.unknown)} not known"
        words += [(line, False, "") for line in face.wrapped(text, face.BASE, room)]
    box = Box(left, top, width - EDGE, top + len(words) * _LINE + 2 * _PAD)
    return _boxed(box, words, _SIDE_FILL, middle=False), box.bottom


def _boxed(box: Box, words: _Words, fill: str, *, middle: bool) -> list[Shape]:
    shapes: list[Shape] = [Area(box.corners(), fill, outline=_FRAME, width=_FRAME_WIDTH, role="box")]
    x = (box.left + box.right) / 2 if middle else box.left + _PAD
    for index, (text, bold, ref) in enumerate(words):
        y = box.top + _PAD + index * _LINE + face.ASCENT * face.BASE + 0.6
        anchor = "middle" if middle else "start"
        shapes.append(
            Text(x, y, text, face.BASE, INK, bold=bold, anchor=anchor, ref=ref, role="flow")  # type: ignore[arg-type]
        )
    return shapes


def _arrow(x: float, top: float, bottom: float) -> list[Shape]:
    head = ((x, bottom), (x - 2.2, bottom - 4), (x + 2.2, bottom - 4))
    return [
        Line(((x, top), (x, bottom - 3.5)), _FRAME, _FRAME_WIDTH, role="arrow"),
        Area(head, _FRAME, role="arrow"),
    ]


def _groups(results: Results, width: float, top: float) -> tuple[list[Shape], float]:
    """Return the sizes of the groups below the last box, and the lower edge of all."""
    if not results.groups:
        return [], top
    shapes: list[Shape] = []
    y = top + _GAP
    room = width - 2 * EDGE
    for group in results.groups:
        for number, line in enumerate(face.wrapped(_group_words(group), face.BASE, room)):
            colour = INK if number == 0 else MUTED
            shapes.append(Text(EDGE, y, line, face.BASE, colour, role="flow"))
            y += _LINE
        y += 2
    return shapes, y - _LINE + 2


def _group_words(group: GroupInfo) -> str:
    sizes = ", ".join(f"{level} {fmt.integer(n)}" for level, n in zip(group.levels, group.counts, strict=True))
    among = f" (among {group.among_label or group.among})" if group.among else ""
    unclassified = f"; not classified {fmt.integer(group.unclassified)}" if group.unclassified else ""
    return f"{group.label}{among}: {sizes}{unclassified}"


def _description(results: Results) -> str:
    steps = "; ".join(f"{step.label}: {fmt.integer(step.remaining)} remained" for step in results.cohort)
    notice = f"{results.study.notice}. " if results.study.notice else ""
    return f"{notice}Flow of patients. {steps}."
