"""How an event table is counted, aligned and added: one pass over the rows, then small arrays."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from dayzero.errors import BadInputError
from dayzero.stats.arrays import (
    Coded,
    FloatArray,
    IntArray,
    Label,
    checked_causes,
    checked_times,
    checked_weights,
    coded_labels,
    compacted,
    distinct_times,
    first_position,
    numeric,
    same_length,
    whole_numbers,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import polars as pl

    from dayzero.stats.event_table import EventTable, Spells

# Rows are counted in blocks whose keys stay in the processor's cache.
BLOCK = 1 << 16
# Counting by day beats sorting while the cells are not many more than the rows.
CELLS_PER_ROW = 4
SMALL_CELLS = 1 << 10


class Rows(NamedTuple):
    """Checked input, one element a row."""

    time: npt.NDArray[Any]
    cause: npt.NDArray[Any]
    n_causes: int
    group: Coded
    stratum: Coded
    entry: FloatArray | None
    count: FloatArray | None
    weight: FloatArray | None
    weight_squared: FloatArray | None
    fractional: bool


class Timeline(NamedTuple):
    """Times as column numbers of the table; ``columns`` None means the row's day is its column."""

    times: FloatArray
    columns: npt.NDArray[Any]
    entry_columns: IntArray | None


def checked_rows(
    time: Any,
    cause: Any,
    group: Any,
    entry: Any,
    stratum: Any,
    *,
    levels: Iterable[Label] | None = None,
    weight: Any = None,
    count: Any = None,
    weight_squared: Any = None,
) -> Rows:
    """Check every array once; raise BadInputError with the position of the first bad row."""
    times = checked_times(time)
    if not times.size:
        what = "there are no rows"
        raise BadInputError(what, hint="an empty cohort has no curve and no test")
    codes, n_causes = checked_causes(cause)
    same_length(
        len(times), cause=codes, entry=entry, weight=weight, count=count, weight_squared=weight_squared
    )
    groups = coded_labels(group, "group", levels)
    strata = coded_labels(stratum, "stratum")
    same_length(len(times), group=groups.codes, stratum=strata.codes)
    entries = _checked_entries(entry, times)
    if entries is not None:  # joint cells index the labels, so unused ones go first
        groups, strata = compacted(groups), compacted(strata)
    weights = None if weight is None else checked_weights(weight)
    squares = None if weight_squared is None else checked_weights(weight_squared, "weight_squared")
    fractional = weights is not None and bool((weights != np.floor(weights)).any())
    if squares is not None:
        fractional |= bool((squares != np.floor(squares)).any())
    elif weights is not None:
        squares = weights * weights
    return Rows(
        times,
        codes,
        n_causes,
        groups,
        strata,
        entries,
        None if count is None else checked_weights(count, "count"),
        weights,
        squares,
        fractional,
    )


def _checked_entries(entry: Any, time: npt.NDArray[Any]) -> FloatArray | None:
    if entry is None:
        return None
    entries = numeric(entry, "entry").astype(np.float64)
    bad = ~((entries < time) | (entries <= 0))
    if bad.any():
        what = "entry must be before time (and not missing)"
        hint = "a person observed from day e until day t is at risk on (e, t]"
        raise BadInputError(what, where=first_position(bad), hint=hint)
    late = entries > 0
    return entries if late.any() else None


def counted(rows: Rows) -> dict[str, Any]:
    """Count the rows; returns the fields of an EventTable."""
    shape = (len(rows.stratum.levels), len(rows.group.levels), rows.n_causes + 1)
    line = _timeline(rows, int(np.prod(shape)))
    cells = _cell_counter(rows, shape, line)
    count = cells(rows.count)
    weight = weight_squared = None
    if rows.weight is not None:
        weight, weight_squared = cells(rows.weight), cells(rows.weight_squared)
    fields: dict[str, Any] = {
        "times": line.times,
        "groups": rows.group.levels,
        "strata": rows.stratum.levels,
        "causes": tuple(range(1, rows.n_causes + 1)),
        "count": count,
        "weight": weight,
        "weight_squared": weight_squared,
        "fractional": rows.fractional,
    }
    if rows.entry is not None and line.entry_columns is not None:
        fields |= _late_entries(rows, shape, line)
    return _trimmed(fields, rows)


