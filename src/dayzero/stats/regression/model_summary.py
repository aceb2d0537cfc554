"""What every regression answers alike: a table of coefficients, and tests on the whole model."""

from __future__ import annotations

from dataclasses import dataclass
from math import erfc, sqrt
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from dayzero.errors import BadInputError
from dayzero.stats.intervals import normal_quantile
from dayzero.stats.test_result import chi_square_p

if TYPE_CHECKING:
    import polars as pl


FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ModelTest:
    """A chi-square test about the coefficients of a model.

    Attributes
    ----------
    statistic, df, p_value : float, int, float
    method : str
        The test in words.
    """

    __test__ = False  # not a pytest class

    statistic: float
    df: int
    p_value: float
    method: str

    def __str__(self) -> str:
        """Return one line for the foot of a table."""
        return f"{self.method}: chi-square {self.statistic:.4g} on {self.df} df, p = {self.p_value:.4g}"


def model_test(statistic: float, df: int, method: str) -> ModelTest:
    """Complete a chi-square test with its p-value."""
    return ModelTest(float(statistic), df, chi_square_p(float(statistic), df), method)


def normal_p(z: FloatArray) -> FloatArray:
    """Return two-sided p-values of standard normal deviates."""
    return np.array([erfc(abs(value) / sqrt(2.0)) for value in z])


def wald_test(coef: FloatArray, covariance: FloatArray) -> ModelTest:
    """Test all coefficients together: b' V^-1 b."""
    statistic = float(coef @ np.linalg.solve(covariance, coef))
    return model_test(statistic, len(coef), "Wald test")


def term_positions(names: tuple[str, ...], wanted: tuple[str, ...] | list[str] | None) -> list[int]:
    """Return the positions of the terms ``wanted``, all when None."""
    if wanted is None:
        return list(range(len(names)))
    for term in wanted:
        if term not in names:
            raise BadInputError.unknown_name(kind="term", found=term, allowed=names)
    return [names.index(term) for term in wanted]


@dataclass(frozen=True)
class Limits:
    """Limits of the coefficients and their p-values, when they are not Wald's."""

    lower: FloatArray
    upper: FloatArray
    p_value: FloatArray


def coefficient_table(
    terms: tuple[str, ...],
    coef: FloatArray,
    std_err: FloatArray,
    conf_level: float = 0.95,
    limits: Limits | None = None,
) -> pl.DataFrame:
    """Return the table of a model, one row a term.

    Columns: term, coef, hazard_ratio (exp(coef)), std_err (of coef), lower, upper (of the hazard ratio), z
    (coef / std_err), p_value.
    """
    import polars as pl

    z = coef / std_err
    if limits is None:
        half = normal_quantile(conf_level) * std_err
        limits = Limits(coef - half, coef + half, normal_p(z))
    with np.errstate(over="ignore"):
        columns = {
            "term": list(terms),
            "coef": coef,
            "hazard_ratio": np.exp(coef),
            "std_err": std_err,
            "lower": np.exp(limits.lower),
            "upper": np.exp(limits.upper),
            "z": z,
            "p_value": limits.p_value,
        }
    return pl.DataFrame(columns)
