"""The key of a panel: which line is which group, its estimate at the horizons, and the test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dayzero.report import format as fmt
from dayzero.report.figures import typeface as face
from dayzero.report.figures.curves import CENSOR_HALF_HEIGHT, CENSOR_RADIUS, CENSOR_WIDTH
from dayzero.report.figures.palette import INK, MUTED
from dayzero.report.figures.scene import Line, Marks, Shape, Text, Ticks
from dayzero.report.wording import ci_text, test_p

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dayzero.report.figures.palette import Style
    from dayzero.study.results import Curve, Estimate, Test

SIZE = face.BASE
ROW = SIZE * face.LINE_HEIGHT
_SWATCH, _GAP = 12.0, 6.0


@dataclass(frozen=True)
class Entry:
    """One group: its style, its name with n, and its printed estimates, each with the id it came from."""

    style: Style
    name: str
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Key:
    """A key ready to be placed: its shapes start at (0, 0)."""

    width: float
    height: float
    shapes: tuple[Shape, ...]


def entry(curve: Curve, style: Style, estimates: Sequence[Estimate], *, named: bool) -> Entry:
    """Return the line of a curve; the only curve of a panel needs no name, its n is enough."""
    count = f"n = {fmt.integer(curve.n)}"
    name = f"{curve.label} ({count})" if named else count
    return Entry(style, name, tuple((estimate_text(e), e.id) for e in estimates))


def estimate_text(estimate: Estimate) -> str:
    """Print an estimate with its interval as a figure has room for: ``92.9% (59.1–99.0)``."""
    if estimate.estimate is None:
        return fmt.NOT_ESTIMABLE
    return f"{fmt.percent(estimate.estimate)} ({ci_text(estimate, name=False)})"


def heads(estimates: Sequence[Estimate]) -> list[str]:
    """Return the heading of each column of estimates, one for each horizon."""
    horizons = dict.fromkeys((e.time, e.unit, e.conf_level) for e in estimates if e.time is not None)
    return [
        f"{fmt.sentence(fmt.horizon(time, unit))} ({fmt.confidence(level)})" for time, unit, level in horizons
    ]


def key(columns: Sequence[str], entries: Sequence[Entry], test: Test | None, limit: float) -> Key:
    """Lay out a key no wider than ``limit``; estimates go below the names where both do not fit in a row."""
    swatch = _SWATCH + 3 if len(entries) > 1 else 0.0
    names = max((face.width(e.name, SIZE) for e in entries), default=0.0)
    widths = [
        max(
            face.width(head, face.SMALL),
            *(face.width(e.values[i][0], SIZE) for e in entries if i < len(e.values)),
            0.0,
        )
        for i, head in enumerate(columns)
    ]
    beside = swatch + names + sum(_GAP + width for width in widths) <= limit
    place = _Placed(swatch, names + _GAP if beside else 0.0, widths, limit - swatch, beside=beside)
    shapes, bottom = place.rows(columns, entries)
    if test is not None:
        bottom += ROW
        shapes.append(Text(0, bottom, test_p(test), SIZE, INK, ref=test.id, role="test"))
    right = max((face.extent(s).right for s in shapes if isinstance(s, Text)), default=0.0)
    return Key(right, bottom + face.DESCENT * SIZE, tuple(shapes))


def _mark(style: Style, x: float, y: float) -> Shape:
    """Return the mark of a censored patient as the curve has it."""
    if style.symbol == "circle":
        ends = ((x, y - CENSOR_HALF_HEIGHT), (x, y + CENSOR_HALF_HEIGHT))
        return Ticks((ends,), style.line, CENSOR_WIDTH, role="key mark")
    return Marks(((x, y),), style.symbol, CENSOR_RADIUS, "", style.line, CENSOR_WIDTH, "key mark")


@dataclass(frozen=True)
class _Placed:
    """The columns of a key: where the names and the estimates start."""

    swatch: float
    first: float
    widths: list[float]
    room: float
    beside: bool

    def column(self, index: int) -> float:
        return self.swatch + self.first + sum(width + _GAP for width in self.widths[:index])

    def rows(self, columns: Sequence[str], entries: Sequence[Entry]) -> tuple[list[Shape], float]:
        y = face.ASCENT * SIZE
        shapes: list[Shape] = []
        for index, head in enumerate(columns):
            shapes.append(Text(self.column(index), y, head, face.SMALL, MUTED, role="key heading"))
        y -= 0 if columns else ROW
        for line in entries:
            y += ROW
            if self.swatch:
                middle = y - 0.36 * SIZE
                ends = ((0.0, middle), (_SWATCH, middle))
                shapes.append(Line(ends, line.style.line, 1.1, line.style.dash, role="key line"))
                shapes.append(_mark(line.style, _SWATCH / 2, middle))
            for number, part in enumerate(face.wrapped(line.name, SIZE, self.room)):
                y += ROW if number else 0
                shapes.append(Text(self.swatch, y, part, SIZE, line.style.word, role="key name"))
            y += 0 if self.beside or not line.values else ROW
            shapes.extend(
                Text(self.column(i), y, text, SIZE, line.style.word, ref=ref, role="estimate")
                for i, (text, ref) in enumerate(line.values)
            )
        return shapes, y
