"""The outcomes: figures with their captions, and tables of estimates."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dayzero.report import format as fmt
from dayzero.report.document import Block, FigureBlock, Section
from dayzero.report.figures.pictures import scenes
from dayzero.report.numbers import Inline, Numbers, Span
from dayzero.report.sections.captions import caption_of
from dayzero.report.sections.numbering import file_names, files_of
from dayzero.report.tables.events import events_table
from dayzero.report.tables.outcomes import outcome_table
from dayzero.report.tables.proportions import proportion_table
from dayzero.report.tables.times import quantile_table

if TYPE_CHECKING:
    from dayzero.report.sections.numbering import Numbering
    from dayzero.study.results import Figure, Results


def outcomes(results: Results, numbers: Numbers, numbering: Numbering) -> Section:
    """Return the section on the outcomes."""
    blocks: list[Block] = []
    figures = [f for f in results.figures if any(f.rows) or f.picture is not None or f.refused]
    drawn = [(figure, scene) for figure in figures for scene in scenes(results, figure)]
    names = file_names([scene.id for _, scene in drawn])
    for (figure, scene), name in zip(drawn, names, strict=True):
        caption = _caption(results, figure) if figure.kind == "curves" else caption_of(figure, scene)
        blocks.append(
            FigureBlock(
                numbering.next_figure(), replace(scene, id=name), caption, files_of(name, results.looks)
            )
        )
    for table in (
        outcome_table(results, numbers),
        proportion_table(results, numbers),
        events_table(results, numbers),
        quantile_table(results, numbers),
    ):
        blocks += numbering.table(table)
    return Section("outcomes", "Outcomes", tuple(blocks))


def _caption(results: Results, figure: Figure) -> Inline:
    """Say what each panel shows and how to read it."""
    spans = [Span(f"{figure.title.rstrip('.')}. ", strong=True)]
    panels = [panel for row in figure.rows for panel in row]
    for panel in panels:
        if len(panels) > 1:
            spans.append(Span(f"({panel.letter}) ", strong=True))
            among = f", among {panel.among_label}" if panel.among_label else ""
            spans.append(Span(f"{panel.title}{among}. "))
    drawn = [curve for curve in results.curves if any(curve.id in panel.curves for panel in panels)]
    if not drawn:
        return tuple(spans)
    level = fmt.confidence(results.study.conf_level)
    kinds = fmt.listed(list(dict.fromkeys(curve.conf_type for curve in drawn if curve.conf_type)))
    spans.append(Span(f"Shaded: pointwise {level}{f', {kinds}' if kinds else ''}. "))
    if any(curve.censor_time for curve in drawn):
        spans.append(Span("Marks on a curve: patients censored. "))
    if any(panel.estimates for panel in panels):
        spans.append(Span("Dotted line: horizon of the printed estimates. "))
    spans.append(Span("Each curve ends at the last time observed."))
    return tuple(spans)
