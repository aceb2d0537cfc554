"""Figures: the study file's panels, resolved to the ids of what the results hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dayzero.study.pictures.draw import draw_picture
from dayzero.study.protocol_checks import panel_parts
from dayzero.study.results import Figure, Looks, Panel
from dayzero.study.words import inside

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dayzero.endpoints.definition import Definition
    from dayzero.study.loading import Study
    from dayzero.study.pictures.material import Material
    from dayzero.study.protocol import FigureSection
    from dayzero.study.results import Curve, Estimate, GroupInfo, Refusal, Test

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Drawable:
    """What panels can point at."""

    definitions: Mapping[str, Definition]
    groups: Mapping[str, GroupInfo]
    curves: Sequence[Curve]
    estimates: Sequence[Estimate]
    tests: Sequence[Test]
    refusals: Sequence[Refusal]
    limits: Mapping[str, float] = field(default_factory=dict)  # of endpoints with an axis of their own


def lay_out(study: Study, drawable: Drawable, material: Material) -> tuple[Figure, ...]:
    """Resolve every figure of the study file: panels of curves to ids, other kinds to what is drawn."""
    return tuple(
        _curves(study, name, section, drawable, material.limit)
        if section.kind == "curves"
        else draw_picture(name, section, material)
        for name, section in study.protocol.figures.items()
    )


def looks_of(study: Study) -> Looks:
    """Return how the study file wants its figures drawn, and in which formats."""
    wanted = study.protocol.report.figures
    return Looks(wanted.size, wanted.style, wanted.formats, wanted.dpi)


def _curves(study: Study, name: str, section: FigureSection, drawable: Drawable, limit: float) -> Figure:
    rows, count = [], 0
    for r, row in enumerate(section.panels):
        panels = []
        for c, text in enumerate(row):
            title = section.titles[r][c] if section.titles else ""
            panels.append(_panel(_letter(count), text, title, drawable))
            count += 1
        rows.append(tuple(panels))
    title = section.title or f"Figure {name}"
    return Figure(name, title, tuple(rows), study.protocol.time.unit, limit)


def _letter(index: int) -> str:
    """Return A to Z, then AA, AB..."""
    first, second = divmod(index, len(_LETTERS))
    return (_LETTERS[first - 1] if first else "") + _LETTERS[second]


def _concerns(refusal: Refusal, endpoint: str, group_by: str | None) -> bool:
    """Tell whether a refusal, of the whole endpoint or of one grouping, withholds a panel."""
    return refusal.endpoint == endpoint and refusal.group_by in (None, group_by)


def _panel(letter: str, text: str, title: str, drawable: Drawable) -> Panel:
    endpoint, group_by = panel_parts(text, named=drawable.definitions)
    definition = drawable.definitions[endpoint]
    group = drawable.groups[group_by] if group_by else None

    def mine(item: Curve | Estimate | Test) -> bool:
        return item.endpoint == definition.name and item.group_by == group_by

    curves = tuple(curve.id for curve in drawable.curves if mine(curve))
    refused = next((r.what for r in drawable.refusals if _concerns(r, definition.name, group_by)), "")
    if not refused and not curves:
        refused = "No patient is eligible for this endpoint."
    return Panel(
        letter=letter,
        title=title or definition.label + (f" by {inside(group.label)}" if group else ""),
        endpoint=definition.name,
        kind=definition.kind,
        y_label=definition.label,
        curves=() if refused else curves,
        estimates=()
        if refused
        else tuple(e.id for e in drawable.estimates if mine(e) and e.time is not None),
        group_by=group_by,
        among_label=group.among_label if group else "",
        test=None if refused else next((test.id for test in drawable.tests if mine(test)), None),
        refused=refused,
        limit=drawable.limits.get(definition.name),
    )
