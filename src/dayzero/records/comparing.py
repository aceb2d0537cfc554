"""What differs between two states of the same records: patients, and facts cell by cell."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import polars as pl

from dayzero.records.checks.rule import as_polars
from dayzero.records.places import KIND
from dayzero.records.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from dayzero.records.model import Records

What = Literal["added", "removed", "changed"]
Row = dict[str, Any]
_DAY: Final = {"treatments": "start_day"}
_OCCURRENCE: Final = "dayzero occurrence"


@dataclass(frozen=True)
class PatientChange:
    """A patient who is in one state of the records only, with the number of facts about the patient."""

    patient_id: str
    change: What
    facts: int


@dataclass(frozen=True)
class FactChange:
    """A fact about a patient of both states that is in one only, or one cell of it that differs.

    Attributes
    ----------
    table, patient_id : str
    change : {"added", "removed", "changed"}
    fact : str
        What the fact is about, such as ``relapse, day 200``; as in the old state when it changed.
    column, old, new : str
        The cell; empty when the whole fact was added or removed. A missing value is an empty text.
    old_row, new_row : int or None
        Row in the source of either state.
    """

    table: str
    patient_id: str
    change: What
    fact: str
    column: str = ""
    old: str = ""
    new: str = ""
    old_row: int | None = None
    new_row: int | None = None


@dataclass(frozen=True)
class RecordsDiff:
    """All differences between two states of records, in a fixed order."""

    patients: tuple[PatientChange, ...]
    facts: tuple[FactChange, ...]


def compare_records(old: Records, new: Records) -> RecordsDiff:
    """Compare two states of records.

    Rows that say the same are the same fact, wherever they stand. Of what is left, a fact changed when the
    patient has exactly one of its kind on its day in both states, or, failing that, exactly one of its
    kind; everything else was removed and added, because which became which would be a guess.

    Parameters
    ----------
    old, new : Records

    Returns
    -------
    RecordsDiff
        Facts of patients who are in one state only are counted, not listed.
    """
    names = [table.name for table in TABLES]
    before = {**{name: as_polars(old.tables[name]) for name in names}, "given": old.given}
    after = {**{name: as_polars(new.tables[name]) for name in names}, "given": new.given}
    was, now = (set(each["patients"]["patient_id"]) for each in (before, after))
    gone = [PatientChange(each, "removed", _count(before, each)) for each in sorted(was - now)]
    came = [PatientChange(each, "added", _count(after, each)) for each in sorted(now - was)]
    both = sorted(was & now)
    facts = [
        change
        for name in before
        for change in _of_table(name, _only(before[name], both), _only(after[name], both))
    ]
    return RecordsDiff((*gone, *came), tuple(facts))


def _count(tables: dict[str, pl.DataFrame], patient: str) -> int:
    return sum(int((frame["patient_id"] == patient).sum()) for frame in tables.values())


def _only(frame: pl.DataFrame, patients: Sequence[str]) -> pl.DataFrame:
    return frame.filter(pl.col("patient_id").is_in(patients))


def _of_table(name: str, old: pl.DataFrame, new: pl.DataFrame) -> Iterator[FactChange]:
    columns = list(dict.fromkeys(each for each in (*old.columns, *new.columns) if each != "row"))
    before, after = (_by_patient(*pair, columns) for pair in ((old, new), (new, old)))
    for patient in sorted({*before, *after}):
        yield from _of_patient(name, before.get(patient, []), after.get(patient, []))


def _by_patient(frame: pl.DataFrame, other: pl.DataFrame, columns: list[str]) -> dict[str, list[Row]]:
    """Return the rows that the other state does not have, by patient; repeated rows count as often."""
    mine, theirs = (_completed(each, columns) for each in (frame, other))
    left = mine.join(theirs, on=[*columns, _OCCURRENCE], how="anti", nulls_equal=True)
    found: dict[str, list[Row]] = defaultdict(list)
    order = pl.col("row")
    for row in left.sort(order, maintain_order=True).drop(_OCCURRENCE).iter_rows(named=True):
        found[row["patient_id"]].append(row)
    return found


def _completed(frame: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    """Return the frame with all columns as text where the states may differ in type, and repeats numbered."""
    absent = [pl.lit(None, pl.String).alias(name) for name in columns if name not in frame.columns]
    full = frame.with_columns(absent).select(
        "row",
        *(pl.col(name).cast(pl.String) if name not in ("day", "start_day") else name for name in columns),
    )
    return full.with_columns(pl.int_range(pl.len()).over(columns).alias(_OCCURRENCE))


def _of_patient(table: str, old: list[Row], new: list[Row]) -> Iterator[FactChange]:
    kind, day = KIND.get(table, "name" if table == "given" else ""), _DAY.get(table, "day")
    pairs: list[tuple[Row, Row]] = []
    for key in (lambda row: (row.get(kind), row.get(day)), lambda row: row.get(kind)):
        old, new = _paired(old, new, key, pairs)
    for before, after in pairs:
        for column in before:
            if column != "row" and before[column] != after[column]:
                yield FactChange(
                    table,
                    before["patient_id"],
                    "changed",
                    _named(before, kind, day),
                    column,
                    _text(before[column]),
                    _text(after[column]),
                    before["row"],
                    after["row"],
                )
    for row in old:
        yield FactChange(table, row["patient_id"], "removed", _named(row, kind, day), old_row=row["row"])
    for row in new:
        yield FactChange(table, row["patient_id"], "added", _named(row, kind, day), new_row=row["row"])


def _paired(
    old: list[Row], new: list[Row], key: Callable[[Row], object], pairs: list[tuple[Row, Row]]
) -> tuple[list[Row], list[Row]]:
    """Add the pairs that are alone with their key on both sides; return the rows left over."""
    groups: dict[object, tuple[list[Row], list[Row]]] = {}
    for side, rows in enumerate((old, new)):
        for row in rows:
            groups.setdefault(key(row), ([], []))[side].append(row)
    alone = [(was[0], now[0]) for was, now in groups.values() if len(was) == len(now) == 1]
    pairs += alone
    done = {id(row) for pair in alone for row in pair}
    return [row for row in old if id(row) not in done], [row for row in new if id(row) not in done]


def _named(row: Row, kind: str, day: str) -> str:
    parts = [_text(row.get(kind)), f"day {row[day]}" if row.get(day) is not None else ""]
    return ", ".join(part for part in parts if part)


def _text(value: object) -> str:
    return "" if value is None else str(value)
