"""What a rule of reading is, in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dayzero.records.kahn import VALUE, Kahn

if TYPE_CHECKING:
    from dayzero.records.findings import Severity


@dataclass(frozen=True)
class RuleText:
    """A rule in words: what it says when it fires, how severe that is, and what to do.

    ``one`` is the sentence of a rule that counts, where it counts one.
    """

    id: str
    severity: Severity
    what: str
    hint: str = ""
    source: str = ""
    one: str = field(default="", kw_only=True)
    kahn: Kahn = field(default=VALUE, kw_only=True)
