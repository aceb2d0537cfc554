"""Bootstrap of any statistic of the curves, from replicate weights times cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from dayzero.errors import BadInputError, RefusalError
from dayzero.stats.convention import Convention
from dayzero.stats.intervals import checked_conf_level
from dayzero.stats.resampling.bootstrap_interval import (
    Interval,
    acceleration,
    bca_interval,
    percentile_interval,
)
from dayzero.stats.resampling.draws import block_size, replicate_blocks, weighted_curves
from dayzero.stats.resampling.sampled_people import sampled_people

if TYPE_CHECKING:
    from collections.abc import Callable

    from dayzero.stats.arrays import FloatArray
    from dayzero.stats.resampling.replicate_curves import ReplicateCurves
    from dayzero.stats.resampling.sampled_people import SampledPeople

INTERVALS = ("bca", "percentile")
# Leaving out one unit after the other forms a table each time; beyond this many cells BCa is refused.
LARGEST_JACKKNIFE = 1 << 31


@dataclass(frozen=True, eq=False)
class Bootstrap:
    """Replicates of a statistic, its standard error and interval; arrays have the statistic's own shape.

    Attributes
    ----------
    convention : Convention
    estimate : ndarray
        The statistic of the people as they are.
    replicates : ndarray, shape (B, ...)
    lower, upper : ndarray
        NaN where no interval exists (see ``notes``); inf where the limit is not reached.
    notes : tuple of str
        What must be said about the interval.
    """

    convention: Convention
    estimate: FloatArray
    replicates: FloatArray
    lower: FloatArray
    upper: FloatArray
    notes: tuple[str, ...]

    @property
    def std_err(self) -> FloatArray:
        """Standard deviation of the replicates; NaN where one is infinite (a quantile not reached)."""
        return self._moment(np.nanstd, ddof=1)

    @property
    def bias(self) -> FloatArray:
        """Mean of the replicates less the estimate; NaN where one is infinite."""
        return self._moment(np.nanmean) - self.estimate

    def _moment(self, of: Callable[..., FloatArray], **options: int) -> FloatArray:
        defined = ~np.isnan(self.replicates)
        usable = (defined.sum(axis=0) > 1) & ~np.isinf(self.replicates).any(axis=0)
        values = np.where(usable, self.replicates, 0.0)
        return np.where(usable, of(values, axis=0, **options), np.nan)


def bootstrap(
    time: Any,
    cause: Any = None,
    group: Any = None,
    *,
    statistic: Callable[[ReplicateCurves], FloatArray],
    seed: int,
    entry: Any = None,
    weight: Any = None,
    cluster: Any = None,
    replicates: int = 2000,
    within_groups: bool = True,
    interval: str = "bca",
    conf_level: float = 0.95,
) -> Bootstrap:
    """Draw people again and again, and give an interval of a statistic of their curves.

    Parameters
    ----------
    time, cause, group, entry, weight : array_like, or an EventTable alone
        As for :meth:`EventTable.from_arrays`.
    statistic : callable
        Takes :class:`ReplicateCurves` (B replicates at once) and returns an array (B, ...), e.g.
        ``lambda c: c.cumulative_incidence([365])[:, 1] - c.cumulative_incidence([365])[:, 0]``.
    seed : int
        Same people, same seed: same replicates, whatever the order of the rows.
    cluster : array_like, optional
        Draw whole clusters (centres, matched sets) instead of people.
    replicates : int
    within_groups : bool
        Keep the sizes of the groups (no effect with clusters, which are drawn as they come).
    interval : {"bca", "percentile"}
        Bias-corrected and accelerated (Efron 1987), or the plain percentiles.
    conf_level : float

    Returns
    -------
    Bootstrap

    Raises
    ------
    BadInputError
        A statistic that does not return one value a replicate; fewer than two units to draw.
    RefusalError
        A table of weighted people; BCa of more people and times than can be left out one by one.

    Notes
    -----
    Efron and Tibshirani (1993). A replicate is a row of weights; its event table is weights times cells, and
    all curves follow from it, so that no person is read twice.
    """
    if interval not in INTERVALS:
        raise BadInputError.unknown_name(kind="interval", found=str(interval), allowed=INTERVALS)
    people = sampled_people(time, cause, group, entry, weight, cluster, within_groups=within_groups)
    _refuse_unusable(people, replicates, interval)
    checked_conf_level(conf_level)
    whole = _values(statistic, weighted_curves(people, people.copies[None].astype(np.float64)))
    blocks = [_values(statistic, curves) for curves in replicate_blocks(people, replicates, seed)]
    drawn = np.concatenate(blocks)
    shape = whole.shape[1:]
    flat = drawn.reshape(replicates, -1)
    limits = _limits(people, statistic, flat, whole.reshape(-1), interval, conf_level)
    return Bootstrap(
        convention=_convention(people, replicates, seed, interval, conf_level),
        estimate=whole[0],
        replicates=drawn,
        lower=limits.lower.reshape(shape),
        upper=limits.upper.reshape(shape),
        notes=limits.notes,
    )


def _refuse_unusable(people: SampledPeople, replicates: int, interval: str) -> None:
    if replicates < 2:
        what = f"replicates is {replicates}"
        raise BadInputError(what, allowed="2 or more; a 95% interval needs a thousand")
    if people.total < 2:
        what = f"there is {people.total} {'cluster' if people.clustered else 'person'} to draw from"
        raise BadInputError(what, hint="one unit drawn again and again is always the same")
    if interval == "bca" and people.cells * people.n_units > LARGEST_JACKKNIFE:
        what = f"BCa would leave out {people.n_units} kinds of units one by one over {people.cells} cells"
        raise RefusalError(what, instead="interval='percentile', or whole days instead of exact times")


def _values(statistic: Callable[[ReplicateCurves], FloatArray], curves: ReplicateCurves) -> FloatArray:
    values = np.asarray(statistic(curves), dtype=np.float64)
    replicates = curves.leaving.shape[-1]
    if values.ndim < 1 or len(values) != replicates:
        what = f"the statistic returned shape {values.shape} for {replicates} replicates"
        hint = "its first axis must be the replicates, as in lambda c: c.survival([365])[:, 0]"
        raise BadInputError(what, hint=hint)
    return values


def _limits(
    people: SampledPeople,
    statistic: Callable[[ReplicateCurves], FloatArray],
    replicates: FloatArray,
    estimate: FloatArray,
    interval: str,
    conf_level: float,
) -> Interval:
    if interval == "percentile":
        return percentile_interval(replicates, conf_level)
    left_out = left_out_values(people, statistic).reshape(people.n_units, -1)
    with np.errstate(invalid="ignore"):
        tilt = acceleration(left_out, people.copies.astype(np.float64), people.stratum)
    return bca_interval(replicates, estimate, tilt, conf_level)


def left_out_values(people: SampledPeople, statistic: Callable[[ReplicateCurves], FloatArray]) -> FloatArray:
    """Return the statistic without one unit of each kind, (units, ...)."""
    size = block_size(people)
    out = []
    for begin in range(0, people.n_units, size):
        chosen = np.arange(begin, min(begin + size, people.n_units))
        weights = np.repeat(people.copies[None].astype(np.float64), len(chosen), axis=0)
        weights[np.arange(len(chosen)), chosen] -= 1.0
        out.append(_values(statistic, weighted_curves(people, weights)))
    return np.concatenate(out)


def _convention(
    people: SampledPeople, replicates: int, seed: int, interval: str, conf_level: float
) -> Convention:
    what = f"{people.total} {'clusters' if people.clustered else 'people'}"
    within = " within groups" if len(np.unique(people.stratum)) > 1 else ""
    return Convention(
        estimator=f"bootstrap: {what} drawn with replacement{within}",
        variance=f"{replicates} replicates, seed {seed}",
        conf_type="BCa" if interval == "bca" else "percentile",
        conf_level=conf_level,
        source="Efron 1987" if interval == "bca" else "Efron and Tibshirani 1993",
    )
