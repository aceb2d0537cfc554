"""What of the results the running text speaks about, and how it strings sentences together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dayzero.report import format as fmt
from dayzero.report.numbers import Span
from dayzero.report.wording import short_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dayzero.report.numbers import Inline
    from dayzero.study.results import EndpointInfo, Estimate, GroupInfo, Results


def run_on(sentences: Iterable[Inline]) -> Inline:
    """Join sentences, each of which ends with its own full stop, with a blank between them."""
    spans: list[Span] = []
    for sentence in sentences:
        if not sentence:
            continue
        if spans:
            spans.append(Span(" "))
        spans.extend(sentence)
    return tuple(spans)


def used(results: Results) -> list[EndpointInfo]:
    """Return the endpoints that have a result of their own; one may serve follow-up alone."""
    names = {e.endpoint for e in results.estimates} | {q.endpoint for q in results.quantiles}
    return [endpoint for endpoint in results.endpoints if endpoint.name in names]


def compared(results: Results) -> list[GroupInfo]:
    """Return the groupings for whose levels there are estimates."""
    names = {estimate.group_by for estimate in results.estimates}
    return [group for group in results.groups if group.name in names]


def tested(results: Results) -> list[str]:
    """Return the names of the tests that gave a p-value."""
    return list(dict.fromkeys(test.method for test in results.tests if test.p_value is not None))


def exact(estimate: Estimate) -> bool:
    """Return whether an estimate has an interval for small samples in place of the convention's."""
    return "exact" in estimate.conf_type or estimate.conf_type.startswith("beta product")


def as_given(endpoint: EndpointInfo) -> bool:
    """Return whether every event of an outcome was taken as the centre gave it, rather than derived."""
    return bool(endpoint.given) and endpoint.given >= (endpoint.counts[0] if endpoint.counts else 0)


def called(endpoint: EndpointInfo) -> str:
    """Return an endpoint as a list of several names it: its short form, else its label."""
    return short_name(endpoint) or fmt.inside(endpoint.label)


def named(endpoints: Sequence[EndpointInfo]) -> str:
    """Return endpoints as a sentence lists them."""
    return fmt.listed([called(endpoint) for endpoint in endpoints])
