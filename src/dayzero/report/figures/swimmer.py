"""The swimmer plot: one lane a patient, treatments as bars, what happened as symbols."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dayzero.report import format as fmt
from dayzero.report.figures import typeface as face
from dayzero.report.figures.bands import TimeScale, day_0, time_axis_shapes
from dayzero.report.figures.grid import EDGE, notice_shapes
from dayzero.report.figures.legend import Entry, legend, symbol
from dayzero.report.figures.palette import INK, MUTED, RULE, Ink, Style, grey, ink, styles, tint
from dayzero.report.figures.scene import Area, Box, Scene, Shape, Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dayzero.study.results import Figure, Lane, Results, Swimmer

#: Lanes of one page; more are spread evenly over several.
PAGE = 80
_RIGHT = 9.0
_HEAD = face.BASE * 1.7
_PATIENT = "Patient"
_OBSERVED = "#9fb4c4"


@dataclass(frozen=True)
class Look:
    """How lanes are drawn: their distance, and the colours of groups."""

    pitch: float
    style: str
    groups: dict[str, Style]

    @property
    def bar(self) -> float:
        """Height of a bar."""
        return min(6.5, 0.62 * self.pitch)

    @property
    def radius(self) -> float:
        """Radius of a symbol."""
        return min(2.7, 0.37 * self.pitch)

    def observed(self, group: str | None) -> str:
        """Return the colour of the time observed of a group's patients."""
        own = self.groups.get(group or "")
        if own is None:
            return grey(_OBSERVED) if self.style == "grey" else _OBSERVED
        return tint(own.line, 0.45)


def look_of(results: Results, count: int, by: str | None) -> Look:
    """Return how so many lanes are drawn."""
    pitch = 13.0 if count <= 12 else 9.5 if count <= 40 else max(6.2, 500.0 / count)
    made = styles(results.groups, results.looks.style)
    return Look(pitch, results.looks.style, {level: s for (name, level), s in made.items() if name == by})


