"""Proportions in words: who was alive, what happened to how many, what happened to none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dayzero.report import format as fmt
from dayzero.report.numbers import Inline, Span, joined, successes, words
from dayzero.report.wording import happened, spared

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dayzero.report.numbers import Numbers
    from dayzero.report.phrases import Phrases
    from dayzero.study.results import EndpointInfo, Estimate, Results

    Pair = tuple[EndpointInfo, Estimate]


def proportions(
    results: Results, numbers: Numbers, phrases: Phrases, found: Sequence[Estimate]
) -> list[Inline]:
    """Return a sentence about those spared at last contact, and one about what happened.

    Parameters
    ----------
    results : Results
    numbers : Numbers
    phrases : Phrases
    found : sequence of Estimate
        Proportions, which have no time.
    """
    by_name = {endpoint.name: endpoint for endpoint in results.endpoints}
    pairs = [(by_name[e.endpoint], e) for e in found if e.endpoint in by_name and e.n]
    said = []
    for key, survival in (("results.at_last_contact", True), ("results.proportions", False)):
        own = [pair for pair in pairs if (pair[0].kind == "survival") is survival]
        if own:
            text = joined((_of_patients(numbers, phrases, part) for part in _alike(own)), "; ", "; ")
            said.append(phrases.say(key, proportions=text if survival else _capital(text)))
    return said


def _alike(pairs: list[Pair]) -> list[list[Pair]]:
    """Return the proportions of the same patients together, in the order in which they come."""
    parts: dict[tuple[int, str | None], list[Pair]] = {}
    for endpoint, estimate in pairs:
        parts.setdefault((estimate.n, estimate.group), []).append((endpoint, estimate))
    return list(parts.values())


def _of_patients(numbers: Numbers, phrases: Phrases, pairs: list[Pair]) -> Inline:
    """Return ``of 5 patients, 5 were alive (100%, ...) and none died without relapse (...)``."""
    first = pairs[0][1]
    return phrases.say(
        "results.of_patients",
        patients=(numbers.span(first.id, "n"), *words(" patient" if first.n == 1 else " patients")),
        group=f" in {first.group}" if first.group else "",
        proportions=joined(_said(numbers, phrases, *pair) for pair in pairs),
    )


def _said(numbers: Numbers, phrases: Phrases, endpoint: EndpointInfo, estimate: Estimate) -> Inline:
    count = successes(estimate, endpoint.kind)
    verb = spared(endpoint) if endpoint.kind == "survival" else happened(endpoint)
    if count == 1:
        verb = verb.replace("were ", "was ", 1)
    interval = numbers.inline(estimate.id, "ci")
    if not count:
        return phrases.say("results.proportion_none", happened=verb, interval=interval)
    return phrases.say(
        "results.proportion",
        count=numbers.inline(estimate.id, "count"),
        happened=verb,
        estimate=numbers.inline(estimate.id, "estimate"),
        interval=interval,
    )


def _capital(text: Inline) -> Inline:
    """Return an inline text whose first letter is a capital."""
    if not text:
        return text
    first = text[0]
    return (Span(fmt.sentence(first.text), first.ref, first.field, first.note, first.strong), *text[1:])
