"""Tests whether numbers tend to be larger in one group: Wilcoxon's rank sum, and Kruskal-Wallis."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dayzero.errors import BadInputError
from dayzero.stats.samples.contingency import SampleTest
from dayzero.stats.test_result import chi_square_p

if TYPE_CHECKING:
    import numpy.typing as npt

    from dayzero.stats.arrays import FloatArray

#: Groups smaller than this get the exact distribution, as in R's ``wilcox.test``.
EXACT_BELOW = 50


def rank_sum_test(values: npt.ArrayLike, group: npt.ArrayLike) -> SampleTest:
    """Compare the numbers of two groups (Wilcoxon 1945, Biometrics 1:80; Mann and Whitney 1947).

    Parameters
    ----------
    values : array_like of float, shape (N,)
    group : array_like, shape (N,)
        Two different labels.

    Returns
    -------
    SampleTest
        Exact when both groups have fewer than 50 members, also with ties (the distribution of the sum of
        midranks over all ways to choose the first group, two-sided by distance from its mean; without ties
        this is R's ``wilcox.test``). Else the normal approximation with tie and continuity correction.
        ``statistic`` is the first group's rank sum less its smallest possible value (R's W).

    Raises
    ------
    BadInputError
        Not two groups, or values that are not finite.
    """
    numbers, labels, codes = _checked(values, group)
    if len(labels) != 2:
        raise BadInputError(
            what=f"{len(labels)} groups", allowed="two groups; for more use kruskal_wallis_test"
        )
    ranks = _midranks(numbers)
    first = codes == 0
    size, other = int(first.sum()), int((~first).sum())
    total = float(ranks[first].sum())
    statistic = total - size * (size + 1) / 2
    if np.ptp(numbers) == 0:
        return SampleTest(
            "Wilcoxon rank sum test",
            float("nan"),
            exact=True,
            statistic=statistic,
            note="all values are equal",
        )
    if size < EXACT_BELOW and other < EXACT_BELOW:
        p = _exact_p(ranks, size, total)
        return SampleTest("Wilcoxon rank sum test", p, exact=True, statistic=statistic)
    p = _normal_p(numbers, statistic, size, other)
    return SampleTest("Wilcoxon rank sum test", p, exact=False, statistic=statistic)


def kruskal_wallis_test(values: npt.ArrayLike, group: npt.ArrayLike) -> SampleTest:
    """Compare the numbers of two or more groups (Kruskal and Wallis 1952, J Am Stat Assoc 47:583).

    Parameters
    ----------
    values : array_like of float, shape (N,)
    group : array_like, shape (N,)

    Returns
    -------
    SampleTest
        Corrected for ties, as R's ``kruskal.test``; noted as rough when a group has fewer than 5 members.

    Raises
    ------
    BadInputError
        Fewer than two groups, or values that are not finite.
    """
    numbers, labels, codes = _checked(values, group)
    if len(labels) < 2:
        raise BadInputError(what=f"{len(labels)} groups", allowed="two groups or more")
    if np.ptp(numbers) == 0:
        return SampleTest("Kruskal-Wallis test", float("nan"), exact=False, note="all values are equal")
    ranks, n = _midranks(numbers), len(numbers)
    sizes = np.bincount(codes)
    sums = np.bincount(codes, ranks)
    raw = 12 / (n * (n + 1)) * float((sums**2 / sizes).sum()) - 3 * (n + 1)
    statistic = raw / (1 - _ties(numbers) / (n**3 - n))
    df = len(labels) - 1
    note = "a group has fewer than 5 members" if int(sizes.min()) < 5 else ""
    return SampleTest("Kruskal-Wallis test", chi_square_p(statistic, df), False, statistic, df, note)


def _checked(values: npt.ArrayLike, group: npt.ArrayLike) -> tuple[FloatArray, np.ndarray, np.ndarray]:
    numbers = np.asarray(values, dtype=float)
    labels = np.asarray(group)
    if numbers.ndim != 1 or labels.shape != numbers.shape or not np.isfinite(numbers).all():
        raise BadInputError(
            what=f"values of shape {numbers.shape} with groups of shape {labels.shape}",
            allowed="finite numbers, one group label for each",
        )
    unique, codes = np.unique(labels, return_inverse=True)
    return numbers, unique, codes


def _midranks(numbers: FloatArray) -> FloatArray:
    _, codes, counts = np.unique(numbers, return_inverse=True, return_counts=True)
    ranks: FloatArray = (np.cumsum(counts) - (counts - 1) / 2)[codes]
    return ranks


def _ties(numbers: FloatArray) -> float:
    _, counts = np.unique(numbers, return_counts=True)
    return float((counts.astype(float) ** 3 - counts).sum())


def _exact_p(ranks: FloatArray, size: int, total: float) -> float:
    """Count over all choices of ``size`` ranks how many have a sum as far from the mean.

    Midranks are halves at most, so twice their value is whole. Counts are exact integers (of any size), added
    rank by rank: ``ways[k][s]`` choices of k ranks have the sum s.
    """
    doubled = np.rint(2 * ranks).astype(np.int64)
    top = int(np.sort(doubled)[-size:].sum())
    ways = [np.zeros(top + 1, dtype=object) for _ in range(size + 1)]
    ways[0][0] = 1
    for rank in doubled.tolist():
        for chosen in range(size, 0, -1):
            ways[chosen][rank:] = ways[chosen][rank:] + ways[chosen - 1][: top + 1 - rank]
    # Four times the distance from the mean is whole: 2 * n * sum against 2 * size * all.
    n, whole = len(ranks), int(doubled.sum())
    distance = abs(round(2 * total) * n - size * whole)
    sums = np.arange(top + 1)
    extreme = np.abs(sums * n - size * whole) >= distance
    everything = int(ways[size].sum())
    return float(int(ways[size][extreme].sum()) / everything)


def _normal_p(numbers: FloatArray, statistic: float, size: int, other: int) -> float:
    from scipy.special import ndtr

    n = size + other
    variance = size * other / 12 * ((n + 1) - _ties(numbers) / (n * (n - 1)))
    z = statistic - size * other / 2
    z = (z - 0.5 * float(np.sign(z))) / float(np.sqrt(variance))
    return float(2 * ndtr(-abs(z)))
