"""The limitations of a study: what its design, its size, its follow-up and its records do not allow.

Each sentence is said only where the results give cause for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dayzero.report import format as fmt
from dayzero.report.document import Paragraph, Section
from dayzero.report.manuscript.choices import as_given, called, compared, named, run_on, used
from dayzero.report.numbers import joined, words
from dayzero.report.wording import at, with_unit_after
from dayzero.study.guardrails import FEW_AT_RISK

if TYPE_CHECKING:
    from dayzero.report.numbers import Inline, Numbers
    from dayzero.report.phrases import Phrases
    from dayzero.study.results import Characteristic, EndpointInfo, Estimate, Results

#: A cohort of fewer patients is called small, a group of fewer too.
_SMALL_COHORT, _SMALL_GROUP = 50, 20
#: Fewer events than this make an estimate imprecise; ten is also the least for one covariate of a model.
_FEW_EVENTS = 10
#: Reasons of this kind mean that an outcome is not known, rather than that it does not apply.
_NOT_KNOWN = ("unknown", "not known", "missing", "wrong", "no follow-up", "not recorded")
#: Findings about a patient that somebody must look at.
_OPEN = ("error", "warning")
#: Findings that are limitations by themselves.
_QUOTED = ("endpoints.not_in_remission",)


@dataclass(frozen=True)
class Limitations:
    """What the sentences about limitations need."""

    results: Results
    numbers: Numbers
    phrases: Phrases

    def section(self) -> Section:
        """Return the section; its last words are left to the authors."""
        parts = (
            [*self._design(), *self._size()],
            [*self._follow_up(), *self._records()],
            [*self._comparisons(), self.phrases.say("limitations.authors")],
        )
        return Section("limitations", "Limitations", tuple(Paragraph(run_on(part)) for part in parts if part))

    def _design(self) -> list[Inline]:
        say, made = self.phrases.say, self.results.design
        said = []
        if self.results.study.notice:
            said.append(say("limitations.notice", notice=self.results.study.notice.rstrip(".")))
        if made.design != "prospective":
            said.append(say(f"limitations.{made.design or 'design_unknown'}"))
        if made.centres == 1:
            said.append(say("limitations.one_centre"))
        quoted = dict.fromkeys(f.what for f in self.results.findings if f.id in _QUOTED)
        said += [
            say("limitations.not_in_remission", finding=f"{fmt.sentence(what).rstrip('.')}.")
            for what in quoted
        ]
        return said

    def _size(self) -> list[Inline]:
        say, results = self.phrases.say, self.results
        said = []
        if results.study.n < _SMALL_COHORT:
            said.append(say("limitations.small_cohort", patients=self._patients("study", "n")))
        small = [
            (*words(f"{level} ("), *self._patients(f"group.{group.name}", level), *words(")"))
            for group in compared(results)
            for level, count in zip(group.levels, group.counts, strict=True)
            if count < _SMALL_GROUP
        ]
        if small:
            said.append(say("limitations.small_groups", groups=joined(small)))
        timed = [e for e in used(results) if e.kind != "proportion" and e.counts]
        few = [e for e in timed if 0 < e.counts[0] < min(_FEW_EVENTS, e.n)]
        if few:
            said.append(say("limitations.few_events", endpoints=joined(self._counted(e) for e in few)))
        none = [e for e in used(results) if e.counts and not e.counts[0]]
        if none:
            said.append(say("limitations.no_event", endpoints=named(none)))
        return said

    def _patients(self, ref: str, field: str) -> Inline:
        """Return a number of patients with its noun: ``1 patient``."""
        count = self.numbers.span(ref, field)
        return (count, *words(" patient" if count.text == "1" else " patients"))

    def _counted(self, endpoint: EndpointInfo, field: str = "events") -> Inline:
        """Return an endpoint with one of its numbers: ``OS (9)``."""
        return (*words(f"{called(endpoint)} ("), self.numbers.span(endpoint.name, field), *words(")"))

    def _follow_up(self) -> list[Inline]:
        say, made = self.phrases.say, self.results.design
        said = []
        if made.short_follow_up:
            state = "patients without the event that ends follow-up"
            if any(f.method == "reverse Kaplan-Meier (OS)" for f in self.results.follow_up):
                state = "patients alive at last contact"
            said.append(
                say(
                    "limitations.short_follow_up",
                    short=self.numbers.inline("design", "short_follow_up"),
                    followed=self.numbers.inline("design", "followed"),
                    state=state,
                    days=fmt.integer(made.short_days),
                )
            )
        said += self._horizon()
        timed = [e for e in self.results.estimates if e.time is not None]
        few = [e for e in timed if e.estimate is not None and 0 < (e.at_risk or 0) < FEW_AT_RISK]
        if few:
            said.append(say("limitations.few_at_risk", estimates=self._placed(few)))
        beyond = [e for e in timed if e.estimate is None and e.n]
        if beyond:
            said.append(say("limitations.beyond", estimates=self._placed(beyond)))
        uneven = [f for f in self.results.follow_up if f.id == "follow_up.observed"]
        if uneven and any(e.time is None and not _before(e) for e in self.results.estimates):
            span = self.numbers.span(uneven[0].id, "range")
            unit = with_unit_after(span.text, uneven[0].unit)
            said.append(say("limitations.proportions", range=(span, *words(unit))))
        return said

    def _horizon(self) -> list[Inline]:
        longest = max((e.time for e in self.results.estimates if e.time is not None), default=None)
        median = next((f for f in self.results.follow_up if f.id == "follow_up.median"), None)
        if longest is None or median is None or median.median is None or median.median >= longest:
            return []
        span = self.numbers.span(median.id, "median")
        return [
            self.phrases.say(
                "limitations.horizon",
                median=(span, *words(with_unit_after(span.text, median.unit))),
                horizon=fmt.horizon(longest, median.unit),
            )
        ]

    def _placed(self, estimates: list[Estimate]) -> str:
        """Say where estimates stand: ``OS at 24 months; CIR and DFS in CR3 at 24 months``."""
        by_name = {endpoint.name: endpoint for endpoint in self.results.endpoints}
        places: dict[str, list[str]] = {}
        for estimate in estimates:
            group = f" in {estimate.group}" if estimate.group else ""
            place = f"{group} at {at(estimate.time or 0.0, estimate.unit)}"
            places.setdefault(place, []).append(called(by_name[estimate.endpoint]))
        return "; ".join(f"{fmt.listed(names)}{place}" for place, names in places.items())

    def _records(self) -> list[Inline]:
        say = self.phrases.say
        said = []
        missing = self._missing()
        if missing:
            values = joined(
                (
                    *words(f"{fmt.inside(line.label)} ("),
                    self.numbers.span(line.id, "missing"),
                    *words(" of "),
                    self.numbers.span(line.id, "all"),
                    *words(")"),
                )
                for line in missing
            )
            said.append(say("limitations.missing", values=values))
        lost = [
            e
            for e in used(self.results)
            if any(word in reason for reason in e.reasons for word in _NOT_KNOWN)
        ]
        if lost:
            listed = joined(self._counted(e, "not_eligible") for e in lost)
            said.append(say("limitations.not_counted", endpoints=listed))
        given = [e for e in used(self.results) if _as_recorded(e)]
        if given:
            said.append(say("limitations.given", endpoints=named(given)))
        questions = [f for f in self.results.findings if f.severity in _OPEN and f.where.patient_id]
        if questions:
            text = fmt.plural(len(questions), "warning or error", "warnings or errors")
            said.append(say("limitations.open_questions", count=text))
        if self.results.refusals:
            count = len(self.results.refusals)
            text = "One result was" if count == 1 else f"{fmt.integer(count)} results were"
            said.append(say("limitations.withheld", count=text))
        return said

    def _missing(self) -> list[Characteristic]:
        """Return the first line of each variable that some patient of the cohort has no value for."""
        lines: dict[str, Characteristic] = {}
        for line in self.results.characteristics:
            if line.group_by is None and line.missing:
                lines.setdefault(line.variable, line)
        return list(lines.values())

    def _comparisons(self) -> list[Inline]:
        say, results = self.phrases.say, self.results
        groups = compared(results)
        if not groups and not results.models:
            return [say("limitations.no_comparison")]
        said = [say("limitations.unadjusted")]
        fitted = [each for model in results.models if model.fits for each in model.covariates]
        # One covariate may be called otherwise in another model: it is named once, as in the last.
        covariates = dict.fromkeys({each.name: fmt.inside(each.label) for each in fitted}.values())
        if covariates:
            said.append(say("limitations.models", covariates=fmt.listed(list(covariates))))
        count = sum(test.p_value is not None and test.p_adjusted is None for test in results.tests)
        if count > 1:
            said.append(say("limitations.many_tests", count=fmt.sentence(_number(count))))
        rough = [test for test in results.tests if test.note.startswith("rough")]
        if rough:
            labels = {group.name: fmt.inside(group.label) for group in results.groups}
            by_name = {endpoint.name: endpoint for endpoint in results.endpoints}
            texts = [f"{called(by_name[t.endpoint])} by {labels[t.group_by]}" for t in rough]
            said.append(say("limitations.rough", tests=fmt.listed(texts)))
        treatments = [g for g in groups if g.name in results.design.treatment_groups]
        if treatments:
            listed = fmt.listed([fmt.inside(group.label) for group in treatments])
            said.append(say("limitations.by_treatment", groups=listed))
        return said


def _before(estimate: Estimate) -> bool:
    """Return whether a proportion is one of something before transplant, which follow-up cannot change."""
    return estimate.endpoint.endswith("before_transplant")


def _as_recorded(endpoint: EndpointInfo) -> bool:
    """Return whether an outcome was taken as the centre recorded it for every patient counted."""
    stated = endpoint.source.startswith("As recorded by the centre")
    return bool(endpoint.n) and (stated or as_given(endpoint))


def _number(count: int) -> str:
    """Return a number as a sentence begins with it."""
    small = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    return small[count - 2] if 2 <= count <= 10 else fmt.integer(count)
