"""Risk sets without rows: each row is a half-open run of event times, each sum a cumulative sum over them.

The partial likelihood changes only at event times. Rows are therefore reduced to *cells*, one for each
distinct event time of each stratum, preceded in every stratum by one empty *anchor* cell. A row is at risk
in the cells ``first < cell <= last``: ``last`` is the latest event time not after its stop, ``first`` the
latest not after its entry (the anchor when there is none). Sums over risk sets are then reverse
cumulative sums over cells, and sums over the event times a row lived through are differences of forward ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from dayzero.errors import BadInputError
from dayzero.stats.arrays import Label, distinct_times, whole_numbers

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int32]
BoolArray = npt.NDArray[np.bool_]

# Whole-day times up to this one are counted in a table, if there are enough of them to make that pay.
LARGEST_LOOKUP = 1 << 22
SMALLEST_COUNT = 1000


@dataclass(frozen=True)
class RiskCells:
    """Cells (event times within strata) and the run of cells in which each row is at risk.

    Parameters
    ----------
    last, first : ndarray of int, shape (n,)
        Row i is at risk in cells ``first[i] < cell <= last[i]``; ``first`` is None without delayed entry.
    time : ndarray of float, shape (cells,)
        Event time of each cell; -inf for the anchor of a stratum.
    starts : ndarray of int, shape (strata,)
        Position of each stratum's anchor.
    stratum_levels : tuple of labels
        Names of the strata.
    row_stratum : ndarray of int, shape (n,) or None
        Stratum of each row; None when there is one.
    """

    last: IntArray
    first: IntArray | None
    time: FloatArray
    starts: IntArray
    stratum_levels: tuple[Label, ...]
    row_stratum: IntArray | None

    @property
    def n_cells(self) -> int:
        """Number of cells, anchors included."""
        return len(self.time)

    @property
    def cell_stratum(self) -> IntArray:
        """Stratum of each cell, as a position in ``stratum_levels``."""
        sizes = np.diff(np.append(self.starts, self.n_cells))
        return np.repeat(np.arange(len(self.starts), dtype=np.int32), sizes)

    def forward(self, values: FloatArray) -> FloatArray:
        """Cumulative sums over cells from each stratum's anchor on (axis 0)."""
        return _cumulate(values, self.starts)

    def at_risk(self, values: FloatArray) -> FloatArray:
        """Reverse cumulative sums over cells within each stratum (axis 0)."""
        ends = np.append(self.starts[1:], self.n_cells).astype(np.int32)
        return _cumulate(values[::-1], (self.n_cells - ends)[::-1])[::-1]

    def net_sums(self, weight: FloatArray, x: FloatArray | None = None) -> FloatArray:
        """Sum ``weight`` (or ``weight * x``) over the rows that leave at each cell, less those that enter."""
        sums = cell_sums(self.last, weight, self.n_cells, x)
        if self.first is not None:
            sums -= cell_sums(self.first, weight, self.n_cells, x)
        return sums

    def lived(self, cumulative: FloatArray) -> FloatArray:
        """Give each row the part of a forward cumulative sum that falls while it is at risk."""
        if self.first is None:
            return cumulative[self.last]
        return cumulative[self.last] - cumulative[self.first]


def cell_sums(cell: IntArray, weight: FloatArray, n_cells: int, x: FloatArray | None = None) -> FloatArray:
    """Sum ``weight`` or the rows of ``weight[:, None] * x`` by cell, in one pass over ``x`` and no copy."""
    if x is None:
        return np.bincount(cell, weight, n_cells).astype(np.float64, copy=False)
    if not x.shape[1]:
        return np.zeros((n_cells, 0))
    from scipy.sparse import csc_array

    pointers = np.arange(len(cell) + 1, dtype=np.int32)
    return np.asarray(csc_array((weight, cell, pointers), shape=(n_cells, len(cell))) @ x)


def _cumulate(values: FloatArray, starts: IntArray) -> FloatArray:
    """Cumulative sums along axis 0 that restart at each of ``starts`` (ascending, the first is 0).

    Restarting, rather than subtracting one long sum from itself, keeps a small stratum's digits when a
    large one precedes it. Long strata are summed one by one, short ones all together, position by position.
    """
    if len(starts) == 1:
        return np.cumsum(values, axis=0)
    out = np.array(values, dtype=np.float64)
    sizes = np.diff(np.append(starts, len(values)))
    long = sizes > max(32, int(np.sqrt(len(values))))
    for start, size in zip(starts[long], sizes[long], strict=True):
        np.cumsum(values[start : start + size], axis=0, out=out[start : start + size])
    short_starts, short_sizes = starts[~long], sizes[~long]
    for position in range(1, int(short_sizes.max(initial=0))):
        at = short_starts[short_sizes > position] + position
        out[at] += out[at - 1]
    return out


