"""Read a Parquet file as a grid of typed cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from dayzero.errors import BadInputError
from dayzero.records.matching import make_grid

if TYPE_CHECKING:
    from pathlib import Path

    from dayzero.records.cells import Cell, Grid


def read_parquet(path: Path) -> Grid:
    """Return the grid of one Parquet file; a column of lists or structures is refused.

    Raises
    ------
    BadInputError
        When the file is damaged or holds nested columns.
    """
    try:
        frame = pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise BadInputError(
            what="the Parquet file is damaged or incomplete",
            where=path.name,
            hint="write it again from its source",
        ) from error
    nested = [name for name, dtype in frame.schema.items() if dtype.is_nested() or dtype == pl.Binary]
    if nested:
        raise BadInputError(
            what=f"{len(nested)} columns hold lists, structures or bytes",
            where=path.name,
            allowed="text, numbers, dates, yes/no",
            hint="one fact a row: spread them over rows",
        )
    frame = frame.with_columns(
        pl.col(pl.Categorical, pl.Enum, pl.Decimal).cast(pl.String),
        pl.col(pl.Float32, pl.Float64).fill_nan(None),
    )
    rows: list[tuple[int, list[Cell]]] = [(1, list(frame.columns))]
    rows.extend((number, list(row)) for number, row in enumerate(frame.iter_rows(), 2))
    return make_grid(path.name, rows)
