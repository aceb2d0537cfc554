"""Read the mapping of a flat file from ``[data]`` of a study file; what is not allowed is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from dayzero.errors import BadInputError
from dayzero.records.codes import read_code
from dayzero.records.events import CONTRADICTION
from dayzero.records.mapping import (
    Condition,
    FieldMap,
    FlatMapping,
    GivenMap,
    RedcapFiles,
    RowMap,
    VariableMap,
)
from dayzero.records.quantities import conversion, convertible
from dayzero.records.schema import Code, Column, Table
from dayzero.records.tables import TABLES, ingested_schema
from dayzero.records.vocabulary import EVENT, YES_NO

#: What a given outcome may be.
OUTCOME: Final = Column(
    "outcome", "code", "What ended the time.", key=True, codes=(Code("censored", aliases=("none",)), *EVENT)
)
#: A given time.
TIME: Final = Column("time", "number", "A time from day 0.")
_ID_COLUMN: Final = Column("id", "id", "The patient's id.", key=True)
_NUMBER: Final = Column("variable", "number", "A number.")
_CATEGORY: Final = Column("variable", "text", "A word.")
_YES_OR_NO: Final = Column("variable", "flag", "Yes or no.", codes=YES_NO)
#: Who has no transplant mapped had one, on day 0.
_TRANSPLANT: Final = {"date": FieldMap(value="0"), "type": FieldMap(value="allogeneic")}
_DAY: Final = re.compile(r"[+-]?[0-9]{1,5}")

#: What else ``[data]`` may hold; it is read by whoever opens the study file.
_ELSEWHERE: Final = ("source", "layout", "date_order", "partial_dates")
_KEYS: Final = ("id", "sheet", "missing", *(table.name for table in TABLES), "given", "variables")
#: The layout of a REDCap export, and the keys that only its mapping has.
REDCAP: Final = "REDCap"
_REDCAP_ROWS: Final = ("form", "redcap_event")
_TIME_UNITS: Final = ("days", "weeks", "months", "years")
_VARIABLE_KINDS: Final = ("category", "number", "yes/no")
_KNOWN: Final = ("day 0", "after day 0")
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
#: What a row may have beside its fields: every patient is a row, and only events can contradict themselves.
_SETTINGS: Final = {"patients": (), "events": ("when", "contradiction")}
#: Fields that must come from somewhere, by table; transplants and patients have defaults.
_NEEDED: Final = {
    "treatments": ("agent", "start"),
    "measurements": ("date", "analyte", "value"),
    "events": ("event",),
    "follow_up": ("date", "alive"),
}


def parse_mapping(section: Mapping[str, Any], where: str) -> FlatMapping:
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
    redcap = section.get("layout") == REDCAP
    _known_keys(section, (*_ELSEWHERE, *_KEYS, *(("dictionary",) if redcap else ())), where, "key")
    missing = _texts(section.get("missing", ()), f"{where}, missing")
    reader = _Reader(missing, redcap=redcap)
    rows = [
        reader.row(table, entry, place)
        for table in TABLES
        for entry, place in _entries(section.get(table.name), f"{where}, {table.name}")
    ]
    made = {row.table for row in rows}
    if "patients" not in made:
        rows.insert(0, RowMap("patients", {}))
    if "transplants" not in made:
        rows.append(RowMap("transplants", dict(_TRANSPLANT)))
    if sum(row.table == "patients" for row in rows) > 1:
        raise BadInputError(what="patients is mapped twice", where=where, allowed="one [data.patients]")
    identity = section.get("id")
    order = section.get("date_order", "")
    return FlatMapping(
        patient_id=None if identity is None else reader.field(identity, f"{where}, id", _ID_COLUMN),
        rows=tuple(rows),
        given=tuple(
            reader.given(entry, place) for entry, place in _entries(section.get("given"), f"{where}, given")
        ),
        variables=reader.variables(section.get("variables", {}), f"{where}, variables"),
        date_order=order if isinstance(order, str) else "",
        sheet=_text(section.get("sheet", ""), f"{where}, sheet"),
        redcap=RedcapFiles(_text(section.get("dictionary", ""), f"{where}, dictionary")) if redcap else None,
    )


def _entries(raw: object, where: str) -> list[tuple[Mapping[str, Any], str]]:
    """Return the tables of an array of tables, or the one table, with what messages call each."""
    if raw is None:
        return []
    if isinstance(raw, Mapping):
        return [(raw, where)]
    if isinstance(raw, list) and all(isinstance(entry, Mapping) for entry in raw):
        return [(entry, f"{where} {number}") for number, entry in enumerate(raw, 1)]
    raise BadInputError(
        what="a table was expected", where=where, allowed="[data.patients], [[data.events]]..."
    )


def _known_keys(raw: Mapping[str, Any], allowed: tuple[str, ...], where: str, kind: str) -> None:
    for key in raw:
        if key not in allowed:
            raise BadInputError.unknown_name(kind, str(key), allowed, where=where)


def _text(raw: object, where: str) -> str:
    """Return a scalar as text: ``1``, ``"1"`` and ``true`` may all stand for a cell."""
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, (str, int)):
        return str(raw)
    if isinstance(raw, float):
        return f"{raw:.15g}"
    raise BadInputError(what="a text or a number was expected", where=where, allowed='such as "1" or 1')


def _texts(raw: object, where: str) -> tuple[str, ...]:
    if isinstance(raw, (list, tuple)):
        return tuple(_text(item, where) for item in raw)
    return (_text(raw, where),)


def _one_of(raw: object, allowed: tuple[str, ...], kind: str, where: str) -> str:
    text = _text(raw, where)
    if text not in allowed:
        raise BadInputError.unknown_name(kind, text, allowed, where=where)
    return text


class _Reader:
    """Reads fields with the ``missing`` values that hold for the whole file."""

    def __init__(self, missing: tuple[str, ...], *, redcap: bool) -> None:
        self._missing = missing
        self._rows = _REDCAP_ROWS if redcap else ()

    def row(self, table: Table, raw: Mapping[str, Any], where: str) -> RowMap:
        fields = tuple(name for name in table.names if name != "patient_id")
        settings = (*_SETTINGS.get(table.name, ("when",)), *self._rows)
        _known_keys(raw, (*fields, *settings), where, "field")
        found = {
            name: self.field(raw[name], f"{where}, {name}", table.column(name))
            for name in fields
            if name in raw
        }
        if table.name == "transplants":
            found = {**_TRANSPLANT, **found}
        lacking = [name for name in _NEEDED.get(table.name, ()) if name not in found]
        if lacking:
            raise BadInputError(
                what=f"{', '.join(lacking)} is not mapped: without it a row of {table.name} states no fact",
                where=where,
                allowed=f"{lacking[0]} = {{ column = ... }} or {{ value = ... }}",
            )
        when = None if "when" not in raw else _condition(raw["when"], f"{where}, when")
        if table.name == "events" and not {"date", "occurred"} & found.keys() and when is None:
            raise BadInputError(
                what="nothing says for which patients the event happened",
                where=where,
                allowed="date, occurred or when",
                hint='occurred = { column = "...", codes = { "1" = "yes", "0" = "no" } }',
            )
        contradiction = _one_of(
            raw.get("contradiction", "unknown"), CONTRADICTION, "choice", f"{where}, contradiction"
        )
        form = _text(raw.get("form", ""), f"{where}, form")
        visits = _texts(raw.get("redcap_event", ()), f"{where}, redcap_event")
        return RowMap(table.name, found, when, contradiction, form, visits)

    def field(self, raw: object, where: str, column: Column, extra: tuple[str, ...] = ()) -> FieldMap:
        if not isinstance(raw, Mapping):
            raise BadInputError(
                what="where the field comes from was expected",
                where=where,
                allowed='{ column = "..." } or { value = "..." }',
                hint="write { column = ... } for a column of the file, { value = ... } for a constant",
            )
        _known_keys(raw, ("column", "value", "codes", "unit", "never", "missing", *extra), where, "key")
        if ("column" in raw) == ("value" in raw):
            raise BadInputError(
                what="exactly one of column and value is needed", where=where, allowed="column, value"
            )
        field = FieldMap(
            column=_text(raw["column"], where) if "column" in raw else None,
            value=_text(raw["value"], where) if "value" in raw else None,
            codes=_codes(raw.get("codes", {}), column, f"{where}, codes"),
            unit=_unit(raw.get("unit", ""), column, f"{where}, unit"),
            never=_texts(raw.get("never", ()), f"{where}, never"),
            missing=(*_texts(raw.get("missing", ()), f"{where}, missing"), *self._missing),
        )
        if field.never and (column.type != "date" or column.name == "birth_date"):
            raise BadInputError(
                what="never belongs to the day of something that may not have happened",
                where=where,
                allowed="missing = [...] for values that mean 'not recorded'",
            )
        return field if field.value is None else _constant(field, column, where)

    def given(self, raw: Mapping[str, Any], where: str) -> GivenMap:
        _known_keys(raw, ("name", "time", "outcome"), where, "key")
        lacking = [key for key in ("name", "time", "outcome") if key not in raw]
        if lacking:
            raise BadInputError(what=f"{lacking[0]} is missing", where=where, allowed="name, time, outcome")
        outcome = self.field(raw["outcome"], f"{where}, outcome", OUTCOME)
        return GivenMap(
            _text(raw["name"], f"{where}, name"), self.field(raw["time"], f"{where}, time", TIME), outcome
        )

    def variables(self, raw: object, where: str) -> dict[str, VariableMap]:
        if not isinstance(raw, Mapping):
            raise BadInputError(what="a table was expected", where=where, allowed="[data.variables.NAME]")
        taken = {name for table in ("patients", "transplants") for name in ingested_schema(table)}
        found = {}
        for name, entry in raw.items():
            if not _NAME.fullmatch(name) or name in taken:
                raise BadInputError(
                    what=f"'{name}' cannot be the name of a variable",
                    where=where,
                    allowed="lower-case letters, digits and _, and no column of patients or transplants",
                )
            found[name] = self._variable(name, entry, f"{where}, {name}")
        return found

    def _variable(self, name: str, raw: object, where: str) -> VariableMap:
        entry = dict(raw) if isinstance(raw, Mapping) else {}
        unit = _text(entry.pop("unit", ""), f"{where}, unit")
        kind = _one_of(
            entry.get("type", "number" if unit else "category"), _VARIABLE_KINDS, "type", f"{where}, type"
        )
        column = {"number": _NUMBER, "category": _CATEGORY, "yes/no": _YES_OR_NO}[kind]
        origin = self.field(
            entry if isinstance(raw, Mapping) else raw, where, column, ("label", "known", "type")
        )
        return VariableMap(
            origin,
            _text(entry.get("label", name.replace("_", " ")), f"{where}, label"),
            _one_of(entry.get("known", "day 0"), _KNOWN, "moment", f"{where}, known"),
            kind,
            unit,
        )


def _condition(raw: object, where: str) -> Condition:
    if not isinstance(raw, Mapping):
        raise BadInputError(
            what="a condition was expected", where=where, allowed='{ column = "...", is = ["1"] }'
        )
    _known_keys(raw, ("column", "is"), where, "key")
    if "column" not in raw or "is" not in raw:
        raise BadInputError(
            what="a condition needs column and is", where=where, allowed='{ column = "...", is = ["1"] }'
        )
    return Condition(_text(raw["column"], where), _texts(raw["is"], where))


def _codes(raw: object, column: Column, where: str) -> dict[str, str]:
    if not isinstance(raw, Mapping):
        raise BadInputError(what="codes must be a table", where=where, allowed='{ "1" = "yes", "0" = "no" }')
    if raw and column.type in ("date", "number", "integer", "id"):
        raise BadInputError(what="only words can be coded", where=where, allowed="never, missing, unit")
    return {str(key): _word(_text(word, where), column, where) for key, word in raw.items()}


def _word(text: str, column: Column, where: str) -> str:
    """Return the word of the schema that a code stands for."""
    if not column.codes:
        return text
    word, problem = read_code(text, column)
    if word is None or (problem is not None and not column.open_codes):
        allowed = [code.value for code in column.codes]
        raise BadInputError.unknown_name(kind=f"{column.name} code", found=text, allowed=allowed, where=where)
    return word


def _unit(raw: object, column: Column, where: str) -> str:
    text = _text(raw, where)
    if not text or (column.name == "value" and column.type == "number"):
        return text
    if column.type == "date" or column is TIME:
        return _one_of(text, _TIME_UNITS, "unit", where)
    if column.type != "number" or not column.unit or conversion(text, column.unit) is None:
        allowed = convertible(column.unit) if column.unit else ("no unit here",)
        raise BadInputError.unknown_name(kind="unit", found=text, allowed=allowed, where=where)
    return text


def _constant(field: FieldMap, column: Column, where: str) -> FieldMap:
    """Return a field whose constant is in the schema's own words."""
    text = field.value or ""
    if column.type in ("code", "flag"):
        return replace(field, value=_word(text, column, where))
    if column.type == "date" and not _DAY.fullmatch(text):
        raise BadInputError(
            what=f"'{text}' is no day", where=where, allowed="days from day 0, such as 0 or -7"
        )
    return field
