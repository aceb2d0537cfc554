"""SVG, PDF and PNG: well-formed, self-contained, of one size, the same bytes every time, nothing clipped."""

from __future__ import annotations

import re
import struct
from dataclasses import replace
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest
from pypdfium2 import PdfDocument

from dayzero import report
from dayzero.report.figures import typeface
from dayzero.report.figures.grid import figure_scene
from dayzero.report.figures.pdf import pdf
from dayzero.report.figures.pixels import pixels
from dayzero.report.figures.scene import Area, Line, Marks, Scene, Text
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
        picture = (cohort_folder / "figures" / f"{name}.png").read_bytes()
        width, height = struct.unpack(">II", picture[16:24])
        assert width == pytest.approx(millimetres / 25.4 * 300, abs=1.5)
        page = (cohort_folder / "figures" / f"{name}.pdf").read_bytes()
        box = re.search(rb"/MediaBox ?\[ ?0 0 ([\d.]+) ([\d.]+) ?\]", page)
        assert box is not None
        assert float(box[1]) == pytest.approx(millimetres / 25.4 * 72, abs=0.01)
        assert height / width == pytest.approx(float(box[2]) / float(box[1]), abs=0.002)


def test_pdf_embeds_its_fonts_and_tells_no_time(cohort_folder: Path) -> None:
    for path in (cohort_folder / "figures").glob("*.pdf"):
        data = path.read_bytes()
        assert fonts_of(data) == {"Inter-Regular", "Inter-SemiBold"}
        assert b"CreationDate" not in data
        assert b"ModDate" not in data
        assert b"CreateDate" not in data


def fonts_of(data: bytes) -> set[str]:
    """Return the fonts inside a PDF, each of which must be embedded."""
    names = re.findall(rb"/FontName\s*/[A-Z]{6}\+([\w-]+)", data)
    assert len(names) == len(re.findall(rb"/FontFile[23]", data))
    return {name.decode() for name in names}


def words_of(data: bytes) -> str:
    """Return the text of a PDF's only page, as another reader finds it."""
    document = PdfDocument(data)
    text: str = document[0].get_textpage().get_text_bounded()
    pages = len(document)
    document.close()
    assert pages == 1
    return text


def test_pdf_has_every_word_as_text(cohort: Results) -> None:
    for figure in cohort.figures:
        scene = figure_scene(cohort, figure)
        text = re.sub(r"\s", "", words_of(pdf(scene)))
        for shape in scene.shapes:
            if isinstance(shape, Text) and not shape.upwards:
                assert re.sub(r"\s", "", shape.text) in text


def drawn_box(scene: Scene, shape: Text) -> tuple[float, float, float, float]:
    """Return the box of one text's letters in the PDF, from the top left: left, top, right, bottom."""
    document = PdfDocument(pdf(replace(scene, shapes=(shape,))))
    page = document[0].get_textpage()
    boxes = [page.get_charbox(index, loose=True) for index in range(page.count_chars())]
    document.close()
    left, bottom, right, top = zip(*boxes, strict=True)
    return min(left), scene.height - max(top), max(right), scene.height - min(bottom)


def test_every_text_is_drawn_where_the_layout_measured_it(cohort: Results) -> None:
    scene = figure_scene(cohort, cohort.figures[0])
    shapes = [shape for shape in scene.shapes if isinstance(shape, Text)]
    assert {shape.upwards for shape in shapes} == {True, False}
    for shape in shapes:
        left, top, right, bottom = drawn_box(scene, shape)
        measured = typeface.extent(shape)
        start, end = (top, bottom) if shape.upwards else (left, right)
        along = (measured.top, measured.bottom) if shape.upwards else (measured.left, measured.right)
        assert (start, end) == pytest.approx(along, abs=0.1), shape.text


def test_letters_that_the_typeface_lacks_are_drawn_by_another(cohort: Results, tmp_path: Path) -> None:
    figure = cohort.figures[2]
    panel = replace(figure.rows[0][0], title="Überleben \N{HEBREW LETTER ALEF}")
    report.write(replace(cohort, figures=(replace(figure, rows=((panel,),)),)), tmp_path)
    data = (tmp_path / "figures" / "3.pdf").read_bytes()
    assert fonts_of(data) == {"Inter-Regular", "Inter-SemiBold", "DejaVuSans"}
    assert "\N{HEBREW LETTER ALEF}" in words_of(data)


@pytest.mark.parametrize(
    "text", ["\N{HEBREW LETTER ALEF}" * 12, "\N{ARMENIAN CAPITAL LETTER AYB}" * 12, "⅓" * 12]
)
def test_another_script_is_as_wide_as_the_layout_measured(cohort: Results, text: str) -> None:
    scene = figure_scene(cohort, cohort.figures[2])
    left, _, right, _ = drawn_box(scene, Text(60, 40, text, 8.0))
    assert right - left == pytest.approx(typeface.width(text, 8.0), abs=0.1)
    assert typeface.width(text, 8.0) != 12 * 8.0


def test_an_unknown_letter_fails_no_figure(cohort: Results) -> None:
    scene = figure_scene(cohort, cohort.figures[2])
    shape = Text(60, 40, "\N{CJK UNIFIED IDEOGRAPH-4E2D}", 8.0)
    page = pdf(replace(scene, shapes=(shape,)))
    assert "DejaVuSans" not in fonts_of(page)
    assert pixels(page, 72).min() < 200
    assert typeface.width(shape.text, 8.0) == 8.0


def test_shapes_cover_one_another_in_their_order_in_every_format() -> None:
    square = ((2.0, 2.0), (8.0, 2.0), (8.0, 8.0), (2.0, 8.0))
    line = Line(((0.0, 5.0), (10.0, 5.0)), "#ff0000", 2.0)
    over = Scene("s", 10, 10, "t", "d", (line, Area(square, "#0000ff")))
    under = replace(over, shapes=over.shapes[::-1])
    marks = replace(over, shapes=(line, Marks(((5.0, 5.0),), "square", 3.0, "", "#00aa00", 1.0)))
    colours = [tuple(pixels(pdf(scene), 72)[5, 5].tolist()) for scene in (over, under, marks)]
    assert colours == [(0, 0, 255), (255, 0, 0), (255, 255, 255)]


def test_dashes_are_as_long_as_the_layout_says() -> None:
    line = Line(((0.0, 5.0), (40.0, 5.0)), "#000000", 2.0, (6.0, 4.0))
    row = pixels(pdf(Scene("s", 40, 10, "t", "d", (line,))), 72)[4, :, 0]
    assert (row < 128).tolist() == ([True] * 6 + [False] * 4) * 4
