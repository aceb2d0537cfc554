"""The timeline of one patient: every fact of the six tables in order of day, with its sheet and row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw

from dayzero.records.findings import Where
from dayzero.records.tables import TABLES, ingested_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dayzero.records.model import Records
    from dayzero.records.places import Places

#: The day of a fact of each table; patients have two days of their own.
_DAY: Final = {
    "treatments": "start_day",
    "transplants": "day",
    "measurements": "day",
    "events": "day",
    "follow_up": "day",
}
_OWN_DAYS: Final = {"diagnosis_day": "diagnosis", "first_line_end_day": "end of first-line therapy"}
#: What a row is about, said first; the other columns follow with their names.
_FIRST: Final = {
    "treatments": "agent",
    "transplants": "type",
    "measurements": "analyte",
    "events": "event",
}
_WORDS: Final = {
    "patients": "patient",
    "transplants": "transplant",
    "follow_up": "contact",
}
_SILENT: Final = ("row", "patient_id", "text", "operator", "value", "unit", "dose", "start_day", "day")


@dataclass(frozen=True)
class Fact:
    """One fact about a patient.

    Attributes
    ----------
    day : float or None
        From day 0; None when the day is not recorded, or the fact has none.
    text : str
    where : Where
        Sheet or file, and row, as the user sees them; no row for what the data cut-off added.
    used : bool
        ``False`` when the data cut-off leaves it out.
    series : str
        Of a laboratory result what was measured, and in which unit; else empty.
    value : float or None
        Of a laboratory result its number.
    """

    day: float | None
    text: str
    where: Where
    used: bool = True
    series: str = ""
    value: float | None = None


def timeline(everything: Records, seen: Records) -> tuple[Fact, ...]:
    """Return every fact of one patient in order of day, those without a day last.

    Parameters
    ----------
    everything : Records
        Of this patient, as read.
    seen : Records
        Of this patient, as seen at the data cut-off; the same where there is none.
    """
    places = everything.places
    facts: list[tuple[int, Fact]] = []
    for order, table in enumerate(TABLES):
        before, after = (_rows(each.tables[table.name]) for each in (everything, seen))
        kept = {_identity(row) for row in after}
        for row in before:
            used = _identity(row) in kept
            facts += [(order, fact) for fact in _facts(table.name, row, places, used=used)]
        added = [row for row in after if row["row"] is None and row not in before]
        facts += [(order, _added(row, places)) for row in added]
    cut = _rows(seen.given)
    facts += [(len(TABLES), _given(row, places, used=row in cut)) for row in _rows(everything.given)]
    return tuple(fact for _, fact in sorted(facts, key=_order))


def _rows(frame: Any) -> list[dict[str, Any]]:
    collected = nw.from_native(frame).lazy().collect("polars")
    return list(collected.iter_rows(named=True))


def _identity(row: dict[str, Any]) -> tuple[object, ...]:
    """Return what stays of a row when a treatment's last day is cut."""
    return tuple((key, value) for key, value in row.items() if key != "stop_day")


def _order(each: tuple[int, Fact]) -> tuple[object, ...]:
    table, fact = each
    row = fact.where.row
    return (fact.day is None, fact.day or 0, table, -1 if row is None else row, fact.text)


def _facts(table: str, row: dict[str, Any], places: Places, *, used: bool) -> Iterator[Fact]:
    where = Where(places.sheets.get(table, table), row["row"])
    if table == "patients":
        for column, what in _OWN_DAYS.items():
            if row[column] is not None:
                yield Fact(row[column], what, where, used)
        yield Fact(None, _described(table, row), where, used)
        return
    day, text = row[_DAY[table]], _described(table, row)
    if table != "measurements":
        yield Fact(day, text, where, used)
        return
    series = " ".join(part for part in (row["analyte"], row["specimen"]) if part)
    yield Fact(day, text, where, used, f"{series} ({row['unit']})" if row["unit"] else series, row["value"])


def _described(table: str, row: dict[str, Any]) -> str:
    """Return a row in words: what it is, its number with its unit, then every other column by its name."""
    first = str(row.get(_FIRST.get(table, ""), "") or "")
    words = [" ".join(part for part in (first, _WORDS.get(table, ""), _amount(table, row)) if part)]
    declared = [*ingested_schema(table), *(name for name in row if name not in ingested_schema(table))]
    for column in declared:
        value = row[column]
        said = column in _SILENT or column in _OWN_DAYS or column == _FIRST.get(table)
        if value is None or said or (column, value) == ("occurred", "yes"):
            continue
        words.append(_named(column, value))
    return "; ".join(words)


def _amount(table: str, row: dict[str, Any]) -> str:
    if table == "treatments" and row["dose"] is not None:
        return " ".join(part for part in (f"{row['dose']:.10g}", row["unit"]) if part)
    if table != "measurements":
        return ""
    if row["value"] is None:
        return str(row["text"] or "")
    sign = "" if row["operator"] in (None, "=") else f"{row['operator']}"
    return " ".join(part for part in (f"{sign}{row['value']:.10g}", row["unit"]) if part)


def _named(column: str, value: object) -> str:
    if column == "stop_day":
        return f"to day {value}"
    if column == "occurred":
        return "looked for, did not happen" if value == "no" else "not known whether it happened"
    text = f"{value:.10g}" if isinstance(value, float) else str(value)
    return f"{column.replace('_', ' ')} {text}"


def _added(row: dict[str, Any], places: Places) -> Fact:
    text = "end of follow-up at the data cut-off; alive " + str(row["alive"])
    if row.get("disease_status"):
        text += f"; disease status {row['disease_status']}"
    return Fact(row["day"], text, Where(places.sheets.get("follow_up", "follow_up")))


def _given(row: dict[str, Any], places: Places, *, used: bool) -> Fact:
    file = places.sheets.get("patients", "given")
    return Fact(row["time"], f"given: {row['name']}, {row['outcome']}", Where(file, row["row"]), used)
