"""Collect findings while reading: sentences come from the catalogue, never from the place that found them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dayzero.records.catalogue import RULES
from dayzero.records.findings import Finding, Where, worst_first

if TYPE_CHECKING:
    from dayzero.records.cells import Problem

#: What became of the cell or row; said at the end of the sentence.
Outcome = Literal["", "value", "row"]
#: How a sentence ends when a row was refused: each refused row has one finding that ends so.
ROW_NOT_USED = "The row is not used."
VALUE_NOT_USED = "The value is not used."
_ENDS: dict[Outcome, str] = {"": "", "value": VALUE_NOT_USED, "row": ROW_NOT_USED}


class Log:
    """The findings of one reading, in the order found; sorted and made unique at the end."""

    def __init__(self) -> None:
        self._findings: list[Finding] = []

    def add(
        self,
        rule: str,
        where: Where,
        *,
        found: str = "",
        allowed: str = "",
        hint: str = "",
        outcome: Outcome = "",
        **words: object,
    ) -> None:
        """Add the finding that ``rule`` words, at one place."""
        text = RULES[rule]
        words = {"found": found, **words}
        template = text.one if text.one and words.get("count") == 1 else text.what
        what = template.format(**words)
        sentence = what[0].upper() + what[1:] + "."
        own_hint = text.hint.format(**words)
        self._findings.append(
            Finding(
                text.id,
                text.severity,
                f"{sentence} {_ENDS[outcome]}".strip(),
                where,
                "; ".join(part for part in (hint, own_hint) if part),
                found,
                allowed,
                text.source,
            )
        )

    def add_problem(self, problem: Problem, where: Where, *, outcome: Outcome = "") -> None:
        """Add what a reader found wrong with one cell."""
        self.add(
            problem.rule,
            where,
            found=problem.found,
            allowed=problem.allowed,
            hint=problem.hint,
            outcome=outcome,
            **problem.words,
        )

    def findings(self) -> tuple[Finding, ...]:
        """Return the findings, worst first, equal ones once."""
        return worst_first(self._findings)
