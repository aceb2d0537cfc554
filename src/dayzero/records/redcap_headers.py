"""Name the columns of a REDCap export: raw headers are names of fields, label headers their labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dayzero.errors import BadInputError
from dayzero.records.findings import Where
from dayzero.records.redcap_dictionary import Field, without_tags

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dayzero.records.log import Log

REDCAP_EVENT: Final = "redcap_event_name"
INSTRUMENT: Final = "redcap_repeat_instrument"
INSTANCE: Final = "redcap_repeat_instance"
_OTHERS: Final = {
    "redcap_data_access_group": "Data Access Group",
    "redcap_survey_identifier": "Survey Identifier",
    "redcap_survey_timestamp": "Survey Timestamp",
}
#: Columns that REDCap itself adds, with their labels.
SYSTEM: Final = {
    REDCAP_EVENT: "Event Name",
    INSTRUMENT: "Repeat Instrument",
    INSTANCE: "Repeat Instance",
    **_OTHERS,
}
_STATUS_LABEL: Final = "Complete?"


def name_columns(header: Sequence[str], fields: Mapping[str, Field], place: str, log: Log) -> list[str]:
    """Return the name of each column of an export, empty for a column that is not read.

    A label that several fields share names its columns only if the export has them all, in the order of the
    dictionary. Who wrote a survey is not read.

    Raises
    ------
    BadInputError
        When a column stands there twice.
    """
    expected = _expected(fields)
    raw = {name for name, _ in expected}
    if sum(name in raw for name in header) * 2 >= len(header):
        named = [name if name in raw else "" for name in header]
        unknown = sum(not name for name in named)
        twice = 0
    else:
        named, unknown, twice = _by_label([without_tags(name) for name in header], expected)
    if unknown:
        log.add("records.redcap_unknown_field", Where(place), count=unknown)
    if twice:
        log.add("records.redcap_label_twice", Where(place), count=twice)
    kept = [name for name in named if name]
    if len(set(kept)) < len(kept):
        raise BadInputError(
            what="a field of the export stands in two columns", where=place, allowed="one column a field"
        )
    return ["" if name in _OTHERS else name for name in named]


def _expected(fields: Mapping[str, Field]) -> list[tuple[str, str]]:
    """Return name and label of every column that an export of all fields has, in order."""
    columns: list[tuple[str, str]] = [*SYSTEM.items()]
    forms = dict.fromkeys(field.form for field in fields.values())
    for form in forms:
        for field in fields.values():
            if field.form == form:
                columns += _columns(field)
        columns.append((f"{form}_complete", _STATUS_LABEL))
    return columns


def _columns(field: Field) -> list[tuple[str, str]]:
    if field.type == "descriptive":
        return []
    if field.type != "checkbox":
        return [(field.name, field.label)]
    return [
        (f"{field.name}___{code.lower().replace('-', '_')}", f"{field.label} (choice={label})")
        for code, label in field.choices.items()
    ]


def _by_label(header: Sequence[str], expected: Sequence[tuple[str, str]]) -> tuple[list[str], int, int]:
    """Return the names, and how many columns are unknown and how many are headed by a shared label."""
    meant: dict[str, list[str]] = {}
    for name, label in expected:
        meant.setdefault(label, []).append(name)
    left = {label: iter(names) for label, names in meant.items() if len(names) == header.count(label)}
    named: list[str] = []
    unknown = twice = 0
    for label in header:
        name = next(left[label]) if label in left else ""
        named.append(name)
        unknown += label not in meant
        twice += label in meant and not name
    return named, unknown, twice
