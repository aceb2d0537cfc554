"""How a flat file, one row per patient, maps to the six tables: declared in the study file, never guessed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class FieldMap:
    """Where one canonical field comes from.

    Attributes
    ----------
    column : str or None
        Column of the file; ``None`` when ``value`` is a constant.
    value : str or None
        The same for every patient.
    codes : mapping of str to str
        Code in the file to word in the schema; a code that is not listed is reported.
    unit : {"", "days", "weeks", "months", "years"} or a unit of the field
        Of a time: how it is converted to days (a month is 30.4375 days, a year 365.25).
    never : tuple of str
        Values that mean "it did not happen", such as ``1000000``.
    missing : tuple of str
        Values that mean "not recorded", such as ``?``.
    """

    column: str | None = None
    value: str | None = None
    codes: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""
    never: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class RowMap:
    """A template that makes one row of one table from each row of the file.

    Attributes
    ----------
    table : str
        One of the six tables.
    fields : mapping of str to FieldMap
        Canonical column name (as in the workbook) to its origin.
    """

    table: str
    fields: Mapping[str, FieldMap]


@dataclass(frozen=True)
class GivenMap:
    """A time and its outcome that the centre had already derived: time to the *first* of several outcomes.

    Attributes
    ----------
    name : str
        Such as ``first failure``.
    time : FieldMap
    outcome : FieldMap
        Its codes give the words ``censored``, ``relapse``, ``death`` or an event of the schema.
    """

    name: str
    time: FieldMap
    outcome: FieldMap


@dataclass(frozen=True)
class VariableMap:
    """An extra patient variable, with when it became known (see :class:`~dayzero.records.model.VariableNote`)."""

    origin: FieldMap
    label: str
    known: str = "day 0"


@dataclass(frozen=True)
class FlatMapping:
    """The whole mapping of one flat file.

    Attributes
    ----------
    patient_id : FieldMap or None
        ``None``: the row number becomes the id.
    rows : tuple of RowMap
        Templates, in the order declared; ``patients`` appears exactly once.
    given : tuple of GivenMap
    variables : mapping of str to VariableMap
    date_order : {"", "ymd", "dmy", "mdy"}
        How dates with a day and a month that could be swapped are read; empty: such dates are refused.
    """

    patient_id: FieldMap | None
    rows: tuple[RowMap, ...]
    given: tuple[GivenMap, ...] = ()
    variables: Mapping[str, VariableMap] = field(default_factory=dict)
    date_order: str = ""
