"""Guardrails about regression models."""

from __future__ import annotations

from dayzero.study.guardrails.rule import CHECK_FAILS, EBMT, FEWEST_EVENTS, JUDGEMENT, Guardrail

COVARIATE_AFTER_DAY0 = Guardrail(
    "guard.covariate_known_after_day0",
    "refuse",
    "A covariate that became known only after day 0 explains nothing from day 0: its carriers had to survive "
    "until it was known (immortal time).",
    "name its endpoint in time_dependent, or start at a landmark: landmark = 100 and a grouping by what had "
    "happened by then",
    f"{EBMT}; Anderson, Cain and Gelber 1983",
)
COMPLETE_CASES = Guardrail(
    "guard.complete_cases",
    "warning",
    "A model holds the patients whose covariates are all known; the others are left out of every fit and "
    "counted.",
    "complete the records, or leave the covariate out; compare those left out with those in",
    "STROBE items 12c and 14b",
)
TOO_FEW_EVENTS = Guardrail(
    "guard.too_few_events",
    "warning",
    f"With fewer than {FEWEST_EVENTS} events there is no multivariable model, only one covariate at a time.",
    "describe the groups; ask again with more events",
    JUDGEMENT,
)
FEW_EVENTS_EACH = Guardrail(
    "guard.few_events_per_covariate",
    "warning",
    f"Fewer than {FEWEST_EVENTS} events for each coefficient make a model unstable and its ratios too large.",
    "name fewer covariates, those planned beforehand",
    "Peduzzi et al. 1995, J Clin Epidemiol 48:1503",
)
FIRTH = Guardrail(
    "guard.firth",
    "note",
    "Where a level has no event, the hazard ratio has no finite estimate; Firth's penalty gives one, with a "
    "profile-likelihood interval.",
    "read the interval; merge levels if that makes clinical sense",
    "Heinze and Schemper 2001, Biometrics 57:114",
)
NOT_FITTED = Guardrail(
    "guard.model_not_fitted",
    "warning",
    "A ratio that the data do not determine is not printed.",
    "merge levels, or leave the covariate out",
    JUDGEMENT,
)
NOT_PROPORTIONAL = Guardrail(
    "guard.hazards_not_proportional",
    "warning",
    f"Where the test of proportional hazards has p < {CHECK_FAILS:g}, one ratio for the whole time is an "
    "average that may hold at no time.",
    "let the effect change: change_at = 12 on the covariate gives a ratio before and one after; or make it "
    "a stratum; or compare restricted mean times (dayzero.stats.restricted_mean)",
    "Grambsch and Therneau 1994, Biometrika 81:515",
)
RATIO_IS_NO_RISK = Guardrail(
    "guard.ratio_is_no_risk",
    "note",
    "A cause-specific hazard ratio is not a ratio of risks, and a Fine-Gray ratio alone says nothing about a "
    "rate: both are given, for every cause.",
    "read risks from the cumulative incidence at the horizon",
    "Latouche et al. 2013, J Clin Epidemiol 66:648; Austin and Fine 2017, Stat Med 36:4391",
)
CENTRES_IGNORED = Guardrail(
    "guard.centres_ignored",
    "warning",
    "Patients of one centre resemble each other; a model that ignores this gives intervals that are too "
    "narrow.",
    'write cluster = "centre" (robust variance) or strata = ["centre"]',
    EBMT,
)
SELECTED_BY_OUTCOME = Guardrail(
    "guard.selected_by_outcome",
    "refuse",
    "Covariates chosen by stepwise selection, or cut-points chosen by the outcome, make p-values too small "
    "and ratios too large.",
    "name the covariates planned beforehand; a number enters as a number (per = 10), or is cut where others "
    "cut it: [groups.NAME]",
    "Altman et al. 1994, J Natl Cancer Inst 86:829; Harrell 2015, Regression Modeling Strategies, 4.3",
)
