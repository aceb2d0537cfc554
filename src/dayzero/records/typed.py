"""Read every cell into what its column declares; whatever cannot be used is reported where it stands."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from dayzero.records.cells import (
    MISSING_CODES,
    REPORTED,
    Cell,
    ErrorCell,
    Problem,
    as_text,
    blank,
    error_problem,
    quote,
    without_dates,
)
from dayzero.records.codes import read_code
from dayzero.records.findings import Where
from dayzero.records.moments import read_moments
from dayzero.records.parts import Part, Typed
from dayzero.records.quantities import read_number
from dayzero.records.results import read_results

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dayzero.records.log import Log
    from dayzero.records.moments import DateRule
    from dayzero.records.schema import Column

#: A cell's value, what is wrong with it, and whether the value is used all the same.
Read = tuple[Any, Problem | None]
#: Rules that report a value which is used.
_USED = frozenset(
    {
        "records.open_code",
        "records.day_not_whole",
        "records.date_in_text",
        "records.decimal_comma",
        "records.looks_missing",
        "records.day_imputed",
        "records.unit_assumed",
    }
)
#: Rules of which a column has one finding, with the number of its cells.
_TOGETHER = (
    "records.decimal_comma",
    "records.looks_missing",
    "records.day_imputed",
    "records.unit_assumed",
)
_LARGEST_ID = 10**15
_DOT_AS_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2}\.[0-9]{3}")


def type_part(part: Part, dates: DateRule, log: Log) -> Typed:
    """Read every cell of ``part``.

    Parameters
    ----------
    part : Part
    dates : DateRule
        How its dates are read; the day of a transplant is never imputed, because every day counts from it.
    log : Log
        Gains a finding for every cell that cannot be used.
    """
    ids, id_problems = read_ids(part.cells["patient_id"])
    values: dict[str, list[Any]] = {"patient_id": ids}
    problems: dict[str, list[tuple[int, Problem]]] = {"patient_id": id_problems}
    never: dict[str, frozenset[int]] = {}
    for column in part.schema.columns[1:]:
        if column.name not in part.cells or (part.table, column.name) == ("measurements", "value"):
            continue
        cells = part.cells[column.name]
        if column.type == "date":
            partial = "" if (part.table, column.name) == ("transplants", "date") else dates.partial
            offsets = column.name != "birth_date"
            moments = read_moments(cells, dates.order, offsets=offsets, partial=partial)
            values[column.name], problems[column.name] = moments.values, moments.problems
            never[column.name] = moments.never
        else:
            values[column.name], problems[column.name] = _READERS[column.type](cells, column)
    if part.table == "measurements" and "value" in part.cells:
        problems["value"] = _read_measurements(part, values)
    unreadable = {name: _unusable(found) for name, found in problems.items()}
    typed = Typed(part, values, unreadable, never, {name: _sentinels(problems[name]) for name in never})
    for name, found in problems.items():
        _report(typed, part.schema.column(name), found, log)
    return typed


def _unusable(problems: list[tuple[int, Problem]]) -> frozenset[int]:
    return frozenset(position for position, problem in problems if problem.rule not in _USED)


def _sentinels(problems: list[tuple[int, Problem]]) -> frozenset[int]:
    rules = ("records.implausible_day", "records.sentinel_suspected")
    return frozenset(position for position, problem in problems if problem.rule in rules)


def _report(typed: Typed, column: Column, problems: list[tuple[int, Problem]], log: Log) -> None:
    report_together(problems, Where(typed.part.place, column=typed.part.header(column.name)), log)
    for position, problem in problems:
        if problem.rule in (*_TOGETHER, REPORTED.rule):
            continue
        outcome = "" if problem.rule in _USED else "row" if column.key else "value"
        log.add_problem(problem, typed.where(position, column.name), outcome=outcome)  # type: ignore[arg-type]


def report_together(problems: list[tuple[int, Problem]], where: Where, log: Log) -> None:
    """Report once for a column what would otherwise be said of each of its cells."""
    counts = Counter((problem.rule, problem.found) for _, problem in problems if problem.rule in _TOGETHER)
    for (rule, found), count in sorted(counts.items()):
        log.add(rule, where, found=found, count=count)


def _each(cells: Sequence[Cell], read: Callable[[Cell], Read]) -> tuple[list[Any], list[tuple[int, Problem]]]:
    """Read every cell, each distinct one once."""
    known: dict[tuple[type, Cell], Read] = {}
    values: list[Any] = []
    problems: list[tuple[int, Problem]] = []
    for position, cell in enumerate(cells):
        key = (type(cell), cell)
        if key not in known:
            known[key] = read(cell)
        value, problem = known[key]
        values.append(value)
        if problem is not None:
            problems.append((position, problem))
    return values, problems


def _text_of(cell: Cell, allowed: str) -> tuple[str | None, Problem | None]:
    """Return the text of a cell that must hold text, and the problem when it holds something else."""
    if blank(cell):
        return None, None
    if isinstance(cell, ErrorCell):
        return None, error_problem(cell)
    text = as_text(cell)
    return text, None if text is not None else Problem("records.typed_cell", allowed=allowed)


def read_ids(cells: Sequence[Cell]) -> tuple[list[Any], list[tuple[int, Problem]]]:
    """Read a column of patient ids as text."""
    return _each(cells, _read_id)


def number_column(cells: Sequence[Cell]) -> tuple[list[Any], list[tuple[int, Problem]]]:
    """Read a column of numbers that no table declares: no unit, no plausible range."""
    values, problems = _each(cells, lambda cell: read_number(cell, "")[:2])
    refuse_sentinels(values, problems)
    return values, problems


def _read_id(cell: Cell) -> Read:
    text, problem = _text_of(cell, "a pseudonymous id, as text")
    if text is None:
        return None, problem
    if isinstance(cell, (int, float)) and abs(cell) >= _LARGEST_ID:
        return None, Problem("records.id_precision", allowed="an id of at most 15 digits, or text")
    return text, None


def _read_texts(cells: Sequence[Cell], column: Column) -> tuple[list[Any], list[tuple[int, Problem]]]:
    def read(cell: Cell) -> Read:
        text, problem = _text_of(cell, "text")
        if text is None:
            return None, problem
        clean = without_dates(text)
        if clean != text:
            return clean, Problem("records.date_in_text")
        return clean, missing_code(clean)

    return _each(cells, read)


def missing_code(text: str) -> Problem | None:
    """Return the problem of a text that other programs write for "not recorded"."""
    return Problem("records.looks_missing", found=text) if text.casefold() in MISSING_CODES else None


def _read_codes(cells: Sequence[Cell], column: Column) -> tuple[list[Any], list[tuple[int, Problem]]]:
    def read(cell: Cell) -> Read:
        text, problem = _text_of(cell, ", ".join(code.value for code in column.codes))
        return (None, problem) if text is None else read_code(text, column)

    return _each(cells, read)


def _read_numbers(cells: Sequence[Cell], column: Column) -> tuple[list[Any], list[tuple[int, Problem]]]:
    def read(cell: Cell) -> Read:
        value, problem, comma = read_number(cell, column.unit)
        if value is None:
            return None, problem
        if column.type == "integer" and not value.is_integer():
            return None, Problem("records.not_an_integer", found=f"{value:g}", allowed="a whole number")
        if outside(value, column.minimum, column.maximum):
            return None, Problem("records.implausible_number", found=f"{value:g}", allowed=_range(column))
        number = int(value) if column.type == "integer" else value
        return number, Problem("records.decimal_comma") if comma else None

    values, problems = _each(cells, read)
    if any(problem.rule == "records.decimal_comma" for _, problem in problems):
        _refuse_dots(cells, values, problems)
    if column.unit:
        refuse_sentinels(values, problems)
    return values, problems


def _refuse_dots(cells: Sequence[Cell], values: list[Any], problems: list[tuple[int, Problem]]) -> None:
    """Refuse ``20.000`` in a column that has decimal commas: there the point may separate thousands."""
    for position, cell in enumerate(cells):
        if isinstance(cell, str) and _DOT_AS_THOUSANDS.fullmatch(cell.strip()):
            values[position] = None
            allowed = "one decimal mark in the whole column"
            problems.append(
                (position, Problem("records.ambiguous_comma", found=quote(cell), allowed=allowed))
            )


def outside(value: float, minimum: float | None, maximum: float | None) -> bool:
    """Return whether a value lies outside its plausible range."""
    return (minimum is not None and value < minimum) or (maximum is not None and value > maximum)


def _range(column: Column) -> str:
    low = "" if column.minimum is None else f"{column.minimum:g}"
    high = "" if column.maximum is None else f"{column.maximum:g}"
    words = f"{low} to {high}" if low and high else f"{low} or more" if low else f"{high} or less"
    return f"{words} {column.unit}".strip()


def refuse_sentinels(values: list[Any], problems: list[tuple[int, Problem]]) -> None:
    """Refuse 99, 999... far from every other number of the column: a code for "missing", not a value."""
    rest = [abs(value) for value in values if value is not None and not _nines(value)]
    farthest = max(rest, default=0.0)
    for position, value in enumerate(values):
        if value is not None and _nines(value) and rest and abs(value) > 3 * farthest:
            values[position] = None
            words = {"farthest": f"{farthest:g}"}
            problems.append(
                (position, Problem("records.sentinel_suspected", found=f"{value:g}", words=words))
            )


def _nines(value: float) -> bool:
    digits = f"{abs(value):.0f}"
    return float(value).is_integer() and len(digits) >= 2 and set(digits) == {"9"}


def _read_measurements(part: Part, values: dict[str, list[Any]]) -> list[tuple[int, Problem]]:
    """Read values beside their operators and units; the three columns and ``text`` come out together."""
    empty: list[Any] = [None] * len(part.rows)
    cells = part.cells["value"]
    results, problems = read_results(
        cells, values.get("analyte", empty), values.get("operator", empty), values.get("unit", empty)
    )
    values["value"] = [result.value for result in results]
    values["operator"] = [result.operator for result in results]
    values["unit"] = [result.unit for result in results]
    values["text"] = [result.text for result in results]
    return problems


_READERS = {
    "text": _read_texts,
    "code": _read_codes,
    "flag": _read_codes,
    "number": _read_numbers,
    "integer": _read_numbers,
}
