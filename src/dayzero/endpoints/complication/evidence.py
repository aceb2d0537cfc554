"""Criteria such as "two of five": when enough of them were there together, reduced on the engine.

The signs of one patient and day make one row, each column holding the row number of the fact that shows the
sign on that day. What is then asked is the first day on which enough criteria stand within a window.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from dayzero.endpoints.frames import DAY, ROWS, largest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dayzero.endpoints.deciding import Cite

#: Earlier than any day, packed or not.
_NEVER = -(2**62)
_NEVER_DAY = -(2**30)


@dataclass(frozen=True)
class Sign:
    """One sign as a column of the days.

    Attributes
    ----------
    name : str
        The column.
    table : str
        Where its fact stands.
    words : str
        As said in ``why``.
    """

    name: str
    table: str
    words: str


@dataclass(frozen=True)
class Criterion:
    """One criterion: met on a day when any of its signs is there."""

    signs: tuple[Sign, ...]


def by_day(parts: Sequence[nw.LazyFrame[Any]], names: Sequence[str]) -> nw.LazyFrame[Any]:
    """Join facts to one row per patient and day: for each sign its lowest row number, else null.

    Parameters
    ----------
    parts : sequence of narwhals.LazyFrame
        ``patient_id``, ``day`` and some of ``names``.
    names : sequence of str
    """
    nothing = nw.lit(None, nw.Int64)
    whole = []
    for part in parts:
        held = part.collect_schema().names()
        whole.append(
            part.select(
                "patient_id",
                nw.col("day").cast(nw.Int64),
                *(nw.col(n).cast(nw.Int64) if n in held else nothing.alias(n) for n in names),
            )
        )
    return nw.concat(whole).group_by("patient_id", "day").agg(*(nw.col(name).min() for name in names))


def carried(days: nw.LazyFrame[Any], names: Sequence[str]) -> nw.LazyFrame[Any]:
    """Carry signs forward: ``<name>_at`` (day and row packed) and ``<name>_on`` (day) of its last fact."""
    packed = {n: nw.when(~nw.col(n).is_null()).then(DAY * ROWS + nw.col(n)).otherwise(_NEVER) for n in names}
    on = {n: nw.when(~nw.col(n).is_null()).then(DAY).otherwise(_NEVER_DAY) for n in names}
    return days.with_columns(
        *(at.cum_max().over("patient_id", order_by="day").alias(f"{n}_at") for n, at in packed.items()),
        *(day.cum_max().over("patient_id", order_by="day").alias(f"{n}_on") for n, day in on.items()),
    )


def holds(criterion: Criterion, window: int) -> nw.Expr:
    """Return 1 when a criterion stands on a day or did within the ``window`` days before it, else 0."""
    last = largest(*(f"{sign.name}_on" for sign in criterion.signs))
    return nw.when(last >= DAY - window).then(1).otherwise(0)


def how_many(criteria: Sequence[Criterion], window: int) -> nw.Expr:
    """Return how many criteria stand together on a day."""
    return nw.sum_horizontal(*(holds(criterion, window) for criterion in criteria))


def first_day(days: nw.LazyFrame[Any], met: nw.Expr) -> nw.LazyFrame[Any]:
    """Return each patient's first day on which ``met`` holds, with all its columns."""
    return days.filter(met).filter(DAY.min().over("patient_id") == DAY)


def told(criteria: Sequence[Criterion], window: int, cite: Cite) -> pl.Expr:
    """Return the signs that stand on the day, in the order of the criteria, each with its day and row."""
    parts = [_sign(sign, window, cite) for criterion in criteria for sign in criterion.signs]
    return pl.concat_list(parts).list.drop_nulls().list.join(", ")


def _sign(sign: Sign, window: int, cite: Cite) -> pl.Expr:
    on = pl.col(f"{sign.name}_on")
    place = cite(sign.table, f"{sign.name}_row")
    words = pl.concat_str(pl.lit(f"{sign.words} on day "), on.cast(pl.String), place)
    return pl.when(on >= pl.col("day") - window).then(words)


def unpacked(found: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """Add ``<name>_row`` of each carried sign."""
    return found.with_columns(
        pl.when(pl.col(f"{n}_at") != _NEVER)
        .then(pl.col(f"{n}_at") - pl.col(f"{n}_on").cast(pl.Int64) * ROWS)
        .alias(f"{n}_row")
        for n in names
    )
