"""The methods section: what was run, in the words of a paper, with the publications behind it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dayzero.endpoints.catalogue.words import (
    AS_RECORDED,
    DAY_0,
    RELAPSE_KNOWN,
    STATED,
    STATUS_KNOWN,
    TRANSPLANTED,
)
from dayzero.report import format as fmt
from dayzero.report.document import Block, Definitions, Paragraph, Section
from dayzero.report.manuscript.choices import as_given, compared, exact, named, run_on, tested, used
from dayzero.report.numbers import words
from dayzero.report.wording import endpoint_title

if TYPE_CHECKING:
    from dayzero.report.numbers import Inline
    from dayzero.report.phrases import Phrases
    from dayzero.report.references import Bibliography
    from dayzero.study.results import CohortStep, EndpointInfo, Results

_VARIANCE = re.compile(r"variance: (?P<text>[^;]+)")
#: Who can be counted at all: said once, among what is said about missing values.
_EVERYBODY = (TRANSPLANTED, RELAPSE_KNOWN, STATED)
_STATUS = STATUS_KNOWN.partition(" (")[0]
_AALEN = "Aalen 1978, as "
_SCALES = {
    "beta": "made by the beta product method",
    "plain": "symmetric about the estimate",
}


@dataclass(frozen=True)
class Methods:
    """What the sentences of a methods section need."""

    results: Results
    phrases: Phrases
    cited: Bibliography

    def section(self) -> Section:
        """Return the section."""
        blocks: list[Block] = [
            self._paragraph("Patients", self.patients()),
            self._paragraph("Outcomes", self.groups()),
            Definitions(tuple((endpoint_title(e), self.definition(e)) for e in used(self.results))),
            self._paragraph("Statistics", self.statistics()),
            self._paragraph("Missing values", self.missing()),
            self._paragraph("Software", self.software()),
        ]
        return Section("text-methods", "Methods", tuple(blocks))

    def _paragraph(self, lead: str, sentences: list[Inline]) -> Paragraph:
        return Paragraph((*words(f"{lead}. ", strong=True), *run_on(sentences)))

    def _cite(self, *sources: str) -> str:
        marks = self.cited.cite(*sources)
        return f" {marks}" if marks else ""

    def _cite_keys(self, *keys: str) -> str:
        return f" {self.cited.cite_keys(*keys)}"

    def design(self) -> Inline:
        """Say what kind of study it is: where, when, of whom."""
        made = self.results.design
        kind = f"{made.design} cohort study" if made.design else "cohort study"
        centres = "" if made.centres is None else f" at {fmt.plural(made.centres, 'centre')}"
        if made.centres == 1:
            centres = " at one centre"
        years = ""
        if made.first_year is not None and made.last_year is not None:
            one = made.first_year == made.last_year
            years = f" in {made.first_year}" if one else f" from {made.first_year} to {made.last_year}"
        return self.phrases.say("methods.study", design=kind, centres=centres, years=years)

    def patients(self) -> list[Inline]:
        """Say who was included, by which rules, and when observation ended."""
        say, study = self.phrases.say, self.results.study
        said = [self.design()]
        include = [s for s in self.results.cohort if s.id.startswith("cohort.include.")]
        exclude = [s for s in self.results.cohort if s.id.startswith("cohort.exclude.")]
        if include:
            said.append(say("methods.included", conditions=_conditions(include)))
        if exclude:
            said.append(say("methods.excluded", conditions=_conditions(exclude)))
        if not include and not exclude:
            said.append(say("methods.included_all"))
        if any(step.unknown for step in self.results.cohort):
            said.append(say("methods.undecided"))
        said.append(say("methods.origin", cited=self._cite_keys("handbook_statistics")))
        if study.data_cutoff:
            said.append(say("methods.cutoff", date=study.data_cutoff))
        said.append(say("methods.checked"))
        return said

    def groups(self) -> list[Inline]:
        """Say which groups were compared; that every outcome is defined below."""
        said = []
        groups = compared(self.results)
        if groups:
            texts = []
            for group in groups:
                among = f" among {group.among_label or group.among}" if group.among else ""
                texts.append(f"{fmt.inside(group.label)}{among} ({', '.join(group.levels)})")
            said.append(self.phrases.say("methods.groups", groups=fmt.listed(texts)))
        given = [e for e in used(self.results) if as_given(e)]
        if given:
            said.append(self.phrases.say("methods.given", endpoints=named(given)))
        if any(e.censoring == STATUS_KNOWN for e in used(self.results)):
            said.append(self.phrases.say("methods.status_known"))
        return said

    def definition(self, endpoint: EndpointInfo) -> Inline:
        """Say what an outcome counts, what competes with it, and when observation ends."""
        rest = "" if endpoint.eligible in _EVERYBODY else endpoint.eligible.removeprefix(f"{TRANSPLANTED}, ")
        only = f" Counted: {'patients ' if rest.startswith(('for', 'in')) else ''}{rest}." if rest else ""
        cited = self._cite(endpoint.source)
        if endpoint.source.startswith(AS_RECORDED):
            cited = f" {AS_RECORDED}{cited}"
        elif not cited or "not checked" in endpoint.source or "(abstract)" in endpoint.source:
            cited = f" Source: {endpoint.source}.{cited}" if endpoint.source else ""
        if endpoint.kind == "proportion":
            return self.phrases.say(
                "methods.definition_proportion",
                event=endpoint.event,
                eligible=only + _chosen(endpoint),
                cited=cited,
            )
        return self.phrases.say(
            "methods.definition",
            origin="day 0" if endpoint.origin == DAY_0 else endpoint.origin,
            event=endpoint.event,
            competing=f" Competing: {fmt.listed(list(endpoint.competing))}." if endpoint.competing else "",
            censoring=_STATUS if endpoint.censoring == STATUS_KNOWN else endpoint.censoring,
            eligible=only + _chosen(endpoint),
            cited=cited,
        )

    def statistics(self) -> list[Inline]:
        """Say how the numbers were made, as far as they were."""
        return [
            *self._estimators(),
            *self._intervals(),
            *self._comparisons(),
            *self._times(),
        ]

    def _estimators(self) -> list[Inline]:
        say, estimates = self.phrases.say, self.results.estimates
        said = []
        if any(e.method == "Kaplan-Meier" for e in estimates):
            said.append(say("methods.kaplan_meier", cited=self._cite("Kaplan and Meier 1958")))
        found = [e.convention for e in estimates if e.method == "Aalen-Johansen"]
        if found:
            match = _VARIANCE.search(found[0])
            text = match["text"] if match else ""
            variance = f"variance by the {text}" if "method" in text else f"variance by {text}"
            if text.startswith(_AALEN):
                variance = f"Aalen's variance, as in {text.removeprefix(_AALEN)}"
            sources = ("Aalen and Johansen 1978", "Aalen 1978" if "Aalen's" in variance else "")
            said.append(say("methods.aalen_johansen", variance=variance, cited=self._cite(*sources)))
        return said

    def _intervals(self) -> list[Inline]:
        say = self.phrases.say
        timed = [e for e in self.results.estimates if e.time is not None and e.conf_type]
        kinds = dict.fromkeys(e.conf_type for e in timed if not exact(e))
        said = []
        if kinds:
            scale = fmt.listed([_SCALES.get(kind, f"computed on the {kind} scale") for kind in kinds])
            level = fmt.confidence(self.results.study.conf_level).removesuffix(" CI")
            cited = self._cite("Kalbfleisch and Prentice 2002") if "log-log" in kinds else ""
            said.append(say("methods.interval", level=level, scale=scale, cited=cited))
        small = ("Clopper and Pearson 1934", "Fay, Brittain and Proschan 2013")
        if any(exact(e) for e in timed):
            said.append(say("methods.small", cited=self._cite(*small)))
        if any(e.time is None for e in self.results.estimates):
            said.append(say("methods.proportion", cited=self._cite(small[0])))
        if any(e.estimate is None and e.n for e in timed or self.results.estimates):
            said.append(say("methods.beyond"))
        return said

    def _comparisons(self) -> list[Inline]:
        say = self.phrases.say
        said = []
        tests = tested(self.results)
        if tests:
            cite = {"log-rank test": "Mantel 1966", "Gray's test": "Gray 1988"}
            texts = [f"the {name}" if name[0].islower() else name for name in tests]
            marked = [
                f"{text}{self._cite(cite.get(name, ''))}" for text, name in zip(texts, tests, strict=True)
            ]
            said.append(
                say("methods.tests", tests=fmt.listed(marked), cited=self._cite_keys("iacobelli2013"))
            )
        if any(test.p_value is None for test in self.results.tests):
            said.append(say("methods.withheld"))
        return [*said, *self._models()]

    def _models(self) -> list[Inline]:
        """Name the regressions that were fitted, and the checks of their assumptions."""
        fits = [fit for model in self.results.models for fit in model.fits if not fit.refused]
        if not fits:
            return []
        say = self.phrases.say
        kinds = {fit.hazard for fit in fits}
        cox, several = bool(kinds & {"hazard", "cause-specific hazard"}), "cause-specific hazard" in kinds
        names = [f"Cox regression{' of cause-specific hazards' if several else ''}{self._cite('Cox 1972')}"]
        names = names if cox else []
        if "subdistribution hazard" in kinds:
            names.append(f"Fine-Gray regression{self._cite('Fine and Gray 1999')}")
        said = [say("methods.models", models=fmt.listed(names))]
        if any(fit.penalised for fit in fits):
            said.append(say("methods.firth", cited=self._cite("Heinze and Schemper")))
        if any(fit.proportional for fit in fits):
            said.append(say("methods.proportional", cited=self._cite("Grambsch and Therneau 1994")))
        return said

    def _times(self) -> list[Inline]:
        say, results = self.phrases.say, self.results
        said = []
        reverse = [f for f in results.follow_up if f.method.startswith("reverse Kaplan-Meier")]
        if reverse:
            by_name = {endpoint.name: endpoint for endpoint in results.endpoints}
            name = reverse[0].method.removeprefix("reverse Kaplan-Meier (").removesuffix(")")
            event = by_name[name].event.partition(";")[0] if name in by_name else "the event"
            cited = self._cite("Schemper and Smith 1996")
            said.append(say("methods.follow_up", event=event.partition(",")[0], cited=cited))
        if results.quantiles:
            said.append(say("methods.quantiles"))
        if results.characteristics:
            said.append(say("methods.characteristics"))
        lengths = {"months": "30.4375 days", "years": "365.25 days", "weeks": "7 days"}
        unit = results.study.unit
        shown = f", and are shown in {unit} of {lengths[unit]}" if unit in lengths else ""
        return [*said, say("methods.units", shown=shown)]

    def missing(self) -> list[Inline]:
        """Say what became of missing values."""
        return [self.phrases.say("methods.missing")]

    def software(self) -> list[Inline]:
        """Name the software with its versions, and the reporting guideline."""
        programs = [f"{each.name} {each.version}" for each in self.results.design.software]
        said = []
        if programs:
            listed = f"{programs[0]} ({', '.join(programs[1:])})" if programs[1:] else programs[0]
            convention = self.results.study.convention
            said.append(self.phrases.say("methods.software", software=listed, convention=convention))
        return [*said, self.phrases.say("methods.strobe", cited=self._cite_keys("strobe"))]


def _chosen(endpoint: EndpointInfo) -> str:
    """Say what a study may define differently, as it applied to an endpoint."""
    parts = [choice.partition(": ") for choice in endpoint.choices]
    texts = [f"{fmt.inside(what)} ({how})" if how else fmt.inside(what) for what, _, how in parts]
    return f" Choices: {'; '.join(texts)}." if texts else ""


def _conditions(steps: list[CohortStep]) -> str:
    """List the rules of the cohort: ``B-cell ALL (immunophenotype = 'B-ALL') and ...``."""
    texts = []
    for step in steps:
        label = fmt.inside(step.label)
        texts.append(label if step.label == step.rule else f"{label} ({step.rule})")
    return "; ".join(texts)
