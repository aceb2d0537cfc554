"""Days and the units that studies report: a month is 30.4375 days, a year 365.25 (both exact in binary)."""

from __future__ import annotations

import math

DAYS_IN = {"days": 1.0, "weeks": 7.0, "months": 30.4375, "years": 365.25}
#: Distances of axis ticks that people expect, by unit.
_STEPS = {
    "days": (1, 2, 5, 10, 20, 50, 100, 200, 365, 730, 1825),
    "weeks": (1, 2, 4, 8, 13, 26, 52, 104, 260),
    "months": (1, 2, 3, 6, 12, 24, 36, 60, 120),
    "years": (0.25, 0.5, 1, 2, 5, 10, 20),
}
_MOST_TICKS = 7


def to_days(time: float, unit: str) -> float:
    """Convert a time in ``unit`` to days."""
    return time * DAYS_IN[unit]


def from_days(days: float, unit: str) -> float:
    """Convert days to ``unit``."""
    return float(days) / DAYS_IN[unit]


def spoken(time: float, unit: str) -> str:
    """Say a time with its unit: ``24 months``, ``1 year``."""
    word = unit[:-1] if time == 1 else unit
    return f"{time:,.10g} {word}"


def tick_step(longest: float, unit: str) -> float:
    """Return a distance of axis ticks that gives at most seven of them up to ``longest``."""
    for step in _STEPS[unit]:
        if longest / step <= _MOST_TICKS:
            return float(step)
    return float(math.ceil(longest / _MOST_TICKS / _STEPS[unit][-1]) * _STEPS[unit][-1])


def axis(
    longest: float, unit: str, limit: float | None, step: float | None
) -> tuple[float, tuple[float, ...]]:
    """Return the end of the time axis and its ticks.

    Parameters
    ----------
    longest : float
        Longest time to be drawn, in ``unit``.
    unit : str
    limit, step : float or None
        What the study file says; when it says nothing, whole ticks that hold every curve.
    """
    reach = limit or longest or 1.0
    distance = step or tick_step(reach, unit)
    end = limit or math.ceil(round(reach / distance, 9)) * distance
    count = math.floor(round(end / distance, 9))
    return float(end), tuple(float(i * distance) for i in range(count + 1))
