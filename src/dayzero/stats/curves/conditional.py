"""Survival of those who have already come so far."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dayzero.stats.curves.product_limit import survival_curve
from dayzero.stats.inputs import event_table, is_composite
from dayzero.stats.intervals import checked_conf_type

if TYPE_CHECKING:
    from dayzero.stats.curves.curve import Curve


def conditional_survival(
    time: Any,
    event: Any = None,
    group: Any = None,
    given: float = 0.0,
    entry: Any = None,
    weight: Any = None,
    conf_type: str = "log-log",
    conf_level: float = 0.95,
) -> Curve:
    """Estimate the probability of being event-free at t, given event-free at ``given``: S(t) / S(given).

    Parameters
    ----------
    time, event, group, entry, weight, conf_type, conf_level
        As for :func:`kaplan_meier`; "beta" limits hold too, for the patients still at risk.
    given : float
        The time already reached, on the same clock as ``time``.

    Returns
    -------
    Curve
        1 up to ``given``; times stay on the original clock. A group with nobody left after ``given`` is NaN.

    Raises
    ------
    BadInputError
        Nobody is observed after ``given``.

    Notes
    -----
    The ratio of Kaplan-Meier estimates is the product over (given, t] alone, so it is the estimate from those
    at risk after ``given``, and Greenwood's formula applies to them (Zabor et al. 2013, Cancer 119:3589). For
    conditional incidences use ``cumulative_incidence(table.after(given))``.
    """
    checked_conf_type(conf_type)
    table = event_table(time, event, group=group, entry=entry, weight=weight).after(given)
    return survival_curve(
        table,
        conf_type,
        conf_level,
        estimator=f"Kaplan-Meier given event-free at {given:g}",
        composite=is_composite(time),
    )
