"""What one panel shows, and the sizes that the panels of a figure share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dayzero.report import format as fmt
from dayzero.report.figures import typeface as face
from dayzero.report.figures.axes import y_margin
from dayzero.report.figures.palette import Style, style_of

if TYPE_CHECKING:
    from dayzero.study.results import Curve, Estimate, Panel, Test

PLOT_HEIGHT = 128.0
RIGHT = 7.0
#: Wider names of groups get a line of their own above their numbers at risk.
_WIDEST_NAME = 64.0


@dataclass(frozen=True)
class Content:
    """What one panel shows, looked up in the results."""

    panel: Panel
    among: str
    curves: tuple[Curve, ...]
    estimates: tuple[Estimate, ...]
    test: Test | None
    origin: str
    unit: str
    limit: float
    styles: dict[tuple[str, str], Style] = field(default_factory=dict)

    def style(self, curve: Curve) -> Style:
        """Return the colours and dashes of a curve."""
        return style_of(curve, self.styles)

    @property
    def horizons(self) -> list[float]:
        """Return the times of the printed estimates."""
        return list(dict.fromkeys(e.time for e in self.estimates if e.time is not None))

    @property
    def refused(self) -> str:
        """Return why nothing is drawn; empty when something is."""
        return self.panel.refused or ("" if self.curves else "There is no patient to draw.")

    @property
    def row_names(self) -> list[str]:
        """Return the name of each row of numbers at risk: its group's, or "All" for the whole cohort."""
        return [curve.label if curve.group is not None else "All" for curve in self.curves]


@dataclass(frozen=True)
class Measures:
    """Sizes that the panels of a figure share, so that their plots align."""

    width: float
    margin: float
    stacked: bool
    y_lines: tuple[tuple[str, ...], ...]

    @property
    def plot_width(self) -> float:
        """Return the width of the plot."""
        return self.width - self.margin - RIGHT


def measures(contents: list[Content], width: float) -> Measures:
    """Return the common sizes of panels of one width."""
    y_lines = tuple(
        tuple(face.wrapped(f"{c.panel.y_label} (%)", face.BASE, PLOT_HEIGHT + 2)) for c in contents
    )
    names = [face.width(name, face.BASE) for c in contents for name in c.row_names]
    widest = max(names, default=0.0) + 8
    stacked = widest > _WIDEST_NAME
    first_number = face.width(
        fmt.integer(max((c.n for k in contents for c in k.curves), default=0)), face.BASE
    )
    needed = 0.0 if stacked else widest + first_number / 2
    return Measures(width, max(y_margin(max(map(len, y_lines))), needed), stacked, y_lines)
