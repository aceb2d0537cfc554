"""What a reader must know beside a model: its events, its assumptions, whom it left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dayzero.study import guardrails
from dayzero.study.words import patients

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dayzero.records.findings import Finding
    from dayzero.study.cohort import Facts
    from dayzero.study.models.rows import Rows
    from dayzero.study.results import Model, ModelFit


def findings_about(model: Model, rows: Rows, facts: Facts) -> tuple[Finding, ...]:
    """Return the findings about a fitted model.

    Parameters
    ----------
    model : Model
    rows : Rows
        What it was fitted to.
    facts : Facts
        Of the cohort's patients.
    """
    return (
        *_complete_cases(model),
        *_few_events(model, rows),
        *_separated(model),
        *_proportional(model),
        *_ratios(model),
        *_centres(model, facts),
    )


def _together(model: Model) -> Iterator[ModelFit]:
    return (fit for fit in model.fits if fit.alone is None)


def _complete_cases(model: Model) -> Iterator[Finding]:
    if not model.left_out:
        return
    missing = ", ".join([*(f"{c.label} {c.missing}" for c in model.covariates if c.missing), *model.unplaced])
    total = model.n + model.left_out
    what = (
        f"{model.label}: {patients(model.n)} of {total:,} are in the model, those with every covariate "
        f"known; {model.left_out} left out" + (f" (not known: {missing})." if missing else ".")
    )
    yield guardrails.COMPLETE_CASES.finding(what, item=model.id)


def _few_events(model: Model, rows: Rows) -> Iterator[Finding]:
    parameters = sum(len(covariate.columns) for covariate in rows.covariates)
    several = len(rows.covariates) > 1
    needed = guardrails.FEWEST_EVENTS
    for fit in _together(model):
        if fit.ratio == "sHR" or not fit.events:
            continue  # said of the cause-specific hazard, whose events are the same
        about = f"{model.label}: {fit.events} with {fit.cause_label}"
        if several and fit.events < needed:
            what = f"{about}: no multivariable model; each covariate alone."
            yield guardrails.TOO_FEW_EVENTS.finding(what, item=model.id)
        elif fit.events < needed * parameters:
            each = fit.events / parameters
            what = f"{about} for {parameters} coefficients: {each:.1f} events each, fewer than {needed}."
            yield guardrails.FEW_EVENTS_EACH.finding(what, item=model.id)


def _separated(model: Model) -> Iterator[Finding]:
    penalised = [fit for fit in model.fits if fit.penalised]
    if penalised:
        without = dict.fromkeys(
            f"{term.covariate} {term.label} ({fit.cause_label})"
            for fit in penalised
            for term in fit.terms
            if not term.events
        )
        what = f"{model.label}: Firth's penalty was used" + (
            f", because there is no event in {', '.join(without)}." if without else "."
        )
        yield guardrails.FIRTH.finding(what, item=model.id)
    reasons = dict.fromkeys(
        (fit.ratio, fit.cause_label, fit.refused)
        for fit in model.fits
        if fit.refused and fit.events and not fit.refused.startswith("only ")
    )
    for ratio, cause, reason in reasons:
        what = f"{model.label}: no {ratio} of {cause}: {reason}."
        yield guardrails.NOT_FITTED.finding(what, item=model.id)


def _proportional(model: Model) -> Iterator[Finding]:
    for fit in _together(model):
        failing = [c for c in fit.proportional if c.p_value < guardrails.CHECK_FAILS]
        if not failing:
            continue
        said = ", ".join(
            f"{check.covariate or 'all covariates together'} (chi-square {check.statistic:.2f} on "
            f"{check.df} df, p = {check.p_value:.3g})"
            for check in failing
        )
        what = f"{model.label}, {fit.cause_label}: the ratio is not constant over time for {said}."
        yield guardrails.NOT_PROPORTIONAL.finding(what, item=model.id)


def _ratios(model: Model) -> Iterator[Finding]:
    printed = {fit.ratio for fit in model.fits if fit.terms}
    if printed & {"csHR", "sHR"}:
        ends = "; neither is a ratio of risks." if len(printed) > 1 else "; it is no ratio of risks."
        said = {
            "csHR": "csHR compares rates among those still at risk",
            "sHR": "sHR orders the cumulative incidences",
        }
        what = f"{model.label}: {', '.join(text for key, text in said.items() if key in printed)}{ends}"
        yield guardrails.RATIO_IS_NO_RISK.finding(what, item=model.id)


def _centres(model: Model, facts: Facts) -> Iterator[Finding]:
    if "centre" not in facts.notes:
        return
    count = facts.frame["centre"].drop_nulls().n_unique()
    used = model.cluster == "centre" or "centre" in model.strata
    if count > 1 and not used and "centre" not in {c.name for c in model.covariates}:
        what = f"{model.label}: patients of {count} centres are taken as independent."
        yield guardrails.CENTRES_IGNORED.finding(what, item=model.id)
