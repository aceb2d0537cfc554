"""Columns of patients that the mapping of a flat file declared, or that the tables merely carry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import polars as pl

from dayzero.endpoints.definition import Variable
from dayzero.records.findings import Finding, Where

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dayzero.records.model import Records

Kind = Literal["number", "category", "yes/no"]


def custom_notes(own: pl.DataFrame, records: Records) -> dict[str, Variable]:
    """Return what each column of patients beyond the schema means.

    A column that nobody declared has no known day: it counts as known after day 0, so that it cannot group a
    curve from day 0 by what happened later.
    """
    notes = {}
    for name in own.columns:
        note = records.variables.get(name)
        if note is None:
            kind = _kind_of(own[name].dtype)
            source = "not declared, so that the day on which it became known is not known"
            notes[name] = Variable(name, name, kind, "after day 0", "", source)
        else:
            kind = _declared(note.kind, own[name].dtype)
            notes[name] = Variable(name, note.label, kind, note.known, note.unit, "declared by the study")
    return notes


def custom_values(notes: dict[str, Variable]) -> list[pl.Expr]:
    """Return the extra columns as their kind: a yes/no as Boolean, ``unknown`` as null."""
    return [_value(note) for note in notes.values()]


def _value(note: Variable) -> pl.Expr:
    column = pl.col(note.name)
    if note.kind == "number":
        return column
    if note.kind == "category":
        text = column.cast(pl.String)
        return pl.when(text != "unknown").then(text).alias(note.name)
    text = column.cast(pl.String).str.to_lowercase()
    return (
        pl.when(text.is_in(["yes", "true"]))
        .then(statement=True)
        .when(text.is_in(["no", "false"]))
        .then(statement=False)
        .alias(note.name)
    )


def _declared(kind: str, dtype: pl.DataType) -> Kind:
    if kind == "number" and dtype.is_numeric():
        return "number"
    return "yes/no" if kind == "yes/no" else _kind_of(dtype)


def _kind_of(dtype: pl.DataType) -> Kind:
    if dtype == pl.Boolean:
        return "yes/no"
    return "number" if dtype.is_numeric() else "category"


def replaced(notes: dict[str, Variable], derived: Mapping[str, Variable]) -> Iterator[Finding]:
    """Yield where a declared column takes the place of a variable derived from the tables."""
    for name in notes:
        if name in derived:
            yield Finding(
                "endpoints.variable_replaced",
                "note",
                f"the variable '{name}' is the column declared for it, not the one derived from the tables",
                Where(item=name),
            )
