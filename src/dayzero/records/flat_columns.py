"""The columns of a flat file, read through the fields of a mapping; what was declared and used is counted."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from dayzero.errors import BadInputError
from dayzero.records.cells import (
    NEVER,
    REFUSED,
    Cell,
    DayNumber,
    Grid,
    Problem,
    as_text,
    blank,
    missing_hint,
    quote,
    without_dates,
)
from dayzero.records.codes import read_code
from dayzero.records.findings import Where
from dayzero.records.mapping_toml import TIME
from dayzero.records.quantities import conversion, converted, read_number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dayzero.records.log import Log
    from dayzero.records.mapping import FieldMap, RowMap
    from dayzero.records.schema import Column

#: Days in a unit of time. Months and years as everywhere in this field: 365.25 / 12 and 365.25 days.
DAYS: Final = {"": 1.0, "days": 1.0, "weeks": 7.0, "months": 30.4375, "years": 365.25}
_EMPTY_IS_NO: Final = 'if an empty cell means that it did not happen: never = [""], or codes = { "" = "no" }'
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")


@dataclass
class _Used:
    """What was seen in one column of the file."""

    never: dict[str, set[int]] = field(default_factory=dict)
    missing: set[int] = field(default_factory=set)
    empty: set[int] = field(default_factory=set)
    event: bool = False
    rounded: str = ""


class FlatColumns:
    """Cells of a flat file by header, with the findings that reading them gives.

    Parameters
    ----------
    grid : Grid
    log : Log
    optional : frozenset of str
        Headers of columns that may be empty without an answer missing (REDCap's branching logic).
    """

    def __init__(self, grid: Grid, log: Log, optional: frozenset[str] = frozenset()) -> None:
        self._optional = optional
        self.place = grid.place
        self.rows: list[int] = list(grid.rows)
        self._columns: dict[str, list[Cell]] = {
            header: list(cells) for header, cells in zip(grid.header, grid.columns, strict=True) if header
        }
        self._log = log
        self._used: dict[str, _Used] = {}

    def keep(self, positions: Sequence[int]) -> None:
        """Keep these rows only."""
        self.rows = [self.rows[i] for i in positions]
        self._columns = {header: [cells[i] for i in positions] for header, cells in self._columns.items()}

    def raw(self, header: str) -> list[Cell]:
        """Return the cells of a column.

        Raises
        ------
        BadInputError
            When the file has no such column; its headers are listed only if they look like headers.
        """
        if header not in self._columns:
            if any(_NUMBER.fullmatch(name) or without_dates(name) != name for name in self._columns):
                raise BadInputError(
                    what=f"there is no column '{header}', and the first row does not look like column names",
                    where=self.place,
                    hint="the first row must hold the column names",
                )
            raise BadInputError.unknown_name(
                kind="column", found=header, allowed=self._columns, where=self.place
            )
        self._used.setdefault(header, _Used())
        return self._columns[header]

    def read(self, field: FieldMap, column: Column, *, yes_no: bool = False) -> list[Cell]:
        """Return the cells of a field in the words and units of the schema.

        Parameters
        ----------
        field : FieldMap
        column : Column
            What the field becomes.
        yes_no : bool
            Whether the words are yes and no although the column is no flag.
        """
        if field.column is None:
            return [field.value] * len(self.rows)
        self._note_inversion(field, yes_no=yes_no or (column.type == "flag" and column.name != "alive"))
        known: dict[tuple[type, Cell], Cell | Problem] = {}
        found: list[Cell] = []
        for position, cell in enumerate(self.raw(field.column)):
            key = (type(cell), cell)
            if key not in known:
                known[key] = self._translated(cell, field, column)
            value = known[key]
            if isinstance(value, Problem):
                self._log.add_problem(value, self.where(position, field.column), outcome="value")
                value = REFUSED
            if value is NEVER:
                self._used[field.column].never.setdefault(as_text(cell) or "", set()).add(position)
            found.append(value)
        if column.type == "date" and DAYS.get(field.unit, 1.0) != 1.0:
            self._used[field.column].rounded = field.unit
        return found

    def _translated(self, cell: Cell, field: FieldMap, column: Column) -> Cell | Problem:
        text = as_text(cell) or ""
        if _listed(text, field.never):
            return NEVER
        if (blank(cell) and "" not in field.codes) or _listed(text, field.missing):
            return None
        if field.codes:
            return _decoded(text, field.codes, column)
        if column.type == "date" and DAYS.get(field.unit, 1.0) != 1.0:
            return _day(cell, DAYS[field.unit])
        if column.type == "number" and column.unit and field.unit:
            return _in_unit(cell, field.unit, column)
        return _coded_word(text, column) if column.type == "code" and column.name == "outcome" else cell

    def times(self, field: FieldMap) -> list[float | None]:
        """Return the times of a field in days, exactly as given."""
        cells = self.read(field, TIME) if field.column is not None else [field.value] * len(self.rows)
        factor = DAYS[field.unit]
        values: list[float | None] = []
        for position, cell in enumerate(cells):
            value, problem, _ = read_number(cell, "")
            if problem is None and value is not None and value < 0:
                problem, value = (
                    Problem("records.implausible_number", found=f"{value:g}", allowed="0 or more"),
                    None,
                )
            if problem is not None and problem.rule:
                self._log.add_problem(problem, self.where(position, field.column or ""), outcome="value")
            values.append(None if value is None else value * factor)
        return values

    def matching(self, row: RowMap) -> list[int]:
        """Return the positions of the patients for whom a template makes a row."""
        if row.when is None:
            return list(range(len(self.rows)))
        values = row.when.values
        return [i for i, cell in enumerate(self.raw(row.when.column)) if _listed(as_text(cell) or "", values)]

    def where(self, position: int, header: str) -> Where:
        """Return the place of a cell."""
        return Where(self.place, self.rows[position], header)

    def missing(
        self, field: FieldMap, positions: Sequence[int], *, matters: bool, event: bool = False
    ) -> None:
        """Count rows in which a field is empty; it ``matters`` when something cannot be derived without."""
        if field.column is None or (field.column in self._optional and not event):
            return
        used = self._used[field.column]
        (used.missing if matters else used.empty).update(positions)
        used.event = used.event or event

    def report_cells(self, field: FieldMap, problems: Sequence[tuple[int, Problem]]) -> None:
        """Report what is wrong with single cells."""
        for position, problem in problems:
            if problem.rule:
                self._log.add_problem(problem, self.where(position, field.column or ""), outcome="value")

    def report(self, total: int, of: str = "patients") -> None:
        """Report, once for each column, what was declared and used, and what is empty, ``of`` what."""
        for header, used in self._used.items():
            place = Where(self.place, column=header)
            for value, positions in sorted(used.never.items()):
                self._log.add(
                    "records.sentinel_used",
                    place,
                    found=quote(value) or "'' (the empty cell)",
                    count=len(positions),
                    total=total,
                    of=of,
                )
            if used.rounded:
                factor = f"{DAYS[used.rounded]:g}"
                self._log.add("records.converted_time", place, unit=used.rounded, factor=factor)
            for rule, rows in (
                ("records.missing_values", used.missing),
                ("records.missing_optional", used.empty - used.missing),
            ):
                if rows:
                    listed = row_list([self.rows[i] for i in sorted(rows)])
                    found = f"{len(rows)} of {total}"
                    hint = _EMPTY_IS_NO if used.event and rows is used.missing else ""
                    self._log.add(
                        rule, place, found=found, hint=hint, count=len(rows), total=total, of=of, rows=listed
                    )
        unmapped = [header for header in self._columns if header not in self._used]
        if unmapped:
            self._log.add("records.unmapped_columns", Where(self.place), count=len(unmapped))

    def _note_inversion(self, field: FieldMap, *, yes_no: bool) -> None:
        if yes_no and _decoded("0", field.codes, None) == "yes":
            self._log.add("records.zero_means_yes", Where(self.place, column=field.column))


def row_list(rows: Sequence[int]) -> str:
    """Return row numbers as a person writes them: ``rows 5, 9, 12-14``."""
    spans: list[list[int]] = []
    for row in rows:
        if spans and row == spans[-1][1] + 1:
            spans[-1][1] = row
        else:
            spans.append([row, row])
    words = [str(first) if first == last else f"{first}-{last}" for first, last in spans]
    return f"{'row' if len(rows) == 1 else 'rows'} {', '.join(words)}"


def _canonical(text: str) -> str:
    """Return the form in which file codes are compared: ``1``, ``1.0`` and ``1e0`` are one code."""
    return f"{float(text):.15g}" if _NUMBER.fullmatch(text) else text.casefold()


def _listed(text: str, values: Sequence[str]) -> bool:
    return any(text == value or _canonical(text) == _canonical(value) for value in values)


def _decoded(text: str, codes: Mapping[str, str], column: Column | None) -> Cell | Problem:
    if text in codes:
        return codes[text]
    for code, word in codes.items():
        if _canonical(code) == _canonical(text):
            return word
    allowed = ", ".join(f"{code} ({word})" for code, word in codes.items())
    return Problem("records.unknown_code", found=quote(text), allowed=allowed, hint=missing_hint(text))


def _coded_word(text: str, column: Column) -> Cell | Problem:
    word, problem = read_code(text, column)
    return word if problem is None else problem


def _day(cell: Cell, factor: float) -> Cell | Problem:
    value, problem, _ = read_number(cell, "")
    if problem is not None or value is None:
        return problem
    return DayNumber(round(value * factor))


def _in_unit(cell: Cell, unit: str, column: Column) -> Cell | Problem:
    value, problem, _ = read_number(cell, "")
    factor = conversion(unit, column.unit)
    if problem is not None or value is None or factor is None:
        return problem
    return converted(value, factor)
