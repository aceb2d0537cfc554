"""What every picture is made from: the cohort's records, its groups, and endpoints on demand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from dayzero.endpoints.course import course_of
from dayzero.errors import RefusalError
from dayzero.study import asking
from dayzero.study.asking import general, options_of
from dayzero.study.clock import from_days, tick_step
from dayzero.study.cohort import ask
from dayzero.study.words import patients as counted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dayzero.endpoints.definition import DerivedEndpoint
    from dayzero.endpoints.options import Options
    from dayzero.records.model import Records
    from dayzero.study.cohort import Cohort, Facts
    from dayzero.study.conventions import Choices
    from dayzero.study.grouping import Grouping
    from dayzero.study.loading import Study
    from dayzero.study.protocol import FigureSection


@dataclass(frozen=True)
class Material:
    """What pictures are made from.

    Attributes
    ----------
    study : Study
    records : Records
        Of the cohort's patients, as seen at the data cut-off.
    facts : Facts
    groupings : mapping of str to Grouping
    choices : Choices
    known_late : tuple of str
        Variables of the cohort's rules that became known only after day 0.
    derive : callable
        Gives an endpoint by name; raises :class:`RefusalError` where it cannot be derived.
    limit : float
        End of the study's time axis, in its unit.
    ticks : tuple of float
    unit : str
        Of the picture's times.
    options : Options
        Cut-offs of the derivations.
    """

    study: Study
    records: Records
    facts: Facts
    groupings: Mapping[str, Grouping]
    choices: Choices
    known_late: tuple[str, ...]
    derive: Callable[[str], DerivedEndpoint]
    limit: float
    ticks: tuple[float, ...]
    unit: str
    options: Options

    def time(self, days: float) -> float:
        """Return days in the study's unit."""
        return from_days(days, self.unit)

    def derivable(self, name: str) -> DerivedEndpoint | None:
        """Return an endpoint; ``None`` where it cannot be derived."""
        try:
            return self.derive(name)
        except RefusalError:
            return None

    def levels(self, by: str) -> dict[str, str]:
        """Return patient id to level of a grouping."""
        if not by:
            return {}
        assigned = self.groupings[by].assigned
        return dict(zip(assigned["patient_id"], assigned["group"], strict=True))


def material_of(
    study: Study,
    records: Records,
    cohort: Cohort,
    groupings: Mapping[str, Grouping],
    choices: Choices,
    derived: Mapping[str, DerivedEndpoint],
    axis: tuple[float, tuple[float, ...]],
) -> Material:
    """Return what pictures are made from; an endpoint that no outcome asked for is derived once, when needed.

    Parameters
    ----------
    study, records, cohort, groupings, choices
        As in :class:`Material`.
    derived : mapping of str to DerivedEndpoint
        What the outcomes already asked for.
    axis : tuple
        End and ticks of the study's time axis.
    """
    known = dict(derived)
    protocol = study.protocol

    def derive(name: str) -> DerivedEndpoint:
        question = general(name, protocol)
        if question.name not in known:
            known[question.name] = asking.derive(question, records)
        return known[question.name]

    options = options_of(protocol.definitions)
    return Material(
        study,
        records,
        cohort.facts,
        groupings,
        choices,
        cohort.known_late,
        derive,
        *axis,
        protocol.time.unit,
        options,
    )


@dataclass(frozen=True)
class Chosen:
    """The patients of a picture: their courses, their levels, and in words who was left out.

    Attributes
    ----------
    courses : polars.DataFrame
        The rows of :func:`~dayzero.endpoints.course.course_of`, of transplanted patients only.
    level : mapping of str to str
    notes : tuple of str
    """

    courses: pl.DataFrame
    level: Mapping[str, str]
    notes: tuple[str, ...]

    @property
    def ids(self) -> list[str]:
        """Ids in order."""
        found: list[str] = self.courses["patient_id"].to_list()
        return found


def choose_patients(name: str, section: FigureSection, material: Material) -> Chosen:
    """Return the patients that a figure shows.

    Parameters
    ----------
    name : str
        Of the figure.
    section : FigureSection
        ``patients`` is a rule, ``with_event`` an endpoint whose event they must have had, ``by`` a grouping
        that shows only patients of its levels where it is restricted to some.
    material : Material
    """
    courses = course_of(material.records).frame.filter(pl.col("first_day") == 0)
    total, notes = courses.height, []
    if section.patients:
        _, answer = ask(section.patients, material.facts, material.study.at("figures", name, "patients"))
        kept = material.facts.only(answer).frame["patient_id"]
        courses = courses.filter(pl.col("patient_id").is_in(kept.to_list()))
        notes.append(f"{courses.height} of {counted(total)}: {section.patients}")
    if section.with_event:
        derived = material.derive(section.with_event)
        had = derived.frame.filter(pl.col("cause") == 1)["patient_id"]
        before = courses.height
        courses = courses.filter(pl.col("patient_id").is_in(had.to_list()))
        notes.append(f"{courses.height} of {counted(before)}: those with {derived.causes[0]}")
    level = material.levels(section.by)
    if section.by and material.groupings[section.by].info.among:
        before = courses.height
        courses = courses.filter(pl.col("patient_id").is_in(list(level)))
        if courses.height < before:
            label = material.groupings[section.by].info.among_label
            notes.append(f"{courses.height} of {counted(before)}: those among {label} with a known group")
    return Chosen(courses, level, tuple(notes))


def axis_ticks(start: float, limit: float, unit: str, step: float | None = None) -> tuple[float, ...]:
    """Return the ticks of a time axis that may begin before day 0: multiples of a usual distance."""
    distance = step or tick_step(limit - start, unit)
    first, last = -int(-start // distance), int(round(limit / distance, 9) // 1)
    return tuple(float(i * distance) for i in range(first, last + 1))
