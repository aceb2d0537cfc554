"""Units and axes."""

from __future__ import annotations

import pytest

from dayzero.study.clock import axis, from_days, spoken, to_days


@pytest.mark.parametrize(
    ("time", "unit", "days"), [(24, "months", 730.5), (1, "years", 365.25), (2, "weeks", 14), (9, "days", 9)]
)
def test_days(time: float, unit: str, days: float) -> None:
    assert to_days(time, unit) == days
    assert from_days(days, unit) == time


def test_spoken() -> None:
    assert spoken(24, "months") == "24 months"
    assert spoken(1, "years") == "1 year"
    assert spoken(1015, "days") == "1,015 days"
    assert spoken(23.23, "months") == "23.23 months"


@pytest.mark.parametrize(
    ("longest", "unit", "limit", "step", "end", "ticks"),
    [
        (50.0, "months", None, None, 60.0, (0, 12, 24, 36, 48, 60)),
        (60.0, "months", None, None, 60.0, (0, 12, 24, 36, 48, 60)),
        (100.0, "months", 24.0, 6.0, 24.0, (0, 6, 12, 18, 24)),
        (1015.0, "days", None, None, 1200.0, (0, 200, 400, 600, 800, 1000, 1200)),
        (3.2, "years", None, None, 3.5, (0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5)),
        (0.0, "months", None, None, 1.0, (0, 1)),
        (20.0, "months", 20.0, 12.0, 20.0, (0, 12)),
        (5000.0, "months", None, None, 5040.0, (0, 720, 1440, 2160, 2880, 3600, 4320, 5040)),
    ],
)
def test_axis(
    longest: float, unit: str, limit: float | None, step: float | None, end: float, ticks: tuple[float, ...]
) -> None:
    assert axis(longest, unit, limit, step) == (end, ticks)
