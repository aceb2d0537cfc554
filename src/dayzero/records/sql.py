"""Read the six tables by SQL queries, from a DuckDB file or a PostgreSQL database, and write nothing there.

The libraries are optional: ``dayzero[store]`` brings DuckDB, ``dayzero[postgres]`` psycopg. A message shows
what the database says about names and syntax, never what it says about values: those are patients' data.
"""

from __future__ import annotations

import hashlib
import os
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from importlib import import_module
from math import isnan
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from dayzero.errors import BadInputError
from dayzero.records.matching import make_grid
from dayzero.records.queries import POSTGRESQL

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path
    from types import ModuleType

    from dayzero.records.cells import Cell, Grid
    from dayzero.records.queries import Queries

    #: Runs one query: names of the columns, and rows.
    Run = Callable[[str], tuple[list[str], list[tuple[Any, ...]]]]

#: Nothing but the file itself is read: no other file, no extension, no address.
_SEALED: Final = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "lock_configuration": "true",
}
#: DuckDB errors whose text names tables, columns and syntax only.
_SAFE_DUCKDB: Final = ("ParserException", "CatalogException", "BinderException")
#: The class of PostgreSQL's error codes for syntax, unknown names and missing rights.
_SAFE_SQLSTATE: Final = "42"


def read_duckdb(path: Path, queries: Queries) -> tuple[dict[str, Grid], str]:
    """Return the grid of each table that the queries make from a DuckDB file, and the hash of what they gave.

    Raises
    ------
    BadInputError
        When DuckDB is not installed, the file is damaged, or a query fails.
    """
    duckdb = _library("duckdb", "store")
    try:
        connection = duckdb.connect(str(path), read_only=True, config=_SEALED)
    except duckdb.Error as error:
        raise BadInputError(
            what=f"DuckDB cannot open the file ({type(error).__name__})",
            where=path.name,
            hint="another program may hold it open, or have written it with another version of DuckDB",
        ) from None

    def run(query: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        statements = connection.extract_statements(query)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise _not_one_query(path.name)
        result = connection.execute(statements[0])
        return [str(column[0]) for column in result.description], result.fetchall()

    def words(error: Exception) -> str:
        return _first_line(error) if type(error).__name__ in _SAFE_DUCKDB else ""

    try:
        return _tables(queries.tables, run, duckdb.Error, words)
    finally:
        connection.close()


def read_postgresql(queries: Queries) -> tuple[dict[str, Grid], str]:
    """Return the grid of each table that the queries make from PostgreSQL, and the hash of what they gave.

    All queries see one state of the database, in a transaction that can write nothing.

    Raises
    ------
    BadInputError
        When psycopg is not installed, the variable is not set, or a query fails.
    """
    psycopg = _library("psycopg", "postgres")
    address = os.environ.get(queries.connection, "")
    if not address:
        raise BadInputError(
            what=f"the environment variable {queries.connection} is not set",
            where="[data], connection",
            allowed="a PostgreSQL connection, such as host=... dbname=... user=...",
            hint="a password belongs into ~/.pgpass or into the variable, never into the study file",
        )
    try:
        connection = psycopg.connect(address)
        connection.read_only = True
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    except psycopg.Error as error:  # its text may repeat the address, and with it a password
        raise BadInputError(
            what=f"PostgreSQL cannot be reached ({type(error).__name__})",
            where=f"the connection in {queries.connection}",
            hint="try the same connection with psql",
        ) from None

    def run(query: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        result = connection.execute(query, prepare=True)  # a prepared statement is one statement
        if result.description is None:
            raise _not_one_query(where=POSTGRESQL)
        return [column.name for column in result.description], result.fetchall()

    def words(error: Exception) -> str:
        state = getattr(error, "sqlstate", None) or ""
        return _first_line(error) if state.startswith(_SAFE_SQLSTATE) else state

    try:
        return _tables(queries.tables, run, psycopg.Error, words)
    finally:
        connection.close()


def _tables(
    queries: Mapping[str, str], run: Run, failure: type[Exception], words: Callable[[Exception], str]
) -> tuple[dict[str, Grid], str]:
    grids: dict[str, Grid] = {}
    total = hashlib.sha256()
    for table, query in sorted(queries.items()):
        place = place_of(table)
        try:
            header, rows = run(query)
        except failure as error:
            said = words(error)
            raise BadInputError(
                what=f"the query fails ({type(error).__name__}{': ' if said else ''}{said})",
                where=place,
                hint="try it in the database's own client",
            ) from None
        cells = [_cells(row, header, place) for row in rows]
        total.update(repr((table, header, sorted(map(repr, cells)))).encode())
        grids[table] = make_grid(place, [(0, header), *enumerate(cells, 1)])
    return grids, total.hexdigest()


def place_of(table: str) -> str:
    """Return what findings call the result of a table's query; its first row is row 1."""
    return f"query {table}"


def _cells(row: Sequence[Any], header: Sequence[str], place: str) -> list[Cell]:
    return [_cell(value, name, place) for value, name in zip(row, header, strict=True)]


def _cell(value: Any, column: str, place: str) -> Cell:
    """Return a value of the database as a cell; a decimal keeps its digits as text."""
    if isinstance(value, Decimal):
        return None if value.is_nan() else format(value, "f")
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, float) and isnan(value):
        return None
    if value is None or isinstance(value, (str, bool, int, float, date, datetime, time, timedelta)):
        return value
    raise BadInputError(
        what=f"the column holds values of the type {type(value).__name__}",
        where=f"{place}, column {column}",
        allowed="text, numbers, dates, yes/no",
        hint="cast it in the query; one fact a row",
    )


def _not_one_query(where: str) -> BadInputError:
    return BadInputError(
        what="a table needs one query that returns rows",
        where=where,
        allowed="one select, or with ... select",
    )


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0]


def _library(name: str, extra: str) -> ModuleType:
    try:
        return import_module(name)
    except ImportError:
        raise BadInputError(
            what=f"reading this source needs the library {name}, which is not installed",
            hint=f"pip install 'dayzero[{extra}]'",
        ) from None
