"""The course of one analyte: a thin line a patient, and the median of those with a result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dayzero.report import format as fmt
from dayzero.report.figures import typeface as face
from dayzero.report.figures.axes import OFFSET
from dayzero.report.figures.bands import (
    TimeScale,
    ValueScale,
    day_0,
    level_line,
    segments,
    time_axis_shapes,
    value_axis_shapes,
    when,
)
from dayzero.report.figures.grid import EDGE, notice_shapes
from dayzero.report.figures.legend import Entry, legend
from dayzero.report.figures.palette import MUTED, WHOLE, Ink, Style, styles, tint
from dayzero.report.figures.scene import Box, Line, Marks, Scene, Shape, Text, Ticks
from dayzero.study.results import GroupInfo

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dayzero.study.results import Course, CourseLine, CourseMedian, Figure, Results

_HEIGHT = 150.0
_RIGHT = 22.0
_ROW = face.BASE * 1.3
_TICK = 4.0
#: More results than this are lines without a symbol each.
_MOST_DOTS = 900
#: Medians of groups stand so far apart, in points, that neither covers the other's quartiles.
_ASIDE = 3.2


def course_scene(results: Results, figure: Figure, course: Course, width: float) -> Scene:
    """Lay out a course."""
    made = styles(_groups(results, course), results.looks.style)
    looks = {level: style for (name, level), style in made.items() if name == course.group_by}
    shapes, y = notice_shapes(results.study.notice, width)
    names = [face.width(level, face.BASE) for level in looks]
    left = EDGE + max([38.0, *(name + 14 for name in names)])
    room = face.SMALL * face.LINE_HEIGHT + 2 if course.start < 0 else 4.0
    box = Box(left, y + room, width - EDGE - _RIGHT, y + room + _HEIGHT)
    scale = TimeScale(box.left, box.right, course.start, course.limit)
    values = ValueScale(box, course.lowest, course.highest, course.log)
    body = [*_levels(course, values), *day_0(scale, box.top, box.bottom + OFFSET)]
    crowded = sum(len(line.time) for line in course.lines) > _MOST_DOTS
    for line in course.lines:
        body += _line(line, looks.get(line.group or "", WHOLE), scale, values, crowded=crowded)
    groups = _by_group(course, looks)
    for index, (style, medians) in enumerate(groups):
        aside = _ASIDE * (index - (len(groups) - 1) / 2)
        body += _median(medians, style, scale, values, aside)
    bottom = box.bottom + OFFSET
    if course.transfusions:
        body += _transfusions(course, scale, box)
    axis, bottom = time_axis_shapes(scale, course.ticks, bottom, figure.unit)
    body += value_axis_shapes(values, f"{_named(course)}")
    table, bottom = _counts(course, looks, scale, bottom + 4)
    key, bottom = legend(_entries(course, looks), EDGE, width - 2 * EDGE, bottom + 4)
    return Scene(
        figure.id,
        width,
        bottom + EDGE,
        figure.title,
        _description(results, figure, course),
        (*shapes, *body, *axis, *table, *key),
    )


def _groups(results: Results, course: Course) -> tuple[GroupInfo, ...]:
    """Return the groupings that colours come from: the study's, or the specimens of this course."""
    if course.group_by != "specimen":
        return results.groups
    names = tuple(dict.fromkeys(median.group or "" for median in course.medians))
    return (GroupInfo("specimen", "Specimen", names, (0,) * len(names), 0),)


def _named(course: Course) -> str:
    unit = unit_words(course.unit)
    return f"{fmt.sentence(course.analyte)} ({unit})" if unit else fmt.sentence(course.analyte)


def unit_words(unit: str) -> str:
    """Return a unit as it is printed."""
    return {"10^9/L": "10⁹/L", "fraction": "fraction of cells"}.get(unit, unit)


def value_words(value: float, unit: str, sign: str = "") -> str:
    """Print a value: counts with two decimals, fractions of cells as powers."""
    mark = {"<": "<", ">": ">"}.get(sign, "")
    if unit == "fraction" and value:
        percent = f"{100 * value:.2g}"
        return f"{mark}{percent if 'e' not in percent else f'{100 * value:.6f}'.rstrip('0')}%"
    return f"{mark}{fmt.plain(value, 2 if value < 10 else 1 if value < 100 else 0)}"


def _levels(course: Course, values: ValueScale) -> list[Shape]:
    shapes: list[Shape] = []
    for level in course.levels:
        if course.lowest <= level <= course.highest:
            y = values.y(level)
            shapes.append(level_line(values.box, y))
            words = value_words(level, course.unit)
            place = values.box.right + 2.5
            shapes.append(Text(place, y + 0.36 * face.SMALL, words, face.SMALL, MUTED, role="level"))
    return shapes


