"""Variance of a number derived from a curve, such as an area, from the influence of each event."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from dayzero.stats.arrays import FloatArray
    from dayzero.stats.event_table import EventTable
    from dayzero.stats.risk_set import RiskSet


def functional_variance(table: EventTable, risk: RiskSet, own: FloatArray, other: FloatArray) -> FloatArray:
    """Return the variance of a functional of each cause's curve, shape (G, K).

    Parameters
    ----------
    own, other : ndarray, shape (G, K, T)
        Influence of one event of the cause, and of a competing one, at each time: the derivative of the
        functional to the number of such events, the risk sets held.

    Notes
    -----
    A person contributes the influence of the event, if any, less its expectation d/Y summed over the time
    at risk; the variance is the sum of squares, weights squared where they are fractional. For whole people
    without delayed entry this is the delta method with multinomial variance at each time.
    """
    other_events = risk.failed[:, None, :] - risk.events
    at_risk = np.where(risk.at_risk > 0, risk.at_risk, 1.0)[:, None, :]
    expected = (risk.events * own + other_events * other) / at_risk
    if table.spells is not None:
        return _from_spells(table, own, other, expected.cumsum(axis=-1))
    if not table.fractional:
        terms = risk.events * own**2 + other_events * other**2 - at_risk * expected**2
        total: FloatArray = np.maximum(terms.sum(axis=-1), 0.0)
        return total
    squares = table.squares().sum(axis=0)
    drift = expected.cumsum(axis=-1)
    own_w2 = squares[:, 1:]
    other_w2 = own_w2.sum(axis=1, keepdims=True) - own_w2
    terms = own_w2 * (own - drift) ** 2 + other_w2 * (other - drift) ** 2 + squares[:, :1] * drift**2
    variance: FloatArray = terms.sum(axis=-1)
    return variance


def _from_spells(table: EventTable, own: FloatArray, other: FloatArray, drift: FloatArray) -> FloatArray:
    """Sum the squares over the joint cells of entry and exit."""
    spells = table.spells
    if spells is None:
        raise AssertionError  # the caller looked
    squares = spells.weight_squared if table.fractional else spells.weight
    out = np.zeros(own.shape[:2])
    for g in range(own.shape[0]):
        mine = spells.group == g
        leave, enter, cause = spells.exit[mine], spells.entry[mine], spells.cause[mine]
        for k in range(own.shape[1]):
            event = np.where(cause == k + 1, own[g, k][leave], np.where(cause > 0, other[g, k][leave], 0.0))
            before = np.where(enter >= 0, drift[g, k][enter], 0.0)
            out[g, k] = (squares[mine] * (event - drift[g, k][leave] + before) ** 2).sum()
    return out
