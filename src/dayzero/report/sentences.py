"""Results in words, in the manner of the field's papers, made of nothing but numbers in the results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dayzero.report import format as fmt
from dayzero.report.numbers import Inline, Span, joined, words
from dayzero.report.wording import happened, nested, refusal_text, short_name, spoken_note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dayzero.report.numbers import Numbers
    from dayzero.study.results import (
        EndpointInfo,
        Estimate,
        FollowUp,
        GroupInfo,
        Quantile,
        Refusal,
        Results,
        Test,
    )


def summary(results: Results, numbers: Numbers) -> list[Inline]:
    """Return the paragraphs of the summary: cohort and follow-up, each endpoint, proportions, refusals."""
    paragraphs = [_cohort(results, numbers)]
    for endpoint in results.endpoints:
        sentences = _endpoint(results, numbers, endpoint)
        if sentences:
            paragraphs.append(_paragraph(sentences))
    proportions = [e for e in results.estimates if e.time is None]
    if proportions:
        paragraphs.append(_proportions(results, numbers, proportions))
    paragraphs += [_refused(refusal) for refusal in results.refusals]
    return [paragraph for paragraph in paragraphs if paragraph]


def _paragraph(sentences: Sequence[Inline]) -> Inline:
    """Join sentences, each of which ends with its own full stop."""
    spans: list[Span] = []
    for sentence in sentences:
        if spans:
            spans.append(Span(" "))
        spans.extend(sentence)
    return tuple(spans)


def _cohort(results: Results, numbers: Numbers) -> Inline:
    sentences = [_studied(results, numbers)]
    whole = [f for f in results.follow_up if f.group is None and f.median is not None]
    if whole:
        sentences.append(_follow_up(results, numbers, whole[0]))
    return _paragraph(sentences)


def _studied(results: Results, numbers: Numbers) -> Inline:
    n = results.study.n
    noun, was = ("patient", "was") if n == 1 else ("patients", "were")
    if not results.cohort:
        return words(f"The study includes {fmt.plural(n, 'patient')}.")
    first, last = results.cohort[0], results.cohort[-1]
    studied = numbers.span(last.id, "remaining")
    if first.remaining == last.remaining:
        return (*words("The study includes "), studied, *words(f" {noun}."))
    source = numbers.span(first.id, "remaining")
    return (*words("Of "), source, *words(" patients in the data, "), studied, *words(f" {was} studied."))


def _follow_up(results: Results, numbers: Numbers, found: FollowUp) -> Inline:
    inside: list[Inline] = [words(nested(fmt.inside(found.method)))]
    if found.lower is not None or found.upper is not None:
        level = _unbroken(fmt.confidence(results.study.conf_level))
        inside.append((*words(f"{level} "), numbers.span(found.id, "interval")))
    if found.minimum is not None:
        inside.append((*words("range "), numbers.span(found.id, "range")))
    unit = _unit_after(numbers.text(found.id, "median"), found.unit)
    return (
        *words("Median follow-up was "),
        numbers.span(found.id, "median"),
        *words(f"{unit} ("),
        *joined(inside, last=", "),
        *words(")."),
    )


def _unit_after(text: str, unit: str) -> str:
    return fmt.with_unit(text, unit).removeprefix(text)


def _endpoint(results: Results, numbers: Numbers, endpoint: EndpointInfo) -> list[Inline]:
    """Return the sentences about one endpoint: whole cohort and events, each grouping, medians."""
    own = [e for e in results.estimates if e.endpoint == endpoint.name and e.time is not None]
    sentences: list[Inline] = []
    whole = [e for e in own if e.group_by is None]
    if whole:
        sentences.append(_whole(numbers, endpoint, whole))
    for group in results.groups:
        levels = [e for e in own if e.group_by == group.name]
        if levels:
            test = _test(results, endpoint.name, group.name)
            sentences.append(_by_group(numbers, endpoint, group, levels, test, first=not sentences))
    whole_quantiles = (q for q in results.quantiles if (q.endpoint, q.group) == (endpoint.name, None))
    sentences.extend(_quantile(results, numbers, endpoint, q) for q in whole_quantiles)
    return sentences


def _at(time: float, unit: str) -> str:
    return _unbroken(fmt.horizon(time, unit))


def _unbroken(text: str) -> str:
    """Return a text that no line break tears apart."""
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def _test(results: Results, endpoint: str, group: str) -> Test | None:
    return next((t for t in results.tests if (t.endpoint, t.group_by) == (endpoint, group)), None)


def _called(endpoint: EndpointInfo, *, in_full: bool) -> str:
    """Return the endpoint as a sentence calls it, in full with its short form the first time."""
    short = short_name(endpoint)
    if short and not in_full:
        return short
    label = fmt.inside(endpoint.label)
    if endpoint.kind == "incidence" and "incidence" not in label:
        label = f"cumulative incidence of {label}"
    return f"{label} ({short})" if short and short not in endpoint.label else label


def _value(numbers: Numbers, estimate: Estimate) -> Inline:
    """Return an estimate with its interval and what must be said beside it: ``92.9% (95% CI 59.1–99.0%)``."""
    if estimate.estimate is None:
        reason = estimate.note.removeprefix("not estimable: ")
        return (numbers.span(estimate.id, "estimate"), *words(f" ({reason})" if reason else ""))
    note = spoken_note(estimate)
    return (
        numbers.span(estimate.id, "estimate"),
        *words(" ("),
        numbers.span(estimate.id, "ci"),
        *words(f"; {note}" if note else ""),
        *words(")"),
    )


def _whole(numbers: Numbers, endpoint: EndpointInfo, estimates: Sequence[Estimate]) -> Inline:
    counts = (
        *words("; "),
        numbers.span(endpoint.name, "events"),
        *words(" of "),
        numbers.span(endpoint.name, "n"),
    )
    patients = words(f" patient{'' if endpoint.n == 1 else 's'} {happened(endpoint)} during follow-up.")
    name = _called(endpoint, in_full=True)
    if len(estimates) == 1:
        head = words(f"The {fmt.horizon_adjective(estimates[0].time or 0.0, estimates[0].unit)} {name} was ")
        return (*head, *_value(numbers, estimates[0]), *counts, *patients)
    values = [(*_value(numbers, e), *words(f" at {_at(e.time or 0.0, e.unit)}")) for e in estimates]
    return (*words(f"The {name} was "), *joined(values), *counts, *patients)


def _by_group(
    numbers: Numbers,
    endpoint: EndpointInfo,
    group: GroupInfo,
    estimates: Sequence[Estimate],
    test: Test | None,
    *,
    first: bool,
) -> Inline:
    """Return a comparison: ``By remission, the 24-month DFS was 92.9% for CR1 and 68.5% for CR2/3``..."""
    among = f", among {group.among_label or group.among}" if group.among else ""
    times = list(dict.fromkeys((e.time or 0.0, e.unit) for e in estimates))
    if first:
        name = _called(endpoint, in_full=True)
    else:
        short = short_name(endpoint)
        name = f"the {fmt.horizon_adjective(*times[0])} {short}" if short and len(times) == 1 else "it"
    parts = []
    for time, unit in times:
        values = [(*_value(numbers, e), *words(f" for {e.group}")) for e in estimates if e.time == time]
        at = f" at {_at(time, unit)}" if len(times) > 1 or first else ""
        parts.append((*joined(values), *words(at)))
    head = words(f"By {fmt.inside(group.label)}{among}, {'the ' if first else ''}{name} was ")
    return (*head, *joined(parts, between="; ", last="; and "), *_tested(numbers, test), *words("."))


def _tested(numbers: Numbers, test: Test | None) -> Inline:
    if test is None:
        return ()
    note = nested(test.note)
    if test.p_value is None:
        return words(f" ({note or 'no p-value'})")
    remark = f"; {note}" if note else ""
    return (*words(f" ({test.method}, "), numbers.span(test.id, "p"), *words(f"{remark})"))


def _quantile(results: Results, numbers: Numbers, endpoint: EndpointInfo, found: Quantile) -> Inline:
    name = _called(endpoint, in_full=False)
    share = fmt.plain(100 * found.probability, 2)
    median = f"The median {name}" if endpoint.kind == "survival" and found.probability == 0.5 else ""
    text = numbers.text(found.id, "estimate")
    level = _unbroken(fmt.confidence(results.study.conf_level))
    if found.estimate is None:
        return words(f"{median} was not reached." if median else f"The {name} did not reach {share}%.")
    head = f"{median} was " if median else f"The {name} reached {share}% by "
    return (
        *words(head),
        numbers.span(found.id, "estimate"),
        *words(f"{_unit_after(text, found.unit)} ({level} "),
        numbers.span(found.id, "interval"),
        *words(")."),
    )


def _proportions(results: Results, numbers: Numbers, found: Sequence[Estimate]) -> Inline:
    labels = {endpoint.name: endpoint.label for endpoint in results.endpoints}
    parts: list[Inline] = []
    for estimate in found:
        label = fmt.inside(labels.get(estimate.endpoint, estimate.endpoint))
        group = f" for {estimate.group}" if estimate.group else ""
        share = numbers.span(estimate.id, "share")
        parts.append((*words(f"{label}{group}, "), share, *words(" patients, "), *_value(numbers, estimate)))
    return (*words("At last contact: "), *joined(parts, between="; ", last="; "), *words("."))


def _refused(refusal: Refusal) -> Inline:
    return words(refusal_text(refusal))
