"""Spread a REDCap export over the six tables: each template reads the rows of its instrument."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from dayzero.errors import BadInputError
from dayzero.records.cells import Cell, Grid
from dayzero.records.findings import Where
from dayzero.records.flat import Flat, make_given, make_part, make_variable, notes_of, patient_ids
from dayzero.records.flat_columns import FlatColumns
from dayzero.records.mapping import FieldMap
from dayzero.records.mapping_toml import OUTCOME
from dayzero.records.matching import plain
from dayzero.records.redcap import filled, incomplete
from dayzero.records.redcap_choices import with_answers, with_choices
from dayzero.records.redcap_headers import INSTRUMENT, REDCAP_EVENT, SYSTEM
from dayzero.records.schema import Column
from dayzero.records.tables import table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dayzero.records.log import Log
    from dayzero.records.mapping import FlatMapping, GivenMap, RowMap, VariableMap
    from dayzero.records.parts import Part
    from dayzero.records.redcap import Project

_CATEGORY = Column("variable", "text", "A category.")
_SHOWN = 40


@dataclass(frozen=True)
class _Opened:
    """A project beside what is asked of it again and again."""

    project: Project
    log: Log
    records: list[str]
    events: list[str]
    instruments: list[str]
    filled: dict[str, list[bool]]

    @classmethod
    def of(cls, project: Project, log: Log) -> _Opened:
        forms = dict.fromkeys(field.form for field in project.fields.values())
        return cls(
            project,
            log,
            project.texts(project.id_field),
            project.texts(REDCAP_EVENT),
            [plain(text) for text in project.texts(INSTRUMENT)],
            {form: filled(project, form) for form in forms},
        )


def spread_project(project: Project, mapping: FlatMapping, log: Log) -> Flat:
    """Make the rows of every table from a REDCap export.

    Raises
    ------
    BadInputError
        When the mapping names a field, an instrument or an event that the export does not have, an identifier
        that is no date, or fields of two instruments of which one repeats.
    """
    opened = _Opened.of(project, log)
    rows = sorted((_coded(row, opened) for row in mapping.rows), key=lambda row: row.table != "patients")
    given = [_coded_given(each, opened) for each in mapping.given]
    variables = {name: _coded_variable(each, opened) for name, each in mapping.variables.items()}
    identity = mapping.patient_id or FieldMap(column=project.id_field)
    beside = [
        identity,
        *(each.origin for each in variables.values()),
        *(field for each in given for field in (each.time, each.outcome)),
    ]
    used = {name for row in rows for name in _columns(row)} | {each.column for each in beside if each.column}
    for name in sorted(used):
        _refuse_unknown(name, project)
    _report_fields(project, used, log)

    people = _patient_rows(rows[0], opened)
    columns = _columns_of(
        opened, people, {*_columns(rows[0]), *(each.column for each in beside if each.column)}
    )
    found = patient_ids(columns, replace(mapping, patient_id=identity), log)
    kept = [i for i, patient in enumerate(found) if patient is not None]
    columns.keep(kept)
    ids = [patient for patient in found if patient is not None]
    link = {opened.records[people[i]]: patient for i, patient in zip(kept, ids, strict=True)}
    extra = {name: make_variable(columns, each, log) for name, each in variables.items()}
    parts = [make_part(columns, rows[0], ids, extra, log)]
    times = [made for each in given for made in make_given(columns, each, ids)]
    columns.report(total=len(ids))
    _report_orphans(opened, link)
    parts += [_other_part(row, opened, link, people) for row in rows[1:]]
    return Flat(tuple(parts), times, notes_of(mapping))


def _coded(row: RowMap, opened: _Opened) -> RowMap:
    schema = table(row.table)
    fields = {
        name: with_choices(field, schema.column(name), opened.project, opened.log)
        for name, field in row.fields.items()
    }
    for name, field in fields.items():
        if field.column in opened.project.dates and schema.column(name).type != "date":
            raise _identifier(field.column or "", opened.project)
    return replace(row, fields=fields, when=with_answers(row.when, opened.project))


def _coded_given(given: GivenMap, opened: _Opened) -> GivenMap:
    return replace(given, outcome=with_choices(given.outcome, OUTCOME, opened.project, opened.log))


def _coded_variable(variable: VariableMap, opened: _Opened) -> VariableMap:
    name = variable.origin.column
    if name is not None and name in opened.project.dates:
        raise _identifier(name, opened.project)
    if variable.kind == "number":
        return variable
    yes_no = variable.kind == "yes/no"
    origin = with_choices(variable.origin, _CATEGORY, opened.project, opened.log, yes_no=yes_no)
    return replace(variable, origin=origin)


def _columns(row: RowMap) -> list[str]:
    when = () if row.when is None else (row.when.column,)
    return [*(field.column for field in row.fields.values() if field.column is not None), *when]


def _refuse_unknown(name: str, project: Project) -> None:
    if name in project.columns or name in project.dates:
        return
    if name in project.dropped:
        raise _identifier(name, project)
    if name in project.fields:
        raise BadInputError(
            what=f"the export has no column '{name}', although the data dictionary has the field",
            where=project.place,
            hint="export it too; of a checkbox field each choice is a column: field___code",
        )
    allowed = [column for column in project.columns if column not in SYSTEM]
    shown = allowed if len(allowed) <= _SHOWN else [*allowed[:_SHOWN], f"and {len(allowed) - _SHOWN} more"]
    raise BadInputError.unknown_name(kind="field", found=name, allowed=shown, where=project.place)


def _identifier(name: str, project: Project) -> BadInputError:
    return BadInputError(
        what=f"'{name}' is marked as an identifier in the data dictionary, and is not read",
        where=project.place,
        allowed="fields that identify nobody; of identifiers only dates, which become days from day 0",
    )


def _report_fields(project: Project, used: set[str], log: Log) -> None:
    dates = sorted(used & set(project.dates))
    if dates:
        where = Where(project.place)
        log.add("records.redcap_identifier_dates", where, count=len(dates), names=", ".join(dates))
    status = {f"{field.form}_complete" for field in project.fields.values()}
    unread = set(project.columns) - used - set(SYSTEM) - status - {project.id_field}
    if unread:
        log.add("records.redcap_unmapped", Where(project.place), count=len(unread))


def _forms(row: RowMap, opened: _Opened) -> list[str]:
    """Return the instruments that a template reads, in a fixed order; none if it reads no column."""
    project = opened.project
    forms = sorted(
        {
            field.form
            for name in _columns(row)
            if name != project.id_field and (field := project.field_of(name)) is not None
        }
    )
    known = list(opened.filled)
    if row.form:
        if row.form not in known:
            raise BadInputError.unknown_name(
                kind="instrument", found=row.form, allowed=known, where=project.place
            )
        if set(forms) - {row.form}:
            raise BadInputError(
                what=f"a template of {row.table} reads the instrument {row.form}, but has fields of others",
                where=project.place,
                allowed=f"fields of {row.form}",
                hint="one template an instrument",
            )
        return [row.form]
    if len(forms) > 1 and any(plain(form) in project.repeating for form in forms):
        raise BadInputError(
            what=f"a template of {row.table} has fields of several instruments, of which one repeats",
            where=project.place,
            allowed=forms,
            hint="their answers stand in different rows: one template an instrument",
        )
    return forms


def _chosen(row: RowMap, forms: Sequence[str], opened: _Opened) -> list[int]:
    """Return the rows of a template's instruments at its events."""
    _check_events(row, opened)
    events = {plain(name) for name in row.redcap_event}
    return [
        i
        for i, event in enumerate(opened.events)
        if (not events or plain(event) in events) and _has(i, forms, opened)
    ]


