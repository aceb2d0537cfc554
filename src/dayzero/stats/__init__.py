"""Time-to-event statistics on plain arrays; no clinical word inside.

Every function takes arrays, or an :class:`EventTable` in their place, and returns a typed result that says
which convention it followed. Names load when first used, so ``import dayzero.stats`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

# Public name -> the module of this package that holds it. One line a name, sorted.
_HOME = {
    "AdjustedCurves": "predicted_curves",
    "Bootstrap": "bootstrapping",
    "CauseSpecificModels": "cause_specific_models",
    "CollinearityError": "model_errors",
    "Concordance": "concordance_index",
    "ConfidenceBand": "bands",
    "Convention": "convention",
    "ConvergenceError": "model_errors",
    "CountingProcess": "time_dependent",
    "CoxModel": "cox_model",
    "Curve": "curve",
    "DesignMatrix": "design_matrix",
    "EventTable": "event_table",
    "FineGrayModel": "fine_gray_model",
    "FixedTimeTest": "fixed_time",
    "FollowUp": "follow_up",
    "HistoryCheck": "history_check",
    "Landmark": "landmarking",
    "ModelTest": "model_summary",
    "MultiStateModel": "multistate_model",
    "PermutationTest": "permutation",
    "PredictedCurves": "predicted_curves",
    "Preset": "presets",
    "Proportion": "binomial",
    "ProportionalHazardsTest": "proportional_hazards",
    "ReplicateCurves": "replicate_curves",
    "RestrictedMean": "restricted",
    "SampleTest": "contingency",
    "SeparationError": "model_errors",
    "StateHistories": "state_histories",
    "StateOccupancy": "occupation",
    "TestResult": "test_result",
    "TimeDependent": "time_facts",
    "TimeInState": "state_time",
    "TransitionProbabilities": "transition_matrix",
    "adjust_p_values": "multiplicity",
    "adjusted_curves": "adjusted",
    "bootstrap": "bootstrapping",
    "bootstrap_weights": "draws",
    "cause_specific": "cause_specific_models",
    "check_histories": "history_check",
    "chi_square_test": "contingency",
    "competing_risks": "patient_histories",
    "competing_risks_model": "multistate_model",
    "concordance": "concordance_index",
    "conditional_survival": "conditional",
    "confidence_band": "bands",
    "convention_preset": "presets",
    "counting_process": "time_dependent",
    "cox": "cox_regression",
    "cumulative_incidence": "aalen_johansen",
    "current_leukaemia_free": "patient_histories",
    "current_leukaemia_free_model": "multistate_model",
    "expand_factor": "design_matrix",
    "fine_gray": "fine_gray_regression",
    "fisher_exact_test": "contingency",
    "fixed_time_test": "fixed_time",
    "follow_up_completeness": "completeness",
    "gray_test": "gray",
    "illness_death": "patient_histories",
    "illness_death_model": "multistate_model",
    "kaplan_meier": "product_limit",
    "kruskal_wallis_test": "rank_tests",
    "landmark": "landmarking",
    "logrank_test": "logrank",
    "mantel_byar_test": "exposure",
    "median_follow_up": "follow_up",
    "nelson_aalen": "product_limit",
    "pairwise_tests": "multiplicity",
    "permutation_test": "permutation",
    "proportion": "binomial",
    "pseudo_observations": "pseudo_values",
    "pseudo_states": "pseudo_values",
    "rank_sum_test": "rank_tests",
    "remission_states": "patient_histories",
    "restricted_mean": "restricted",
    "restricted_time_lost": "restricted",
    "simon_makuch": "exposure",
    "standardised_difference": "balance",
    "state_occupancy": "occupation",
    "time_in_state": "state_time",
    "transition_probabilities": "transition_matrix",
    "trend_test": "multiplicity",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    """Load a public name from its module on first use (PEP 562)."""
    try:
        home = _HOME[name]
    except KeyError:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg) from None
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})
