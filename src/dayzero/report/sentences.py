"""Results in words, in the manner of the field's papers, made of nothing but numbers in the results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dayzero.report import format as fmt
from dayzero.report.manuscript.choices import run_on
from dayzero.report.numbers import Inline, Span, joined, words
from dayzero.report.phrases import Phrases
from dayzero.report.proportions import proportions
from dayzero.report.wording import (
    at,
    happened,
    nested,
    refusal_text,
    short_name,
    spoken_note,
    unbroken,
    with_unit_after,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dayzero.report.numbers import Numbers
    from dayzero.study.results import (
        EndpointInfo,
        Estimate,
        FollowUp,
        GroupInfo,
        Quantile,
        Results,
        Test,
    )


def summary(results: Results, numbers: Numbers, phrases: Phrases | None = None) -> list[Inline]:
    """Return the paragraphs of the results: cohort, each endpoint, proportions, what was refused."""
    return Sentences(results, numbers, phrases or Phrases()).paragraphs()


@dataclass(frozen=True)
class Sentences:
    """What the sentences about results need."""

    results: Results
    numbers: Numbers
    phrases: Phrases

    def paragraphs(self) -> list[Inline]:
        """Return the paragraphs of the results."""
        said = [run_on(self.cohort())]
        said += [run_on(self.endpoint(endpoint)) for endpoint in self.results.endpoints]
        said.append(run_on(self.proportions()))
        said += [words(refusal_text(refusal)) for refusal in self.results.refusals]
        return [paragraph for paragraph in said if paragraph]

    def brief(self) -> Inline:
        """Return the results of an abstract: cohort, follow-up, each outcome of the whole cohort."""
        said = list(self.cohort())
        for endpoint in self.results.endpoints:
            whole = [e for e in self._own(endpoint) if e.group_by is None]
            said += [self._whole(endpoint, whole)] if whole else []
        return run_on([*said, *self.proportions(whole_only=True)])

    def cohort(self) -> list[Inline]:
        """Say how many patients were studied, and how long they were followed."""
        said = [self._studied()]
        whole = [f for f in self.results.follow_up if f.group is None and f.median is not None]
        return [*said, self._follow_up(whole[0])] if whole else said

    def proportions(self, *, whole_only: bool = False) -> list[Inline]:
        """Say what happened to how many, where no time is estimated."""
        found = [e for e in self.results.estimates if e.time is None]
        kept = [e for e in found if e.group_by is None] if whole_only else found
        return proportions(self.results, self.numbers, self.phrases, kept)

    def _studied(self) -> Inline:
        n = self.results.study.n
        noun, were = ("patient", "was") if n == 1 else ("patients", "were")
        if not self.results.cohort:
            return self.phrases.say("results.included", patients=fmt.plural(n, "patient"))
        first, last = self.results.cohort[0], self.results.cohort[-1]
        studied = self.numbers.span(last.id, "remaining")
        if first.remaining == last.remaining:
            return self.phrases.say("results.included", patients=(studied, *words(f" {noun}")))
        source = self.numbers.span(first.id, "remaining")
        return self.phrases.say(
            "results.studied",
            source=(source, *words(" patients")),
            patients=(studied, *words(f" {were}")),
        )

    def _follow_up(self, found: FollowUp) -> Inline:
        inside: list[Inline] = [words(nested(fmt.inside(found.method)))]
        if found.lower is not None or found.upper is not None:
            inside.append((*words(f"{self._level()} "), self.numbers.span(found.id, "interval")))
        if found.minimum is not None:
            inside.append((*words("range "), self.numbers.span(found.id, "range")))
        median = self.numbers.span(found.id, "median")
        return self.phrases.say(
            "results.follow_up",
            median=(median, *words(with_unit_after(median.text, found.unit))),
            inside=joined(inside, last=", "),
        )

    def _level(self) -> str:
        return unbroken(fmt.confidence(self.results.study.conf_level))

    def _own(self, endpoint: EndpointInfo) -> list[Estimate]:
        return [e for e in self.results.estimates if e.endpoint == endpoint.name and e.time is not None]

    def endpoint(self, endpoint: EndpointInfo) -> list[Inline]:
        """Return the sentences about one endpoint: whole cohort and events, each grouping, medians."""
        own = self._own(endpoint)
        said: list[Inline] = []
        whole = [e for e in own if e.group_by is None]
        if whole:
            said.append(self._whole(endpoint, whole))
        for group in self.results.groups:
            levels = [e for e in own if e.group_by == group.name]
            if levels:
                said.append(self._by_group(endpoint, group, levels, first=not said))
        said += self._onset(endpoint)
        quantiles = (q for q in self.results.quantiles if (q.endpoint, q.group) == (endpoint.name, None))
        return [*said, *(self._quantile(endpoint, q) for q in quantiles)]

    def _onset(self, endpoint: EndpointInfo) -> list[Inline]:
        """Say when a complication, or engraftment, came in those who had it."""
        if endpoint.kind != "incidence" or endpoint.family in ("", "outcome"):
            return []
        own = [o for o in self.results.onsets if (o.endpoint, o.group) == (endpoint.name, None)]
        dated = [onset for onset in own if onset.median is not None]
        return [self.phrases.say("results.onset", day=self.numbers.inline(o.id, "day")) for o in dated]

    def _value(self, estimate: Estimate) -> Inline:
        """Return an estimate with its interval and what must be said beside it: ``92.9% (95% CI ...)``."""
        if estimate.estimate is None:
            reason = estimate.note.removeprefix("not estimable: ")
            return (self.numbers.span(estimate.id, "estimate"), *words(f" ({reason})" if reason else ""))
        note = spoken_note(estimate)
        return (
            self.numbers.span(estimate.id, "estimate"),
            *words(" ("),
            self.numbers.span(estimate.id, "ci"),
            *words(f"; {note}" if note else ""),
            *words(")"),
        )

    def _whole(self, endpoint: EndpointInfo, estimates: Sequence[Estimate]) -> Inline:
        name = _called(endpoint, in_full=True)
        patients = (
            self.numbers.span(endpoint.name, "n"),
            *words(f" patient{'' if endpoint.n == 1 else 's'}"),
        )
        events = self.numbers.inline(endpoint.name, "events")
        if len(estimates) == 1:
            return self.phrases.say(
                "results.whole",
                horizon=fmt.horizon_adjective(estimates[0].time or 0.0, estimates[0].unit),
                endpoint=name,
                value=self._value(estimates[0]),
                events=events,
                patients=patients,
                happened=happened(endpoint),
            )
        values = [(*self._value(e), *words(f" at {at(e.time or 0.0, e.unit)}")) for e in estimates]
        return self.phrases.say(
            "results.whole_several",
            endpoint=name,
            values=joined(values),
            events=events,
            patients=patients,
            happened=happened(endpoint),
        )

    def _by_group(
        self, endpoint: EndpointInfo, group: GroupInfo, estimates: Sequence[Estimate], *, first: bool
    ) -> Inline:
        """Return a comparison: ``By remission, the 24-month DFS was 92.9% for CR1 and 68.5% for CR2/3``."""
        times = list(dict.fromkeys((e.time or 0.0, e.unit) for e in estimates))
        if first:
            name = f"the {_called(endpoint, in_full=True)}"
        else:
            short = short_name(endpoint)
            name = f"the {fmt.horizon_adjective(*times[0])} {short}" if short and len(times) == 1 else "it"
        parts = []
        for time, unit in times:
            values = [(*self._value(e), *words(f" for {e.group}")) for e in estimates if e.time == time]
            when = f" at {at(time, unit)}" if len(times) > 1 or first else ""
            parts.append((*joined(values), *words(when)))
        return self.phrases.say(
            "results.by_group",
            group=fmt.inside(group.label),
            among=f", among {group.among_label or group.among}" if group.among else "",
            endpoint=name,
            values=joined(parts, between="; ", last="; and "),
            test=self._tested(endpoint.name, group.name),
        )

    def _tested(self, endpoint: str, group: str) -> Inline:
        test: Test | None = next(
            (t for t in self.results.tests if (t.endpoint, t.group_by) == (endpoint, group)), None
        )
        if test is None:
            return ()
        note = nested(test.note)
        if test.p_value is None:
            return words(f" ({note or 'no p-value'})")
        remark = f"; {note}" if note else ""
        return (*words(f" ({test.method}, "), self.numbers.span(test.id, "p"), *words(f"{remark})"))

    def _quantile(self, endpoint: EndpointInfo, found: Quantile) -> Inline:
        name = _called(endpoint, in_full=False)
        share = f"{fmt.plain(100 * found.probability, 2)}%"
        median = endpoint.kind == "survival" and found.probability == 0.5
        if found.estimate is None:
            if median:
                return self.phrases.say("results.median_not_reached", endpoint=name)
            return self.phrases.say("results.quantile_not_reached", endpoint=name, share=share)
        span: Span = self.numbers.span(found.id, "estimate")
        time = (span, *words(with_unit_after(span.text, found.unit)))
        interval = (*words(f"{self._level()} "), self.numbers.span(found.id, "interval"))
        if median:
            return self.phrases.say("results.median", endpoint=name, time=time, interval=interval)
        return self.phrases.say("results.quantile", endpoint=name, share=share, time=time, interval=interval)


def _called(endpoint: EndpointInfo, *, in_full: bool) -> str:
    """Return the endpoint as a sentence calls it, in full with its short form the first time."""
    short = short_name(endpoint)
    if short and not in_full:
        return short
    label = fmt.inside(endpoint.label)
    if endpoint.kind == "incidence" and "incidence" not in label:
        label = f"cumulative incidence of {label}"
    return f"{label} ({short})" if short and short not in endpoint.label else label
