"""What a run found: every number once, with an id. Tables, figures and sentences take numbers from here.

Estimates are fractions from 0 to 1, times are in the study's unit; a number that does not exist is
``None``, never NaN. The published form is ``results.json`` (:func:`dayzero.study.results_json.to_json`),
whose layout is versioned by :data:`SCHEMA_VERSION`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dayzero.study.results.claims import Claim
from dayzero.study.results.design import Design, Software
from dayzero.study.results.drawings import Curve, Figure, Listing, Looks, Panel
from dayzero.study.results.heading import CohortStep, EndpointInfo, GroupInfo, StudyInfo
from dayzero.study.results.models import Model, ModelCheck, ModelCovariate, ModelFit, ModelTerm
from dayzero.study.results.numbers import Balance, Characteristic, Estimate, FollowUp, Onset, Quantile, Test
from dayzero.study.results.pictures import (
    Bar,
    Course,
    CourseLine,
    CourseMedian,
    Lane,
    Layer,
    Mark,
    MrdPatient,
    MrdResult,
    MrdStages,
    Picture,
    Stack,
    Stacks,
    Strip,
    Swimmer,
    Timeline,
)
from dayzero.study.results.report import ReportChoices, Sentence

if TYPE_CHECKING:
    from dayzero.records.findings import Finding

#: Changes when a field changes its meaning or disappears; a new optional field does not change it. The list
#: ``models``, always empty before it had declared entries, kept the number.
SCHEMA_VERSION = "1.0"


@dataclass(frozen=True)
class Refusal:
    """A result that was asked for and withheld, because it would have been wrong."""

    id: str
    endpoint: str
    what: str
    instead: str
    source: str = ""
    group_by: str | None = None


@dataclass(frozen=True)
class Results:
    """Everything a run found (design, section 9)."""

    study: StudyInfo
    design: Design = field(default_factory=Design)
    cohort: tuple[CohortStep, ...] = ()
    groups: tuple[GroupInfo, ...] = ()
    characteristics: tuple[Characteristic, ...] = ()
    balance: tuple[Balance, ...] = ()
    endpoints: tuple[EndpointInfo, ...] = ()
    estimates: tuple[Estimate, ...] = ()
    tests: tuple[Test, ...] = ()
    quantiles: tuple[Quantile, ...] = ()
    onsets: tuple[Onset, ...] = ()
    follow_up: tuple[FollowUp, ...] = ()
    models: tuple[Model, ...] = ()
    curves: tuple[Curve, ...] = ()
    figures: tuple[Figure, ...] = ()
    looks: Looks = field(default_factory=Looks)
    listing: Listing | None = None
    listings: tuple[Listing, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    claims: tuple[Claim, ...] = ()
    report: ReportChoices = field(default_factory=ReportChoices)
    findings: tuple[Finding, ...] = ()
    schema_version: str = field(default=SCHEMA_VERSION)


__all__ = [
    "SCHEMA_VERSION",
    "Balance",
    "Bar",
    "Characteristic",
    "Claim",
    "CohortStep",
    "Course",
    "CourseLine",
    "CourseMedian",
    "Curve",
    "Design",
    "EndpointInfo",
    "Estimate",
    "Figure",
    "FollowUp",
    "GroupInfo",
    "Lane",
    "Layer",
    "Listing",
    "Looks",
    "Mark",
    "Model",
    "ModelCheck",
    "ModelCovariate",
    "ModelFit",
    "ModelTerm",
    "MrdPatient",
    "MrdResult",
    "MrdStages",
    "Onset",
    "Panel",
    "Picture",
    "Quantile",
    "Refusal",
    "ReportChoices",
    "Results",
    "Sentence",
    "Software",
    "Stack",
    "Stacks",
    "Strip",
    "StudyInfo",
    "Swimmer",
    "Test",
    "Timeline",
]
