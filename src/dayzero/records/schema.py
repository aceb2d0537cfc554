"""What a table and a column are. The six tables themselves are declared in :mod:`dayzero.records.tables`.

One declaration serves the readers, the checks, the template workbook and the documentation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: ``id`` text kept as typed; ``text`` free text; ``code`` one of the codes; ``date`` a calendar date or a day
#: relative to day 0; ``number``; ``integer``; ``flag`` yes, no or unknown.
ColumnType = Literal["id", "text", "code", "date", "number", "integer", "flag"]
#: The type a column has after ingest.
Dtype = Literal["string", "int64", "float64"]

_DTYPES: dict[ColumnType, Dtype] = {
    "id": "string",
    "text": "string",
    "code": "string",
    "date": "int64",
    "number": "float64",
    "integer": "int64",
    "flag": "string",
}

#: Absent answers that stay apart after ingest; an empty cell is none of them and becomes null.
ABSENT = ("unknown", "not done", "not applicable")


@dataclass(frozen=True)
class Code:
    """One allowed value of a coded column, and the spellings that are read as it (any letter case)."""

    value: str
    meaning: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    name : str
        Header in the workbook.
    type : ColumnType
    description : str
        One sentence for a data manager.
    required : bool
        An empty cell is reported.
    key : bool
        Without it the row states no fact: it is reported and not used.
    unit : str
        Unit of a number after ingest.
    codes : tuple of Code
        Allowed values of a ``code`` column.
    minimum, maximum : float or None
        Values outside are reported as implausible.
    ingested : str
        Name after ingest where it differs: ``date`` becomes ``day``, ``birth_date`` becomes ``age``.
    open_codes : bool
        A value that is not among ``codes`` is kept and reported as a note, not refused
        (agents and analytes: no list of them is ever complete).
    varies : bool
        Twenty patients do not all have the same value: a column that is constant was filled in wrongly.
    """

    name: str
    type: ColumnType
    description: str
    required: bool = False
    key: bool = False
    unit: str = ""
    codes: tuple[Code, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    ingested: str = ""
    open_codes: bool = False
    varies: bool = False

    @property
    def after_ingest(self) -> str:
        """Return the column's name in :class:`~dayzero.records.model.Records`."""
        return self.ingested or self.name

    @property
    def dtype(self) -> Dtype:
        """Return the column's type after ingest."""
        return _DTYPES[self.type]


@dataclass(frozen=True)
class Table:
    """One of the six tables: one row is one fact about one patient on one day."""

    name: str
    one_row: str
    description: str
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        """Return the column called ``name`` in the workbook.

        Raises
        ------
        KeyError
            When the table has no such column.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the headers, in order."""
        return tuple(column.name for column in self.columns)
