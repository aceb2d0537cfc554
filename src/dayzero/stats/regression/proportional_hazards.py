"""Test of proportional hazards: the score test of an interaction of each covariate with time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from dayzero.errors import BadInputError, RefusalError
from dayzero.stats.regression.cox_likelihood import CoxData, evaluate
from dayzero.stats.regression.cox_residuals import hazard_steps, schoenfeld_rows
from dayzero.stats.regression.risk_cells import risk_cells
from dayzero.stats.test_result import chi_square_p

if TYPE_CHECKING:
    import polars as pl

    from dayzero.stats.regression.cox_model import CoxModel

FloatArray = npt.NDArray[np.float64]
Transform = Callable[[FloatArray], FloatArray]

TRANSFORMS = ("km", "rank", "identity", "log")


@dataclass(frozen=True, eq=False)
class ProportionalHazardsTest:
    """Test of each covariate (or group of columns of one factor), and of all together.

    Attributes
    ----------
    terms : tuple of str
        What each statistic is about; the last is "all".
    statistic, p_value : ndarray
    df : ndarray of int
    transform : str
        The function of time that hazard ratios are tested against.
    """

    terms: tuple[str, ...]
    statistic: FloatArray
    df: npt.NDArray[np.int64]
    p_value: FloatArray
    transform: str

    def table(self) -> pl.DataFrame:
        """Return columns term, statistic, df, p_value; the last row, "all", is the global test."""
        import polars as pl

        return pl.DataFrame(
            {"term": list(self.terms), "statistic": self.statistic, "df": self.df, "p_value": self.p_value}
        )


def proportional_hazards_test(
    model: CoxModel, transform: str | Transform = "km", groups: dict[str, list[str]] | None = None
) -> ProportionalHazardsTest:
    """Test whether hazard ratios change with time.

    Parameters
    ----------
    model : CoxModel
    transform : {"km", "rank", "identity", "log"} or callable
        g(t): one minus the Kaplan-Meier estimate just before t (all strata together), the rank of t among
        all times, t, log t, or any function of an array of times.
    groups : dict of str to list of str, optional
        Columns to test together, such as those of one factor: ``{"phase": ["phase: CR2", "phase: CR3"]}``.

    Returns
    -------
    ProportionalHazardsTest

    Notes
    -----
    Score test, at the fitted coefficients, of adding x g(t) to the model; Grambsch and Therneau, Biometrika
    1994;81:515-526, section 3, without their approximation of a constant variance. Same as R
    ``survival::cox.zph`` from version 3 on, which ignores a robust variance as this does.
    """
    if model.data.ties == "exact" or model.firth is not None:
        what = "the test needs score residuals of a likelihood with Efron's or Breslow's ties and no penalty"
        raise RefusalError(what, instead="a model with ties='efron' and no penalty")
    data = model.data
    g_cell, name = _transformed(data, transform)
    rows, residuals = schoenfeld_rows(data, hazard_steps(data, model.coef))
    weight = data.event_weight[rows] * g_cell[data.risk.last[rows]]
    score = weight @ residuals
    parts = _index_groups(model, groups)
    full = _information(data, model.coef, g_cell)
    p = len(model.coef)
    tested = [*parts.values(), list(range(p))]
    statistic = np.array([_statistic(full, score, columns) for columns in tested])
    df = np.array([len(columns) for columns in tested], dtype=np.int64)
    p_value = np.array([chi_square_p(s, int(k)) for s, k in zip(statistic, df, strict=True)])
    return ProportionalHazardsTest((*parts, "all"), statistic, df, p_value, name)


def _transformed(data: CoxData, transform: str | Transform) -> tuple[FloatArray, str]:
    """Return g at each cell, less its mean over the events, and its name."""
    if callable(transform):
        g_row, name = np.asarray(transform(data.time.astype(np.float64)), dtype=np.float64), "given function"
    elif transform in TRANSFORMS:
        g_row, name = _named(data, transform), transform
    else:
        raise BadInputError.unknown_name(kind="transform", found=str(transform), allowed=TRANSFORMS)
    if not np.isfinite(g_row[data.event]).all():
        what = f"the transform '{name}' of time is not finite at every event time"
        raise BadInputError(what, hint="log is not defined for an event at time 0")
    own = g_row[data.event]
    g_cell = np.zeros(data.risk.n_cells)
    g_cell[data.risk.last[data.event]] = own - own.mean()
    return g_cell, name


def _named(data: CoxData, transform: str) -> FloatArray:
    time = data.time.astype(np.float64)
    if transform == "identity":
        return time
    if transform == "log":
        with np.errstate(divide="ignore"):
            return np.log(time)
    if transform == "rank":
        times, index, count = np.unique(time, return_inverse=True, return_counts=True)
        del times
        return (np.cumsum(count) - (count - 1) / 2)[index]
    pooled = risk_cells(data.time, data.event, data.entry)
    at_risk = pooled.at_risk(pooled.net_sums(np.ones(len(time))))
    died = np.bincount(pooled.last[data.event], minlength=pooled.n_cells)
    survival = np.cumprod(1.0 - np.divide(died, at_risk, out=np.zeros(pooled.n_cells), where=died > 0))
    return np.asarray(1.0 - survival[np.searchsorted(pooled.time, time, side="left") - 1])


def _index_groups(model: CoxModel, groups: dict[str, list[str]] | None) -> dict[str, list[int]]:
    """Return the columns of each tested group; columns in no group stand alone."""
    named = dict(groups or {})
    for columns in named.values():
        for column in columns:
            if column not in model.terms:
                raise BadInputError.unknown_name(kind="term", found=column, allowed=model.terms)
    owner = {column: name for name, columns in named.items() for column in columns}
    parts: dict[str, list[int]] = {}
    for j, term in enumerate(model.terms):
        parts.setdefault(owner.get(term, term), []).append(j)
    return parts


def _information(data: CoxData, coef: FloatArray, g_cell: FloatArray) -> FloatArray:
    """Information of the model with x and x g(t): the variance at each step, times 1, g and g squared."""
    blocks = []
    for power in (0, 1, 2):
        weight = data.steps.weight * g_cell[data.steps.cells] ** power
        part: Any = replace(data, steps=replace(data.steps, weight=weight))
        blocks.append(evaluate(part, coef).information)
    return np.block([[blocks[0], blocks[1]], [blocks[1], blocks[2]]])


def _statistic(full: FloatArray, score: FloatArray, columns: list[int]) -> float:
    p = len(score)
    index = [*range(p), *(p + j for j in columns)]
    u = np.concatenate([np.zeros(p), score[columns]])
    return float(u @ np.linalg.solve(full[np.ix_(index, index)], u))
