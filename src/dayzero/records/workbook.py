"""Read the sheets of a workbook: values by python-calamine, what it does not tell by :mod:`.xlsx_scan`."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

import python_calamine as calamine

from dayzero.errors import BadInputError
from dayzero.records.cells import Cell, ErrorCell, Grid, blank
from dayzero.records.findings import Where
from dayzero.records.isolated import DamagedError, ProtectedError, load_isolated
from dayzero.records.matching import TABLE_NAMES, make_grid, plain, table_of
from dayzero.records.sheets import Sheet, load_sheets
from dayzero.records.sniff import password_error
from dayzero.records.xlsx_scan import SheetScan, damaged, scan

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from dayzero.records.log import Log

#: Sheets of the template that hold no records: its instructions, and its longer lists of codes.
NOT_RECORDS = ("read_me", "codes")
#: How alike a sheet's name must be to a table's to be taken for a misspelt one: Eventus, events 2024.
_ALIKE = 0.7


def read_workbook(path: Path, log: Log) -> dict[str, Grid]:
    """Return the grid of each of the six tables that a workbook has.

    Raises
    ------
    BadInputError
        When the workbook cannot be opened, has none of the tables, or has one of them twice.
    """
    sheets, scans = _open(path, lambda name: table_of(name) is not None, log)
    grids: dict[str, Grid] = {}
    others: list[Sheet] = []
    for sheet in sheets:
        table = table_of(sheet.name)
        if table is None:
            if plain(sheet.name) not in NOT_RECORDS:
                others.append(sheet)
            continue
        if table in grids:
            raise BadInputError(
                what=f"two sheets hold the table {table}", where=path.name, allowed="one sheet a table"
            )
        if table != "patients" and all(blank(cell) for row in sheet.rows for cell in row):
            log.add("records.empty_table", Where(sheet.name))
            continue
        grids[table] = _grid(sheet, scans, log)
    _report_others(others, {table_of(sheet.name) for sheet in sheets}, path, log)
    if not grids:
        raise BadInputError(
            what="the workbook has no sheet of records",
            where=path.name,
            allowed="sheets called patients, treatments, transplants, measurements, events, follow_up",
            hint="rename the sheets (letter case does not matter), or map a flat file in the study file",
        )
    return grids


def _report_others(others: list[Sheet], found: set[str | None], path: Path, log: Log) -> None:
    """Report the sheets that were not read: an error where one looks like a table that the workbook lacks.

    A sheet is told by its number: its name may be a patient's.
    """
    lacking = [table for table in TABLE_NAMES if table not in found]
    for sheet in others:
        near = get_close_matches(plain(sheet.name), lacking, n=1, cutoff=_ALIKE)
        rule = "records.misspelt_sheet" if near else "records.other_sheet"
        if near == ["patients"]:
            raise BadInputError(
                what="there is no table of patients",
                where=path.name,
                allowed=TABLE_NAMES,
                hint=f"sheet {sheet.number} looks like a misspelt patients: rename it to patients if it is",
            )
        log.add(rule, Where(path.name), number=sheet.number, near=near[0] if near else "")


def read_flat_sheet(path: Path, name: str, log: Log) -> Grid:
    """Return the grid of the one sheet that holds a flat table.

    Raises
    ------
    BadInputError
        When the sheet does not exist, or when several sheets hold data and none is named.
    """
    sheets, scans = _open(path, lambda _: True, log)
    if name:
        chosen = [sheet for sheet in sheets if plain(sheet.name) == plain(name)]
        if not chosen:
            raise BadInputError(what=f"the workbook has no sheet '{name}'", where=path.name)
    else:
        chosen = [sheet for sheet in sheets if sheet.rows]
    if len(chosen) != 1:
        raise BadInputError(
            what=f"{len(chosen)} sheets of the workbook hold data",
            where=path.name,
            allowed="one sheet with one row a patient",
            hint='say which: sheet = "..." in [data]',
        )
    return _grid(chosen[0], scans, log)


def _open(path: Path, wanted: Callable[[str], bool], log: Log) -> tuple[list[Sheet], dict[str, SheetScan]]:
    """Return the sheets, and what each hides where the format shows it."""
    try:
        if path.suffix.lower() in (".xlsx", ".xlsm"):
            scans = scan(path)
            return load_sheets(path, wanted), scans
        log.add("records.format_limits", Where(path.name))
        return load_isolated(path), {}
    except (calamine.PasswordError, ProtectedError) as error:
        raise password_error(path) from error
    except (calamine.CalamineError, DamagedError, OSError, ValueError) as error:
        raise damaged(path.name) from error


def _grid(sheet: Sheet, scans: Mapping[str, SheetScan], log: Log) -> Grid:
    if sheet.hidden:
        log.add("records.hidden_sheet", Where(sheet.name))
    for first, last in sheet.merged:
        where = Where(sheet.name, first[0] + 1)
        log.add("records.merged_cells", where, range=f"{_name(first)}:{_name(last)}")
    _mark(sheet.rows, scans.get(sheet.name, SheetScan()))
    return make_grid(sheet.name, list(enumerate(sheet.rows, 1)))


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
