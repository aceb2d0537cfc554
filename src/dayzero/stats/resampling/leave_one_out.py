"""Kaplan-Meier and Aalen-Johansen without each person in turn, at chosen times.

Without delayed entry a person who leaves at t_b is at risk at every earlier time. Without that person the
curve is therefore a running product with one fewer at risk up to t_b, one changed factor there, and the old
curve's own steps afterwards: running sums over the times and a look-up for each person, linear in both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from dayzero.stats.curves.curve import position

if TYPE_CHECKING:
    from dayzero.stats.arrays import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class _Steps:
    """A curve and its area: values after each time, index 0 before the first.

    survival (1 + T,), incidence (K, 1 + T), and their integrals from 0 to each time.
    """

    survival: FloatArray
    incidence: FloatArray
    survival_area: FloatArray
    incidence_area: FloatArray


def _curve(at_risk: FloatArray, events: FloatArray, times: FloatArray) -> _Steps:
    """Return the curves of counts; where nobody is at risk nothing happens."""
    present = np.where(at_risk > 0, at_risk, 1.0)
    hazard = events / present
    survival = np.concatenate(([1.0], (1 - hazard.sum(axis=0)).cumprod()))
    start = np.zeros((len(events), 1))
    incidence = np.concatenate((start, (survival[:-1] * hazard).cumsum(axis=1)), axis=1)
    width = np.diff(np.concatenate(([0.0], times)))
    return _Steps(
        survival,
        incidence,
        np.concatenate(([0.0], (survival[:-1] * width).cumsum())),
        np.concatenate((start, (incidence[:, :-1] * width).cumsum(axis=1)), axis=1),
    )


@dataclass(frozen=True, eq=False)
class LeaveOneOut:
    """The counts of everybody, and the curves that hold for a person as long as they are at risk.

    Attributes
    ----------
    times : ndarray, shape (T,)
    at_risk : ndarray, shape (T,)
    events : ndarray, shape (K, T)
    """

    times: FloatArray
    at_risk: FloatArray
    events: FloatArray
    whole: _Steps
    fewer: _Steps

    @classmethod
    def of(cls, times: FloatArray, at_risk: FloatArray, events: FloatArray) -> LeaveOneOut:
        """Prepare the two curves."""
        whole = _curve(at_risk, events, times)
        return cls(times, at_risk, events, whole, _curve(at_risk - 1, events, times))

    def everybody(self, wanted: FloatArray, *, area: bool) -> FloatArray:
        """Return survival (row 0) and incidences at the wanted times, or their areas, (1 + K, m)."""
        step = position(self.times, wanted)
        if not area:
            return np.concatenate((self.whole.survival[step][None], self.whole.incidence[:, step]))
        ahead = wanted - np.concatenate(([0.0], self.times))[step]
        survival = self.whole.survival_area[step] + ahead * self.whole.survival[step]
        incidence = self.whole.incidence_area[:, step] + ahead * self.whole.incidence[:, step]
        return np.concatenate((survival[None], incidence))

    def without(self, left: IntArray, cause: IntArray, wanted: FloatArray, *, area: bool) -> FloatArray:
        """Return the same without one person, for persons who left at times ``left`` with ``cause``.

        Parameters
        ----------
        left : ndarray of int, shape (n,)
            Index of the time.
        cause : ndarray of int, shape (n,)
            0 censored, k the k-th cause.
        wanted : ndarray, shape (m,)
        area : bool

        Returns
        -------
        ndarray, shape (1 + K, n, m)
        """
        survival, incidence = self._just_after(left, cause)
        early = self._early(wanted, area=area)
        late = self._late(left, survival, incidence, wanted, area=area)
        before = position(self.times, wanted)[None, :] <= left[:, None]
        return np.where(before, early[:, None, :], late)

    def _just_after(self, left: IntArray, cause: IntArray) -> tuple[FloatArray, FloatArray]:
        """Return survival (n,) and incidences (K, n) just after the person's own time."""
        others = self.at_risk[left] - 1
        mine = (np.arange(1, len(self.events) + 1)[:, None] == cause).astype(np.float64)
        hazard = (self.events[:, left] - mine) / np.where(others > 0, others, 1.0)
        hazard = np.where(others > 0, hazard, 0.0)
        survival = self.fewer.survival[left]
        incidence = self.fewer.incidence[:, left] + survival * hazard
        return survival * (1 - hazard.sum(axis=0)), incidence

    def _early(self, wanted: FloatArray, *, area: bool) -> FloatArray:
        """Return the curves with one fewer at risk, (1 + K, m)."""
        return LeaveOneOut(self.times, self.at_risk, self.events, self.fewer, self.fewer).everybody(
            wanted, area=area
        )

    def _late(
        self, left: IntArray, survival: FloatArray, incidence: FloatArray, wanted: FloatArray, *, area: bool
    ) -> FloatArray:
        """Continue from the person's own time with the steps of everybody, (1 + K, n, m)."""
        here = left + 1
        step = position(self.times, wanted)
        reached = self.whole.survival[here]
        scale = np.where(reached > 0, survival / np.where(reached > 0, reached, 1.0), 0.0)[:, None]
        stuck = (reached <= 0)[:, None]
        if not area:
            later = np.where(stuck, survival[:, None], scale * self.whole.survival[step])
            added = scale * (self.whole.incidence[:, None, step] - self.whole.incidence[:, here, None])
            return np.concatenate((later[None], incidence[:, :, None] + added))
        return self._late_area(left, survival, incidence, wanted, scale=scale, stuck=stuck)

    def _late_area(
        self,
        left: IntArray,
        survival: FloatArray,
        incidence: FloatArray,
        wanted: FloatArray,
        *,
        scale: FloatArray,
        stuck: Any,
    ) -> FloatArray:
        here, width = left + 1, wanted[None, :] - self.times[left][:, None]
        own = np.diff(np.concatenate(([0.0], self.times)))[left]
        everybody = self.everybody(wanted, area=True)
        # Up to the person's own time the curves with one fewer at risk hold.
        past = self.fewer.survival_area[left] + own * self.fewer.survival[left]
        past_lost = self.fewer.incidence_area[:, left] + own * self.fewer.incidence[:, left]
        lived = everybody[0] - self.whole.survival_area[here][:, None]
        later = past[:, None] + np.where(stuck, survival[:, None] * width, scale * lived)
        lost = everybody[1:, None, :] - self.whole.incidence_area[:, here, None]
        grown = lost - self.whole.incidence[:, here, None] * width
        later_lost = past_lost[:, :, None] + incidence[:, :, None] * width + scale * grown
        return np.concatenate((later[None], later_lost))
