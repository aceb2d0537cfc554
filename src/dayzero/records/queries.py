"""The queries of ``[data]`` that make the six tables from a database: read and checked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from dayzero.errors import BadInputError
from dayzero.records.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping

#: What ``source`` says when the data are in a PostgreSQL database.
POSTGRESQL: Final = "postgresql"
#: Endings of DuckDB files.
DUCKDB: Final = (".duckdb", ".ddb")
_VARIABLE: Final = re.compile(r"[A-Z][A-Z0-9_]*")


@dataclass(frozen=True)
class Queries:
    """One query for each table.

    Attributes
    ----------
    tables : mapping of str to str
        Table to the SQL query whose result has the columns of that table.
    connection : str
        Name of the environment variable that holds the connection to PostgreSQL; empty for a DuckDB file.
    """

    tables: Mapping[str, str]
    connection: str = ""


def is_database(source: str) -> bool:
    """Return whether a source named in ``[data]`` is a database."""
    return source == POSTGRESQL or source.lower().endswith(DUCKDB)


def queries_from(section: Mapping[str, Any], source: str, where: str) -> Queries:
    """Read the queries of ``[data]``.

    Parameters
    ----------
    section : mapping
        ``tables`` and, for PostgreSQL, ``connection``.
    source : str
        The ``source`` of the same section.
    where : str
        What messages call it, such as ``study.toml, [data]``.

    Raises
    ------
    BadInputError
        For a table that does not exist, a query that is no text, or a connection that is no variable's name;
        what stands in its place is never repeated, because it may be a password.
    """
    for key in section:
        if key not in ("tables", "connection"):
            allowed = ("source", "date_order", "partial_dates", "tables", "connection")
            raise BadInputError.unknown_name(kind="key", found=key, allowed=allowed, where=where)
    tables = section.get("tables")
    if not isinstance(tables, dict) or not tables:
        raise BadInputError(
            what="a database needs a query for each table",
            where=f"{where}, tables",
            allowed='[data.tables] with patients = "select ...", transplants = "select ..."',
        )
    for name, query in tables.items():
        if name not in {table.name for table in TABLES}:
            names = [table.name for table in TABLES]
            raise BadInputError.unknown_name(
                kind="table", found=name, allowed=names, where=f"{where}, tables"
            )
        if not isinstance(query, str) or not query.strip():
            raise BadInputError(
                what="a query was expected", where=f"{where}, tables, {name}", allowed='"select ..."'
            )
    return Queries(dict(tables), _connection(section.get("connection", ""), source, where))


def _connection(raw: object, source: str, where: str) -> str:
    place = f"{where}, connection"
    if source != POSTGRESQL:
        if raw != "":
            raise BadInputError(what="only PostgreSQL needs a connection", where=place, allowed="no such key")
        return ""
    if not isinstance(raw, str) or not _VARIABLE.fullmatch(raw):
        raise BadInputError(
            what="connection is not the name of an environment variable",
            where=place,
            allowed='capital letters, digits and _, such as "DAYZERO_PG"',
            hint="never write an address or a password into the study file: put it into the variable",
        )
    return raw
