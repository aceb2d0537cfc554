"""How far groups differ in a characteristic, on a scale that does not depend on their sizes."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from dayzero.errors import BadInputError

if TYPE_CHECKING:
    import numpy.typing as npt

    from dayzero.stats.arrays import FloatArray


def standardised_difference(values: npt.ArrayLike, group: npt.ArrayLike) -> float:
    """Return the standardised difference of a number or a category between groups.

    Parameters
    ----------
    values : array_like, shape (N,)
        Finite numbers, or texts.
    group : array_like, shape (N,)
        Labels of two groups or more.

    Returns
    -------
    float
        Its size, without sign; of more than two groups the largest of the pairs. For numbers the difference
        of the means by the root of the mean variance (Austin 2009, Stat Med 28:3083); for categories the
        Mahalanobis distance of the proportions (Yang and Dalton 2012, SAS Global Forum, paper 335-2012),
        which for two categories is the difference of proportions by the root of their mean variance. 0 when
        nothing differs; NaN when groups without any spread differ, or a group has no two numbers.

    Raises
    ------
    BadInputError
        Fewer than two groups, or shapes that differ.
    """
    column, labels = np.asarray(values), np.asarray(group)
    if column.ndim != 1 or labels.shape != column.shape:
        raise BadInputError(
            what=f"values of shape {column.shape} with groups of shape {labels.shape}",
            allowed="one group label for each value",
        )
    names = np.unique(labels)
    if len(names) < 2:
        raise BadInputError(what=f"{len(names)} groups", allowed="two groups or more")
    measure = _of_numbers if column.dtype.kind in "fiub" else _of_categories
    pairs = [measure(column[labels == one], column[labels == other]) for one, other in combinations(names, 2)]
    return float(np.max(pairs))


def _of_numbers(one: FloatArray, other: FloatArray) -> float:
    if min(len(one), len(other)) < 2:
        return float("nan")
    difference = abs(float(np.mean(one)) - float(np.mean(other)))
    spread = float(np.sqrt((np.var(one, ddof=1) + np.var(other, ddof=1)) / 2))
    if spread == 0:
        return 0.0 if difference == 0 else float("nan")
    return difference / spread


def _of_categories(one: np.ndarray, other: np.ndarray) -> float:
    levels = np.unique(np.concatenate((one, other)))
    # One level follows from the others, and is left out.
    first, second = (np.array([np.mean(part == level) for level in levels[1:]]) for part in (one, other))
    difference = first - second
    if not difference.any():
        return 0.0
    covariance = (_multinomial(first) + _multinomial(second)) / 2
    if np.linalg.matrix_rank(covariance) < len(difference):
        return float("nan")
    return float(np.sqrt(difference @ np.linalg.solve(covariance, difference)))


def _multinomial(shares: FloatArray) -> FloatArray:
    covariance: FloatArray = np.diag(shares) - np.outer(shares, shares)
    return covariance
