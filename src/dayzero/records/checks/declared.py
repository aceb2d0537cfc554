"""The types of check, and how many checks the schema makes of each: one for every table, column and kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from dayzero.records.checks import fields
from dayzero.records.checks.identity import NEEDED
from dayzero.records.kahn import (
    ATEMPORAL,
    COMPLETENESS,
    RELATIONAL,
    TEMPORAL,
    UNIQUENESS,
    VALUE,
    Kahn,
)
from dayzero.records.results import CONFUSED, UNITS, USUAL
from dayzero.records.tables import TABLES
from dayzero.records.vocabulary import ANALYTE, EVENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from dayzero.records.schema import Column, Table

Field = tuple["Table", "Column"]


@dataclass(frozen=True)
class Concrete:
    """One check: a type asked of one column, or of one event or analyte in it.

    Attributes
    ----------
    table, column : str
    kind : str
        An event or an analyte; empty for the whole column.
    parameter : str
        What the type is asked with, such as a limit; empty where it needs nothing.
    """

    table: str
    column: str
    kind: str = ""
    parameter: str = ""


@dataclass(frozen=True)
class CheckType:
    """A question that is asked of every place to which it applies.

    Attributes
    ----------
    name : str
        Stable; with a place it names one check.
    rules : tuple of str
        Ids of the findings that answer it.
    kahn : Kahn
    description : str
    checks : tuple of Concrete
        Made from the schema.
    """

    name: str
    rules: tuple[str, ...]
    kahn: Kahn
    description: str
    checks: tuple[Concrete, ...]

    def ids(self) -> tuple[str, ...]:
        """Return the name of each check, such as ``range_high.patients.age``."""
        places = ((self.name, one.table, one.column, one.kind) for one in self.checks)
        return tuple(".".join(part.replace(" ", "_") for part in place if part) for place in places)


def _every(
    asked: Callable[[Table, Column], bool], parameter: Callable[[Column], str] = lambda _: ""
) -> tuple[Concrete, ...]:
    """Return a check of each column of the schema of which something is asked."""
    return tuple(
        Concrete(table.name, column.name, "", parameter(column))
        for table in TABLES
        for column in table.columns
        if asked(table, column)
    )


def _at(places: Iterable[Field]) -> tuple[Concrete, ...]:
    return tuple(Concrete(table.name, column.name) for table, column in places)


def _is(*types: str) -> Callable[[Table, Column], bool]:
    return lambda _, column: column.type in types


def _result(table: Table, column: Column) -> bool:
    return (table.name, column.name) == ("measurements", "value")


def _plain_number(table: Table, column: Column) -> bool:
    return column.type in ("number", "integer") and not _result(table, column)


def _may_hold_code(table: Table, column: Column) -> bool:
    """Return whether a code for "missing" could pass for a value: it is not outside the range already."""
    reaches = column.maximum is None or column.maximum >= 99
    return column.type == "date" or (_plain_number(table, column) and bool(column.unit) and reaches)


def _events(column: str = "date") -> tuple[Concrete, ...]:
    return tuple(Concrete("events", column, code.value) for code in EVENT)


def _analytes(parameter: Callable[[str], str]) -> tuple[Concrete, ...]:
    return tuple(Concrete("measurements", "value", name, parameter(name)) for name in UNITS)


#: Columns that derivations need; of events by what happened.
_NEEDED: Final = (
    *dict.fromkeys((table, column, what) for table, column, _, what, _ in NEEDED),
    ("patients", "diagnosis_date", ""),
    ("patients", "first_line_end", ""),
)

_READING: Final = (
    CheckType(
        "column_present",
        ("records.missing_column", "records.misspelt_column"),
        RELATIONAL,
        "a required column is there, and not misspelt",
        _every(lambda _, column: column.required),
    ),
    CheckType(
        "key_filled",
        ("records.missing_key",),
        RELATIONAL,
        "a cell without which the row states no fact is filled",
        _every(lambda _, column: column.key),
    ),
    CheckType(
        "required_filled",
        ("records.missing_value",),
        COMPLETENESS,
        "a required cell is filled, were it with unknown",
        _every(lambda _, column: column.required and not column.key),
    ),
    CheckType(
        "type",
        (
            "records.not_a_number",
            "records.not_an_integer",
            "records.not_a_date",
            "records.typed_cell",
        ),
        VALUE,
        "a cell can be read as what the column holds",
        _every(lambda *_: True, lambda column: column.type),
    ),
    CheckType(
        "error_cell",
        ("records.error_cell", "records.formula_without_value"),
        VALUE,
        "a cell holds a value, not the error of a formula or a formula never calculated",
        _every(lambda *_: True),
    ),
    CheckType(
        "code_listed",
        ("records.unknown_code", "records.open_code"),
        VALUE,
        "a coded cell holds one of the codes of its column, in any accepted spelling",
        _every(_is("code", "flag"), lambda column: f"{len(column.codes)} codes"),
    ),
    CheckType(
        "range_low",
        ("records.implausible_number",),
        ATEMPORAL,
        "a number is not below its plausible range",
        _every(lambda t, c: _plain_number(t, c) and c.minimum is not None, lambda c: f"{c.minimum:g}"),
    ),
    CheckType(
        "range_high",
        ("records.implausible_number",),
        ATEMPORAL,
        "a number is not above its plausible range",
        _every(lambda t, c: _plain_number(t, c) and c.maximum is not None, lambda c: f"{c.maximum:g}"),
    ),
    CheckType(
        "result_low",
        ("records.implausible_number",),
        ATEMPORAL,
        "a result is not negative",
        tuple(Concrete("measurements", "value", code.value, "0") for code in ANALYTE),
    ),
    CheckType(
        "result_high",
        ("records.implausible_number", "records.mrd_above_one"),
        ATEMPORAL,
        "a result is not above what its analyte can be, in its unit after conversion",
        _analytes(lambda name: f"{UNITS[name][1]:g} {UNITS[name][0]}"),
    ),
    CheckType(
        "unit_known",
        ("records.unknown_unit",),
        VALUE,
        "a unit can be converted to the one that remains",
        _every(lambda t, c: _plain_number(t, c) and bool(c.unit), lambda c: c.unit)
        + _analytes(lambda name: UNITS[name][0]),
    ),
    CheckType(
        "unit_given",
        ("records.unit_missing", "records.unit_assumed"),
        VALUE,
        "a result without a unit is plausible in the unit that remains, and not only in another",
        tuple(Concrete("measurements", "value", name, ", ".join(units)) for name, units in CONFUSED.items()),
    ),
    CheckType(
        "unit_agrees",
        ("records.unit_conflict",),
        RELATIONAL,
        "the unit inside a result is that of the column beside it",
        tuple(Concrete("measurements", "value", code.value) for code in ANALYTE),
    ),
    CheckType(
        "operator_allowed",
        ("records.operator", "records.operator_conflict"),
        VALUE,
        "a bound such as <0.01 stands only in a result, and agrees with the operator beside it",
        _every(lambda _, column: column.type in ("number", "integer")),
    ),
    CheckType(
        "number_unambiguous",
        ("records.ambiguous_comma",),
        VALUE,
        "a comma or point in a number can be read in one way only",
        _every(_is("number", "integer")),
    ),
    CheckType(
        "looks_missing",
        ("records.looks_missing",),
        VALUE,
        "a text is no other program's sign for a missing value (NA, ., -, ?)",
        _every(_is("text")),
    ),
    CheckType(
        "no_sentinel",
        ("records.sentinel_suspected", "records.implausible_day"),
        ATEMPORAL,
        "a number far from all others is no code for a missing value (99, 999, 1000000)",
        _every(_may_hold_code),
    ),
    CheckType(
        "date_order_declared",
        ("records.ambiguous_date", "records.wrong_date_order"),
        VALUE,
        "day and month of a date can be told apart",
        _every(_is("date")),
    ),
    CheckType(
        "date_whole",
        ("records.two_digit_year", "records.incomplete_date", "records.day_not_whole"),
        VALUE,
        "a date has a day and a year of four digits",
        _every(_is("date")),
    ),
    CheckType(
        "date_plausible",
        ("records.implausible_date", "records.implausible_day", "records.birth_after_day0"),
        TEMPORAL,
        "a date lies in a year, a day in the course of a life",
        _every(_is("date")),
    ),
    CheckType(
        "date_placed",
        ("records.not_placed", "records.no_calendar"),
        TEMPORAL,
        "a date can be counted from the patient's day 0",
        _every(lambda _, column: column.type == "date" and column.name != "birth_date"),
    ),
    CheckType(
        "text_without_date",
        ("records.date_in_text",),
        VALUE,
        "a free text holds no calendar date",
        _every(_is("text")),
    ),
    CheckType(
        "foreign_key",
        ("records.unknown_patient",),
        RELATIONAL,
        "the patient of a row is one of the table patients",
        _every(lambda table, column: column.type == "id" and table.name != "patients"),
    ),
    CheckType(
        "unique",
        ("records.duplicate_patient", "records.duplicate_row"),
        UNIQUENESS,
        "a patient has one row in patients; no row of another table is there twice",
        _every(_is("id")),
    ),
    CheckType(
        "id_is_pseudonym",
        ("records.id_like_name", "records.id_precision"),
        VALUE,
        "an id is neither a name nor a date nor a number that lost its last digits",
        _every(_is("id")),
    ),
)

_AFTER: Final = (
    CheckType(
        "coverage",
        ("records.coverage",),
        COMPLETENESS,
        "a column that is there is filled in half of the rows or more",
        _at(fields.optional()),
    ),
    CheckType(
        "filled_in_some_years",
        ("records.filled_in_some_years",),
        COMPLETENESS,
        "a column is not filled in one half of the years and empty in the other",
        _at(fields.optional()),
    ),
    CheckType(
        "constant",
        ("records.constant_column", "records.constant_result", "records.constant_day"),
        ATEMPORAL,
        f"{fields.ENOUGH} rows or more do not all have the same value",
        _at(fields.varying()) + tuple(Concrete("measurements", "value", name) for name in USUAL) + _events(),
    ),
    CheckType(
        "spellings",
        ("records.spellings",),
        VALUE,
        "words of a text column differ in more than letter case, blanks and signs",
        _at(fields.texts()),
    ),
    CheckType(
        "unusual_value",
        ("records.unusual_value",),
        ATEMPORAL,
        "a result is one that is seen in practice: if not, its unit may be wrong",
        tuple(
            Concrete("measurements", "value", name, f"{low:g} to {high:g}")
            for name, (low, high) in USUAL.items()
        ),
    ),
    CheckType(
        "twice_on_a_day",
        ("records.twice_on_a_day",),
        UNIQUENESS,
        "the same thing on the same day of the same patient is recorded once",
        (
            Concrete("treatments", "start"),
            *(Concrete("measurements", "value", name) for name in fields.REPEATED),
            *_events("grade"),
            Concrete("follow_up", "date"),
        ),
    ),
    CheckType(
        "day_far_from_others",
        ("records.day_far_from_others",),
        TEMPORAL,
        "an event that follows transplant within narrow bounds is not far from where it is in others",
        tuple(Concrete("events", "date", event) for event in fields.TIMED),
    ),
    CheckType(
        "before_birth",
        ("records.before_birth", "records.diagnosis_before_birth"),
        TEMPORAL,
        "a day is not before birth",
        _every(lambda _, column: column.type == "date" and column.name != "birth_date"),
    ),
    CheckType(
        "after_death",
        ("records.after_death", "records.alive_after_death"),
        TEMPORAL,
        "nothing is recorded after death",
        (
            Concrete("treatments", "start"),
            Concrete("treatments", "stop"),
            Concrete("transplants", "date"),
            Concrete("measurements", "date"),
            Concrete("follow_up", "date"),
            *(one for one in _events() if one.kind != "death"),
        ),
    ),
    CheckType(
        "after_last_contact",
        ("records.after_last_contact", "records.seen_after_last_contact"),
        TEMPORAL,
        "nothing is recorded after the last contact of a living patient",
        (
            Concrete("treatments", "start"),
            Concrete("transplants", "date"),
            Concrete("measurements", "date"),
            *(one for one in _events() if one.kind != "death"),
        ),
    ),
    CheckType(
        "after_data_cutoff",
        ("records.after_data_cutoff",),
        TEMPORAL,
        "no day is later than the data cut-off, where one is given",
        tuple(
            Concrete(table.name, column.name)
            for table in TABLES
            for column in table.columns
            if column.name in ("date", "start")
        ),
    ),
    CheckType(
        "needed_filled",
        ("records.needed_missing",),
        COMPLETENESS,
        "what an endpoint or a score is derived from is filled",
        tuple(Concrete(table, column, what) for table, column, what in _NEEDED),
    ),
)

#: Every type: those asked while reading, then those asked of the records.
TYPES: Final[tuple[CheckType, ...]] = (*_READING, *_AFTER)
