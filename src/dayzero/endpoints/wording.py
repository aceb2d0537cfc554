"""How a derivation says why: the deciding fact, its day, and the row that states it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import narwhals as nw

from dayzero.endpoints.frames import NO_ROW, choose

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dayzero.records.model import Records


def sentence(*parts: str | nw.Expr) -> nw.Expr:
    """Join words and columns; null when any column is null."""
    return nw.concat_str([nw.lit(part) if isinstance(part, str) else part for part in parts])


def joined(*parts: str | nw.Expr) -> nw.Expr:
    """Join words and columns; a null column is left out."""
    return nw.concat_str(
        [nw.lit(part) if isinstance(part, str) else part for part in parts], ignore_nulls=True
    )


def number(column: str) -> nw.Expr:
    """Return an integer column as text."""
    return nw.col(column).cast(nw.String)


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

    def __call__(self, table: str, row: str) -> nw.Expr:
        """Return the citation of a row; null when there is none."""
        sheet = "" if self.flat else f"{self.sheets.get(table, table)} "
        stated = sentence(f" ({sheet}row ", number(row), ")")
        return nw.when(nw.col(row) == NO_ROW).then(nw.lit(" (data cut-off)")).otherwise(stated)

    def death(self) -> nw.Expr:
        """Return the citation of the row that states the death used: in events, or in follow-up."""
        in_events = nw.col("death_table") == "events"
        return choose([(in_events, self("events", "death_row"))], self("follow_up", "death_row"))


def cite_of(records: Records) -> Cite:
    """Return how rows of these records are named."""
    return Cite(records.places.sheets, flat=records.source.kind == "flat file")
