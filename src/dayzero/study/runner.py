"""Run a study: from the study file to every number of the report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dayzero.errors import RefusalError
from dayzero.study.asking import asked, at_day, check_identities, derive, general
from dayzero.study.balance import compare_characteristics
from dayzero.study.cautions import cautions
from dayzero.study.characteristics import describe
from dayzero.study.claims import with_claims
from dayzero.study.clock import axis
from dayzero.study.cohort import select_cohort
from dayzero.study.comparisons import adjusted, unadjusted
from dayzero.study.conventions import resolve
from dayzero.study.curves import draw
from dayzero.study.design import design_of
from dayzero.study.entering import entered, entry_days
from dayzero.study.figures import Drawable, lay_out, looks_of
from dayzero.study.follow_up import follow_up
from dayzero.study.further_listings import further_listings
from dayzero.study.happening import grouping_of
from dayzero.study.inputs import gather, refuse_repeated, restricted
from dayzero.study.listing import list_patients
from dayzero.study.loading import Study, load_study
from dayzero.study.manifest import manifest_of
from dayzero.study.models import Modelled, ModelSetting, fit_models
from dayzero.study.outcomes import (
    Found,
    Setting,
    analyse,
    endpoint_info,
    refuse_underived,
    together,
)
from dayzero.study.pictures.material import material_of
from dayzero.study.results import Results, StudyInfo
from dayzero.study.said_once import said_once
from dayzero.study.sample import grouped_sample, whole_sample
from dayzero.study.tracing import trace
from dayzero.study.wording import report_choices

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import polars as pl

    from dayzero.endpoints.definition import DerivedEndpoint
    from dayzero.records.findings import Finding
    from dayzero.records.model import Records
    from dayzero.study.asking import Asked
    from dayzero.study.cohort import Cohort
    from dayzero.study.conventions import Choices
    from dayzero.study.grouping import Grouping
    from dayzero.study.inputs import Inputs
    from dayzero.study.pictures.material import Material
    from dayzero.study.results import Curve, FollowUp
    from dayzero.study.tracing import Trace


@dataclass(frozen=True)
class StudyRun:
    """What a run gives.

    Attributes
    ----------
    results : Results
        Every number, once.
    endpoints : polars.DataFrame
        Long form: ``endpoint``, ``patient_id``, ``time``, ``unit`` (days), ``cause``, ``cause_label``,
        ``why``, ``flags``.
    manifest : dict
        What was run with what: hashes, versions, conventions.
    trace : Trace
        The patients behind the numbers, as far as the study lets them be shown.
    """

    results: Results
    endpoints: pl.DataFrame
    manifest: dict[str, Any]
    trace: Trace

    @property
    def refuses(self) -> bool:
        """Whether something asked for was withheld because it would have been wrong."""
        return bool(self.results.refusals) or any(f.severity == "refuse" for f in self.results.findings)


def run(
    source: str | Path | Study,
    *,
    records: Records | None = None,
    progress: Callable[[str], None] | None = None,
) -> StudyRun:
    """Run a study.

    Parameters
    ----------
    source : str, pathlib.Path or Study
        A study file, or one already loaded.
    records : Records, optional
        Records already read, in place of the data that the study file names.
    progress : callable, optional
        Told in a few words what is being done.

    Returns
    -------
    StudyRun

    Raises
    ------
    BadInputError
        The study file or the data cannot be used; the message says what, where, what is allowed.
    """
    say = progress or _silent
    study = source if isinstance(source, Study) else load_study(source)
    say("reading and checking the records")
    inputs = gather(study, records)
    say("selecting the cohort")
    cohort = select_cohort(study, inputs.facts, inputs.people)
    patients = cohort.facts.frame["patient_id"].to_list()
    refuse_repeated(patients, inputs.records.source.name)
    own = restricted(inputs.records, patients)
    groupings = {name: grouping_of(study, name, cohort.facts, own) for name in study.protocol.groups}
    say("deriving endpoints and estimating")
    choices = resolve(study.protocol.conventions)
    return _Run(study, inputs, own, cohort, groupings, choices, entry_days(study, cohort.facts)).finish()


def _silent(_: str) -> None:
    """Say nothing."""


@dataclass(frozen=True)
class _Run:
    """A run whose cohort and groups are known."""

    study: Study
    inputs: Inputs
    records: Records  # of the cohort's patients only
    cohort: Cohort
    groupings: dict[str, Grouping]
    choices: Choices
    entry: pl.DataFrame | None = None

    def finish(self) -> StudyRun:
        study = self.study
        found, derived = self._outcomes()
        followed, derived = self._follow_up(found, derived)
        modelled, derived = self._models(derived)
        check_identities(self._questions(), derived)
        limit, ticks, limits, curves = self._curves(found)
        followed_by = general(study.protocol.conventions.follow_up_endpoint, study.protocol).name
        groups = {name: grouping.info for name, grouping in self.groupings.items()}
        questions = {question.name: question for question in self._questions()}
        definitions = {name: question.definition for name, question in questions.items()}
        drawable = Drawable(definitions, groups, curves, found.estimates, found.tests, found.refusals, limits)
        characteristics = describe(study, self.cohort.facts, self.groupings)
        described = tuple(dict.fromkeys(row.variable for row in characteristics))
        balance, uneven = compare_characteristics(study, self.cohort.facts, self.groupings, described)
        found.findings += uneven
        results = Results(
            study=self._heading(),
            design=design_of(study, self.cohort.facts, derived.get(followed_by)),
            cohort=self.cohort.steps,
            groups=tuple(groups.values()),
            characteristics=characteristics,
            balance=balance,
            endpoints=tuple(
                endpoint_info(d, _conventions(name, found), questions[name].choices)
                for name, d in derived.items()
            ),
            estimates=tuple(found.estimates),
            tests=adjusted(found.tests, study.protocol.conventions.adjust),
            quantiles=tuple(found.quantiles),
            onsets=tuple(found.onsets),
            follow_up=followed,
            models=tuple(each.model for each in modelled),
            curves=curves,
            figures=lay_out(study, drawable, self._material(derived, limit, ticks)),
            looks=looks_of(study),
            listing=list_patients(study, self.cohort.facts, self.groupings, derived),
            listings=further_listings(study, self.records, self.groupings),
            refusals=tuple(found.refusals),
            findings=self._findings(found, derived, modelled, followed),
            report=report_choices(study),
        )
        results = with_claims(results, study.protocol.claim)
        table = together(derived.values())
        return StudyRun(
            results,
            table,
            manifest_of(study, self.inputs.records.source, self.choices),
            trace(study, self.cohort, self.groupings, derived.values(), described),
        )

    def _questions(self) -> list[Asked]:
        """Return what outcomes and models ask for, and the endpoint whose censoring ends follow-up."""
        protocol = self.study.protocol
        outcomes = [asked(outcome, protocol) for outcome in protocol.outcome]
        modelled = [at_day(general(model.endpoint, protocol), model.landmark) for model in protocol.model]
        changing = [name for model in protocol.model for name in model.time_dependent]
        names = (*changing, protocol.conventions.follow_up_endpoint)
        return [*outcomes, *modelled, *(general(name, protocol) for name in names)]

    def _derive(self, question: Asked) -> DerivedEndpoint:
        """Derive what was asked for, its patients at risk from the day on which they entered."""
        return entered(derive(question, self.records), self.entry, question.landmark or 0.0)

    def _outcomes(self) -> tuple[Found, dict[str, DerivedEndpoint]]:
        protocol = self.study.protocol
        setting = Setting(
            self.choices, protocol.time, self.groupings, self.cohort.known_late, self.cohort.facts.notes
        )
        found = Found()
        derived: dict[str, DerivedEndpoint] = {}
        for outcome in protocol.outcome:
            question = asked(outcome, protocol)
            if question.name not in derived:
                try:
                    derived[question.name] = self._derive(question)
                except RefusalError as error:
                    refuse_underived(found, question.definition, error)
                    continue
            analyse(outcome, derived[question.name], setting, found)
        return found, derived

    def _follow_up(
        self, found: Found, derived: dict[str, DerivedEndpoint]
    ) -> tuple[tuple[FollowUp, ...], dict[str, DerivedEndpoint]]:
        question = general(self.study.protocol.conventions.follow_up_endpoint, self.study.protocol)
        try:
            own = derived.get(question.name) or self._derive(question)
        except RefusalError as error:
            refuse_underived(found, question.definition, error)
            return (), derived
        used = dict.fromkeys(name for outcome in self.study.protocol.outcome for name in outcome.by)
        samples = [
            grouped_sample(own, self.groupings[name]) for name in used if not self.groupings[name].known_late
        ]
        rows = follow_up(whole_sample(own), samples, self.choices, self.study.protocol.time.unit)
        return rows, {**derived, question.name: own}

    def _curves(self, found: Found) -> tuple[float, tuple[float, ...], dict[str, float], tuple[Curve, ...]]:
        """Return the time axis, the ends of those of endpoints with an axis of their own, and the curves."""
        time = self.study.protocol.time
        longest = max((fit.longest(time.unit) for fit in found.fits), default=0.0)
        limit, ticks = axis(longest, time.unit, time.limit, time.ticks)
        own = {
            asked(outcome, self.study.protocol).name: axis(
                longest, time.unit, outcome.limit or limit, outcome.ticks
            )
            for outcome in self.study.protocol.outcome
            if outcome.limit or outcome.ticks
        }
        curves: list[Curve] = []
        for fit in found.fits:
            _, marks = own.get(fit.sample.derived.definition.name, (limit, ticks))
            curves += draw(fit, marks, time.unit)
        return limit, ticks, {name: end for name, (end, _) in own.items()}, tuple(curves)

    def _material(
        self, derived: dict[str, DerivedEndpoint], limit: float, ticks: tuple[float, ...]
    ) -> Material:
        """Return what figures other than curves are made from."""
        return material_of(
            self.study,
            self.records,
            self.cohort,
            self.groupings,
            self.choices,
            derived,
            (limit, ticks),
        )

    def _heading(self) -> StudyInfo:
        heading, time = self.study.protocol.study, self.study.protocol.time
        return StudyInfo(
            title=heading.title,
            source=self.inputs.records.source.name,
            unit=time.unit,
            horizons=time.horizons,
            conf_level=self.choices.conf_level,
            convention=self.choices.name,
            n=self.cohort.n,
            data_cutoff=heading.data_cutoff.isoformat() if heading.data_cutoff else None,
            notice=heading.notice,
            question=heading.question,
            citation=heading.citation,
        )

    def _models(
        self, derived: dict[str, DerivedEndpoint]
    ) -> tuple[tuple[Modelled, ...], dict[str, DerivedEndpoint]]:
        """Fit the models of the study file; their endpoints join those of the outcomes."""
        setting = ModelSetting(
            self.study, self.cohort.facts, self.groupings, self.choices, self.cohort.known_late
        )
        return fit_models(setting, derived, self._derive)

    def _findings(
        self,
        found: Found,
        derived: dict[str, DerivedEndpoint],
        modelled: tuple[Modelled, ...],
        followed: tuple[FollowUp, ...],
    ) -> tuple[Finding, ...]:
        return said_once(
            [
                *self.inputs.findings,
                *self.cohort.findings,
                *(finding for grouping in self.groupings.values() for finding in grouping.findings),
                *(finding for each in derived.values() for finding in each.findings),
                *found.findings,
                *(finding for each in modelled for finding in each.findings),
                *unadjusted(found.tests, self.study.protocol.conventions.adjust),
                *cautions(self.study, self.cohort.facts, derived, followed),
            ]
        )


def _conventions(endpoint: str, found: Found) -> tuple[str, ...]:
    """Return, in words and once each, what was done for an endpoint."""
    said = [e.convention for e in found.estimates if e.endpoint == endpoint]
    said += [test.convention for test in found.tests if test.endpoint == endpoint]
    return tuple(dict.fromkeys(text for text in said if text))
