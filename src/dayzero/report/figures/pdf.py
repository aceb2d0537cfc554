"""A figure as PDF: its SVG on a page of its size, our own fonts inside, by the engine of ``report.pdf``."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Final

from dayzero.report.figures.svg import printed_svg
from dayzero.report.figures.typeface import FONTS

if TYPE_CHECKING:
    from typst import Compiler, Fonts

    from dayzero.report.figures.scene import Scene

#: Every text comes as a value; nothing of it is read as markup. A figure has no date.
_PAGE: Final = b"""
#let figure = json(bytes(sys.inputs.figure))
#set document(title: figure.title, author: "dayzero", description: figure.description, date: none)
#set page(width: figure.width * 1pt, height: figure.height * 1pt, margin: 0pt, fill: white)
#image(
  bytes(figure.svg), format: "svg", alt: figure.description, width: 100%, height: 100%, fit: "stretch",
)
"""


def pdf(scene: Scene) -> bytes:
    """Return a figure as a PDF of one page; the same figure gives the same bytes.

    Text stays text. A letter that the typeface lacks is drawn in DejaVu Sans, and as a box if that has it
    neither.
    """
    data = {
        "title": scene.title,
        "description": scene.description,
        "width": scene.width,
        "height": scene.height,
        "svg": printed_svg(scene),
    }
    inputs = {"figure": json.dumps(data, ensure_ascii=False)}
    made, _ = _compiler().compile_with_warnings(_PAGE, format="pdf", sys_inputs=inputs)
    if not isinstance(made, bytes):
        message = "typst returned no single file"
        raise TypeError(message)
    return made


@cache
def _compiler() -> Compiler:
    from typst import Compiler

    return Compiler(font_paths=fonts(), ignore_system_fonts=True)


@cache
def fonts() -> Fonts:
    """Return the fonts of this package, and the engine's own for letters that those lack."""
    from typst import Fonts

    return Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(FONTS)])
