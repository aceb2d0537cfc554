"""Records made by hand: a few facts about a few patients, on each engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb
import polars as pl

from dayzero.records.model import Records, Source, VariableNote
from dayzero.records.tables import TABLES, ingested_schema

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping, Sequence

    from dayzero.endpoints.definition import DerivedEndpoint, Variables

    Row = Mapping[str, Any]

_TYPES = {"string": pl.String, "int64": pl.Int64, "float64": pl.Float64}
_GIVEN = {
    "row": pl.Int64,
    "patient_id": pl.String,
    "name": pl.String,
    "time": pl.Float64,
    "outcome": pl.String,
}


def frame(table: str, rows: Sequence[Row], extra: Mapping[str, Any] | None = None) -> pl.DataFrame:
    """Return a table as after ingest; rows without a number are numbered from 2, as in a sheet."""
    schema = {name: _TYPES[dtype] for name, dtype in ingested_schema(table).items()} | dict(extra or {})
    numbered = [{"row": n, **row} for n, row in enumerate(rows, start=2)]
    unknown = {name for row in numbered for name in row} - set(schema)
    assert not unknown, unknown
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in numbered], schema=schema)


def records(
    patients: Sequence[str | Row],
    *,
    transplants: Sequence[Row] | None = None,
    kind: str = "workbook",
    given: Sequence[Row] = (),
    key: Mapping[str, dt.date] | None = None,
    variables: Mapping[str, VariableNote] | None = None,
    extra: Mapping[str, Any] | None = None,
    **tables: Sequence[Row],
) -> Records:
    """Return records on Polars.

    ``patients`` may be ids alone. Unless ``transplants`` says otherwise, everybody has an allogeneic
    transplant on day 0.
    """
    people = [{"patient_id": p} if isinstance(p, str) else dict(p) for p in patients]
    if transplants is None:
        transplants = [{"patient_id": p["patient_id"], "day": 0, "type": "allogeneic"} for p in people]
    rows: dict[str, Sequence[Row]] = {"patients": people, "transplants": transplants, **tables}
    frames = {
        t.name: frame(t.name, rows.get(t.name, ()), extra if t.name == "patients" else None) for t in TABLES
    }
    return Records(
        tables=frames,
        given=pl.DataFrame(
            [{"row": n, "name": "first failure", **row} for n, row in enumerate(given, start=2)],
            schema=_GIVEN,
        ),
        key=None
        if key is None
        else pl.DataFrame(
            {"patient_id": list(key), "day0": list(key.values())},
            schema={"patient_id": pl.String, "day0": pl.Date},
        ),
        source=Source("made.xlsx", kind, "0" * 64),
        variables=dict(variables or {}),
    )


def on_polars(made: Records) -> Records:
    """Return the records as they are."""
    return made


class _Arrow:
    """A Polars frame that shows DuckDB its Arrow stream and nothing else (DuckDB would ask for pyarrow)."""

    def __init__(self, native: pl.DataFrame) -> None:
        self.native = native

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.native.__arrow_c_stream__(requested_schema)


def on_duckdb(made: Records) -> Records:
    """Return the records with each table as a DuckDB relation."""
    connection = duckdb.connect()
    relations = {}
    for name, table in made.tables.items():
        connection.register(f"arrow_{name}", _Arrow(table))
        connection.execute(f"create table {name} as select * from arrow_{name}")  # noqa: S608
        relations[name] = connection.table(name)
    return Records(relations, made.given, made.key, made.source, made.variables, made.findings, made.places)


ENGINES: dict[str, Callable[[Records], Records]] = {"polars": on_polars, "duckdb": on_duckdb}


def answers(derived: DerivedEndpoint) -> dict[str, tuple[float | None, int]]:
    """Return each patient's time and cause."""
    return {p: (t, c) for p, t, c in derived.frame.select("patient_id", "time", "cause").iter_rows()}


def whys(derived: DerivedEndpoint) -> dict[str, str]:
    """Return each patient's why."""
    return dict(derived.frame.select("patient_id", "why").iter_rows())


def reasons(derived: DerivedEndpoint) -> dict[str, str]:
    """Return why each patient left out is, with the fact in brackets."""
    return {p: f"{why} [{fact}]" if fact else why for p, why, fact in derived.not_eligible.iter_rows()}


def found(derived: DerivedEndpoint | Variables) -> list[tuple[str, str | None]]:
    """Return the rule and the patient of each finding."""
    return [(finding.id.removeprefix("endpoints."), finding.where.patient_id) for finding in derived.findings]


def measured(patient_id: str, day: int, analyte: str, value: float | None, **more: Any) -> dict[str, Any]:
    """Return a row of measurements."""
    return {"patient_id": patient_id, "day": day, "analyte": analyte, "value": value, **more}


def happened(patient_id: str, day: int | None, event: str, **more: Any) -> dict[str, Any]:
    """Return a row of events."""
    return {"patient_id": patient_id, "day": day, "event": event, **more}


def treated(patient_id: str, start: int | None, agent: str, **more: Any) -> dict[str, Any]:
    """Return a row of treatments."""
    return {"patient_id": patient_id, "start_day": start, "agent": agent, **more}


def alive(day: int, *patients: str) -> list[dict[str, Any]]:
    """Return a contact alive of each patient."""
    return [{"patient_id": p, "day": day, "alive": "yes"} for p in patients]
