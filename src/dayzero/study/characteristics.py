"""The characteristics table: numbers by median, range and quartiles; categories by level; missing counted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from dayzero.errors import BadInputError
from dayzero.study.results import Characteristic

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dayzero.study.cohort import Facts
    from dayzero.study.grouping import Grouping
    from dayzero.study.loading import Study

#: A text variable with more different values than this is no line of a default table.
_MOST_LEVELS = 10
#: An answer that is none: counted as missing.
_MISSING = "unknown"


@dataclass(frozen=True)
class Line:
    """A variable of the table: its name, label and unit, and one value a patient (null: missing)."""

    name: str
    label: str
    unit: str
    values: pl.Series
    levels: tuple[str, ...]  # empty for a number

    @property
    def is_number(self) -> bool:
        """Whether the line shows median and range."""
        return self.values.dtype.is_numeric()


def describe(
    study: Study, facts: Facts, groupings: dict[str, Grouping], wanted: Sequence[str] = ()
) -> tuple[Characteristic, ...]:
    """Describe the cohort, and the levels of ``[characteristics] by``.

    Parameters
    ----------
    study : Study
    facts : Facts
        Of the cohort's patients.
    groupings : dict of str to Grouping
    wanted : sequence of str
        Names of variables or groupings; empty: those of the study file, else a default.

    Returns
    -------
    tuple of Characteristic
        Variable by variable; in each, all patients first, then the levels of the grouping.

    Raises
    ------
    BadInputError
        A name that is neither a variable nor a grouping.
    """
    names = tuple(wanted) or study.protocol.characteristics.variables or default_variables(facts)
    spread = study.protocol.characteristics.spread
    columns: list[tuple[str | None, str | None, pl.Series]] = [
        (None, None, pl.Series([True] * facts.frame.height, dtype=pl.Boolean))
    ]
    by = study.protocol.characteristics.by
    if by:
        member = membership(facts, groupings[by])
        columns += [
            (by, level, (member == level).fill_null(value=False)) for level in groupings[by].info.levels
        ]
    rows: list[Characteristic] = []
    for index, name in enumerate(names):
        line = line_of(name, facts, groupings, study.at("characteristics", "variables", index))
        for group_by, group, keep in columns:
            prefix = f"char.{name}" if group is None else f"char.{group_by}.{group}.{name}"
            rows += _rows(prefix, line, line.values.filter(keep), group_by, group)
    return tuple(replace(row, spread=spread) if row.kind == "number" else row for row in rows)


def line_of(name: str, facts: Facts, groupings: dict[str, Grouping], where: str) -> Line:
    """Return the line of a variable or, when no variable is called so, of a grouping.

    Raises
    ------
    BadInputError
        When the name is neither.
    """
    note = facts.notes.get(name)
    if note is None and name in groupings:
        info = groupings[name].info
        return Line(name, info.label, "", membership(facts, groupings[name]), info.levels)
    if note is None:
        allowed = [*sorted(facts.notes), *groupings]
        raise BadInputError.unknown_name(kind="variable", found=name, allowed=allowed, where=where)
    column = facts.frame[name]
    if note.kind == "number":
        return Line(name, note.label, note.unit, column.cast(pl.Float64).fill_nan(None), ())
    if note.kind == "yes/no":
        column = column.replace_strict({True: "yes", False: "no"}, return_dtype=pl.String)
        return Line(name, note.label, "", column, ("yes", "no"))
    known = column.set((column == _MISSING).fill_null(value=False), None)
    return Line(name, note.label, "", known, _levels(name, known, facts))


def _levels(name: str, values: pl.Series, facts: Facts) -> tuple[str, ...]:
    """Order levels as the schema lists its codes, else alphabetically; only those that somebody has."""
    present = set(values.drop_nulls().to_list())
    coded = [code.value for code in facts.codes.get(name, ()) if code.value in present]
    return (*coded, *sorted(present - set(coded)))


def membership(facts: Facts, grouping: Grouping) -> pl.Series:
    """Return the level of each patient, in the order of the facts; null where no level takes them."""
    joined = facts.frame.select("patient_id").join(
        grouping.assigned, on="patient_id", how="left", maintain_order="left"
    )
    return joined["group"]


def default_variables(facts: Facts) -> tuple[str, ...]:
    """Return the variables known at day 0 that somebody has, that are short, and that stand alone."""
    chosen = []
    for name, note in facts.notes.items():
        column = facts.frame[name].drop_nulls()
        few = note.kind != "category" or column.n_unique() <= _MOST_LEVELS
        if note.known == "day 0" and len(column) and few and not note.detail:
            chosen.append(name)
    return tuple(chosen)


def _rows(
    prefix: str, line: Line, values: pl.Series, group_by: str | None, group: str | None
) -> list[Characteristic]:
    total, missing = len(values) - values.null_count(), values.null_count()
    if line.is_number:
        return [_number(prefix, line, values, group_by, group)]
    counts = {level: int((values == level).sum()) for level in line.levels}
    return [
        Characteristic(
            id=f"{prefix}.{level}",
            variable=line.name,
            label=line.label,
            kind="level",
            n=count,
            total=total,
            missing=missing,
            group_by=group_by,
            group=group,
            level=level,
            fraction=count / total if total else None,
        )
        for level, count in counts.items()
    ]


def _number(
    prefix: str, line: Line, values: pl.Series, group_by: str | None, group: str | None
) -> Characteristic:
    known = values.drop_nulls().to_numpy()
    # Quartiles as R's default (type 7), which numpy calls linear.
    low, middle, high = np.quantile(known, [0.25, 0.5, 0.75]) if known.size else (None, None, None)
    return Characteristic(
        id=prefix,
        variable=line.name,
        label=line.label,
        kind="number",
        n=int(known.size),
        total=int(known.size),
        missing=values.null_count(),
        group_by=group_by,
        group=group,
        median=None if middle is None else float(middle),
        minimum=float(known.min()) if known.size else None,
        maximum=float(known.max()) if known.size else None,
        q1=None if low is None else float(low),
        q3=None if high is None else float(high),
        unit=line.unit,
    )
