"""Courses of one analyte: every patient's results, and the median of those with a result near each time."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from dayzero.errors import RefusalError
from dayzero.study.clock import axis, to_days
from dayzero.study.pictures.material import choose_patients
from dayzero.study.pictures.values import LOG_FLOOR, NO_SPECIMEN, points_of, specimens_of, value_axis
from dayzero.study.results import Course, CourseLine, CourseMedian

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dayzero.study.pictures.material import Chosen, Material
    from dayzero.study.pictures.values import Point
    from dayzero.study.protocol import FigureSection

#: More lines than this cannot be told apart; the medians are of all patients.
MOST_LINES = 120
#: Fewer patients with a result near a time have no median there.
FEWEST = 3
#: Days at which medians are taken unless the study file says otherwise.
_COUNT_DAYS: Final = (0.0, 7.0, 14.0, 21.0, 28.0, 35.0, 42.0)
_LATER_DAYS: Final = (30.0, 60.0, 100.0, 180.0, 365.0)
_WEEK = 7.0
_LEVELS: Final = {"ANC": (0.5,), "platelets": (20.0, 50.0), "chimerism": (95.0,)}
_TRANSFUSED: Final = {"platelets": "platelet transfusion", "haemoglobin": "red cell transfusion"}


def is_count(analyte: str) -> bool:
    """Return whether an analyte is a blood count, followed by the day."""
    return analyte in ("ANC", "platelets")


def make_course(name: str, section: FigureSection, material: Material) -> Course:
    """Return the course of a figure's analyte.

    Raises
    ------
    RefusalError
        When no result with a place on the axis is recorded for anybody.
    """
    chosen = choose_patients(name, section, material)
    analyte = section.analyte
    found = points_of(material, analyte, chosen.ids, section.specimen)
    start, limit, ticks = _time_axis(section, material)
    first, last = to_days(start, material.unit), to_days(limit, material.unit)
    shown = [point for point in found.points if first <= point.day <= last]
    if not shown:
        what = f"no result of {analyte}{' in ' + section.specimen if section.specimen else ''} can be drawn"
        raise RefusalError(
            what, instead="an analyte that is recorded in measurements, from an earlier day on"
        )
    several = specimens_of(shown, analyte)
    by_specimen = len(several) > 1
    if by_specimen and section.by:
        what = f"{analyte} is recorded in {' and '.join(several)}, which one line cannot mix"
        raise RefusalError(what, instead=f"name one: specimen = '{several[0]}'")
    levels = section.levels or _LEVELS.get(analyte, ())
    if analyte == "MRD" and not section.levels:
        levels = (material.options.mrd_negative_below,)
    log = analyte in LOG_FLOOR if section.scale is None else section.scale == "log"
    lowest, highest = value_axis(shown, analyte, log=log, levels=levels)
    days = [to_days(time, material.unit) for time in section.times] or [
        day for day in (_COUNT_DAYS if is_count(analyte) else _LATER_DAYS) if first <= day <= last
    ]
    lines = _lines(shown, chosen, material, by_specimen)
    notes = [*chosen.notes, *found.notes]
    drawn = thinned(lines)
    if not material.study.protocol.report.patients:
        drawn = []
    elif len(drawn) < len(lines):
        notes.append(f"{len(drawn)} of {len(lines)} lines are drawn, evenly chosen; medians are of all")
    given = _transfusions(section, chosen, material, first, last)
    return Course(
        analyte=analyte,
        unit=found.unit,
        lines=tuple(drawn),
        medians=_medians(found.points, chosen, days, _levels(section, material, several), material),
        patients=len({point.patient for point in shown}),
        log=log,
        start=start,
        limit=limit,
        ticks=ticks,
        lowest=lowest,
        highest=highest,
        levels=tuple(levels),
        transfusions=given,
        group_by="specimen" if by_specimen else section.by or None,
        notes=tuple(notes),
    )


def _time_axis(section: FigureSection, material: Material) -> tuple[float, float, tuple[float, ...]]:
    from dayzero.study.pictures.material import axis_ticks

    usual = 49.0 if is_count(section.analyte) else 365.0
    limit = section.limit or material.time(usual)
    start = section.start or 0.0
    if section.limit is None and start == 0.0 and is_count(section.analyte) and material.unit == "days":
        return start, usual, axis_ticks(start, usual, "days", section.ticks or _WEEK)
    if section.limit is None and start == 0.0:
        limit, ticks = axis(limit, material.unit, None, section.ticks)
        return start, limit, ticks
    return start, float(limit), axis_ticks(start, limit, material.unit, section.ticks)


def _lines(
    points: Sequence[Point], chosen: Chosen, material: Material, by_specimen: bool
) -> list[CourseLine]:
    """Return a line a patient, or one a patient and specimen where specimens must be told apart."""
    mine: dict[tuple[str, str], list[Point]] = {}
    for point in points:
        part = (point.specimen or NO_SPECIMEN) if by_specimen else ""
        mine.setdefault((point.patient, part), []).append(point)
    return [
        CourseLine(
            patient=patient,
            time=tuple(material.time(point.day) for point in own),
            value=tuple(point.value for point in own),
            sign=tuple(point.sign for point in own),
            group=part or chosen.level.get(patient),
        )
        for (patient, part), own in sorted(mine.items())
    ]


def thinned(lines: Sequence[CourseLine]) -> list[CourseLine]:
    """Return at most :data:`MOST_LINES` lines, evenly spread over the ids, so that every run has the same."""
    if len(lines) <= MOST_LINES:
        return list(lines)
    return [lines[i * len(lines) // MOST_LINES] for i in range(MOST_LINES)]


def _medians(
    points: Sequence[Point],
    chosen: Chosen,
    days: Sequence[float],
    levels: Mapping[str | None, bool],
    material: Material,
) -> tuple[CourseMedian, ...]:
    made = []
    for level, is_specimen in levels.items():
        own = [p for p in points if level is None or _of(p, chosen, is_specimen) == level]
        for day, (low, high) in zip(days, windows(days), strict=True):
            values = nearest(own, day, low, high)
            made.append(summary(material.time(day), list(values.values()), level))
    seen = {median.time for median in made if median.n}
    return tuple(median for median in made if median.time in seen)


def _levels(section: FigureSection, material: Material, specimens: tuple[str, ...]) -> dict[str | None, bool]:
    """Return the groups of the medians, and whether they are specimens."""
    if len(specimens) > 1:
        return dict.fromkeys(specimens, True)
    if section.by:
        return dict.fromkeys(material.groupings[section.by].info.levels, False)
    return {None: False}


def _of(point: Point, chosen: Chosen, is_specimen: bool) -> str | None:
    return (point.specimen or NO_SPECIMEN) if is_specimen else chosen.level.get(point.patient)


def windows(days: Sequence[float]) -> list[tuple[float, float]]:
    """Return the window of each time: half-way to its neighbours; the outer ones are symmetric."""
    if len(days) == 1:
        return [(days[0] - 3.5, days[0] + 3.5)]
    middles = [(a + b) / 2 for a, b in pairwise(days)]
    edges = [2 * days[0] - middles[0], *middles, 2 * days[-1] - middles[-1]]
    return list(pairwise(edges))


def nearest(points: Sequence[Point], day: float, low: float, high: float) -> Mapping[str, Point]:
    """Return each patient's result nearest to a day within (low, high]; of two as near, the earlier."""
    found: dict[str, Point] = {}
    for point in points:
        if not low < point.day <= high:
            continue
        best = found.get(point.patient)
        if best is None or (abs(point.day - day), point.day) < (abs(best.day - day), best.day):
            found[point.patient] = point
    return found


