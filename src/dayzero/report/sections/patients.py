"""Who was studied: the flow of patients, and their characteristics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dayzero.report.document import Block, FigureBlock, Section
from dayzero.report.figures.flow import FLOW_ID, flow_scene, flow_tells
from dayzero.report.numbers import words
from dayzero.report.sections.numbering import files_of
from dayzero.report.tables.characteristics import characteristics_table

if TYPE_CHECKING:
    from dayzero.report.numbers import Numbers
    from dayzero.report.sections.numbering import Numbering
    from dayzero.study.results import Results


def patients(results: Results, numbers: Numbers, numbering: Numbering) -> Section:
    """Return the section on the patients."""
    blocks: list[Block] = []
    if flow_tells(results):
        blocks.append(
            FigureBlock(
                numbering.next_figure(),
                flow_scene(results),
                words("Flow of patients."),
                files_of(FLOW_ID, results.looks),
            )
        )
    blocks += numbering.table(characteristics_table(results, numbers))
    return Section("patients", "Patients", tuple(blocks))
