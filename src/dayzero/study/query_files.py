"""The query list as a file that goes to the ward and comes back: XLSX or CSV. Same queries, same bytes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from dayzero.errors import BadInputError
from dayzero.records.log import Log
from dayzero.records.query_list import STATUSES, Query
from dayzero.study.outputs import safe_cells

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from dayzero.records.cells import Cell, Grid

FORMATS: Final = (".xlsx", ".csv")
#: Column of the file, field of the query, and width in characters.
_COLUMNS: Final[tuple[tuple[str, str, int], ...]] = (
    ("query", "id", 15),
    ("status", "status", 8),
    ("patient_id", "patient_id", 12),
    ("severity", "severity", 10),
    ("who", "who", 18),
    ("table", "table", 14),
    ("row", "row", 7),
    ("column", "column", 18),
    ("found", "found", 18),
    ("what", "what", 60),
    ("allowed", "allowed", 30),
    ("hint", "hint", 45),
    ("answer", "answer", 45),
    ("rule", "rule", 34),
)
_SHEET: Final = "queries"
#: Written into the workbook in place of the moment it was made.
_CREATED: Final = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_MOST_ROWS: Final = 1_048_575
_LONGEST: Final = 32_767


def write_queries(queries: Sequence[Query], path: Path) -> None:
    """Write a query list; the ending of ``path`` decides how.

    In a workbook the header is frozen and filters, and ``answer`` is for the ward. Text that a spreadsheet
    would run as a formula gets a quote before it.

    Raises
    ------
    BadInputError
        When the ending is neither ``.xlsx`` nor ``.csv``, or a workbook cannot hold so many rows.
    OSError
        When the file cannot be written.
    """
    refuse_other_formats(path)
    rows = [{name: getattr(query, field) for name, field, _ in _COLUMNS} for query in queries]
    frame = safe_cells(pl.DataFrame(rows, schema={name: pl.String for name, *_ in _COLUMNS}))
    if path.suffix.lower() == ".csv":
        frame.write_csv(path)
    else:
        _write_workbook(frame, path)


def refuse_other_formats(path: Path) -> None:
    """Refuse a file that is neither a workbook nor CSV."""
    if path.suffix.lower() not in FORMATS:
        what = f"a query list cannot be a file of the type '{path.suffix or 'none'}'"
        raise BadInputError(what, where=path.name, allowed=FORMATS, hint="--queries queries.xlsx")


def _write_workbook(frame: pl.DataFrame, path: Path) -> None:
    import xlsxwriter

    if frame.height > _MOST_ROWS:
        what = f"a workbook cannot hold {frame.height} queries"
        raise BadInputError(what, where=path.name, allowed=f"up to {_MOST_ROWS}", hint="write them as .csv")
    try:
        with xlsxwriter.Workbook(str(path)) as book:
            book.set_properties({"title": "Queries", "author": "dayzero", "created": _CREATED})
            _fill(book, frame)
    except xlsxwriter.exceptions.FileCreateError as error:
        raise OSError(error.args[0]) from None


def _fill(book: Any, frame: pl.DataFrame) -> None:
    header = book.add_format({"bold": True, "bg_color": "#1F3A5F", "font_color": "#FFFFFF"})
    cell = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
    number = book.add_format({"valign": "top"})
    sheet = book.add_worksheet(_SHEET)
    sheet.freeze_panes(1, 3)
    sheet.autofilter(0, 0, frame.height, len(_COLUMNS) - 1)
    for position, (name, _, width) in enumerate(_COLUMNS):
        sheet.set_column(position, position, width, cell)
        sheet.write_string(0, position, name, header)
    for row, values in enumerate(frame.iter_rows(), 1):
        for position, value in enumerate(values):
            if _COLUMNS[position][0] == "row" and value.isascii() and value.isdigit():
                sheet.write_number(row, position, int(value), number)
            elif value:
                sheet.write_string(row, position, value[:_LONGEST], cell)


def read_queries(path: Path) -> tuple[Query, ...]:
    """Read a query list that :func:`write_queries` wrote, also after a spreadsheet program saved it.

    Raises
    ------
    BadInputError
        When the file cannot be read, or is no query list.
    """
    if not path.is_file():
        what = "there is no such file"
        raise BadInputError(what, where=path.name, hint="give the list made before")
    refuse_other_formats(path)
    grid = _grid(path)
    columns = dict(zip(grid.header, grid.columns, strict=True))
    missing = [name for name in ("query", "status") if name not in columns]
    if missing:
        what = f"this is no query list: it has no column {' and no column '.join(missing)}"
        raise BadInputError(what, where=path.name, hint="give the file that dayzero check --queries wrote")
    return tuple(_read(path, columns, position, row) for position, row in enumerate(grid.rows))


def _grid(path: Path) -> Grid:
    from dayzero.records.reading import read_table_file
    from dayzero.records.workbook import read_flat_sheet

    try:
        if path.suffix.lower() == ".csv":
            return read_table_file(path, Log())
        return read_flat_sheet(path, _SHEET, Log())
    except OSError as error:
        what = f"the file cannot be read ({error.strerror or type(error).__name__})"
        raise BadInputError(what, where=path.name) from None


def _read(path: Path, columns: dict[str, Sequence[Cell]], position: int, row: int) -> Query:
    values = {field: _text(columns[name][position]) for name, field, _ in _COLUMNS if name in columns}
    rest = {**dict.fromkeys((field for _, field, _ in _COLUMNS), ""), **values}
    found = rest.pop("status")
    status = next((each for each in STATUSES if each == found), None)
    if status is None:
        where = f"{path.name}, row {row}, column status"
        raise BadInputError.unknown_name(kind="status", found=found, allowed=STATUSES, where=where)
    return Query(status=status, **rest)


def _text(cell: Cell) -> str:
    """Return a cell as text, as it was typed; of a date its day."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)
