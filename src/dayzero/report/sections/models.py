"""The regression models: who is in each, its ratios as a picture and as a table, its checks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dayzero.report import format as fmt
from dayzero.report.document import Block, FigureBlock, Paragraph, Section
from dayzero.report.figures.forest import forest_scene
from dayzero.report.figures.forest_rows import blocks_of
from dayzero.report.figures.grid import figure_scene
from dayzero.report.numbers import Inline, Span, words
from dayzero.report.sections.numbering import files_of
from dayzero.report.tables.models import check_table, ratio_table

if TYPE_CHECKING:
    from dayzero.report.numbers import Numbers
    from dayzero.report.sections.numbering import Numbering
    from dayzero.study.results import Model, Results


def models(results: Results, numbers: Numbers, numbering: Numbering) -> Section:
    """Return the section on the models; without blocks when the study has none."""
    blocks: list[Block] = []
    for model in results.models:
        blocks += _blocks(results, numbers, numbering, model)
    return Section("models", "Regression models", tuple(blocks))


def _blocks(results: Results, numbers: Numbers, numbering: Numbering, model: Model) -> list[Block]:
    if model.refused:
        ask = f" Ask instead: {model.instead.rstrip('.')}." if model.instead else ""
        source = f" ({model.source.rstrip('.')})" if model.source else ""
        return [Paragraph(words(f"{model.refused.rstrip('.')}.{ask}{source}"))]
    blocks: list[Block] = []
    scene = forest_scene(results, model)
    if scene is not None:
        number = numbering.next_figure()
        blocks.append(FigureBlock(number, scene, _caption(results, model), files_of(scene.id, results.looks)))
    if model.figure is not None:
        drawn = figure_scene(replace(results, curves=model.curves), model.figure)
        caption = (
            Span(f"{model.figure.title}. ", strong=True),
            Span(
                "The curve of a group is what all patients of the model would do in it: the average of their "
                "predicted curves (g-formula). Shaded: pointwise "
                f"{fmt.confidence(results.study.conf_level)}. Numbers at risk: the patients as they were."
            ),
        )
        blocks.append(FigureBlock(numbering.next_figure(), drawn, caption, files_of(drawn.id, results.looks)))
    for table in (ratio_table(results, numbers, model), check_table(numbers, model)):
        blocks += numbering.table(table)
    return blocks


def _caption(results: Results, model: Model) -> Inline:
    """Say what the forest plot shows and how to read it."""
    blocks = blocks_of(model)
    level = fmt.confidence(results.study.conf_level)
    text = f"Marks: ratios; lines: {level}, on a logarithmic axis. "
    if any(len(block.ratios) > 1 for block in blocks):
        text += "Square: cause-specific hazard (csHR); diamond, dashed: subdistribution hazard (sHR). "
    text += "An arrow head: the interval goes on. Events are those of the level, of the cause named."
    return (Span(f"{model.label}: ratios of hazards. ", strong=True), Span(text))
