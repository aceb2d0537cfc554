"""Concordance: how often the one with the higher predicted risk has the event first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from dayzero.errors import BadInputError, RefusalError
from dayzero.stats.arrays import first_position, numeric
from dayzero.stats.arrays import same_length as refuse_other_length
from dayzero.stats.regression.cox_data import (
    checked_case_weights,
    checked_event,
    checked_labels,
    checked_rows,
    refuse_no_event,
)

if TYPE_CHECKING:
    from dayzero.stats.regression.cox_model import CoxModel

FloatArray = npt.NDArray[np.float64]
IndexArray = npt.NDArray[np.int64]

TIME_WEIGHTS = ("n", "n/G2")


@dataclass(frozen=True)
class Concordance:
    """Concordance of a predictor with the order of events.

    Attributes
    ----------
    estimate : float
        (concordant + tied_predictor / 2) / (concordant + discordant + tied_predictor).
    std_err : float
        By the infinitesimal jackknife, grouped by cluster when given.
    concordant, discordant, tied_predictor : float
        (Weighted) comparable pairs by how the predictor orders them.
    tied_time : float
        Pairs with events at the same time, which are not compared.
    time_weight : str
        "n" (Harrell) or "n/G2" (Uno).
    """

    estimate: float
    std_err: float
    concordant: float
    discordant: float
    tied_predictor: float
    tied_time: float
    time_weight: str

    def interval(self, conf_level: float = 0.95, conf_type: str = "logit") -> tuple[float, float]:
        """Return lower and upper confidence limits of ``estimate``."""
        from dayzero.stats.intervals import checked_conf_type, wald_limits

        values, errors = np.array([self.estimate]), np.array([self.std_err])
        lower, upper = wald_limits(values, errors, checked_conf_type(conf_type), conf_level)
        return float(lower[0]), float(upper[0])


def concordance(
    time: Any,
    event: Any,
    predictor: Any,
    entry: Any = None,
    stratum: Any = None,
    weight: Any = None,
    cluster: Any = None,
    time_weight: str = "n",
    horizon: float | None = None,
) -> Concordance:
    """Measure how well a predicted risk orders the events.

    A pair is comparable when one has the event while the other is at risk (and does not have the event at
    that same time); it is concordant when the one with the event has the higher ``predictor``.

    Parameters
    ----------
    time, event, entry, stratum, weight, cluster
        As in :func:`~dayzero.stats.regression.cox_regression.cox`; only pairs of one stratum are compared.
    predictor : array-like, shape (n,)
        Higher means higher risk.
    time_weight : {"n", "n/G2"}
        "n" counts each pair once (Harrell 1982). "n/G2" weights the pairs of an event time t by 1/G(t-)^2,
        with G the Kaplan-Meier estimate of remaining uncensored (Uno 2011): the limit of this measure does
        not depend on the censoring.
    horizon : float, optional
        Events after it are not compared.

    Returns
    -------
    Concordance

    Notes
    -----
    Harrell et al., JAMA 1982;247:2543-2546; Uno et al., Stat Med 2011;30:1105-1117. Same as R
    ``survival::concordance(reverse = TRUE)``, whose standard error also takes G as known. O(n log n).
    """
    clock, clock_entry = checked_rows(time, entry)
    n = len(clock)
    happened = checked_event(event)
    score = numeric(predictor, "predictor").astype(np.float64)
    refuse_other_length(n, event=happened, predictor=score)
    refuse_no_event(happened)
    if not np.isfinite(score).all():
        what = "predictor must be finite"
        raise BadInputError(what, where=first_position(~np.isfinite(score)))
    if time_weight not in TIME_WEIGHTS:
        raise BadInputError.unknown_name(kind="time_weight", found=str(time_weight), allowed=TIME_WEIGHTS)
    if time_weight != "n" and (entry is not None or stratum is not None):
        what = "the weight n/G2 is not defined for delayed entry or strata"
        raise RefusalError(what, instead="time_weight='n'")
    strata = checked_labels(stratum, "stratum", n)
    clusters = checked_labels(cluster, "cluster", n)
    weights = checked_case_weights(weight, n)
    rows = _Rows(
        time=np.unique(clock, return_inverse=True)[1].astype(np.int64),
        entry=None
        if clock_entry is None
        else np.searchsorted(np.unique(clock), clock_entry, side="right") - 1,
        event=happened,
        rank=np.unique(score, return_inverse=True)[1].astype(np.int64),
        stratum=np.zeros(n, np.int64) if strata is None else strata.codes.astype(np.int64),
        weight=np.ones(n) if weights is None else weights,
    )
    pair_weight = _pair_weight(clock, rows, time_weight, horizon)
    return _assemble(rows, pair_weight, None if clusters is None else clusters.codes, time_weight)


def model_concordance(model: CoxModel, time_weight: str = "n") -> Concordance:
    """Return the concordance of a fitted model's linear predictor, clustered as the model is."""
    data = model.data
    return concordance(
        data.time,
        data.event,
        model.linear_predictor(),
        data.entry,
        data.risk.row_stratum,
        data.weight,
        model.cluster,
        time_weight,
    )


