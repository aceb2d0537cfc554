"""Open a REDCap export: the CSV of the data, raw or with labels, beside the CSV of the data dictionary.

Fields that the dictionary marks as identifiers are dropped here, before anything else sees them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from dayzero.errors import BadInputError
from dayzero.records.cells import Cell, as_text
from dayzero.records.delimited import read_rows
from dayzero.records.findings import Where
from dayzero.records.matching import plain
from dayzero.records.redcap_dictionary import Field, is_dictionary, read_dictionary
from dayzero.records.redcap_headers import INSTRUMENT, REDCAP_EVENT, SYSTEM, name_columns
from dayzero.records.sniff import DELIMITED, refuse_impostor

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from dayzero.records.log import Log

_CHECKED: Final = ("1", "checked")
_TOUCHED: Final = ("1", "2", "unverified", "complete")
_COMPLETE: Final = ("2", "complete")


@dataclass(frozen=True)
class Project:
    """A REDCap export with its dictionary.

    Attributes
    ----------
    place : str
        Name of the export file.
    files : tuple of Path
        The export and the dictionary.
    fields : mapping of str to Field
        By name, in the order of the dictionary.
    id_field : str
        The first field: the record id.
    rows : list of int
        Row numbers of the export; its header is row 1.
    columns : mapping of str to list of Cell
        By field name, ``field___code`` for checkboxes, and the system columns.
    dropped : frozenset of str
        Columns that are identifiers; dates among them are in ``dates`` instead of ``columns``.
    dates : mapping of str to list of Cell
        Identifiers that are dates: read only if the mapping needs them, and then only as days.
    labelled : bool
        Whether the headers are labels, and so, in doubt, the answers too.
    """

    place: str
    files: tuple[Path, ...]
    fields: Mapping[str, Field]
    id_field: str
    rows: list[int]
    columns: Mapping[str, list[Cell]]
    dropped: frozenset[str]
    dates: Mapping[str, list[Cell]]
    labelled: bool = False

    def field_of(self, column: str) -> Field | None:
        """Return the field that a column belongs to, also of a checkbox or a form's status."""
        return self.fields.get(column) or self.fields.get(column.split("___", 1)[0])

    def texts(self, column: str) -> list[str]:
        """Return the cells of a system column as text, empty where there is none."""
        cells = self.columns.get(column)
        return [""] * len(self.rows) if cells is None else [as_text(cell) or "" for cell in cells]

    @property
    def longitudinal(self) -> bool:
        """Return whether rows belong to events."""
        return any(self.texts(REDCAP_EVENT))

    @property
    def repeating(self) -> frozenset[str]:
        """Return the instruments that repeat, as names are compared."""
        return frozenset(plain(name) for name in self.texts(INSTRUMENT) if name)


def open_project(path: Path, dictionary: str, log: Log) -> Project:
    """Read the export and its data dictionary.

    Parameters
    ----------
    path : Path
        The folder that holds both files, or the export.
    dictionary : str
        Name of the dictionary in the same folder; empty if ``path`` is a folder.
    log : Log

    Raises
    ------
    BadInputError
        When one of the two is missing, or the dictionary does not describe the export.
    """
    export, described = _files(path, dictionary)
    fields = read_dictionary(described, log)
    numbered = read_rows(export, log)
    if not numbered:
        raise BadInputError(
            what="there is nothing in it", where=export.name, allowed="a REDCap export as CSV"
        )
    (_, header), body = numbered[0], numbered[1:]
    headers = [as_text(cell) or "" for cell in header]
    names = name_columns(headers, fields, export.name, log)
    columns = {name: [cells[position] for _, cells in body] for position, name in enumerate(names) if name}
    id_field = next(iter(fields))
    if id_field not in columns:
        raise BadInputError(
            what=f"the export has no column '{id_field}', the record id",
            where=export.name,
            hint="export all fields that the study needs, and the record id; is it the right dictionary?",
        )
    project = Project(
        export.name,
        (export, described),
        fields,
        id_field,
        [number for number, _ in body],
        columns,
        dropped=frozenset(),
        dates={},
        labelled=id_field not in headers,
    )
    return _without_identifiers(project, log)


def _files(path: Path, dictionary: str) -> tuple[Path, Path]:
    if not path.is_dir():
        if not dictionary:
            raise BadInputError(
                what="the data dictionary of the REDCap export is not named",
                where=path.name,
                allowed='dictionary = "..." under [data], or a folder with both files as source',
                hint="REDCap: Project Setup, Data Dictionary, Download the current Data Dictionary",
            )
        described = path.parent / dictionary
        if not described.is_file():
            raise BadInputError(what=f"there is no file '{dictionary}' beside it", where=path.name)
        refuse_impostor(path)
        refuse_impostor(described)
        return path, described
    files = sorted(each for each in path.iterdir() if each.suffix.lower() in DELIMITED and each.is_file())
    for each in files:
        refuse_impostor(each)
    dictionaries = [
        each for each in files if (each.name == dictionary if dictionary else is_dictionary(each))
    ]
    exports = [each for each in files if each not in dictionaries]
    if len(dictionaries) != 1 or len(exports) != 1:
        raise BadInputError(
            what=f"the folder has {len(exports)} exports and {len(dictionaries)} data dictionaries",
            where=path.name,
            allowed="one CSV export and one CSV data dictionary",
            hint="name them: source = the export, dictionary = the dictionary beside it",
        )
    return exports[0], dictionaries[0]


def _without_identifiers(project: Project, log: Log) -> Project:
    """Drop every identifier; dates are kept aside, for a mapping that makes days of them."""
    marked = {
        column
        for column in project.columns
        if column not in SYSTEM and (field := project.field_of(column)) is not None and field.identifier
    }
    if project.id_field in marked:
        raise BadInputError(
            what=f"the record id '{project.id_field}' is marked as an identifier",
            where=project.place,
            allowed="a pseudonymous record id: it is repeated in every output",
            hint="export with hashed record ids, or correct the mark in the data dictionary",
        )
    dates = {
        column: project.columns[column] for column in marked if project.fields[column.split("___")[0]].date
    }
    gone = sorted(marked - set(dates))
    if gone:
        log.add("records.redcap_identifiers", Where(project.place), count=len(gone), names=", ".join(gone))
    columns = {column: cells for column, cells in project.columns.items() if column not in marked}
    return replace(project, columns=columns, dropped=frozenset(marked), dates=dates)


def filled(project: Project, form: str) -> list[bool]:
    """Return for each row whether an instrument was filled in.

    REDCap exports 0 for every box of an instrument that nobody opened: a box without a tick counts for
    nothing, a tick, any other answer, or a status other than incomplete does.
    """
    status = [text.casefold() for text in project.texts(f"{form}_complete")]
    found = [text in _TOUCHED for text in status]
    for column in (*project.columns, *project.dates):
        field = project.field_of(column)
        if field is None or field.form != form or field.name == project.id_field or field.type == "calc":
            continue
        cells = project.columns.get(column) or project.dates[column]
        for i, cell in enumerate(cells):
            text = (as_text(cell) or "").casefold()
            found[i] = found[i] or (text in _CHECKED if "___" in column else bool(text))
    return found


def incomplete(project: Project, form: str, positions: Sequence[int]) -> int:
    """Return in how many rows an instrument is not marked complete, 0 if the export has no status."""
    if f"{form}_complete" not in project.columns:
        return 0
    status = project.texts(f"{form}_complete")
    return sum(status[i].casefold() not in _COMPLETE for i in positions)