def common_clock(
    time: npt.NDArray[Any], entry: npt.NDArray[Any] | None
) -> tuple[npt.NDArray[Any], npt.NDArray[Any] | None]:
    """Put stop and entry times on one clock in which round-off ties are ties; whole numbers stay."""
    whole, whole_entry = whole_numbers(time), None if entry is None else whole_numbers(entry)
    if whole is not None and (entry is None or whole_entry is not None):
        return whole, whole_entry
    if entry is None:
        times, index = distinct_times(time)
        return times[index], None
    both = np.concatenate([time, entry]).astype(np.float64)
    times, index = distinct_times(both)
    return times[index[: len(time)]], times[index[len(time) :]]


def risk_cells(
    time: npt.NDArray[Any],
    event: BoolArray,
    entry: npt.NDArray[Any] | None = None,
    stratum: npt.NDArray[Any] | None = None,
    stratum_levels: tuple[Label, ...] = ("all",),
) -> RiskCells:
    """Reduce rows to cells.

    Parameters
    ----------
    time, entry : ndarray, shape (n,)
        Stop and entry times on a common clock (see :func:`common_clock`).
    event : ndarray of bool, shape (n,)
        Rows whose stop is an event.
    stratum : ndarray of int, shape (n,), optional
        Codes into ``stratum_levels``.
    stratum_levels : tuple
        Names of the strata.

    Returns
    -------
    RiskCells
    """
    if stratum is None or len(stratum_levels) == 1:
        times = _distinct(time[event]).astype(np.float64)
        last = _latest(times, time)
        first = None if entry is None else _latest(times, entry)
        return RiskCells(
            last, first, np.concatenate([[-np.inf], times]), np.zeros(1, np.int32), stratum_levels, None
        )
    return _stratified(time, event, entry, stratum.astype(np.int32), stratum_levels)


def countable(values: npt.NDArray[Any]) -> bool:
    """Tell whether values are whole days, few enough to be counted in a table rather than sorted."""
    if values.dtype.kind not in "iu" or len(values) < SMALLEST_COUNT:
        return False
    return bool(values.min() >= 0 and values.max() < LARGEST_LOOKUP)


def _distinct(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the distinct values in order."""
    return np.flatnonzero(np.bincount(values)) if countable(values) else np.unique(values)


def _latest(times: FloatArray, at: npt.NDArray[Any]) -> IntArray:
    """Count the sorted ``times`` not after each of ``at``."""
    if countable(at):
        table = np.searchsorted(times, np.arange(int(at.max()) + 1), side="right").astype(np.int32)
        return np.asarray(table[at])
    return np.searchsorted(times, at, side="right").astype(np.int32)


def _stratified(
    time: npt.NDArray[Any],
    event: BoolArray,
    entry: npt.NDArray[Any] | None,
    stratum: IntArray,
    levels: tuple[Label, ...],
) -> RiskCells:
    # One sorted key (stratum, rank of time) makes every stratum's search the same search.
    ticks = _distinct(time[event])
    width = len(ticks) + 1
    key = np.unique(stratum[event].astype(np.int64) * width + np.searchsorted(ticks, time[event]) + 1)
    anchors = np.arange(len(levels), dtype=np.int64) * width
    cells = np.sort(np.concatenate([anchors, key]))
    rank = cells % width
    cell_time = np.where(rank == 0, -np.inf, ticks.astype(np.float64)[np.maximum(rank, 1) - 1])
    starts = np.searchsorted(cells, anchors).astype(np.int32)

    def latest(at: npt.NDArray[Any]) -> IntArray:
        wanted = stratum.astype(np.int64) * width + _latest(ticks.astype(np.float64), at)
        return (np.searchsorted(cells, wanted, side="right") - 1).astype(np.int32)

    first = None if entry is None else latest(entry)
    return RiskCells(latest(time), first, cell_time, starts, levels, stratum)


def stratum_cells(risk: RiskCells, stratum: Any) -> tuple[slice, BoolArray]:
    """Return the cells (without anchor) and the rows of one stratum; the only one when there is one."""
    levels = risk.stratum_levels
    if risk.row_stratum is None and (stratum is None or stratum == levels[0]):
        return slice(1, risk.n_cells), np.ones(len(risk.last), dtype=bool)
    if stratum not in levels:
        found = "none given" if stratum is None else str(stratum)
        raise BadInputError.unknown_name(kind="stratum", found=found, allowed=[str(v) for v in levels])
    code = levels.index(stratum)
    ends = np.append(risk.starts[1:], risk.n_cells)
    return slice(int(risk.starts[code]) + 1, int(ends[code])), np.asarray(risk.row_stratum == code)
