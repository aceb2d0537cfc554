"""Who stands behind each number: the patients of every group, and the decision about each of them.

Kept apart from the results: results are counts and estimates that may leave the centre, this is one row a
patient. The page shows it only when the study lets it (``[report] patients``) and the cohort is one that
somebody can read through.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dayzero.study.characteristics import line_of
from dayzero.study.outcomes import long_form

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dayzero.endpoints.definition import DerivedEndpoint
    from dayzero.study.cohort import Cohort
    from dayzero.study.grouping import Grouping
    from dayzero.study.loading import Study

#: Larger cohorts are not listed on the page: ``endpoints.csv`` holds every decision.
MOST_PATIENTS = 500


@dataclass(frozen=True)
class Decided:
    """One endpoint of one patient: days from its origin (None: not recorded), what happened, and why."""

    patient_id: str
    time: float | None
    outcome: str
    why: str
    flags: str


@dataclass(frozen=True)
class Trace:
    """The patients behind the numbers.

    Attributes
    ----------
    shown : bool
        Whether single patients may be shown; when not, the mappings are empty.
    patients : tuple of str
        Pseudonymous ids of the cohort, in the order of the records.
    groups : mapping
        By grouping: the level of each patient that a level takes.
    decisions : mapping
        By endpoint: each counted patient, in order of id.
    left_out : mapping
        By endpoint: the patients that cannot be counted, each with the reason.
    values : mapping
        By variable of the characteristics: the value of each patient, as text; ``None`` is not known.
    sources : mapping of str to str
        By variable: the rule that derived it.
    excluded : mapping of str to tuple of str
        By id of a step of the flow: the patients that it left out.
    why_not : str
        Why single patients are not shown; empty when they are.
    """

    patients: tuple[str, ...] = ()
    groups: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    decisions: Mapping[str, tuple[Decided, ...]] = field(default_factory=dict)
    left_out: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    excluded: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    why_not: str = ""

    @property
    def shown(self) -> bool:
        """Whether single patients are shown."""
        return not self.why_not


#: A page made from results alone.
NOBODY = Trace(why_not="This page was made from the results alone, which hold no single patient.")


def trace(
    study: Study,
    cohort: Cohort,
    groupings: Mapping[str, Grouping],
    derived: Iterable[DerivedEndpoint],
    variables: Iterable[str],
) -> Trace:
    """Return who stands behind the numbers of a run.

    Parameters
    ----------
    study : Study
    cohort : Cohort
    groupings : mapping of str to Grouping
    derived : iterable of DerivedEndpoint
        The endpoints of the run, for the patients of the cohort.
    variables : iterable of str
        Variables and groupings that the characteristics describe.
    """
    rules = {name: note.source for name, note in cohort.facts.notes.items() if note.source}
    if not study.protocol.report.patients:
        return Trace(sources=rules, why_not="The study file keeps single patients off this page.")
    if cohort.n > MOST_PATIENTS:
        return Trace(
            sources=rules,
            why_not=f"Cohorts of more than {MOST_PATIENTS} patients are not listed on a page: endpoints.csv, "
            "beside it, holds the decision about each patient.",
        )
    patients = tuple(cohort.facts.frame["patient_id"].to_list())
    known = dict(groupings)
    endpoints = list(derived)
    return Trace(
        patients=patients,
        groups={
            name: dict(grouping.assigned.select("patient_id", "group").iter_rows())
            for name, grouping in known.items()
        },
        decisions={one.definition.name: _decided(one) for one in endpoints},
        left_out={one.definition.name: _left_out(one) for one in endpoints},
        values={
            name: dict(zip(patients, _texts(name, cohort, known), strict=True))
            for name in dict.fromkeys(variables)
        },
        sources=rules,
        excluded=cohort.excluded,
    )


def _decided(one: DerivedEndpoint) -> tuple[Decided, ...]:
    rows = long_form(one).select("patient_id", "time", "cause_label", "why", "flags")
    return tuple(Decided(*row) for row in rows.iter_rows())


def _left_out(one: DerivedEndpoint) -> tuple[tuple[str, str], ...]:
    rows = one.not_eligible.select("patient_id", "reason", "fact").sort("patient_id").iter_rows()
    return tuple(
        (patient, f"{reason} ({fact})" if fact is not None else reason) for patient, reason, fact in rows
    )


def _texts(name: str, cohort: Cohort, groupings: dict[str, Grouping]) -> list[str | None]:
    line = line_of(name, cohort.facts, groupings, name)
    values: list[str | float | None] = line.values.to_list()
    return [value if value is None or isinstance(value, str) else f"{value:,.10g}" for value in values]