@dataclass(frozen=True)
class _Rows:
    time: IndexArray
    entry: IndexArray | None
    event: npt.NDArray[np.bool_]
    rank: IndexArray
    stratum: IndexArray
    weight: FloatArray


def _pair_weight(clock: Any, rows: _Rows, time_weight: str, horizon: float | None) -> FloatArray:
    """Weight of an event row's pairs: zero without an event or after the horizon."""
    weight = rows.event.astype(np.float64)
    if horizon is not None:
        weight[clock > horizon] = 0.0
    if time_weight == "n" or rows.event.sum() < 2:
        return weight
    return weight / _uncensored_before(rows)[rows.time] ** 2


def _uncensored_before(rows: _Rows) -> FloatArray:
    """Kaplan-Meier estimate of remaining uncensored just before each time; events leave before censorings."""
    n_times = int(rows.time.max()) + 1
    leaving = np.bincount(rows.time, rows.weight, n_times)
    events = np.bincount(rows.time, rows.weight * rows.event, n_times)
    at_risk = np.cumsum(leaving[::-1])[::-1] - events
    censored = leaving - events
    factor = np.divide(at_risk - censored, at_risk, out=np.ones(n_times), where=at_risk > 0)
    return np.concatenate([[1.0], np.cumprod(factor)[:-1]])


def _assemble(
    rows: _Rows, pair_weight: FloatArray, cluster: npt.NDArray[np.int32] | None, time_weight: str
) -> Concordance:
    own = _comparators(rows) * pair_weight
    other = _comparisons(rows, pair_weight)
    concordant, discordant, tied = own @ rows.weight
    pairs = concordant + discordant + tied
    tied_time = _tied_time(rows, pair_weight)
    if not pairs > 0:
        what = "no two rows can be compared"
        raise BadInputError(what, hint="every event is at the last time, or each stratum has one row at risk")
    somers = (concordant - discordant) / pairs
    both = own + other
    influence = rows.weight * ((both[0] - both[1]) - somers * both.sum(axis=0)) / pairs
    if cluster is not None:
        influence = np.bincount(cluster, influence)
    std_err = float(np.sqrt((influence**2).sum()) / 2)
    estimate = float((somers + 1) / 2)
    return Concordance(
        estimate, std_err, float(concordant), float(discordant), float(tied), tied_time, time_weight
    )


def _comparators(rows: _Rows) -> FloatArray:
    """For each row, (3, n): weight of those at risk after its time with lower, higher, equal predictor."""
    place = 2 * rows.time + ~rows.event
    found = _sums_above(2 * rows.time, rows, place, rows.weight)
    if rows.entry is not None:
        found -= _sums_above(2 * rows.time, rows, 2 * rows.entry + 1, rows.weight)
    return found


