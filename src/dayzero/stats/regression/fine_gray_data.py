"""Rows, risk sets and censoring weights of a Fine-Gray model.

A patient with a competing event at T stays in the risk set of every later event time t with the weight
G(t-)/G(T-), the estimated probability of still being uncensored at t given that at T (Fine and Gray, JASA
1999;94:496-509, section 3). G is a Kaplan-Meier estimate within each censoring group, where events leave the
risk set of a day after its censorings have been counted, as in R cmprsk.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from dayzero.errors import BadInputError
from dayzero.stats.regression.risk_cells import RiskCells, cell_sums, risk_cells

if TYPE_CHECKING:
    from dayzero.stats.arrays import Label

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int32]

CENSORED, INTEREST, COMPETING = 0, 1, 2


@dataclass(frozen=True)
class Censoring:
    """The censoring distribution of each group, and the groups met in each stratum.

    Attributes
    ----------
    cells : RiskCells
        Censoring times within censoring groups (its "strata"), with every row's place among them.
    at_risk, censored : ndarray, shape (censoring cells,)
        (Weighted) number at risk and censored.
    own : ndarray, shape (n,)
        G(T-) of each row's group at its own time.
    lane : ndarray of int, shape (n,)
        Position of each row's group among the groups of its stratum.
    lane_group : ndarray of int, shape (strata, lanes)
        Group of each lane; -1 where a stratum has fewer.
    at_event : ndarray, shape (cells, lanes)
        G(t-) of each lane's group at each event time; 0 after the group's last time.
    lane_events : ndarray, shape (cells, lanes)
        (Weighted) events of interest of each lane's group.
    """

    cells: RiskCells
    at_risk: FloatArray
    censored: FloatArray
    own: FloatArray
    lane: IntArray
    lane_group: IntArray
    at_event: FloatArray
    lane_events: FloatArray


@dataclass(frozen=True)
class FineGrayData:
    """What the Fine-Gray likelihood reads.

    Parameters
    ----------
    time : ndarray, shape (n,)
        Times on one clock.
    status : ndarray of int, shape (n,)
        0 censored, 1 event of interest, 2 competing event.
    x, center : ndarray, shape (n, p) and (p,)
        Covariates less their means, and the means.
    weight : ndarray, shape (n,) or None
        Case weights.
    risk : RiskCells
        Times of the event of interest within strata.
    events : ndarray, shape (cells,)
        (Weighted) events of interest.
    competing : ndarray of int, shape (n2,)
        Rows with a competing event.
    censoring : Censoring
    """

    time: npt.NDArray[Any]
    status: npt.NDArray[np.int8]
    x: FloatArray
    center: FloatArray
    weight: FloatArray | None
    risk: RiskCells
    events: FloatArray
    competing: npt.NDArray[np.intp]
    censoring: Censoring

    @property
    def n_lanes(self) -> int:
        """Largest number of censoring groups met in one stratum."""
        return int(self.censoring.at_event.shape[1])

    @property
    def event_weight(self) -> FloatArray:
        """Weight of each row as an event of interest."""
        own = (self.status == INTEREST).astype(np.float64)
        return own if self.weight is None else np.asarray(own * self.weight)

    @cached_property
    def event_sum(self) -> FloatArray:
        """(Weighted) sum of the covariates over the events of interest, shape (p,)."""
        return np.asarray(self.event_weight @ self.x)


def statuses(cause: npt.NDArray[Any], of_interest: int) -> npt.NDArray[np.int8]:
    """Code causes as 0 censored, 1 of interest, 2 competing."""
    status = (cause > 0).astype(np.int8) * np.int8(COMPETING)
    status[cause == of_interest] = INTEREST
    if not (status == INTEREST).any():
        seen = sorted({int(c) for c in np.unique(cause)} - {0})
        what = f"cause {of_interest} never happens"
        allowed = f"a cause that happens: {', '.join(map(str, seen)) or 'there is none'}"
        raise BadInputError(
            what, allowed=allowed, hint="a group of rows without the event cannot be modelled"
        )
    return status


def fine_gray_data(
    time: npt.NDArray[Any],
    status: npt.NDArray[np.int8],
    x: FloatArray,
    center: FloatArray,
    weight: FloatArray | None,
    stratum: tuple[IntArray | None, tuple[Label, ...]],
    group: tuple[IntArray | None, tuple[Label, ...]],
) -> FineGrayData:
    """Assemble the data of the likelihood; ``stratum`` and ``group`` are codes and labels."""
    interest = status == INTEREST
    risk = risk_cells(time, interest, None, *stratum)
    own = np.ones(len(time)) if weight is None else weight
    events = cell_sums(risk.last[interest], own[interest], risk.n_cells)
    censoring = _censoring(time, status, own, risk, *group)
    competing = np.flatnonzero(status == COMPETING)
    return FineGrayData(time, status, x, center, weight, risk, events, competing, censoring)


def _censoring(
    time: npt.NDArray[Any],
    status: npt.NDArray[np.int8],
    weight: FloatArray,
    risk: RiskCells,
    group: IntArray | None,
    levels: tuple[Label, ...],
) -> Censoring:
    """Estimate G in each group, and look it up at rows and at event times."""
    censored = status == CENSORED
    cells = risk_cells(time, censored, None, group, levels)
    at_risk = cells.at_risk(cells.net_sums(weight))
    leaving = cell_sums(cells.last[censored], weight[censored], cells.n_cells)
    with np.errstate(divide="ignore"):
        after = np.exp(
            cells.forward(np.log1p(-np.divide(leaving, at_risk, where=leaving > 0, out=leaving * 0)))
        )
    before = cells.last - (cells.time[cells.last] == time)
    lane, lane_group = _lanes(risk, cells)
    at_event = np.zeros((risk.n_cells, lane_group.shape[1]))
    last_time = _last_times(time, cells)
    ends = np.append(cells.starts[1:], cells.n_cells)
    stratum_ends = np.append(risk.starts[1:], risk.n_cells)
    for s, k in zip(*np.nonzero(lane_group >= 0), strict=True):
        g, span = lane_group[s, k], slice(risk.starts[s], stratum_ends[s])
        own_times = cells.time[cells.starts[g] : ends[g]]
        at = risk.time[span]
        index = np.maximum(np.searchsorted(own_times, at, side="left") - 1, 0)
        at_event[span, k] = np.where(at <= last_time[g], after[cells.starts[g] + index], 0.0)
    interest = status == INTEREST
    place = risk.last[interest] * np.int32(at_event.shape[1]) + lane[interest]
    lane_events = cell_sums(place, weight[interest], at_event.size).reshape(at_event.shape)
    return Censoring(cells, at_risk, leaving, after[before], lane, lane_group, at_event, lane_events)


def _last_times(time: npt.NDArray[Any], cells: RiskCells) -> FloatArray:
    """Return the last time observed in each censoring group."""
    last = np.full(len(cells.starts), -np.inf)
    if cells.row_stratum is None:
        last[0] = time.max()
    else:
        np.maximum.at(last, cells.row_stratum, time)
    return last


def _lanes(risk: RiskCells, cells: RiskCells) -> tuple[IntArray, IntArray]:
    """Give each censoring group met in a stratum a position there."""
    n_strata, n_groups = len(risk.starts), len(cells.starts)
    group = np.zeros(len(risk.last), np.int32) if cells.row_stratum is None else cells.row_stratum
    if n_strata == 1:
        return group, np.arange(n_groups, dtype=np.int32)[None, :]
    stratum = np.asarray(risk.row_stratum, dtype=np.int64)
    pairs, index = np.unique(stratum * n_groups + group, return_inverse=True)
    of_stratum = pairs // n_groups
    begin = np.searchsorted(of_stratum, np.arange(n_strata))
    position = (np.arange(len(pairs)) - begin[of_stratum]).astype(np.int32)
    table = np.full((n_strata, int(position.max()) + 1), -1, dtype=np.int32)
    table[of_stratum, position] = pairs % n_groups
    return position[index], table
