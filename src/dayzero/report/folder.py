"""Write a report: as a page, for Word and as PDF, its figures in three formats, its tables as files."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from dayzero.report.compose import all_tables, document
from dayzero.report.document import Document, FigureBlock
from dayzero.report.html import to_html
from dayzero.report.tables.as_csv import to_csv
from dayzero.report.tables.as_xlsx import write_xlsx
from dayzero.study.tracing import NOBODY

if TYPE_CHECKING:
    from collections.abc import Callable

    from dayzero.report.figures.scene import Scene
    from dayzero.study.results import Looks, Results
    from dayzero.study.tracing import Trace

WORKBOOK = "tables.xlsx"


def write_report(
    results: Results,
    folder: Path,
    *,
    trace: Trace = NOBODY,
    progress: Callable[[str], None] | None = None,
) -> None:
    """Write a report of a run.

    Parameters
    ----------
    results : Results
        Everything that the run found; nothing is computed here.
    folder : Path
        An existing folder. Gets ``report.html``, ``report.docx``, ``report.pdf``,
        ``figures/<id>.svg|pdf|png`` (or what ``[report.figures]`` asks for), ``tables/<name>.csv`` and
        ``tables/tables.xlsx``; the same results give the same bytes.
    trace : Trace
        The patients behind the numbers, for the page.
    progress : callable, optional
        Told what is being written.

    Raises
    ------
    OSError
        When the folder cannot be written to.
    """
    say = progress or _silent
    say("page")
    page = document(results, trace)
    (folder / "report.html").write_text(to_html(page), encoding="utf-8", newline="\n")
    _write_tables(results, folder / "tables", say)
    scenes = _scenes(page)
    _write_figures(scenes, folder / "figures", results.looks, say)
    _write_prints(page, folder, say, own_pictures=bool(scenes) and not _usable(results.looks))


def _silent(_: str) -> None:
    """Tell nobody."""


def _scenes(page: Document) -> list[Scene]:
    return [
        block.scene for section in page.sections for block in section.blocks if isinstance(block, FigureBlock)
    ]


def _write_tables(results: Results, folder: Path, say: Callable[[str], None]) -> None:
    say("tables")
    folder.mkdir(exist_ok=True)
    tables = all_tables(results)
    for table in tables:
        (folder / f"{table.name}.csv").write_text(to_csv(table), encoding="utf-8", newline="")
    if tables:
        write_xlsx(tables, folder / WORKBOOK)


def _write_figures(scenes: list[Scene], folder: Path, looks: Looks, say: Callable[[str], None]) -> None:
    if not scenes:
        return
    from dayzero.report.figures.workers import write_figures

    folder.mkdir(exist_ok=True)
    write_figures(scenes, folder, looks, say)


def _usable(looks: Looks) -> bool:
    """Return whether the figures' PNG files are what Word shows: of a journal's size, at 300 dpi."""
    from dayzero.report.figures.files import PNG_DPI

    return "png" in looks.formats and looks.size not in ("slide", "poster") and looks.dpi[0] == PNG_DPI


def _write_prints(page: Document, folder: Path, say: Callable[[str], None], *, own_pictures: bool) -> None:
    """Write the report as PDF and for Word, with the pictures in the folder or with pictures of its own."""
    from dayzero.report.figures.files import picture
    from dayzero.report.pdf.writer import to_pdf
    from dayzero.report.word.writer import to_docx

    say("PDF")
    (folder / "report.pdf").write_bytes(to_pdf(page))
    say("Word")
    if not own_pictures:
        (folder / "report.docx").write_bytes(to_docx(page, folder / "figures"))
        return
    with TemporaryDirectory() as aside:
        for scene in _scenes(page):
            (Path(aside) / f"{scene.id}.png").write_bytes(picture(scene))
        (folder / "report.docx").write_bytes(to_docx(page, Path(aside)))
