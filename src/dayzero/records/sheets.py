"""The sheets of a workbook as python-calamine gives them: typed cells, hidden or not, merged ranges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import python_calamine as calamine

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from dayzero.records.cells import Cell

Place = tuple[int, int]


@dataclass(frozen=True)
class Sheet:
    """One sheet.

    Attributes
    ----------
    name : str
    number : int
        Its place in the workbook, from 1.
    hidden : bool
    rows : list of list of Cell
        From the first row and column of the sheet, every row equally long; empty if it was not asked for.
    merged : list of (Place, Place)
        Upper left and lower right cell of each merged range, zero-based (row, column).
    """

    name: str
    number: int
    hidden: bool
    rows: list[list[Cell]]
    merged: list[tuple[Place, Place]]


def load_sheets(path: Path, wanted: Callable[[str], bool]) -> list[Sheet]:
    """Return the sheets of a workbook, with the rows of those wanted by name.

    Raises
    ------
    python_calamine.PasswordError
        When the workbook has a password.
    python_calamine.CalamineError, ValueError, OSError
        When it is damaged.
    """
    book = calamine.CalamineWorkbook.from_path(path)
    return [
        _load(book, data, number) if wanted(data.name) else _unread(data, number)
        for number, data in enumerate(book.sheets_metadata, 1)
        if data.typ == calamine.SheetTypeEnum.WorkSheet
    ]


def _unread(data: calamine.SheetMetadata, number: int) -> Sheet:
    return Sheet(data.name, number, data.visible != calamine.SheetVisibleEnum.Visible, [], [])


def _load(book: calamine.CalamineWorkbook, data: calamine.SheetMetadata, number: int) -> Sheet:
    source = book.get_sheet_by_name(data.name)
    rows: list[list[Cell]] = [list(row) for row in source.to_python(skip_empty_area=False)]
    hidden = data.visible != calamine.SheetVisibleEnum.Visible
    return Sheet(data.name, number, hidden, rows, list(source.merged_cell_ranges or []))
