"""Nothing in a figure is clipped, nothing covers a curve, no text covers another, at both journal widths."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dayzero.report.compose import document
from dayzero.report.document import FigureBlock
from dayzero.report.figures.flow import flow_scene
from dayzero.report.figures.grid import figure_scene
from dayzero.report.figures.placing import free, room_for
from dayzero.report.figures.scene import Area, Box, Line
from dayzero.study.results import Looks
from report.curves import drawn_figure
from report.laid_out import (
    assert_good,
    assert_inside,
    assert_no_text_on_curve,
    assert_no_text_on_text,
    texts,
)

if TYPE_CHECKING:
    from dayzero.study.results import Results

WIDTHS = (85.0, 178.0)


@pytest.mark.parametrize("width", WIDTHS)
def test_figures_of_the_cohort(cohort: Results, width: float) -> None:
    for figure in cohort.figures:
        assert_good(figure_scene(cohort, figure, width_mm=width))


@pytest.mark.parametrize("width", WIDTHS)
def test_long_names_of_groups_and_titles(cohort: Results, width: float) -> None:
    long = "Inotuzumab ozogamicin before blinatumomab in second or later remission"
    curves = tuple(replace(c, label=f"{c.label} {long}") if c.group else c for c in cohort.curves)
    figures = tuple(
        replace(
            f,
            rows=tuple(
                tuple(replace(p, title=f"{p.title} {long}", y_label=f"{p.y_label} {long}") for p in row)
                for row in f.rows
            ),
        )
        for f in cohort.figures
    )
    results = replace(cohort, curves=curves, figures=figures)
    for figure in results.figures:
        assert_inside(figure_scene(results, figure, width_mm=width))
        assert_no_text_on_curve(figure_scene(results, figure, width_mm=width))


def test_a_key_covers_no_band_where_there_is_room() -> None:
    sides = [Box(0, 0, 20, 100), Box(180, 0, 200, 100)]
    place = room_for(50, 20, Box(0, 0, 200, 100), [], sides)
    assert place is not None
    assert free(place, sides)
    # A gap that none of the usual places fits is found too.
    walls = [Box(0, 0, 57, 100), Box(109, 0, 200, 100)]
    place = room_for(50, 20, Box(0, 0, 200, 100), [], walls)
    assert place is not None
    assert free(place, walls)
    # Where everything is a band, a place on it is better than none; a line that is cut there is no band.
    everywhere = [Box(0, 0, 200, 100)]
    assert room_for(50, 20, Box(0, 0, 200, 100), [], everywhere) is not None
    assert room_for(50, 20, Box(0, 0, 200, 100), everywhere, []) is None


@pytest.mark.parametrize("style", ["colour", "grey"])
def test_a_key_has_white_ground_only_on_a_band(style: str) -> None:
    crowded = drawn_figure([[0.05] * 6, [0.1] * 6, [0.2] * 6], rising=False, horizons=(12.0, 24.0))
    roomy = drawn_figure([[0.05]], rising=False, horizons=(12.0,))
    for results, grounds in ((crowded, 1), (roomy, 0)):
        drawn = replace(results, looks=Looks(style=style))
        scene = figure_scene(drawn, drawn.figures[0], width_mm=178)
        assert_good(scene)
        roles = [shape.role for shape in scene.shapes]
        assert roles.count("key ground") == grounds
        if grounds:
            at = roles.index("key ground")
            ground = scene.shapes[at]
            assert isinstance(ground, Area)
            assert (ground.fill, ground.opacity) == ("#ffffff", 0.75)  # the band is still seen
            assert ground.outline
            assert "band" in roles[:at]
            assert not {"band", "horizon"} & set(roles[at:])
            assert not {"curve", "key name", "estimate"} & set(roles[:at])


@given(
    drops=st.lists(st.lists(st.floats(0.01, 0.4), min_size=1, max_size=12), min_size=1, max_size=4),
    rising=st.booleans(),
    several=st.booleans(),
)
@settings(deadline=None, max_examples=40)
def test_any_curves(drops: list[list[float]], *, rising: bool, several: bool) -> None:
    results = drawn_figure(drops, rising=rising, horizons=(12.0, 24.0) if several else (24.0,))
    assert_good(figure_scene(results, results.figures[0], width_mm=85))


def test_panels_share_sizes_and_a_figure_its_axes(cohort: Results) -> None:
    scene = figure_scene(cohort, cohort.figures[0])
    axes = [s for s in scene.shapes if isinstance(s, Line) and s.role == "axis"]
    lengths = {round(abs(a[0] - b[0]) + abs(a[1] - b[1]), 6) for a, b in (line.points for line in axes)}
    assert len(axes) == 8
    assert len(lengths) == 2
    labels = [t.text for t in texts(scene) if t.role == "tick label" and t.anchor == "end"]
    assert labels == ["0", "20", "40", "60", "80", "100"] * 4


def test_refused_panel_says_why(cohort: Results) -> None:
    figure = cohort.figures[2]
    panel = replace(figure.rows[0][0], refused="Groups known only after day 0 make no curves.", curves=())
    scene = figure_scene(replace(cohort), replace(figure, rows=((panel,),)))
    said = " ".join(t.text for t in texts(scene) if t.role == "refused")
    assert said == "Not drawn Groups known only after day 0 make no curves."
    assert_good(scene)
    assert not [s for s in scene.shapes if isinstance(s, Line) and s.role == "curve"]


@pytest.mark.parametrize("width", WIDTHS)
def test_flow_diagram(cohort: Results, five: Results, width: float) -> None:
    for results in (cohort, five):
        scene = flow_scene(results, width_mm=width)
        assert_inside(scene)
        assert_no_text_on_text(scene)


@pytest.mark.parametrize(
    ("size", "width"), [("automatic", 85), ("single column", 85), ("double column", 178), ("slide", 85)]
)
def test_the_flow_diagram_is_as_wide_as_asked(cohort: Results, size: str, width: float) -> None:
    scene = flow_scene(replace(cohort, looks=Looks(size=size)))
    assert scene.width == pytest.approx(width / 25.4 * 72)


def test_flow_diagram_counts(cohort: Results) -> None:
    said = [t.text for t in texts(flow_scene(cohort)) if t.role == "flow"]
    assert [t for t in said if t.startswith("n = ")] == [
        "n = 91",
        "n = 85",
        "n = 78",
        "n = 14",
        "n = 64",
        "n = 26",
        "n = 38",
    ]
    assert "Left out: n = 9" in said
    assert any(t.startswith("2 not known whether") for t in said)


def test_a_figure_without_panels_is_left_out(cohort: Results) -> None:
    empty = replace(cohort.figures[0], rows=())
    gap = replace(cohort.figures[2], rows=((), *cohort.figures[2].rows))
    page = document(replace(cohort, figures=(empty, gap)))
    scenes = [b.scene.id for s in page.sections for b in s.blocks if isinstance(b, FigureBlock)]
    assert scenes == ["flow", "3"]


def test_a_flow_of_one_box_is_left_out(five: Results) -> None:
    blocks = [block for section in document(five).sections for block in section.blocks]
    assert not [block for block in blocks if isinstance(block, FigureBlock)]
