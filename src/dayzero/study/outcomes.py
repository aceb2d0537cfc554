"""One outcome of the study file, from derived endpoint to estimates, tests and quantiles, or to a refusal."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from dayzero.endpoints.catalogue.words import KNOWN_AT
from dayzero.study import guardrails
from dayzero.study.comparisons import compare, few_at_the_end
from dayzero.study.estimates import at_horizons, proportions, quantiles
from dayzero.study.fit import Fit
from dayzero.study.landmarks import at_landmark, landmark_finding
from dayzero.study.onsets import onsets
from dayzero.study.results import EndpointInfo, Refusal
from dayzero.study.sample import grouped_sample, whole_sample

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dayzero.endpoints.definition import Definition, DerivedEndpoint, Variable
    from dayzero.errors import RefusalError
    from dayzero.records.findings import Finding
    from dayzero.study.conventions import Choices
    from dayzero.study.grouping import Grouping
    from dayzero.study.protocol import OutcomeSection, TimeSection
    from dayzero.study.results import Estimate, Onset, Quantile, Test
    from dayzero.study.sample import Sample


_LONG = {
    "endpoint": pl.String,
    "patient_id": pl.String,
    "time": pl.Float64,
    "unit": pl.String,
    "cause": pl.Int64,
    "cause_label": pl.String,
    "why": pl.String,
    "flags": pl.String,
}


@dataclass
class Found:
    """What the outcomes of a run found, in the order of the study file."""

    estimates: list[Estimate] = field(default_factory=list)
    tests: list[Test] = field(default_factory=list)
    quantiles: list[Quantile] = field(default_factory=list)
    fits: list[Fit] = field(default_factory=list)
    onsets: list[Onset] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True)
class Setting:
    """What every outcome of a run is estimated with."""

    choices: Choices
    time: TimeSection
    groupings: Mapping[str, Grouping]
    cohort_known_late: tuple[str, ...]
    notes: Mapping[str, Variable] = field(default_factory=dict)

    def late(self, origin: str, names: tuple[str, ...]) -> tuple[str, ...]:
        """Return those of these variables that were not yet known where a clock starts."""
        known = KNOWN_AT.get(origin, ("day 0",))
        return tuple(n for n in names if n not in self.notes or self.notes[n].known not in known)


def is_proportion(outcome: OutcomeSection, definition: Definition) -> bool:
    """Whether an outcome is estimated as a proportion at last contact."""
    return outcome.as_ is not None or definition.kind == "proportion"


def analyse(outcome: OutcomeSection, derived: DerivedEndpoint, setting: Setting, found: Found) -> None:
    """Estimate an outcome for the whole cohort and by its groups, and add everything to ``found``."""
    definition = derived.definition
    later = definition.origin in KNOWN_AT
    late = setting.late(definition.origin, setting.cohort_known_late)
    if late:
        rule = guardrails.COHORT_AFTER_ORIGIN if later else guardrails.COHORT_AFTER_DAY0
        _refuse(found, definition, None, rule, late)
        return
    if derived.frame.is_empty():
        what = f"{definition.label}: no patient of the cohort is eligible ({definition.eligible})."
        found.findings.append(guardrails.NOBODY_ELIGIBLE.finding(what, item=definition.name))
    elif not (is_proportion(outcome, definition) or _horizons(outcome, definition, setting)):
        what = f"{definition.label}: no horizon is asked for, so nothing is estimated at any time."
        found.findings.append(guardrails.NO_HORIZON.finding(what, item=definition.name))
    if outcome.landmark is not None:
        found.findings.append(landmark_finding(derived, outcome.landmark))
    samples = [whole_sample(derived)] if outcome.whole else []
    for name in outcome.by:
        grouping = setting.groupings[name]
        if outcome.landmark is not None:
            grouping = at_landmark(grouping, outcome.landmark)
        late = setting.late(definition.origin, grouping.known_late)
        if late:
            rule = guardrails.GROUP_AFTER_ORIGIN if later else guardrails.GROUP_AFTER_DAY0
            _refuse(found, definition, name, rule, late)
        else:
            samples.append(grouped_sample(derived, grouping))
    for sample in samples:
        known = {onset.id for onset in found.onsets}
        found.onsets += [onset for onset in onsets(sample) if onset.id not in known]
        _estimate(outcome, sample, setting, found)


def _horizons(outcome: OutcomeSection, definition: Definition, setting: Setting) -> tuple[float, ...]:
    """Return the outcome's own horizons, else the study's, else, in days, those of the definition."""
    if outcome.horizons is not None:
        return outcome.horizons
    usual = definition.horizons if setting.time.unit == "days" else ()
    return setting.time.horizons or usual


def _estimate(outcome: OutcomeSection, sample: Sample, setting: Setting, found: Found) -> None:
    unit = setting.time.unit
    if is_proportion(outcome, sample.derived.definition):
        result = proportions(sample, setting.choices.conf_level, unit)
    elif not sample.time.size:
        return
    else:
        fit = Fit(sample, setting.choices)
        horizons = _horizons(outcome, sample.derived.definition, setting)
        result = at_horizons(fit, horizons, unit)
        found.fits.append(fit)
        found.quantiles += quantiles(fit, outcome.quantiles, unit)
        test, findings = compare(sample)
        if test is not None:
            test, more = few_at_the_end(test, result.estimates)
            found.tests.append(test)
            findings = (*findings, *more)
        found.findings += findings
    found.estimates += result.estimates
    found.findings += result.findings


def _refuse(
    found: Found,
    definition: Definition,
    group: str | None,
    rule: guardrails.Guardrail,
    late: tuple[str, ...],
) -> None:
    about = f"{definition.label} by {group}" if group else definition.label
    verb = "was" if len(late) == 1 else "were"
    start = f"the {definition.origin}" if definition.origin in KNOWN_AT else "day 0"
    what = f"{about} is withheld: {' and '.join(late)} {verb} known only after {start}. {rule.rule}"
    middle = f".{group}" if group else ""
    found.refusals.append(
        Refusal(f"{definition.name}{middle}.refused", definition.name, what, rule.hint, rule.source, group)
    )
    found.findings.append(rule.finding(what, item=definition.name))


def refuse_underived(found: Found, definition: Definition, error: RefusalError) -> None:
    """Add the refusal of an endpoint that could not be derived without guessing."""
    found.refusals.append(
        Refusal(f"{definition.name}.refused", definition.name, f"{error.what}.", error.instead, error.source)
    )
    rule = guardrails.NOT_DERIVABLE
    finding = rule.finding(f"{error.what}.", definition.name, error.instead, error.source)
    found.findings.append(finding)


def endpoint_info(
    derived: DerivedEndpoint, conventions: tuple[str, ...], choices: tuple[str, ...] = ()
) -> EndpointInfo:
    """Count who had what, and who was left out and why."""
    definition = derived.definition
    causes = derived.frame["cause"]
    reasons = derived.not_eligible.group_by("reason").len().sort("len", "reason", descending=[True, False])
    return EndpointInfo(
        name=definition.name,
        label=definition.label,
        kind=definition.kind,
        origin=definition.origin,
        event=definition.event,
        competing=definition.competing,
        censoring=definition.censoring,
        eligible=definition.eligible,
        source=definition.source,
        family=definition.family,
        n=derived.frame.height,
        causes=derived.causes,
        counts=tuple(int((causes == code + 1).sum()) for code in range(len(derived.causes))),
        censored=int((causes == 0).sum()),
        not_eligible=derived.not_eligible.height,
        reasons=tuple(f"{reason}: {count}" for reason, count in reasons.iter_rows()),
        conventions=conventions,
        choices=choices,
        given=sum("given" in (flags or "").split(";") for flags in derived.frame["flags"].to_list()),
    )


def together(derived: Iterable[DerivedEndpoint]) -> pl.DataFrame:
    """Return the long form of several endpoints; days are integers unless a centre gave fractions."""
    frame = pl.concat([pl.DataFrame(schema=_LONG), *(long_form(each) for each in derived)])
    whole = bool((frame["time"].drop_nulls() % 1 == 0).all())
    return frame.with_columns(pl.col("time").cast(pl.Int64)) if whole else frame


def long_form(derived: DerivedEndpoint) -> pl.DataFrame:
    """Return one row a patient with the outcome in words: the form that ``endpoints.csv`` publishes."""
    absent = "no" if derived.definition.kind == "proportion" else "censored"
    words = {0: absent, **{code + 1: word for code, word in enumerate(derived.causes)}}
    frame = derived.frame
    return frame.select(
        endpoint=pl.lit(derived.definition.name),
        patient_id=pl.col("patient_id"),
        time=pl.col("time").cast(pl.Float64),
        unit=pl.lit("days"),
        cause=pl.col("cause").cast(pl.Int64),
        cause_label=pl.col("cause").replace_strict(words, return_dtype=pl.String),
        why=pl.col("why"),
        flags=pl.col("flags"),
    )
