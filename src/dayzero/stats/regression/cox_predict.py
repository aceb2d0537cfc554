"""Baseline hazard and predicted survival of a Cox model.

Cumulative hazard of a patient x: L(t | x) = exp((x - c) b) sum of dL over steps up to t, with
dL = wbar/(S0 - f E0) (Breslow 1974; Efron's correction as the model's ties). Its variance is
exp(2 (x - c) b) [sum of wbar/(S0 - f E0)^2 + q' V q], q = sum of dL (x - c) less the sum of m dL (Tsiatis,
Ann Stat 1981;9:93-108; Therneau and Grambsch 2000, section 10.2). Survival is exp(-L).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from dayzero.errors import BadInputError, RefusalError
from dayzero.stats.intervals import WALD_TYPES, checked_conf_level, checked_conf_type
from dayzero.stats.regression.cox_residuals import hazard_steps
from dayzero.stats.regression.design_matrix import columns_for
from dayzero.stats.regression.predicted_curves import PredictedCurves, step_index
from dayzero.stats.regression.risk_cells import stratum_cells

if TYPE_CHECKING:
    import polars as pl

    from dayzero.stats.regression.cox_model import CoxModel

FloatArray = npt.NDArray[np.float64]


def baseline_hazard(model: CoxModel, covariates: Any = None) -> pl.DataFrame:
    """Return the cumulative baseline hazard of every stratum; see :meth:`CoxModel.baseline_hazard`."""
    import polars as pl

    data, risk = model.data, model.data.risk
    steps = hazard_steps(data, model.coef)
    mean = float(data.x.mean(axis=0) @ model.coef)
    predictor = mean
    if covariates is not None:
        rows = model.linear_predictor(covariates)
        if len(rows) != 1:
            what = f"a baseline is of one patient; covariates has {len(rows)} rows"
            raise BadInputError(what, hint="predict() takes many")
        predictor = mean + float(rows[0])
    hazard = steps.hazard * np.exp(predictor - steps.shift)
    weight = np.ones(len(data.event)) if data.weight is None else data.weight
    at_risk = risk.at_risk(risk.net_sums(weight))
    events = np.bincount(risk.last, data.event_weight, risk.n_cells)
    keep = np.isfinite(risk.time)
    stratum = [risk.stratum_levels[code] for code in risk.cell_stratum[keep]]
    columns = {
        "stratum": stratum,
        "time": risk.time[keep],
        "at_risk": at_risk[keep],
        "events": events[keep],
        "hazard": hazard[keep],
        "cumulative_hazard": risk.forward(hazard)[keep],
    }
    return pl.DataFrame(columns)


def predict(
    model: CoxModel, covariates: Any, stratum: Any, conf_type: str, conf_level: float
) -> PredictedCurves:
    """Predict survival with confidence limits; see :meth:`CoxModel.predict`."""
    if model.firth is not None:
        what = "a Wald interval is misleading under Firth's penalty, and no profile exists for a curve"
        raise RefusalError(what, instead="baseline_hazard(covariates) for the curve without interval")
    checked_conf_type(conf_type, WALD_TYPES)
    checked_conf_level(conf_level)
    cells, own_rows = stratum_cells(model.data.risk, stratum)
    x = columns_for(covariates, model.terms) - model.data.center
    steps = hazard_steps(model.data, model.coef)
    hazard = np.cumsum(steps.hazard[cells])
    mean = np.cumsum(steps.mean_hazard[cells], axis=0)
    variance = np.cumsum(steps.variance[cells])
    relative = np.exp(x @ model.coef - steps.shift)
    cumulative = relative[:, None] * hazard
    spread = np.empty_like(cumulative)
    for i, row in enumerate(x):
        q = hazard[:, None] * row - mean
        spread[i] = relative[i] ** 2 * (variance + np.einsum("ij,jk,ik->i", q, model.covariance, q))
    survival = np.exp(-cumulative)
    start = np.ones((len(x), 1))
    estimate = np.hstack([start, survival])
    std_err = np.hstack([start - 1, survival * np.sqrt(spread)])
    times = model.data.risk.time[cells]
    convention = replace(
        model.convention,
        estimator=model.convention.estimator + ", predicted survival exp(-cumulative hazard)",
        conf_type=conf_type,
        conf_level=conf_level,
    )

    def evaluate(wanted: FloatArray) -> tuple[FloatArray, FloatArray]:
        index = step_index(times, wanted)
        return estimate[:, index], std_err[:, index]

    return PredictedCurves(
        labels=tuple(range(len(x))),
        causes=(None,) * len(x),
        times=times,
        conf_type=conf_type,
        conf_level=conf_level,
        convention=convention,
        last=float(model.data.time[own_rows].max()),
        evaluate=evaluate,
    )