def _timeline(rows: Rows, n_codes: int) -> Timeline:
    """Decide how times become columns: the day itself, or the rank among the distinct times."""
    n = len(rows.time)
    if rows.entry is not None:
        late = rows.entry > 0
        times, index = distinct_times(np.concatenate((rows.time, rows.entry[late])).astype(np.float64))
        entered = np.full(n, -1, dtype=np.intp)
        entered[late] = index[n:]
        return Timeline(times, index[:n], entered)
    days = int(rows.time.max()) + 1
    if days * n_codes <= CELLS_PER_ROW * n + SMALL_CELLS:
        whole = whole_numbers(rows.time)
        if whole is not None:
            return Timeline(np.arange(days, dtype=np.float64), whole, None)
    times, index = distinct_times(rows.time)
    return Timeline(times, index, None)


def _cell_counter(rows: Rows, shape: tuple[int, ...], line: Timeline) -> Any:
    """Return a function that sums its argument (None: ones) in the cells (stratum, group, cause, time)."""
    n_times = len(line.times)
    n_cells = int(np.prod(shape)) * n_times
    parts = [(rows.stratum.codes, shape[0]), (rows.group.codes, shape[1]), (rows.cause, shape[2])]
    parts.append((line.columns, n_times))
    used = [(codes, size) for codes, size in parts if codes is not None]

    def summed(values: FloatArray | None) -> FloatArray:
        return _summed_in_blocks(used, values, n_cells).reshape(*shape, n_times)

    return summed


def _summed_in_blocks(
    parts: Sequence[tuple[npt.NDArray[Any], int]], values: FloatArray | None, n_cells: int
) -> FloatArray:
    n = len(parts[0][0])
    block = max(BLOCK, n_cells)
    buffer = np.empty(min(block, n), dtype=np.intp)
    total = np.zeros(n_cells)
    for start in range(0, n, block):
        rows = slice(start, start + block)
        key = buffer[: min(block, n - start)]
        key[...] = parts[0][0][rows]
        for codes, size in parts[1:]:
            key *= size
            np.add(key, codes[rows], out=key, casting="unsafe")
        total += np.bincount(key, None if values is None else values[rows], minlength=n_cells)
    return total


def _late_entries(rows: Rows, shape: tuple[int, ...], line: Timeline) -> dict[str, Any]:
    """Count the joint cells of entry and exit, and from them the entries by time."""
    from dayzero.stats.event_table import Spells

    entry = line.entry_columns
    if entry is None:
        return {}
    n, n_times = len(entry), len(line.times)
    zero = np.zeros(n, dtype=np.intp)
    codes = [zero if c is None else c for c in (rows.stratum.codes, rows.group.codes, rows.cause)]
    sizes = (*shape, n_times + 1, n_times)
    key = np.ravel_multi_index(
        (*(np.asarray(c, dtype=np.intp) for c in codes), entry + 1, line.columns), sizes
    )
    cells, index = np.unique(key, return_inverse=True)
    stratum, group, cause, entered, left = (
        np.asarray(a, dtype=np.intp) for a in np.unravel_index(cells, sizes)
    )
    ones = np.ones(n) if rows.count is None else rows.count
    count = np.bincount(index, ones)
    weight = count if rows.weight is None else np.bincount(index, rows.weight)
    squares = count if rows.weight_squared is None else np.bincount(index, rows.weight_squared)
    spells = Spells(stratum, group, cause, entered - 1, left, count, weight, squares)
    return entered_by_time(spells, shape[:2], n_times, weighted=rows.weight is not None)


def entered_by_time(
    spells: Spells, shape: tuple[int, ...], n_times: int, *, weighted: bool
) -> dict[str, Any]:
    """Sum the late entries of ``spells`` by (stratum, group, time); returns the EventTable fields."""
    late = spells.entry >= 0
    key = (spells.stratum[late] * shape[1] + spells.group[late]) * n_times + spells.entry[late]
    size = shape[0] * shape[1] * n_times

    def summed(values: FloatArray) -> FloatArray:
        return np.bincount(key, values[late], minlength=size).reshape(*shape, n_times)

    entered_weight = summed(spells.weight) if weighted else None
    return {"entered": summed(spells.count), "entered_weight": entered_weight, "spells": spells}


