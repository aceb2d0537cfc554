"""One number of the report: what it is, as printed, and how it was made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dayzero.report import format as fmt
from dayzero.study.results import Estimate, Onset, Quantile, Test

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from dayzero.report.numbers import Numbers
    from dayzero.study.results import Model, ModelFit


@dataclass(frozen=True)
class Source:
    """One number: what it is, as printed, and how it was made; ``ref`` is its id in the results."""

    ref: str
    label: str
    value: str
    how: str


def source_of(numbers: Numbers, result: Any) -> Source:
    """Return how a result about an endpoint was made."""
    return _MAKERS[type(result)](numbers, result)


def model_sources(numbers: Numbers, model: Model, fit: ModelFit) -> Iterator[Source]:
    """Yield the numbers of one regression: its ratios, and the tests about it."""
    labels = {covariate.name: covariate.label for covariate in model.covariates}
    if fit.terms:
        counted = f"{fmt.plural(fit.n, 'patient')}, {fmt.plural(fit.events, 'event')}"
        yield Source(fit.id, "In the model", counted, "patients in whom every covariate is known")
    for term in fit.terms:
        label = joined(labels.get(term.covariate, term.covariate), term.label)
        value = "1 (reference)" if term.is_reference else f"{fit.ratio} {numbers.text(term.id, 'ratio')}"
        p = "" if term.is_reference else fmt.p_equals(term.p_value)
        counted = f"{fmt.plural(term.events, 'event')} in {fmt.plural(term.n, 'patient')}"
        yield Source(term.id, label, joined(value, p), joined(counted, term.note))
    for check in (*fit.overall, *fit.proportional):
        label = labels.get(check.covariate, "All together")
        how = f"{check.method}, chi-square {check.statistic:.4g} on {check.df} df"
        yield Source(check.id, label, fmt.p_equals(check.p_value), how)


def joined(*parts: str) -> str:
    """Join what there is to say, each once."""
    return "; ".join(dict.fromkeys(part for part in parts if part))


def _estimate(numbers: Numbers, result: Estimate) -> Source:
    label = "At last contact" if result.time is None else f"At {fmt.horizon(result.time, result.unit)}"
    at_risk = "" if result.at_risk is None else f", {fmt.integer(result.at_risk)} at risk"
    value = f"{numbers.text(result.id, 'estimate')} ({numbers.text(result.id, 'ci')})"
    counted = f"{fmt.plural(result.events, 'event')} in {fmt.plural(result.n, 'patient')}{at_risk}"
    return Source(result.id, label, value, joined(counted, result.method, result.convention, result.note))


def _test(_: Numbers, result: Test) -> Source:
    value = "no p-value" if result.p_value is None else fmt.p_equals(result.p_value)
    statistic = "" if result.statistic is None else f"statistic {result.statistic:.4g} on {result.df} df"
    how = joined(statistic, result.convention, result.note)
    return Source(result.id, fmt.sentence(result.method), value, how)


def _quantile(numbers: Numbers, result: Quantile) -> Source:
    share = fmt.percent(result.probability)
    label = "Median" if result.probability == 0.5 else f"Time by which {share} had it"
    value = f"{numbers.text(result.id, 'estimate')} ({numbers.text(result.id, 'interval')}) {result.unit}"
    return Source(result.id, label, value, joined(result.conf_type, result.note))


def _onset(numbers: Numbers, result: Onset) -> Source:
    value = f"{numbers.text(result.id, 'had')}, on day {numbers.text(result.id, 'day')}"
    undated = f"without a day: {result.undated}" if result.undated else ""
    how = joined("median day (range) of those who had it", *result.competing, undated)
    return Source(result.id, "Had it", value, how)


_MAKERS: Mapping[type, Callable[[Numbers, Any], Source]] = {
    Estimate: _estimate,
    Test: _test,
    Quantile: _quantile,
    Onset: _onset,
}
