"""Match the sheets or files of a source, and their headers, to the six tables."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from dayzero.errors import BadInputError
from dayzero.records.cells import ERROR_TEXTS, Cell, ErrorCell, Grid, as_text, blank
from dayzero.records.findings import Where
from dayzero.records.parts import Part
from dayzero.records.pseudonyms import pseudonymise
from dayzero.records.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dayzero.records.log import Log
    from dayzero.records.schema import Table

#: The id of the template's example rows, which are never read.
EXAMPLE = "EXAMPLE"
TABLE_NAMES = tuple(table.name for table in TABLES)


def plain(name: str) -> str:
    """Return a name as names are compared: lower case, blanks and hyphens as underscores."""
    return "_".join(name.casefold().replace("-", " ").replace("_", " ").split())


def table_of(name: str) -> str | None:
    """Return the table that a sheet or file of this name holds, ``None`` when it holds none."""
    return plain(name) if plain(name) in TABLE_NAMES else None


def parts_of(grids: Mapping[str, Grid], log: Log) -> tuple[Part, ...]:
    """Turn the grid of every table into a part, reporting columns that are unknown or missing.

    Raises
    ------
    BadInputError
        When there is no table of patients, when it has no row, or when a table lacks a column without which
        its rows state no fact.
    """
    if "patients" not in grids:
        raise BadInputError(
            what="there is no table of patients",
            allowed=TABLE_NAMES,
            hint="name one sheet (or file) patients; dayzero template FILE.xlsx makes an empty workbook",
        )
    parts = tuple(_part(table, grids[table.name], log) for table in TABLES if table.name in grids)
    if not parts[0].rows:
        raise BadInputError(
            what="the table of patients has no row",
            where=parts[0].place,
            allowed="at least one patient",
            hint="rows whose patient_id is EXAMPLE are not read",
        )
    return pseudonymise(parts, log)


def _part(table: Table, grid: Grid, log: Log) -> Part:
    positions = {plain(header): position for position, header in enumerate(grid.header) if header}
    _refuse_missing_keys(table, grid, positions)
    _report_unknown(table, grid, positions, log)
    for column in table.columns:
        if column.required and column.name not in positions and not _other_age(column.name, positions):
            log.add("records.missing_column", Where(grid.place, column=column.name))
    kept = _without_examples(grid, positions["patient_id"], log)
    names = [name for name in table.names if name in positions]
    return Part(
        table.name,
        grid.place,
        [grid.rows[i] for i in kept],
        {name: [grid.columns[positions[name]][i] for i in kept] for name in names},
        {name: grid.header[positions[name]] for name in names},
    )


def _other_age(name: str, positions: Mapping[str, int]) -> bool:
    return name in ("birth_date", "age") and ("birth_date" in positions or "age" in positions)


def _refuse_missing_keys(table: Table, grid: Grid, positions: Mapping[str, int]) -> None:
    missing = [column.name for column in table.columns if column.key and column.name not in positions]
    if not missing:
        return
    near = [name for name in missing if get_close_matches(name, [*positions], n=1, cutoff=0.75)]
    spelt = f"a header looks like a misspelt {', '.join(near)}; " if near else ""
    raise BadInputError(
        what=f"the table {table.name} has no column {', '.join(missing)}: its rows state no fact without it",
        where=grid.place,
        allowed=table.names,
        hint=f"{spelt}the first row must hold the column names",
    )


def _report_unknown(table: Table, grid: Grid, positions: Mapping[str, int], log: Log) -> None:
    missing = [name for name in table.names if name not in positions]
    for position, header in enumerate(grid.header):
        if not header:
            if any(not blank(cell) for cell in grid.columns[position]):
                log.add("records.headless_column", Where(grid.place), number=position + 1)
        elif plain(header) not in table.names:
            near = get_close_matches(plain(header), missing, n=1, cutoff=0.75)
            rule = "records.misspelt_column" if near else "records.unknown_column"
            allowed = ", ".join(table.names)
            log.add(rule, Where(grid.place, column=header), allowed=allowed, near=near[0] if near else "")


def _without_examples(grid: Grid, position: int, log: Log) -> list[int]:
    """Return the positions of rows that are no example; each example row is reported."""
    kept = []
    for i, cell in enumerate(grid.columns[position]):
        if isinstance(cell, str) and EXAMPLE in cell and as_text(cell) == EXAMPLE:
            log.add("records.example_row", Where(grid.place, grid.rows[i]), outcome="row")
        else:
            kept.append(i)
    return kept


def make_grid(place: str, rows: Sequence[tuple[int, Sequence[Cell]]]) -> Grid:
    """Make a grid of numbered rows, of which the first is the header; blank rows and columns are left out.

    Raises
    ------
    BadInputError
        When there is no row, or when two columns have the same header.
    """
    filled = [(number, row) for number, row in rows if not all(blank(cell) for cell in row)]
    if not filled:
        raise BadInputError(what="there is nothing in it", where=place, allowed="a row of headers, then rows")
    header = [as_text(cell) or "" for cell in filled[0][1]]
    _refuse_twins(header, place)
    body = filled[1:]
    columns = [_with_errors(column) for column in zip(*(row for _, row in body), strict=True)]
    columns = columns or [()] * len(header)
    used = [i for i, name in enumerate(header) if name or any(not blank(cell) for cell in columns[i])]
    return Grid(place, [header[i] for i in used], [number for number, _ in body], [columns[i] for i in used])


def _with_errors(column: Sequence[Cell]) -> Sequence[Cell]:
    """Return a column in which a text such as ``#DIV/0!``, exported by a spreadsheet, is the error it was."""
    if not any(isinstance(cell, str) and "#" in cell for cell in column):
        return column
    return [
        ErrorCell(cell.strip()) if isinstance(cell, str) and cell.strip() in ERROR_TEXTS else cell
        for cell in column
    ]


def _refuse_twins(header: Sequence[str], place: str) -> None:
    seen: dict[str, int] = {}
    for number, name in enumerate(header, 1):
        if not name:
            continue
        if plain(name) in seen:
            raise BadInputError(
                what=f"columns {seen[plain(name)]} and {number} have the same header",
                where=place,
                allowed="one column of each name",
                hint="rename or remove one of them; upper and lower case count as the same",
            )
        seen[plain(name)] = number
