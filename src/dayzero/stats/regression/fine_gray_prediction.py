"""Predicted cumulative incidence of a Fine-Gray model."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from dayzero.errors import BadInputError
from dayzero.stats.regression.design_matrix import columns_for
from dayzero.stats.regression.fine_gray_likelihood import hazard
from dayzero.stats.regression.fine_gray_time import time_hazard
from dayzero.stats.regression.predicted_curves import PredictedCurves, step_index
from dayzero.stats.regression.risk_cells import stratum_cells

if TYPE_CHECKING:
    from dayzero.stats.regression.fine_gray_model import FineGrayModel
    from dayzero.stats.regression.fine_gray_time import TimeInteraction

FloatArray = npt.NDArray[np.float64]


def jumps(model: FineGrayModel) -> FloatArray:
    """Return the increments of the baseline subdistribution hazard, covariates at the model's centre."""
    if model.interaction is not None:
        return time_hazard(model.data, model.interaction, model.coef).jump
    h = hazard(model.data, model.coef)
    return h.jump * float(np.exp(-h.shift))


def predict_incidence(
    model: FineGrayModel,
    covariates: Any,
    time_covariates: Any,
    stratum: Any,
    conf_type: str,
    conf_level: float,
) -> PredictedCurves:
    """Predict the incidence for each row; see :meth:`FineGrayModel.predict`."""
    if model.interaction is not None:
        return _with_functions(model, model.interaction, covariates, time_covariates, stratum)
    if time_covariates is not None:
        what = "this model has no functions of time"
        raise BadInputError(what, hint="leave out time_covariates")
    from dayzero.stats.regression.adjusted import predict_by_influence

    return predict_by_influence(model, covariates, stratum, conf_type, conf_level)


def _with_functions(
    model: FineGrayModel, inter: TimeInteraction, covariates: Any, time_covariates: Any, stratum: Any
) -> PredictedCurves:
    p = model.data.x.shape[1]
    if time_covariates is None or (covariates is None and p):
        what = "this model needs both covariates and time_covariates to predict"
        raise BadInputError(what, allowed=model.terms)
    x2 = columns_for(time_covariates, model.interaction_terms) - inter.center
    fixed = np.zeros(len(x2))
    if p:
        fixed = (columns_for(covariates, model.terms[:p]) - model.data.center) @ model.coef[:p]
    if len(fixed) != len(x2):
        what = f"covariates has {len(fixed)} rows, time_covariates has {len(x2)}"
        raise BadInputError(what)
    cells, _ = stratum_cells(model.data.risk, stratum)
    predictor = fixed[:, None] + x2 @ (model.coef[p:, None] * inter.f[cells].T)
    incidence = -np.expm1(-np.cumsum(np.exp(predictor) * jumps(model)[cells], axis=1))
    curves = np.hstack([np.zeros((len(x2), 1)), incidence])
    times = model.data.risk.time[cells]

    def evaluate(wanted: FloatArray) -> tuple[FloatArray, FloatArray]:
        estimate = curves[:, step_index(times, wanted)]
        return estimate, np.full_like(estimate, np.nan)

    note = "no standard error of a curve is available with functions of time"
    return PredictedCurves(
        labels=tuple(range(len(x2))),
        causes=(model.of_interest,) * len(x2),
        times=times,
        conf_type="plain",
        conf_level=0.95,
        convention=replace(model.convention, notes=(*model.convention.notes, note)),
        last=float(model.data.time.max()),
        evaluate=evaluate,
    )
