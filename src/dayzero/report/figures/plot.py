"""Inside the axes: curves with bands and marks, the key where there is room for it, names beside curves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dayzero.report.figures import curves as drawing
from dayzero.report.figures import typeface as face
from dayzero.report.figures.axes import Axes, horizon_lines
from dayzero.report.figures.content import PLOT_HEIGHT
from dayzero.report.figures.key import Key, entry, heads, key
from dayzero.report.figures.palette import MUTED
from dayzero.report.figures.placing import beside_curve, free, room_for
from dayzero.report.figures.scene import Area, Box, Shape, Text, moved

if TYPE_CHECKING:
    from dayzero.report.figures.content import Content, Measures

_WHITE, _GROUND_OPACITY = "#ffffff", 0.75


@dataclass(frozen=True)
class KeyPlan:
    """A key and its place in a plot whose top left corner is (0, 0); above it, the place is negative.

    A key that could be placed nowhere but on a band is ``on_band`` and gets pale ground.
    """

    key: Key
    place: Box
    on_band: bool = False

    @property
    def above(self) -> float:
        """Return the height to keep free above the plot."""
        return max(0.0, -self.place.top)


def plan_keys(row: list[Content], shared: Measures) -> list[KeyPlan | None]:
    """Find room for the keys of a row of panels: inside the plots or, where one has none, above all."""
    inside = [None if content.refused else _inside(content, shared) for content in row]
    if all(plan or content.refused for plan, content in zip(inside, row, strict=True)):
        return list(inside)
    return [None if content.refused else _above(content, shared) for content in row]


def _inside(content: Content, shared: Measures) -> KeyPlan | None:
    """Return the best place in the plot, None when every place covers a curve."""
    box = Box(0, 0, shared.plot_width, PLOT_HEIGHT)
    axes = Axes(box, content.limit)
    block = _key(content, box.width - 8)
    taken = [box for curve in content.curves for box in drawing.occupied(axes, curve)]
    bands = [box for curve in content.curves for box in drawing.shaded(axes, curve)]
    marks = [Box(axes.x(t) - 2, 0, axes.x(t) + 2, PLOT_HEIGHT) for t in content.horizons]
    place = room_for(block.width, block.height, box, taken, bands, marks)
    return KeyPlan(block, place, not free(place, bands)) if place else None


def _above(content: Content, shared: Measures) -> KeyPlan:
    block = _key(content, shared.width)
    left = min(0.0, shared.width - shared.margin - block.width)
    return KeyPlan(block, Box(left, -block.height - 4, left + block.width, -4))


def _key(content: Content, limit: float) -> Key:
    several = len(content.curves) > 1
    entries = []
    for curve in content.curves:
        own = [e for e in content.estimates if (e.group_by, e.group) == (curve.group_by, curve.group)]
        entries.append(entry(curve, content.style(curve), own, named=several or curve.group is not None))
    return key(heads(content.estimates), entries, content.test, limit)


def plot_shapes(content: Content, axes: Axes, plan: KeyPlan) -> list[Shape]:
    """Return everything inside the axes, bands lowest."""
    below: list[Shape] = []
    over: list[Shape] = []
    for curve in content.curves:
        bands, line = drawing.drawn(axes, curve, content.style(curve))
        below += bands
        over += line
    dx, dy = axes.box.left, axes.box.top
    place = Box(plan.place.left + dx, plan.place.top + dy, plan.place.right + dx, plan.place.bottom + dy)
    for time in content.horizons:
        if 0 < time <= content.limit:
            below += horizon_lines(axes, time, place.grown(2))
    if plan.on_band:
        below.append(_ground(place))
    key_shapes = [moved(shape, place.left, place.top) for shape in plan.key.shapes]
    return [*below, *over, *key_shapes, *_direct_labels(content, axes, place)]


def _ground(place: Box) -> Area:
    """Return the ground of a key on a band: framed and not opaque, or the band would seem to end there."""
    corners = place.grown(2).corners()
    return Area(corners, _WHITE, _GROUND_OPACITY, outline=MUTED, width=0.5, role="key ground")


def _direct_labels(content: Content, axes: Axes, key_box: Box) -> list[Shape]:
    """Return each group's name beside its curve, where there is room for it."""
    if len(content.curves) < 2:
        return []
    taken = [key_box.grown(2), *(box for curve in content.curves for box in drawing.occupied(axes, curve))]
    labels: list[Shape] = []
    for curve in content.curves:
        long = face.width(curve.label, face.BASE, bold=True)
        tall = (face.ASCENT + face.DESCENT) * face.BASE
        box = beside_curve(long, tall, drawing.steps(axes, curve), axes.box, taken)
        if box is not None:
            taken.append(box.grown(1))
            colour = content.style(curve).word
            baseline = box.top + face.ASCENT * face.BASE
            labels.append(Text(box.left, baseline, curve.label, face.BASE, colour, bold=True, role="label"))
    return labels
