"""Guardrails about numbers: what must be said beside an estimate or a test."""

from __future__ import annotations

from dayzero.study.guardrails.rule import FEW_AT_RISK, FEW_EXPECTED, JUDGEMENT, SMALL_GROUP, Guardrail

FEW_LEFT = Guardrail(
    "guard.few_at_risk",
    "warning",
    f"An estimate at a time when fewer than {FEW_AT_RISK} patients were at risk rests on very few.",
    "read the interval, not the estimate; do not compare groups at this time",
    JUDGEMENT,
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
    JUDGEMENT,
)
P_ROUGH = Guardrail(
    "guard.p_rough",
    "warning",
    f"A p-value from a chi-square with an expected count below {FEW_EXPECTED}, or with a group without "
    "events, is rough.",
    "read it as an order of magnitude; a permutation test would be exact",
    "Cochran 1954, Biometrics 10:417",
)
P_FEW_AT_RISK = Guardrail(
    "guard.p_few_at_risk",
    "warning",
    f"A p-value compares whole curves; where fewer than {FEW_AT_RISK} of a group are at risk at the "
    "horizon it says "
    "little about that time.",
    "compare at an earlier horizon, or read the intervals",
    "Pocock, Clayton and Altman 2002, Lancet 359:1686",
)
MANY_TESTS = Guardrail(
    "guard.unadjusted_tests",
    "note",
    "The p-values are not adjusted for the number of comparisons.",
    "name the comparison that was planned and call the others exploratory, or adjust = 'holm' in "
    "[conventions]",
    "STROBE item 12; EBMT Statistical Guidelines (Iacobelli 2013)",
)
NO_HORIZON = Guardrail(
    "guard.no_horizon",
    "note",
    "An outcome without a horizon has a curve but no estimate, and stands in no table.",
    "say horizons = [12, 24] in [time], or in the outcome",
    JUDGEMENT,
)
NOBODY_ELIGIBLE = Guardrail(
    "guard.nobody_eligible",
    "warning",
    "An endpoint for which no patient is eligible has no estimate.",
    "",
    JUDGEMENT,
)
PROPORTION_UNEVEN = Guardrail(
    "guard.proportion_uneven_follow_up",
    "note",
    "A proportion at last contact ignores that patients were followed for different times.",
    "prefer the curve when the cohort is large enough",
    JUDGEMENT,
)
CLAIM_DIFFERS = Guardrail(
    "guard.claim_differs",
    "warning",
    "What a manuscript states and what its data give must be the same number.",
    "correct the manuscript, the data, or the result that the claim is compared with",
    JUDGEMENT,
)
CLAIM_UNCHECKED = Guardrail(
    "guard.claim_unchecked",
    "note",
    "A claim that no result of the study bears on stands unchecked.",
    "ask for the result, or complete the records",
    JUDGEMENT,
)
