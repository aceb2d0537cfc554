"""Refuse tables on a scale of days that hold what ingest would not have let through, whatever their engine.

One pass over each table: its codes with how often they stand and the extremes of its numbers beside them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import narwhals as nw
import polars as pl

from dayzero.errors import BadInputError
from dayzero.records.engines import collect
from dayzero.records.moments import EARLIEST_DAY, FARTHEST_DAY
from dayzero.records.results import UNITS
from dayzero.records.schema import ABSENT
from dayzero.records.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dayzero.records.schema import Column, Table

#: Rows are packed with days into one integer of 64 bits.
_LAST_ROW: Final = 2**32 - 1
_YES_NO: Final = ("yes", "no")
_HINT: Final = "correct it at its source; dayzero lock SOURCE makes such tables from a centre's records"


def refuse_unfit(tables: Mapping[str, Any], where: str) -> dict[str, int]:
    """Return the rows of each table.

    Raises
    ------
    BadInputError
        At the first thing that the schema does not allow: how many rows, in which column, and what is
        allowed.
    """
    rows = {}
    for table in TABLES:
        frame = nw.from_native(tables[table.name]).lazy()
        summary = _summary(table, frame)
        rows[table.name] = int(summary["rows"].sum())
        for column, found, allowed in _wrong(table, summary):
            raise BadInputError(
                f"{found} rows hold a {column} that is not allowed" if found else f"no {column} at all",
                where=f"{where}, {table.name}, column {column}",
                allowed=allowed,
                hint=_HINT,
            )
    _refuse_ids(tables, where)
    return rows


def _summary(table: Table, frame: nw.LazyFrame[Any]) -> pl.DataFrame:
    """Count each combination of codes, with the extremes of the numbers and the empty keys beside it."""
    kinds = [c.after_ingest for c in table.columns if c.type in ("code", "flag")]
    kinds += ["unit"] if table.name == "measurements" else []
    numbers = ["row", *_numbers(table)]
    keys = ["row", *(c.after_ingest for c in table.columns if c.key)]
    empty = [
        nw.when(nw.col(name).is_null()).then(1).otherwise(0).alias(f"no_{name}")
        for name in dict.fromkeys(keys)
    ]
    by = kinds or ["patient_id"]
    summed = (
        frame.with_columns(*empty)
        .group_by(*by)
        .agg(
            nw.len().alias("rows"),
            *(nw.col(f"no_{name}").sum() for name in dict.fromkeys(keys)),
            *(nw.col(name).min().alias(f"least_{name}") for name in numbers),
            *(nw.col(name).max().alias(f"most_{name}") for name in numbers),
        )
    )
    return collect(summed).sort(by)


def _numbers(table: Table) -> list[str]:
    return [*dict.fromkeys(c.after_ingest for c in table.columns if c.dtype != "string")]


def _wrong(table: Table, summary: pl.DataFrame) -> Iterator[tuple[str, int, str]]:
    """Yield column, number of rows at most, and what is allowed, of everything that is wrong."""
    for name in (n for n in summary.columns if n.startswith("no_")):
        if summary[name].sum():
            yield name.removeprefix("no_"), int(summary[name].sum()), "one in every row"
    limits: dict[str, tuple[float, float]] = {"row": (0, _LAST_ROW)}
    for column in table.columns:
        name = column.after_ingest
        if column.type == "date" and name != "age":
            limits[name] = (EARLIEST_DAY, FARTHEST_DAY)
        elif column.minimum is not None or column.maximum is not None:
            limits[name] = (
                -float("inf") if column.minimum is None else column.minimum,
                float("inf") if column.maximum is None else column.maximum,
            )
        yield from _wrong_codes(column, summary)
    for name, (low, high) in limits.items():
        outside = summary.filter((pl.col(f"least_{name}") < low) | (pl.col(f"most_{name}") > high))
        if outside.height:
            yield name, int(outside["rows"].sum()), f"{low:g} to {high:g}"
    if table.name == "measurements":
        yield from _wrong_results(summary)


def _wrong_codes(column: Column, summary: pl.DataFrame) -> Iterator[tuple[str, int, str]]:
    if column.open_codes or column.type not in ("code", "flag"):
        return
    words = _YES_NO if column.type == "flag" else tuple(code.value for code in column.codes)
    allowed = (*words, *ABSENT)
    name = column.after_ingest
    other = summary.filter(pl.col(name).is_not_null(), ~pl.col(name).is_in(allowed))
    if other.height:
        yield name, int(other["rows"].sum()), ", ".join(words)


def _wrong_results(summary: pl.DataFrame) -> Iterator[tuple[str, int, str]]:
    for analyte, (unit, largest) in UNITS.items():
        own = summary.filter(pl.col("analyte") == analyte)
        other = own.filter(pl.col("unit") != unit, pl.col("least_value").is_not_null())
        if other.height:
            yield "unit", int(other["rows"].sum()), f"{unit} of {analyte}"
        outside = own.filter((pl.col("least_value") < 0) | (pl.col("most_value") > largest))
        if outside.height:
            yield "value", int(outside["rows"].sum()), f"0 to {largest:g} {unit} of {analyte}"


def _refuse_ids(tables: Mapping[str, Any], where: str) -> None:
    """Refuse a patient given twice, and facts about a patient who is not in the table patients."""
    patients = nw.from_native(tables["patients"]).lazy()
    total = patients.select(nw.len().alias("n"), nw.col("patient_id").n_unique().alias("different"))
    counted = collect(total)
    twice = int((counted["n"] - counted["different"]).sum())
    if twice:
        what = f"{twice} rows repeat a patient"
        raise BadInputError(what, where=f"{where}, patients", allowed="one row a patient", hint=_HINT)
    known = patients.select("patient_id")
    for table in TABLES[1:]:
        facts = nw.from_native(tables[table.name]).lazy()
        strangers = facts.join(known, on="patient_id", how="anti").select(nw.len().alias("n"))
        found = int(collect(strangers)["n"].sum())
        if found:
            what = f"{found} rows are about patients who are not in the table patients"
            place = f"{where}, {table.name}"
            raise BadInputError(what, where=place, allowed="the ids of patients", hint=_HINT)