def _check_events(row: RowMap, opened: _Opened) -> None:
    """Refuse events of which the export has none; one of several may have no row yet, and is reported."""
    present = sorted(set(opened.events) - {""})
    absent = [name for name in row.redcap_event if plain(name) not in {plain(event) for event in present}]
    if absent and len(absent) == len(row.redcap_event):
        raise BadInputError.unknown_name(
            kind="event of the project", found=absent[0], allowed=present, where=opened.project.place
        )
    for name in absent:
        opened.log.add("records.redcap_no_event", Where(opened.project.place), found=name)


def _has(i: int, forms: Sequence[str], opened: _Opened) -> bool:
    """Return whether a row is one of these instruments': of one that repeats, its own rows."""
    if opened.instruments[i]:
        return opened.instruments[i] in {plain(form) for form in forms}
    repeats = [form for form in forms if plain(form) in opened.project.repeating]
    return not repeats or any(opened.filled[form][i] for form in repeats)


def _patient_rows(row: RowMap, opened: _Opened) -> list[int]:
    """Return the row of each patient; without a column or an event, the first row of each record."""
    forms = _forms(row, opened)
    chosen = _chosen(row, forms, opened)
    if not chosen:
        raise BadInputError(what="no row of the export is a patient's", where=opened.project.place)
    if not forms and not row.redcap_event:
        return _once(chosen, opened)
    filled_in = {opened.events[i] for i in chosen if any(opened.filled[form][i] for form in forms)}
    events = sorted(filled_in - {""})
    if len(events) == 1 and not row.redcap_event:
        return [i for i in chosen if opened.events[i] == events[0]]
    if len(events) > 1 and not row.redcap_event:
        raise BadInputError(
            what="the project is longitudinal, and nothing says at which event patients are described",
            where=opened.project.place,
            allowed=events,
            hint=f'under [data.patients]: redcap_event = "{events[0]}"',
        )
    return chosen


