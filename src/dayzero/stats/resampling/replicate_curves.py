"""Curves of many weightings of the same people at once: one replicate a column."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from dayzero.errors import BadInputError, RefusalError
from dayzero.stats.arrays import TIE_TOLERANCE
from dayzero.stats.curves.curve import position, wanted_times

if TYPE_CHECKING:
    from dayzero.stats.arrays import FloatArray, Label


@dataclass(frozen=True, eq=False)
class ReplicateCurves:
    """Event tables of B replicates, and the curves that follow from them.

    Attributes
    ----------
    times : ndarray, shape (T,)
    groups : tuple
    causes : tuple of int
    leaving : ndarray, shape (G, 1 + K, T, B)
        (Weighted) number who left, by group, cause (0: censored) and time.
    entering : ndarray, shape (G, T, B), or None
        Number who entered late.
    """

    times: FloatArray
    groups: tuple[Label, ...]
    causes: tuple[int, ...]
    leaving: FloatArray
    entering: FloatArray | None = None

    @cached_property
    def at_risk(self) -> FloatArray:
        """Number at risk just before each time, (G, T, B)."""
        number: FloatArray = self.leaving.sum(axis=1)[:, ::-1].cumsum(axis=1)[:, ::-1]
        if self.entering is None:
            return number
        number -= self.entering[:, ::-1].cumsum(axis=1)[:, ::-1]
        scale = number.max(initial=0.0)
        number[number <= 1e-12 * scale] = 0.0  # what running sums of weights leave of nobody
        return number

    @cached_property
    def _hazard(self) -> FloatArray:
        """Cause-specific increments, (G, K, T, B)."""
        present = np.where(self.at_risk > 0, self.at_risk, 1.0)
        hazard: FloatArray = self.leaving[:, 1:] / present[:, None]
        return hazard

    @cached_property
    def _survival(self) -> FloatArray:
        """Event-free survival after each time, (G, T, B)."""
        survival: FloatArray = (1.0 - self._hazard.sum(axis=1)).cumprod(axis=1)
        return survival

    @cached_property
    def _incidence(self) -> FloatArray:
        """Cumulative incidence after each time, (G, K, T, B)."""
        survival = self._survival
        before = np.concatenate((np.ones_like(survival[:, :1]), survival[:, :-1]), axis=1)
        return (before[:, None] * self._hazard).cumsum(axis=2)

    @cached_property
    def _empty(self) -> Any:
        """Whether a replicate has nobody of a group, (G, B)."""
        return ~(self.at_risk > 0).any(axis=1)

    def _at(self, values: FloatArray, times: Any, initial: float) -> FloatArray:
        """Return (B, G, ..., len(times)) of values (G, ..., T, B)."""
        step = position(self.times, wanted_times(times))
        first = np.full((*values.shape[:-2], 1, values.shape[-1]), initial)
        chosen = np.where((step == 0)[:, None], first, values[..., np.maximum(step - 1, 0), :])
        return self._known(chosen)

    def _known(self, values: FloatArray) -> FloatArray:
        """Put replicates first and mark those without anybody in a group; values (G, ..., B)."""
        empty = self._empty
        if empty.any():
            extra = (1,) * (values.ndim - 2)
            values = np.where(empty.reshape(len(empty), *extra, -1), np.nan, values)
        return np.moveaxis(values, -1, 0)

    def survival(self, times: Any) -> FloatArray:
        """Return event-free survival (any cause is the event) by Kaplan-Meier, (B, G, len(times))."""
        return self._at(self._survival, times, 1.0)

    def cumulative_incidence(self, times: Any) -> FloatArray:
        """Return the cumulative incidence of each cause by Aalen-Johansen, (B, G, K, len(times))."""
        return self._at(self._incidence, times, 0.0)

    def restricted_mean(self, horizon: float) -> FloatArray:
        """Return the mean event-free time up to a horizon, (B, G); curves are carried forward to it."""
        width = self._widths(horizon)
        return self._known(np.einsum("gtb,t->gb", self._survival, width[1:]) + width[0])

    def restricted_time_lost(self, horizon: float) -> FloatArray:
        """Return the mean time lost to each cause up to a horizon, (B, G, K)."""
        return self._known(np.einsum("gktb,t->gkb", self._incidence, self._widths(horizon)[1:]))

    def _widths(self, horizon: float) -> FloatArray:
        if not 0 < horizon < np.inf:
            what = f"horizon is {horizon}"
            raise BadInputError(what, allowed="a positive number")
        if horizon > self.times[-1] * (1 + TIE_TOLERANCE):
            what = f"the horizon {horizon:g} lies beyond the last observation ({self.times[-1]:g})"
            raise RefusalError(what, instead="an earlier horizon")
        edges = np.minimum(np.concatenate(([0.0], self.times, [horizon])), horizon)
        return np.diff(edges)

    def quantile(self, p: float = 0.5) -> FloatArray:
        """Return the time by which a share ``p`` has had an event, inf where not reached, (B, G).

        A curve flat exactly at 1 - p gives the middle of the flat part, as :meth:`Curve.quantile`.
        """
        if not 0 < p < 1:
            what = f"p is {p}"
            raise BadInputError(what, allowed="a share between 0 and 1")
        failed = 1.0 - self._survival
        present = self.leaving.max(axis=1) > 0
        last = self.times[len(self.times) - 1 - present[:, ::-1].argmax(axis=1)]
        early = self._first(failed >= p - TIE_TOLERANCE)
        late = self._first(failed > p + TIE_TOLERANCE)
        late = np.where(np.isinf(late) & np.isfinite(early), last, late)
        return self._known((early + late) / 2)

    def _first(self, reached: Any) -> FloatArray:
        when: FloatArray = self.times[reached.argmax(axis=1)]
        return np.where(reached.any(axis=1), when, np.inf)
