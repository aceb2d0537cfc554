"""Mistakes found in other packages, each with the test that keeps it out of this one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .sources import ROOT

CURVES = "tests/stats/test_peer_defects.py"
MODELS = "tests/stats/regression/test_peer_defects.py"
STATES = "tests/stats/test_peer_defects_states.py"
COVARIANCE = "tests/stats/multistate/test_transition_reference.py"


@dataclass(frozen=True)
class Defect:
    """What was seen where, and the tests as (file, function)."""

    package: str
    what: str
    tests: tuple[tuple[str, str], ...]


DEFECTS = (
    Defect(
        "lifelines 0.30.3",
        "breaks ties of causes at random: relapse at day 100 is .0803 or .0730, in months .044 to .058",
        (
            (CURVES, "test_tied_causes_are_not_separated_at_random"),
            (MODELS, "test_tied_days_are_not_jittered"),
        ),
    ),
    Defect(
        "lifelines 0.30.3",
        "prints 57 events, of all causes, under a relapse curve with 29 relapses",
        ((CURVES, "test_the_events_of_a_cause_are_those_of_that_cause"),),
    ),
    Defect(
        "lifelines 0.30.3",
        "gives the variance of the truncated time as that of the restricted mean (SE 272 for 23.26)",
        ((CURVES, "test_the_variance_of_a_restricted_mean_is_that_of_the_mean"),),
    ),
    Defect(
        "survival (Rust) 2.0.0",
        "`competing_risks_cif`: variance .262 for 4 of 10 without censoring, where the binomial one is .024",
        (
            (CURVES, "test_the_variance_of_an_incidence_without_censoring_is_binomial"),
            (CURVES, "test_the_interval_of_day_100"),
        ),
    ),
    Defect(
        "survival (Rust) 2.0.0",
        "`generate_survival_report`: limits of the median are the median times 0.8 and 1.2",
        ((CURVES, "test_the_interval_of_a_median_comes_from_the_curve"),),
    ),
    Defect(
        "survival (Rust) 2.0.0",
        "`finegray_regression` reports the naive standard error",
        ((MODELS, "test_survival_rs_2_reports_a_naive_error_for_fine_gray"),),
    ),
    Defect(
        "scikit-survival 0.28.0",
        "limits of an incidence need memory that grows with the square of the times: 24 GB at 50,000",
        ((CURVES, "test_memory_grows_with_the_rows_not_with_their_square"),),
    ),
    Defect(
        "scikit-survival, cmprsk, R survival",
        "causes must be 1..K and all observed; one without events is dropped; no states if all are censored",
        (
            (CURVES, "test_causes_need_not_all_occur_nor_be_coded_without_gaps"),
            (MODELS, "test_causes_need_not_be_coded_1_to_k_all_observed"),
            (STATES, "test_states_when_everybody_is_censored"),
        ),
    ),
    Defect(
        "ggsurvfit before 1.2.1",
        "prints Gray's p of another event when the order of levels differs from the codes",
        (
            (CURVES, "test_the_order_of_groups_does_not_choose_the_event"),
            (MODELS, "test_the_cause_of_interest_is_named_not_taken_from_an_order"),
        ),
    ),
    Defect(
        "cnsplots before its change 81",
        "printed a transformed log-rank statistic as Gray's test",
        ((CURVES, "test_grays_test_is_not_a_transformed_logrank_test"),),
    ),
    Defect(
        "R against SAS",
        "a quantile on a plateau and a curve after its last patient differ, and neither output says so",
        ((CURVES, "test_plateaus_and_the_end_of_the_curve_follow_a_stated_rule"),),
    ),
    Defect(
        "EZR 1.33 to 1.64",
        "broke with new releases of other packages; stopped on a single group and on a group without events",
        (
            (CURVES, "test_one_group_and_a_group_without_events_work"),
            (MODELS, "test_a_group_without_events_and_a_single_group"),
            (STATES, "test_statistics_stand_on_two_libraries"),
        ),
    ),
    Defect(
        "lifelines, scikit-survival, survival (Rust), R with log limits",
        "print the limits 1 to 1 for nobody of eight; the exact lower limit is .6306",
        ((CURVES, "test_no_events_among_eight_is_not_certainty"),),
    ),
    Defect(
        "comprisk 0.8.0",
        "the robust error of Fine-Gray differs from crr's in the fourth digit",
        ((MODELS, "test_comprisk_0_8_is_right_to_three_digits_only"),),
    ),
    Defect(
        "R survival 3.5-3",
        "a multi-state Cox model asked for Efron's ties answers with Breslow's hazards",
        ((MODELS, "test_multistate_curves_of_r_survival_3_5_3_with_efron_ties"),),
    ),
    Defect(
        "R etm 1.1.1",
        "sets negative covariances of transition probabilities to zero",
        ((COVARIANCE, "test_covariances"),),
    ),
)


def missing() -> list[str]:
    """Return the tests named here that do not exist."""
    out = []
    for defect in DEFECTS:
        for file, name in defect.tests:
            path = ROOT / file
            if not path.exists() or not re.search(rf"^def {name}\(", path.read_text(encoding="utf-8"), re.M):
                out.append(f"{file}::{name}")
    return out


def section() -> list[str]:
    """Return the table of the defects."""
    lines = ["| | package | what was found | tests |", "|---|---|---|---|"]
    for i, defect in enumerate(DEFECTS, 1):
        names = "<br>".join(f"[`{name}`](../{file})" for file, name in defect.tests)
        lines.append(f"| {i} | {defect.package} | {defect.what} | {names} |")
    return lines