def swimmer_scenes(results: Results, figure: Figure, swimmer: Swimmer, width: float) -> list[Scene]:
    """Return a swimmer plot, over several pages where there are more lanes than one holds."""
    pages = -(-len(swimmer.lanes) // PAGE)
    size = -(-len(swimmer.lanes) // pages)
    return [
        _page(results, figure, swimmer, swimmer.lanes[i * size : (i + 1) * size], (i + 1, pages), width)
        for i in range(pages)
    ]


def _page(
    results: Results,
    figure: Figure,
    swimmer: Swimmer,
    lanes: Sequence[Lane],
    page: tuple[int, int],
    width: float,
) -> Scene:
    look = look_of(results, len(lanes), swimmer.group_by)
    shapes, y = notice_shapes(results.study.notice, width)
    names = max(face.width(lane.patient, face.SMALL) for lane in swimmer.lanes)
    left = EDGE + max(min(names, 0.3 * width), face.width(_PATIENT, face.SMALL)) + 6
    scale = TimeScale(left, width - EDGE - _RIGHT, swimmer.start, swimmer.limit)
    y += face.SMALL * face.LINE_HEIGHT
    top = y
    drawn: list[Shape] = [
        Text(left - 5, y - 2.2, _PATIENT, face.SMALL, MUTED, anchor="end", role="patient heading")
    ]
    for index, lane in enumerate(lanes):
        if swimmer.group_by and (index == 0 or lanes[index - 1].group != lane.group):
            drawn += _heading(lane.group, results, swimmer, y)
            y += _HEAD
        middle = y + look.pitch / 2
        drawn.append(_name(lane.patient, left - 5, middle))
        drawn += lane_shapes(lane, scale, middle, look)
        y += look.pitch
    axis, bottom = time_axis_shapes(scale, swimmer.ticks, y + 1, figure.unit, grid_top=top)
    grid = [shape for shape in axis if shape.role == "grid"]
    rest = [shape for shape in axis if shape.role != "grid"]
    key, bottom = legend(entries(swimmer.kinds, lanes, look, swimmer), EDGE, width - 2 * EDGE, bottom + 5)
    title = figure.title if page[1] == 1 else f"{figure.title} ({page[0]} of {page[1]})"
    return Scene(
        figure.id if page[1] == 1 else f"{figure.id}_{page[0]}",
        width,
        bottom + EDGE,
        title,
        description(results, swimmer, lanes, figure),
        (*shapes, *grid, *day_0(scale, top, y + 1), *drawn, *rest, *key),
    )


def _heading(group: str | None, results: Results, swimmer: Swimmer, y: float) -> list[Shape]:
    count = sum(lane.group == group for lane in swimmer.lanes)
    words = f"{group or 'Group not known'} (n = {count})"
    style = styles(results.groups, results.looks.style).get((swimmer.group_by or "", group or ""))
    colour = style.word if style else MUTED
    text = Text(EDGE, y + face.BASE + 1.5, words, face.BASE, colour, bold=True, role="group")
    return [Area(face.extent(text).grown(0.5).corners(), "#ffffff", role="ground"), text]


def _name(patient: str, right: float, middle: float) -> Text:
    words = patient
    while face.width(words, face.SMALL) > right - EDGE and len(words) > 1:
        words = words[:-2] + "…"
    return Text(right, middle + 0.36 * face.SMALL, words, face.SMALL, INK, anchor="end", role="patient")


def lane_shapes(lane: Lane, scale: TimeScale, middle: float, look: Look) -> list[Shape]:
    """Return one patient: time observed (hollow after relapse), treatments, symbols, and how it ended."""
    shapes = [*_observed(lane, scale, middle, look), *_bars(lane, scale, middle, look)]
    right = scale.left - 99.0
    for mark in lane.marks:
        if scale.start <= mark.time <= scale.limit:
            right = min(max(scale.x(mark.time), right + 1.7 * look.radius), scale.right + look.radius)
            radius = look.radius * (1.15 if mark.kind == "relapse" else 1.0)
            shapes.append(symbol(ink(mark.kind, look.style), [(right, middle)], radius, mark.kind))
    if lane.end is not None and (lane.ended == "alive" or lane.end > scale.limit):
        x = max(scale.clipped(lane.end), min(right + look.radius * 0.9, scale.right + 2 * look.radius))
        arrow = Ink(INK, INK, "arrow")
        shapes.append(symbol(arrow, [(x + look.radius * 0.9, middle)], look.radius * 0.85, "alive"))
    return shapes


def _observed(lane: Lane, scale: TimeScale, middle: float, look: Look) -> list[Shape]:
    if lane.end is None:
        return []
    half = look.bar / 2
    colour = look.observed(lane.group)
    stop = scale.clipped(lane.end)
    turn = stop if lane.relapse is None else scale.clipped(min(lane.relapse, lane.end))
    shapes: list[Shape] = []
    if turn > scale.clipped(0.0):
        box = Box(scale.clipped(0.0), middle - half, turn, middle + half)
        shapes.append(Area(box.corners(), colour, role="observed"))
    if stop > turn:
        box = Box(turn, middle - half, stop, middle + half)
        shapes.append(Area(box.corners(), "#ffffff", outline=colour, width=0.8, role="after relapse"))
    return shapes


def _bars(lane: Lane, scale: TimeScale, middle: float, look: Look) -> list[Shape]:
    shapes: list[Shape] = []
    half = look.bar / 2
    for bar in lane.bars:
        stop = bar.start if bar.stop is None else bar.stop
        if stop < scale.start or bar.start > scale.limit:
            continue
        left, right = scale.clipped(bar.start), scale.clipped(stop)
        right = max(right, min(left + 1.2, scale.right))
        own = ink(bar.kind, look.style)
        box = Box(left, middle - half, right, middle + half)
        shapes.append(Area(box.corners(), own.fill, outline=own.outline, width=0.35, role=bar.kind))
    return shapes


def entries(kinds: Sequence[str], lanes: Sequence[Lane], look: Look, swimmer: Swimmer | None) -> list[Entry]:
    """Return the key: treatments, time observed, symbols, how it ended."""
    bars = [Entry(fmt.sentence(kind), ink(kind, look.style)) for kind in kinds if not ink(kind, "").symbol]
    marks = [Entry(_word(kind), ink(kind, look.style)) for kind in kinds if ink(kind, "").symbol]
    seen: list[Entry] = []
    groups = dict.fromkeys(lane.group for lane in lanes) if swimmer and swimmer.group_by else {None: None}
    if len(groups) == 1:
        seen.append(Entry("Observed after transplant", Ink(look.observed(next(iter(groups))), RULE)))
    if any(lane.relapse is not None for lane in lanes):
        seen.append(Entry("Observed after relapse", Ink("#ffffff", RULE)))
    if any(lane.ended == "alive" for lane in lanes):
        marks.append(Entry("Alive at last contact", Ink(INK, INK, "arrow")))
    return [*bars, *seen, *marks]


def _word(kind: str) -> str:
    return {"CMV": "CMV infection"}.get(kind, fmt.sentence(kind))


def description(
    results: Results, swimmer: Swimmer, lanes: Sequence[Lane], figure: Figure, most: int = 20
) -> str:
    """Say in words what the lanes show: every patient up to a number, else counts."""
    notice = f"{results.study.notice}. " if results.study.notice else ""
    head = f"{notice}One bar for each of {fmt.plural(len(lanes), 'patient')}. "
    counts = []
    for kind in swimmer.kinds:
        having = sum(_has(lane, kind) for lane in lanes)
        after = " after transplant" if kind == "relapse" else ""
        counts.append(f"{fmt.inside(_word(kind))}{after} {having}")
    said = f"Patients with: {', '.join(counts)}. " if counts else ""
    dead = sum(lane.ended == "death" for lane in lanes)
    alive = sum(lane.ended == "alive" for lane in lanes)
    said += f"Died {dead}, alive at last contact {alive}. "
    if len(lanes) <= most:
        said += " ".join(spoken_lane(lane, figure.unit) for lane in lanes)
    return (head + said).strip()


def _has(lane: Lane, kind: str) -> bool:
    if kind == "relapse":
        return lane.relapse is not None
    return any(m.kind == kind for m in lane.marks) or any(bar.kind == kind for bar in lane.bars)


def spoken_lane(lane: Lane, unit: str) -> str:
    """Say one patient's course after transplant in words."""
    after = [m for m in lane.marks if m.time >= 0 and m.kind != "death"]
    parts = [f"{fmt.inside(_word(m.kind))} at {fmt.horizon(round(m.time, 1), unit)}" for m in after]
    end = {"death": "died", "alive": "alive", "unknown": "last contact"}[lane.ended]
    if lane.end is not None:
        parts.append(f"{end} at {fmt.horizon(round(lane.end, 1), unit)}")
    return f"{lane.patient}: {', '.join(parts) or 'nothing recorded after transplant'}."
