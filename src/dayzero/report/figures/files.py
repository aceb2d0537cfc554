"""A figure as files: SVG from its shapes, PDF from the SVG, PNG and TIFF from the PDF."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dayzero.report.figures.formats import sized, tiff_name
from dayzero.report.figures.pdf import pdf
from dayzero.report.figures.pixels import pixels
from dayzero.report.figures.png import png
from dayzero.report.figures.svg import svg
from dayzero.report.figures.tiff import tiff

if TYPE_CHECKING:
    from pathlib import Path

    from dayzero.report.figures.scene import Scene
    from dayzero.study.results import Looks

PNG_DPI = 300


def write_figure(scene: Scene, folder: Path, looks: Looks) -> None:
    """Write a figure in every format asked for, at the size asked for.

    SVG keeps text as text; a PDF embeds its fonts, its text can be selected; PNG and TIFF (LZW) have no
    transparency and state their resolution. No file holds a date: the same figure gives the same bytes.
    """
    made = sized(scene, looks.size)
    if "svg" in looks.formats:
        (folder / f"{scene.id}.svg").write_text(svg(made), encoding="utf-8", newline="\n")
    if set(looks.formats) <= {"svg"}:
        return
    page = pdf(made)
    if "pdf" in looks.formats:
        (folder / f"{scene.id}.pdf").write_bytes(page)
    _write_pictures(page, scene.id, folder, looks)


def picture(scene: Scene, dpi: int = PNG_DPI) -> bytes:
    """Return a figure as laid out, as PNG: what Word shows, and pages of the documentation."""
    return png(pixels(pdf(scene), dpi), dpi)


def _write_pictures(page: bytes, name: str, folder: Path, looks: Looks) -> None:
    """Write PNG and TIFF; a resolution is drawn once for both."""
    tiffs = looks.dpi if "tiff" in looks.formats else ()
    png_dpi = looks.dpi[0] if "png" in looks.formats else None
    for dpi in dict.fromkeys((*looks.dpi[:1], *tiffs)):
        if dpi != png_dpi and dpi not in tiffs:
            continue
        drawn = pixels(page, dpi)
        if dpi == png_dpi:
            (folder / f"{name}.png").write_bytes(png(drawn, dpi))
        if dpi in tiffs:
            tiff(drawn, dpi, folder / tiff_name(name, dpi))
