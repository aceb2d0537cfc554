"""The infinitesimal-jackknife variance under delayed entry, from the joint cells of entry and exit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dayzero.stats.curves.incidence_variance import Influence

if TYPE_CHECKING:
    from dayzero.stats.arrays import FloatArray
    from dayzero.stats.event_table import EventTable
    from dayzero.stats.risk_set import RiskSet
    from dayzero.stats.spells import Spells


def robust_variance_with_entry(
    table: EventTable, risk: RiskSet, survival: FloatArray, incidence: FloatArray
) -> FloatArray:
    """Return the variance of the incidence of each cause, (G, K, T).

    A person's influence on F(t) is that of the event, if any by t, less what being at risk takes off between
    entry and the earlier of exit and t. Fractional weights enter squared; whole ones are people. Same as R
    ``survfit`` of ``Surv(entry, time, state)`` data.
    """
    if table.spells is None:
        raise AssertionError  # the callers look first
    spells = table.spells
    f = Influence.of(risk, survival, incidence)
    drift, tilt = f.compensator(risk)
    squares = spells.weight_squared if table.fractional else spells.weight
    out = np.zeros_like(incidence)
    for g in range(incidence.shape[0]):
        own = spells.group == g
        for k in range(incidence.shape[1]):
            event = np.where(spells.cause == k + 1, f.own[g, k][spells.exit], f.other[g, k][spells.exit])
            event = np.where(spells.cause > 0, event, 0.0)
            slope = np.where(spells.cause > 0, f.slope[g, 0][spells.exit], 0.0)
            cells = _Cells(spells, own, squares, len(table.times))
            out[g, k] = cells.variance(event, slope, drift[g, k], tilt[g, 0], incidence[g, k])
    return out


class _Cells:
    """The joint cells of one group, and sums over them."""

    def __init__(self, spells: Spells, own: np.ndarray, squares: FloatArray, n_times: int) -> None:
        self.own = own
        self.entry, self.exit = spells.entry[own], spells.exit[own]
        self.squares = squares[own]
        self.n_times = n_times

    def gone(self, values: FloatArray) -> FloatArray:
        """Sum w^2 x values over those who left by each time."""
        return np.bincount(self.exit, self.squares * values, minlength=self.n_times).cumsum()

    def here(self, values: FloatArray) -> FloatArray:
        """Sum w^2 x values over those who entered by each time and have not left by then."""
        start = np.maximum(self.entry, 0)  # from the origin: nothing has been taken off before time 0
        entered = np.bincount(start, self.squares * values, minlength=self.n_times).cumsum()
        return entered - self.gone(values)

    def variance(
        self, event: FloatArray, slope: FloatArray, drift: FloatArray, tilt: FloatArray, f: FloatArray
    ) -> FloatArray:
        """Sum w^2 (a - F b)^2 of those who left and of those still here, each a quadratic in F(t)."""
        late = self.entry >= 0
        drift_in, tilt_in = (np.where(late, x[self.entry], 0.0) for x in (drift, tilt))
        a = event[self.own] - drift[self.exit] + drift_in
        b = slope[self.own] - tilt[self.exit] + tilt_in
        left = self.gone(a * a) - 2 * f * self.gone(a * b) + f * f * self.gone(b * b)
        now = drift - f * tilt
        here = now**2 * self.here(np.ones_like(a))
        here -= 2 * now * (self.here(drift_in) - f * self.here(tilt_in))
        here += self.here(drift_in**2) - 2 * f * self.here(drift_in * tilt_in) + f * f * self.here(tilt_in**2)
        return np.maximum(left + here, 0.0)
