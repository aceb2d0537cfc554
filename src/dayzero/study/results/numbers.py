"""Numbers, each with an id: characteristics, estimates, tests, quantiles, follow-up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Characteristic:
    """One line of the characteristics table, for one group (``group=None``: all patients).

    A number has ``median``, ``minimum``, ``maximum``, ``q1``, ``q3``; a level has ``level``, ``fraction``.
    ``n`` is the patients with the level (or with a value), ``total`` those with any value,
    ``missing`` the rest. ``spread`` says which limits of a number the study prints.
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
    spread: Literal["range", "quartiles"] = "range"


@dataclass(frozen=True)
class Balance:
    """How far the levels of a grouping differ in a characteristic, and a test where the study asks for one.

    ``standardised_difference`` has no sign and is the largest of the pairs; ``total`` are the patients with a
    value and a level, of whom the rest knows nothing.
    """

    id: str
    variable: str
    group_by: str
    total: int
    standardised_difference: float | None = None
    method: str = ""
    statistic: float | None = None
    df: int | None = None
    p_value: float | None = None
    note: str = ""


@dataclass(frozen=True)
class Onset:
    """When an event happened in those who had it: not an estimate for everybody at risk.

    Attributes
    ----------
    n, events : int
        Patients who could have it, and who had it with a known day.
    undated : int
        Those who had it on a day that is not recorded.
    median, minimum, maximum : float or None
        Days from the endpoint's origin.
    competing : tuple of str
        Those whom something else kept from it, as ``death: 2`` texts.
    """

    id: str
    endpoint: str
    n: int
    events: int
    undated: int
    median: float | None
    minimum: float | None
    maximum: float | None
    competing: tuple[str, ...] = ()
    group_by: str | None = None
    group: str | None = None


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
    """A comparison of groups; ``p_adjusted`` is for all comparisons of the study, where it asks for that."""

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
    p_adjusted: float | None = None


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
