"""Bring event tables to common axes, add them, and derive tables from tables."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from dayzero.errors import BadInputError
from dayzero.stats.arrays import TIE_TOLERANCE, FloatArray, IntArray, Label, distinct_times
from dayzero.stats.counting import late_entries
from dayzero.stats.spells import Spells

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import polars as pl

    from dayzero.stats.event_table import EventTable


def _rebuilt(
    table: EventTable,
    cells: Callable[[FloatArray], FloatArray],
    entries: Callable[[FloatArray], FloatArray],
    **changes: Any,
) -> EventTable:
    """Return the table with ``cells`` applied to its counts and ``entries`` to its late entries."""

    def on(function: Callable[[FloatArray], FloatArray], values: FloatArray | None) -> FloatArray | None:
        return None if values is None else function(values)

    return replace(
        table,
        count=cells(table.count),
        weight=on(cells, table.weight),
        weight_squared=on(cells, table.weight_squared),
        entered=on(entries, table.entered),
        entered_weight=on(entries, table.entered_weight),
        **changes,
    )


def with_declared_causes(table: EventTable, declared: Iterable[int]) -> EventTable:
    """Keep the causes seen, the declared ones, and cause 1."""
    wanted = {1, *(int(c) for c in declared)}
    seen = table.count.sum(axis=(0, 1, 3)) > 0
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

    def cells(values: FloatArray) -> FloatArray:
        out = np.zeros(shape)  # add.at: two old times may have become one
        np.add.at(out, np.ix_(stratum_of, group_of, cause_of[kept], moved), values[:, :, kept])
        return out

    def entries(values: FloatArray) -> FloatArray:
        out = np.zeros((shape[0], shape[1], shape[3]))
        np.add.at(out, np.ix_(stratum_of, group_of, moved), values)
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
    axes = {"times": new_times, "causes": causes, "groups": groups, "strata": strata}
    return _rebuilt(table, cells, entries, spells=spells, **axes)


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
    weighted = a.weighted or b.weighted
    changes: dict[str, Any] = {}
    if weighted:
        changes["weight"] = left.leaving() + right.leaving()
        changes["weight_squared"] = left.squares() + right.squares()
    if a.spells is not None or b.spells is not None:
        shape = (len(left.strata), len(left.groups), len(times))
        changes |= late_entries(Spells.of(left).joined(Spells.of(right)), shape, weighted)
    fractional = a.fractional or b.fractional
    return replace(left, count=left.count + right.count, fractional=fractional, **changes)


def without_strata(table: EventTable) -> EventTable:
    """Add the strata up."""

    def summed(values: FloatArray) -> FloatArray:
        return np.add.reduce(values, axis=0, keepdims=True)

    spells = table.spells
    if spells is not None:
        spells = replace(spells, stratum=np.zeros_like(spells.stratum))
    return _rebuilt(table, summed, summed, strata=("all",), spells=spells)


def one_event(table: EventTable, chosen: tuple[int, ...]) -> EventTable:
    """Return the table in which the ``chosen`` causes (0: censoring) are the event, all else censoring."""
    is_event = np.array([code in chosen for code in (0, *table.causes)])

    def merged(values: FloatArray) -> FloatArray:
        return np.stack((values[:, :, ~is_event].sum(axis=2), values[:, :, is_event].sum(axis=2)), axis=2)

    spells = table.spells
    if spells is not None:
        spells = replace(spells, cause=is_event[spells.cause].astype(np.intp))
    return _rebuilt(table, merged, lambda values: values, causes=(1,), spells=spells)


def selected_groups(table: EventTable, index: list[int]) -> EventTable:
    """Return some groups in a given order."""

    def taken(values: FloatArray) -> FloatArray:
        return values[:, index]

    new = np.full(len(table.groups), -1)
    new[index] = np.arange(len(index))
    spells = None if table.spells is None else table.spells.of_groups(new)
    groups = tuple(table.groups[i] for i in index)
    return _rebuilt(table, taken, taken, groups=groups, spells=spells)


def after(table: EventTable, landmark: float) -> EventTable:
    """Keep those who left after ``landmark``; who entered before it is at risk from there."""
    if not landmark >= 0:
        what = f"the time given is {landmark}"
        raise BadInputError(what, allowed="a time of 0 or more, in the unit of the times")
    kept = table.times > landmark + TIE_TOLERANCE * max(1.0, abs(landmark))
    if not table.count[..., kept].any():
        what = f"nobody is observed after {landmark:g}"
        raise BadInputError(what, hint="choose an earlier time")

    def taken(values: FloatArray) -> FloatArray:
        return values[..., kept]

    spells = table.spells
    if spells is not None:
        new = np.cumsum(kept) - 1
        stays = kept[spells.exit]
        spells = spells.where(stays)
        late = (spells.entry >= 0) & kept[spells.entry]
        entry = np.where(late, new[spells.entry], -1)
        spells = replace(spells, exit=new[spells.exit], entry=entry)
    return _rebuilt(table, taken, taken, times=table.times[kept], spells=spells)


def cells(table: EventTable) -> pl.DataFrame:
    """Return the non-empty cells, one a row."""
    import polars as pl

    joint = Spells.of(table)
    codes = np.array([0, *table.causes])
    columns: dict[str, Any] = {
        "stratum": [table.strata[i] for i in joint.stratum],
        "group": [table.groups[i] for i in joint.group],
        "time": table.times[joint.exit],
        "cause": codes[joint.cause],
        "count": np.rint(joint.count).astype(np.int64),
    }
    if table.spells is not None:
        columns["entry"] = np.where(joint.entry >= 0, table.times[joint.entry], 0.0)
    if table.weighted:
        columns |= {"weight": joint.weight, "weight_squared": joint.weight_squared}
    return pl.DataFrame(columns)
