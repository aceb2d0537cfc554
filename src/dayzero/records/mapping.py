"""How a flat file, one row per patient, or a REDCap export maps to the six tables.

Declared in the study file, never guessed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


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
class Condition:
    """Patients for whom a row is made: those whose ``column`` holds one of ``values``."""

    column: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class RowMap:
    """A template that makes one row of one table from each row of the file.

    Attributes
    ----------
    table : str
        One of the six tables.
    fields : mapping of str to FieldMap
        Canonical column name (as in the workbook) to its origin.
    when : Condition or None
        For which patients the row is made; ``None``: for all.
    contradiction : {"unknown", "use day", "use occurred"}
        What is believed when the day of an event and its yes/no contradict each other. By default neither is,
        and the event is unknown: the patient leaves its curve with a reason, instead of entering by a guess.
    form : str
        Of a REDCap export: the instrument whose rows are read; empty: the one that has the fields.
    redcap_event : tuple of str
        Of a longitudinal REDCap export: the events whose rows are read; empty: all.
    """

    table: str
    fields: Mapping[str, FieldMap]
    when: Condition | None = None
    contradiction: str = "unknown"
    form: str = ""
    redcap_event: tuple[str, ...] = ()


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
    """An extra patient variable; see :class:`~dayzero.records.model.VariableNote` for its attributes."""

    origin: FieldMap
    label: str
    known: str = "day 0"
    kind: str = "category"
    unit: str = ""


@dataclass(frozen=True)
class RedcapFiles:
    """The files of a REDCap export.

    Attributes
    ----------
    dictionary : str
        File name of the data dictionary, in the folder of the export; empty when the source is a folder that
        holds both.
    """

    dictionary: str = ""


@dataclass(frozen=True)
class FlatMapping:
    """The whole mapping of one flat file, or of one REDCap export.

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
    sheet : str
        Of a workbook with several sheets, the one that holds the flat table.
    redcap : RedcapFiles or None
        ``None``: a flat file, one row per patient.
    """

    patient_id: FieldMap | None
    rows: tuple[RowMap, ...]
    given: tuple[GivenMap, ...] = ()
    variables: Mapping[str, VariableMap] = field(default_factory=dict)
    date_order: str = ""
    sheet: str = ""
    redcap: RedcapFiles | None = None


def flat_mapping(section: Mapping[str, Any], where: str) -> FlatMapping:
    """Read the mapping of a flat file or REDCap export from the ``[data]`` section of a study file.

    Parameters
    ----------
    section : mapping
        The section as TOML gives it; ``source`` and ``date_order`` may stand in it, and ``layout``, which
        says whether it is a REDCap export.
    where : str
        What messages call it, such as ``study.toml, [data]``.

    Raises
    ------
    BadInputError
        For the first key, table, field, unit or code that is not allowed, with what is allowed there.
    """
    from dayzero.records.mapping_toml import parse_mapping

    return parse_mapping(section, where)
