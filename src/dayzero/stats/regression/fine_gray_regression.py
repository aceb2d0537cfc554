"""Fine and Gray's regression on the subdistribution hazard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from dayzero.errors import BadInputError
from dayzero.stats.arrays import checked_causes
from dayzero.stats.arrays import same_length as refuse_other_length
from dayzero.stats.convention import Convention
from dayzero.stats.regression.cox_data import checked_case_weights, checked_labels, checked_rows
from dayzero.stats.regression.design_matrix import DesignMatrix, centred, design_matrix
from dayzero.stats.regression.fine_gray_data import FineGrayData, fine_gray_data, statuses
from dayzero.stats.regression.fine_gray_interaction import fit_interaction, time_interaction
from dayzero.stats.regression.fine_gray_likelihood import evaluate, hazard
from dayzero.stats.regression.fine_gray_model import FineGrayModel, null_log_likelihood
from dayzero.stats.regression.fine_gray_variance import VARIANCES, sandwich
from dayzero.stats.regression.maximum_likelihood import (
    LARGE_TOLERANCE,
    CovariateScale,
    Optimum,
    inverse,
    maximize,
)
from dayzero.stats.regression.model_errors import CollinearityError, ConvergenceError, SeparationError

if TYPE_CHECKING:
    from dayzero.stats.regression.cox_data import Labels
    from dayzero.stats.regression.fine_gray_interaction import TimeFunction

FloatArray = npt.NDArray[np.float64]

SAMPLE_FROM = 100_000  # rows from which a sample gives the starting value
SAMPLE_STRIDE = 20


def fine_gray(
    time: Any,
    cause: Any,
    covariates: Any,
    of_interest: int = 1,
    stratum: Any = None,
    cluster: Any = None,
    *,
    weight: Any = None,
    censoring_group: Any = None,
    time_covariates: Any = None,
    time_function: TimeFunction | None = None,
    variance: str = "cmprsk",
) -> FineGrayModel:
    """Fit a Fine-Gray model.

    Parameters
    ----------
    time : array-like of numbers, shape (n,)
        Time of event or censoring, not negative.
    cause : array-like of int, shape (n,)
        0 censored, else the cause of the event at ``time``.
    covariates : array (n, p), mapping of arrays, polars or pandas DataFrame, or None
        Numbers; expand a factor with :func:`~dayzero.stats.regression.design_matrix.expand_factor`.
        None is allowed with ``time_covariates``.
    of_interest : int
        The cause modelled; all others compete.
    stratum : array-like of labels, shape (n,), optional
        Each stratum has a baseline subdistribution hazard of its own.
    cluster : array-like of labels, shape (n,), optional
        Patients of one centre or pair: their influences are summed before they are squared.
    weight : array-like, shape (n,), optional
        Positive case or inverse-probability weights, also in the censoring distribution.
    censoring_group : array-like of labels, shape (n,), optional
        Groups with censoring distributions of their own (crr's ``cengroup``). Default: the strata if given,
        else one group. Many small strata need one group: pass a constant.
    time_covariates : array (n, q), mapping of arrays or DataFrame, optional
        Covariates whose effect changes with time: column k enters as x f_k(t) (crr's ``cov2``).
    time_function : callable, optional
        Event times (m,) to f(t), shape (m, q), or (m,) for the same f in every column (crr's ``tf``).
    variance : {"cmprsk", "jackknife"}
        The sandwich as R ``cmprsk::crr`` computes it, or as the exact derivative with respect to each row's
        weight; see :mod:`~dayzero.stats.regression.fine_gray_variance`.

    Returns
    -------
    FineGrayModel

    Raises
    ------
    BadInputError
        Missing values, no rows, negative times, a cause of interest that never happens.
    CollinearityError, SeparationError
        As :func:`~dayzero.stats.regression.cox_regression.cox`.

    Notes
    -----
    Fine and Gray, JASA 1999;94:496-509; strata Zhou et al., Biometrics 2011;67:661-670; clusters Zhou et al.,
    Biostatistics 2012;13:371-383. Same as R ``cmprsk::crr`` without strata, clusters and weights.
    """
    clock, _ = checked_rows(time, None)
    n = len(clock)
    alone = covariates is None and time_covariates is not None
    design = DesignMatrix(np.zeros((n, 0)), ()) if alone else design_matrix(covariates)
    refuse_other_length(n, cause=cause, covariates=design.values)
    status = statuses(checked_causes(cause)[0], of_interest)
    if variance not in VARIANCES:
        raise BadInputError.unknown_name(kind="variance", found=str(variance), allowed=VARIANCES)
    strata = checked_labels(stratum, "stratum", n)
    groups = strata if censoring_group is None else checked_labels(censoring_group, "censoring_group", n)
    clusters = checked_labels(cluster, "cluster", n)
    weights = checked_case_weights(weight, n)
    covariates = centred(design)
    data = fine_gray_data(
        clock, status, covariates.x, covariates.center, weights, _coded(strata), _coded(groups)
    )
    convention = _convention(variance, strata, groups, clusters)
    codes = None if clusters is None else clusters.codes
    if time_covariates is not None:
        extra = design_matrix(time_covariates, n, "time_covariates")
        inter = time_interaction(data, extra, time_function)
        names = (design.terms, extra.terms)
        return fit_interaction(data, inter, names, of_interest, variance, codes, convention)
    scale = CovariateScale.of(design.terms, covariates.spread, float(data.events.sum()), firth=False)
    top = _fit(data, scale)
    bread = inverse(top.evaluation.information)
    covariance = sandwich(data, hazard(data, top.coef), bread, variance, codes)
    return FineGrayModel(
        terms=design.terms,
        coef=top.coef,
        covariance=covariance,
        naive_covariance=bread,
        log_likelihood=top.evaluation.log_likelihood,
        log_likelihood_null=null_log_likelihood(data),
        convention=convention,
        data=data,
        cluster=codes,
        of_interest=of_interest,
        variance=variance,
    )


def _coded(labels: Labels | None) -> tuple[Any, tuple[Any, ...]]:
    return (None, ("all",)) if labels is None else (labels.codes, labels.levels)


def _fit(data: FineGrayData, scale: CovariateScale) -> Optimum:
    """Maximise, from the maximum of a sample when there are many rows."""
    if len(data.x) < SAMPLE_FROM:
        return maximize(lambda beta: evaluate(data, beta), scale)
    return maximize(lambda beta: evaluate(data, beta), scale, _sample_start(data, scale), LARGE_TOLERANCE)


def _sample_start(data: FineGrayData, scale: CovariateScale) -> FloatArray | None:
    """Return the coefficients of every twentieth row, or None when these have no maximum."""
    rows = slice(None, None, SAMPLE_STRIDE)
    status = data.status[rows]
    if not (status == 1).any():
        return None

    def part(codes: Any) -> Any:
        return None if codes is None else codes[rows]

    weight = None if data.weight is None else data.weight[rows]
    stratum = (part(data.risk.row_stratum), data.risk.stratum_levels)
    group = (part(data.censoring.cells.row_stratum), data.censoring.cells.stratum_levels)
    x = np.ascontiguousarray(data.x[rows])
    sample = fine_gray_data(data.time[rows], status, x, data.center, weight, stratum, group)
    try:
        return maximize(lambda beta: evaluate(sample, beta), scale, tolerance=1e-5).coef
    except (CollinearityError, SeparationError, ConvergenceError):
        return None


def _convention(
    variance: str, strata: Labels | None, groups: Labels | None, clusters: Labels | None
) -> Convention:
    notes = []
    if groups is not None and len(groups.levels) > 1:
        notes.append(f"censoring estimated in {len(groups.levels)} groups")
        if variance == "cmprsk" and groups is not strata:
            notes.append("as in crr, the censoring term of a group counts the events of that group only")
    if strata is not None:
        notes.append(f"{len(strata.levels)} strata")
    if clusters is not None:
        notes.append(f"influences summed over {len(clusters.levels)} clusters")
    text = "sandwich with the censoring term, as R cmprsk::crr"
    if variance == "jackknife":
        text = "infinitesimal jackknife, censoring weights included"
    return Convention(
        "Fine-Gray regression",
        variance=text,
        ties="Breslow",
        source="Fine and Gray 1999; R cmprsk::crr",
        notes=tuple(notes),
    )
