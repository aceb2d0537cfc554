"""Tests of independence in a table of counts: Fisher's exact test, and Pearson's chi-square."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dayzero.errors import BadInputError
from dayzero.stats.test_result import chi_square_p

if TYPE_CHECKING:
    import numpy.typing as npt

    from dayzero.stats.arrays import FloatArray

#: Tables with the observed margins beyond which the exact test would take too long.
MOST_TABLES = 2_000_000
#: Probabilities that differ by less are equal: the same tolerance as R's ``fisher.test``.
_SAME = 1e-7


@dataclass(frozen=True)
class SampleTest:
    """A comparison of values between groups.

    Attributes
    ----------
    method : str
        The test in words.
    p_value : float
        Two-sided; NaN when the data hold no information (see ``note``).
    exact : bool
    statistic : float
        NaN for a test that has none.
    df : int
        0 for a test that has none.
    note : str
        What a reader must know, such as a small expected count.
    """

    __test__ = False

    method: str
    p_value: float
    exact: bool
    statistic: float = float("nan")
    df: int = 0
    note: str = ""


def fisher_exact_test(table: npt.ArrayLike) -> SampleTest:
    """Test whether rows and columns of a table of counts are independent, given its margins.

    Parameters
    ----------
    table : array_like, shape (R, C)
        Counts. Rows and columns without anybody are left out.

    Returns
    -------
    SampleTest
        The p-value adds the probabilities of all tables that are no more probable than the observed one
        (Freeman and Halton 1951, Biometrika 38:141), as R's ``fisher.test``.

    Raises
    ------
    BadInputError
        When the table is not one of counts, or has too many tables with its margins; use
        :func:`chi_square_test` then.
    """
    counts = _counts(table)
    if min(counts.shape) < 2:
        return SampleTest("Fisher's exact test", float("nan"), exact=True, note="nothing to compare")
    if counts.shape[0] < counts.shape[1]:
        counts = counts.T  # fewer columns: fewer steps
    observed = float(_log_weight(counts.T).sum())
    logs = _all_tables(counts.sum(axis=1), counts.sum(axis=0))
    weights = np.exp(logs - logs.max())
    extreme = logs <= observed + np.log1p(_SAME)
    return SampleTest(
        "Fisher's exact test", float(min(1.0, weights[extreme].sum() / weights.sum())), exact=True
    )


def chi_square_test(table: npt.ArrayLike) -> SampleTest:
    """Test the same by Pearson's chi-square, without continuity correction.

    Parameters
    ----------
    table : array_like, shape (R, C)

    Returns
    -------
    SampleTest
        With a note when an expected count is below 5: the approximation is then rough (Cochran 1954,
        Biometrics 10:417).

    Raises
    ------
    BadInputError
        When the table is not one of counts.
    """
    counts = _counts(table)
    if min(counts.shape) < 2:
        return SampleTest("chi-square test", float("nan"), exact=False, note="nothing to compare")
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
    statistic = float(((counts - expected) ** 2 / expected).sum())
    df = (counts.shape[0] - 1) * (counts.shape[1] - 1)
    note = "an expected count is below 5" if float(expected.min()) < 5 else ""
    return SampleTest("chi-square test", chi_square_p(statistic, df), False, statistic, df, note)


def _counts(table: npt.ArrayLike) -> npt.NDArray[np.int64]:
    raw = np.asarray(table, dtype=float)
    if raw.ndim != 2 or not np.isfinite(raw).all() or (raw < 0).any() or (raw != np.floor(raw)).any():
        raise BadInputError(
            what=f"a table of shape {raw.shape}", allowed="whole numbers, 0 or more, in rows and columns"
        )
    counts = raw.astype(np.int64)
    kept: npt.NDArray[np.int64] = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    return kept


def _log_weight(columns: npt.NDArray[np.int64]) -> FloatArray:
    """Return minus the summed log factorials of each row of counts: the probability up to a constant."""
    from scipy.special import gammaln

    weights: FloatArray = -gammaln(columns + 1.0).sum(axis=-1)
    return weights


def _all_tables(rows: npt.NDArray[np.int64], columns: npt.NDArray[np.int64]) -> FloatArray:
    """Return the log weight of every table with these margins, column by column.

    A state is what each row still has to give; the last column takes what is left.
    """
    left = rows[None, :].copy()
    logs = np.zeros(1)
    for total in columns[:-1]:
        left, logs = _fill(left, logs, int(total))
    return logs + _log_weight(left)


def _fill(
    left: npt.NDArray[np.int64], logs: FloatArray, total: int
) -> tuple[npt.NDArray[np.int64], FloatArray]:
    """Fill one column: every way to take ``total`` from what the rows of each state have left."""
    taken = np.zeros((left.shape[0], 0), np.int64)
    state = np.arange(left.shape[0])
    for row in range(left.shape[1]):
        after = left[:, row + 1 :].sum(axis=1)[state]
        need = total - taken.sum(axis=1)
        low = np.maximum(0, need - after)
        high = np.minimum(left[state, row], need)
        ways = high - low + 1
        if int(ways.sum()) > MOST_TABLES:
            raise BadInputError(
                what=f"more than {MOST_TABLES:,} tables have these margins",
                allowed="a smaller table",
                hint="use chi_square_test",
            )
        index = np.repeat(np.arange(len(state)), ways)
        offset = np.arange(int(ways.sum())) - np.repeat(np.cumsum(ways) - ways, ways)
        taken = np.column_stack((taken[index], low[index] + offset))
        state = state[index]
    return left[state] - taken, logs[state] + _log_weight(taken)
