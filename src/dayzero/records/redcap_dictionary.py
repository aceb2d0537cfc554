"""Read a REDCap data dictionary, as downloaded from the project or as the API spells its columns."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from dayzero.errors import BadInputError
from dayzero.records.cells import as_text, tidy
from dayzero.records.delimited import read_rows
from dayzero.records.log import Log

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

#: What is read, with both spellings of its column (lower case, cut at the first bracket).
_COLUMNS: Final = {
    "name": ("variable / field name", "field_name"),
    "form": ("form name", "form_name"),
    "type": ("field type", "field_type"),
    "label": ("field label", "field_label"),
    "choices": ("choices, calculations, or slider labels", "select_choices_or_calculations"),
    "validation": (
        "text validation type or show slider number",
        "text_validation_type_or_show_slider_number",
    ),
    "identifier": ("identifier?", "identifier"),
    "branching": ("branching logic", "branching_logic"),
}
_NEEDED: Final = ("name", "form", "type", "label", "identifier")
_CHOICES: Final = {
    "yesno": {"1": "Yes", "0": "No"},
    "truefalse": {"1": "True", "0": "False"},
}
_TAG: Final = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Field:
    """One field of a project.

    Attributes
    ----------
    name, form, type, label : str
        As the dictionary has them; the label without HTML.
    choices : mapping of str to str
        Code to label, of a field that has choices.
    date : bool
        Whether it is validated as a date.
    identifier : bool
        Whether it is marked as an identifier.
    branching : bool
        Whether it is shown only under a condition: then a blank is no missing answer.
    """

    name: str
    form: str
    type: str
    label: str
    choices: Mapping[str, str] = field(default_factory=dict)
    date: bool = False
    identifier: bool = False
    branching: bool = False


def is_dictionary(path: Path) -> bool:
    """Return whether a CSV file is a data dictionary by its header."""
    rows = read_rows(path, Log())
    return bool(rows) and all(name in _positions([as_text(c) or "" for c in rows[0][1]]) for name in _NEEDED)


def read_dictionary(path: Path, log: Log) -> dict[str, Field]:
    """Return the fields of a data dictionary by name, in its order.

    Raises
    ------
    BadInputError
        When a column is missing that tells the fields, their forms, or which of them are identifiers.
    """
    rows = read_rows(path, log)
    positions = _positions([as_text(cell) or "" for cell in rows[0][1]]) if rows else {}
    missing = [name for name in _NEEDED if name not in positions]
    if missing:
        raise BadInputError(
            what=f"the data dictionary has no column '{_COLUMNS[missing[0]][0]}'",
            where=path.name,
            allowed=(spelling for pair in _COLUMNS.values() for spelling in pair),
            hint="download it again: Project Setup, Data Dictionary",
        )
    fields: dict[str, Field] = {}
    for _, cells in rows[1:]:
        given = {name: as_text(cells[position]) or "" for name, position in positions.items()}
        if given["name"]:
            fields[given["name"]] = _field(given)
    if not fields:
        raise BadInputError(what="the data dictionary has no field", where=path.name)
    return fields


def _positions(header: list[str]) -> dict[str, int]:
    plain = [name.casefold().split(" (", 1)[0].strip() for name in header]
    return {
        name: plain.index(spelling)
        for name, spellings in _COLUMNS.items()
        for spelling in spellings
        if spelling in plain
    }


def _field(given: Mapping[str, str]) -> Field:
    kind = given["type"].casefold()
    validation = given.get("validation", "").casefold()
    return Field(
        given["name"],
        given["form"],
        kind,
        without_tags(given["label"]),
        _CHOICES.get(kind) or _choices(given.get("choices", ""), kind),
        validation.startswith("date"),
        given["identifier"].casefold() in ("y", "yes", "1", "true"),
        bool(given.get("branching")),
    )


def _choices(text: str, kind: str) -> dict[str, str]:
    """Return code to label of ``1, Bone marrow | 2, Peripheral blood``."""
    if kind not in ("radio", "dropdown", "checkbox"):
        return {}
    pairs = (part.partition(",") for part in text.split("|"))
    return {code.strip(): without_tags(label) for code, comma, label in pairs if comma}


def without_tags(text: str) -> str:
    """Return a label as it is printed: without HTML tags, blanks together."""
    return tidy(_TAG.sub("", text))
