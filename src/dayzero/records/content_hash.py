"""The hash of what records say, whatever the order and the file their rows came from."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Where a fact stood in its file says nothing about the patient.
_PLACE: Final = "row"


def table_hash(frame: pl.DataFrame) -> str:
    """Return the SHA-256 of a table's rows, the same for any order of rows and columns.

    Rows are sorted by all columns, columns by name; numbers enter as little-endian 64 bits, text as UTF-8
    with its length, a missing value as its own mark. The column ``row`` is left out.
    """
    columns = sorted(name for name in frame.columns if name != _PLACE)
    ordered = frame.select(_canonical(name, frame.schema[name]) for name in columns).sort(columns)
    total = hashlib.sha256(json.dumps([columns, ordered.height]).encode())
    for name in columns:
        column = ordered[name]
        total.update(str(column.dtype).encode())
        total.update(column.is_null().to_numpy().tobytes())
        if column.dtype == pl.String:
            whole = column.fill_null("")
            total.update(whole.str.len_bytes().cast(pl.Int64).to_numpy().astype("<i8").tobytes())
            total.update("".join(whole).encode())
        else:
            kind = "<f8" if column.dtype == pl.Float64 else "<i8"
            total.update(column.fill_null(0).to_numpy().astype(kind).tobytes())
    return total.hexdigest()


def _canonical(name: str, dtype: pl.DataType) -> pl.Expr:
    """Return a column as whole number, number or text; not a number is missing, and -0 is 0."""
    if dtype.is_float():
        number = pl.col(name).cast(pl.Float64).fill_nan(None)
        return pl.when(number == 0).then(0.0).otherwise(number).alias(name)
    return pl.col(name).cast(pl.Int64 if dtype.is_integer() else pl.String)


def content_hash(tables: Mapping[str, str], rest: object) -> str:
    """Return the SHA-256 of the hashes of several tables and of what else belongs to the content."""
    text = json.dumps([dict(sorted(tables.items())), rest], ensure_ascii=True, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
