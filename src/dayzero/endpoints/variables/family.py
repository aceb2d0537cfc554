"""A family of variables: one row per patient from one table, and what each column means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import narwhals as nw

if TYPE_CHECKING:
    from dayzero.endpoints.course_findings import Check
    from dayzero.endpoints.definition import Variable


@dataclass(frozen=True)
class Family:
    """Variables derived from one table.

    Attributes
    ----------
    frame : narwhals.LazyFrame
        ``patient_id`` and one column per variable; columns that start with an underscore serve checks and
        later families, and are dropped at the end.
    notes : tuple of Variable
    checks : tuple of Check
        Contradictions, looked for once all families are joined.
    """

    frame: nw.LazyFrame[Any]
    notes: tuple[Variable, ...]
    checks: tuple[Check, ...] = ()


def known(column: str) -> nw.Expr:
    """Return a text column with ``unknown`` as null: asked and not known is missing in a rule or a table."""
    return nw.when(nw.col(column) != "unknown").then(nw.col(column)).alias(column)
