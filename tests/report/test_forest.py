"""The forest plot: every mark where its ratio belongs, nothing clipped or covered, at both widths."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dayzero import examples
from dayzero.report.compose import document
from dayzero.report.document import FigureBlock
from dayzero.report.figures.forest import forest_scene
from dayzero.report.figures.log_axis import LogAxis, log_range
from dayzero.report.figures.scene import Area, Line, Scene, Text
from dayzero.study import run
from dayzero.study.results import Looks
from report.test_figure_layout import assert_inside, assert_no_text_on_text

if TYPE_CHECKING:
    from dayzero.study.results import Model, Results

WIDTHS = (85.0, 140.0, 178.0)


@cache
def perugia() -> Results:
    return run(examples.study_path("perugia")).results


def scene_of(model: Model, width: float = 140.0, results: Results | None = None) -> Scene:
    made = forest_scene(results or perugia(), model, width_mm=width)
    assert made is not None
    return made


def changed(model: Model, **values: float | None) -> Model:
    """Return a model whose first ratio has other values."""
    first, *others = (fit for fit in model.fits if fit.alone is None)
    terms = (replace(first.terms[0], **values), *first.terms[1:])
    return replace(model, fits=(replace(first, terms=terms), *others))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("index", [0, 1])
def test_nothing_is_clipped_or_covered(index: int, width: float) -> None:
    scene = scene_of(perugia().models[index], width)
    assert_inside(scene)
    assert_no_text_on_text(scene)


@pytest.mark.parametrize(
    ("size", "width"), [("automatic", 140), ("single column", 85), ("double column", 178), ("poster", 140)]
)
def test_it_is_as_wide_as_asked(size: str, width: float) -> None:
    scene = forest_scene(replace(perugia(), looks=Looks(size=size)), perugia().models[0])
    assert scene is not None
    assert scene.width == pytest.approx(width / 25.4 * 72)


@pytest.mark.parametrize("width", WIDTHS)
def test_long_labels_are_wrapped(width: float) -> None:
    model = perugia().models[1]
    long = tuple(
        replace(c, label="A covariate whose name is far longer than its column") for c in model.covariates
    )
    scene = scene_of(replace(model, covariates=long), width)
    assert_inside(scene)
    assert_no_text_on_text(scene)


def marks(scene: Scene) -> list[Area]:
    return [s for s in scene.shapes if isinstance(s, Area) and s.role == "estimate mark"]


def test_marks_stand_where_their_logarithm_says() -> None:
    """Two ratios and their places give the scale; every other mark and interval must follow it."""
    model = perugia().models[0]
    scene = scene_of(model)
    terms = [term for term in model.fits[-1].terms if not term.is_reference]
    places = [sum(x for x, _ in mark.points) / 4 for mark in marks(scene)]
    assert len(places) == len(terms)
    ratios = [math.log(term.ratio or 0) for term in terms]
    scale = (places[-3] - places[0]) / (ratios[-3] - ratios[0])
    for place, ratio in zip(places, ratios, strict=True):
        assert place == pytest.approx(places[0] + scale * (ratio - ratios[0]), abs=1e-6)
    lines = [s for s in scene.shapes if isinstance(s, Line) and s.role == "interval"]
    for line, term in zip(lines, terms, strict=True):
        for (x, _), limit in zip(line.points, (term.lower, term.upper), strict=True):
            assert x == pytest.approx(places[0] + scale * (math.log(limit or 0) - ratios[0]), abs=1e-6)


def arrows(scene: Scene) -> list[Area]:
    return [s for s in scene.shapes if isinstance(s, Area) and s.role == "arrow"]


def test_an_interval_beyond_the_axis_ends_in_an_arrow() -> None:
    model = perugia().models[0]
    assert arrows(scene_of(model)) == []
    assert len(arrows(scene_of(changed(model, upper=5000.0)))) == 1
    assert len(arrows(scene_of(changed(model, lower=1e-6, upper=5000.0)))) == 2
    assert len(arrows(scene_of(changed(model, upper=None)))) == 1


def test_the_two_hazards_differ_without_colour() -> None:
    scene = scene_of(perugia().models[1])
    assert {(len(mark.points), mark.fill) for mark in marks(scene)} == {(4, "#1a1a1a"), (4, "#ffffff")}
    dashes = {s.dash for s in scene.shapes if isinstance(s, Line) and s.role == "interval"}
    assert len(dashes) == 2


def test_every_ratio_is_printed_with_its_id() -> None:
    model = perugia().models[1]
    printed = {s.ref for s in scene_of(model).shapes if isinstance(s, Text) and s.ref}
    terms = {t.id for fit in model.fits if fit.alone is None for t in fit.terms if not t.is_reference}
    assert terms <= printed


def test_a_refused_hazard_is_said_in_its_place() -> None:
    model = perugia().models[1]
    fits = tuple(
        replace(fit, terms=()) if fit.ratio == "sHR" and fit.alone is None else fit for fit in model.fits
    )
    texts = [s.text for s in scene_of(replace(model, fits=fits)).shapes if isinstance(s, Text)]
    assert texts.count("not estimable") == 12


def test_a_hazard_without_any_ratio_has_no_mark() -> None:
    model = perugia().models[1]
    fits = tuple(replace(fit, terms=()) if fit.ratio == "sHR" else fit for fit in model.fits)
    scene = scene_of(replace(model, fits=fits))
    assert {mark.fill for mark in marks(scene)} == {"#1a1a1a"}
    assert "sHR (95% CI)" not in [s.text for s in scene.shapes if isinstance(s, Text)]


def test_the_description_reads_the_ratios_aloud() -> None:
    text = scene_of(perugia().models[0]).description
    assert "Sex female HR 1.50 (1.05–2.13)" in text
    assert "male HR" not in text.replace("female HR", "")


def test_a_model_without_ratios_has_no_plot() -> None:
    model = replace(perugia().models[0], fits=())
    assert forest_scene(perugia(), model) is None


def test_the_notice_of_constructed_data_is_in_the_plot() -> None:
    results = replace(perugia(), study=replace(perugia().study, notice="Constructed data"))
    scene = scene_of(results.models[0], results=results)
    assert "Constructed data" in [s.text for s in scene.shapes if isinstance(s, Text)]
    assert scene.description.startswith("Forest plot of Disease-free survival. Constructed data")


def test_the_report_draws_one_under_each_model() -> None:
    section = next(s for s in document(perugia()).sections if s.id == "models")
    scenes = [block.scene.id for block in section.blocks if isinstance(block, FigureBlock)]
    assert scenes == ["forest_DFS_1", "forest_CIR_1"]


positive = st.floats(0.001, 1000, allow_nan=False)


@given(st.lists(st.tuples(positive, st.floats(1, 50), st.floats(1, 50)), min_size=1, max_size=8))
def test_the_axis_holds_one_and_every_readable_ratio(found: list[tuple[float, float, float]]) -> None:
    ratios = [ratio for ratio, _, _ in found]
    limits = [end for ratio, below, above in found for end in (ratio / below, ratio * above)]
    low, high = log_range(ratios, limits)
    assert low <= 0.5 < 2 <= high
    for ratio in ratios:
        assert low <= max(ratio, 0.01)
        assert min(ratio, 100) <= high
    axis = LogAxis(low, high, 10.0, 110.0)
    assert 1.0 in axis.ticks
    assert all(10 <= axis.x(ratio) <= 110 for ratio in (*ratios, *limits))
