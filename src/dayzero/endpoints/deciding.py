"""Small expressions that every decision is written in: the first case, the first reason, the words of why.

Tables are reduced on the engine that holds them; decisions are then made on one row per patient, in Polars.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from dayzero.endpoints.frames import NO_ROW

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dayzero.records.model import Records

    #: Conditions with their values; the first that holds decides.
    Cases = Sequence[tuple[pl.Expr, pl.Expr]]

NOTHING = pl.lit(None, pl.String)


def choose(cases: Cases, otherwise: pl.Expr) -> pl.Expr:
    """Return the value of the first case whose condition holds, else ``otherwise``."""
    chosen = otherwise
    for condition, value in reversed(cases):
        chosen = pl.when(condition).then(value).otherwise(chosen)
    return chosen


class Reason(NamedTuple):
    """Why a patient cannot be counted.

    Attributes
    ----------
    when : polars.Expr
        Whom it concerns.
    text : str
        The same words for everybody, so that they can be counted.
    fact : polars.Expr
        The fact of this patient: the row, or the day.
    """

    when: pl.Expr
    text: str
    fact: pl.Expr = NOTHING


def excluded(reasons: Sequence[Reason]) -> list[pl.Expr]:
    """Return the columns ``excluded`` and ``fact`` of the first reason that holds, null when none does."""
    return [
        choose([(reason.when, pl.lit(reason.text)) for reason in reasons], NOTHING).alias("excluded"),
        choose([(reason.when, reason.fact) for reason in reasons], NOTHING)
        .str.strip_chars(" ()")
        .alias("fact"),
    ]


def sentence(*parts: str | pl.Expr) -> pl.Expr:
    """Join words and columns; null when any column is null."""
    return pl.concat_str([pl.lit(part) if isinstance(part, str) else part for part in parts])


def joined(*parts: str | pl.Expr) -> pl.Expr:
    """Join words and columns; a null column is left out."""
    return pl.concat_str(
        [pl.lit(part) if isinstance(part, str) else part for part in parts], ignore_nulls=True
    )


def number(column: str) -> pl.Expr:
    """Return an integer column as text."""
    return pl.col(column).cast(pl.String)


@dataclass(frozen=True)
class Cite:
    """Names the row that states a fact, such as `` (events row 37)``.

    Attributes
    ----------
    sheets : mapping of str to str
        Table to the user's sheet or file name.
    flat : bool
        One file holds everything: a row is named without a sheet.
    """

    sheets: Mapping[str, str] = field(default_factory=dict)
    flat: bool = False

    def __call__(self, table: str, row: str) -> pl.Expr:
        """Return the citation of a row; null when there is none."""
        sheet = "" if self.flat else f"{self.sheets.get(table, table)} "
        stated = sentence(f" ({sheet}row ", number(row), ")")
        return pl.when(pl.col(row) == NO_ROW).then(pl.lit(" (data cut-off)")).otherwise(stated)

    def death(self) -> pl.Expr:
        """Return the citation of the row that states the death used: in events, or in follow-up."""
        in_events = pl.col("death_table") == "events"
        return choose([(in_events, self("events", "death_row"))], self("follow_up", "death_row"))


def cite_of(records: Records) -> Cite:
    """Return how rows of these records are named."""
    return Cite(records.places.sheets, flat=records.source.kind == "flat file")


#: Why a patient is left out of every endpoint from day 0.
NOT_TRANSPLANTED = (
    Reason(pl.col("first_day").is_null(), "never transplanted: no allogeneic transplant is recorded"),
    Reason(
        pl.col("first_day") != 0,
        "the first allogeneic transplant recorded is not on day 0",
        sentence("day ", number("first_day")),
    ),
    Reason(
        pl.col("death_day") < 0,
        "death is recorded before the transplant",
        sentence("day ", number("death_day")),
    ),
)
NO_CONTACT = "no follow-up: no contact after day 0"