def _trimmed(fields: dict[str, Any], rows: Rows) -> dict[str, Any]:
    """Drop days on which nothing happened and labels that nobody has (unless they were declared)."""
    count = fields["count"]
    if "spells" in fields:
        return fields  # joint cells index times and labels, all of which occur
    busy = count.any(axis=(0, 1, 2))
    groups = _kept_levels(rows.group, count.any(axis=(0, 2, 3)))
    strata = _kept_levels(rows.stratum, count.any(axis=(1, 2, 3)))
    full = busy.all() and len(groups) == count.shape[1] and len(strata) == count.shape[0]
    fields["times"] = fields["times"][busy]
    fields["groups"] = tuple(rows.group.levels[g] for g in groups)
    fields["strata"] = tuple(rows.stratum.levels[s] for s in strata)
    if not full:
        pick = np.ix_(strata, groups, np.arange(count.shape[2]), np.flatnonzero(busy))
        for name in ("count", "weight", "weight_squared"):
            if fields[name] is not None:
                fields[name] = fields[name][pick]
    return fields


def _kept_levels(coded: Coded, present: npt.NDArray[np.bool_]) -> IntArray:
    return np.arange(len(coded.levels)) if coded.keep_all else np.flatnonzero(present)


def with_declared_causes(table: EventTable, declared: Iterable[int]) -> EventTable:
    """Keep the causes seen, the declared ones, and cause 1."""
    seen = table.count.any(axis=(0, 1, 3))
    wanted = {1, *(int(c) for c in declared)}
    wanted.update(code for k, code in enumerate(table.causes, start=1) if seen[k])
    causes = tuple(sorted(wanted))
    if causes[0] < 1:
        what = f"cause {causes[0]} cannot be declared"
        raise BadInputError(what, allowed="1 and more; 0 is censored")
    return table if causes == table.causes else aligned(table, causes=causes)


def aligned(
    table: EventTable,
    *,
    causes: tuple[int, ...] | None = None,
    groups: tuple[Label, ...] | None = None,
    strata: tuple[Label, ...] | None = None,
    times: tuple[FloatArray, IntArray] | None = None,
) -> EventTable:
    """Return the table on larger axes; ``times`` is (the new times, where each old one went)."""
    causes, groups, strata = causes or table.causes, groups or table.groups, strata or table.strata
    new_times, moved = times or (table.times, np.arange(len(table.times)))
    cause_of = np.array([0, *(1 + causes.index(c) if c in causes else -1 for c in table.causes)])
    group_of = np.array([groups.index(g) for g in table.groups])
    stratum_of = np.array([strata.index(s) for s in table.strata])
    kept = cause_of >= 0
    shape = (len(strata), len(groups), len(causes) + 1, len(new_times))

    def spread(values: FloatArray | None) -> FloatArray | None:
        if values is None:
            return None
        out = np.zeros(shape)
        out[np.ix_(stratum_of, group_of, cause_of[kept], moved)] = values[:, :, kept]
        return out

    def spread_entries(values: FloatArray | None) -> FloatArray | None:
        if values is None:
            return None
        out = np.zeros((shape[0], shape[1], shape[3]))
        out[np.ix_(stratum_of, group_of, moved)] = values
        return out

    spells = table.spells
    if spells is not None:
        spells = replace(
            spells,
            stratum=stratum_of[spells.stratum],
            group=group_of[spells.group],
            cause=cause_of[spells.cause],
            entry=np.where(spells.entry >= 0, moved[spells.entry], -1),
            exit=moved[spells.exit],
        )
    return replace(
        table,
        times=new_times,
        causes=causes,
        groups=groups,
        strata=strata,
        count=spread(table.count),
        weight=spread(table.weight),
        weight_squared=spread(table.weight_squared),
        entered=spread_entries(table.entered),
        entered_weight=spread_entries(table.entered_weight),
        spells=spells,
    )


def _union(a: tuple[Any, ...], b: tuple[Any, ...], what: str) -> tuple[Any, ...]:
    """Return both sets of labels: the longer order when it holds the other, else sorted."""
    if a == b:
        return a
    if ("all",) in (a, b):
        msg = f"one table has {what}, the other has none"
        raise BadInputError(msg, hint="tables add when they were counted by the same labels")
    for long, short in ((a, b), (b, a)):
        if tuple(x for x in long if x in short) == short:
            return long
    return tuple(sorted({*a, *b}))


