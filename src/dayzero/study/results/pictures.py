"""What figures other than curves show, ready to draw: lanes of patients, stacked probabilities, courses.

Times are in the study's unit, values in the unit named beside them; patients are pseudonymous ids.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Bar:
    """A treatment that lasted: from ``start`` to ``stop``, which is ``None`` where no last day is recorded.

    ``kind`` says which entry of the key it is: ``blinatumomab``, ``inotuzumab``, ``CAR T``, ``chemotherapy``
    or ``other treatment``; ``label`` names it.
    """

    kind: str
    label: str
    start: float
    stop: float | None = None


@dataclass(frozen=True)
class Mark:
    """What happened on one day; ``kind`` is its entry of the key, ``detail`` grade, site or agent."""

    kind: str
    time: float
    detail: str = ""


@dataclass(frozen=True)
class Lane:
    """One patient on the time axis.

    Attributes
    ----------
    patient : str
        Pseudonymous id.
    bars, marks : tuple
        In order of time.
    end : float or None
        Last time at which something is known; ``None`` where no contact after day 0 is recorded.
    ended : {"death", "alive", "unknown"}
    group : str or None
        Level of the figure's grouping; ``None`` without one, or where the level is not known.
    relapse : float or None
        First relapse after day 0.
    """

    patient: str
    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]
    end: float | None
    ended: str
    group: str | None = None
    relapse: float | None = None


@dataclass(frozen=True)
class Swimmer:
    """A swimmer plot: one lane a patient, in drawing order.

    Attributes
    ----------
    lanes : tuple of Lane
    start : float
        Left end of the axis, at most 0; what began earlier is cut there.
    limit : float
        Right end of the axis.
    ticks : tuple of float
    group_by : str or None
    kinds : tuple of str
        Every kind of mark and bar that occurs, in the order of the key.
    notes : tuple of str
        What is not shown, and why, such as events whose day is not recorded.
    """

    lanes: tuple[Lane, ...]
    start: float
    limit: float
    ticks: tuple[float, ...]
    kinds: tuple[str, ...]
    group_by: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Layer:
    """One band of a stack: the probability of ``label`` lies between ``lower`` and ``upper`` at each time.

    ``at`` is the probability itself at each horizon, ``None`` beyond the last time observed.
    """

    label: str
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    at: tuple[float | None, ...] = ()


@dataclass(frozen=True)
class Stack:
    """The stacked probabilities of one group: at every time the layers add up to 1.

    Attributes
    ----------
    title : str
    layers : tuple of Layer
        From bottom to top.
    time : tuple of float
        Where the steps are, from 0 on.
    end : float
        Last time observed: the stack stops there.
    n : int
    ticks, at_risk : tuple
        Axis ticks and how many patients were under observation just before each.
    group_by, group : str or None
    """

    title: str
    layers: tuple[Layer, ...]
    time: tuple[float, ...]
    end: float
    n: int
    ticks: tuple[float, ...]
    at_risk: tuple[int, ...]
    group_by: str | None = None
    group: str | None = None


@dataclass(frozen=True)
class Stacks:
    """Stacked probabilities, one panel a group.

    ``horizons`` are those of ``Layer.at``; ``method`` says how they were estimated; ``at_risk_label`` heads
    the numbers below.
    """

    stacks: tuple[Stack, ...]
    horizons: tuple[float, ...]
    limit: float
    method: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class CourseLine:
    """The results of one patient: ``sign`` is ``<`` or ``>`` where a result is only a bound, else empty."""

    patient: str
    time: tuple[float, ...]
    value: tuple[float, ...]
    sign: tuple[str, ...]
    group: str | None = None


@dataclass(frozen=True)
class CourseMedian:
    """Median and quartiles of the patients with a result near one time, each patient once.

    A bound counts as its limit; ``sign`` is ``<`` or ``>`` where the median itself is such a bound.
    """

    time: float
    n: int
    median: float | None
    lower: float | None
    upper: float | None
    sign: str = ""
    group: str | None = None


@dataclass(frozen=True)
class Course:
    """The course of one analyte.

    Attributes
    ----------
    analyte, unit : str
    lines : tuple of CourseLine
        At most so many as can be told apart; ``patients`` is how many there are.
    medians : tuple of CourseMedian
        Of all patients.
    log : bool
        The axis is logarithmic.
    start, limit : float
        Ends of the time axis.
    lowest, highest : float
        Ends of the axis of values.
    levels : tuple of float
        Values that a definition uses, drawn as lines.
    transfusions : tuple of float
        Times of transfusions shown below, one each.
    """

    analyte: str
    unit: str
    lines: tuple[CourseLine, ...]
    medians: tuple[CourseMedian, ...]
    patients: int
    log: bool
    start: float
    limit: float
    ticks: tuple[float, ...]
    lowest: float
    highest: float
    levels: tuple[float, ...] = ()
    transfusions: tuple[float, ...] = ()
    group_by: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class MrdResult:
    """MRD of one patient at one stage.

    ``state`` is ``value``, ``undetectable``, ``positive, no number``, ``not done``, ``not known`` or
    ``none`` (no result recorded); ``value`` is the fraction of cells where there is one, with ``sign`` ``<``
    or ``>`` where it is a bound.
    """

    state: str
    value: float | None = None
    sign: str = ""


@dataclass(frozen=True)
class MrdPatient:
    """MRD of one patient at every stage of the figure."""

    patient: str
    results: tuple[MrdResult, ...]
    group: str | None = None


@dataclass(frozen=True)
class MrdStages:
    """MRD before and after: paired results at each stage.

    ``cut`` is the level below which MRD counts as negative.
    """

    stages: tuple[str, ...]
    patients: tuple[MrdPatient, ...]
    cut: float
    lowest: float
    highest: float
    group_by: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Strip:
    """Results of one analyte under a patient's lane."""

    analyte: str
    unit: str
    log: bool
    time: tuple[float, ...]
    value: tuple[float, ...]
    sign: tuple[str, ...]
    lowest: float
    highest: float


@dataclass(frozen=True)
class Timeline:
    """One patient: the lane of a swimmer plot with strips of laboratory results below."""

    lane: Lane
    strips: tuple[Strip, ...]
    start: float
    limit: float
    ticks: tuple[float, ...]
    kinds: tuple[str, ...]
    notes: tuple[str, ...] = ()


Picture = Swimmer | Stacks | Course | MrdStages | Timeline
