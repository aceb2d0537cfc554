"""Figures other than curves: nothing clipped, no text on another, every number of them in words too."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dayzero.report.compose import document
from dayzero.report.document import FigureBlock
from dayzero.report.figures.pictures import scenes
from dayzero.report.figures.scene import Area, Marks, Text
from dayzero.report.figures.svg import svg
from dayzero.report.figures.swimmer import PAGE
from dayzero.study.results import Figure, Lane, Looks, Mark, Results, Stacks, Swimmer
from report.laid_out import assert_inside, assert_no_text_on_text, texts
from report.pictured import pictured

NAMES = [
    *("relapsed", "all", "stacked", "states", "whole", "chimerism", "course_mrd", "missing"),
    *("before_and_after", "one"),
]


def named(results: Results, name: str) -> Figure:
    return next(figure for figure in results.figures if figure.id == name)


@pytest.mark.parametrize("size", ["automatic", "single column", "double column"])
@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_clipped_or_covered(name: str, size: str) -> None:
    results = replace(pictured(), looks=Looks(size=size))
    for scene in scenes(results, named(results, name)):
        assert_inside(scene)
        assert_no_text_on_text(scene)
        assert min(text.size for text in texts(scene)) >= 6
        assert "Constructed data" in scene.description


def test_every_figure_is_in_the_report_with_a_caption() -> None:
    blocks = [
        b for section in document(pictured()).sections for b in section.blocks if isinstance(b, FigureBlock)
    ]
    ids = [block.scene.id for block in blocks]
    assert [name for name in NAMES if name not in ids] == []
    captions = {b.scene.id: "".join(span.text for span in b.caption) for b in blocks}
    assert "16 of 78 patients: those with relapse." in captions["relapsed"]
    assert "At each time the layers add up to 100%" in captions["states"]
    assert "Not drawn: No result of ferritin can be drawn." in captions["missing"]


def test_the_numbers_are_in_the_description() -> None:
    results = pictured()
    (scene,) = scenes(results, named(results, "stacked"))
    assert "CR2/3 (n = 64), at 24 months: relapse 29.9%, death without relapse 1.6%" in scene.description
    (scene,) = scenes(results, named(results, "relapsed"))
    assert "Died 7, alive at last contact 9." in scene.description
    assert scene.description.count("A0") == 16
    (scene,) = scenes(results, named(results, "before_and_after"))
    assert "Before transplant: with a number 6, undetectable 72." in scene.description


def test_the_layers_of_a_stack_fill_the_plot() -> None:
    for name in ("stacked", "states", "whole"):
        picture = named(pictured(), name).picture
        assert isinstance(picture, Stacks)
        for stack in picture.stacks:
            for below, above in zip(stack.layers, stack.layers[1:], strict=False):
                assert below.upper == above.lower
            assert set(stack.layers[0].lower) == {0.0}
            assert set(stack.layers[-1].upper) == {1.0}


def test_grey_uses_no_colour() -> None:
    results = replace(pictured(), looks=Looks(style="grey"))
    drawn = [b.scene for s in document(results).sections for b in s.blocks if isinstance(b, FigureBlock)]
    assert len(drawn) > 10
    for scene in drawn:
        for shape in scene.shapes:
            used = {getattr(shape, key, "") for key in ("colour", "fill", "outline")} - {""}
            for colour in used:
                assert colour[1:3] == colour[3:5] == colour[5:7], (scene.id, shape)


def test_no_word_is_broken_in_one_column() -> None:
    results = replace(pictured(), looks=Looks(size="single column"))
    (scene,) = scenes(results, named(results, "before_and_after"))
    heads = [shape.text for shape in scene.shapes if isinstance(shape, Text) and shape.role == "stage"]
    words = {word for head in heads for word in head.split()}
    assert words == {"Before", "blinatumomab", "After", "cycle", "1", "transplant"}


def lanes(count: int) -> Results:
    made = tuple(
        Lane(f"P{i:03}", (), (Mark("relapse", i % 30 + 1.0),), i % 40 + 2.0, "alive", relapse=i % 30 + 1.0)
        for i in range(count)
    )
    picture = Swimmer(made, -6.0, 48.0, (0.0, 12.0, 24.0, 36.0, 48.0), ("relapse",))
    base = pictured()
    return replace(base, figures=(Figure("s", "S", (), "months", 48.0, kind="swimmer", picture=picture),))


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 320))
def test_a_swimmer_plot_can_be_read_at_every_size(count: int) -> None:
    results = lanes(count)
    made = scenes(results, results.figures[0])
    assert len(made) == -(-count // PAGE)
    shown = [t.text for s in made for t in s.shapes if isinstance(t, Text) and t.role == "patient"]
    assert shown == [f"P{i:03}" for i in range(count)]
    for scene in made:
        assert_inside(scene)
        assert_no_text_on_text(scene)
        assert scene.height <= 640
    assert len({scene.id for scene in made}) == len(made)


def test_symbols_are_in_the_svg_once_each() -> None:
    results = lanes(3)
    (scene,) = scenes(results, results.figures[0])
    marks = [shape for shape in scene.shapes if isinstance(shape, Marks) and shape.role == "relapse"]
    assert len(marks) == 3
    assert svg(scene).count('data-role="relapse"') == 3
    assert any(isinstance(shape, Area) and shape.role == "after relapse" for shape in scene.shapes)
