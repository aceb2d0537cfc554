"""A fitted Fine-Gray model and what can be asked of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from dayzero.stats.regression.fine_gray_likelihood import hazard
from dayzero.stats.regression.model_summary import (
    ModelTest,
    coefficient_table,
    model_test,
    term_positions,
    wald_test,
)

if TYPE_CHECKING:
    import polars as pl

    from dayzero.stats.convention import Convention
    from dayzero.stats.regression.fine_gray_data import FineGrayData
    from dayzero.stats.regression.fine_gray_time import TimeInteraction
    from dayzero.stats.regression.predicted_curves import PredictedCurves

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class FineGrayModel:
    """A fitted Fine-Gray model.

    Attributes
    ----------
    terms : tuple of str
        Names of the covariates.
    coef : ndarray, shape (p,)
        Log subdistribution hazard ratios.
    covariance : ndarray, shape (p, p)
        Their sandwich covariance, censoring included.
    naive_covariance : ndarray, shape (p, p)
        The inverse information, which is not a variance here.
    log_likelihood, log_likelihood_null : float
        Logarithm of the weighted partial likelihood at ``coef`` and at zero.
    convention : Convention
        What exactly was done.
    of_interest : int
        The cause modelled.
    """

    terms: tuple[str, ...]
    coef: FloatArray
    covariance: FloatArray
    naive_covariance: FloatArray
    log_likelihood: float
    log_likelihood_null: float
    convention: Convention
    data: FineGrayData = field(repr=False)
    cluster: npt.NDArray[np.int32] | None = field(repr=False)
    of_interest: int
    variance: str = field(repr=False)
    interaction: TimeInteraction | None = field(default=None, repr=False)
    interaction_terms: tuple[str, ...] = field(default=(), repr=False)

    @property
    def std_err(self) -> FloatArray:
        """Standard errors of ``coef``, shape (p,)."""
        return np.sqrt(np.diag(self.covariance))

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.data.status)

    @property
    def n_events(self) -> int:
        """Number of events of interest."""
        return int((self.data.status == 1).sum())

    def summary(self, conf_level: float = 0.95) -> pl.DataFrame:
        """Return one row a term: term, coef, hazard_ratio, std_err, lower, upper, z, p_value.

        ``hazard_ratio`` is the subdistribution hazard ratio, ``lower`` and ``upper`` its Wald limits.
        """
        return coefficient_table(self.terms, self.coef, self.std_err, conf_level)

    def wald_test(self, terms: tuple[str, ...] | list[str] | None = None) -> ModelTest:
        """Test the coefficients of ``terms`` together (all when not given)."""
        index = term_positions(self.terms, terms)
        return wald_test(self.coef[index], self.covariance[np.ix_(index, index)])

    def pseudo_likelihood_ratio_test(self) -> ModelTest:
        """Return twice the gain in weighted partial likelihood, as R prints it.

        The chi-square distribution is an approximation here: the likelihood is weighted by estimates.
        """
        statistic = 2 * (self.log_likelihood - self.log_likelihood_null)
        return model_test(statistic, len(self.coef), "pseudo likelihood-ratio test")

    def predict(
        self,
        covariates: Any,
        stratum: Any = None,
        conf_type: str = "log-log",
        conf_level: float = 0.95,
        *,
        time_covariates: Any = None,
    ) -> PredictedCurves:
        """Predict the cumulative incidence of the cause of interest for each row of ``covariates``.

        1 - exp(-exp((x - c) b) L(t)), as R ``cmprsk::predict.crr``, which gives no standard error; here it is
        by influence functions, the censoring weights included (NaN with functions of time, which also need
        the rows' ``time_covariates``).
        """
        from dayzero.stats.regression.fine_gray_prediction import predict_incidence

        return predict_incidence(self, covariates, time_covariates, stratum, conf_type, conf_level)

    def baseline_hazard(self) -> pl.DataFrame:
        """Return the cumulative subdistribution hazard of each stratum, covariates at the means of the rows.

        Columns: stratum, time, events, hazard (its jump), cumulative_hazard.
        """
        import polars as pl

        from dayzero.stats.regression.fine_gray_prediction import jumps

        risk = self.data.risk
        keep = np.isfinite(risk.time)
        mean = self.data.x.mean(axis=0) @ self.coef[: self.data.x.shape[1]]
        jump = jumps(self) * float(np.exp(mean))
        columns = {
            "stratum": [risk.stratum_levels[code] for code in risk.cell_stratum[keep]],
            "time": risk.time[keep],
            "events": self.data.events[keep],
            "hazard": jump[keep],
            "cumulative_hazard": risk.forward(jump)[keep],
        }
        return pl.DataFrame(columns)


def null_log_likelihood(data: FineGrayData) -> float:
    """Return the log-likelihood with all coefficients zero."""
    return hazard(replace(data, x=np.zeros((len(data.x), 0))), np.zeros(0)).log_likelihood
