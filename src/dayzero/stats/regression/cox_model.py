"""A fitted Cox model and what can be asked of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from dayzero.errors import BadInputError, RefusalError
from dayzero.stats.regression.model_summary import (
    Limits,
    ModelTest,
    coefficient_table,
    model_test,
    term_positions,
    wald_test,
)

if TYPE_CHECKING:
    import polars as pl

    from dayzero.stats.convention import Convention
    from dayzero.stats.regression.concordance_index import Concordance
    from dayzero.stats.regression.cox_likelihood import CoxData
    from dayzero.stats.regression.firth import FirthFit
    from dayzero.stats.regression.maximum_likelihood import CovariateScale
    from dayzero.stats.regression.predicted_curves import PredictedCurves
    from dayzero.stats.regression.proportional_hazards import ProportionalHazardsTest

FloatArray = npt.NDArray[np.float64]

RESIDUALS = ("martingale", "deviance", "score", "schoenfeld", "scaled_schoenfeld", "dfbeta", "dfbetas")


@dataclass(frozen=True, eq=False)
class CoxModel:
    """A fitted Cox model.

    Attributes
    ----------
    terms : tuple of str
        Names of the covariates.
    coef : ndarray, shape (p,)
        Log hazard ratios.
    covariance : ndarray, shape (p, p)
        Their covariance, of the kind that ``convention`` names.
    naive_covariance : ndarray, shape (p, p)
        The inverse information; equal to ``covariance`` unless that is robust.
    log_likelihood, log_likelihood_null : float
        At ``coef`` and at zero.
    convention : Convention
        What exactly was done.
    """

    terms: tuple[str, ...]
    coef: FloatArray
    covariance: FloatArray
    naive_covariance: FloatArray
    log_likelihood: float
    log_likelihood_null: float
    convention: Convention
    data: CoxData = field(repr=False)
    cluster: npt.NDArray[np.int32] | None = field(repr=False)
    firth: tuple[FirthFit, CovariateScale] | None = field(default=None, repr=False)

    @property
    def std_err(self) -> FloatArray:
        """Standard errors of ``coef``, shape (p,)."""
        return np.sqrt(np.diag(self.covariance))

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.data.event)

    @property
    def n_events(self) -> int:
        """Number of rows with an event."""
        return int(self.data.event.sum())

    @property
    def robust(self) -> bool:
        """Whether ``covariance`` is the sandwich."""
        return self.covariance is not self.naive_covariance

    def summary(self, conf_level: float = 0.95) -> pl.DataFrame:
        """Return one row a term: term, coef, hazard_ratio, std_err, lower, upper, z, p_value.

        ``lower`` and ``upper`` are limits of the hazard ratio: Wald's, or, with Firth's penalty, those of the
        profile of the penalised likelihood (``z`` is then the signed root of the likelihood-ratio statistic).
        """
        if self.firth is None:
            return coefficient_table(self.terms, self.coef, self.std_err, conf_level)
        import polars as pl

        table = coefficient_table(self.terms, self.coef, self.std_err, conf_level, self._profile(conf_level))
        root = np.sign(self.coef) * np.sqrt(self.firth[0].chi_square)
        return table.with_columns(pl.Series("z", root))

    def _profile(self, conf_level: float) -> Limits:
        from dayzero.stats.intervals import normal_quantile
        from dayzero.stats.regression.firth import profile_limits
        from dayzero.stats.regression.model_summary import normal_p

        if self.firth is None:
            what = "only a model with Firth's penalty has profile limits"
            raise BadInputError(what)
        fitted, scale = self.firth
        lower, upper = profile_limits(self.data, scale, fitted, normal_quantile(conf_level) ** 2 / 2)
        return Limits(lower, upper, normal_p(np.sqrt(fitted.chi_square)))

    def likelihood_ratio_test(self) -> ModelTest:
        """Test all coefficients by twice the gain in log-likelihood; refused under robust variance."""
        self._refuse_robust("likelihood-ratio")
        statistic = 2 * (self.log_likelihood - self.log_likelihood_null)
        name = "likelihood-ratio test" if self.firth is None else "penalised likelihood-ratio test"
        return model_test(statistic, len(self.coef), name)

    def wald_test(self, terms: tuple[str, ...] | list[str] | None = None) -> ModelTest:
        """Test the coefficients of ``terms`` together (all when not given), with ``covariance``."""
        index = term_positions(self.terms, terms)
        return wald_test(self.coef[index], self.covariance[np.ix_(index, index)])

    def score_test(self) -> ModelTest:
        """Test all coefficients by the score at zero (with one 0/1 covariate and no ties, the log-rank test).

        Under robust variance, R's robust score test: the score against its sandwich (grouped by cluster).
        """
        from dayzero.stats.regression.cox_diagnostics import score_test

        return score_test(self)

    def _refuse_robust(self, test: str) -> None:
        if self.robust:
            what = f"the {test} test assumes independent rows of whole weight"
            raise RefusalError(what, instead="wald_test() or score_test(), which use the robust variance")

    def residuals(self, kind: str = "martingale") -> pl.DataFrame:
        """Return residuals.

        Parameters
        ----------
        kind : {"martingale", "deviance", "score", "schoenfeld", "scaled_schoenfeld", "dfbeta", "dfbetas"}
            "martingale" and "deviance" give one column, the others one a term; the Schoenfeld kinds one row
            an event, ordered by stratum and time, with columns row and time. dfbeta are weighted as in R.

        Returns
        -------
        polars.DataFrame
        """
        from dayzero.stats.regression.cox_diagnostics import residual_table

        if kind not in RESIDUALS:
            raise BadInputError.unknown_name(kind="residual", found=kind, allowed=RESIDUALS)
        return residual_table(self, kind)

    def proportional_hazards_test(
        self, transform: str = "km", groups: dict[str, list[str]] | None = None
    ) -> ProportionalHazardsTest:
        """Test proportional hazards, each term and all together; see :mod:`proportional_hazards`."""
        from dayzero.stats.regression.proportional_hazards import proportional_hazards_test

        return proportional_hazards_test(self, transform, groups)

    def concordance(self, time_weight: str = "n") -> Concordance:
        """Return how well the linear predictor orders the patients; see :mod:`concordance_index`."""
        from dayzero.stats.regression.concordance_index import model_concordance

        return model_concordance(self, time_weight)

    def linear_predictor(self, covariates: Any = None) -> FloatArray:
        """Return (x - mean) b for the rows of ``covariates``, or for the rows fitted."""
        from dayzero.stats.regression.design_matrix import columns_for

        x = self.data.x if covariates is None else columns_for(covariates, self.terms) - self.data.center
        return np.asarray((x - self.data.x.mean(axis=0)) @ self.coef)

    def baseline_hazard(self, covariates: Any = None) -> pl.DataFrame:
        """Return the baseline cumulative hazard of each stratum.

        Columns: stratum, time, at_risk, events, hazard (its jump), cumulative_hazard. For the patient of
        ``covariates`` (one row), or, when not given, for covariates at the means of the rows fitted.
        """
        from dayzero.stats.regression.cox_predict import baseline_hazard

        return baseline_hazard(self, covariates)

    def predict(
        self,
        covariates: Any,
        stratum: Any = None,
        conf_type: str = "log-log",
        conf_level: float = 0.95,
    ) -> PredictedCurves:
        """Predict survival for each row of ``covariates``.

        Parameters
        ----------
        covariates : as in :func:`~dayzero.stats.regression.cox_regression.cox`
            One row a patient to predict for; named columns may come in any order.
        stratum : label, optional
            The stratum to predict in; needed when the model has several.
        conf_type : {"log-log", "log", "plain", "logit", "arcsin"}
            Scale of the interval.
        conf_level : float
            Between 0 and 1.
        """
        from dayzero.stats.regression.cox_predict import predict

        return predict(self, covariates, stratum, conf_type, conf_level)
