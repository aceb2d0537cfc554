"""The guardrails: what a study may not ask, and what a reader must know beside a number.

Each rule is declared once, with its source; the modules that meet it word the particulars.
"""

from __future__ import annotations

from dayzero.study.guardrails import models, numbers, questions, time
from dayzero.study.guardrails.models import (
    CENTRES_IGNORED,
    COMPLETE_CASES,
    COVARIATE_AFTER_DAY0,
    FEW_EVENTS_EACH,
    FIRTH,
    NOT_FITTED,
    NOT_PROPORTIONAL,
    RATIO_IS_NO_RISK,
    SELECTED_BY_OUTCOME,
    TOO_FEW_EVENTS,
)
from dayzero.study.guardrails.numbers import (
    BEYOND_FOLLOW_UP,
    CLAIM_DIFFERS,
    CLAIM_UNCHECKED,
    FEW_LEFT,
    MANY_TESTS,
    NO_HORIZON,
    NOBODY_ELIGIBLE,
    P_FEW_AT_RISK,
    P_ROUGH,
    P_WITHHELD,
    PROPORTION_UNEVEN,
    SMALL_SAMPLE,
    ZERO_EVENTS,
)
from dayzero.study.guardrails.questions import (
    COHORT_AFTER_DAY0,
    COHORT_AFTER_ORIGIN,
    COUNTED_TWICE,
    FINE_GRAY_ALONE,
    GROUP_AFTER_DAY0,
    GROUP_AFTER_ORIGIN,
    LANDMARK,
    LATER_TRANSPLANTS,
    MISSING_AS_VALUE,
    NOT_DERIVABLE,
    ONE_MINUS_KAPLAN_MEIER,
    UNCLASSIFIED,
    VALUE_NOBODY_HAS,
)
from dayzero.study.guardrails.rule import (
    CHECK_FAILS,
    ERA_YEARS,
    FEW_AT_RISK,
    FEW_EXPECTED,
    FEWEST_EVENTS,
    LISTED_COHORT,
    LOST_AFTER_RELAPSE_DAYS,
    SMALL_GROUP,
    Guardrail,
)
from dayzero.study.guardrails.time import (
    DELAYED_ENTRY,
    ERAS,
    FOLLOW_UP_OF_ALL,
    INFORMATIVE_CENSORING,
    LEFT_TRUNCATION,
)

#: Every rule, in the order of the documentation.
GUARDRAILS: tuple[Guardrail, ...] = tuple(
    rule
    for home in (questions, time, numbers, models)
    for rule in vars(home).values()
    if isinstance(rule, Guardrail)
)

__all__ = [
    "BEYOND_FOLLOW_UP",
    "CENTRES_IGNORED",
    "CHECK_FAILS",
    "CLAIM_DIFFERS",
    "CLAIM_UNCHECKED",
    "COHORT_AFTER_DAY0",
    "COHORT_AFTER_ORIGIN",
    "COMPLETE_CASES",
    "COUNTED_TWICE",
    "COVARIATE_AFTER_DAY0",
    "DELAYED_ENTRY",
    "ERAS",
    "ERA_YEARS",
    "FEWEST_EVENTS",
    "FEW_AT_RISK",
    "FEW_EVENTS_EACH",
    "FEW_EXPECTED",
    "FEW_LEFT",
    "FINE_GRAY_ALONE",
    "FIRTH",
    "FOLLOW_UP_OF_ALL",
    "GROUP_AFTER_DAY0",
    "GROUP_AFTER_ORIGIN",
    "GUARDRAILS",
    "INFORMATIVE_CENSORING",
    "LANDMARK",
    "LATER_TRANSPLANTS",
    "LEFT_TRUNCATION",
    "LISTED_COHORT",
    "LOST_AFTER_RELAPSE_DAYS",
    "MANY_TESTS",
    "MISSING_AS_VALUE",
    "NOBODY_ELIGIBLE",
    "NOT_DERIVABLE",
    "NOT_FITTED",
    "NOT_PROPORTIONAL",
    "NO_HORIZON",
    "ONE_MINUS_KAPLAN_MEIER",
    "PROPORTION_UNEVEN",
    "P_FEW_AT_RISK",
    "P_ROUGH",
    "P_WITHHELD",
    "RATIO_IS_NO_RISK",
    "SELECTED_BY_OUTCOME",
    "SMALL_GROUP",
    "SMALL_SAMPLE",
    "TOO_FEW_EVENTS",
    "UNCLASSIFIED",
    "VALUE_NOBODY_HAS",
    "ZERO_EVENTS",
    "Guardrail",
]
