"""The regression models: who is in each, its ratios as a picture and as a table, its checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dayzero.report.document import Block, Paragraph, Section
from dayzero.report.numbers import words
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
    for table in (ratio_table(results, numbers, model), check_table(numbers, model)):
        blocks += numbering.table(table)
    return blocks
