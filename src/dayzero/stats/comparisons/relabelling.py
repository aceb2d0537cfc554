"""The ways to hand the group labels to the patients of a table, within strata."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, product
from math import comb, prod
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dayzero.stats.arrays import FloatArray, IntArray
    from dayzero.stats.event_table import EventTable


@dataclass(frozen=True, eq=False)
class Cohort:
    """One row a patient, read back from the counts, in the order stratum, time, cause.

    Attributes
    ----------
    stratum, group, cause, time : ndarray, shape (n,)
        Indices into the axes of the table.
    shape : tuple
        The shape of the table (S, G, 1 + K, T).
    """

    stratum: IntArray
    group: IntArray
    cause: IntArray
    time: IntArray
    shape: tuple[int, ...]

    @classmethod
    def of(cls, table: EventTable) -> Cohort:
        """Read the patients back from the counts; whole weights replicate."""
        counts = table.leaving()
        cells = np.nonzero(counts)
        copies = np.rint(counts[cells]).astype(np.intp)
        stratum, group, cause, time = (np.repeat(axis, copies) for axis in cells)
        order = np.lexsort((group, cause, time, stratum))
        return cls(stratum[order], group[order], cause[order], time[order], counts.shape)

    @property
    def n_groups(self) -> int:
        """Number of groups."""
        return self.shape[1]

    def cells(self) -> int:
        """Return the number of cells of one table."""
        return prod(self.shape)

    def sizes(self) -> list[list[int]]:
        """Return the number of patients of each group in each stratum."""
        return [
            np.bincount(self.group[self.stratum == s], minlength=self.n_groups).tolist()
            for s in range(self.shape[0])
        ]

    def count_labellings(self) -> int:
        """Return the number of ways to hand out the labels: a product of multinomial coefficients."""
        ways = 1
        for sizes in self.sizes():
            left = sum(sizes)
            for size in sizes:
                ways *= comb(left, size)
                left -= size
        return ways

    def tables(self, labels: IntArray) -> Iterator[FloatArray]:
        """Count the relabelled patients: for each stratum an array (B, G, 1 + K, T)."""
        _, groups, causes, times = self.shape
        replicates = np.arange(len(labels))[:, None]
        for s in range(self.shape[0]):
            own = self.stratum == s
            place = self.cause[own] * times + self.time[own]
            key = (replicates * groups + labels[:, own]) * (causes * times) + place
            counts = np.bincount(key.ravel(), minlength=len(labels) * groups * causes * times)
            yield counts.astype(np.float64).reshape(len(labels), groups, causes, times)


def all_labellings(cohort: Cohort) -> Iterator[IntArray]:
    """Return every labelling of the patients."""
    parts = []
    for s, sizes in enumerate(cohort.sizes()):
        place = np.flatnonzero(cohort.stratum == s)
        parts.append([(place, labels) for labels in _labellings(len(place), sizes)])
    for choice in product(*parts):
        out = np.empty(len(cohort.group), dtype=np.intp)
        for place, labels in choice:
            out[place] = labels
        yield out


def _labellings(n: int, sizes: list[int]) -> Iterator[IntArray]:
    """Return every way to give ``sizes[g]`` of n patients the label g."""

    def fill(labels: IntArray, free: tuple[int, ...], g: int) -> Iterator[IntArray]:
        if g == len(sizes) - 1:
            out = labels.copy()
            out[list(free)] = g
            yield out
            return
        for chosen in combinations(free, sizes[g]):
            labels[list(chosen)] = g
            taken = set(chosen)
            yield from fill(labels, tuple(i for i in free if i not in taken), g + 1)

    yield from fill(np.empty(n, dtype=np.intp), tuple(range(n)), 0)


def random_labellings(cohort: Cohort, replicates: int, seed: int) -> Iterator[IntArray]:
    """Return seeded random labellings."""
    rng = np.random.default_rng(seed)
    places = [np.flatnonzero(cohort.stratum == s) for s in range(cohort.shape[0])]
    for _ in range(replicates):
        out = cohort.group.copy()
        for place in places:
            out[place] = rng.permutation(out[place])
        yield out
