"""Guardrails about time: when observation starts and why it ends, and when patients were treated."""

from __future__ import annotations

from dayzero.study.guardrails.rule import EBMT, ERA_YEARS, JUDGEMENT, Guardrail

LEFT_TRUNCATION = Guardrail(
    "guard.left_truncation",
    "warning",
    "Patients who came under observation only after day 0 (referral, consent to a registry) cannot have died "
    "before; counted from day 0 they make survival look too good.",
    "write entry = 'registration_day' in [cohort]: they are then at risk from that day on (delayed entry)",
    f"{EBMT}; Klein and Moeschberger 2003, Survival Analysis, 4.6",
)
DELAYED_ENTRY = Guardrail(
    "guard.delayed_entry",
    "note",
    "With delayed entry a patient is at risk from the day of coming under observation on; few are at "
    "risk early, "
    "and the curve is unsteady there.",
    "read the numbers at risk of the first months; start at a landmark if they are few",
    "Klein and Moeschberger 2003, Survival Analysis, 4.6",
)
INFORMATIVE_CENSORING = Guardrail(
    "guard.informative_censoring",
    "warning",
    "Whoever is censored because they did badly, or were lost after relapse, is not like those still "
    "followed: the "
    "curve assumes that they are.",
    "let the event end nothing (intention to treat), let it compete, or ask for later contacts",
    f"{EBMT}; Leung, Elashoff and Afifi 1997, Annu Rev Public Health 18:83",
)
FOLLOW_UP_OF_ALL = Guardrail(
    "guard.follow_up_of_all",
    "note",
    "The median observed time of all patients, deaths included, understates how long the study could have "
    "observed them; that of survivors alone is another number again.",
    "quote the reverse Kaplan-Meier median, and name the method",
    "Schemper and Smith 1996, Control Clin Trials 17:343",
)
ERAS = Guardrail(
    "guard.several_eras",
    "note",
    f"Transplants over more than {ERA_YEARS} years mix eras of treatment; groups may differ by era alone.",
    "enter the year of transplant as a covariate or a stratum, or make groups of years",
    JUDGEMENT,
)
