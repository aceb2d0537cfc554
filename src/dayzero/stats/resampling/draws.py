"""Replicate weights: how often each unit is drawn, and the event tables that follow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from dayzero.errors import BadInputError
from dayzero.stats.multistate.history_check import label_codes
from dayzero.stats.resampling.replicate_curves import ReplicateCurves
from dayzero.stats.resampling.sampled_people import cluster_codes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dayzero.stats.arrays import FloatArray, IntArray
    from dayzero.stats.resampling.sampled_people import SampledPeople

# Tables of one block of replicates stay within about this many numbers (16 MB), in the processor's cache.
BLOCK_NUMBERS = 1 << 18
# With more than so many people of each kind, kinds are drawn (multinomial) rather than people.
ALIKE = 8


def bootstrap_weights(
    n: int, replicates: int, *, seed: int, cluster: Any = None, stratum: Any = None
) -> IntArray:
    """Return how often each of n rows is drawn in each bootstrap replicate.

    Parameters
    ----------
    n : int
        Number of rows.
    replicates : int
    seed : int
        Same seed, same draws.
    cluster : array_like, shape (n,), optional
        Draw whole clusters.
    stratum : array_like, shape (n,), optional
        Draw within strata; with clusters, a cluster must lie within one stratum.

    Returns
    -------
    ndarray of int, shape (replicates, n)
        Case weights for any estimator that takes them, such as ``cox(..., weight=row)``.

    Raises
    ------
    BadInputError
        No rows, no replicates, a cluster in two strata.
    """
    if n < 1 or replicates < 1:
        what = f"{replicates} replicates of {n} rows"
        raise BadInputError(what, allowed="1 or more of each")
    unit = np.arange(n) if cluster is None else cluster_codes(cluster, n)
    strata = label_codes(stratum, "stratum", n)[0]
    if len(unit) != n or len(strata) != n:
        what = f"cluster has {len(unit)} values and stratum {len(strata)}, there are {n} rows"
        raise BadInputError(what)
    n_units = int(unit.max()) + 1
    of_unit = np.zeros(n_units, dtype=np.intp)
    of_unit[unit] = strata
    if (of_unit[unit] != strata).any():
        what = "a cluster lies in two strata"
        raise BadInputError(what, hint="draw clusters without strata, or strata without clusters")
    drawn = drawn_units(seeded(seed), replicates, of_unit)
    return multiplicity(drawn, n_units)[:, unit]


def seeded(seed: object) -> np.random.Generator:
    """Return the generator of a seed; there is no drawing without one."""
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        what = f"seed is {seed!r}"
        raise BadInputError(what, allowed="a whole number, not negative", hint="same seed, same result")
    return np.random.default_rng(int(seed))


def drawn_units(random: np.random.Generator, replicates: int, stratum: IntArray) -> IntArray:
    """Draw units with replacement within strata, as many as there are; (replicates, units)."""
    order = np.argsort(stratum, kind="stable")
    size = np.bincount(stratum)
    first = np.cumsum(size) - size
    sizes, firsts = size[stratum[order]], first[stratum[order]]
    uniform = random.random((replicates, len(stratum)))
    uniform *= sizes
    place = uniform.astype(np.intp)
    place += firsts
    return order[place] if len(size) > 1 else place


def multiplicity(drawn: IntArray, n_units: int) -> IntArray:
    """Count how often each unit was drawn, (replicates, n_units)."""
    replicates = len(drawn)
    keys = drawn + np.arange(replicates)[:, None] * n_units
    return np.bincount(keys.ravel(), minlength=replicates * n_units).reshape(replicates, n_units)


def block_size(people: SampledPeople) -> int:
    """Return how many replicates to hold at once."""
    return max(1, BLOCK_NUMBERS // max(people.cells, people.n_units))


def replicate_blocks(people: SampledPeople, replicates: int, seed: int) -> Iterator[ReplicateCurves]:
    """Yield the tables of bootstrap replicates, some at a time; the draws do not depend on how many."""
    size = block_size(people)
    table = _Counter(people)
    sizes = [min(size, replicates - begin) for begin in range(0, replicates, size)]
    if people.total > ALIKE * people.n_units:
        draw = _MultinomialDraws(people, seed)
        yield from (table.of_weights(draw(count)) for count in sizes)
        return
    random = seeded(seed)
    units = np.repeat(np.arange(people.n_units), people.copies)
    strata = people.stratum[units]
    yield from (table.of_draws(units[drawn_units(random, count, strata)]) for count in sizes)


class _MultinomialDraws:
    """How often each kind of people is drawn, when so many are alike that drawing one by one is a waste."""

    def __init__(self, people: SampledPeople, seed: int) -> None:
        self.people = people
        self.strata = [np.flatnonzero(people.stratum == s) for s in np.unique(people.stratum)]
        self.random = seeded(seed).spawn(len(self.strata))

    def __call__(self, replicates: int) -> FloatArray:
        """Return the next replicates, (replicates, units)."""
        out = np.empty((replicates, self.people.n_units))
        for kinds, random in zip(self.strata, self.random, strict=True):
            copies = self.people.copies[kinds]
            out[:, kinds] = random.multinomial(copies.sum(), copies / copies.sum(), size=replicates)
        return out


def weighted_curves(people: SampledPeople, unit_weight: FloatArray) -> ReplicateCurves:
    """Return the tables of given unit weights, (replicates, n_units)."""
    return _Counter(people).of_weights(unit_weight)


class _Counter:
    """Tables as products of unit weights with the cells of each unit."""

    def __init__(self, people: SampledPeople) -> None:
        self.people = people
        n_times = len(people.times)
        self.leave = (people.group * (1 + len(people.causes)) + people.cause) * n_times + people.exit
        self.late = np.flatnonzero(people.entry >= 0)
        self.enter = people.group[self.late] * n_times + people.entry[self.late]

    def of_draws(self, drawn: IntArray) -> ReplicateCurves:
        """Count drawn units; people drawn one by one are counted without forming the product."""
        people = self.people
        if people.clustered or people.weight is not None or people.late:
            return self.of_weights(multiplicity(drawn, people.n_units).astype(np.float64))
        replicates = len(drawn)
        keys = (self.leave * replicates)[drawn]
        keys += np.arange(replicates)[:, None]
        counts = np.bincount(keys.ravel(), minlength=people.cells * replicates)
        return self._curves(counts.astype(np.float64), None, replicates)

    def of_weights(self, unit_weight: FloatArray) -> ReplicateCurves:
        """Multiply: (cells x units) times (units x replicates)."""
        people = self.people
        cells = self._product(self.leave, np.arange(len(people.unit)), people.cells, unit_weight)
        late = None
        if people.late:
            late = self._product(self.enter, self.late, len(people.groups) * len(people.times), unit_weight)
        return self._curves(cells, late, len(unit_weight))

    def _product(
        self, cell: IntArray, persons: IntArray, n_cells: int, unit_weight: FloatArray
    ) -> FloatArray:
        from scipy.sparse import csr_array

        people = self.people
        weight = np.ones(len(persons)) if people.weight is None else people.weight[persons]
        shape = (n_cells, people.n_units)
        matrix = csr_array((weight, (cell, people.unit[persons])), shape=shape)
        return np.asarray(matrix @ np.ascontiguousarray(unit_weight.T))

    def _curves(self, leaving: FloatArray, entering: FloatArray | None, replicates: int) -> ReplicateCurves:
        people = self.people
        groups, times = len(people.groups), len(people.times)
        shape = (groups, 1 + len(people.causes), times, replicates)
        return ReplicateCurves(
            people.times,
            people.groups,
            people.causes,
            leaving.reshape(shape),
            None if entering is None else entering.reshape(groups, times, replicates),
        )
