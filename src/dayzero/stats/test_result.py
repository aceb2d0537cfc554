"""What a comparison of groups answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import polars as pl

    from dayzero.stats.arrays import FloatArray, Label
    from dayzero.stats.convention import Convention


@dataclass(frozen=True, eq=False)
class TestResult:
    """A chi-square test of equal curves.

    Attributes
    ----------
    statistic, df, p_value : float, int, float
        NaN, 0, NaN when the data hold no information (see ``notes``).
    groups : tuple
        Labels, one a row of the arrays.
    n, observed, expected : ndarray, shape (G,)
        People, events, and events expected under equality, strata added up.
    score, covariance : ndarray, shape (G,) and (G, G)
        Weighted observed minus expected, and its covariance; the statistic is their quadratic form.
    method : str
        The test in words.
    convention : Convention
        What exactly was done.
    notes : tuple of str
        What a reader must know, e.g. a group without patients.
    """

    __test__ = False  # not a pytest class

    statistic: float
    df: int
    p_value: float
    groups: tuple[Label, ...]
    n: npt.NDArray[np.int64]
    observed: FloatArray
    expected: FloatArray
    score: FloatArray
    covariance: FloatArray
    method: str
    convention: Convention
    notes: tuple[str, ...] = ()

    def by_group(self) -> pl.DataFrame:
        """Return columns group, n, observed, expected."""
        import polars as pl

        return pl.DataFrame(
            {"group": self.groups, "n": self.n, "observed": self.observed, "expected": self.expected}
        )

    def __str__(self) -> str:
        """Return one line for the foot of a table."""
        text = f"{self.method}: chi-square {self.statistic:.4g} on {self.df} df, p = {self.p_value:.4g}"
        return "; ".join((text, *self.notes))


# A variance of the score this small is none: one event with 1 in 10^8 at risk gives more.
NOTHING = 1e-12


def quadratic_form(
    score: FloatArray, covariance: FloatArray, used: np.ndarray
) -> tuple[float, int, tuple[str, ...]]:
    """Return (statistic, df, notes) of the scores of the used groups, which add up to zero.

    The degrees of freedom are the rank of the covariance: one less than the groups, unless the data cannot
    tell some of them apart.
    """
    notes: list[str] = []
    if not used.all():
        left_out = int((~used).sum())
        notes.append(f"{left_out} of {len(score)} groups had nobody at risk and were left out")
        score, covariance = score[used], covariance[np.ix_(used, used)]
    if len(score) < 2:
        return float("nan"), 0, (*notes, "fewer than two groups can be compared")
    z, v = score[:-1], covariance[:-1, :-1]
    if not np.isfinite(v).all() or not np.isfinite(z).all():
        return float("nan"), 0, (*notes, "the variance is undefined")
    if len(score) == 2:
        variance = float(v[0, 0])
        if variance <= NOTHING:
            return float("nan"), 0, (*notes, "the data hold no information on a difference")
        return float(z[0] * z[0] / variance), 1, tuple(notes)
    return _general_form(z, v, notes)


def _general_form(z: FloatArray, v: FloatArray, notes: list[str]) -> tuple[float, int, tuple[str, ...]]:
    values, vectors = np.linalg.eigh(v)
    kept = values > 1e-10 * max(float(values[-1]), 0.0)
    rank = int(kept.sum())
    if rank == 0 or values[-1] <= NOTHING:
        return float("nan"), 0, (*notes, "the data hold no information on a difference")
    if rank < len(z):
        notes.append(f"the data can tell apart only {rank + 1} groups; df is {rank}")
        along = vectors[:, kept].T @ z
        return float((along * along / values[kept]).sum()), rank, tuple(notes)
    return float(z @ np.linalg.solve(v, z)), rank, tuple(notes)


def chi_square_p(statistic: float, df: int) -> float:
    """Return the upper tail of the chi-square distribution, NaN for df 0."""
    if df < 1:
        return float("nan")
    from scipy.special import chdtrc

    return float(chdtrc(df, max(statistic, 0.0)))
