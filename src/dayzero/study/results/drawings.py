"""What figures and the patient listing show, ready to draw or print."""

from __future__ import annotations

from dataclasses import dataclass


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
