"""What a report says before any number: the study, its cohort, its groups, its endpoints."""

from __future__ import annotations

from dataclasses import dataclass


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
    choices : tuple of str
        What a study may define differently, as it applied here, in words.
    family : str
        Of the catalogue: ``outcome``, ``graft``, ``gvhd``...
    given : int
        Patients for whom the centre gave the outcome itself, instead of the facts to derive it from.
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
    choices: tuple[str, ...] = ()
    family: str = ""
    given: int = 0
