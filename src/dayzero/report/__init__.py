"""Results to what people read: tables, figures, sentences and one page. Computes no statistic."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from dayzero.study.results import Results

__all__ = ["write"]


def write(results: Results, folder: Path, *, progress: Callable[[str], None] | None = None) -> None:
    """Write a run's report as HTML, Word and PDF, with ``figures/`` and ``tables/``, into a folder.

    See :func:`dayzero.report.folder.write_report`; what that needs is imported only when a report is written.
    """
    from dayzero.report.folder import write_report

    write_report(results, folder, progress=progress)