def _once(positions: Sequence[int], opened: _Opened) -> list[int]:
    """Return the first row of each record."""
    first: dict[str, int] = {}
    for i in positions:
        first.setdefault(opened.records[i], i)
    return [*first.values()]


def _columns_of(opened: _Opened, positions: Sequence[int], used: Iterable[str]) -> FlatColumns:
    """Return columns of some rows; answers of an instrument that nobody filled in are empty."""
    project = opened.project
    names = sorted(used)
    cells = [_answers(name, positions, opened) for name in names]
    rows = [project.rows[i] for i in positions]
    optional = frozenset(
        name for name in names if (field := project.field_of(name)) is not None and field.branching
    )
    return FlatColumns(Grid(project.place, names, rows, cells), opened.log, optional)


def _answers(name: str, positions: Sequence[int], opened: _Opened) -> list[Cell]:
    project = opened.project
    source = project.columns[name] if name in project.columns else project.dates[name]
    field = project.field_of(name)
    if field is None or name == project.id_field:
        return [source[i] for i in positions]
    asked = opened.filled[field.form]
    return [source[i] if asked[i] else None for i in positions]


def _report_orphans(opened: _Opened, link: dict[str, str]) -> None:
    """Refuse the rows of records that have no patient row; the record id of such a row is not repeated."""
    project = opened.project
    for i, record in enumerate(opened.records):
        if record not in link:
            where = Where(project.place, project.rows[i], project.id_field)
            opened.log.add("records.redcap_no_patient_row", where, outcome="row")


def _other_part(row: RowMap, opened: _Opened, link: dict[str, str], people: Sequence[int]) -> Part:
    """Return the part of a template of any table but patients."""
    forms = _forms(row, opened)
    chosen = _chosen(row, forms, opened) if forms or row.redcap_event else _once([*people], opened)
    chosen = [i for i in chosen if opened.records[i] in link]
    asked = [i for i in chosen if not forms or any(opened.filled[form][i] for form in forms)]
    _report_forms(forms, chosen, asked, row, opened)
    repeats = any(plain(form) in opened.project.repeating for form in forms)
    if row.table in ("events", "transplants") and not repeats:
        # a record of which nothing was filled in keeps one empty row: what is not known is unknown, not no
        told = {opened.records[i] for i in asked}
        asked = sorted([*asked, *_once([i for i in chosen if opened.records[i] not in told], opened)])
    columns = _columns_of(opened, asked, _columns(row))
    part = make_part(columns, row, [link[opened.records[i]] for i in asked], {}, opened.log)
    columns.report(total=len(asked), of="rows")
    return part


def _report_forms(
    forms: Sequence[str], chosen: Sequence[int], asked: Sequence[int], row: RowMap, opened: _Opened
) -> None:
    place = Where(opened.project.place)
    unfilled = len(chosen) - len(asked)
    if unfilled and (row.redcap_event or not opened.project.longitudinal):
        opened.log.add("records.redcap_unfilled", place, count=unfilled, form=", ".join(forms))
    for form in forms:
        open_rows = incomplete(opened.project, form, [i for i in asked if opened.filled[form][i]])
        if open_rows:
            opened.log.add("records.redcap_incomplete", place, count=open_rows, form=form)
