"""Sizes, styles and file formats that a study file asks for."""

from __future__ import annotations

import sys
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from dayzero import report
from dayzero.errors import BadInputError
from dayzero.report.figures import palette, workers
from dayzero.report.figures.files import write_figure
from dayzero.report.figures.formats import SLIDE_HEIGHT, SLIDE_WIDTH, sized
from dayzero.report.figures.grid import figure_scene
from dayzero.report.figures.pictures import scenes
from dayzero.report.figures.scene import POINTS_PER_MM, Line, Marks, Scene, Shape, Text, Ticks
from dayzero.study.loading import parse_study
from dayzero.study.results import Looks
from report.laid_out import assert_inside, texts
from report.pictured import pictured

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from dayzero.study.results import Results

ALL = Looks(formats=("svg", "pdf", "png", "tiff"), dpi=(150, 300))


@pytest.mark.parametrize("name", ["3", "relapsed"])
def test_all_formats_with_the_same_bytes_twice(name: str, tmp_path: Path) -> None:
    results = pictured()
    figure = next(figure for figure in results.figures if figure.id == name)
    (scene,) = scenes(results, figure)
    written = []
    for part in ("one", "two"):
        (tmp_path / part).mkdir()
        write_figure(scene, tmp_path / part, ALL)
        written.append({path.name: path.read_bytes() for path in sorted((tmp_path / part).iterdir())})
    assert written[0] == written[1]
    assert list(written[0]) == [
        *(f"{name}.pdf", f"{name}.png", f"{name}.svg"),
        *(f"{name}_150dpi.tiff", f"{name}_300dpi.tiff"),
    ]


def test_a_tiff_is_opaque_compressed_and_of_its_resolution(tmp_path: Path) -> None:
    results = pictured()
    figure = next(figure for figure in results.figures if figure.id == "3")
    (scene,) = scenes(results, figure)
    write_figure(scene, tmp_path, ALL)
    for dpi in (150, 300):
        with Image.open(tmp_path / f"3_{dpi}dpi.tiff") as picture:
            assert picture.mode == "RGB"
            assert picture.info["compression"] == "tiff_lzw"
            assert tuple(float(value) for value in picture.info["dpi"]) == (dpi, dpi)
            assert picture.width == pytest.approx(scene.width / 72 * dpi, abs=1)
            tags = picture.tag_v2  # type: ignore[attr-defined]
            assert 306 not in tags  # DateTime
            picture.load()


def test_slides_and_posters_are_enlarged_as_a_whole() -> None:
    results = pictured()
    for figure in results.figures:
        for scene in scenes(results, figure):
            slide, poster = sized(scene, "slide"), sized(scene, "poster")
            assert slide.width <= SLIDE_WIDTH * POINTS_PER_MM + 0.01
            assert slide.height <= SLIDE_HEIGHT * POINTS_PER_MM + 0.01
            assert min(text.size for text in texts(poster)) >= 18
            assert_inside(slide)
            assert poster.width / scene.width == pytest.approx(3)


def one_column(results: Results) -> Iterable[Scene]:
    results = replace(results, looks=Looks(size="single column"))
    for figure in results.figures:
        yield from scenes(results, figure)


def test_a_single_column_is_85_mm_wide() -> None:
    for scene in one_column(pictured()):
        assert scene.width == pytest.approx(85 * 72 / 25.4)
        assert_inside(scene)


def test_only_the_formats_asked_for_are_written(cohort: Results, tmp_path: Path) -> None:
    results = replace(cohort, looks=Looks(formats=("svg", "tiff"), dpi=(100,)), figures=cohort.figures[2:])
    report.write(results, tmp_path)
    names = sorted(path.name for path in (tmp_path / "figures").iterdir())
    assert names == ["3.svg", "3_100dpi.tiff", "flow.svg", "flow_100dpi.tiff"]
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "figures/3_100dpi.tiff" in page
    assert "figures/3.png" not in page
    assert (tmp_path / "report.docx").stat().st_size > 20_000


