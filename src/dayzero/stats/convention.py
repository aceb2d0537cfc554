"""What exactly was done, printable under every number."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Convention:
    """The choices behind a number: estimator, variance, interval, ties, and where each is written down.

    ``str(convention)`` is one line of plain text, made to be printed under a table.
    """

    estimator: str
    variance: str = ""
    conf_type: str = ""
    conf_level: float = 0.0
    ties: str = ""
    source: str = ""
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return one line for the foot of a table."""
        parts = [self.estimator]
        if self.variance:
            parts.append(f"variance: {self.variance}")
        if self.conf_type:
            parts.append(f"{self.conf_level * 100:g}% CI: {self.conf_type}")
        if self.ties:
            parts.append(f"ties: {self.ties}")
        parts.extend(self.notes)
        if self.source:
            parts.append(f"source: {self.source}")
        return "; ".join(parts)
