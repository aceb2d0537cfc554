"""Read tables that are already on a scale of days: a folder of Parquet files of any size, or a data lock.

On DuckDB the files stay on disk: a table is a query, and what comes back of it is a row a patient. Nothing is
repaired here, as ingest would: a table that says what the schema does not allow is refused, with the count.
"""

from __future__ import annotations

import hashlib
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from dayzero.errors import BadInputError
from dayzero.records.engines import connect
from dayzero.records.findings import Where
from dayzero.records.log import Log
from dayzero.records.matching import table_of
from dayzero.records.model import Records, Source
from dayzero.records.places import Places
from dayzero.records.tables import TABLES, ingested_schema

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_PARQUET: Final = ".parquet"
_SQL: Final = {"string": "varchar", "int64": "bigint", "float64": "double"}
_POLARS: Final = {"string": pl.String, "int64": pl.Int64, "float64": pl.Float64}
_GIVEN: Final = {
    "row": pl.Int64,
    "patient_id": pl.String,
    "name": pl.String,
    "time": pl.Float64,
    "outcome": pl.String,
}


def is_canonical(folder: Path) -> bool:
    """Return whether a folder holds tables as they are after reading: Parquet with numbered rows."""
    files = parquet_tables(folder)
    return "patients" in files and "row" in _columns(files["patients"])


def parquet_tables(folder: Path) -> dict[str, list[Path]]:
    """Return the Parquet files of each table: ``events.parquet``, or the parts in a folder ``events``."""
    found: dict[str, list[Path]] = {}
    if not folder.is_dir():
        return found
    for each in sorted(folder.iterdir()):
        table = table_of(each.stem)
        if table is None or table in found:
            continue
        if each.is_dir():
            parts = sorted(each.glob(f"*{_PARQUET}"))
            if parts:
                found[table] = parts
        elif each.suffix.lower() == _PARQUET:
            found[table] = [each]
    return found


def read_canonical(folder: Path, engine: str) -> Records:
    """Read a folder of tables that are already on a scale of days.

    Parameters
    ----------
    folder : pathlib.Path
        One Parquet file a table, or a folder of parts; the columns are those of a data lock. Columns that a
        table lacks are empty.
    engine : {"polars", "duckdb"}

    Returns
    -------
    Records
        Without a key: there are no dates. On DuckDB their tables are queries.

    Raises
    ------
    BadInputError
        When a file is damaged, a column has another type than it should, or a table holds what ingest would
        not have let through.
    """
    from dayzero.records.canonical_checks import refuse_unfit

    files = parquet_tables(folder)
    log = Log()
    for table, paths in files.items():
        for column in sorted(_columns(paths) - set(ingested_schema(table))):
            log.add("records.unknown_column", Where(table, column=column))
    tables = open_tables(files, engine)
    rows = refuse_unfit(tables, folder.name)
    return Records(
        tables=tables,
        given=pl.DataFrame(schema=_GIVEN),
        key=None,
        source=Source(folder.name, "parquet folder", _hash(files), rows),
        findings=log.findings(),
        places=Places({table.name: table.name for table in TABLES}),
    )


def open_tables(
    files: Mapping[str, Sequence[Path]], engine: str, extra: Sequence[str] = ()
) -> dict[str, Any]:
    """Return the six tables with the columns and types of the schema; a table without a file is empty.

    Parameters
    ----------
    files : mapping of str to sequence of pathlib.Path
    engine : {"polars", "duckdb"}
    extra : sequence of str
        Columns of patients beyond the schema, kept as they are.
    """
    run = connect() if engine == "duckdb" else None
    tables = {}
    for table in TABLES:
        schema = ingested_schema(table.name)
        paths = files.get(table.name, ())
        _refuse_types(schema, paths)
        also = extra if table.name == "patients" else ()
        try:
            tables[table.name] = (
                _in_memory(schema, paths, also) if run is None else _on_disk(run, schema, paths, also)
            )
        except (pl.exceptions.PolarsError, OSError) as error:
            raise _unreadable(table.name) from error
    return tables


def _refuse_types(schema: Mapping[str, str], paths: Sequence[Path]) -> None:
    for path in paths:
        for name, dtype in _schema(path).items():
            kind = schema.get(name)
            fits = {
                None: True,
                "int64": dtype.is_integer(),
                "float64": dtype.is_numeric(),
                "string": dtype in (pl.String, pl.Categorical, pl.Enum),
            }[kind]
            if not fits and dtype != pl.Null:
                raise BadInputError(
                    what=f"the column {name} has the type {dtype}",
                    where=f"{path.parent.name}, {path.name}",
                    allowed={"int64": "whole numbers", "float64": "numbers"}.get(kind or "", "text"),
                    hint="days count from day 0; a database writes the type with CAST",
                )


def _in_memory(schema: Mapping[str, str], paths: Sequence[Path], extra: Sequence[str]) -> pl.DataFrame:
    types = {name: _POLARS[kind] for name, kind in schema.items()}
    if not paths:
        return pl.DataFrame(schema=types)
    whole = pl.concat([pl.read_parquet(path) for path in paths], how="vertical_relaxed")
    made = [
        pl.col(name).cast(dtype) if name in whole.columns else pl.lit(None, dtype).alias(name)
        for name, dtype in types.items()
    ]
    return whole.select(*made, *extra)


def _on_disk(run: Any, schema: Mapping[str, str], paths: Sequence[Path], extra: Sequence[str]) -> Any:
    have = _columns(paths) if paths else set()
    made = [
        f"cast({_quoted(name) if name in have else 'null'} as {_SQL[kind]}) as {_quoted(name)}"
        for name, kind in schema.items()
    ]
    columns = ", ".join([*made, *(_quoted(name) for name in extra)])
    if not paths:
        return run.sql(f"select {columns} limit 0")
    sources = ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths)
    try:
        return run.sql(f"select {columns} from read_parquet([{sources}])")  # noqa: S608 - names and paths
    except import_module("duckdb").Error as error:
        raise _unreadable(paths[0].stem) from error


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _columns(paths: Sequence[Path]) -> set[str]:
    return set(_schema(paths[0]))


def _schema(path: Path) -> pl.Schema:
    try:
        return pl.Schema(pl.read_parquet_schema(path))
    except (pl.exceptions.PolarsError, OSError) as error:
        raise _unreadable(path.name) from error


def _unreadable(name: str) -> BadInputError:
    return BadInputError(
        what="the Parquet file is damaged, or its parts have different columns",
        where=name,
        hint="write it again from its source",
    )


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, read piece by piece."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _hash(files: Mapping[str, Sequence[Path]]) -> str:
    """Return one hash of the names and bytes of all parts."""
    total = hashlib.sha256()
    for table, paths in sorted(files.items()):
        for path in paths:
            total.update(f"{table}/{path.name}\0{file_hash(path)}".encode())
    return total.hexdigest()
