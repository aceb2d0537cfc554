"""Read the sheets of a workbook: values by python-calamine, what it does not tell by :mod:`.xlsx_scan`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import python_calamine as calamine

from dayzero.errors import BadInputError
from dayzero.records.cells import Cell, ErrorCell, Grid
from dayzero.records.findings import Where
from dayzero.records.matching import make_grid, plain, table_of
from dayzero.records.sniff import password_error
from dayzero.records.xlsx_scan import SheetScan, damaged, scan

if TYPE_CHECKING:
    from pathlib import Path

    from dayzero.records.log import Log

#: Sheets of the template that hold no records: its instructions, and its longer lists of codes.
NOT_RECORDS = ("read_me", "codes")


@dataclass(frozen=True)
class _Sheet:
    """A sheet of the workbook, its number as a person counts, and what the scan found in it."""

    name: str
    number: int
    hidden: bool
    scan: SheetScan


def read_workbook(path: Path, log: Log) -> dict[str, Grid]:
    """Return the grid of each of the six tables that a workbook has.

    Raises
    ------
    BadInputError
        When the workbook cannot be opened, has none of the tables, or has one of them twice.
    """
    book, sheets = _open(path, log)
    grids: dict[str, Grid] = {}
    for sheet in sheets:
        table = table_of(sheet.name)
        if table is None:
            if plain(sheet.name) not in NOT_RECORDS:
                log.add("records.other_sheet", Where(path.name), number=sheet.number)
            continue
        if table in grids:
            raise BadInputError(
                what=f"two sheets hold the table {table}", where=path.name, allowed="one sheet a table"
            )
        grids[table] = _grid(book, sheet, log)
    if not grids:
        raise BadInputError(
            what="the workbook has no sheet of records",
            where=path.name,
            allowed="sheets called patients, treatments, transplants, measurements, events, follow_up",
            hint="rename the sheets (letter case does not matter), or map a flat file in the study file",
        )
    return grids


def read_flat_sheet(path: Path, name: str, log: Log) -> Grid:
    """Return the grid of the one sheet that holds a flat table.

    Raises
    ------
    BadInputError
        When the sheet does not exist, or when several sheets hold data and none is named.
    """
    book, sheets = _open(path, log)
    if name:
        chosen = [sheet for sheet in sheets if plain(sheet.name) == plain(name)]
        if not chosen:
            raise BadInputError(what=f"the workbook has no sheet '{name}'", where=path.name)
    else:
        chosen = [sheet for sheet in sheets if book.get_sheet_by_name(sheet.name).total_height > 0]
    if len(chosen) != 1:
        raise BadInputError(
            what=f"{len(chosen)} sheets of the workbook hold data",
            where=path.name,
            allowed="one sheet with one row a patient",
            hint='say which: sheet = "..." in [data]',
        )
    return _grid(book, chosen[0], log)


def _open(path: Path, log: Log) -> tuple[calamine.CalamineWorkbook, list[_Sheet]]:
    scans: dict[str, SheetScan] = {}
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        scans = scan(path)
    else:
        log.add("records.format_limits", Where(path.name))
    try:
        book = calamine.CalamineWorkbook.from_path(path)
    except calamine.PasswordError as error:
        raise password_error(path) from error
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise damaged(path.name) from error
    visible = calamine.SheetVisibleEnum.Visible
    sheets = [
        _Sheet(data.name, number, data.visible != visible, scans.get(data.name, SheetScan()))
        for number, data in enumerate(book.sheets_metadata, 1)
        if data.typ == calamine.SheetTypeEnum.WorkSheet
    ]
    return book, sheets


def _grid(book: calamine.CalamineWorkbook, sheet: _Sheet, log: Log) -> Grid:
    try:
        source = book.get_sheet_by_name(sheet.name)
        rows: list[list[Cell]] = [list(row) for row in source.to_python(skip_empty_area=False)]
    except (calamine.CalamineError, ValueError) as error:
        raise damaged(sheet.name) from error
    if sheet.hidden:
        log.add("records.hidden_sheet", Where(sheet.name))
    for first, last in source.merged_cell_ranges or []:
        where = Where(sheet.name, first[0] + 1)
        log.add("records.merged_cells", where, range=f"{_name(first)}:{_name(last)}")
    _mark(rows, sheet.scan)
    return make_grid(sheet.name, list(enumerate(rows, 1)))


def _mark(rows: list[list[Cell]], found: SheetScan) -> None:
    """Put errors where the library gave empty cells, and percent signs where it gave bare fractions."""
    width = max((len(row) for row in rows), default=0)
    for (row, column), text in found.errors.items():
        if row < len(rows) and column < width:
            rows[row][column] = ErrorCell(text)
    for row, column in found.percents:
        value = rows[row][column] if row < len(rows) and column < width else None
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            rows[row][column] = f"{value * 100:.15g}%"


def _name(place: tuple[int, int]) -> str:
    """Return a cell's name, such as B6."""
    row, column = place
    letters = ""
    number = column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"
