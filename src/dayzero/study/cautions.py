"""What a reader must know about time before reading any curve: late entry, early ends, eras."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from dayzero.endpoints.outcome.ending import AT_LYMPHOCYTES, AT_SECOND
from dayzero.study import guardrails
from dayzero.study.words import patients

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from dayzero.endpoints.definition import DerivedEndpoint
    from dayzero.records.findings import Finding
    from dayzero.study.cohort import Facts
    from dayzero.study.loading import Study
    from dayzero.study.results import FollowUp

#: Names under which a centre gives the day on which a patient came under observation.
ENTRY_NAMES = ("entry_day", "registration_day", "referral_day", "consent_day")
_ENDED = {AT_SECOND: "a second transplant", AT_LYMPHOCYTES: "donor lymphocytes"}
#: The observed median is said to understate follow-up when it is shorter by more than this share.
_SHORTER = 0.1


def cautions(
    study: Study,
    facts: Facts,
    derived: Mapping[str, DerivedEndpoint],
    followed: Iterable[FollowUp],
) -> tuple[Finding, ...]:
    """Return the findings about time.

    Parameters
    ----------
    study : Study
    facts : Facts
        Of the cohort's patients.
    derived : mapping of str to DerivedEndpoint
        The endpoints of the study.
    followed : iterable of FollowUp
    """
    return (
        *(() if study.protocol.cohort.entry else _late_entry(facts)),
        *_ended_early(derived),
        *_lost_after_relapse(derived),
        *_observed_median(followed),
        *_eras(study, facts),
    )


def _late_entry(facts: Facts) -> Iterator[Finding]:
    for name in ENTRY_NAMES:
        note = facts.notes.get(name)
        if note is None or note.kind != "number":
            continue
        late = int((facts.frame[name] > 0).sum())
        if late:
            what = f"{patients(late)} came under observation only after day 0 ({name})."
            yield guardrails.LEFT_TRUNCATION.finding(what, item=name)


def _ended_early(derived: Mapping[str, DerivedEndpoint]) -> Iterator[Finding]:
    for name, each in derived.items():
        for flag, what in _ENDED.items():
            count = int(each.frame["flags"].fill_null("").str.contains(flag, literal=True).sum())
            if count:
                said = f"{each.definition.label}: {patients(count)} censored at {what}."
                yield guardrails.INFORMATIVE_CENSORING.finding(said, item=name)


def _lost_after_relapse(derived: Mapping[str, DerivedEndpoint]) -> Iterator[Finding]:
    survival, relapse = derived.get("OS"), derived.get("CIR")
    if survival is None or relapse is None:
        return
    relapsed = relapse.frame.filter(pl.col("cause") == 1).select("patient_id", relapse="time")
    alive = survival.frame.filter(pl.col("cause") == 0).join(relapsed, on="patient_id", how="inner")
    days = guardrails.LOST_AFTER_RELAPSE_DAYS
    lost = alive.filter(pl.col("time") - pl.col("relapse") < days).height
    if lost:
        what = (
            f"Overall survival: {lost} of {patients(alive.height)} alive after relapse were last seen within "
            f"{days} days of it."
        )
        yield guardrails.INFORMATIVE_CENSORING.finding(what, item="OS")


def _observed_median(followed: Iterable[FollowUp]) -> Iterator[Finding]:
    medians = {each.id: each.median for each in followed if each.group is None}
    reverse, observed = medians.get("follow_up.median"), medians.get("follow_up.observed")
    if reverse is not None and observed is not None and observed < (1 - _SHORTER) * reverse:
        what = (
            f"Follow-up: median {reverse:.4g} by reverse Kaplan-Meier; the observed times of all patients, "
            f"deaths included, have the median {observed:.4g}."
        )
        yield guardrails.FOLLOW_UP_OF_ALL.finding(what, item="follow_up.median")


def _eras(study: Study, facts: Facts) -> Iterator[Finding]:
    if "year" not in facts.notes:
        return
    years = facts.frame["year"].drop_nulls()
    if years.is_empty() or _uses_year(study):
        return
    first, last = (int(year) for year in (years.to_numpy().min(), years.to_numpy().max()))
    if last - first > guardrails.ERA_YEARS:
        what = f"Transplants from {first} to {last}, compared without regard to the year."
        yield guardrails.ERAS.finding(what, item="year")


def _uses_year(study: Study) -> bool:
    """Whether a group, a rule or a model of the study looks at the year of transplant."""
    protocol = study.protocol
    rules = [rule for group in protocol.groups.values() for rule in (*group.levels.values(), group.variable)]
    names = [c.name for m in protocol.model for c in m.covariates]
    names += [name for m in protocol.model for name in (*m.strata, m.cluster)]
    return "year" in names or any("year" in rule.split() for rule in rules)
