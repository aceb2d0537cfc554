"""What a guardrail is, and the limits that several of them share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dayzero.records.findings import Finding, Where

if TYPE_CHECKING:
    from dayzero.records.findings import Severity

#: Groups of fewer patients get exact intervals, comparisons of fewer no p-value.
SMALL_GROUP = 10
#: Fewer at risk at a horizon are named beside the estimate.
FEW_AT_RISK = 5
#: An expected count below this makes the chi-square approximation of a test rough.
FEW_EXPECTED = 5
#: A patient listing is printed for cohorts up to this size.
LISTED_COHORT = 15
#: Events that a multivariable model needs in all, and that a reader expects for each coefficient.
FEWEST_EVENTS = 10
#: A check of an assumption with a smaller p-value is said to fail.
CHECK_FAILS = 0.05
#: Patients last seen within so many days after a relapse are counted.
LOST_AFTER_RELAPSE_DAYS = 90
#: Transplants over more years than this are several eras.
ERA_YEARS = 10

EBMT = "EBMT Handbook 2024, chapter 6 (Iacobelli and de Wreede)"
JUDGEMENT = "dayzero: a design judgement, stated so that it can be contested"


@dataclass(frozen=True)
class Guardrail:
    """A rule about questions and results.

    Attributes
    ----------
    id : str
    severity : Severity
    rule : str
        The rule in one sentence.
    hint : str
        What to do instead.
    source : str
    """

    id: str
    severity: Severity
    rule: str
    hint: str
    source: str

    def finding(self, what: str, item: str = "", hint: str = "", source: str = "") -> Finding:
        """Return a finding of this rule."""
        where = Where(item=item or None)
        return Finding(self.id, self.severity, what, where, hint or self.hint, source=source or self.source)
