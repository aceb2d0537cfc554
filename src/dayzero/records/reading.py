"""The door of the room: read a source of any kind into records."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from dayzero.errors import BadInputError
from dayzero.records.canonical import is_canonical, read_canonical
from dayzero.records.engines import ENGINES
from dayzero.records.findings import Where
from dayzero.records.ingest import ingest
from dayzero.records.locks import is_lock, read_lock
from dayzero.records.log import Log
from dayzero.records.matching import TABLE_NAMES, parts_of, table_of
from dayzero.records.model import Records, Source
from dayzero.records.moments import ORDERS, PARTIAL, DateRule
from dayzero.records.places import places_of
from dayzero.records.pseudonyms import pseudonymise
from dayzero.records.queries import DUCKDB, POSTGRESQL
from dayzero.records.sniff import DELIMITED, JSON, PARQUET, WORKBOOKS, refuse_impostor

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dayzero.records.cells import Grid
    from dayzero.records.flat import Flat
    from dayzero.records.mapping import FlatMapping
    from dayzero.records.queries import Queries

_GIVEN = {
    "row": pl.Int64,
    "patient_id": pl.String,
    "name": pl.String,
    "time": pl.Float64,
    "outcome": pl.String,
}


def read(
    source: str | Path,
    *,
    date_order: str = "",
    mapping: FlatMapping | None = None,
    queries: Queries | None = None,
    engine: str = "polars",
    partial_dates: str = "",
) -> Records:
    """Read a centre's records.

    Parameters
    ----------
    source : str or Path
        A workbook with one sheet a table (.xlsx, .xls, .ods), a folder of CSV or Parquet files named after
        the tables, a FHIR R4 bundle (.json), NDJSON file or a folder of them; with ``mapping``, one flat file
        with a row a patient, or a REDCap export; with ``queries``, a DuckDB file or ``"postgresql"``.
    date_order : {"", "ymd", "dmy", "mdy"}
        How dates written with numbers, year last, are read. Without it they are refused, never guessed.
    mapping : FlatMapping, optional
        Of a flat file or REDCap export, from :func:`~dayzero.records.mapping.flat_mapping`.
    queries : Queries, optional
        Of a database, from :func:`~dayzero.records.queries.queries_from`.
    engine : {"polars", "duckdb"}
        Where the tables are. ``duckdb`` leaves them on disk, for a data lock or a folder of Parquet files
        that are already on a scale of days.
    partial_dates : {"", "first", "middle", "last"}
        Which day of its month a date such as ``2021-05`` becomes, and a note says so; without it such dates
        are refused. The date of a transplant is never completed.

    Returns
    -------
    Records
        On a scale of days from day 0; ``findings`` says everything that was not used, and why.

    Raises
    ------
    BadInputError
        When the source cannot be read at all.
    """
    path = Path(source)
    order = _date_rule(date_order or (mapping.date_order if mapping is not None else ""), partial_dates)
    _refuse_engine(path, engine)
    if queries is not None and source == POSTGRESQL:
        return _read_queries(path, queries, order)
    if not path.exists():
        raise BadInputError(
            what="there is no such file or folder", where=path.name or str(source), hint="check the path"
        )
    try:
        if queries is not None:
            return _read_queries(path, queries, order)
        if is_lock(path):
            return read_lock(path, engine)
        if mapping is None and is_canonical(path):
            return read_canonical(path, engine)
        if mapping is not None:
            return _read_flat(path, mapping, order)
        return _read_folder(path, order) if path.is_dir() else _read_file(path, order)
    except OSError as error:
        raise BadInputError(
            what=f"it cannot be opened: {(error.strerror or 'the system refuses').lower()}",
            where=path.name,
            hint="close it in other programs, and check that you may read it",
        ) from error


def _date_rule(order: str, partial: str) -> DateRule:
    if order and order not in ORDERS:
        raise BadInputError.unknown_name(kind="date order", found=order, allowed=ORDERS, where="date_order")
    if partial and partial not in PARTIAL:
        raise BadInputError.unknown_name(kind="rule", found=partial, allowed=PARTIAL, where="partial_dates")
    return DateRule(order, partial)


def _refuse_engine(path: Path, engine: str) -> None:
    if engine not in ENGINES:
        raise BadInputError.unknown_name(kind="engine", found=engine, allowed=ENGINES, where="engine")
    if engine != "polars" and path.exists() and not (is_lock(path) or is_canonical(path)):
        raise BadInputError(
            what=f"engine = {engine} takes tables that are already on a scale of days",
            where=path.name,
            allowed="a data lock, or a folder of Parquet files with its columns",
            hint="leave engine out, or make a lock first: dayzero lock SOURCE",
        )


def _read_queries(path: Path, queries: Queries, order: DateRule) -> Records:
    from dayzero.records.sql import read_duckdb, read_postgresql

    log = Log()
    if queries.connection:
        grids, sha256 = read_postgresql(queries)
        return _records(Source(POSTGRESQL, "PostgreSQL database", sha256), grids, order, log)
    grids, sha256 = read_duckdb(path, queries)
    return _records(Source(path.name, "DuckDB file", sha256), grids, order, log)


def _read_file(path: Path, order: DateRule) -> Records:
    if path.suffix.lower() in DUCKDB:
        raise BadInputError(
            what="a database does not say which of its tables are which",
            where=path.name,
            hint='name a query for each table in a study file: [data.tables] patients = "select ..."',
        )
    refuse_impostor(path)
    if path.suffix.lower() in JSON:
        return _read_fhir([path], path.name, order)
    if path.suffix.lower() not in WORKBOOKS:
        raise BadInputError(
            what="one table alone is not a source of records",
            where=path.name,
            allowed="a workbook, a folder of CSV or Parquet files, or a flat file mapped in the study file",
            hint="put it in a folder with the others, or map its columns in a study file: "
            "dayzero map FILE proposes how",
        )
    from dayzero.records.workbook import read_workbook

    log = Log()
    return _records(Source(path.name, "workbook", _hash([path])), read_workbook(path, log), order, log)


def _read_fhir(paths: Sequence[Path], name: str, order: DateRule) -> Records:
    from dayzero.records.fhir import read_fhir

    log = Log()
    found = read_fhir(paths, name, log)
    parts = pseudonymise(found.parts, log)
    ingested = ingest(parts, order, log)
    return Records(
        tables=ingested.tables,
        given=pl.DataFrame(schema=_GIVEN),
        key=ingested.key,
        source=Source(name, "FHIR resources", _hash(paths), found.resources),
        findings=log.findings(),
        places=places_of(parts),
    )


def _read_folder(path: Path, order: DateRule) -> Records:
    resources = sorted(each for each in path.iterdir() if each.suffix.lower() in JSON and each.is_file())
    if resources and not any(table_of(each.stem) for each in path.iterdir()):
        for each in resources:
            refuse_impostor(each)
        return _read_fhir(resources, path.name, order)
    files = _table_files(path)
    log = Log()
    others = sum(1 for each in path.iterdir() if each.is_file() and each not in files.values())
    if others:
        log.add("records.other_file", Where(path.name), count=others)
    grids = {table: read_table_file(file, log) for table, file in files.items()}
    kind = (
        "parquet folder" if all(file.suffix.lower() in PARQUET for file in files.values()) else "csv folder"
    )
    return _records(Source(path.name, kind, _hash([*files.values()])), grids, order, log)


def _table_files(path: Path) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for file in sorted(path.iterdir()):
        table = table_of(file.stem)
        if table is None or not file.is_file() or file.suffix.lower() not in (*DELIMITED, *PARQUET):
            continue
        if table in found:
            raise BadInputError(
                what=f"two files hold the table {table}",
                where=path.name,
                allowed="one file a table",
                hint=f"remove {found[table].name} or {file.name}",
            )
        found[table] = file
    if not found:
        raise BadInputError(
            what="the folder holds no table of records",
            where=path.name,
            allowed=(f"{name}.csv or {name}.parquet" for name in TABLE_NAMES),
            hint="name the files after the tables",
        )
    return {name: found[name] for name in TABLE_NAMES if name in found}


def read_table_file(path: Path, log: Log) -> Grid:
    """Return the grid of one delimited or Parquet file.

    Raises
    ------
    BadInputError
        When it cannot be read.
    """
    from dayzero.records.delimited import read_delimited
    from dayzero.records.parquet import read_parquet

    refuse_impostor(path)
    return read_parquet(path) if path.suffix.lower() in PARQUET else read_delimited(path, log)


def _read_flat(path: Path, mapping: FlatMapping, order: DateRule) -> Records:
    log = Log()
    if mapping.redcap is not None:
        from dayzero.records.redcap import open_project
        from dayzero.records.redcap_spread import spread_project

        project = open_project(path, mapping.redcap.dictionary, log)
        flat = spread_project(project, mapping, log)
        place, rows = project.place, len(project.rows)
        source = Source(path.name, "REDCap export", _hash(project.files), {place: rows})
        return _of_flat(flat, source, order, log)
    from dayzero.records.flat import spread

    if path.is_dir():
        raise BadInputError(
            what="a mapping describes one flat file, not a folder",
            where=path.name,
            allowed="a .csv, .xlsx or .parquet file",
        )
    refuse_impostor(path)
    if path.suffix.lower() in WORKBOOKS:
        from dayzero.records.workbook import read_flat_sheet

        grid = read_flat_sheet(path, mapping.sheet, log)
    else:
        grid = read_table_file(path, log)
    source = Source(path.name, "flat file", _hash([path]), {grid.place: len(grid.rows)})
    return _of_flat(spread(grid, mapping, log), source, order, log)


def _of_flat(flat: Flat, source: Source, order: DateRule, log: Log) -> Records:
    ingested = ingest(flat.parts, order, log)
    return Records(
        tables=ingested.tables,
        given=pl.DataFrame(flat.given, schema=_GIVEN, orient="row"),
        key=ingested.key,
        source=source,
        variables=flat.variables,
        findings=log.findings(),
        places=places_of(flat.parts),
    )


def _records(source: Source, grids: Mapping[str, Grid], order: DateRule, log: Log) -> Records:
    parts = parts_of(grids, log)
    ingested = ingest(parts, order, log)
    rows = {name: len(grid.rows) for name, grid in grids.items()}
    return Records(
        tables=ingested.tables,
        given=pl.DataFrame(schema=_GIVEN),
        key=ingested.key,
        source=Source(source.name, source.kind, source.sha256, rows),
        findings=log.findings(),
        places=places_of(parts),
    )


def _hash(paths: Sequence[Path]) -> str:
    """Return the SHA-256 of one file's bytes, or of the sorted names and bytes of several."""
    total = hashlib.sha256()
    if len(paths) == 1:
        total.update(paths[0].read_bytes())
    else:
        for path in sorted(paths):
            total.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()
