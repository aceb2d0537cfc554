"""How rows become an event table: one check and one count of each row, then small arrays."""

from __future__ import annotations

from itertools import pairwise
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
    checked_weights,
    coded_labels,
    compacted,
    distinct_times,
    first_position,
    numeric,
    same_length,
    times_and_longest,
    whole_numbers,
)
from dayzero.stats.spells import Spells

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

# Rows are counted in blocks whose keys stay in the processor's cache.
BLOCK = 1 << 16
# Counting by day beats sorting while the cells are not many more than the rows.
CELLS_PER_ROW = 4
SMALL_CELLS = 1 << 10
FEW_LABELS = 16
LARGEST_TABLE = 1 << 28
NARROW = 1 << 31


class Rows(NamedTuple):
    """Checked input, one element a row; ``copies`` is how many people a row stands for (None: one)."""

    time: npt.NDArray[Any]
    longest: float
    cause: npt.NDArray[Any]
    n_causes: int
    group: Coded
    stratum: Coded
    entry: FloatArray | None
    copies: FloatArray | None
    weight: FloatArray | None
    weight_squared: FloatArray | None
    fractional: bool


class Timeline(NamedTuple):
    """The times of the table, and the column in which each row leaves and enters (-1: from the origin)."""

    times: FloatArray
    exit: npt.NDArray[Any]
    entry: IntArray | None


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
    times, longest = times_and_longest(time)
    if not times.size:
        what = "there are no rows"
        raise BadInputError(what, hint="an empty cohort has no curve and no test")
    codes, n_causes = checked_causes(cause)
    same_length(len(times), cause=codes, entry=entry, weight=weight, count=count)
    same_length(len(times), weight_squared=weight_squared)
    groups = coded_labels(group, "group", levels)
    strata = coded_labels(stratum, "stratum")
    same_length(len(times), group=groups.codes, stratum=strata.codes)
    entries = _checked_entries(entry, times)
    if entries is not None or len(groups.levels) * len(strata.levels) > FEW_LABELS:
        # Joint cells index the labels, and many labels make many cells: unused ones go first.
        groups, strata = compacted(groups), compacted(strata)
    weights, squares, fractional = _checked_weights(weight, weight_squared)
    copies = None if count is None else checked_weights(count, "count")
    return Rows(
        times, longest, codes, n_causes, groups, strata, entries, copies, weights, squares, fractional
    )


def _checked_weights(weight: Any, squared: Any) -> tuple[FloatArray | None, FloatArray | None, bool]:
    """Return weights, their squares, and whether some weight is not a whole number."""
    if weight is None:
        return None, None, False
    weights = checked_weights(weight)
    squares = weights * weights if squared is None else checked_weights(squared, "weight_squared")
    fractional = bool((weights != np.floor(weights)).any() or (squares != np.floor(squares)).any())
    return weights, squares, fractional


def _checked_entries(entry: Any, time: npt.NDArray[Any]) -> FloatArray | None:
    if entry is None:
        return None
    entries = numeric(entry, "entry").astype(np.float64)
    bad = ~((entries < time) | (entries <= 0))
    if bad.any():
        what = "entry must be before time (and not missing)"
        hint = "a person observed from day e until day t is at risk on (e, t]"
        raise BadInputError(what, where=first_position(bad), hint=hint)
    return entries if (entries > 0).any() else None


def counted(rows: Rows) -> dict[str, Any]:
    """Count the rows; returns the fields of an EventTable."""
    shape = (len(rows.stratum.levels), len(rows.group.levels), rows.n_causes + 1)
    line = _timeline(rows, shape[0] * shape[1] * shape[2])
    if shape[0] * shape[1] * shape[2] * len(line.times) > LARGEST_TABLE:
        what = f"{shape[0]} strata x {shape[1]} groups x {shape[2] - 1} causes x {len(line.times)} times"
        raise BadInputError(what, hint="a table this large has nearly empty cells: use fewer, larger strata")
    summed = _cell_sums(rows, shape, line)
    fields: dict[str, Any] = {
        "times": line.times,
        "groups": rows.group.levels,
        "strata": rows.stratum.levels,
        "causes": tuple(range(1, rows.n_causes + 1)),
        "count": summed(rows.copies),
        "weight": None if rows.weight is None else summed(rows.weight),
        "weight_squared": None if rows.weight is None else summed(rows.weight_squared),
        "fractional": rows.fractional,
    }
    if line.entry is None:
        return _trimmed(fields, rows)
    return fields | late_entries(
        _spells(rows, shape, line), (*shape[:2], len(line.times)), rows.weight is not None
    )


def _timeline(rows: Rows, n_codes: int) -> Timeline:
    """Decide how times become columns: the day itself, or the rank among the distinct times."""
    if rows.entry is not None:
        return _timeline_with_entries(rows.time, rows.entry)
    n, days = len(rows.time), int(rows.longest) + 1
    if days * n_codes <= CELLS_PER_ROW * n + SMALL_CELLS:
        whole = whole_numbers(rows.time)
        if whole is not None:
            return Timeline(np.arange(days, dtype=np.float64), whole, None)
    times, index = distinct_times(rows.time)
    return Timeline(times, index, None)


