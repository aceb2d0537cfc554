"""What a run found: every number once, with an id. Tables, figures and sentences take numbers from here.

Estimates are fractions from 0 to 1, times are in the study's unit; a number that does not exist is
``None``, never NaN. The published form is ``results.json`` (:func:`dayzero.study.results_json.to_json`),
whose layout is versioned by :data:`SCHEMA_VERSION`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from dayzero.records.findings import Finding

#: Changes when a field changes its meaning or disappears; a new optional field does not change it.
SCHEMA_VERSION = "1.0"


@dataclass(frozen=True)
class StudyInfo:
    """The heading of a report.

    Attributes
    ----------
    title, question, source, citation : str
        As the study file says; ``source`` is the data's name.
    notice : str
        Printed in the heading and in every figure, such as ``Constructed data``; may be empty.
    data_cutoff : str or None
        ISO date of administrative censoring, the one calendar date a report may show.
    unit : {"days", "weeks", "months", "years"}
    horizons : tuple of float
    conf_level : float
    convention : str
        Name of the preset followed, such as ``dayzero`` or ``cmprsk``.
    n : int
        Patients in the cohort.
    """

    title: str
    source: str
    unit: str
    horizons: tuple[float, ...]
    conf_level: float
    convention: str
    n: int
    data_cutoff: str | None = None
    notice: str = ""
    question: str = ""
    citation: str = ""


@dataclass(frozen=True)
class CohortStep:
    """One box of the flow diagram: what a rule left out and what remained."""

    id: str
    label: str
    rule: str
    excluded: int
    unknown: int
    remaining: int


@dataclass(frozen=True)
class GroupInfo:
    """A grouping: its label, whom it is restricted to, and how many patients each level has.

    Attributes
    ----------
    name, label : str
    among : str
        The restriction's rule; empty for the whole cohort. ``among_label`` is how it is printed.
    levels : tuple of str
        In the study file's order, which is the order of every table and legend.
    counts : tuple of int
    unclassified : int
        Eligible patients that no level takes (a value is not known).
    colours : tuple of str
        One per level as the study file gives them (a name or ``#rrggbb``), empty where it gives none.
    """

    name: str
    label: str
    levels: tuple[str, ...]
    counts: tuple[int, ...]
    unclassified: int
    among: str = ""
    among_label: str = ""
    colours: tuple[str, ...] = ()


@dataclass(frozen=True)
class Characteristic:
    """One line of the characteristics table, for one group (``group=None``: all patients).

    A number has ``median``, ``minimum``, ``maximum``, ``q1``, ``q3``; a level has ``level``, ``fraction``.
    ``n`` is the patients with the level (or with a value), ``total`` those with any value,
    ``missing`` the rest.
    """

    id: str
    variable: str
    label: str
    kind: Literal["number", "level"]
    n: int
    total: int
    missing: int
    group_by: str | None = None
    group: str | None = None
    level: str | None = None
    fraction: float | None = None
    median: float | None = None
    minimum: float | None = None
    maximum: float | None = None
    q1: float | None = None
    q3: float | None = None
    unit: str = ""


@dataclass(frozen=True)
class EndpointInfo:
    """An endpoint as derived in this cohort: its definition and how many patients had what.

    Attributes
    ----------
    causes : tuple of str
        Words for causes 1, 2, ...; ``counts`` are the patients with each, ``censored`` the rest.
    not_eligible : int
        Patients left out, with ``reasons`` as ``reason: count`` texts.
    conventions : tuple of str
        Estimators and tests used for it, in words.
    """

    name: str
    label: str
    kind: str
    origin: str
    event: str
    competing: tuple[str, ...]
    censoring: str
    eligible: str
    source: str
    n: int
    causes: tuple[str, ...]
    counts: tuple[int, ...]
    censored: int
    not_eligible: int = 0
    reasons: tuple[str, ...] = ()
    conventions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Estimate:
    """A probability at a horizon (or, for a proportion, at last contact: ``time=None``).

    Attributes
    ----------
    id : str
        Such as ``CIR.remission.CR1.24``.
    group_by, group : str or None
        ``None`` for the whole cohort; ``among`` repeats the grouping's restriction.
    estimate, std_err, lower, upper : float or None
    conf_type : str
        ``log-log``, ``beta product (exact)``, ``Clopper-Pearson (exact)``...
    method : str
        The estimator in words; ``convention`` the whole convention as printed under the number.
    n : int
        Patients in the group.
    events : int
        Events of interest up to ``time``; ``at_risk`` those at risk just before it.
    note : str
        What a reader must know beside the number, such as "no event: exact interval".
    """

    id: str
    endpoint: str
    time: float | None
    unit: str
    estimate: float | None
    lower: float | None
    upper: float | None
    conf_type: str
    conf_level: float
    method: str
    n: int
    events: int
    at_risk: int | None
    std_err: float | None = None
    group_by: str | None = None
    group: str | None = None
    among: str = ""
    convention: str = ""
    note: str = ""


@dataclass(frozen=True)
class Test:
    """A comparison of groups."""

    __test__ = False  # not a test case, whatever pytest thinks of the name

    id: str
    endpoint: str
    group_by: str
    method: str
    statistic: float | None
    df: int | None
    p_value: float | None
    n: int
    among: str = ""
    groups: tuple[str, ...] = ()
    observed: tuple[float, ...] = ()
    expected: tuple[float, ...] = ()
    convention: str = ""
    note: str = ""


@dataclass(frozen=True)
class Quantile:
    """Time by which a fraction had the event (``probability=0.5``: the median)."""

    id: str
    endpoint: str
    probability: float
    estimate: float | None
    lower: float | None
    upper: float | None
    unit: str
    conf_type: str
    group_by: str | None = None
    group: str | None = None
    note: str = ""


@dataclass(frozen=True)
class FollowUp:
    """How long patients were followed, by a named method (never just "median follow-up")."""

    id: str
    method: str
    n: int
    median: float | None
    unit: str
    lower: float | None = None
    upper: float | None = None
    minimum: float | None = None
    maximum: float | None = None
    group_by: str | None = None
    group: str | None = None


@dataclass(frozen=True)
class Curve:
    """One line of a figure, ready to draw: times and values of the steps, in the study's unit.

    Attributes
    ----------
    time, estimate, lower, upper : tuple of float or None
        From time 0 on, one entry per step; limits are ``None`` where they do not exist.
    censor_time, censor_estimate : tuple of float
        Where the censoring marks go.
    end : float
        Last time observed: the curve stops there.
    ticks, at_risk : tuple
        Axis ticks and the number at risk just before each, for the risk table.
    """

    id: str
    endpoint: str
    label: str
    kind: str
    time: tuple[float, ...]
    estimate: tuple[float, ...]
    lower: tuple[float | None, ...]
    upper: tuple[float | None, ...]
    censor_time: tuple[float, ...]
    censor_estimate: tuple[float, ...]
    end: float
    ticks: tuple[float, ...]
    at_risk: tuple[int, ...]
    n: int
    events: int
    unit: str
    group_by: str | None = None
    group: str | None = None
    conf_type: str = ""


@dataclass(frozen=True)
class Panel:
    """One panel of a figure: what it shows, as ids of what is in the results.

    ``refused`` holds the reason when the curves must not be drawn; ``limit`` is the end of the time axis
    where it differs from the figure's.
    """

    letter: str
    title: str
    endpoint: str
    kind: str
    y_label: str
    curves: tuple[str, ...]
    estimates: tuple[str, ...]
    group_by: str | None = None
    among_label: str = ""
    test: str | None = None
    refused: str = ""
    limit: float | None = None


@dataclass(frozen=True)
class Figure:
    """A figure: rows of panels, sharing the time axis of the study."""

    id: str
    title: str
    rows: tuple[tuple[Panel, ...], ...]
    unit: str
    limit: float
    colours: str = "colour-blind safe"


@dataclass(frozen=True)
class Listing:
    """The patients of a small cohort, one row each; cells are texts as printed."""

    columns: tuple[str, ...]
    labels: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


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
    cohort: tuple[CohortStep, ...] = ()
    groups: tuple[GroupInfo, ...] = ()
    characteristics: tuple[Characteristic, ...] = ()
    endpoints: tuple[EndpointInfo, ...] = ()
    estimates: tuple[Estimate, ...] = ()
    tests: tuple[Test, ...] = ()
    quantiles: tuple[Quantile, ...] = ()
    follow_up: tuple[FollowUp, ...] = ()
    models: tuple[dict[str, object], ...] = ()
    curves: tuple[Curve, ...] = ()
    figures: tuple[Figure, ...] = ()
    listing: Listing | None = None
    refusals: tuple[Refusal, ...] = ()
    findings: tuple[Finding, ...] = ()
    schema_version: str = field(default=SCHEMA_VERSION)
