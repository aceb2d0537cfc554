"""Every printed number on its way from the results to the page: its text, its id and its convention.

Tables and sentences never format a value themselves. They ask :class:`Numbers` for a field of a result by
id and get a :class:`Span`, so abstract and table cannot disagree and every number can be traced.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dayzero.report import format as fmt
from dayzero.report.wording import ci_text
from dayzero.study.results import (
    Balance,
    Characteristic,
    Claim,
    CohortStep,
    Design,
    EndpointInfo,
    Estimate,
    FollowUp,
    GroupInfo,
    ModelCheck,
    ModelFit,
    ModelTerm,
    Onset,
    Quantile,
    StudyInfo,
    Test,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from dayzero.study.results import Results


@dataclass(frozen=True)
class Span:
    """A piece of text.

    Attributes
    ----------
    text : str
    ref : str
        Id in the results of the number that it prints; empty for words.
    field : str
        Which value of that result, such as ``estimate`` or ``interval``.
    note : str
        Convention behind the number, for a tooltip.
    strong : bool
    """

    text: str
    ref: str = ""
    field: str = ""
    note: str = ""
    strong: bool = False


Inline = tuple[Span, ...]


def words(text: str, *, strong: bool = False) -> Inline:
    """Return plain words; nothing for an empty text."""
    return (Span(text, strong=strong),) if text else ()


def text_of(inline: Inline) -> str:
    """Return the text of spans, without what stands behind them."""
    return "".join(span.text for span in inline)


def joined(parts: Iterable[Inline], between: str = ", ", last: str = " and ") -> Inline:
    """Join inline texts as English does: ``a, b and c``."""
    items = list(parts)
    spans: list[Span] = []
    for index, part in enumerate(items):
        if index:
            spans.append(Span(last if index == len(items) - 1 else between))
        spans.extend(part)
    return tuple(spans)


def _interval(result: Estimate) -> str:
    return fmt.percent_interval(result.lower, result.upper)


def _limits(result: Quantile | FollowUp) -> str:
    """Print the limits of a time; a limit that the data never reach is said to be so."""
    if result.lower is None and result.upper is None:
        return fmt.NOT_ESTIMABLE
    return fmt.span(fmt.duration(result.lower, result.unit), fmt.duration(result.upper, result.unit))


def _range(low: float | None, high: float | None, unit: str) -> str:
    if low is None or high is None:
        return ""
    return fmt.span(fmt.duration(low, unit), fmt.duration(high, unit))


def _characteristic(result: Characteristic) -> str:
    if result.kind == "level":
        return fmt.count_percent(result.n, result.fraction)
    if result.median is None:
        return fmt.EN_DASH
    limits = (result.q1, result.q3) if result.spread == "quartiles" else (result.minimum, result.maximum)
    low, high = (fmt.measured(limit, result.variable) for limit in limits)
    return f"{fmt.measured(result.median, result.variable)} ({fmt.span(low, high)})"


def _quartiles(result: Characteristic) -> str:
    if result.q1 is None or result.q3 is None:
        return ""
    return fmt.span(fmt.measured(result.q1, result.variable), fmt.measured(result.q3, result.variable))


def _stated(claim: Claim) -> str:
    """Print the number of a claim with the decimals with which it was stated."""
    text = f"{claim.stated:,.{claim.decimals}f}"
    if claim.stated_of is not None:
        return f"{text} of {fmt.integer(claim.stated_of)}"
    if claim.unit == "%":
        return f"{text}%"
    return text if claim.unit in ("p", "patients") else fmt.with_unit(text, claim.unit)


def _computed(claim: Claim) -> str:
    """Print what was computed for a claim, as the same kind of number is printed everywhere else."""
    if claim.computed is None:
        return fmt.EN_DASH
    if claim.unit == "%":
        return fmt.percent(claim.computed / 100)
    if claim.unit == "p":
        return fmt.p_value(claim.computed)
    if claim.unit == "patients":
        count = fmt.integer(int(claim.computed))
        return count if claim.computed_of is None else f"{count} of {fmt.integer(claim.computed_of)}"
    kind, _, variable = claim.ref.partition(".")
    measured = fmt.measured(claim.computed, variable)
    text = measured if kind == "char" else fmt.duration(claim.computed, claim.unit)
    return fmt.with_unit(text, claim.unit)


def _onset_day(result: Onset) -> str:
    if result.median is None:
        return fmt.EN_DASH
    return f"{fmt.plain(result.median)} ({fmt.span(fmt.plain(result.minimum), fmt.plain(result.maximum))})"


def _had_it(result: Onset) -> str:
    had = result.events + result.undated
    return fmt.count_percent(had, had / result.n if result.n else None)


def successes(estimate: Estimate, kind: str) -> int:
    """Return how many patients a proportion counts: of a survival endpoint those without the event."""
    return estimate.n - estimate.events if kind == "survival" else estimate.events


FORMATS: Mapping[tuple[type, str], Callable[[Any], str]] = {
    (Estimate, "estimate"): lambda e: fmt.percent(e.estimate),
    (Estimate, "interval"): _interval,
    (Estimate, "ci"): ci_text,
    (Estimate, "n"): lambda e: fmt.integer(e.n),
    (Estimate, "events"): lambda e: fmt.integer(e.events),
    (Estimate, "at_risk"): lambda e: fmt.EN_DASH if e.at_risk is None else fmt.integer(e.at_risk),
    (Estimate, "conf_type"): lambda e: e.conf_type or fmt.EN_DASH,
    (Test, "p_value"): lambda t: fmt.p_value(t.p_value),
    (Test, "p"): lambda t: fmt.p_equals(t.p_value),
    (Quantile, "estimate"): lambda q: fmt.duration(q.estimate, q.unit),
    (Quantile, "interval"): _limits,
    (FollowUp, "median"): lambda f: fmt.duration(f.median, f.unit),
    (FollowUp, "interval"): _limits,
    (FollowUp, "range"): lambda f: _range(f.minimum, f.maximum, f.unit),
    (FollowUp, "n"): lambda f: fmt.integer(f.n),
    (Characteristic, "value"): _characteristic,
    (Characteristic, "quartiles"): _quartiles,
    (Characteristic, "median"): lambda c: fmt.measured(c.median, c.variable),
    (Characteristic, "range"): lambda c: fmt.span(
        fmt.measured(c.minimum, c.variable), fmt.measured(c.maximum, c.variable)
    ),
    (Characteristic, "missing"): lambda c: fmt.integer(c.missing),
    (Balance, "difference"): lambda b: (
        fmt.EN_DASH if b.standardised_difference is None else f"{b.standardised_difference:.2f}"
    ),
    (Balance, "p_value"): lambda b: fmt.EN_DASH if b.p_value is None else fmt.p_value(b.p_value),
    (Onset, "n"): lambda o: fmt.integer(o.n),
    (Onset, "had"): _had_it,
    (Onset, "day"): _onset_day,
    (CohortStep, "remaining"): lambda c: fmt.integer(c.remaining),
    (CohortStep, "excluded"): lambda c: fmt.integer(c.excluded),
    (CohortStep, "unknown"): lambda c: fmt.integer(c.unknown),
    (Claim, "stated"): _stated,
    (Claim, "computed"): _computed,
    (ModelFit, "n"): lambda f: fmt.integer(f.n),
    (ModelFit, "events"): lambda f: fmt.integer(f.events),
    (ModelTerm, "ratio"): lambda t: fmt.ratio_with_limits(t.ratio, t.lower, t.upper),
    (ModelTerm, "p_value"): lambda t: fmt.p_value(t.p_value),
    (ModelTerm, "n"): lambda t: fmt.integer(t.n),
    (ModelTerm, "events"): lambda t: fmt.integer(t.events),
    (ModelCheck, "statistic"): lambda c: fmt.plain(c.statistic, 2),
    (ModelCheck, "df"): lambda c: fmt.integer(c.df),
    (ModelCheck, "p_value"): lambda c: fmt.p_value(c.p_value),
    (EndpointInfo, "n"): lambda e: fmt.integer(e.n),
    (EndpointInfo, "events"): lambda e: fmt.integer(e.counts[0] if e.counts else 0),
    (EndpointInfo, "not_eligible"): lambda e: fmt.integer(e.not_eligible),
    (StudyInfo, "n"): lambda s: fmt.integer(s.n),
    (Design, "short_follow_up"): lambda d: fmt.integer(d.short_follow_up),
    (Design, "followed"): lambda d: fmt.integer(d.followed),
    (Characteristic, "n"): lambda c: fmt.integer(c.n),
    (Characteristic, "all"): lambda c: fmt.integer(c.total + c.missing),
    (EndpointInfo, "censored"): lambda e: fmt.integer(e.censored),
}


class Numbers:
    """The results by id, and how each of their values is printed."""

    def __init__(self, results: Results) -> None:
        self._by_id: dict[str, Any] = {"study": results.study, "design": results.design}
        self._by_id |= {f"group.{group.name}": group for group in results.groups}
        self._by_id |= {endpoint.name: endpoint for endpoint in results.endpoints}
        for found in (
            results.estimates,
            results.tests,
            results.quantiles,
            results.follow_up,
            results.characteristics,
            results.balance,
            results.onsets,
            results.cohort,
            results.claims,
        ):
            self._by_id.update((result.id, result) for result in found)
        self._of_fits: dict[str, str] = {}
        for fit in (fit for model in results.models for fit in model.fits):
            checks = (*fit.overall, *fit.proportional)
            made = {term.id: term for term in fit.terms} | {check.id: check for check in checks}
            self._by_id.update(made | {fit.id: fit})
            self._of_fits.update(dict.fromkeys(made, fit.convention))
        self._kinds = {endpoint.name: endpoint.kind for endpoint in results.endpoints}

    def text(self, ref: str, field: str) -> str:
        """Print one value of one result.

        Raises
        ------
        KeyError
            When the results have no such id, or such a result no such value.
        """
        result = self._by_id[ref]
        if isinstance(result, Estimate) and field in ("share", "count"):
            count = fmt.integer(successes(result, self._kinds[result.endpoint]))
            return count if field == "count" else f"{count}/{fmt.integer(result.n)}"
        if isinstance(result, GroupInfo):  # the field is a level, the value its number of patients
            return fmt.integer(result.counts[result.levels.index(field)])
        return FORMATS[type(result), field](result)

    def span(self, ref: str, field: str, *, strong: bool = False) -> Span:
        """Return the printed value with its id and its convention."""
        note: str = self._of_fits.get(ref, "") or getattr(self._by_id[ref], "convention", "")
        return Span(self.text(ref, field), ref, field, note, strong)

    def inline(self, ref: str, field: str) -> Inline:
        """Return the printed value as an inline text."""
        return (self.span(ref, field),)
