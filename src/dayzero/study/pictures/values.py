"""Laboratory results as points of a figure: a number, or a bound drawn at its limit."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw

from dayzero.endpoints.frames import DAY, collect, lazy
from dayzero.records.results import UNITS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dayzero.study.pictures.material import Material

_BELOW: Final = ("<", "≤")
_ABOVE: Final = (">", "≥")
#: Analytes whose course is read on a logarithmic axis, with the lowest value that is drawn apart.
LOG_FLOOR: Final = {
    "ANC": 0.01,
    "platelets": 1.0,
    "MRD": 1e-6,
    "CMV DNA": 1.0,
    "EBV DNA": 1.0,
    "adenovirus DNA": 1.0,
}


NO_SPECIMEN: Final = "specimen not recorded"


@dataclass(frozen=True)
class Point:
    """One result: ``sign`` is ``<`` or ``>`` where ``value`` is only a bound, else empty."""

    patient: str
    day: float
    value: float
    sign: str
    specimen: str = ""

    @property
    def rank(self) -> tuple[float, int]:
        """Order of results: a result below a limit comes before one at it, one above a limit after."""
        return self.value, {"<": -1, "": 0, ">": 1}[self.sign]


@dataclass(frozen=True)
class Points:
    """The results of one analyte in one unit, and what could not be drawn."""

    points: tuple[Point, ...]
    unit: str
    notes: tuple[str, ...]


def points_of(material: Material, analyte: str, ids: Sequence[str], specimen: str = "") -> Points:
    """Return every result of an analyte that has a place on an axis, by patient and day.

    A negative result stands at its sensitivity, as a bound; without a stated sensitivity it stands at the
    lowest value of the axis. A word that is no number (positive, not done, unknown) has no place and is
    counted in the notes.
    """
    wanted = lazy(material.records, "measurements").filter(
        nw.col("analyte") == analyte, ~DAY.is_null(), nw.col("patient_id").is_in(list(ids))
    )
    rows = list(collect(wanted).sort("patient_id", "day", "row").iter_rows(named=True))
    if specimen:
        rows = [row for row in rows if str(row["specimen"] or "").lower() == specimen.lower()]
    units: dict[str, int] = {}
    for row in rows:
        if row["value"] is not None:
            units[row["unit"] or ""] = units.get(row["unit"] or "", 0) + 1
    unit = UNITS[analyte][0] if analyte in UNITS else max(units, key=lambda u: (units[u], u), default="")
    points: list[Point] = []
    words: dict[str, int] = {}
    foreign = 0
    for row in rows:
        if row["value"] is not None and (row["unit"] or unit) != unit:
            foreign += 1
            continue
        point = _point(row, analyte)
        if point is None:
            word = str(row["text"] or "")
            words[word] = words.get(word, 0) + 1
        else:
            points.append(point)
    empty = words.pop("", 0)
    notes = [f"{count} results '{word}' have no place on the axis" for word, count in sorted(words.items())]
    if empty:
        notes.append(f"{empty} results without a usable value are not drawn")
    if foreign:
        notes.append(f"{foreign} results in a unit other than {unit or 'the usual one'} are not shown")
    return Points(tuple(points), unit, tuple(notes))


def _point(row: dict[str, Any], analyte: str) -> Point | None:
    patient, day, specimen = row["patient_id"], float(row["day"]), str(row["specimen"] or "")
    if row["value"] is not None:
        sign = row["operator"] or "="
        bound = "<" if sign in _BELOW else ">" if sign in _ABOVE else ""
        return Point(patient, day, float(row["value"]), bound, specimen)
    if str(row["text"] or "").lower() == "negative":
        return Point(patient, day, float(row["sensitivity"] or LOG_FLOOR.get(analyte, 0.0)), "<", specimen)
    return None


#: Results of different specimens of these are different things: marrow is not blood, CD3 not whole blood.
_APART: Final = ("chimerism", "MRD", "CMV DNA", "EBV DNA", "adenovirus DNA")


def specimens_of(points: Sequence[Point], analyte: str) -> tuple[str, ...]:
    """Return the specimens that must be told apart, most results first; empty where it does not matter."""
    if analyte not in _APART:
        return ()
    counts: dict[str, int] = {}
    for point in points:
        name = point.specimen or NO_SPECIMEN
        counts[name] = counts.get(name, 0) + 1
    return tuple(sorted(counts, key=lambda name: (-counts[name], name)))


def _round_down(value: float) -> float:
    """Return the largest of 1, 2 and 5 times a power of ten that is not above a value."""
    power = math.floor(math.log10(value) + 1e-9)
    return max(float(f"{f}e{power}") for f in (1, 2, 5) if float(f"{f}e{power}") <= value * (1 + 1e-9))


def _round_up(value: float) -> float:
    """Return the smallest of 1, 2 and 5 times a power of ten that is not below a value."""
    power = math.ceil(math.log10(value) - 1e-9)
    steps = (float(f"{f}e{p}") for f, p in ((2, power - 1), (5, power - 1), (1, power)))
    return min(step for step in steps if step >= value * (1 - 1e-9))


def value_axis(points: Sequence[Point], analyte: str, *, log: bool, levels: Sequence[float]) -> list[float]:
    """Return the lowest and highest value of an axis that holds every point and level."""
    values = [point.value for point in points] + list(levels)
    highest = max(values, default=1.0) or 1.0
    if log:
        floor = LOG_FLOOR.get(analyte, 1e-6)
        lowest = max(floor, min([v for v in values if v > 0], default=floor))
        low, high = _round_down(lowest), _round_up(highest)
        return [low, high if high > low else 10 * low]
    if analyte in UNITS and UNITS[analyte][0] == "%":
        least = min(values, default=0.0)
        return [0.0 if least < 50 else 10.0 * math.floor((least - 5) / 10), max(100.0, highest)]
    return [0.0, highest]
