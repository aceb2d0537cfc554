"""The claims of a manuscript, checked against the results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dayzero.report import format as fmt
from dayzero.report.document import Block, Paragraph, Section
from dayzero.report.numbers import words
from dayzero.report.tables.claims import claims_table

if TYPE_CHECKING:
    from dayzero.report.numbers import Numbers
    from dayzero.report.sections.numbering import Numbering
    from dayzero.study.results import Results

#: What each verdict says of one claim, and of several.
_VERBS = {
    "agrees": ("agrees with the data", "agree with the data"),
    "computed otherwise": ("is computed otherwise", "are computed otherwise"),
    "cannot be computed": ("cannot be computed from the data", "cannot be computed from the data"),
}


def claims(results: Results, numbers: Numbers, numbering: Numbering) -> Section:
    """Return the section on claims; empty when the study lists none."""
    blocks: list[Block] = []
    if results.claims:
        blocks.append(Paragraph(words(_counted(results))))
    blocks += numbering.table(claims_table(results, numbers))
    return Section("claims", "Claims checked", tuple(blocks))


def _counted(results: Results) -> str:
    """Say how many claims agree: ``Of 15 claims, 11 agree with the data, ...``."""
    verdicts: list[str] = [claim.verdict for claim in results.claims]
    total = len(verdicts)
    if total == 1:
        return f"The one claim listed {_VERBS[verdicts[0]][0]}."
    counted = [(verdicts.count(verdict), verbs) for verdict, verbs in _VERBS.items()]
    if agreed := [verbs for count, verbs in counted if count == total]:
        return f"All {fmt.integer(total)} claims {agreed[0][1]}."
    said = [f"{fmt.integer(count)} {verbs[count != 1]}" for count, verbs in counted if count]
    return (
        f"Of {fmt.integer(total)} claims, {fmt.listed(said)}."
        if len(said) > 1
        else f"All {fmt.integer(total)} claims {said[0].partition(' ')[2]}."
    )
