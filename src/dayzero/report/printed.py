"""What print needs besides the document: the sizes of a page, and findings written out rather than folded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dayzero.report.figures.scene import POINTS_PER_MM
from dayzero.report.format import integer, sentence
from dayzero.report.tables.fitting import height

if TYPE_CHECKING:
    from dayzero.report.document import FindingGroup
    from dayzero.report.figures.scene import Scene
    from dayzero.report.tables.fitting import Fit
    from dayzero.report.tables.model import Table

#: A4; the text is as wide as a figure of two journal columns.
PAGE_WIDTH, PAGE_HEIGHT = 210.0 * POINTS_PER_MM, 297.0 * POINTS_PER_MM
SIDE_MARGIN = 16.0 * POINTS_PER_MM
UPRIGHT = PAGE_WIDTH - 2 * SIDE_MARGIN
SIDEWAYS = PAGE_HEIGHT - 2 * SIDE_MARGIN
#: The room that a figure with its caption may take of a page's height.
TALLEST = 195.0 * POINTS_PER_MM
#: A figure of one column is printed larger than in a journal: the page has room.
_ENLARGED = 1.15
#: A table no higher than this is kept on one page.
_SHORT_TABLE = 120.0 * POINTS_PER_MM
#: Places of one finding that are printed; findings.csv lists every one.
_PLACES = 40
_FOOTER_LETTERS = 95


@dataclass(frozen=True)
class PrintedFinding:
    """One rule's findings as print shows them: statements with places, a hint, and the rule's source."""

    severity: str
    lines: tuple[tuple[str, str], ...]
    hint: str
    rule: str


def printed_finding(group: FindingGroup) -> PrintedFinding:
    """Return the findings of a rule; places that share a statement are run together.

    The more of them are left out, the more is said about where they are.
    """
    lines: list[tuple[str, list[str]]] = []
    for what, place in group.entries[:_PLACES]:
        if what or not lines:
            lines.append((sentence(what), []))
        if place:
            lines[-1][1].append(place)
    rest = len(group.entries) - _PLACES
    if rest > 0:
        lines.append((f"{integer(rest)} more are listed in findings.csv.", []))
    return PrintedFinding(
        severity=group.severity,
        lines=tuple((what, "; ".join(places)) for what, places in lines),
        hint=f"What to do: {group.hint}" if group.hint else "",
        rule=f"Rule {group.rule}" + (f" \N{MIDDLE DOT} {group.source}" if group.source else ""),
    )


def figure_size(scene: Scene) -> tuple[float, float]:
    """Return width and height of a figure on the page, in points."""
    scale = UPRIGHT / scene.width
    scale = min(scale, _ENLARGED, TALLEST / scene.height)
    return scene.width * scale, scene.height * scale


def leads(table: Table, index: int) -> bool:
    """Return whether a row only introduces the rows after it, and must not be the last on a page."""
    row = table.rows[index]
    if row.kind in ("heading", "subheading"):
        return True
    after = table.rows[index + 1 : index + 2]
    return (
        row.kind == "data"
        and not any(c.text for c in row.cells[1:])
        and any(r.indent > row.indent for r in after)
    )


def repeats(table: Table, index: int) -> bool:
    """Return whether a heading inside a table can be repeated on the next page.

    It can where every row up to the next heading is moved in: then none can wrongly seem to belong under it.
    """
    if table.rows[index].kind != "heading":
        return False
    for row in table.rows[index + 1 :]:
        if row.kind == "heading":
            break
        if not row.indent:
            return False
    return True


def kept_whole(table: Table, chosen: Fit) -> bool:
    """Return whether a table is kept on one page: it is low enough not to leave half a page empty."""
    return not chosen.landscape and height(table, chosen) <= _SHORT_TABLE


def footer_text(title: str) -> str:
    """Return the title as the foot of a page has room for."""
    short = " ".join(title.split())
    return short if len(short) <= _FOOTER_LETTERS else short[: _FOOTER_LETTERS - 1].rstrip() + "…"
