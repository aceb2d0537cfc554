"""SVG, PDF and PNG: well-formed, self-contained, of one size, the same bytes every time, nothing clipped."""

from __future__ import annotations

import re
import struct
from dataclasses import replace
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

from dayzero import report
from dayzero.report.figures import typeface
from dayzero.report.figures.files import drawn, exact_drawing
from dayzero.report.figures.grid import figure_scene
from dayzero.report.figures.scene import Text
from report.five import five as make_five
from report.made import cohort_of_78

if TYPE_CHECKING:
    from pathlib import Path

    from dayzero.study.results import Results


@pytest.mark.parametrize("make", [cohort_of_78, make_five])
def test_two_writes_give_the_same_bytes(make: type[Results], tmp_path: Path) -> None:
    written = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        report.write(make(), folder)
        files = sorted(p for p in folder.rglob("*") if p.is_file())
        written.append({p.relative_to(folder).as_posix(): p.read_bytes() for p in files})
    assert written[0] == written[1]
    assert {"html", "csv", "xlsx"} <= {name.rsplit(".", 1)[1] for name in written[0]}


def test_every_figure_has_three_formats(cohort_folder: Path) -> None:
    names = sorted(p.name for p in (cohort_folder / "figures").iterdir())
    assert names == sorted(f"{i}.{e}" for i in ("1", "2", "3", "flow") for e in ("svg", "pdf", "png"))


def test_svg_is_whole_and_says_what_it_shows(cohort_folder: Path) -> None:
    for path in (cohort_folder / "figures").glob("*.svg"):
        text = path.read_text(encoding="utf-8")
        root = ElementTree.fromstring(text)  # noqa: S314 - our own file
        names = {"{http://www.w3.org/2000/svg}" + n for n in ("title", "desc", "style", "text", "polyline")}
        assert names <= {element.tag for element in root.iter()}
        assert set(re.findall(r"url\(\"?([a-z]+:)", text)) == {"data:"}
        assert not re.search(r"20\d\d-\d\d-\d\dT", text)


def test_sizes_are_those_of_journal_columns(cohort_folder: Path) -> None:
    for name, millimetres in (("1", 178), ("3", 85)):
        png = (cohort_folder / "figures" / f"{name}.png").read_bytes()
        width, height = struct.unpack(">II", png[16:24])
        assert width == pytest.approx(millimetres / 25.4 * 300, abs=1.5)
        pdf = (cohort_folder / "figures" / f"{name}.pdf").read_bytes()
        box = re.search(rb"/MediaBox \[ ?0 0 ([\d.]+) ([\d.]+) ?\]", pdf)
        assert box is not None
        assert float(box[1]) == pytest.approx(millimetres / 25.4 * 72, abs=0.01)
        assert height / width == pytest.approx(float(box[2]) / float(box[1]), abs=0.002)


def test_pdf_embeds_its_fonts_and_tells_no_time(cohort_folder: Path) -> None:
    for path in (cohort_folder / "figures").glob("*.pdf"):
        data = path.read_bytes()
        assert b"/FontFile2" in data
        assert b"CreationDate" not in data
        assert b"DejaVu" not in data


def test_matplotlib_draws_every_text_where_the_layout_measured_it(cohort: Results) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.text import Text as TextArtist

    scene = figure_scene(cohort, cohort.figures[0])
    figure = drawn(scene)
    figure.dpi = 4 * 72.0
    renderer = FigureCanvasAgg(figure).get_renderer()
    shapes = [shape for shape in scene.shapes if isinstance(shape, Text)]
    artists = [artist for artist in figure.artists if isinstance(artist, TextArtist)]
    for artist, shape in zip(artists, shapes, strict=True):
        with exact_drawing():
            extent = artist.get_window_extent(renderer)
        measured = typeface.extent(shape)
        start, end = (extent.y0, extent.y1) if shape.upwards else (extent.x0, extent.x1)
        along = (scene.height - measured.bottom, scene.height - measured.top)
        along = along if shape.upwards else (measured.left, measured.right)
        assert (start / 4, end / 4) == pytest.approx(along, abs=0.8)
        assert extent.x0 >= 0
        assert extent.y0 >= 0
        assert extent.x1 <= 4 * scene.width
        assert extent.y1 <= 4 * scene.height


def test_letters_that_the_typeface_lacks_are_drawn_by_another(cohort: Results, tmp_path: Path) -> None:
    figure = cohort.figures[2]
    panel = replace(
        figure.rows[0][0], title="Überleben \N{HEBREW LETTER ALEF} \N{CJK UNIFIED IDEOGRAPH-4E2D}"
    )
    report.write(replace(cohort, figures=(replace(figure, rows=((panel,),)),)), tmp_path)
    assert b"DejaVu" in (tmp_path / "figures" / "3.pdf").read_bytes()


def test_settings_of_a_machine_change_nothing(cohort: Results, cohort_folder: Path, tmp_path: Path) -> None:
    import matplotlib as mpl

    changes = {
        "lines.antialiased": False,
        "text.color": "red",
        "figure.facecolor": "yellow",
        "pdf.compression": 0,
    }
    with mpl.rc_context():
        for name, value in changes.items():
            mpl.rcParams[name] = value
        report.write(replace(cohort, figures=cohort.figures[2:]), tmp_path)
    for name in ("3.png", "3.pdf"):
        here, there = (folder / "figures" / name for folder in (tmp_path, cohort_folder))
        assert here.read_bytes() == there.read_bytes()
