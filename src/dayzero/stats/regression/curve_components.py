"""Hazards as linear functionals of the data: how each row moves a coefficient or a baseline hazard.

A component is one hazard of a model (Cox, one cause, or the subdistribution): its increments dL at event
times for covariates at their centre, and the influence of every row, that is the derivative with respect
to the row's weight, on the coefficients and on any sum of kappa(t) dL(t). Curves are built from components
by the chain rule (see :mod:`standardised`), so one formula serves every model.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from dayzero.stats.regression.cox_residuals import hazard_steps, score_rows
from dayzero.stats.regression.fine_gray_likelihood import hazard, lived
from dayzero.stats.regression.fine_gray_variance import (
    ScoreInfluence,
    competing_past,
    events_ahead,
    lanes,
    spread_q,
)
from dayzero.stats.regression.risk_cells import stratum_cells

if TYPE_CHECKING:
    from dayzero.stats.arrays import Label
    from dayzero.stats.regression.cox_model import CoxModel
    from dayzero.stats.regression.fine_gray_model import FineGrayModel

FloatArray = npt.NDArray[np.float64]
Functional = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True)
class Component:
    """One hazard and how each row moves it.

    Attributes
    ----------
    times, jump : ndarray, shape (cells,)
        Event times of the stratum and the hazard's increments there, for covariates at ``center``.
    coef, center : ndarray, shape (p,)
    coef_influence : ndarray, shape (n, p)
        Influence of each row on the coefficients.
    functional : callable
        kappa (cells, m) to the influence of each row on the sums of kappa dL, (n, m).
    """

    times: FloatArray
    jump: FloatArray
    coef: FloatArray
    center: FloatArray
    coef_influence: FloatArray
    functional: Functional


def cox_component(model: CoxModel, stratum: Label | None) -> Component:
    """Return the hazard of one stratum of a Cox model.

    The influence on a sum of kappa dL is, row by row, kappa at the row's event over the risk set, less its
    risk times the sum of kappa dL / S0 while at risk, less the part through the coefficients (Tsiatis 1981;
    Reid and Crepeau, Biometrika 1985;72:1-9), with Efron's steps where the model has them.
    """
    data = model.data
    cells, _ = stratum_cells(data.risk, stratum)
    steps = hazard_steps(data, model.coef)
    weight = np.ones(len(data.event)) if data.weight is None else data.weight
    coef_influence = score_rows(data, steps) * weight[:, None] @ model.naive_covariance
    unit = np.exp(-steps.shift)
    last, event = data.risk.last, data.event[:, None]

    def functional(kappa: FloatArray) -> FloatArray:
        full = np.zeros((data.risk.n_cells, kappa.shape[1]))
        full[cells] = kappa
        past = data.risk.lived(data.risk.forward(steps.variance[:, None] * full))
        past -= event * (steps.variance_tied[:, None] * full)[last]
        own = event * (steps.per_event[:, None] * full)[last]
        direct = (own - steps.risk[:, None] * past) * (weight * unit)[:, None]
        return np.asarray(direct - coef_influence @ (unit * steps.mean_hazard[cells].T @ kappa))

    return Component(
        data.risk.time[cells], unit * steps.hazard[cells], model.coef, data.center, coef_influence, functional
    )


def fine_gray_component(model: FineGrayModel, stratum: Label | None) -> Component:
    """Return the subdistribution hazard of one stratum of a Fine-Gray model.

    As for Cox, with weighted time at risk, and with the part through the censoring distribution: q(u) is the
    sum over competing events before u and events after u of w_j(t) r_j kappa(t) dL(t) / S0(t).
    """
    data = model.data
    cells, _ = stratum_cells(data.risk, stratum)
    h = hazard(data, model.coef)
    rows = ScoreInfluence.of(data, h, "jackknife").rows(slice(0, len(data.time)))
    coef_influence = rows @ model.naive_covariance
    weight = np.ones(len(data.time)) if data.weight is None else data.weight
    unit = np.exp(-h.shift)
    per_event = np.divide(1.0, h.s0, out=np.zeros_like(h.s0), where=h.jump > 0)
    interest = (data.status == 1)[:, None]

    def functional(kappa: FloatArray) -> FloatArray:
        full = np.zeros((data.risk.n_cells, kappa.shape[1]))
        full[cells] = kappa
        scaled = per_event[:, None] * full
        own = interest * scaled[data.risk.last]
        direct = own - h.risk[:, None] * lived(data, h.jump, scaled)
        direct += _through_censoring(model, weight * h.risk, h.jump[:, None] * scaled)
        direct *= (weight * unit)[:, None]
        mean = unit * (h.jump[cells, None] * h.mean[cells]).T @ kappa
        return np.asarray(direct - coef_influence @ mean)

    return Component(
        data.risk.time[cells], unit * h.jump[cells], model.coef, data.center, coef_influence, functional
    )


def _through_censoring(model: FineGrayModel, risk: FloatArray, value: FloatArray) -> FloatArray:
    """Influence of each row through the censoring weights on sums of ``value`` over weighted risk sets."""
    data = model.data
    q = np.zeros((data.censoring.cells.n_cells, value.shape[1]))
    for lane in lanes(data):
        b = data.censoring.at_event[lane.cells, lane.number, None] * value[lane.cells]
        _, sum_b = events_ahead(data, lane, np.column_stack([np.zeros(len(b)), b]), "jackknife")
        sum_q, _ = competing_past(data, lane, risk, "jackknife", with_x=False)
        q[lane.grid] += sum_q * sum_b
    at_event, past = spread_q(data, q, "jackknife")
    place = data.censoring.cells.last
    out = -past[place]
    censored = data.status == 0
    out[censored] += at_event[place[censored]]
    return np.asarray(out)
