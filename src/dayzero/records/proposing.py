"""Propose a mapping for an unknown flat file, from its headers and values, for a person to confirm.

A proposal is a text. Nothing runs it: what is sure and what is likely stands in it as lines with their
reason, what could mean several things stands in comments, and what is not understood is listed.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dayzero.errors import BadInputError
from dayzero.records.cells import Cell, ErrorCell, as_text, blank, quote
from dayzero.records.codes import read_code
from dayzero.records.log import Log
from dayzero.records.moments import read_moments
from dayzero.records.proposing_words import IDENTIFYING, MEANINGS, OUTCOMES, TIMES, Meaning, letters
from dayzero.records.pseudonyms import names_someone
from dayzero.records.quantities import read_number
from dayzero.records.reading import read_table_file
from dayzero.records.sniff import WORKBOOKS, refuse_impostor
from dayzero.records.tables import TABLES, table
from dayzero.records.typed import outside

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dayzero.records.cells import Grid
    from dayzero.records.schema import Column

#: Most values of a column that a proposal lists, and the longest of them.
_VALUES: Final = 12
_LONGEST: Final = 24
_SENTINEL_RULES: Final = ("records.implausible_day", "records.sentinel_suspected")
SURE, LIKELY, UNSURE = "sure", "likely", "unsure"


@dataclass(frozen=True)
class Proposal:
    """What one column of the file is proposed to be.

    Attributes
    ----------
    header : str
    meaning : Meaning
    certainty : {"sure", "likely", "unsure"}
        Sure: the header says it and every value fits. Likely: one of the two. Unsure: a person must say.
    why : str
    settings : str
        What stands beside ``column`` in the line, such as ``never = [1000000]``.
    empty : int
        Empty cells among the days of an event: they are read as unknown unless a person says otherwise.
    """

    header: str
    meaning: Meaning
    certainty: str
    why: str
    settings: str = ""
    empty: int = 0

    @property
    def line(self) -> str:
        """Return the line of the mapping, without its comment."""
        setting = f", {self.settings}" if self.settings else ""
        return f"{self.meaning.column} = {{ column = {_toml(self.header)}{setting} }}"


def propose(path: str | Path) -> str:
    """Propose a mapping for a flat file with one row per patient.

    Parameters
    ----------
    path : str or Path
        A CSV, Parquet or workbook file.

    Returns
    -------
    str
        The ``[data]`` section of a study file, to be read, corrected and confirmed by a person.

    Raises
    ------
    BadInputError
        When the file cannot be read, or has no row.
    """
    file = Path(path)
    if not file.is_file():
        raise BadInputError(what="there is no such file", where=file.name, hint="check the path")
    grid = _grid(file)
    if not grid.rows:
        raise BadInputError(what="the file has a header but no row", where=file.name)
    return _text(file.name, grid, proposals(grid))


def _grid(file: Path) -> Grid:
    refuse_impostor(file)
    if file.suffix.lower() in WORKBOOKS:
        from dayzero.records.workbook import read_flat_sheet

        return read_flat_sheet(file, "", Log())
    return read_table_file(file, Log())


def proposals(grid: Grid) -> list[Proposal]:
    """Return what the columns of a file are proposed to be, in their order; none of those not understood."""
    found: list[Proposal] = []
    taken: Counter[tuple[str, str, str, str]] = Counter()
    for header, cells in zip(grid.header, grid.columns, strict=True):
        made = _proposal(header, cells)
        if made is None:
            continue
        place = (made.meaning.table, made.meaning.column, made.meaning.event, made.meaning.grade)
        if taken[place] and made.certainty != UNSURE:
            why = "another column was already taken for the same"
            made = replace(made, certainty=UNSURE, why=why)
        taken[place] += 1
        found.append(made)
    return found


def _proposal(header: str, cells: Sequence[Cell]) -> Proposal | None:
    if not header:
        return None
    meaning = next((each for each in MEANINGS if each.fits(letters(header))), None)
    if meaning is None:
        return _by_values(header, cells)
    if meaning.column == "id":
        return _identity(header, meaning, cells)
    column = table(meaning.table).column(meaning.column)
    if column.type == "date":
        return _date(header, meaning, cells, birth=column.name == "birth_date")
    if column.type in ("number", "integer"):
        return _number(header, meaning, cells, column)
    if column.type in ("code", "flag"):
        return _coded(header, meaning, cells, column)
    return _words(header, meaning, cells)


def _identity(header: str, meaning: Meaning, cells: Sequence[Cell]) -> Proposal:
    texts = [as_text(cell) for cell in cells]
    if any(names_someone(cell) for cell in cells):
        return Proposal(header, meaning, UNSURE, "the values look like names or dates: use a pseudonym")
    if None in texts or len(set(texts)) < len(texts):
        return Proposal(header, meaning, UNSURE, "the header says so, but values are empty or repeated")
    return Proposal(header, meaning, SURE, "the header says so; every value is there once")


def _date(header: str, meaning: Meaning, cells: Sequence[Cell], *, birth: bool) -> Proposal:
    read = read_moments(cells, offsets=not birth)
    sentinels = {i for i, problem in read.problems if problem.rule in _SENTINEL_RULES}
    others = {problem.rule for i, problem in read.problems if i not in sentinels}
    if "records.ambiguous_date" in others:
        return Proposal(
            header, meaning, UNSURE, 'dates whose order must be said: date_order = "dmy" or "mdy"'
        )
    if others:
        return Proposal(header, meaning, UNSURE, "the header says so, but not every value is a day or a date")
    never = Counter(as_text(cells[i]) or "" for i in sentinels)
    why = "the header says so; every value is a day or a date"
    if not any(not blank(cell) for cell in cells):
        return Proposal(header, meaning, UNSURE, "the column is empty")
    if not never:
        empty = sum(map(blank, cells)) if meaning.table == "events" else 0
        return Proposal(header, meaning, SURE, why, empty=empty)
    if birth or meaning.table != "events":
        return Proposal(header, meaning, UNSURE, "values look like a code for 'missing': missing = [...]")
    counted = ", ".join(f"{value} ({count} times)" for value, count in sorted(never.items()))
    listed = ", ".join(value if value.isdecimal() else _toml(value) for value in sorted(never))
    why += f"; {counted} looks like a code for 'it did not happen': confirm"
    return Proposal(header, meaning, LIKELY, why, f"never = [{listed}]")


def _number(header: str, meaning: Meaning, cells: Sequence[Cell], column: Column) -> Proposal:
    for cell in cells:
        value, problem, _ = read_number(cell, column.unit)
        if problem is not None or (value is not None and outside(value, column.minimum, column.maximum)):
            why = f"the header says so, but not every value is a plausible number {column.unit}"
            return Proposal(header, meaning, LIKELY if problem is None else UNSURE, why)
    unit = f" in {column.unit}" if column.unit else ""
    return Proposal(header, meaning, SURE, f"the header says so; every value is a plausible number{unit}")


def _coded(header: str, meaning: Meaning, cells: Sequence[Cell], column: Column) -> Proposal:
    values = _distinct(cells)
    if not values:
        return Proposal(header, meaning, UNSURE, "the column is empty")
    if all(_number_like(value) for value in values):
        why = f"the header says so, but codes do not say what they mean; allowed: {_allowed(column)}"
        return Proposal(header, meaning, UNSURE, why, _stub(values))
    unknown = [value for value in values if read_code(value, column)[1] is not None]
    if not unknown:
        return Proposal(header, meaning, SURE, "the header says so; every value is a word of the schema")
    why = f"the header says so, but not every value is a word of the schema; allowed: {_allowed(column)}"
    return Proposal(header, meaning, UNSURE, why, _stub(unknown) if _listable(unknown, cells) else "")


def _words(header: str, meaning: Meaning, cells: Sequence[Cell]) -> Proposal:
    values = _distinct(cells)
    if not values:
        return Proposal(header, meaning, UNSURE, "the column is empty")
    if all(_number_like(value) for value in values):
        settings = _stub(values) if _listable(values, cells) else ""
        return Proposal(header, meaning, UNSURE, "the header says so, but the values are numbers", settings)
    return Proposal(header, meaning, SURE, "the header says so; the values are words")


def _by_values(header: str, cells: Sequence[Cell]) -> Proposal | None:
    """Return the coded columns whose words all values are: likely if one, unsure if more."""
    values = _distinct(cells)
    if not values or any(_number_like(value) for value in values) or not _listable(values, cells):
        return None
    fitting = [
        Meaning("", each.name, column.name)
        for each in TABLES
        for column in each.columns
        if column.type == "code" and each.name in ("patients", "transplants") and not column.key
        if all(read_code(value, column)[1] is None for value in values)
        if len({read_code(value, column)[0] for value in values} - {"unknown"}) > 1
    ]
    if len(fitting) == 1 and OUTCOMES.fullmatch(letters(header)):
        return Proposal(
            header, fitting[0], UNSURE, "every value is a word of it, but it may be of a later day"
        )
    if len(fitting) == 1:
        why = "the header does not say so, but every value is a word of it"
        return Proposal(header, fitting[0], LIKELY, why)
    if fitting:
        names = ", ".join(f"{each.table}.{each.column}" for each in fitting)
        return Proposal(header, fitting[0], UNSURE, f"the values fit several columns: {names}")
    return None


def _distinct(cells: Sequence[Cell]) -> list[str]:
    return sorted(
        {as_text(cell) or "" for cell in cells if not blank(cell) and not isinstance(cell, ErrorCell)}
    )


def _number_like(value: str) -> bool:
    return read_number(value, "")[1] is None


def _listable(values: Sequence[str], cells: Sequence[Cell]) -> bool:
    """Return whether values are codes that may be shown: few, short, repeated, and no name or date."""
    return (
        len(values) <= min(_VALUES, max(2, len(cells) // 2))
        and all(len(value) <= _LONGEST and quote(value) == value for value in values)
        and not any(names_someone(value) for value in values)
    )


def _allowed(column: Column) -> str:
    return ", ".join(code.value for code in column.codes)


def _stub(values: Sequence[str]) -> str:
    pairs = ", ".join(f'{_toml(value)} = "?"' for value in values[:_VALUES])
    return f"codes = {{ {pairs} }}"


def _toml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _text(name: str, grid: Grid, found: Sequence[Proposal]) -> str:
    """Return the proposal as the ``[data]`` section of a study file."""
    lines = [
        f"# A proposal for {name}, made from its headers and values. Nothing has been read with it yet.",
        "# Read every line, correct it, delete the comments: you know what the columns mean, this does not.",
        "",
        "[data]",
        f"source = {_toml(name)}",
        'layout = "one row per patient"',
        *_section_lines([each for each in found if each.meaning.column == "id"]),
    ]
    if not any(each.meaning.column == "id" and each.certainty != UNSURE for each in found):
        lines.append("# No column is surely the patient's id: without one, the row number is the id.")
    for section in ("patients", "transplants"):
        here = [each for each in found if each.meaning.table == section]
        if here:
            active = any(each.certainty != UNSURE for each in here)
            lines += ["", f"{'' if active else '# '}[data.{section}]", *_section_lines(here)]
    for each in found:
        if each.meaning.table == "events":
            lines += ["", *_event_lines(each)]
    return "\n".join([*lines, *_follow_up_lines(grid), *_unknown_lines(grid, found)]) + "\n"


def _section_lines(found: Sequence[Proposal]) -> list[str]:
    lines = []
    for each in found:
        lines.append(f"# {each.certainty}: {each.why}")
        lines.append(each.line if each.certainty != UNSURE else f"# {each.line}")
    return lines


def _event_lines(each: Proposal) -> list[str]:
    cause = ['cause = { value = "CMV" }'] if each.meaning.event == "infection" else []
    grade = [f"grade = {{ value = {_toml(each.meaning.grade)} }}"] if each.meaning.grade else []
    event = f"event = {{ value = {_toml(each.meaning.event)} }}"
    lines = ["[[data.events]]", event, *grade, *cause, each.line]
    if each.certainty == UNSURE:
        lines = [f"# {line}" for line in lines]
    return [f"# {each.certainty}: {each.why}", *lines, *_empty_lines(each)]


def _empty_lines(each: Proposal) -> list[str]:
    """Return a comment about the empty cells of a day, of which only a person can say what they mean."""
    if not each.empty:
        return []
    cells = "1 cell is" if each.empty == 1 else f"{each.empty} cells are"
    confirmed = replace(each, settings='never = [""]')
    return [
        f"# {cells} empty, and read as unknown. Only if an empty cell means that it did not happen, write",
        f"# {confirmed.line}",
    ]


def _follow_up_lines(grid: Grid) -> list[str]:
    """Return comments about times and outcomes: which code is which, only a person can say."""
    times = [header for header in grid.header if TIMES.fullmatch(letters(header))]
    outcomes = [header for header in grid.header if OUTCOMES.fullmatch(letters(header))]
    if not times:
        return []
    time, outcome = times[0], outcomes[0] if outcomes else "?"
    return [
        "",
        f"# unsure: time: {', '.join(times)}; outcome: {', '.join(outcomes) or 'no column'}.",
        "# If it is the time to death or last contact (say which code is which):",
        "# [[data.events]]",
        '# event = { value = "death" }',
        f'# when = {{ column = {_toml(outcome)}, is = ["?"] }}',
        f"# date = {{ column = {_toml(time)} }}",
        "# [data.follow_up]",
        f'# when = {{ column = {_toml(outcome)}, is = ["?"] }}',
        f"# date = {{ column = {_toml(time)} }}",
        '# alive = { value = "yes" }',
        "# If it is the time to the first of relapse and death:",
        "# [[data.given]]",
        '# name = "first failure"',
        f'# time = {{ column = {_toml(time)}, unit = "months" }}',
        f'# outcome = {{ column = {_toml(outcome)}, codes = {{ "?" = "censored" }} }}',
    ]


def _unknown_lines(grid: Grid, found: Sequence[Proposal]) -> list[str]:
    known = {each.header for each in found}
    lines = []
    for header, cells in zip(grid.header, grid.columns, strict=True):
        plain = letters(header)
        if header and header not in known and not TIMES.fullmatch(plain) and not OUTCOMES.fullmatch(plain):
            lines.append(f"#   {_toml(header)}: {_kind(plain, cells)}")
    return ["", "# Not understood:", *lines] if lines else []


def _kind(plain: str, cells: Sequence[Cell]) -> str:
    if IDENTIFYING.fullmatch(plain):
        return "seems to identify a person; remove it from the file"
    values = _distinct(cells)
    if not values:
        return "empty"
    if all(_number_like(value) for value in values):
        return f"numbers ({', '.join(values)})" if _listable(values, cells) else "numbers"
    return "words" if not any(names_someone(value) for value in values) else "words or dates"
