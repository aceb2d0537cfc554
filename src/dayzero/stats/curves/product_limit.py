"""Kaplan-Meier and Nelson-Aalen curves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from dayzero.errors import BadInputError, RefusalError
from dayzero.stats.convention import Convention
from dayzero.stats.curves.curve import Curve, wald
from dayzero.stats.curves.entry_variance import robust_variance_with_entry
from dayzero.stats.curves.incidence_variance import robust_variance
from dayzero.stats.inputs import event_table, is_composite, people_counts, source_note
from dayzero.stats.intervals import BETA_TYPES, checked_conf_level, checked_conf_type, normal_quantile
from dayzero.stats.risk_set import RiskSet, with_initial

if TYPE_CHECKING:
    from dayzero.stats.arrays import FloatArray
    from dayzero.stats.curves.curve import Limits
    from dayzero.stats.event_table import EventTable

TIES = "events before censorings at the same time"


def kaplan_meier(
    time: Any,
    event: Any = None,
    group: Any = None,
    entry: Any = None,
    weight: Any = None,
    conf_type: str = "log-log",
    conf_level: float = 0.95,
) -> Curve:
    """Estimate survival by the product limit, for each group.

    Parameters
    ----------
    time : array_like or EventTable
        Times, not negative; or a table, in which the event is any cause (e.g. disease-free survival).
    event : array_like of 0/1 or bool
        Whether the event happened.
    group, entry, weight : array_like, optional
        See :meth:`EventTable.from_arrays`.
    conf_type : {"log-log", "log", "plain", "logit", "arcsin", "beta", "beta mid-p"}
        Type of the pointwise interval. "beta" is the beta product procedure of Fay, Brittain and Proschan
        (2013): made for few patients, and an interval also where the estimate is 0 or 1; "beta mid-p" its
        less cautious version (Fay and Brittain 2016).
    conf_level : float
        Confidence level.

    Returns
    -------
    Curve
        Variance by Greenwood's formula (1926); with fractional weights by the infinitesimal jackknife. Where
        nobody is left at risk the estimate is 0 and its variance undefined (NaN).

    Raises
    ------
    BadInputError
        Codes other than 0 and 1; see also :meth:`EventTable.from_arrays`.
    RefusalError
        conf_type="beta" under delayed entry or fractional weights.

    Notes
    -----
    Kaplan and Meier (1958), JASA 53:457. At a time when several things happen, events come before censoring.
    A death that prevents the event is not censoring: use :func:`cumulative_incidence` for relapse,
    non-relapse mortality and the like.
    """
    checked_conf_type(conf_type)
    table = event_table(time, event, group=group, entry=entry, weight=weight)
    return survival_curve(
        table, conf_type, conf_level, estimator="Kaplan-Meier", composite=is_composite(time)
    )


def survival_curve(
    table: EventTable, conf_type: str, conf_level: float, *, estimator: str, composite: bool = False
) -> Curve:
    """Return the product-limit curve of a table of one event."""
    risk = RiskSet.of_groups(table)
    survival = risk.survival()
    empty = _nobody(risk)
    variance = _survival_variance(table, risk, survival)
    convention = Convention(
        estimator=estimator,
        variance="infinitesimal jackknife" if table.fractional else "Greenwood",
        conf_type=conf_type,
        conf_level=checked_conf_level(conf_level),
        ties=TIES,
        source="Kaplan and Meier 1958"
        + ("; Fay, Brittain and Proschan 2013" if conf_type in BETA_TYPES else ""),
        notes=source_note(table, composite=composite),
    )
    return Curve(
        convention=convention,
        groups=table.groups,
        causes=(None,),
        times=table.times,
        estimate=_blank(with_initial(survival, 1.0), empty)[:, None],
        variance=_blank(with_initial(variance, 0.0), empty)[:, None],
        at_risk=risk.at_risk,
        events=risk.events,
        censored=table.leaving_groups()[:, 0],
        make_limits=_limit_rule(table, risk, conf_type, conf_level),
        initial=1.0,
        people=people_counts(table),
    )


def _nobody(risk: RiskSet) -> Any:
    """Tell which groups never have anybody at risk."""
    return ~(risk.at_risk > 0).any(axis=-1)


def _blank(values: FloatArray, empty: Any) -> FloatArray:
    if empty.any():
        values[empty] = np.nan
    return values


def _survival_variance(table: EventTable, risk: RiskSet, survival: FloatArray) -> FloatArray:
    if table.fractional:
        robust = _robust(table, risk, survival)
        return np.where(survival > 0, robust, np.nan)
    left = risk.left()
    terms = risk.failed / np.where(left > 0, risk.at_risk * left, 1.0)
    greenwood = survival**2 * terms.cumsum(axis=-1)
    return np.where(survival > 0, greenwood, np.nan)


def _robust(table: EventTable, risk: RiskSet, survival: FloatArray) -> FloatArray:
    incidence = 1 - survival[:, None]
    if table.spells is not None:
        return robust_variance_with_entry(table, risk, survival, incidence)[:, 0]
    return robust_variance(risk, survival, incidence, table.squares().sum(axis=0))[:, 0]


def _limit_rule(table: EventTable, risk: RiskSet, conf_type: str, conf_level: float) -> Any:
    if conf_type not in BETA_TYPES:
        return wald(conf_type, conf_level)
    from dayzero.stats.curves.beta_product import refuse_unless_counts, survival_limits

    refuse_unless_counts(table)

    def limits(_: Curve) -> Limits:
        lower, upper = survival_limits(risk, conf_level, mid_p=conf_type != "beta")
        return lower[:, None], upper[:, None]

    return limits


def nelson_aalen(
    time: Any,
    event: Any = None,
    group: Any = None,
    entry: Any = None,
    weight: Any = None,
    conf_type: str = "log",
    conf_level: float = 0.95,
) -> Curve:
    """Estimate the cumulative hazard, for each group.

    Parameters
    ----------
    time, event, group, entry, weight
        As for :func:`kaplan_meier`.
    conf_type : {"log", "plain"}
        Interval symmetric on the scale of the log cumulative hazard, or of the cumulative hazard itself.
    conf_level : float
        Confidence level.

    Returns
    -------
    Curve
        ``estimate`` is the sum of d/Y, its variance the sum of d/Y^2 (Aalen 1978; R ``survfit`` with
        ``ctype = 1``).

    Notes
    -----
    Nelson (1969); Aalen (1978), Ann Stat 6:701. Fractional weights are refused: their variance needs the
    jackknife, offered for survival and incidence.
    """
    if conf_type not in {"log", "plain"}:
        raise BadInputError.unknown_name(kind="conf_type", found=str(conf_type), allowed=("log", "plain"))
    table = event_table(time, event, group=group, entry=entry, weight=weight)
    if table.fractional:
        what = "the variance d/Y^2 of a cumulative hazard does not hold under fractional weights"
        raise RefusalError(what, instead="kaplan_meier, whose variance is then the infinitesimal jackknife")
    risk = RiskSet.of_groups(table)
    at_risk = np.where(risk.at_risk > 0, risk.at_risk, 1.0)
    empty = _nobody(risk)
    hazard = (risk.failed / at_risk).cumsum(axis=-1)
    variance = (risk.failed / at_risk**2).cumsum(axis=-1)
    convention = Convention(
        estimator="Nelson-Aalen",
        variance="sum of d/Y^2",
        conf_type=conf_type,
        conf_level=checked_conf_level(conf_level),
        ties="tied events share one risk set",
        source="Aalen 1978",
        notes=source_note(table, composite=is_composite(time)),
    )
    return Curve(
        convention=convention,
        groups=table.groups,
        causes=(None,),
        times=table.times,
        estimate=_blank(with_initial(hazard, 0.0), empty)[:, None],
        variance=_blank(with_initial(variance, 0.0), empty)[:, None],
        at_risk=risk.at_risk,
        events=risk.events,
        censored=table.leaving_groups()[:, 0],
        make_limits=_hazard_limits(conf_type, conf_level),
        initial=0.0,
        people=people_counts(table),
        bounded=False,
    )


def _hazard_limits(conf_type: str, conf_level: float) -> Any:
    z = normal_quantile(conf_level)

    def limits(curve: Curve) -> Limits:
        hazard = np.where(curve.estimate > 0, curve.estimate, np.nan)
        half = z * curve.std_err
        if conf_type == "plain":
            return np.maximum(hazard - half, 0.0), hazard + half
        return hazard * np.exp(-half / hazard), hazard * np.exp(half / hazard)

    return limits
