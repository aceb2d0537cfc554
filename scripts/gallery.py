"""Draw the pictures of docs/gallery.md from the examples: python scripts/gallery.py [folder]."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from dayzero.examples import study_path
from dayzero.report.compose import document
from dayzero.report.document import FigureBlock
from dayzero.report.figures.files import picture
from dayzero.study.loading import parse_study
from dayzero.study.results import Looks
from dayzero.study.runner import run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dayzero.report.figures.scene import Scene

FOLDER = Path(__file__).parents[1] / "docs" / "images" / "gallery"
#: Small enough for a page, large enough to read.
DPI = 110
#: What no example's report has, asked of the constructed cohort for the gallery alone.
MORE = """
[figures.one]
kind = "timeline"
title = "One patient"
patient = "A006"
limit = 12

[figures.chimerism]
kind = "course"
analyte = "chimerism"
"""
#: Picture -> example, figure and style.
PICTURES = {
    "flow": ("algeri2025", "flow", "colour"),
    "curves": ("algeri2025", "1", "colour"),
    "curves_grey": ("algeri2025", "2", "grey"),
    "curves_papers": ("perugia", "2", "papers"),
    "swimmer": ("algeri2025", "4", "colour"),
    "mrd": ("algeri2025", "5", "colour"),
    "course": ("algeri2025", "7", "colour"),
    "chimerism": ("algeri2025", "chimerism", "colour"),
    "states": ("algeri2025", "8", "colour"),
    "stacked": ("perugia", "3", "colour"),
    "timeline": ("algeri2025", "one", "colour"),
    "forest": ("perugia", "forest", "colour"),
}


def scenes_of(example: str, style: str, more: str = "") -> Iterator[Scene]:
    """Yield the figures of an example's report in a style."""
    path = study_path(example)
    study = parse_study(path.read_text(encoding="utf-8") + more, path.name, path.parent)
    results = replace(run(study).results, looks=Looks(style=style))
    for section in document(results).sections:
        for block in section.blocks:
            if isinstance(block, FigureBlock):
                yield block.scene


def main(folder: Path = FOLDER) -> None:
    """Draw every picture into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for example, style in dict.fromkeys((example, style) for example, _, style in PICTURES.values()):
        more = MORE if (example, style) == ("algeri2025", "colour") else ""
        drawn = {scene.id: scene for scene in scenes_of(example, style, more)}
        for name, (of, figure, looks) in PICTURES.items():
            if (of, looks) == (example, style):
                scene = next(drawn[key] for key in sorted(drawn) if key == figure or key.startswith(figure))
                (folder / f"{name}.png").write_bytes(picture(scene, DPI))
                print(name)


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:2]))
