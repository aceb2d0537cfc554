"""The publications that the text cites, in the order of their numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dayzero.report.document import Numbered, Section
from dayzero.report.numbers import words

if TYPE_CHECKING:
    from dayzero.report.references import Bibliography


def references(cited: Bibliography) -> Section:
    """Return the section of references; it comes after everything that cites."""
    items = tuple(words(str(each)) for each in cited.listed())
    return Section("references", "References", (Numbered(items),) if items else ())
