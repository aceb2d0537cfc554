"""Fitting a Fine-Gray model with functions of time, and the functions themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from dayzero.errors import BadInputError
from dayzero.stats.regression.design_matrix import centred
from dayzero.stats.regression.fine_gray_model import FineGrayModel
from dayzero.stats.regression.fine_gray_time import TimeInteraction, evaluate_time, time_influence
from dayzero.stats.regression.maximum_likelihood import CovariateScale, inverse, maximize
from dayzero.stats.regression.risk_cells import cell_sums

if TYPE_CHECKING:
    from dayzero.stats.convention import Convention
    from dayzero.stats.regression.design_matrix import DesignMatrix
    from dayzero.stats.regression.fine_gray_data import FineGrayData

FloatArray = npt.NDArray[np.float64]
TimeFunction = Callable[[FloatArray], Any]


def time_interaction(
    data: FineGrayData, extra: DesignMatrix, function: TimeFunction | None
) -> TimeInteraction:
    """Evaluate the functions of time at the event times."""
    if function is None:
        what = "time_covariates needs time_function"
        raise BadInputError(what, hint="for an effect that changes linearly: time_function=lambda t: t")
    moved = centred(extra, "time_covariates")
    f = np.zeros((data.risk.n_cells, len(extra.terms)))
    happens = np.isfinite(data.risk.time)
    f[happens] = function_values(function, data.risk.time[happens], len(extra.terms))
    return TimeInteraction(moved.x, moved.center, f)


def function_values(function: TimeFunction, times: FloatArray, q: int) -> FloatArray:
    """Return f(t) as (times, q), or refuse what is no such table of finite numbers."""
    values = np.asarray(function(times.copy()), dtype=np.float64)
    if values.shape == times.shape:
        values = np.repeat(values[:, None], q, axis=1)
    if values.shape != (len(times), q):
        what = f"time_function gave an array of shape {values.shape} for {len(times)} event times"
        raise BadInputError(what, allowed=f"shape ({len(times)},) or ({len(times)}, {q})")
    if not np.isfinite(values).all():
        what = "time_function is not finite at every event time"
        raise BadInputError(what, hint="log(t) is not defined at time 0")
    return values


def fit_interaction(
    data: FineGrayData,
    inter: TimeInteraction,
    names: tuple[tuple[str, ...], tuple[str, ...]],
    of_interest: int,
    variance: str,
    cluster: npt.NDArray[np.int32] | None,
    convention: Convention,
) -> FineGrayModel:
    """Fit the terms x and x2 f(t) together; ``names`` are those of x and of x2."""
    terms = (*names[0], *(f"{term} * f(t)" for term in names[1]))
    at_events = data.status == 1
    # The size of x2 f(t) over the events sets the scale of its coefficient.
    moving = inter.x[at_events] * inter.f[data.risk.last[at_events]]
    spread = np.concatenate([data.x.std(axis=0), np.sqrt((moving**2).mean(axis=0))])
    scale = CovariateScale.of(terms, spread, float(data.events.sum()), firth=False)
    top = maximize(lambda beta: evaluate_time(data, inter, beta), scale)
    bread = inverse(top.evaluation.information)
    influence = time_influence(data, inter, top.coef, variance)
    if cluster is not None:
        influence = cell_sums(cluster, np.ones(len(influence)), int(cluster.max()) + 1, influence)
    covariance = bread @ (influence.T @ influence) @ bread
    return FineGrayModel(
        terms=terms,
        coef=top.coef,
        covariance=(covariance + covariance.T) / 2,
        naive_covariance=bread,
        log_likelihood=top.evaluation.log_likelihood,
        log_likelihood_null=evaluate_time(data, inter, np.zeros(len(terms))).log_likelihood,
        convention=replace(convention, notes=(*convention.notes, "with functions of time")),
        data=data,
        cluster=cluster,
        of_interest=of_interest,
        variance=variance,
        interaction=inter,
        interaction_terms=names[1],
    )
