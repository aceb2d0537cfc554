"""A document as one HTML file that needs nothing else: styles, font and figures inside, no script."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from dayzero.report.document import Folded, TableBlock
from dayzero.report.figures.svg import font_faces, svg
from dayzero.report.format import sentence
from dayzero.report.tracing import source_anchor

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jinja2 import Template

    from dayzero.report.document import Block, Document, FindingGroup
    from dayzero.report.figures.scene import Scene
    from dayzero.report.tables.model import Table

#: Findings of one rule shown in full; the rest is one click away.
_SHOWN = 3
_TEMPLATES = Path(__file__).parent / "templates"


def to_html(document: Document) -> str:
    """Return the page.

    The policy in its head allows nothing but the one style sheet (by its hash) and the embedded font, so that
    no text of a study, whatever it holds, can run or load anything; jinja2 escapes every text besides.
    """
    from jinja2.filters import do_urlencode
    from markupsafe import Markup

    style = font_faces() + (_TEMPLATES / "report.css").read_text(encoding="utf-8")
    digest = b64encode(sha256(style.encode("utf-8")).digest()).decode("ascii")
    anchors = _Anchors(document)
    traced = document.tracing.targets if document.tracing is not None else {}

    def address(ref: str) -> str:
        """Return where a number leads: to what stands behind it, else to its table."""
        target = traced.get(ref) or (anchor(ref) if anchors.known(ref) else "")
        return f"#{do_urlencode(target)}" if target else ""

    def inline_svg(scene: Scene) -> Markup:
        return Markup(svg(scene, link=address))  # noqa: S704 - our own drawing, escaped where it is made

    return _template().render(
        doc=document,
        style=Markup(style),  # noqa: S704 - our own style sheet
        style_hash=f"sha256-{digest}",
        svg=inline_svg,
        anchor=anchor,
        address=address,
        in_a_table=anchors.known,
        explained_at=source_anchor,
        carries_id=anchors.carries_id,
        spanners=spanners,
        shown=shown,
        capital=sentence,
    )


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("report.html.j2")


def anchor(ref: str) -> str:
    """Return the HTML id of a result: its own id, with ``_`` where HTML allows no space."""
    return "_".join(ref.split())


def shown(group: FindingGroup) -> int:
    """Return how many findings of a rule are shown before the rest is folded."""
    return len(group.entries) if len(group.entries) <= _SHOWN + 1 else _SHOWN


def spanners(table: Table) -> list[tuple[str, int]]:
    """Return the spanning headings with how many columns each spans."""
    spans: list[tuple[str, int]] = []
    for column in table.columns:
        if spans and spans[-1][0] == column.spanner:
            spans[-1] = (column.spanner, spans[-1][1] + 1)
        else:
            spans.append((column.spanner, 1))
    return spans


class _Anchors:
    """Which number carries a result's id: its first one in a table; those in sentences link to it."""

    def __init__(self, document: Document) -> None:
        blocks = (block for section in document.sections for block in section.blocks)
        self._in_tables = {
            span.ref
            for table in _tables(blocks)
            for row in table.rows
            for cell in row.cells
            for span in cell.content
        }
        self._carried: set[str] = set()

    def known(self, ref: str) -> bool:
        """Return whether a table of the page has this result."""
        return ref in self._in_tables

    def carries_id(self, ref: str) -> bool:
        """Return whether this is the first number of a result in a table, which carries its id."""
        if ref in self._carried:
            return False
        self._carried.add(ref)
        return True


def _tables(blocks: Iterable[Block]) -> Iterator[Table]:
    for block in blocks:
        if isinstance(block, TableBlock):
            yield block.table
        elif isinstance(block, Folded):
            yield from _tables(block.blocks)
