"""Curves are right-continuous steps up to the last time observed; numbers at risk stand under ticks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from dayzero.report.figures import curves as drawing
from dayzero.report.figures.axes import Axes
from dayzero.report.figures.grid import figure_scene
from dayzero.report.figures.palette import WHOLE
from dayzero.report.figures.scene import Box, Line, Text
from dayzero.study.results import Curve

if TYPE_CHECKING:
    from dayzero.study.results import Results

#: 10 months are 100 points, 0 to 100% are 100 points.
AXES = Axes(Box(0, 0, 100, 100), 10.0)
#: Five patients: deaths at 2, 5 and 8, censored at 3 and 9; S = 4/5, 4/5 * 2/3 = 8/15, 8/15 * 1/2 = 4/15.
FIVE = Curve(
    id="OS.curve",
    endpoint="OS",
    label="OS",
    kind="survival",
    time=(0.0, 2.0, 5.0, 8.0),
    estimate=(1.0, 4 / 5, 8 / 15, 4 / 15),
    lower=(1.0, 0.2, None, 0.01),
    upper=(1.0, 0.97, None, 0.68),
    censor_time=(3.0, 9.0),
    censor_estimate=(4 / 5, 4 / 15),
    end=9.0,
    ticks=(0.0, 5.0, 10.0),
    at_risk=(5, 3, 0),
    n=5,
    events=3,
    unit="months",
)


def steps(curve: Curve, axes: Axes = AXES) -> list[tuple[float, float]]:
    return [(round(x, 6), round(y, 6)) for x, y in drawing.line(drawing.steps(axes, curve), WHOLE).points]


def test_steps_go_right_then_down_and_stop_at_the_last_observation() -> None:
    assert steps(FIVE) == [
        (0, 0),
        (20, 0),
        (20, 20),
        (50, 20),
        (50, 46.666667),
        (80, 46.666667),
        (80, 73.333333),
        (90, 73.333333),
    ]


def test_a_last_patient_who_dies_brings_the_curve_down() -> None:
    last = replace(
        FIVE, time=(0.0, 2.0, 9.0), estimate=(1.0, 0.8, 0.0), lower=(1.0, 0.2, 0.0), upper=(1.0,) * 3
    )
    assert steps(last)[-2:] == [(90, 20), (90, 100)]


def test_the_axis_may_end_before_the_curve() -> None:
    short = Axes(Box(0, 0, 100, 100), 4.0)
    assert steps(FIVE, short)[-1] == (100, 20)
    marks = drawing.censoring_marks(short, FIVE, WHOLE).segments
    assert [round(x, 6) for (x, _), _ in marks] == [75]


def test_censoring_marks_stand_on_the_curve() -> None:
    marks = drawing.censoring_marks(AXES, FIVE, WHOLE).segments
    assert [(round(a, 6), round((b + d) / 2, 6)) for (a, b), (_, d) in marks] == [(30, 20), (90, 73.333333)]


def test_the_band_is_open_where_there_are_no_limits() -> None:
    parts = drawing.bands(drawing.steps(AXES, FIVE), WHOLE)
    spans = [(min(x for x, _ in p.points), max(x for x, _ in p.points)) for p in parts]
    assert [(round(a, 6), round(b, 6)) for a, b in spans] == [(0, 50), (80, 90)]


def test_a_curve_that_nobody_was_followed_for() -> None:
    nobody = replace(
        FIVE, time=(0.0,), estimate=(1.0,), lower=(1.0,), upper=(1.0,), censor_time=(0.0,),
        censor_estimate=(1.0,), end=0.0,
    )  # fmt: skip
    assert steps(nobody) == [(0, 0)]


@pytest.mark.parametrize("width", [85.0, 178.0])
def test_numbers_at_risk_stand_exactly_under_their_ticks(cohort: Results, width: float) -> None:
    for figure in cohort.figures:
        scene = figure_scene(cohort, figure, width_mm=width)
        ticks = {
            round(s.points[0][0], 6)
            for s in scene.shapes
            if isinstance(s, Line) and s.role == "tick" and s.points[0][0] == s.points[1][0]
        }
        risk = [s for s in scene.shapes if isinstance(s, Text) and s.role == "at risk"]
        assert all(text.anchor == "middle" for text in risk)
        assert {round(text.x, 6) for text in risk} == ticks
        panels = [panel for row in figure.rows for panel in row]
        curves = [next(c for c in cohort.curves if c.id == i) for panel in panels for i in panel.curves]
        wanted = [
            f"{n:,}" for c in curves for t, n in zip(c.ticks, c.at_risk, strict=True) if t <= figure.limit
        ]
        assert sorted(text.text for text in risk) == sorted(wanted)


def test_a_registry_is_drawn_with_few_points_and_ends_where_it_should() -> None:
    count = 50_000
    times = tuple(10.0 * i / count for i in range(count))
    heights = tuple(1 - i / count for i in range(count))
    many = replace(
        FIVE,
        time=times,
        estimate=heights,
        lower=heights,
        upper=heights,
        end=10.0,
        censor_time=(),
        censor_estimate=(),
    )
    drawn = steps(many)
    assert len(drawn) < 4000
    assert drawn[0] == (0, 0)
    assert drawn[-1] == (100, round(100 * (1 - heights[-1]), 6))
    assert all(abs(y - x) < 0.2 for x, y in drawn)
    assert len(drawing.occupied(AXES, many)) < 60
