"""What a rule of reading is, in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dayzero.records.kahn import VALUE, Kahn

if TYPE_CHECKING:
    from dayzero.records.findings import Severity


@dataclass(frozen=True)
class RuleText:
    """A rule in words: what it says when it fires, how severe that is, and what to do."""

    id: str
    severity: Severity
    what: str
    hint: str = ""
    source: str = ""
    kahn: Kahn = field(default=VALUE, kw_only=True)
