"""Cumulative incidence of competing causes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from dayzero.errors import BadInputError
from dayzero.stats.convention import Convention
from dayzero.stats.curves.curve import Curve, wald
from dayzero.stats.curves.entry_variance import robust_variance_with_entry
from dayzero.stats.curves.incidence_variance import (
    aalen_variance,
    delta_variance,
    robust_variance,
    sas_variance,
)
from dayzero.stats.inputs import cause_table, people_counts, source_note
from dayzero.stats.intervals import BETA_TYPES, checked_conf_level, checked_conf_type
from dayzero.stats.risk_set import RiskSet, before, with_initial

if TYPE_CHECKING:
    from dayzero.stats.arrays import FloatArray
    from dayzero.stats.curves.curve import Limits
    from dayzero.stats.event_table import EventTable

VARIANCES = {
    "aalen": "Aalen 1978, as R cmprsk",
    "sas": "Aalen 1978, as SAS LIFETEST",
    "delta": "delta method, as R survfit",
    "robust": "infinitesimal jackknife",
}


def cumulative_incidence(
    time: Any,
    cause: Any = None,
    group: Any = None,
    entry: Any = None,
    weight: Any = None,
    variance: str = "aalen",
    conf_type: str = "log-log",
    conf_level: float = 0.95,
) -> Curve:
    """Estimate the cumulative incidence of every cause (Aalen-Johansen), for each group.

    Parameters
    ----------
    time : array_like or EventTable
        Times, not negative; or a table in place of all arrays.
    cause : array_like of int
        0 censored, 1, 2, ... the competing causes.
    group, entry, weight : array_like, optional
        See :meth:`EventTable.from_arrays`.
    variance : {"aalen", "sas", "delta", "robust"}
        "aalen" is that of R ``cmprsk::cuminc``, "sas" that of SAS PROC LIFETEST, which differs only where
        causes tie, "delta" that of R ``survival::survfit``; without competing
        events "delta" is Greenwood's, under delayed entry the infinitesimal jackknife, as in R. With
        fractional weights the variance is always "robust", the infinitesimal jackknife.
    conf_type : {"log-log", "log", "plain", "logit", "arcsin", "beta", "beta mid-p"}
        Scale of the pointwise interval, applied to the incidence itself, as R ``survfit`` and SAS do. "beta"
        is for few events, and answers also when nobody had the event.
    conf_level : float
        Confidence level.

    Returns
    -------
    Curve
        With ``causes``; the incidences of all causes and the event-free survival add up to 1.

    Raises
    ------
    BadInputError, RefusalError
        As :func:`kaplan_meier`.

    Notes
    -----
    Aalen and Johansen (1978), Scand J Stat 5:141. Causes tied in time share one risk set.
    """
    checked_conf_type(conf_type)
    if variance not in VARIANCES:
        raise BadInputError.unknown_name(kind="variance", found=str(variance), allowed=VARIANCES)
    table = cause_table(time, cause, group=group, entry=entry, weight=weight)
    kind = "robust" if table.fractional else variance
    risk = RiskSet.of_groups(table)
    survival = risk.survival()
    incidence = incidence_of(risk, survival)
    spread = _variance(table, risk, survival, incidence, kind)
    empty = ~(risk.at_risk > 0).any(axis=-1)
    estimate, spread = with_initial(incidence, 0.0), with_initial(spread, 0.0)
    if empty.any():
        estimate[empty] = spread[empty] = np.nan
    source = "Aalen and Johansen 1978"
    if conf_type in BETA_TYPES:
        source += "; beta product limits after Fay, Brittain and Proschan 2013"
    return Curve(
        convention=Convention(
            estimator="Aalen-Johansen",
            variance=VARIANCES[kind],
            conf_type=conf_type,
            conf_level=checked_conf_level(conf_level),
            ties="tied causes share one risk set; events before censorings",
            source=source,
            notes=source_note(table),
        ),
        groups=table.groups,
        causes=table.causes,
        times=table.times,
        estimate=estimate,
        variance=spread,
        at_risk=risk.at_risk,
        events=risk.events,
        censored=table.leaving_groups()[:, 0],
        make_limits=_limit_rule(table, risk, conf_type, conf_level),
        initial=0.0,
        people=people_counts(table),
    )


def incidence_of(risk: RiskSet, survival: FloatArray) -> FloatArray:
    """Return the incidence of each cause just after each time, (..., K, T)."""
    at_risk = np.where(risk.at_risk > 0, risk.at_risk, 1.0)
    jump = before(survival, 1.0) / at_risk
    return (risk.events * jump[..., None, :]).cumsum(axis=-1)


def _variance(
    table: EventTable, risk: RiskSet, survival: FloatArray, incidence: FloatArray, kind: str
) -> FloatArray:
    if kind in {"aalen", "sas"}:
        formula = aalen_variance if kind == "aalen" else sas_variance
        return formula(risk, survival, incidence)
    if table.spells is not None:
        return robust_variance_with_entry(table, risk, survival, incidence)
    if kind == "delta":
        return delta_variance(risk, survival, incidence)
    return robust_variance(risk, survival, incidence, table.squares().sum(axis=0))


def _limit_rule(table: EventTable, risk: RiskSet, conf_type: str, conf_level: float) -> Any:
    if conf_type not in BETA_TYPES:
        return wald(conf_type, conf_level)
    from dayzero.stats.curves.beta_product import incidence_limits, refuse_unless_counts

    refuse_unless_counts(table)

    def limits(_: Curve) -> Limits:
        return incidence_limits(risk, conf_level, mid_p=conf_type != "beta")

    return limits
