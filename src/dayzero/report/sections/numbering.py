"""Numbers of tables and figures, and the names of their files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dayzero.report.document import Block, TableBlock
from dayzero.report.figures.flow import FLOW_ID
from dayzero.report.figures.formats import file_list

if TYPE_CHECKING:
    from dayzero.report.tables.model import Table
    from dayzero.study.results import Looks


class Numbering:
    """Numbers of tables and figures, in the order in which they come."""

    def __init__(self) -> None:
        self.tables = 0
        self.figures = 0

    def table(self, table: Table | None) -> list[Block]:
        """Return a numbered table, or nothing."""
        if table is None:
            return []
        self.tables += 1
        return [TableBlock(self.tables, table)]

    def next_figure(self) -> int:
        """Return the number of the next figure."""
        self.figures += 1
        return self.figures


def file_names(ids: list[str]) -> list[str]:
    """Return names of files for figures: their ids, made safe for every file system, none twice."""
    taken = {FLOW_ID}
    names = []
    for text in ids:
        safe = re.sub(r"[^A-Za-z0-9._-]+", "_", text).strip("._-") or "figure"
        name, count = safe, 1
        while name.lower() in taken:
            count += 1
            name = f"{safe}_{count}"
        taken.add(name.lower())
        names.append(name)
    return names


def files_of(name: str, looks: Looks) -> tuple[str, ...]:
    """Return the files that a figure is written to, beside the report."""
    return tuple(f"figures/{file}" for file in file_list(name, looks))