def _line(
    line: CourseLine, style: Style, scale: TimeScale, values: ValueScale, *, crowded: bool
) -> list[Shape]:
    points = [(scale.x(t), values.y(v)) for t, v in zip(line.time, line.value, strict=True)]
    pale = tint(style.line, 0.28 if crowded else 0.4)
    shapes: list[Shape] = []
    low = values.lowest
    is_open = [bool(sign) or value < low for sign, value in zip(line.sign, line.value, strict=True)]
    shapes += [Line(part, pale, 0.45, role="patient") for part in segments(points, is_open)]
    for open_, fill in ((False, pale), (True, "")):
        chosen = tuple(point for point, o in zip(points, is_open, strict=True) if o is open_)
        if chosen and (open_ or not crowded):
            shapes.append(Marks(chosen, style.symbol, 1.05, fill, pale, 0.45, "result"))
    return shapes


def _by_group(course: Course, looks: dict[str, Style]) -> list[tuple[Style, list[CourseMedian]]]:
    groups = dict.fromkeys(median.group for median in course.medians)
    return [
        (looks.get(group or "", WHOLE), [m for m in course.medians if m.group == group]) for group in groups
    ]


def _median(
    medians: Sequence[CourseMedian], style: Style, scale: TimeScale, values: ValueScale, aside: float
) -> list[Shape]:
    known = [m for m in medians if m.median is not None and scale.start <= m.time <= scale.limit]
    shapes: list[Shape] = []
    whiskers = tuple(
        ((scale.x(m.time) + aside, values.y(m.lower)), (scale.x(m.time) + aside, values.y(m.upper)))
        for m in known
        if m.lower is not None and m.upper is not None
    )
    if whiskers:
        shapes.append(Ticks(whiskers, style.line, 1.0, role="quartiles"))
    points = [(scale.x(m.time) + aside, values.y(m.median or 0.0)) for m in known]
    if len(points) > 1:
        shapes.append(Line(tuple(points), style.line, 1.5, style.dash, role="median"))
    for bound, fill in ((False, style.line), (True, "")):
        chosen = tuple(p for p, m in zip(points, known, strict=True) if bool(m.sign) is bound)
        if chosen:
            shapes.append(Marks(chosen, style.symbol, 2.5, fill, style.line, 0.9, "median"))
    return shapes


def _transfusions(course: Course, scale: TimeScale, box: Box) -> list[Shape]:
    marks = tuple(
        ((scale.x(t), box.bottom - _TICK), (scale.x(t), box.bottom))
        for t in dict.fromkeys(course.transfusions)
    )
    return [Ticks(marks, MUTED, 0.5, role="transfusion")]


def _counts(
    course: Course, looks: dict[str, Style], scale: TimeScale, top: float
) -> tuple[list[Shape], float]:
    """Return how many patients had a result near each time."""
    y = top + face.ASCENT * face.BASE
    shapes: list[Shape] = [Text(EDGE, y, "Patients with a result", face.BASE, MUTED, role="risk heading")]
    for group in dict.fromkeys(median.group for median in course.medians):
        style = looks.get(group or "", WHOLE)
        y += _ROW
        shapes.append(Text(EDGE, y, group or "All", face.BASE, style.word, role="risk name"))
        free = -1e9
        for median in course.medians:
            if median.group != group or not scale.start <= median.time <= scale.limit:
                continue
            words, x = fmt.integer(median.n), scale.x(median.time)
            half = face.width(words, face.BASE) / 2
            if x - half < free:
                continue
            free = x + half + 2
            shapes.append(Text(x, y, words, face.BASE, style.word, anchor="middle", role="at risk"))
    return shapes, y + face.DESCENT * face.BASE


def _entries(course: Course, looks: dict[str, Style]) -> list[Entry]:
    made = []
    groups = dict.fromkeys(median.group for median in course.medians)
    for group in groups:
        style = looks.get(group or "", WHOLE)
        words = f"Median and quartiles{f', {group}' if group else ''}"
        made.append(Entry(words, Ink(style.line, style.line, style.symbol), (style.line, 1.5, style.dash)))
    style = looks.get(next(iter(groups), None) or "", WHOLE)
    pale = tint(style.line, 0.4)
    if course.lines:
        crowded = sum(len(line.time) for line in course.lines) > _MOST_DOTS
        ink = None if crowded else Ink(pale, pale, style.symbol)
        made.append(Entry("One patient", ink, (pale, 0.6, ())))
    if any(sign or v < course.lowest for x in course.lines for sign, v in zip(x.sign, x.value, strict=True)):
        made.append(Entry("Open: below (or above) the limit drawn", Ink("", MUTED, style.symbol)))
    if course.transfusions:
        made.append(Entry("Ticks at the foot: transfusions", None, (MUTED, 0.5, (0.6, 1.6))))
    return made


def _description(results: Results, figure: Figure, course: Course) -> str:
    notice = f"{results.study.notice}. " if results.study.notice else ""
    said = []
    for median in course.medians:
        if median.median is None:
            continue
        group = f"{median.group}, " if median.group else ""
        value = value_words(median.median, course.unit, median.sign)
        at = when(median.time, figure.unit)
        said.append(f"{group}{at}: median {value} (n = {median.n})")
    unit = unit_words(course.unit)
    head = f"{notice}{fmt.sentence(course.analyte)} of {fmt.plural(course.patients, 'patient')} ({unit}). "
    return head + ("; ".join(said) + "." if said else "No time has three patients with a result.")
