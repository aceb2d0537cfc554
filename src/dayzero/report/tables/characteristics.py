"""The characteristics table: n (%) of every level, median and spread of every number, missing counted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dayzero.report import format as fmt
from dayzero.report.tables.model import Cell, Column, Footnote, Footnotes, Row, Table, data_row

if TYPE_CHECKING:
    from dayzero.report.numbers import Numbers
    from dayzero.study.results import Characteristic, Results

Group = tuple[str | None, str | None]
_WHOLE: Group = (None, None)


def characteristics_table(results: Results, numbers: Numbers) -> Table | None:
    """Return the characteristics of all patients, and of groups where the study asks; None without any."""
    found = results.characteristics
    if not found:
        return None
    groups = list(dict.fromkeys((c.group_by, c.group) for c in found))
    groups.sort(key=lambda group: group != _WHOLE)
    cells = {(c.variable, c.level, (c.group_by, c.group)): c for c in found}
    apart = _Apart(results, numbers)
    rows: list[Row] = []
    for variable in dict.fromkeys(c.variable for c in found):
        own = _variable_rows(numbers, groups, cells, [c for c in found if c.variable == variable])
        extra = apart.cells(variable)
        rows += [
            replace(row, cells=(*row.cells, *(extra if first else [Cell()] * len(extra))))
            for first, row in ((index == 0, row) for index, row in enumerate(own))
        ]
    columns = (Column("Characteristic"), *(_column(results, group) for group in groups), *apart.columns())
    spread = "first to third quartile" if any(c.spread == "quartiles" for c in found) else "range"
    notes = (
        Footnote("", f"Numbers are median ({spread}); levels are n (%) of the patients with a known value."),
        *apart.footnotes(),
    )
    return Table("characteristics", "Patient and transplant characteristics", columns, tuple(rows), notes)


class _Apart:
    """The columns that say how far the groups differ, where the study asks for them."""

    def __init__(self, results: Results, numbers: Numbers) -> None:
        self._rows = {row.variable: row for row in results.balance}
        self._numbers = numbers
        self._marks = Footnotes()
        self._difference = any(row.standardised_difference is not None for row in results.balance)
        self._tested = any(row.method or row.note for row in results.balance)

    def columns(self) -> list[Column]:
        wanted = (("Standardised difference", self._difference), ("p value", self._tested))
        return [Column(label, "right") for label, asked in wanted if asked]

    def cells(self, variable: str) -> list[Cell]:
        """Return what stands beside the first line of a variable."""
        row = self._rows.get(variable)
        made = []
        if self._difference:
            made.append(Cell(self._numbers.inline(row.id, "difference")) if row else Cell())
        if self._tested:
            said = "; ".join(part for part in (row.method, row.note) if part) if row else ""
            mark = self._marks.mark(f"{fmt.sentence(said)}." if said else "")
            made.append(Cell(self._numbers.inline(row.id, "p_value"), mark) if row else Cell())
        return made

    def footnotes(self) -> tuple[Footnote, ...]:
        """Return what must be known to read them."""
        notes = list(self._marks.all())
        if self._difference:
            notes.insert(
                0,
                Footnote(
                    "",
                    "Standardised difference: without sign, the largest of the pairs of groups; it does not "
                    "grow with the number of patients, and chance alone makes it large in small groups.",
                ),
            )
        if self._tested:
            notes.append(Footnote("", "p values are not adjusted for the number of comparisons."))
        return tuple(notes)


def _column(results: Results, group: Group) -> Column:
    if group == _WHOLE:
        return Column(f"All (n = {fmt.integer(results.study.n)})", "right")
    info = next((g for g in results.groups if g.name == group[0]), None)
    level = str(group[1])
    if info is None or level not in info.levels:
        return Column(level, "right")
    count = info.counts[info.levels.index(level)]
    among = f" among {info.among_label or info.among}" if info.among else ""
    return Column(f"{level} (n = {fmt.integer(count)})", "right", info.label + among)


def _variable_rows(
    numbers: Numbers,
    groups: list[Group],
    cells: dict[tuple[str, str | None, Group], Characteristic],
    own: list[Characteristic],
) -> list[Row]:
    variable, label = own[0].variable, own[0].label
    unit = f" ({own[0].unit})" if own[0].unit else ""
    levels = list(dict.fromkeys(c.level for c in own))
    rows = []
    if own[0].kind == "level":
        rows.append(Row((Cell(data_row((label,)).cells[0].content), *([Cell()] * len(groups))), "subheading"))
    for level in levels:
        line = [cells.get((variable, level, group)) for group in groups]
        name = label + unit if level is None else level
        rows.append(_row(numbers, name, line, "value", 0 if level is None else 1))
    first = [cells.get((variable, levels[0], group)) for group in groups]
    if any(c is not None and c.missing for c in first):
        rows.append(_row(numbers, "Missing", first, "missing", 1))
    return rows


def _row(numbers: Numbers, name: str, line: list[Characteristic | None], field: str, indent: int) -> Row:
    values = ["" if c is None else numbers.inline(c.id, field) for c in line]
    return data_row((name, *values), indent=indent, ref=line[0].id if line[0] and field == "value" else "")
