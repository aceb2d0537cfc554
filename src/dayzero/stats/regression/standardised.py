"""Predicted probabilities averaged over rows of covariates, and how each fitted row moves them.

With hazards h_k(s) = exp((x - c_k) b_k) dL_k(s) of the causes at the event times s, and h their sum,

    S(t) = exp(-sum of h up to t),   F_c(t) = sum over s <= t of S(s-) (1 - exp(-h(s))) h_c(s) / h(s):

the matrix exponential of each increment, so that S and all F add up to one and stay within it. For one
cause this is F = 1 - exp(-L), the Fine-Gray and the Cox prediction. Their derivative with respect to an
increment is dF_c(t)/dh_k(s) = S(s-) d[(1 - exp(-h)) h_c / h]/dh_k - (F_c(t) - F_c(s)), for s <= t.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from dayzero.stats.regression.predicted_curves import step_index

if TYPE_CHECKING:
    from dayzero.stats.regression.curve_components import Component

FloatArray = npt.NDArray[np.float64]

ROWS_TIMES_CELLS = 1_000_000  # predictions held in memory together
SMALL = 1e-5  # hazards below it use a series, which is then exact to round-off


@dataclass(frozen=True)
class Average:
    """Averages at the times asked for, of survival (target 0) and of each cause (targets 1..K).

    Attributes
    ----------
    estimate : ndarray, shape (targets, m)
        Sums of (weight of row) x (probability of row).
    rows : ndarray, shape (targets, J, m)
        Probability of each row.
    influence : ndarray, shape (targets, n, m)
        Influence of each fitted row on ``estimate``.
    """

    estimate: FloatArray
    rows: FloatArray
    influence: FloatArray


def average(
    components: list[Component], x: list[FloatArray], weight: FloatArray, times: FloatArray
) -> Average:
    """Average predictions over rows.

    Parameters
    ----------
    components : list of Component
        The hazards, one a cause.
    x : list of ndarray, shape (J, p_k)
        Covariates of the rows, less each component's centre.
    weight : ndarray, shape (J,)
        Weight of each row in the average.
    times : ndarray, shape (m,)
        Times asked for.
    """
    sums = _Sums.empty(components, x, times)
    width = max(1, ROWS_TIMES_CELLS // max(len(sums.grid), 1))
    for begin in range(0, len(weight), width):
        rows = slice(begin, begin + width)
        sums.add([covariates[rows] for covariates in x], weight[rows], rows)
    estimate = np.einsum("j,tjm->tm", weight, sums.rows)
    influence = np.stack([_influence(sums, target) for target in range(len(components) + 1)])
    return Average(estimate, sums.rows, influence)


@dataclass(frozen=True)
class _Sums:
    """Sums over rows that the derivatives need: for target c and hazard k on the merged grid of event times.

    ``a`` (targets, K, grid) sums weight e_k (S(s-) d/dh_k + F_c(s)), ``ax`` the same times the covariates;
    ``b`` (targets, K, m) sums weight e_k F_c(t), ``bx`` the same times the covariates.
    """

    components: list[Component]
    grid: FloatArray
    jump: FloatArray
    index: npt.NDArray[np.intp]
    times: FloatArray
    rows: FloatArray
    a: FloatArray
    b: FloatArray
    ax: list[FloatArray]
    bx: list[FloatArray]

    @classmethod
    def empty(cls, components: list[Component], x: list[FloatArray], times: FloatArray) -> _Sums:
        grid = np.unique(np.concatenate([c.times for c in components]))
        jump = np.zeros((len(components), len(grid)))
        for k, component in enumerate(components):
            jump[k, np.searchsorted(grid, component.times)] = component.jump
        k, g, m = len(components), len(grid), len(times)
        return cls(
            components,
            grid,
            jump,
            step_index(grid, times),
            times,
            np.zeros((k + 1, len(x[0]), m)),
            np.zeros((k + 1, k, g)),
            np.zeros((k + 1, k, m)),
            [np.zeros((k + 1, g, covariates.shape[1])) for covariates in x],
            [np.zeros((k + 1, m, covariates.shape[1])) for covariates in x],
        )

    def add(self, x: list[FloatArray], weight: FloatArray, rows: slice) -> None:
        """Add some rows."""
        relative = [np.exp(xk @ c.coef) for xk, c in zip(x, self.components, strict=True)]
        h = np.stack([e[:, None] * jump for e, jump in zip(relative, self.jump, strict=True)])
        total = h.sum(axis=0)
        after = np.exp(-np.cumsum(total, axis=1))
        before = np.concatenate([np.ones((len(weight), 1)), after[:, :-1]], axis=1)
        share, slope = _share(total)
        for target in range(len(h) + 1):
            own = None if target == 0 else h[target - 1]
            curve = after if own is None else np.cumsum(before * share * own, axis=1)
            at = _at(curve, self.index, 1.0 if own is None else 0.0)
            self.rows[target, rows] = at
            for k, e in enumerate(relative):
                mass = weight * e
                part = curve
                if own is None:
                    part = np.zeros_like(curve)
                elif target - 1 == k:
                    part = curve + before * (share + own * slope)
                else:
                    part = curve + before * own * slope
                self.a[target, k] += mass @ part
                self.b[target, k] += mass @ at
                self.ax[k][target] += part.T @ (mass[:, None] * x[k])
                self.bx[k][target] += at.T @ (mass[:, None] * x[k])


def _share(h: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return (1 - exp(-h))/h and its derivative, by series where h is small."""
    safe = np.where(h > SMALL, h, 1.0)
    share = np.where(h > SMALL, -np.expm1(-safe) / safe, 1.0 - h / 2 + h * h / 6)
    slope = np.where(h > SMALL, (np.exp(-safe) - share) / safe, -0.5 + h / 3 - h * h / 8)
    return share, slope


def _at(curve: FloatArray, index: npt.NDArray[np.intp], initial: float) -> FloatArray:
    start = np.full((len(curve), 1), initial)
    return np.asarray(np.concatenate([start, curve], axis=1)[:, index])


def _influence(sums: _Sums, target: int) -> FloatArray:
    """Chain rule: through each hazard's increments and through its coefficients."""
    out: FloatArray | None = None
    for k, component in enumerate(sums.components):
        place = np.searchsorted(sums.grid, component.times)
        reached = place[:, None] < sums.index
        kappa = reached * (sums.a[target, k][place, None] - sums.b[target, k])
        jump = reached * component.jump[:, None]
        through_coef = jump.T @ sums.ax[k][target][place] - jump.sum(axis=0)[:, None] * sums.bx[k][target]
        part = component.functional(kappa) + component.coef_influence @ through_coef.T
        out = part if out is None else out + part
    return np.zeros((0, 0)) if out is None else out
