"""Data locks: checked records frozen in a folder of Parquet files, with the hash of what they say.

A lock holds days, never dates: the key to the calendar is not part of it. Reading a lock gives the records
that were frozen, with the findings of their reading and the user's own names of sheets and columns.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from dayzero.errors import BadInputError
from dayzero.records.canonical import file_hash, open_tables, parquet_tables
from dayzero.records.checks.rule import as_polars
from dayzero.records.content_hash import content_hash, table_hash
from dayzero.records.findings import SEVERITIES, Finding, Where
from dayzero.records.model import Records, Source, VariableNote
from dayzero.records.places import Places
from dayzero.records.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

#: The file that makes a folder a lock.
LOCK: Final = "lock.json"
#: Changes when a lock of the new kind can no longer be read as the old one.
SCHEMA_VERSION: Final = "1.0"
_PLACE: Final[dict[str, type[pl.DataType]]] = {
    "table": pl.String,
    "row": pl.Int64,
    "column": pl.String,
    "patient_id": pl.String,
    "item": pl.String,
}
_FINDING: Final = ("id", "severity", "what", "hint", "found", "allowed", "source")


def is_lock(path: Path) -> bool:
    """Return whether a path is a folder that holds a lock."""
    return (path / LOCK).is_file()


def write_lock(
    records: Records,
    findings: Sequence[Finding],
    folder: Path,
    *,
    version: str,
    cutoff: date | None = None,
    accepted: bool = False,
) -> str:
    """Freeze records in a folder.

    Parameters
    ----------
    records : Records
        Of a data cut-off, when there is one, already as seen on it.
    findings : sequence of Finding
        Everything found, also by the checks: counted in ``lock.json``.
    folder : pathlib.Path
        An existing, empty folder.
    version : str
        Of the program that writes.
    cutoff : datetime.date, optional
        The data cut-off that was applied.
    accepted : bool
        Whether errors were accepted knowingly.

    Returns
    -------
    str
        The content hash: the same for the same facts in any order of rows.
    """
    tables = {**{name: as_polars(frame) for name, frame in records.tables.items()}, "given": records.given}
    hashes = {name: table_hash(frame) for name, frame in tables.items()}
    source = records.source
    content = content_hash(hashes, _rest(records.variables, source.kind, cutoff))
    for name, frame in tables.items():
        frame.write_parquet(folder / f"{name}.parquet", compression="zstd", statistics=False)
    read = pl.DataFrame(
        [each.as_dict() for each in records.findings],
        schema={**dict.fromkeys(_FINDING, pl.String), **_PLACE},
        orient="row",
    )
    read.write_parquet(folder / "reading.parquet", compression="zstd", statistics=False)
    severities = Counter(finding.severity for finding in findings)
    note = {
        "schema_version": SCHEMA_VERSION,
        "dayzero": version,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "content_sha256": content,
        "cutoff": None if cutoff is None else cutoff.isoformat(),
        "source": {
            "name": source.name,
            "kind": source.kind,
            "sha256": source.sha256,
            "rows": dict(source.rows),
        },
        "tables": {
            name: {
                "rows": frame.height,
                "sha256": hashes[name],
                "file_sha256": file_hash(folder / f"{name}.parquet"),
            }
            for name, frame in sorted(tables.items())
        },
        "findings": {severity: severities[severity] for severity in SEVERITIES},
        "errors_accepted": accepted,
        "variables": {name: asdict(each) for name, each in sorted(records.variables.items())},
        "places": _places_out(records.places),
    }
    text = json.dumps(note, indent=1, ensure_ascii=False) + "\n"
    (folder / LOCK).write_text(text, encoding="utf-8", newline="\n")
    return content


def _rest(variables: Mapping[str, VariableNote], kind: str, cutoff: date | None) -> object:
    """Return what else decides results: in a flat file, who is not said to have had an event is unknown."""
    notes = {name: asdict(note) for name, note in variables.items()}
    return [SCHEMA_VERSION, notes, kind == "flat file", None if cutoff is None else cutoff.isoformat()]


def _places_out(places: Places) -> dict[str, Any]:
    headers = [
        {"table": table, "kind": kind, "columns": dict(columns)}
        for (table, kind), columns in sorted(places.headers.items())
    ]
    return {"known": places.known, "sheets": dict(places.sheets), "headers": headers}


def read_lock(folder: Path, engine: str = "polars") -> Records:
    """Read a lock.

    Parameters
    ----------
    folder : pathlib.Path
    engine : {"polars", "duckdb"}
        On DuckDB the six tables stay on disk; the hash of each file's bytes, not that of its rows, proves
        them unchanged.

    Returns
    -------
    Records
        Without a key; ``source.sha256`` is the content hash, ``source.cutoff`` the data cut-off applied,
        ``source.kind`` that of the records frozen, because it decides what an absent event means.

    Raises
    ------
    BadInputError
        When the folder is no lock, is one of a later version, lacks a file, or was changed after it was made.
    """
    note = read_note(folder)
    tables = _on_disk(folder, note) if engine == "duckdb" else _in_memory(folder)
    try:
        cutoff = date.fromisoformat(note["cutoff"]) if note["cutoff"] else None
        variables = {name: VariableNote(**each) for name, each in note["variables"].items()}
        places = _places_in(note["places"])
        said, kind = note["content_sha256"], note["source"]["kind"]
        rows = {name: note["tables"][name]["rows"] for name in tables if name != "given"}
    except (KeyError, TypeError, ValueError, AttributeError):
        raise _damaged(folder, LOCK) from None
    if engine == "duckdb":
        hashes = {name: each["sha256"] for name, each in note["tables"].items()}
    else:
        hashes = {name: table_hash(frame) for name, frame in tables.items()}
    if content_hash(hashes, _rest(variables, kind, cutoff)) != said:
        raise _changed(folder)
    given = tables.pop("given")
    return Records(
        tables=tables,
        given=given,
        key=None,
        source=Source(folder.name, kind, said, rows, locked=True, cutoff=cutoff),
        variables=variables,
        findings=tuple(_finding(row) for row in _table(folder, "reading").iter_rows(named=True)),
        places=places,
    )


def _in_memory(folder: Path) -> dict[str, Any]:
    return {name: _table(folder, name) for name in (*(table.name for table in TABLES), "given")}


def _on_disk(folder: Path, note: dict[str, Any]) -> dict[str, Any]:
    """Return the tables as queries; each file must have the bytes that it was written with."""
    for name, each in note.get("tables", {}).items():
        path = folder / f"{name}.parquet"
        if not path.is_file():
            raise _damaged(folder, path.name)
        if "file_sha256" not in each:
            what = "the lock is older than the hashes of files, without which it is not read on DuckDB"
            raise BadInputError(what, where=folder.name, hint="read it without engine, or make a new lock")
        if file_hash(path) != each["file_sha256"]:
            raise _changed(folder)
    files = parquet_tables(folder)
    extra = sorted(note.get("variables", {}))
    return {**open_tables(files, "duckdb", extra), "given": _table(folder, "given")}


def _changed(folder: Path) -> BadInputError:
    what = "the lock was changed after it was made: its content is not what its hash says"
    return BadInputError(what, where=folder.name, hint="take the lock as it was made, or make a new one")


def read_note(folder: Path) -> dict[str, Any]:
    """Return what ``lock.json`` says.

    Raises
    ------
    BadInputError
        When the folder is no lock, or one of a later version.
    """
    if not is_lock(folder):
        what = "this is no data lock" if folder.exists() else "there is no such folder"
        raise BadInputError(
            what, where=folder.name, allowed=f"a folder with {LOCK}", hint="dayzero lock SOURCE makes one"
        )
    try:
        note = json.loads((folder / LOCK).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise _damaged(folder, LOCK) from None
    version = note.get("schema_version") if isinstance(note, dict) else None
    if not isinstance(version, str):
        raise _damaged(folder, LOCK)
    if version.partition(".")[0] != SCHEMA_VERSION.partition(".")[0]:
        what = f"the lock has the schema version {version}, which this dayzero cannot read"
        raise BadInputError(what, where=folder.name, allowed=SCHEMA_VERSION, hint="use a later dayzero")
    return dict(note)


def _table(folder: Path, name: str) -> pl.DataFrame:
    try:
        return pl.read_parquet(folder / f"{name}.parquet")
    except (pl.exceptions.PolarsError, OSError):
        raise _damaged(folder, f"{name}.parquet") from None


def _damaged(folder: Path, name: str) -> BadInputError:
    what = f"the lock is incomplete or damaged: {name} cannot be read"
    return BadInputError(what, where=folder.name, hint="take the lock as it was made, or make a new one")


def _places_in(note: dict[str, Any]) -> Places:
    headers = {(each["table"], each["kind"]): each["columns"] for each in note["headers"]}
    return Places(note["sheets"], headers, note["known"])


def _finding(row: dict[str, Any]) -> Finding:
    where = Where(*(row[name] for name in _PLACE))
    return Finding(where=where, **{name: row[name] for name in _FINDING})
