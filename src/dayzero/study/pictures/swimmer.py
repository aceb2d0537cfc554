"""The swimmer plot: every patient's treatments and events on one time axis."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from dayzero.errors import RefusalError
from dayzero.study.clock import tick_step
from dayzero.study.pictures.kinds import KINDS
from dayzero.study.pictures.lanes import make_lanes
from dayzero.study.pictures.material import axis_ticks, choose_patients
from dayzero.study.results import Swimmer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dayzero.study.pictures.material import Material
    from dayzero.study.protocol import FigureSection
    from dayzero.study.results import Lane

#: More lanes than this would fill pages that nobody reads.
MOST_LANES = 320
#: Treatments earlier than this many days before day 0 are cut, unless the study file says otherwise.
_BEFORE = 182.625


def make_swimmer(name: str, section: FigureSection, material: Material) -> Swimmer:
    """Return the swimmer plot of a figure.

    Lanes come by group in the order of its levels, within a group the longest observed first.

    Raises
    ------
    RefusalError
        When there is no patient, or there are too many to read.
    """
    chosen = choose_patients(name, section, material)
    if not chosen.ids:
        what = "no patient of the cohort is to be shown"
        raise RefusalError(what, instead="widen patients or with_event")
    if len(chosen.ids) > MOST_LANES:
        what = f"a swimmer plot of {len(chosen.ids)} patients cannot be read"
        raise RefusalError(what, instead=f"at most {MOST_LANES}: restrict it by patients or with_event")
    made = make_lanes(chosen, material, section.show)
    levels = material.groupings[section.by].info.levels if section.by else ()
    lanes = sorted(made.lanes, key=lambda lane: _place(lane, levels))
    start, cut = axis_start(lanes, section, material)
    limit, ticks = axis_end(lanes, section, material, start)
    notes = [*chosen.notes, *made.notes]
    if cut:
        notes.append(f"what began before {_plain(-start)} {material.unit} before transplant is cut there")
    if any(lane.end is not None and lane.end > limit for lane in lanes):
        notes.append(f"follow-up beyond {_plain(limit)} {material.unit} is cut there")
    return Swimmer(
        lanes=tuple(lanes),
        start=start,
        limit=limit,
        ticks=ticks,
        kinds=kinds_of(lanes, start, limit),
        group_by=section.by or None,
        notes=tuple(notes),
    )


def _place(lane: Lane, levels: Sequence[str]) -> tuple[float, float, str]:
    group = levels.index(lane.group) if lane.group in levels else len(levels)
    return group, -(lane.end if lane.end is not None else -1.0), lane.patient


def axis_start(lanes: Sequence[Lane], section: FigureSection, material: Material) -> tuple[float, bool]:
    """Return the left end of the axis, at most 0, and whether a treatment began before it."""
    begins = [bar.start for lane in lanes for bar in lane.bars]
    begins += [mark.time for lane in lanes for mark in lane.marks]
    first = min([0.0, *begins])
    if section.start is not None:
        return min(0.0, section.start), first < section.start
    start = max(first, -material.time(_BEFORE))
    if start == 0.0:
        return 0.0, False
    step = tick_step(-start, material.unit)
    return -math.ceil(round(-start / step, 9)) * step, first < start


def axis_end(
    lanes: Sequence[Lane], section: FigureSection, material: Material, start: float
) -> tuple[float, tuple[float, ...]]:
    """Return the right end of the axis and its ticks."""
    longest = max([0.0, *(lane.end for lane in lanes if lane.end is not None)]) or 1.0
    longest = max(longest, *(mark.time for lane in lanes for mark in lane.marks), 0.0)
    step = section.ticks or tick_step((section.limit or longest) - start, material.unit)
    limit = section.limit or math.ceil(round(longest / step, 9)) * step
    ticks = axis_ticks(start, limit, material.unit, step)
    if ticks[0] - start > 0.4 * step:
        ticks = (start, *ticks)
    return float(limit), ticks


def kinds_of(lanes: Sequence[Lane], start: float, limit: float) -> tuple[str, ...]:
    """Return the kinds of bars and marks that are seen on the axis, in the order of the key."""
    seen = {
        bar.kind
        for lane in lanes
        for bar in lane.bars
        if bar.start <= limit and (bar.start if bar.stop is None else bar.stop) >= start
    }
    seen |= {mark.kind for lane in lanes for mark in lane.marks if start <= mark.time <= limit}
    return tuple(kind for kind in KINDS if kind in seen)


def _plain(value: float) -> str:
    return f"{value:,.4g}"
