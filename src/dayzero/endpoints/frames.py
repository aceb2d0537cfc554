"""Reduce a table of facts to one row per patient, on whatever engine holds it.

The heavy work (a row per fact) is done where the data is; what comes back is one row per patient.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import narwhals as nw

from dayzero.endpoints.memo import remembered
from dayzero.records.engines import collect as collect
from dayzero.records.schema import ABSENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dayzero.records.model import Records

#: A fact's day and row are packed into one integer, day * ROWS + row, so that one minimum per patient finds
#: the first fact and the row that states it, independent of the order of the rows. Rows are below 2**32.
ROWS = 2**32
#: Stands for the row of a contact that no source row states: the data cut-off.
NO_ROW = 0

DAY = nw.col("day")
ROW = nw.col("row").fill_null(NO_ROW)
#: An events row says that it happened: ``occurred`` empty means yes.
HAPPENED = nw.col("occurred").fill_null("yes") == "yes"
DENIED = nw.col("occurred") == "no"
NOT_KNOWN = nw.col("occurred").is_in(ABSENT)
#: Words in ``detail`` that place a relapse without a day before the transplant.
BEFORE_TRANSPLANT = r"(?:before|pre|prior to)[ -]?(?:transplant|hsct|hct|sct|day 0)"


@dataclass(frozen=True)
class Pick:
    """Which fact of a patient to keep: gives the columns ``<name>_day`` and ``<name>_row``.

    Attributes
    ----------
    name : str
    where : narwhals.Expr
        Which rows are candidates.
    which : {"first", "last", "any"}
        First or last by day, then row; ``any`` gives the lowest row, with or without a day, and no day.
    """

    name: str
    where: nw.Expr
    which: Literal["first", "last", "any"] = "first"


@dataclass(frozen=True)
class Text:
    """A text column on the day a ``first`` pick chose; of several rows that day, the first by alphabet."""

    name: str
    column: str
    of: str


def lazy(records: Records, table: str) -> nw.LazyFrame[Any]:
    """Return a table of the records as a lazy narwhals frame, whichever engine it is on."""
    return remembered(records, f"table {table}", lambda made: nw.from_native(made.tables[table]).lazy())


def reduce(
    frame: nw.LazyFrame[Any],
    picks: Sequence[Pick],
    texts: Sequence[Text] = (),
    by: Sequence[str] = ("patient_id",),
) -> nw.LazyFrame[Any]:
    """Reduce facts to one row per patient.

    Parameters
    ----------
    frame : narwhals.LazyFrame
        With ``patient_id``, ``day`` and ``row``.
    picks : sequence of Pick
    texts : sequence of Text
        Words to bring along.
    by : sequence of str
        One row for each.

    Returns
    -------
    narwhals.LazyFrame
        ``by``; for each pick ``<name>_day`` (not for ``any``) and ``<name>_row``; each text by name.
    """
    dated = [pick for pick in picks if pick.which != "any"]
    # each condition is asked once, then named: it is often long, and several columns follow from it
    candidates = frame.with_columns(*(pick.where.alias(f"{pick.name}_is") for pick in picks))
    marked = candidates.with_columns(*(column for pick in picks for column in _marks(pick)))
    if texts:
        marked = marked.with_columns(
            *(
                nw.when(nw.col(f"{text.of}_is") & (nw.col(f"{text.of}_day").min().over(*by) == DAY))
                .then(nw.col(text.column))
                .alias(text.name)
                for text in texts
            )
        )
    grouped = marked.group_by(*by).agg(
        *(column for pick in picks for column in _aggregates(pick)),
        *(nw.col(text.name).min() for text in texts),
    )
    if not dated:
        return grouped
    return grouped.with_columns(
        *(
            (nw.col(f"{pick.name}_row") - nw.col(f"{pick.name}_day") * ROWS).alias(f"{pick.name}_row")
            for pick in dated
        )
    )


def _marks(pick: Pick) -> Iterable[nw.Expr]:
    where = nw.col(f"{pick.name}_is")
    if pick.which == "any":
        return (nw.when(where).then(ROW).alias(f"{pick.name}_row"),)
    return (
        nw.when(where).then(DAY).alias(f"{pick.name}_day"),
        nw.when(where).then(DAY * ROWS + ROW).alias(f"{pick.name}_row"),
    )


def _aggregates(pick: Pick) -> Iterable[nw.Expr]:
    names = [f"{pick.name}_row"] if pick.which == "any" else [f"{pick.name}_day", f"{pick.name}_row"]
    columns = [nw.col(name) for name in names]
    return [column.max() if pick.which == "last" else column.min() for column in columns]


def choose(cases: Sequence[tuple[nw.Expr, nw.Expr]], otherwise: nw.Expr) -> nw.Expr:
    """Return the value of the first case whose condition holds, else ``otherwise``."""
    chosen = otherwise
    for condition, value in reversed(cases):
        chosen = nw.when(condition).then(value).otherwise(chosen)
    return chosen


def largest(*names: str) -> nw.Expr:
    """Return the largest value of some columns, also of one alone (for which Spark has no such function)."""
    return nw.col(names[0]) if len(names) == 1 else nw.max_horizontal(*names)


def words(*parts: str | nw.Expr) -> nw.Expr:
    """Join words and columns; null when any column is null."""
    return nw.concat_str([nw.lit(part) if isinstance(part, str) else part for part in parts])
