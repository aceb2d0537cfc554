"""The document model: a report as a list of blocks, whatever it is written as."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dayzero.report.figures.scene import Scene
    from dayzero.report.numbers import Inline
    from dayzero.report.tables.model import Table
    from dayzero.report.tracing import Tracing


@dataclass(frozen=True)
class Paragraph:
    """Running text."""

    content: Inline


@dataclass(frozen=True)
class TableBlock:
    """A numbered table."""

    number: int
    table: Table


@dataclass(frozen=True)
class FigureBlock:
    """A numbered figure with its caption; ``files`` are the names of its files beside the report."""

    number: int
    scene: Scene
    caption: Inline
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class FindingGroup:
    """The findings of one rule: its hint and source said once, ``entries`` as (what, place).

    ``what`` of an entry is empty where it repeats the one before.
    """

    severity: str
    rule: str
    hint: str
    source: str
    entries: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class FindingsBlock:
    """All findings, worst first."""

    groups: tuple[FindingGroup, ...]
    counts: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Definitions:
    """Terms with their explanations."""

    items: tuple[tuple[str, Inline], ...]


@dataclass(frozen=True)
class Numbered:
    """A list whose items are numbered from 1, such as references."""

    items: tuple[Inline, ...]


@dataclass(frozen=True)
class Folded:
    """Blocks that a reader opens when they are wanted."""

    summary: str
    blocks: tuple[Block, ...]


Block = Paragraph | TableBlock | FigureBlock | FindingsBlock | Definitions | Numbered | Folded


@dataclass(frozen=True)
class Section:
    """A section: its anchor, its heading and its blocks."""

    id: str
    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Document:
    """A whole report; ``facts`` are the lines of its heading, ``tracing`` is for screens alone."""

    title: str
    question: str
    notice: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    description: str
    tracing: Tracing | None = None