def summary(time: float, points: Sequence[Point], group: str | None = None) -> CourseMedian:
    """Return median and quartiles (linear interpolation, R's type 7); a bound counts as its limit.

    The median is itself a bound where one of the results it is made of is.
    """
    import numpy as np

    count = len(points)
    if count < FEWEST:
        return CourseMedian(time, count, None, None, None, "", group)
    ranked = sorted(points, key=lambda point: point.rank)
    low, middle, high = np.quantile([point.value for point in ranked], [0.25, 0.5, 0.75])
    signs = {ranked[(count - 1) // 2].sign, ranked[count // 2].sign} - {""}
    sign = signs.pop() if len(signs) == 1 else ""
    return CourseMedian(time, count, float(middle), float(low), float(high), sign, group)


def _transfusions(
    section: FigureSection, chosen: Chosen, material: Material, first: float, last: float
) -> tuple[float, ...]:
    """Return the times of the transfusions that go with an analyte, if the figure asks for them."""
    import narwhals as nw

    from dayzero.endpoints.frames import collect, lazy

    agent = _TRANSFUSED.get(section.analyte)
    if not section.transfusions or agent is None:
        return ()
    start = nw.col("start_day")
    given = lazy(material.records, "treatments").filter(
        nw.col("agent") == agent, start >= first, start <= last, nw.col("patient_id").is_in(chosen.ids)
    )
    return tuple(material.time(day) for day in sorted(collect(given)["start_day"].to_list()))
