"""Let the choices of a REDCap data dictionary supply the codes of a mapping."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from dayzero.errors import BadInputError
from dayzero.records.cells import as_text
from dayzero.records.codes import read_code
from dayzero.records.findings import Where
from dayzero.records.mapping import Condition, FieldMap

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dayzero.records.log import Log
    from dayzero.records.redcap import Project
    from dayzero.records.schema import Column

#: How a box of a checkbox field is exported, and what it says.
_BOX: Final = {"1": "Checked", "0": "Unchecked"}
_BOX_WORDS: Final = {"1": "yes", "0": "no"}


def with_choices(
    field: FieldMap, column: Column, project: Project, log: Log, *, yes_no: bool = False
) -> FieldMap:
    """Return a field with the codes that the dictionary gives it.

    Codes of the mapping hold for a choice whether they name its code or its label. Without any, the labels
    are read as words of the schema; a choice whose label is none is reported.

    Raises
    ------
    BadInputError
        When no label of the field is a word of the schema: its codes must not be taken for words.
    """
    choices = _choices(field.column, project)
    if field.column is None or not choices or column.type in ("date", "number", "integer", "id"):
        return field
    if field.codes:
        words = _both_ways(field.codes, choices)
    elif "___" in field.column:
        words = _BOX_WORDS if column.type == "flag" or yes_no else {}
    else:
        words = _by_label(field.column, choices, column, project, log)
    if not words:
        raise BadInputError(
            what=f"no choice of the field '{field.column}' has a label that {column.name} allows",
            where=project.place,
            allowed=[code.value for code in column.codes],
            hint='say what its codes mean: codes = { "1" = "...", "2" = "..." }',
        )
    by_label = _answers_in_labels(field.column, choices, project)
    return replace(field, codes={choices[code] if by_label else code: word for code, word in words.items()})


def with_answers(when: Condition | None, project: Project) -> Condition | None:
    """Return a condition whose values are as the export has them: a choice may be named either way."""
    choices = {} if when is None else _choices(when.column, project)
    if when is None or not choices:
        return when
    labels = {label.casefold(): code for code, label in choices.items()}
    meant = [value if value in choices else labels.get(value.casefold(), value) for value in when.values]
    if _answers_in_labels(when.column, choices, project):
        meant = [choices.get(code, code) for code in meant]
    return Condition(when.column, tuple(meant))


def _choices(column: str | None, project: Project) -> Mapping[str, str]:
    field = None if column is None else project.field_of(column)
    if column is None or field is None or column.endswith("_complete"):
        return {}
    return _BOX if "___" in column else field.choices


def _both_ways(codes: Mapping[str, str], choices: Mapping[str, str]) -> dict[str, str]:
    folded = {name.casefold(): word for name, word in codes.items()}
    words = {}
    for code, label in choices.items():
        word = codes.get(code, folded.get(label.casefold()))
        if word is not None:
            words[code] = word
    return words


def _by_label(
    name: str, choices: Mapping[str, str], column: Column, project: Project, log: Log
) -> dict[str, str]:
    if not column.codes:
        return dict(choices)
    words: dict[str, str] = {}
    others: list[str] = []
    for code, label in choices.items():
        word, problem = read_code(label, column)
        if word is None or (problem is not None and not column.open_codes):
            others.append(label)
        else:
            words[code] = word
    if others and words:
        where = Where(project.place, column=name)
        log.add("records.redcap_other_choice", where, count=len(others), names=", ".join(others))
    return words


def _answers_in_labels(column: str, choices: Mapping[str, str], project: Project) -> bool:
    """Return whether a column holds labels; where both would fit, as the headers do."""
    answers = {as_text(cell) for cell in project.columns.get(column, ())} - {None}
    codes, labels = answers <= set(choices), answers <= set(choices.values())
    return project.labelled if codes == labels else labels
