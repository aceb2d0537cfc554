"""Cox's proportional hazards regression."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from dayzero.errors import BadInputError, RefusalError
from dayzero.stats.convention import Convention
from dayzero.stats.regression import firth
from dayzero.stats.regression.cox_data import (
    Labels,
    build,
    checked_case_weights,
    checked_labels,
    every,
)
from dayzero.stats.regression.cox_exact import evaluate_exact, exact_data
from dayzero.stats.regression.cox_likelihood import CoxData, evaluate, null_log_likelihood
from dayzero.stats.regression.cox_model import CoxModel
from dayzero.stats.regression.cox_residuals import hazard_steps, sandwich
from dayzero.stats.regression.design_matrix import centred, design_matrix
from dayzero.stats.regression.maximum_likelihood import (
    LARGE_TOLERANCE,
    CovariateScale,
    Optimum,
    inverse,
    maximize,
)
from dayzero.stats.regression.model_errors import CollinearityError, ConvergenceError, SeparationError

FloatArray = npt.NDArray[np.float64]

SAMPLE_FROM = 100_000  # rows from which a sample gives the starting value
SAMPLE_STRIDE = 20
VARIANCES = ("model", "robust")
PENALTIES = ("firth",)


def cox(
    time: Any,
    event: Any,
    covariates: Any,
    entry: Any = None,
    stratum: Any = None,
    weight: Any = None,
    cluster: Any = None,
    ties: str = "efron",
    *,
    penalty: str | None = None,
    variance: str | None = None,
    context: str = "",
) -> CoxModel:
    """Fit a Cox model.

    Parameters
    ----------
    time : array-like of numbers, shape (n,)
        Time of event or censoring, any unit, not negative.
    event : array-like, shape (n,)
        1 or true where the event happened at ``time``, else 0.
    covariates : array (n, p), mapping of arrays, polars or pandas DataFrame
        Numbers; expand a factor with :func:`~dayzero.stats.regression.design_matrix.expand_factor`.
    entry : array-like, shape (n,), optional
        Time from which the row is at risk: the row is the interval (entry, time]. Gives delayed entry, and
        time-dependent covariates by several rows a patient.
    stratum : array-like of labels, shape (n,), optional
        Each stratum has a baseline hazard of its own.
    weight : array-like, shape (n,), optional
        Positive case or inverse-probability weights.
    cluster : array-like of labels, shape (n,), optional
        Rows of one patient, pair or centre: the variance is robust and sums residuals within each.
    ties : {"efron", "breslow", "exact"}
        How tied events are counted; "exact" is the conditional logistic likelihood.
    penalty : {"firth"}, optional
        Firth's penalty, with profile-likelihood intervals: finite under separation and with zero events.
    variance : {"model", "robust"}, optional
        Inverse information, or sandwich. By default robust when ``cluster`` is given or a weight is not a
        whole number, because the model's variance is then too small; else model.
    context : str
        Said before an error about the covariates, e.g. the cause that is modelled.

    Returns
    -------
    CoxModel

    Raises
    ------
    BadInputError
        Missing values, no rows, no event, negative times, entry not before time, weights not positive.
    CollinearityError
        A covariate is constant or determined by the others.
    SeparationError
        There is no finite maximum, e.g. a group without events; the message names the terms.
    RefusalError
        A combination that has no valid answer (exact ties with weights, Firth with robust variance).

    Notes
    -----
    Cox 1972; Efron 1977; Breslow 1974; robust variance Lin and Wei 1989. Same as R ``survival::coxph``, at
    the maximum to the last digits (R stops when the likelihood changes by less than 1e-9 relatively).

    Examples
    --------
    >>> model = cox([1, 1, 6, 6, 8, 9], [1, 0, 1, 1, 0, 1], {"x": [1, 1, 1, 0, 0, 0]})
    >>> round(float(model.coef[0]), 6)
    1.676857
    """
    design = design_matrix(covariates)
    n = len(design.values)
    strata = checked_labels(stratum, "stratum", n)
    clusters = checked_labels(cluster, "cluster", n)
    weights = checked_case_weights(weight, n)
    kind = _variance_kind(variance, clusters, weights)
    _refuse_combination(ties, penalty, kind, weights)
    covariates = centred(design)
    data = build(time, event, covariates, entry, strata, weights, ties)
    scale = CovariateScale.of(design.terms, covariates.spread, data.total_weight, context=context)
    if penalty is not None:
        return _firth_model(data, scale)
    top, null = _fit(data, scale)
    naive = inverse(top.evaluation.information)
    covariance = naive
    if kind == "robust":
        covariance = sandwich(
            data, hazard_steps(data, top.coef), naive, None if clusters is None else clusters.codes
        )
    return CoxModel(
        terms=design.terms,
        coef=top.coef,
        covariance=covariance,
        naive_covariance=naive,
        log_likelihood=top.evaluation.log_likelihood,
        log_likelihood_null=null,
        convention=_convention(ties, kind, clusters),
        data=data,
        cluster=None if clusters is None else clusters.codes,
    )


def _variance_kind(variance: str | None, clusters: Labels | None, weights: FloatArray | None) -> str:
    if variance is not None:
        if variance not in VARIANCES:
            raise BadInputError.unknown_name(kind="variance", found=str(variance), allowed=VARIANCES)
        if variance == "model" and clusters is not None:
            what = "rows of one cluster are not independent, so the model's variance is wrong for them"
            raise RefusalError(what, instead="variance='robust', or no cluster")
        return variance
    fractional = weights is not None and bool((weights != np.floor(weights)).any())
    return "robust" if clusters is not None or fractional else "model"


def _refuse_combination(ties: str, penalty: str | None, kind: str, weights: FloatArray | None) -> None:
    if penalty is not None and penalty not in PENALTIES:
        raise BadInputError.unknown_name(kind="penalty", found=str(penalty), allowed=PENALTIES)
    if ties == "exact" and (weights is not None or kind == "robust"):
        what = "the exact likelihood has no form for weights and no score residuals for a robust variance"
        raise RefusalError(what, instead="ties='efron'")
    if penalty is not None and ties == "exact":
        what = "Firth's penalty is not available with the exact likelihood"
        raise RefusalError(what, instead="ties='efron' or 'breslow'")
    if penalty is not None and kind == "robust":
        what = "profile-likelihood intervals do not hold for clustered rows or fractional weights"
        raise RefusalError(what, instead="penalty='firth' without cluster, on whole-number weights")


def _fit(data: CoxData, scale: CovariateScale) -> tuple[Optimum, float]:
    """Maximise, from the maximum of a sample when there are many rows; also the log-likelihood at zero."""
    if data.ties == "exact":
        exact = exact_data(data)
        null = evaluate_exact(exact, np.zeros(data.x.shape[1])).log_likelihood
        return maximize(lambda beta: evaluate_exact(exact, beta), scale), null
    null = null_log_likelihood(data)
    if len(data.x) < SAMPLE_FROM:
        return maximize(lambda beta: evaluate(data, beta), scale), null
    start = _sample_start(data, scale)
    return maximize(lambda beta: evaluate(data, beta), scale, start, LARGE_TOLERANCE), null


def _sample_start(data: CoxData, scale: CovariateScale) -> FloatArray | None:
    """Return the coefficients of every twentieth row; None when these have no maximum."""
    sample = every(data, SAMPLE_STRIDE)
    if not sample.event.any():
        return None
    try:
        return maximize(lambda beta: evaluate(sample, beta), scale, tolerance=1e-5).coef
    except (CollinearityError, SeparationError, ConvergenceError):
        return None


def _convention(ties: str, kind: str, clusters: Labels | None) -> Convention:
    names = {"model": "inverse information", "robust": "robust sandwich (Lin and Wei 1989)"}
    text = names[kind]
    if clusters is not None:
        text = f"robust sandwich over {len(clusters.levels)} clusters"
    name = {"efron": "Efron", "breslow": "Breslow", "exact": "exact (conditional logistic)"}[ties]
    return Convention("Cox regression", variance=text, ties=name, source="R survival::coxph")


def _firth_model(data: CoxData, scale: CovariateScale) -> CoxModel:
    fitted = firth.fit(data, scale)
    name = {"efron": "Efron", "breslow": "Breslow"}[data.ties]
    convention = Convention(
        "Cox regression with Firth's penalty",
        variance="inverse information",
        ties=name,
        source="Heinze and Schemper 2001",
        notes=("intervals and p-values: profile penalised likelihood",),
    )
    return CoxModel(
        terms=scale.terms,
        coef=fitted.coef,
        covariance=fitted.covariance,
        naive_covariance=fitted.covariance,
        log_likelihood=fitted.log_likelihood,
        log_likelihood_null=fitted.log_likelihood_null,
        convention=convention,
        data=data,
        cluster=None,
        firth=(fitted, scale),
    )
