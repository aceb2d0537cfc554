"""Probabilities at the horizons, each with the interval that suits it and what must be said beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dayzero import stats
from dayzero.study import guardrails
from dayzero.study.clock import from_days, spoken, to_days
from dayzero.study.fit import CLOPPER_PEARSON, EDGE, Fit, number, probability
from dayzero.study.results import Estimate, Quantile
from dayzero.study.words import patients

if TYPE_CHECKING:
    from dayzero.records.findings import Finding
    from dayzero.study.sample import Sample


@dataclass(frozen=True)
class Estimates:
    """The estimates of one sample and the findings about them."""

    estimates: tuple[Estimate, ...]
    findings: tuple[Finding, ...]


def at_horizons(fit: Fit, horizons: tuple[float, ...], unit: str) -> Estimates:
    """Estimate every level at every horizon.

    Parameters
    ----------
    fit : Fit
    horizons : tuple of float
        In ``unit``; an event exactly at a horizon counts.
    unit : str

    Returns
    -------
    Estimates
        One estimate per level and horizon, in that order.
    """
    if not horizons:
        return Estimates((), ())
    days = [to_days(horizon, unit) for horizon in horizons]
    wald = fit.curve.at(days)
    found: list[Estimate] = []
    for index, level in enumerate(fit.sample.levels):
        rows = fit.of_interest(wald, index).to_dicts()
        limits = rows
        if fit.is_small(index) or any(row["flag"] is not None for row in rows):
            limits = fit.of_interest(fit.exact.at(days), index).to_dicts()
        for horizon, row, exact_row in zip(horizons, rows, limits, strict=True):
            found.append(_estimate(fit, index, level, horizon, unit, row, exact_row))
    return Estimates(tuple(found), _findings(fit, found, unit))


def _estimate(
    fit: Fit,
    index: int,
    level: str | None,
    horizon: float,
    unit: str,
    row: dict[str, Any],
    exact_row: dict[str, Any],
) -> Estimate:
    sample = fit.sample
    n = sample.counts[index]
    withheld = n == 0 or (row["beyond_follow_up"] and not fit.is_complete(index))
    edge = row["flag"] is not None or fit.choices.conf_type == "beta"
    exact = fit.can_be_exact and (fit.is_small(index) or edge)
    limits = exact_row if exact else row
    # At 0 and 1 the variance formulas give 0, which no reader should take for certainty.
    at_edge = n > 0 and not EDGE < row["estimate"] < 1 - EDGE
    conf_type = fit.exact_name(index, row["time"]) if exact and n else fit.choices.conf_type
    return Estimate(
        id=f"{sample.prefix(level)}.{horizon:.10g}",
        endpoint=sample.endpoint,
        time=horizon,
        unit=unit,
        estimate=None if withheld else probability(row["estimate"]),
        lower=None if withheld else probability(limits["lower"]),
        upper=None if withheld else probability(limits["upper"]),
        conf_type="" if withheld else conf_type,
        conf_level=fit.choices.conf_level,
        method=fit.curve.convention.estimator,
        n=n,
        events=int(row["events"]),
        at_risk=int(row["at_risk"]),
        std_err=None if withheld or at_edge else number(row["std_err"]),
        group_by=sample.group_by,
        group=level,
        among=sample.among,
        convention=str(fit.convention(exact=exact)),
        note=_withheld(fit, index, unit) if withheld else _note(fit, index, row, conf_type),
    )


def _withheld(fit: Fit, index: int, unit: str) -> str:
    """Say why there is no number."""
    if fit.sample.counts[index] == 0:
        return "no eligible patient"
    end = from_days(fit.last(index), unit)
    return f"not estimable: follow-up of this group ends at {spoken(round(end, 2), unit)}"


def _note(fit: Fit, index: int, row: dict[str, Any], conf_type: str) -> str:
    """Say what a reader must know beside the number."""
    kind = "exact interval" if "exact" in conf_type else f"{conf_type} interval"
    parts = []
    if row["events"] == 0:
        parts.append(f"no event: {kind}")
    elif fit.is_small(index):
        parts.append(f"{patients(fit.sample.counts[index])}: {kind}")
    elif row["flag"] is not None:
        parts.append(f"estimate of {round(row['estimate']):.0%}: {kind}")
    if row["at_risk"] < guardrails.FEW_AT_RISK and not row["beyond_follow_up"]:
        parts.append(f"{int(row['at_risk'])} at risk")
    if row["beyond_follow_up"]:
        parts.append("every patient had an event or a competing event before: the curve is complete")
    return "; ".join(parts)


def _findings(fit: Fit, found: list[Estimate], unit: str) -> tuple[Finding, ...]:
    endpoint = fit.sample.endpoint
    named = {e.id: f"{fit.sample.named(e.group)} at {spoken(e.time or 0, unit)}" for e in found}
    few = [
        f"{named[e.id]} ({e.at_risk})"
        for e in found
        if e.estimate is not None and e.at_risk is not None and 0 < e.at_risk < guardrails.FEW_AT_RISK
    ]
    beyond = [named[e.id] for e in found if e.estimate is None and e.n > 0]
    no_event = [named[e.id] for e in found if e.estimate is not None and e.events == 0]
    small = [
        f"{fit.sample.named(level)} ({fit.sample.counts[i]})"
        for i, level in enumerate(fit.sample.levels)
        if fit.sample.counts[i] > 0 and fit.is_small(i)
    ]
    out = []
    if few:
        what = f"{endpoint}: fewer than {guardrails.FEW_AT_RISK} patients at risk for {', '.join(few)}."
        out.append(guardrails.FEW_LEFT.finding(what, item=endpoint))
    if beyond:
        what = f"{endpoint}: no estimate beyond the follow-up of {', '.join(beyond)}."
        out.append(guardrails.BEYOND_FOLLOW_UP.finding(what, item=endpoint))
    if no_event:
        what = (
            f"{endpoint}: no event for {', '.join(no_event)}; that is not a risk of zero: see the interval."
        )
        out.append(guardrails.ZERO_EVENTS.finding(what, item=endpoint))
    if small:
        limit = guardrails.SMALL_GROUP
        what = f"{endpoint}: fewer than {limit} patients in {', '.join(small)}; intervals for small samples."
        out.append(guardrails.SMALL_SAMPLE.finding(what, item=endpoint))
    return tuple(out)


def proportions(sample: Sample, conf_level: float, unit: str) -> Estimates:
    """Estimate each level as a proportion at last contact, with the exact interval of Clopper and Pearson.

    A survival endpoint gives the proportion without the event (``alive at last contact``), with the events
    counted; any other endpoint the proportion with the event.
    """
    kind = sample.derived.definition.kind
    method = "proportion without the event at last contact" if kind == "survival" else "proportion"
    if kind == "incidence":
        method = "proportion with the event by last contact"
    found = []
    for index, level in enumerate(sample.levels):
        n, events = sample.counts[index], sample.events[index]
        limits = stats.proportion(events, n, conf_level=conf_level) if n else None
        share, lower, upper = (limits.estimate, limits.lower, limits.upper) if limits else (None, None, None)
        if kind == "survival" and limits:
            share, lower, upper = (n - events) / n, 1 - limits.upper, 1 - limits.lower
        found.append(
            Estimate(
                id=f"{sample.prefix(level)}.proportion",
                endpoint=sample.endpoint,
                time=None,
                unit=unit,
                estimate=share,
                lower=lower,
                upper=upper,
                conf_type=CLOPPER_PEARSON if limits else "",
                conf_level=conf_level,
                method=method,
                n=n,
                events=events,
                at_risk=None,
                group_by=sample.group_by,
                group=level,
                among=sample.among,
                convention="proportion; 95% CI: Clopper-Pearson; source: Clopper and Pearson 1934".replace(
                    "95%", f"{conf_level * 100:g}%"
                ),
                note="no event: exact interval" if n and not events else "" if n else "no eligible patient",
            )
        )
    return Estimates(tuple(found), _proportion_findings(sample))


def _proportion_findings(sample: Sample) -> tuple[Finding, ...]:
    if sample.group_by is not None or sample.derived.definition.kind == "proportion" or not sample.time.size:
        return ()
    free = sample.time[sample.cause == 0]
    if not free.size or free.min() == free.max():
        return ()
    what = (
        f"{sample.endpoint} as a proportion: patients without an event were followed from "
        f"{free.min():,.0f} to {free.max():,.0f} days."
    )
    return (guardrails.PROPORTION_UNEVEN.finding(what, item=sample.endpoint),)


def quantiles(fit: Fit, probabilities: tuple[float, ...], unit: str) -> tuple[Quantile, ...]:
    """Return the times by which these fractions of each level had the event; None where not reached."""
    if not probabilities:
        return ()
    found = []
    for index, level in enumerate(fit.sample.levels):
        is_exact = fit.all_exact(index)
        curve = fit.exact if is_exact else fit.curve
        for row in fit.of_interest(curve.quantile(probabilities), index).to_dicts():
            p = row["p"]
            times = {
                key: None if number(row[key]) is None else from_days(row[key], unit)
                for key in ("estimate", "lower", "upper")
            }
            word = "median" if p == 0.5 else f"q{100 * p:g}"
            found.append(
                Quantile(
                    id=f"{fit.sample.prefix(level)}.{word}",
                    endpoint=fit.sample.endpoint,
                    probability=p,
                    unit=unit,
                    conf_type="beta product" if is_exact else fit.choices.conf_type,
                    group_by=fit.sample.group_by,
                    group=level,
                    note="" if times["estimate"] is not None else "not reached",
                    **times,
                )
            )
    return tuple(found)
