"""Spread a flat file, one row per patient, over the six tables as its mapping declares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dayzero.errors import BadInputError
from dayzero.records.cells import Cell, Grid, as_text, without_dates
from dayzero.records.findings import Where
from dayzero.records.flat_columns import FlatColumns
from dayzero.records.mapping import FieldMap, FlatMapping, GivenMap, RowMap, VariableMap
from dayzero.records.mapping_toml import OUTCOME
from dayzero.records.model import VariableNote
from dayzero.records.parts import Part
from dayzero.records.pseudonyms import names_someone
from dayzero.records.schema import Column
from dayzero.records.tables import table
from dayzero.records.typed import missing_code, number_column, read_ids, report_together

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dayzero.records.log import Log
    from dayzero.records.schema import Dtype

_WORD = Column("variable", "text", "A category.")


@dataclass(frozen=True)
class Flat:
    """A flat file as parts of tables, given times and variables.

    Attributes
    ----------
    parts : tuple of Part
        ``patients`` first.
    given : list of tuple
        ``(row, patient_id, name, time in days, outcome)``.
    variables : mapping of str to VariableNote
    """

    parts: tuple[Part, ...]
    given: list[tuple[int, str, str, float, str]]
    variables: Mapping[str, VariableNote]


def spread(grid: Grid, mapping: FlatMapping, log: Log) -> Flat:
    """Make the rows of every table from a flat file.

    Raises
    ------
    BadInputError
        When the file has no row, or lacks a column that the mapping names.
    """
    if not grid.rows:
        raise BadInputError(
            what="the file has a header but no row", where=grid.place, allowed="one row a patient"
        )
    columns = FlatColumns(grid, log)
    ids = patient_ids(columns, mapping, log)
    columns.keep([i for i, patient in enumerate(ids) if patient is not None])
    kept = [patient for patient in ids if patient is not None]
    extra = {name: make_variable(columns, each, log) for name, each in mapping.variables.items()}
    rows = sorted(mapping.rows, key=lambda row: row.table != "patients")
    parts = tuple(
        make_part(columns, row, kept, extra if row.table == "patients" else {}, log) for row in rows
    )
    given = [made for each in mapping.given for made in make_given(columns, each, kept)]
    columns.report(total=len(kept))
    return Flat(parts, given, notes_of(mapping))


def notes_of(mapping: FlatMapping) -> dict[str, VariableNote]:
    """Return what is known about the variables that a mapping declares."""
    return {
        name: VariableNote(each.label, each.known, each.unit, each.kind)
        for name, each in mapping.variables.items()
    }


def patient_ids(columns: FlatColumns, mapping: FlatMapping, log: Log) -> list[str | None]:
    """Return the id of each row; ``None`` for a row that is refused, which is reported."""
    if mapping.patient_id is None:
        return [str(row) for row in columns.rows]
    header = mapping.patient_id.column or ""
    ids, problems = read_ids(columns.raw(header))
    unreadable = {position for position, problem in problems if ids[position] is None}
    for position, problem in problems:
        log.add_problem(problem, Where(columns.place, columns.rows[position], header), outcome="row")
    first: dict[str, int] = {}
    for position, patient in enumerate(ids):
        row = columns.rows[position]
        if patient is None:
            if position not in unreadable:
                log.add(
                    "records.missing_key", Where(columns.place, row, header), outcome="row", column=header
                )
            continue
        seen = first.setdefault(patient, row)
        named = names_someone(patient)
        ids[position] = f"row {seen}" if named else patient
        where = Where(columns.place, row, header, ids[position])
        if seen != row:
            log.add("records.duplicate_patient", where, outcome="row", first=seen)
            ids[position] = None
        elif named:
            log.add("records.id_like_name", where, pseudonym=ids[position])
    return ids


def make_part(
    columns: FlatColumns,
    row: RowMap,
    ids: Sequence[str],
    extra: Mapping[str, tuple[Dtype, Sequence[Any]]],
    log: Log,
) -> Part:
    """Return the part that one template makes of columns; ``ids`` are those of their rows."""
    schema = table(row.table)
    fields = _with_unit(row.fields) if row.table == "measurements" else row.fields
    cells: dict[str, list[Cell]] = {"patient_id": list(ids)}
    for name, field in fields.items():
        cells[name] = columns.read(field, schema.column(name))
    if row.table == "events" and fields.get("date", FieldMap()).value is not None and "occurred" in cells:
        # one day for all means: the day of those in whom it occurred
        cells["date"] = [
            day if said == "yes" else None for day, said in zip(cells["date"], cells["occurred"], strict=True)
        ]
    made = columns.matching(row)
    _report_empty(columns, row, cells, made)
    if row.table == "patients":
        _report_unmapped(columns, row, log)
    if row.table in ("measurements", "treatments", "follow_up"):
        made = [i for i in made if all(cells[name][i] is not None for name in _states(row.table))]
    return Part(
        row.table,
        columns.place,
        [columns.rows[i] for i in made],
        {name: [found[i] for i in made] for name, found in cells.items()},
        {name: field.column for name, field in fields.items() if field.column is not None},
        flat=True,
        contradiction=row.contradiction,
        extra={name: (dtype, [found[i] for i in made]) for name, (dtype, found) in extra.items()},
    )


def _states(name: str) -> tuple[str, ...]:
    """Return the columns of which none may be empty if a flat file's row is to state a fact of this table."""
    keys = tuple(column.name for column in table(name).columns[1:] if column.key)
    return (*keys, "value") if name == "measurements" else keys


