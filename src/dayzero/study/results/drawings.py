"""What figures and the patient listing show, ready to draw or print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dayzero.study.results.pictures import Picture


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
    """A figure: rows of panels, sharing the time axis of the study, or a picture of another kind.

    Attributes
    ----------
    rows : tuple of tuple of Panel
        Of a figure of curves; empty for any other.
    kind : str
        As the study file says: ``curves``, ``swimmer``, ``stacked``, ``states``, ``course``, ``mrd`` or
        ``timeline``.
    picture : Picture or None
        What a figure other than curves shows.
    refused : str
        Why there is no picture.
    """

    id: str
    title: str
    rows: tuple[tuple[Panel, ...], ...]
    unit: str
    limit: float
    colours: str = "colour-blind safe"
    kind: str = "curves"
    picture: Picture | None = None
    refused: str = ""


@dataclass(frozen=True)
class Looks:
    """How figures are drawn and which files they are written to, as the study file says.

    Attributes
    ----------
    size : {"automatic", "single column", "double column", "slide", "poster"}
    style : {"colour", "grey", "papers"}
    formats : tuple of str
        Of ``svg``, ``pdf``, ``png``, ``tiff``.
    dpi : tuple of int
        Resolutions of TIFF files; the first is that of PNG files.
    """

    size: str = "automatic"
    style: str = "colour"
    formats: tuple[str, ...] = ("svg", "pdf", "png")
    dpi: tuple[int, ...] = (300,)


@dataclass(frozen=True)
class Listing:
    """Patients one a row, or one of their courses; cells are texts as printed.

    ``name`` is the name of its file, ``caption`` its title, ``note`` what is said below it.
    """

    columns: tuple[str, ...]
    labels: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    name: str = "listing"
    caption: str = "Patients"
    note: str = ""