def added(a: EventTable, b: EventTable) -> EventTable:
    """Align two tables and add them."""
    times, index = distinct_times(np.concatenate((a.times, b.times)))
    axes: dict[str, Any] = {
        "causes": tuple(sorted({*a.causes, *b.causes})),
        "groups": _union(a.groups, b.groups, "groups"),
        "strata": _union(a.strata, b.strata, "strata"),
    }
    left = aligned(a, times=(times, index[: len(a.times)]), **axes)
    right = aligned(b, times=(times, index[len(a.times) :]), **axes)
    weight = weight_squared = None
    if a.weighted or b.weighted:
        weight = left.leaving() + right.leaving()
        weight_squared = _squares(left) + _squares(right)
    fields: dict[str, Any] = {}
    if a.spells is not None or b.spells is not None:
        spells = _joined(_spells(left), _spells(right))
        shape = (len(left.strata), len(left.groups))
        fields = entered_by_time(spells, shape, len(times), weighted=weight is not None)
    return replace(
        left,
        count=left.count + right.count,
        weight=weight,
        weight_squared=weight_squared,
        fractional=a.fractional or b.fractional,
        **fields,
    )


def _squares(table: EventTable) -> FloatArray:
    return table.count if table.weight_squared is None else table.weight_squared


def _spells(table: EventTable) -> Spells:
    """Return the joint cells; a table without late entries has them all at the origin."""
    from dayzero.stats.event_table import Spells

    if table.spells is not None:
        return table.spells
    stratum, group, cause, left = np.nonzero(table.count)
    at = (stratum, group, cause, left)
    origin = np.full(len(left), -1, dtype=np.intp)
    return Spells(
        stratum, group, cause, origin, left, table.count[at], table.leaving()[at], _squares(table)[at]
    )


def _joined(a: Spells, b: Spells) -> Spells:
    from dayzero.stats.event_table import Spells

    names = Spells.__dataclass_fields__
    return Spells(**{name: np.concatenate((getattr(a, name), getattr(b, name))) for name in names})


def without_strata(table: EventTable) -> EventTable:
    """Add the strata up."""

    def summed(values: FloatArray | None) -> FloatArray | None:
        return None if values is None else values.sum(axis=0, keepdims=True)

    spells = table.spells
    if spells is not None:
        spells = replace(spells, stratum=np.zeros_like(spells.stratum))
    return replace(
        table,
        strata=("all",),
        count=summed(table.count),
        weight=summed(table.weight),
        weight_squared=summed(table.weight_squared),
        entered=summed(table.entered),
        entered_weight=summed(table.entered_weight),
        spells=spells,
    )


def one_event(table: EventTable, chosen: tuple[int, ...]) -> EventTable:
    """Return the table in which the ``chosen`` causes (0: censoring) are the event, all else censoring."""
    is_event = np.array([code in chosen for code in (0, *table.causes)])

    def merged(values: FloatArray | None) -> FloatArray | None:
        if values is None:
            return None
        parts = (values[:, :, ~is_event].sum(axis=2), values[:, :, is_event].sum(axis=2))
        return np.stack(parts, axis=2)

    spells = table.spells
    if spells is not None:
        spells = replace(spells, cause=is_event[spells.cause].astype(np.intp))
    return replace(
        table,
        causes=(1,),
        count=merged(table.count),
        weight=merged(table.weight),
        weight_squared=merged(table.weight_squared),
        spells=spells,
    )


def selected_groups(table: EventTable, index: list[int]) -> EventTable:
    """Return some groups in a given order."""

    def taken(values: FloatArray | None) -> FloatArray | None:
        return None if values is None else values[:, index]

    spells = table.spells
    if spells is not None:
        new = np.full(len(table.groups), -1)
        new[index] = np.arange(len(index))
        kept = new[spells.group] >= 0
        fields = spells.__dataclass_fields__
        spells = type(spells)(**{name: getattr(spells, name)[kept] for name in fields})
        spells = replace(spells, group=new[spells.group])
    return replace(
        table,
        groups=tuple(table.groups[i] for i in index),
        count=taken(table.count),
        weight=taken(table.weight),
        weight_squared=taken(table.weight_squared),
        entered=taken(table.entered),
        entered_weight=taken(table.entered_weight),
        spells=spells,
    )


def cells(table: EventTable) -> pl.DataFrame:
    """Return the non-empty cells, one a row."""
    import polars as pl

    joint = _spells(table)
    codes = np.array([0, *table.causes])
    columns: dict[str, Any] = {
        "stratum": [table.strata[i] for i in joint.stratum],
        "group": [table.groups[i] for i in joint.group],
        "time": table.times[joint.exit],
        "cause": codes[joint.cause],
        "count": joint.count.astype(np.int64),
    }
    if table.spells is not None:
        columns["entry"] = np.where(joint.entry >= 0, table.times[joint.entry], 0.0)
    if table.weighted:
        columns |= {"weight": joint.weight, "weight_squared": joint.weight_squared}
    return pl.DataFrame(columns)
