"""The two ways dayzero says no: the input is bad, or the question would give a wrong answer.

Every message is worded by the constructor here, so that each one names what was found, where, what is
allowed, and what to do. A message may name a row number and a pseudonymous patient id; never a value
that could identify a person.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class DayzeroError(Exception):
    """The base of every error that a user of dayzero can cause."""

    exit_status = 2


class BadInputError(DayzeroError):
    """A file, key, column, level, endpoint or code that cannot be used.

    Parameters
    ----------
    what : str
        What was found, in one sentence without a final full stop.
    where : str
        File, line, sheet, row or column; empty when there is no narrower place than the call.
    allowed : str or iterable of str
        What is allowed there.
    hint : str
        What to do.
    """

    def __init__(
        self, what: str, *, where: str = "", allowed: str | Iterable[str] = "", hint: str = ""
    ) -> None:
        self.what = what
        self.where = where
        self.allowed = allowed if isinstance(allowed, str) else ", ".join(allowed)
        self.hint = hint
        super().__init__(self._text())

    def _text(self) -> str:
        lines = [f"{self.where}: {self.what}" if self.where else self.what]
        if self.allowed:
            lines.append(f"  allowed: {self.allowed}")
        if self.hint:
            lines.append(f"  hint: {self.hint}")
        return "\n".join(lines)

    @classmethod
    def unknown_name(
        cls, kind: str, found: str, allowed: Iterable[str], *, where: str = "", hint: str = ""
    ) -> BadInputError:
        """Word the most frequent mistake: a name that is not one of the names allowed there."""
        names = list(allowed)
        near = get_close_matches(found, names, n=1, cutoff=0.6)
        guess = f"did you mean '{near[0]}'?" if near else ""
        return cls(
            f"unknown {kind} '{found}'",
            where=where,
            allowed=names,
            hint=" ".join(part for part in (guess, hint) if part),
        )


class RefusalError(DayzeroError):
    """A question whose answer would be wrong; the message says what to ask instead.

    Parameters
    ----------
    what : str
        Why the answer would be wrong.
    instead : str
        The right question.
    source : str
        Where the rule comes from.
    """

    exit_status = 1

    def __init__(self, what: str, *, instead: str, source: str = "") -> None:
        self.what = what
        self.instead = instead
        self.source = source
        super().__init__(f"{what}\n  ask instead: {instead}" + (f"\n  source: {source}" if source else ""))
