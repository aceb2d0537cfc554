"""Score test and tables of residuals of a fitted Cox model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from dayzero.errors import RefusalError
from dayzero.stats.regression.cox_likelihood import CoxData, evaluate
from dayzero.stats.regression.cox_residuals import (
    HazardSteps,
    deviance,
    hazard_steps,
    martingale,
    sandwich,
    schoenfeld_rows,
    score_rows,
)
from dayzero.stats.regression.model_summary import ModelTest, model_test

if TYPE_CHECKING:
    import polars as pl

    from dayzero.stats.regression.cox_model import CoxModel
    from dayzero.stats.regression.maximum_likelihood import Evaluation

FloatArray = npt.NDArray[np.float64]


def score_test(model: CoxModel) -> ModelTest:
    """Test all coefficients by the score at zero."""
    if model.firth is not None:
        what = "the score test is not defined for a penalised likelihood"
        raise RefusalError(what, instead="likelihood_ratio_test()")
    zero = np.zeros(len(model.coef))
    at_zero = _evaluate(model.data, zero)
    variance = at_zero.information
    if model.robust:
        variance = sandwich(model.data, hazard_steps(model.data, zero), np.eye(len(zero)), model.cluster)
    statistic = float(at_zero.score @ np.linalg.solve(variance, at_zero.score))
    return model_test(statistic, len(zero), "robust score test" if model.robust else "score test")


def _evaluate(data: CoxData, beta: FloatArray) -> Evaluation:
    if data.ties != "exact":
        return evaluate(data, beta)
    from dayzero.stats.regression.cox_exact import evaluate_exact, exact_data

    return evaluate_exact(exact_data(data), beta)


def residual_table(model: CoxModel, kind: str) -> pl.DataFrame:
    """Return residuals of a model as a frame; see :meth:`CoxModel.residuals`."""
    import polars as pl

    if model.data.ties == "exact" and kind not in ("martingale", "deviance"):
        what = f"{kind} residuals are not defined for the exact likelihood"
        raise RefusalError(what, instead="a model with ties='efron'")
    steps = hazard_steps(model.data, model.coef)
    if kind in ("martingale", "deviance"):
        values = (martingale if kind == "martingale" else deviance)(model.data, steps)
        return pl.DataFrame({"residual": values})
    if kind in ("schoenfeld", "scaled_schoenfeld"):
        return pl.DataFrame(_schoenfeld_columns(model, steps, kind))
    return pl.DataFrame(dict(zip(model.terms, _by_row(model, steps, kind).T, strict=True)))


def _by_row(model: CoxModel, steps: HazardSteps, kind: str) -> FloatArray:
    """Score residuals, or their effect on the coefficients (dfbeta, weighted), or that in standard errors."""
    score = score_rows(model.data, steps)
    if kind == "score":
        return score
    if model.data.weight is not None:
        score = score * model.data.weight[:, None]
    change = score @ model.naive_covariance
    return change if kind == "dfbeta" else change / np.sqrt(np.diag(model.naive_covariance))


def _schoenfeld_columns(model: CoxModel, steps: HazardSteps, kind: str) -> dict[str, Any]:
    rows, values = schoenfeld_rows(model.data, steps)
    if kind == "scaled_schoenfeld":
        # Grambsch and Therneau, Biometrika 1994;81:515-526, eq. 3.7: their mean is the coefficient.
        values = values @ model.naive_covariance * model.n_events + model.coef
    columns: dict[str, Any] = {"row": rows, "time": model.data.time[rows].astype(np.float64)}
    if model.data.risk.row_stratum is not None:
        levels = model.data.risk.stratum_levels
        columns["stratum"] = [levels[code] for code in model.data.risk.row_stratum[rows]]
    return columns | dict(zip(model.terms, values.T, strict=True))