def _comparisons(rows: _Rows, pair_weight: FloatArray) -> FloatArray:
    """For each row, (3, n): weight of the events it was at risk at, with higher, lower, equal predictor."""
    place = 2 * rows.time + ~rows.event
    weight = rows.weight * pair_weight
    # Mirrored axes turn "events before" into "points above", and higher predictors into lower ones.
    mirrored = _Rows(
        rows.time, rows.entry, rows.event, rows.rank.max() - rows.rank, rows.stratum, rows.weight
    )
    found = _sums_above(-place, mirrored, -2 * rows.time, weight)
    if rows.entry is not None:
        found -= _sums_above(-(2 * rows.entry + 1), mirrored, -2 * rows.time, weight)
    return found


def _sums_above(query: IndexArray, rows: _Rows, place: IndexArray, weight: FloatArray) -> FloatArray:
    """Sum weights of points with ``place`` > ``query`` in the stratum, by predictor: lower, higher, equal."""
    n = len(query)
    position = np.concatenate([query, place])
    is_point = np.repeat([0, 1], n)
    order = np.lexsort((is_point, -position))
    stratum = np.tile(rows.stratum, 2)[order]
    order = order[np.argsort(stratum, kind="stable")]
    row = order % n
    points = np.where(is_point[order] == 1, weight[row], 0.0)
    group, rank = rows.stratum[row], rows.rank[row]
    found = np.empty((2, 2 * n))
    found[:, order] = _earlier_by_rank(group, rank, points)
    everyone = np.empty(2 * n)
    everyone[order] = _earlier(points, _run_starts(group))
    return np.vstack([found, everyone - found.sum(axis=0)])[:, :n]


def _run_starts(group: IndexArray) -> IndexArray:
    """Return for each element where its run of equal ``group`` begins."""
    begin = np.concatenate([[True], group[1:] != group[:-1]])
    return np.maximum.accumulate(np.where(begin, np.arange(len(group)), 0))


def _earlier(weight: FloatArray, start: IndexArray) -> FloatArray:
    """Sum the weights of the elements before each one in its run."""
    total = np.cumsum(weight) - weight
    return total - total[start]


def _earlier_by_rank(group: IndexArray, rank: IndexArray, weight: FloatArray) -> FloatArray:
    """Sum the weights of earlier elements of the group with a lower and with a higher rank, shape (2, n).

    One binary digit of the rank at a time: elements that agree in all higher digits stand together, in their
    order; there, those with a 0 are below those with a 1. Then zeros are moved before ones, keeping their
    order. O(n log n) altogether, without a loop over elements.
    """
    out = np.zeros((2, len(rank)))
    digits = max(int(rank.max()).bit_length(), 1)
    key, index = (group << digits) | rank, np.arange(len(rank))
    for digit in reversed(range(digits)):
        high = (key >> digit) & 1 == 1
        start = _run_starts(key >> (digit + 1))
        below = _earlier(np.where(high, 0.0, weight), start)
        above = _earlier(np.where(high, weight, 0.0), start)
        out[0, index[high]] += below[high]
        out[1, index[~high]] += above[~high]
        zeros = np.cumsum(~high)
        before = zeros - ~high
        end = np.concatenate([np.flatnonzero(np.diff(start)), [len(start) - 1]])
        in_run = np.repeat(zeros[end] - before[start[end]], np.diff(end, prepend=-1))
        own = before - before[start]
        place = np.where(high, in_run + np.arange(len(start)) - own, start + own)
        moved = np.empty_like(key), np.empty_like(index), np.empty_like(weight)
        for new, old in zip(moved, (key, index, weight), strict=True):
            new[place] = old
        key, index, weight = moved
    return out


def _tied_time(rows: _Rows, pair_weight: FloatArray) -> float:
    """Weight of the pairs of events at one time."""
    events = np.flatnonzero(rows.event)
    cell = rows.stratum[events] * (int(rows.time.max()) + 1) + rows.time[events]
    _, index = np.unique(cell, return_inverse=True)
    total = np.bincount(index, rows.weight[events])
    square = np.bincount(index, rows.weight[events] ** 2)
    scale = np.zeros(len(total))
    scale[index] = pair_weight[events]
    return float(((total**2 - square) / 2 * scale).sum())