def _timeline_with_entries(time: npt.NDArray[Any], entry: FloatArray) -> Timeline:
    late = entry > 0
    times, index = distinct_times(np.concatenate((time, entry[late])).astype(np.float64))
    entered = np.full(len(time), -1, dtype=np.intp)
    entered[late] = index[len(time) :]
    return Timeline(times, index[: len(time)], entered)


def _cell_sums(
    rows: Rows, shape: tuple[int, int, int], line: Timeline
) -> Callable[[FloatArray | None], FloatArray]:
    """Return a function that sums its argument (None: ones) in the cells (stratum, group, cause, time)."""
    sizes = (*shape, len(line.times))
    codes = (rows.stratum.codes, rows.group.codes, rows.cause, line.exit)
    parts = [(code, size) for code, size in zip(codes, sizes, strict=True) if code is not None]

    def summed(values: FloatArray | None) -> FloatArray:
        return _block_sums(parts, values, int(np.prod(sizes))).reshape(sizes)

    return summed


def _block_sums(
    parts: list[tuple[npt.NDArray[Any], int]], values: FloatArray | None, n_cells: int
) -> FloatArray:
    n = len(parts[0][0])
    block = max(BLOCK, n_cells)
    buffer = np.empty(min(block, n), dtype=np.intp)
    # Narrow counters stay in the cache; the increment must be of their type, or numpy takes a slow road.
    people = np.zeros(n_cells, dtype=np.int32 if n < NARROW else np.int64)
    one = people.dtype.type(1)
    weights = np.zeros(n_cells)
    for start in range(0, n, block):
        rows = slice(start, start + block)
        key = buffer[: min(block, n - start)]
        _write_keys(parts, rows, key)
        if values is None:
            np.add.at(people, key, one)
        else:
            weights += np.bincount(key, values[rows], minlength=n_cells)
    return people.astype(np.float64) if values is None else weights


def _write_keys(parts: list[tuple[npt.NDArray[Any], int]], rows: slice, key: IntArray) -> None:
    """Write the number of each row's cell into ``key``: Horner's rule over the axes, copying nothing."""
    if len(parts) == 1:
        key[...] = parts[0][0][rows]
        return
    np.multiply(parts[0][0][rows], parts[1][1], out=key, casting="unsafe")
    for (codes, _), (_, size) in pairwise(parts[1:]):
        np.add(key, codes[rows], out=key, casting="unsafe")
        key *= size
    np.add(key, parts[-1][0][rows], out=key, casting="unsafe")


def _spells(rows: Rows, shape: tuple[int, int, int], line: Timeline) -> Spells:
    """Count the joint cells of entry and exit."""
    n, n_times = len(rows.time), len(line.times)
    entry = np.full(n, -1) if line.entry is None else line.entry
    codes = (rows.stratum.codes, rows.group.codes, rows.cause)
    columns = [np.zeros(n, dtype=np.intp) if c is None else np.asarray(c, dtype=np.intp) for c in codes]
    sizes = (*shape, n_times + 1, n_times)
    key = np.ravel_multi_index((*columns, entry + 1, line.exit), sizes)
    cells, index = np.unique(key, return_inverse=True)
    stratum, group, cause, entered, left = (axis.astype(np.intp) for axis in np.unravel_index(cells, sizes))

    def summed(values: FloatArray | None) -> FloatArray:
        return np.bincount(index, values).astype(np.float64)

    count = summed(rows.copies)
    weight = count if rows.weight is None else summed(rows.weight)
    squares = count if rows.weight is None else summed(rows.weight_squared)
    return Spells(stratum, group, cause, entered - 1, left, count, weight, squares)


def late_entries(spells: Spells, shape: tuple[int, int, int], weighted: bool) -> dict[str, Any]:
    """Return the EventTable fields that hold late entries."""
    entered_weight = spells.entered(spells.weight, shape) if weighted else None
    return {
        "entered": spells.entered(spells.count, shape),
        "entered_weight": entered_weight,
        "spells": spells,
    }


def _trimmed(fields: dict[str, Any], rows: Rows) -> dict[str, Any]:
    """Drop days on which nothing happened and labels that nobody has (unless they were declared)."""
    count = fields["count"]
    taken = count.any(axis=2)
    busy = np.flatnonzero(taken.any(axis=(0, 1)))
    groups = _kept_levels(rows.group, taken.any(axis=(0, 2)))
    strata = _kept_levels(rows.stratum, taken.any(axis=(1, 2)))
    if (len(strata), len(groups), len(busy)) == taken.shape:
        return fields
    fields["times"] = fields["times"][busy]
    fields["groups"] = tuple(rows.group.levels[g] for g in groups)
    fields["strata"] = tuple(rows.stratum.levels[s] for s in strata)
    pick = np.ix_(strata, groups, np.arange(count.shape[2]), busy)
    for name in ("count", "weight", "weight_squared"):
        if fields[name] is not None:
            fields[name] = fields[name][pick]
    return fields


def _kept_levels(coded: Coded, present: npt.NDArray[np.bool_]) -> IntArray:
    return np.arange(len(coded.levels)) if coded.keep_all else np.flatnonzero(present)
