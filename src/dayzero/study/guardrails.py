"""The guardrails: what a study may not ask, and what a reader must know beside a number.

Each rule is declared once, with its source; the modules that meet it word the particulars.
"""

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

_EBMT = "EBMT Handbook 2024, chapter 6 (Iacobelli and de Wreede)"
_JUDGEMENT = "dayzero: a design judgement, stated so that it can be contested"


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


GROUP_AFTER_DAY0 = Guardrail(
    "guard.group_known_after_day0",
    "refuse",
    "Groups that became known only after day 0 make no curves from day 0: whoever is in the group had to "
    "survive until it was known (immortal time).",
    "ask from a landmark day on, or enter it as a time-dependent covariate",
    f"{_EBMT}; Anderson, Cain and Gelber 1983",
)
COHORT_AFTER_DAY0 = Guardrail(
    "guard.cohort_known_after_day0",
    "refuse",
    "A cohort selected by what happened after day 0 has no curves from day 0.",
    "describe these patients, or start the clock on the day on which the rule became known",
    f"{_EBMT}; Anderson, Cain and Gelber 1983",
)
NOT_DERIVABLE = Guardrail(
    "guard.endpoint_not_derivable",
    "refuse",
    "An endpoint that could be derived only by guessing, or by leaving out patients whose outcome is known, "
    "is withheld.",
    "complete the records",
    _JUDGEMENT,
)
COUNTED_TWICE = Guardrail(
    "guard.patient_counted_twice",
    "refuse",
    "A patient may stand in the cohort once.",
    "correct the records: one row in patients for each patient",
    "dayzero: the unit of analysis is a patient's first allogeneic transplant",
)
LATER_TRANSPLANTS = Guardrail(
    "guard.later_transplants",
    "note",
    "Only the first allogeneic transplant of a patient is analysed; later ones neither end follow-up nor add "
    "a patient.",
    "",
    f"dayzero: intention-to-treat, a design judgement; {_EBMT} lets the aim decide",
)
FEW_LEFT = Guardrail(
    "guard.few_at_risk",
    "warning",
    f"An estimate at a time when fewer than {FEW_AT_RISK} patients were at risk rests on very few.",
    "read the interval, not the estimate; do not compare groups at this time",
    _JUDGEMENT,
)
BEYOND_FOLLOW_UP = Guardrail(
    "guard.beyond_follow_up",
    "warning",
    "An estimate beyond the last observation of a group does not exist unless everyone had an event before.",
    "ask for an earlier horizon, or wait",
    "R survival: summary.survfit, extend = FALSE",
)
SMALL_SAMPLE = Guardrail(
    "guard.small_sample",
    "note",
    f"Groups of fewer than {SMALL_GROUP} patients get intervals for small samples, exact without censoring.",
    "",
    "Clopper and Pearson 1934; Fay, Brittain and Proschan 2013",
)
ZERO_EVENTS = Guardrail(
    "guard.no_event",
    "note",
    "No event among n patients is not a risk of zero: the interval is one for small samples, never 0 to 0.",
    "",
    "Clopper and Pearson 1934; Fay, Brittain and Proschan 2013",
)
P_WITHHELD = Guardrail(
    "guard.p_withheld",
    "warning",
    f"A comparison of fewer than {SMALL_GROUP} patients, or without an event, gets no p-value.",
    "describe the groups",
    _JUDGEMENT,
)
P_ROUGH = Guardrail(
    "guard.p_rough",
    "warning",
    f"A p-value from a chi-square with an expected count below {FEW_EXPECTED}, or with a group without "
    "events, is rough.",
    "read it as an order of magnitude; a permutation test would be exact",
    "Cochran 1954, Biometrics 10:417",
)
MANY_TESTS = Guardrail(
    "guard.unadjusted_tests",
    "note",
    "The p-values are not adjusted for the number of comparisons.",
    "name the comparison that was planned; call the others exploratory",
    "STROBE item 12; EBMT Statistical Guidelines (Iacobelli 2013)",
)
NOBODY_ELIGIBLE = Guardrail(
    "guard.nobody_eligible",
    "warning",
    "An endpoint for which no patient is eligible has no estimate.",
    "",
    _JUDGEMENT,
)
UNCLASSIFIED = Guardrail(
    "guard.unclassified",
    "warning",
    "Patients whom no level of a grouping takes are left out of its comparison.",
    "complete the records, or add a level for them",
    "STROBE item 12c, 14b",
)
VALUE_NOBODY_HAS = Guardrail(
    "guard.value_nobody_has",
    "warning",
    "A rule compares with a value that no patient has: it may be misspelt.",
    "compare with the values in the data",
    _JUDGEMENT,
)
PROPORTION_UNEVEN = Guardrail(
    "guard.proportion_uneven_follow_up",
    "note",
    "A proportion at last contact ignores that patients were followed for different times.",
    "prefer the curve when the cohort is large enough",
    _JUDGEMENT,
)
CLAIM_DIFFERS = Guardrail(
    "guard.claim_differs",
    "warning",
    "What a manuscript states and what its data give must be the same number.",
    "correct the manuscript, the data, or the result that the claim is compared with",
    _JUDGEMENT,
)
CLAIM_UNCHECKED = Guardrail(
    "guard.claim_unchecked",
    "note",
    "A claim that no result of the study bears on stands unchecked.",
    "ask for the result, or complete the records",
    _JUDGEMENT,
)
GUARDRAILS = (
    GROUP_AFTER_DAY0,
    COHORT_AFTER_DAY0,
    NOT_DERIVABLE,
    COUNTED_TWICE,
    LATER_TRANSPLANTS,
    FEW_LEFT,
    BEYOND_FOLLOW_UP,
    SMALL_SAMPLE,
    ZERO_EVENTS,
    P_WITHHELD,
    P_ROUGH,
    MANY_TESTS,
    NOBODY_ELIGIBLE,
    UNCLASSIFIED,
    VALUE_NOBODY_HAS,
    PROPORTION_UNEVEN,
    CLAIM_DIFFERS,
    CLAIM_UNCHECKED,
)
