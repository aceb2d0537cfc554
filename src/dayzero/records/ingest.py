"""From typed cells to records on a day scale: rows accepted or refused, dates to days, births to ages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from dayzero.records.ages import ages_at_day0
from dayzero.records.day0 import Day0, find_day0, key_of, place
from dayzero.records.events import resolve_events
from dayzero.records.tables import TABLES, ingested_schema
from dayzero.records.typed import type_part

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dayzero.records.log import Log
    from dayzero.records.moments import DateRule
    from dayzero.records.parts import Part, Typed

_DTYPES: dict[str, type[pl.DataType]] = {"string": pl.String, "int64": pl.Int64, "float64": pl.Float64}


@dataclass(frozen=True)
class Ingested:
    """The six tables on a day scale, and the key to the calendar where the source has dates."""

    tables: Mapping[str, pl.DataFrame]
    key: pl.DataFrame | None


def ingest(parts: Sequence[Part], dates: DateRule, log: Log) -> Ingested:
    """Turn parts into tables of days.

    Every row of every part is used, or refused with a finding that ends in "The row is not used."

    Parameters
    ----------
    parts : sequence of Part
        ``patients`` exactly once; other tables any number of times.
    dates : DateRule
    log : Log
        Gains what was found.
    """
    typed = [type_part(part, dates, log) for part in parts]
    patients = next(each for each in typed if each.part.table == "patients")
    known = set(patients.values["patient_id"]) - {None}
    day0 = find_day0([each for each in typed if each.part.table == "transplants"], patients, log)
    frames: dict[str, list[pl.DataFrame]] = {table.name: [] for table in TABLES}
    for each in typed:
        accepted = _accept(each, known, log)
        frames[each.part.table].append(_frame(each, accepted, day0, log))
    key = key_of(day0)
    return Ingested(
        {name: _together(name, made) for name, made in frames.items()},
        pl.DataFrame({"patient_id": [*key], "day0": [*key.values()]}, schema_overrides={"day0": pl.Date})
        if key
        else None,
    )


def _together(name: str, frames: list[pl.DataFrame]) -> pl.DataFrame:
    if not frames:
        return pl.DataFrame(schema={column: _DTYPES[kind] for column, kind in ingested_schema(name).items()})
    return frames[0] if len(frames) == 1 else pl.concat(frames).sort("row", maintain_order=True)


def _accept(typed: Typed, known: set[str], log: Log) -> list[int]:
    """Return the positions of rows that state a fact about a known patient; the others are reported."""
    accepted = [i for i in range(len(typed.part.rows)) if _states_a_fact(typed, i, log)]
    if typed.part.table == "patients":
        return _first_of_each(typed, accepted, log)
    if not typed.part.flat:
        accepted = [i for i in accepted if _is_known(typed, i, known, log)]
        accepted = _without_repeats(typed, accepted, log)
    return accepted


def _states_a_fact(typed: Typed, position: int, log: Log) -> bool:
    for column in typed.part.schema.columns:
        if not column.key or typed.values[column.name][position] is not None:
            continue
        if position not in typed.unreadable.get(column.name, ()) and not typed.part.flat:
            header = typed.part.header(column.name)
            log.add("records.missing_key", typed.where(position, column.name), outcome="row", column=header)
        return False
    return True


def _first_of_each(typed: Typed, accepted: list[int], log: Log) -> list[int]:
    first: dict[str, int] = {}
    for i in accepted:
        patient = typed.values["patient_id"][i]
        if patient in first:
            row = typed.part.rows[first[patient]]
            log.add("records.duplicate_patient", typed.where(i, "patient_id"), outcome="row", first=row)
        else:
            first[patient] = i
    return [*first.values()]


def _is_known(typed: Typed, position: int, known: set[str], log: Log) -> bool:
    patient = typed.values["patient_id"][position]
    if patient in known:
        return True
    bare = patient.lstrip("0").casefold()
    near = next((each for each in sorted(known) if each.lstrip("0").casefold() == bare), None)
    hint = "" if near is None else f"did you mean '{near}'? leading zeros and letter case count"
    log.add("records.unknown_patient", typed.where(position, "patient_id"), hint=hint, outcome="row")
    return False


def _without_repeats(typed: Typed, accepted: list[int], log: Log) -> list[int]:
    rows = list(zip(*typed.values.values(), strict=True))
    seen: dict[tuple[Any, ...], int] = {}
    for i in accepted:
        row = rows[i]
        if row in seen:
            log.add("records.duplicate_row", typed.where(i), outcome="row", first=typed.part.rows[seen[row]])
        else:
            seen[row] = i
    return [*seen.values()]


def _frame(typed: Typed, accepted: list[int], day0: Mapping[str, Day0], log: Log) -> pl.DataFrame:
    """Return the accepted rows as a frame; a row whose own date cannot be placed is refused here."""
    name = typed.part.table
    values = dict(typed.values)
    if name == "events":
        values["occurred"], values["date"] = resolve_events(typed, log)
    placed = _Placing(typed, values, day0, log)
    kept = [i for i in accepted if placed.row(i)]
    _report_missing(typed, kept, log)
    columns: dict[str, Sequence[Any]] = {"row": [typed.part.rows[i] for i in kept]}
    for column in typed.part.schema.columns:
        cells = placed.days.get(column.name) or values.get(column.name)
        if cells is not None:
            columns[column.after_ingest] = [cells[i] for i in kept]
    if name == "patients":
        columns["age"] = ages_at_day0(typed, kept, day0, log)
        columns["year"] = [_year(day0.get(values["patient_id"][i])) for i in kept]
    if name == "measurements" and "text" in values:
        columns["text"] = [values["text"][i] for i in kept]
    schema = {column: _DTYPES[kind] for column, kind in ingested_schema(name).items()}
    empty = [None] * len(kept)
    frame = pl.DataFrame({column: columns.get(column, empty) for column in schema}, schema=schema)
    return frame.with_columns(
        pl.Series(variable, [cells[i] for i in kept], dtype=_DTYPES[dtype])
        for variable, (dtype, cells) in typed.part.extra.items()
    )


def _year(day0: Day0 | None) -> int | None:
    return day0.year if isinstance(day0, date) else None


class _Placing:
    """Days from day 0 of the date columns of one part; what cannot be placed is reported once."""

    def __init__(
        self, typed: Typed, values: Mapping[str, list[Any]], day0: Mapping[str, Day0], log: Log
    ) -> None:
        self.typed, self.values, self.day0, self.log = typed, values, day0, log
        self.dates = [
            column
            for column in typed.part.schema.columns
            if column.type == "date" and column.name in values and column.name != "birth_date"
        ]
        self.days: dict[str, list[int | None]] = {
            column.name: [None] * len(typed.part.rows) for column in self.dates
        }

    def row(self, position: int) -> bool:
        """Place the dates of a row; return whether the row can be used."""
        day0 = self.day0.get(self.values["patient_id"][position])
        usable = True
        for column in self.dates:
            day, rule = place(self.values[column.name][position], day0)
            self.days[column.name][position] = day
            if rule:
                fatal = column.key or self.typed.part.table == "events"
                self.log.add(
                    rule,
                    self.typed.where(position, column.name),
                    outcome="row" if fatal else "value",
                    column=self.typed.part.header(column.name),
                )
                usable = usable and not fatal
        return usable


def _report_missing(typed: Typed, kept: list[int], log: Log) -> None:
    """Report empty cells of required columns; a flat file's are reported by column, not by cell."""
    if typed.part.flat:
        return
    for column in typed.part.schema.columns:
        if not column.required or column.key or column.name not in typed.part.cells:
            continue
        words = typed.values.get("text") if column.name == "value" else None
        for i in kept:
            absent = typed.values[column.name][i] is None and (words is None or words[i] is None)
            if absent and i not in typed.unreadable.get(column.name, ()):
                log.add("records.missing_value", typed.where(i, column.name))
