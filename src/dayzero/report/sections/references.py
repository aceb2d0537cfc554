"""The publications that the text cites, in the order of their numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dayzero.report.document import Definitions, Section
from dayzero.report.numbers import words

if TYPE_CHECKING:
    from dayzero.report.references import Bibliography


def references(cited: Bibliography) -> Section:
    """Return the section of references; it comes after everything that cites."""
    items = tuple((f"{number}", words(str(each))) for number, each in enumerate(cited.listed(), start=1))
    return Section("references", "References", (Definitions(items),) if items else ())