def test_a_poster_does_not_enlarge_the_report(cohort: Results, tmp_path: Path) -> None:
    sizes = {}
    for size in ("automatic", "poster"):
        folder = tmp_path / size
        folder.mkdir()
        report.write(replace(cohort, looks=Looks(size=size), figures=cohort.figures[2:]), folder)
        sizes[size] = (folder / "report.docx").read_bytes()
    assert sizes["automatic"] == sizes["poster"]


def marks_of(scene: Scene, roles: set[str]) -> set[tuple[str, str]]:
    return {(_kind(shape), shape.role) for shape in scene.shapes if shape.role in roles}


def _kind(shape: Shape) -> str:
    return shape.symbol if isinstance(shape, Marks) else type(shape).__name__


def test_curves_differ_by_dash_and_mark_as_well(cohort: Results) -> None:
    scene = figure_scene(replace(cohort, looks=Looks(style="grey")), cohort.figures[1])
    lines = [shape for shape in scene.shapes if isinstance(shape, Line) and shape.role == "curve"]
    assert len({line.dash for line in lines}) == 2
    assert {_kind(s) for s in scene.shapes if s.role == "censored"} == {"Ticks", "triangle"}
    assert {_kind(s) for s in scene.shapes if s.role == "key mark"} == {"Ticks", "triangle"}
    assert any(isinstance(shape, Ticks) for shape in scene.shapes)


def test_the_description_has_the_numbers_of_the_key(cohort: Results) -> None:
    scene = figure_scene(cohort, cohort.figures[1])
    estimates = {e.id: e for e in cohort.estimates}
    shown = [shape.text for shape in scene.shapes if isinstance(shape, Text) and shape.ref in estimates]
    assert shown
    for text in shown:
        assert f"{text} at 24 months" in scene.description
    assert "Log-rank p = 0.18" in scene.description


def test_layers_of_a_stack_differ_in_black_and_white() -> None:
    stacked = ["relapse", "death without relapse", "disease-free survival"]
    states = [
        "dead without relapse",
        "dead after relapse",
        "alive after relapse",
        "alive after GVHD, without relapse",
        "alive without relapse or GVHD",
    ]
    for labels in (stacked, states):
        shades = [palette.luminance(palette.layer_fill(label, i, "colour")) for i, label in enumerate(labels)]
        assert all(abs(a - b) > 0.06 for a, b in pairwise(shades))


def test_bars_of_a_swimmer_plot_differ_in_black_and_white() -> None:
    kinds = ("blinatumomab", "inotuzumab", "chemotherapy")
    shades = sorted(palette.luminance(palette.ink(kind, "colour").fill) for kind in kinds)
    assert all(b - a > 0.1 for a, b in pairwise(shades))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('size = "huge"', "single column"),
        ('style = "blue"', "papers"),
        ('formats = ["jpg"]', "tiff"),
        ("dpi = [30]", "dpi"),
        ("dpi = [300.5]", "dpi"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(line: str, said: str) -> None:
    with pytest.raises(BadInputError, match=said):
        parse_study(f'[study]\ntitle = "T"\n[data]\nsource = "x"\n[report.figures]\n{line}\n')


def test_a_second_process_writes_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    results = pictured()
    made = [scene for figure in results.figures[:4] for scene in scenes(results, figure)]
    looks = Looks(dpi=(100,))
    written = {}
    for name, cores, executable in (
        ("two", 2, sys.executable),
        ("one", 1, sys.executable),
        ("failing", 2, "/bin/false"),
    ):
        folder = tmp_path / name
        folder.mkdir()
        monkeypatch.setattr(workers, "_WORTH", 1)
        monkeypatch.setattr(workers.os, "cpu_count", lambda cores=cores: cores)
        monkeypatch.setattr(workers.sys, "executable", executable)
        workers.write_figures(made, folder, looks, lambda _: None)
        written[name] = {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
    assert len(written["two"]) == 3 * len(made)
    assert written["two"] == written["one"] == written["failing"]
