"""What every curve starts from: who is at risk, who leaves, and the product-limit survival of all causes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from dayzero.stats.arrays import FloatArray
    from dayzero.stats.event_table import EventTable


# Weights add up to this relative accuracy; a smaller remainder is nobody.
ROUND_OFF = 1e-10


@dataclass(frozen=True, eq=False)
class RiskSet:
    """Weighted counts by group and time (strata added up).

    Attributes
    ----------
    at_risk : ndarray, shape (..., T)
        Number at risk just before each time.
    events : ndarray, shape (..., K, T)
        Number with each cause at each time.
    failed : ndarray, shape (..., T)
        Number with any cause.
    """

    at_risk: FloatArray
    events: FloatArray
    failed: FloatArray

    @classmethod
    def of(cls, leaving: FloatArray, entering: FloatArray | None) -> RiskSet:
        """Build from counts of shape (..., 1 + K, T) and of late entries (..., T)."""
        events = leaving[..., 1:, :]
        failed = events[..., 0, :] if events.shape[-2] == 1 else events.sum(axis=-2)
        out = leaving[..., 0, :] + failed
        if entering is not None:
            out = out - entering
        at_risk = out[..., ::-1].cumsum(axis=-1)[..., ::-1]
        if entering is not None:
            nobody = np.abs(at_risk) < ROUND_OFF * np.abs(out).sum(axis=-1, keepdims=True)
            at_risk = np.where(nobody, 0.0, at_risk)
        return cls(at_risk, events, failed)

    @classmethod
    def of_groups(cls, table: EventTable) -> RiskSet:
        """Build for each group, the strata added up: arrays (G, T) and (G, K, T)."""
        entering = table.entering()
        return cls.of(table.leaving_groups(), None if entering is None else entering.sum(axis=0))

    def hazard(self) -> FloatArray:
        """Return failed / at_risk, 0 where nobody is at risk."""
        return self.failed / np.where(self.at_risk > 0, self.at_risk, 1.0)

    def survival(self) -> FloatArray:
        """Return the product-limit estimate just after each time (all causes)."""
        at_risk = np.where(self.at_risk > 0, self.at_risk, 1.0)
        return np.where(self.at_risk > 0, self.left() / at_risk, 1.0).cumprod(axis=-1)

    def left(self) -> FloatArray:
        """Return how many at risk do not fail at each time: exactly 0 when all do, whatever the weights."""
        left = self.at_risk - self.failed
        left[left < ROUND_OFF * self.at_risk] = 0.0
        return left


def before(values: FloatArray, initial: float) -> FloatArray:
    """Return the left limits of a step function: shift by one time along the last axis."""
    out = np.empty_like(values)
    out[..., 0] = initial
    out[..., 1:] = values[..., :-1]
    return out


def with_initial(values: FloatArray, initial: float) -> FloatArray:
    """Return the step function with its value before the first time in front."""
    out = np.empty((*values.shape[:-1], values.shape[-1] + 1))
    out[..., 0] = initial
    out[..., 1:] = values
    return out
