"""A finding: something that a person should know about the data, a derivation or a result."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Literal

Severity = Literal["refuse", "error", "warning", "note"]
#: Worst first. ``refuse``: a result that would be wrong is withheld. ``error``: a value or row was not used
#: and must be corrected at its source. ``warning``: used, but look at it. ``note``: what was done, for the
#: reader.
SEVERITIES: tuple[Severity, ...] = ("refuse", "error", "warning", "note")


@dataclass(frozen=True, order=True)
class Where:
    """The place a finding points at; what does not apply is ``None``.

    Attributes
    ----------
    table : str or None
        Sheet, file or table name.
    row : int or None
        Row number as the user sees it: 1 is the header row of a sheet or file.
    column : str or None
        Column as the user named it.
    patient_id : str or None
        Pseudonymous id.
    item : str or None
        What the finding is about when it is no cell: an endpoint, a group, a figure.
    """

    table: str | None = None
    row: int | None = None
    column: str | None = None
    patient_id: str | None = None
    item: str | None = None

    def __str__(self) -> str:
        """Return the place as a person would say it."""
        parts = [
            self.table,
            None if self.row is None else f"row {self.row}",
            None if self.column is None else f"column {self.column}",
            None if self.patient_id is None else f"patient {self.patient_id}",
            self.item,
        ]
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True)
class Finding:
    """One finding (design, section 10).

    Attributes
    ----------
    id : str
        The rule that found it, such as ``records.unknown_code``; stable between versions.
    severity : {"refuse", "error", "warning", "note"}
    what : str
        What was found, in one sentence.
    where : Where
    hint : str
        What to do about it; may be empty.
    found, allowed : str
        The value found (never free text that could name a person) and what is allowed there.
    source : str
        The definition or guideline behind the rule; empty for plain data rules.
    """

    id: str
    severity: Severity
    what: str
    where: Where = field(default_factory=Where)
    hint: str = ""
    found: str = ""
    allowed: str = ""
    source: str = ""

    def as_dict(self) -> dict[str, object]:
        """Return the finding as plain values, places flattened, for JSON and CSV."""
        flat = asdict(self)
        place = flat.pop("where")
        return {
            "id": self.id,
            "severity": self.severity,
            **place,
            **{k: v for k, v in flat.items() if k not in ("id", "severity")},
        }


def worst_first(findings: tuple[Finding, ...] | list[Finding]) -> tuple[Finding, ...]:
    """Sort findings by severity, then rule, then place; equal findings once.

    The order depends on nothing but the findings themselves, so two runs list them alike.
    """

    def key(finding: Finding) -> tuple[object, ...]:
        where = finding.where
        return (
            SEVERITIES.index(finding.severity),
            finding.id,
            where.table or "",
            -1 if where.row is None else where.row,
            where.column or "",
            where.patient_id or "",
            where.item or "",
            finding.what,
        )

    return tuple(sorted(dict.fromkeys(findings), key=key))
