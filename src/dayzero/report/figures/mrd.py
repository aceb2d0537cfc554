"""MRD before and after: each patient a line from stage to stage, with lanes for results without a number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dayzero.report import format as fmt
from dayzero.report.figures import typeface as face
from dayzero.report.figures.bands import ValueScale, level_line, power_of_ten, value_axis_shapes
from dayzero.report.figures.course import value_words
from dayzero.report.figures.grid import EDGE, notice_shapes
from dayzero.report.figures.legend import Entry, legend
from dayzero.report.figures.palette import HAIRLINE, INK, MUTED, WHOLE, Ink, Style, styles, tint
from dayzero.report.figures.scene import Area, Box, Line, Marks, Scene, Shape, Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dayzero.study.results import Figure, MrdPatient, MrdResult, MrdStages, Results

_HEIGHT, _LANE, _RIGHT = 120.0, 15.0, 24.0
_ROW = face.BASE * 1.3
#: Results of a stage are spread over this part of its width, so that equal ones are seen.
_SPREAD = 0.84
#: Distance in points at which symbols are apart.
_APART = 3.6
_MOST_ROWS = 6
#: Lanes below the axis, from top to bottom.
_LANES = ("positive, no number", "undetectable")
_WORDS = {"positive, no number": "Positive, no number", "undetectable": "Undetectable"}
#: Rows of the table below.
_ROWS = (
    ("With a number", ("value",)),
    ("Positive, no number", ("positive, no number",)),
    ("Undetectable", ("undetectable",)),
    ("Not done", ("not done",)),
    ("Not known", ("not known",)),
    ("Not recorded", ("none",)),
)


@dataclass(frozen=True)
class Lane:
    """A lane for results without a number: its middle, its height, and how many rows of symbols it holds."""

    middle: float
    height: float
    rows: int


def _lanes(mrd: MrdStages, box: Box) -> tuple[dict[str, Lane], float]:
    """Return the lanes below the axis, as high as their fullest stage needs, and their lower edge."""
    across = max(1, int(_SPREAD * box.width / len(mrd.stages) / _APART))
    lanes, y = {}, box.bottom + 5
    for state in _LANES:
        most = max(
            sum(patient.results[i].state == state for patient in mrd.patients) for i in range(len(mrd.stages))
        )
        rows = min(_MOST_ROWS, max(1, -(-most // across)))
        height = _LANE + _APART * (rows - 1)
        lanes[state] = Lane(y + height / 2, height, rows)
        y += height
    return lanes, y


@dataclass(frozen=True)
class _Plot:
    values: ValueScale
    lanes: dict[str, Lane]
    stages: int

    def middle(self, stage: int) -> float:
        wide = self.values.box.width / self.stages
        return self.values.box.left + wide * (stage + 0.5)

    def height(self, result: MrdResult) -> float | None:
        """Return how high a result stands; None for one that has no place."""
        if result.state == "value" and result.value is not None:
            return self.values.y(result.value)
        lane = self.lanes.get(result.state)
        return lane.middle if lane else None

    def places(self, stage: int, results: Sequence[MrdResult]) -> list[tuple[float, float] | None]:
        """Return the places of a stage's results, spread sideways where they would cover each other."""
        rows: dict[int, list[int]] = {}
        for index, result in enumerate(results):
            height = self.height(result)
            if height is not None:
                rows.setdefault(round(height / _APART), []).append(index)
        found: list[tuple[float, float] | None] = [None] * len(results)
        room = _SPREAD * self.values.box.width / self.stages
        for members in rows.values():
            lane = self.lanes.get(results[members[0]].state)
            deep = lane.rows if lane else 1
            long = -(-len(members) // deep)
            step = min(_APART, room / max(1, long - 1))
            for order, index in enumerate(members):
                x = self.middle(stage) + step * (order // deep - (long - 1) / 2)
                y = (self.height(results[index]) or 0.0) + _APART * (order % deep - (deep - 1) / 2)
                found[index] = (x, y)
        return found


def mrd_scene(results: Results, figure: Figure, mrd: MrdStages, width: float) -> Scene:
    """Lay out MRD before and after."""
    made = styles(results.groups, results.looks.style)
    looks = {level: style for (name, level), style in made.items() if name == mrd.group_by}
    shapes, y = notice_shapes(results.study.notice, width)
    left = EDGE + max(face.width(words, face.BASE) for words, _ in _ROWS) + 8
    box = Box(left, y + 4, width - EDGE - _RIGHT, y + 4 + _HEIGHT)
    values = ValueScale(box, mrd.lowest, mrd.highest, log=True)
    lanes, foot = _lanes(mrd, box)
    ordered = sorted(mrd.patients, key=lambda patient: _height(patient.results[0]))
    plot = _Plot(values, lanes, len(mrd.stages))
    columns = [plot.places(i, [p.results[i] for p in ordered]) for i in range(len(mrd.stages))]
    body = _frame(mrd, values, lanes)
    marks: list[Shape] = []
    for rank, patient in enumerate(ordered):
        places = [column[rank] for column in columns]
        lines, symbols = _patient(patient, places, looks.get(patient.group or "", WHOLE))
        body += lines
        marks += symbols
    table, bottom = _table(mrd, box, foot + 4)
    key, bottom = legend(_entries(mrd, looks), EDGE, width - 2 * EDGE, bottom + 4)
    parts = (*shapes, *body, *marks, *table, *key)
    return Scene(figure.id, width, bottom + EDGE, figure.title, _description(results, mrd), parts)


def _height(result: MrdResult) -> tuple[int, float]:
    if result.state == "value" and result.value is not None:
        return 2, result.value
    return (1 if result.state == "positive, no number" else 0), 0.0


def _frame(mrd: MrdStages, values: ValueScale, lanes: dict[str, Lane]) -> list[Shape]:
    box = values.box
    shapes: list[Shape] = []
    for state, lane in lanes.items():
        y = lane.middle
        ground = Box(box.left, y - lane.height / 2 + 1, box.right, y + lane.height / 2 - 1)
        shapes.append(Area(ground.corners(), "#f3f3f3", role="lane"))
        words = _WORDS[state]
        shapes.append(
            Text(box.left - 5, y + 0.36 * face.BASE, words, face.BASE, INK, anchor="end", role="lane name")
        )
    wide = box.width / len(mrd.stages)
    for index in range(1, len(mrd.stages)):
        x = box.left + wide * index
        shapes.append(Line(((x, box.top), (x, box.bottom)), HAIRLINE, 0.5, role="grid"))
    y = values.y(mrd.cut)
    shapes.append(level_line(box, y))
    words = power_of_ten(round_power(mrd.cut)) if round_power(mrd.cut) else value_words(mrd.cut, "fraction")
    shapes.append(Text(box.right + 2.5, y + 0.36 * face.SMALL, words, face.SMALL, MUTED, role="level"))
    return [*shapes, *value_axis_shapes(values, "MRD (fraction of cells)")]


def round_power(value: float) -> int:
    """Return the exponent of a power of ten; 0 for any other number."""
    from math import log10

    exponent = round(log10(value))
    return exponent if abs(10.0**exponent / value - 1) < 1e-9 else 0


def _patient(
    patient: MrdPatient, places: Sequence[tuple[float, float] | None], style: Style
) -> tuple[list[Shape], list[Shape]]:
    """Return a patient's line, and the symbols on it."""
    path = tuple(place for place in places if place is not None)
    line: list[Shape] = []
    if len(path) > 1:
        line.append(Line(path, tint(style.line, 0.35), 0.5, role="patient"))
    marks: list[Shape] = []
    for open_ in (False, True):
        chosen = tuple(
            place
            for place, result in zip(places, patient.results, strict=True)
            if place is not None and (result.state != "value" or bool(result.sign)) is open_
        )
        if chosen:
            fill = "" if open_ else style.line
            marks.append(Marks(chosen, style.symbol, 1.7, fill, style.line, 0.6, "result"))
    return line, marks


def _table(mrd: MrdStages, box: Box, top: float) -> tuple[list[Shape], float]:
    """Return the stages with how many results of each sort they have."""
    wide = box.width / len(mrd.stages)
    middles = [box.left + wide * (i + 0.5) for i in range(len(mrd.stages))]
    longest = max(face.width(word, face.BASE, bold=True) for stage in mrd.stages for word in stage.split())
    size = face.BASE if longest <= wide - 3 else face.SMALL
    heads = [face.wrapped(stage, size, wide - 3, bold=True) for stage in mrd.stages]
    shapes: list[Shape] = []
    for x, lines in zip(middles, heads, strict=True):
        for row, words in enumerate(lines):
            y = top + face.ASCENT * face.BASE + row * _ROW
            shapes.append(Text(x, y, words, size, INK, bold=True, anchor="middle", role="stage"))
    y = top + face.ASCENT * face.BASE + (max(map(len, heads)) - 1) * _ROW
    for words, states in _ROWS:
        counts = [
            sum(patient.results[i].state in states for patient in mrd.patients)
            for i in range(len(mrd.stages))
        ]
        if not any(counts):
            continue
        y += _ROW
        shapes.append(Text(EDGE, y, words, face.BASE, MUTED, role="risk name"))
        shapes += [
            Text(x, y, fmt.integer(count), face.BASE, INK, anchor="middle", role="at risk")
            for x, count in zip(middles, counts, strict=True)
        ]
    return shapes, y + face.DESCENT * face.BASE


def _entries(mrd: MrdStages, looks: dict[str, Style]) -> list[Entry]:
    made = []
    for group in dict.fromkeys(patient.group for patient in mrd.patients) if mrd.group_by else [None]:
        style = looks.get(group or "", WHOLE)
        count = sum(patient.group == group for patient in mrd.patients) if mrd.group_by else len(mrd.patients)
        words = f"{group or ('Group not known' if mrd.group_by else 'One patient')} (n = {count})"
        line = (tint(style.line, 0.45), 0.6, ())
        made.append((list(looks).index(group) if group in looks else 99, words, style, line))
    entries = [
        Entry(words, Ink(style.line, style.line, style.symbol), line)
        for _, words, style, line in sorted(made, key=lambda each: each[0])
    ]
    if any(r.state != "value" or r.sign for p in mrd.patients for r in p.results):
        symbol = next(iter(looks.values()), WHOLE).symbol
        entries.append(Entry("Open: a bound, or no number", Ink("", MUTED, symbol)))
    return entries


def _description(results: Results, mrd: MrdStages) -> str:
    parts = [f"{results.study.notice}."] if results.study.notice else []
    parts.append(f"MRD of {fmt.plural(len(mrd.patients), 'patient')}.")
    for index, stage in enumerate(mrd.stages):
        states = [patient.results[index].state for patient in mrd.patients]
        counts = [
            f"{fmt.inside(words)} {sum(state in of for state in states)}"
            for words, of in _ROWS
            if any(state in of for state in states)
        ]
        parts.append(f"{stage}: {', '.join(counts)}.")
    return " ".join(parts)
