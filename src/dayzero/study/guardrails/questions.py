"""Guardrails about what a study asks: who is studied, from when, in which groups."""

from __future__ import annotations

from dayzero.study.guardrails.rule import EBMT, JUDGEMENT, Guardrail

GROUP_AFTER_DAY0 = Guardrail(
    "guard.group_known_after_day0",
    "refuse",
    "Groups that became known only after day 0 make no curves from day 0: whoever is in the group had to "
    "survive until it was known (immortal time).",
    "ask from a landmark day on (landmark = 100 in the outcome, and happened = 'aGVHD_II_IV' or "
    "known_by = 100 in the group), or enter it as a time-dependent covariate (time_dependent in a [[model]])",
    f"{EBMT}; Anderson, Cain and Gelber 1983",
)
COHORT_AFTER_DAY0 = Guardrail(
    "guard.cohort_known_after_day0",
    "refuse",
    "A cohort selected by what happened after day 0 has no curves from day 0.",
    "describe these patients, or start the clock on the day on which the rule became known",
    f"{EBMT}; Anderson, Cain and Gelber 1983",
)
GROUP_AFTER_ORIGIN = Guardrail(
    "guard.group_known_after_origin",
    "refuse",
    "Groups that became known only after the clock starts make no curves from there: whoever is in the group "
    "had to survive until it was known (immortal time).",
    "for salvage ask for survival_after_salvage, whose clock starts when it is known",
    f"{EBMT}; Anderson, Cain and Gelber 1983",
)
COHORT_AFTER_ORIGIN = Guardrail(
    "guard.cohort_known_after_origin",
    "refuse",
    "A cohort selected by what happened after the clock starts has no curves from there.",
    "describe these patients, or start the clock on the day on which the rule became known",
    f"{EBMT}; Anderson, Cain and Gelber 1983",
)
LANDMARK = Guardrail(
    "guard.landmark",
    "note",
    "From a landmark on, only patients at risk on that day are compared, by what was known of them then; "
    "nothing is said about those lost before.",
    "choose the landmark before looking at the data, and report how many did not reach it",
    "Anderson, Cain and Gelber 1983, J Clin Oncol 1:710",
)
NOT_DERIVABLE = Guardrail(
    "guard.endpoint_not_derivable",
    "refuse",
    "An endpoint that could be derived only by guessing, or by leaving out patients whose outcome is known, "
    "is withheld.",
    "complete the records",
    JUDGEMENT,
)
COUNTED_TWICE = Guardrail(
    "guard.patient_counted_twice",
    "refuse",
    "A patient may stand in the cohort once.",
    "correct the records: one row for each patient; what changes in time goes into events, and into "
    "time_dependent "
    "of a [[model]] (rows cut at the change would count a patient twice, and a Kaplan-Meier curve on "
    "them is none)",
    "dayzero: the unit of analysis is a patient's first allogeneic transplant",
)
LATER_TRANSPLANTS = Guardrail(
    "guard.later_transplants",
    "note",
    "Only the first allogeneic transplant of a patient is analysed; later ones add no patient, and what they "
    "do to an endpoint is printed with it.",
    "",
    f"dayzero: intention-to-treat unless chosen otherwise, a design judgement; {EBMT} lets the aim decide",
)
UNCLASSIFIED = Guardrail(
    "guard.unclassified",
    "warning",
    "Patients whom no level of a grouping takes are left out of its comparison.",
    "complete the records, or add a level for them",
    "STROBE item 12c, 14b",
)
MISSING_AS_VALUE = Guardrail(
    "guard.missing_as_value",
    "warning",
    "A level that takes patients whose value is not known together with those whose value is known "
    "treats missing as "
    "normal.",
    "give those not known a level of their own, or leave them out",
    "Sterne et al. 2009, BMJ 338:b2393",
)
VALUE_NOBODY_HAS = Guardrail(
    "guard.value_nobody_has",
    "warning",
    "A rule compares with a value that no patient has: it may be misspelt.",
    "compare with the values in the data",
    JUDGEMENT,
)
ONE_MINUS_KAPLAN_MEIER = Guardrail(
    "guard.one_minus_kaplan_meier",
    "refuse",
    "What death can prevent is a cumulative incidence (Aalen-Johansen); 1 - Kaplan-Meier would overestimate "
    "it.",
    "the endpoint decides: what death can prevent is a cumulative incidence (Aalen-Johansen), because "
    "1 - Kaplan-Meier would overestimate it; survival endpoints are Kaplan-Meier",
    f"{EBMT}; Gooley et al. 1999, Stat Med 18:695",
)
FINE_GRAY_ALONE = Guardrail(
    "guard.fine_gray_alone",
    "refuse",
    "Where causes compete, one model of one cause is half an answer: every cause gets a cause-specific and a "
    "Fine-Gray model.",
    "leave the key out: survival endpoints get Cox's model, all others cause-specific Cox and Fine-Gray "
    "models of every cause; a Fine-Gray ratio alone says nothing about a rate",
    "Latouche et al. 2013, J Clin Epidemiol 66:648",
)