def _with_unit(fields: Mapping[str, FieldMap]) -> dict[str, FieldMap]:
    """Let ``value = { column = ..., unit = "%" }`` stand for a constant column of units."""
    unit = fields["value"].unit
    return {**fields, **({"unit": FieldMap(value=unit)} if unit and "unit" not in fields else {})}


def _report_empty(
    columns: FlatColumns, row: RowMap, cells: Mapping[str, Sequence[Cell]], made: Sequence[int]
) -> None:
    """Say in which rows an event or a contact is unknown because the cells that would tell are empty."""
    if row.table == "events":
        telling = [name for name in ("occurred", "date") if name in cells]
        if telling:
            empty = [i for i in made if all(cells[name][i] is None for name in telling)]
            columns.missing(row.fields[telling[0]], empty, matters=True, event=True)
        return
    for name, field in row.fields.items():
        matters = row.table == "follow_up" and name in ("date", "alive")
        required = table(row.table).column(name).required and row.table == "patients"
        columns.missing(field, [i for i in made if cells[name][i] is None], matters=matters or required)


def _report_unmapped(columns: FlatColumns, row: RowMap, log: Log) -> None:
    for column in table(row.table).columns:
        if column.required and column.name not in row.fields and column.name != "patient_id":
            log.add("records.unmapped_required", Where(columns.place), table=row.table, column=column.name)
    if "age" not in row.fields and "birth_date" not in row.fields:
        log.add("records.unmapped_required", Where(columns.place), table=row.table, column="age")


def make_variable(columns: FlatColumns, variable: VariableMap, log: Log) -> tuple[Dtype, list[Any]]:
    """Return the values of an extra variable, with the type they have after ingest."""
    field = variable.origin
    cells = columns.read(field, _WORD, yes_no=variable.kind == "yes/no")
    columns.missing(field, [i for i, cell in enumerate(cells) if cell is None], matters=False)
    if variable.kind != "number":
        words = [as_text(cell) for cell in cells]
        found = [(i, missing_code(word)) for i, word in enumerate(words) if word is not None]
        where = Where(columns.place, column=field.column)
        report_together([(i, problem) for i, problem in found if problem is not None], where, log)
        return "string", [None if word is None else without_dates(word) for word in words]
    values, problems = number_column(cells)
    columns.report_cells(field, problems)
    return "float64", values


def make_given(
    columns: FlatColumns, given: GivenMap, ids: Sequence[str]
) -> list[tuple[int, str, str, float, str]]:
    """Return the rows of one given time, in days; one without a time or an outcome is reported."""
    times = columns.times(given.time)
    outcomes = columns.read(given.outcome, OUTCOME)
    columns.missing(given.time, [i for i, time in enumerate(times) if time is None], matters=True)
    columns.missing(given.outcome, [i for i, outcome in enumerate(outcomes) if outcome is None], matters=True)
    return [
        (columns.rows[i], patient, given.name, time, outcome)
        for i, (patient, time, outcome) in enumerate(zip(ids, times, outcomes, strict=True))
        if time is not None and isinstance(outcome, str)
    ]
