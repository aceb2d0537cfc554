"""Permutation versions of the log-rank and Gray tests, for few patients or few events."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from dayzero.errors import BadInputError, RefusalError
from dayzero.stats.comparisons.gray import gray_test
from dayzero.stats.comparisons.gray_kernel import gray_sums
from dayzero.stats.comparisons.logrank import logrank_sums, logrank_test
from dayzero.stats.comparisons.relabelling import Cohort, all_labellings, random_labellings
from dayzero.stats.event_table import EventTable
from dayzero.stats.inputs import not_simple
from dayzero.stats.samples.binomial import proportion

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dayzero.stats.arrays import FloatArray
    from dayzero.stats.test_result import TestResult

CELLS_AT_ONCE = 1 << 21


@dataclass(frozen=True, eq=False)
class PermutationTest:
    """A test whose p-value is counted over relabellings of the patients.

    Attributes
    ----------
    statistic : float
        The chi-square statistic of the data, the same as in ``asymptotic``.
    p_value : float
        Share of relabellings with a statistic as large; by Monte Carlo (1 + hits) / (1 + replicates).
    exact : bool
        Whether every relabelling was counted.
    replicates : int
        How many were.
    mc_error, mc_lower, mc_upper : float
        Standard error and exact 99% limits of the p-value for the randomness of the draw; 0 and the p-value
        itself when exact.
    seed : int or None
        Of the draw.
    asymptotic : TestResult
        The chi-square test of the same data.
    """

    __test__ = False

    statistic: float
    p_value: float
    exact: bool
    replicates: int
    mc_error: float
    mc_lower: float
    mc_upper: float
    seed: int | None
    asymptotic: TestResult

    @property
    def method(self) -> str:
        """The test in words."""
        how = "exact" if self.exact else f"{self.replicates} random relabellings, seed {self.seed}"
        return f"permutation {self.asymptotic.method} ({how})"

    def __str__(self) -> str:
        """Return one line for the foot of a table."""
        error = "" if self.exact else f" (Monte Carlo error {self.mc_error:.2g})"
        return f"{self.method}: chi-square {self.statistic:.4g}, p = {self.p_value:.4g}{error}"


def permutation_test(
    time: Any,
    cause: Any = None,
    group: Any = None,
    stratum: Any = None,
    *,
    test: str = "logrank",
    of_interest: int | None = None,
    rho: float = 0.0,
    gamma: float = 0.0,
    replicates: int = 9999,
    exact_limit: int = 50_000,
    seed: int = 20_250_101,
) -> PermutationTest:
    """Compare groups by counting over relabellings of the patients, within strata.

    Parameters
    ----------
    time, cause, group, stratum
        Arrays, or an EventTable of whole people.
    test : {"logrank", "gray"}
        Which statistic.
    of_interest : int, optional
        Cause: for Gray's test 1 unless given; for the log-rank test any cause unless given.
    rho, gamma : float
        Weights, as in :func:`logrank_test` (Gray: rho alone).
    replicates : int
        Random relabellings when there are too many for all.
    exact_limit : int
        Count all relabellings when there are at most this many.
    seed : int
        Of the random relabellings; same seed, same p-value.

    Returns
    -------
    PermutationTest

    Raises
    ------
    RefusalError
        Delayed entry or fractional weights.

    Notes
    -----
    The statistic is studentised: its variance is computed anew for each relabelling. The test is exact when
    censoring does not depend on the group, and holds its level in large samples when it does (Neuhaus 1993,
    Ann Stat 21:1760, for the log-rank test). Statistics equal up to round-off count as ties.
    """
    if test not in {"logrank", "gray"}:
        raise BadInputError.unknown_name(kind="test", found=str(test), allowed=("logrank", "gray"))
    table = (
        time if isinstance(time, EventTable) else EventTable.from_arrays(time, cause, group, stratum=stratum)
    )
    reason = not_simple(table)
    if reason:
        what = f"relabelling needs whole patients observed from the origin; the table has {reason}"
        raise RefusalError(what, instead="the asymptotic test, or a bootstrap")
    if test == "gray":
        own = 1 if of_interest is None else of_interest
        asymptotic = gray_test(table, of_interest=own, rho=rho)
    else:
        table, own = table.as_event(of_interest), 1
        asymptotic = logrank_test(table, rho=rho, gamma=gamma)
    if np.isnan(asymptotic.statistic):
        what = f"the statistic of the data is undefined ({'; '.join(asymptotic.notes)})"
        raise BadInputError(what, hint="there is nothing to compare")
    kernel = _Kernel(test, table.causes.index(own), rho, gamma)
    return _counted(table, kernel, asymptotic, replicates, exact_limit, seed)


def _counted(
    table: EventTable, kernel: _Kernel, asymptotic: TestResult, replicates: int, exact_limit: int, seed: int
) -> PermutationTest:
    cohort = Cohort.of(table)
    exact = cohort.count_labellings() <= exact_limit
    labellings = all_labellings(cohort) if exact else random_labellings(cohort, replicates, seed)
    hits = total = 0
    threshold = asymptotic.statistic * (1 - 1e-9)
    for batch in _batches(labellings, cohort.cells()):
        statistics = kernel.statistics(cohort, batch)
        hits += int((statistics >= threshold).sum())
        total += len(batch)
    if exact:
        p = hits / total
        return PermutationTest(asymptotic.statistic, p, True, total, 0.0, p, p, None, asymptotic)
    p = (1 + hits) / (1 + total)
    limits = proportion(hits, total, conf_level=0.99)
    error = sqrt(p * (1 - p) / total)
    return PermutationTest(
        asymptotic.statistic,
        p,
        False,
        total,
        error,
        limits.lower,
        limits.upper,
        seed,
        asymptotic,
    )


def _batches(labellings: Iterator[np.ndarray], cells: int) -> Iterator[np.ndarray]:
    """Gather labellings (n,) into arrays (B, n) of a bounded number of cells."""
    size = max(1, CELLS_AT_ONCE // cells)
    batch: list[np.ndarray] = []
    for labels in labellings:
        batch.append(labels)
        if len(batch) == size:
            yield np.array(batch)
            batch = []
    if batch:
        yield np.array(batch)


@dataclass(frozen=True)
class _Kernel:
    """The statistic as a function of many labellings at once."""

    test: str
    own: int
    rho: float
    gamma: float

    def statistics(self, cohort: Cohort, labels: np.ndarray) -> FloatArray:
        """Return one chi-square a row of ``labels``."""
        groups = cohort.n_groups
        score, covariance = np.zeros((len(labels), groups)), np.zeros((len(labels), groups, groups))
        for leaving in cohort.tables(labels):
            observed, expected, variance = self._sums(leaving)
            score += observed - expected
            covariance += variance
        return _chi_squares(score, covariance)

    def _sums(self, leaving: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        if self.test == "gray":
            return gray_sums(leaving, self.own, self.rho)[:3]
        return logrank_sums(leaving, None, self.rho, self.gamma, "fleming-harrington")


def _chi_squares(score: FloatArray, covariance: FloatArray) -> FloatArray:
    """Return the quadratic forms; 0 where the variance is undefined or nothing."""
    z, v = score[:, :-1], covariance[:, :-1, :-1]
    good = np.isfinite(v).all(axis=(1, 2)) & np.isfinite(z).all(axis=1)
    out = np.zeros(len(z))
    if z.shape[1] == 1:
        positive = good & (v[:, 0, 0] > 1e-14)
        out[positive] = z[positive, 0] ** 2 / v[positive, 0, 0]
        return out
    inverse = np.linalg.pinv(v[good], rcond=1e-10, hermitian=True)
    out[good] = np.einsum("bi,bij,bj->b", z[good], inverse, z[good])
    return out
