"""Time-to-event statistics on plain arrays; no clinical word inside.

Every function takes arrays, or an :class:`EventTable` in their place, and returns a typed result that says
which convention it followed. Names load when first used, so ``import dayzero.stats`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

# Public name -> the module of this package that holds it. One line a name, sorted.
_HOME = {
    "AdjustedCurves": "regression.predicted_curves",
    "Bootstrap": "resampling.bootstrapping",
    "CauseSpecificModels": "regression.cause_specific_models",
    "CollinearityError": "regression.model_errors",
    "Concordance": "regression.concordance_index",
    "ConfidenceBand": "curves.bands",
    "Convention": "convention",
    "ConvergenceError": "regression.model_errors",
    "CountingProcess": "exposures.time_dependent",
    "CoxModel": "regression.cox_model",
    "Curve": "curves.curve",
    "DesignMatrix": "regression.design_matrix",
    "EventTable": "event_table",
    "FineGrayModel": "regression.fine_gray_model",
    "FixedTimeTest": "comparisons.fixed_time",
    "FollowUp": "curves.follow_up",
    "HistoryCheck": "multistate.history_check",
    "Landmark": "exposures.landmarking",
    "ModelTest": "regression.model_summary",
    "MultiStateModel": "multistate.multistate_model",
    "PermutationTest": "comparisons.permutation",
    "PredictedCurves": "regression.predicted_curves",
    "Preset": "presets",
    "Proportion": "samples.binomial",
    "ProportionalHazardsTest": "regression.proportional_hazards",
    "ReplicateCurves": "resampling.replicate_curves",
    "RestrictedMean": "curves.restricted",
    "SampleTest": "samples.contingency",
    "SeparationError": "regression.model_errors",
    "StateHistories": "multistate.state_histories",
    "StateOccupancy": "multistate.occupation",
    "TestResult": "test_result",
    "TimeDependent": "exposures.time_facts",
    "TimeInState": "multistate.state_time",
    "TransitionProbabilities": "multistate.transition_matrix",
    "adjust_p_values": "comparisons.multiplicity",
    "adjusted_curves": "regression.adjusted",
    "bootstrap": "resampling.bootstrapping",
    "bootstrap_weights": "resampling.draws",
    "cause_specific": "regression.cause_specific_models",
    "check_histories": "multistate.history_check",
    "chi_square_test": "samples.contingency",
    "competing_risks": "multistate.patient_histories",
    "competing_risks_model": "multistate.multistate_model",
    "concordance": "regression.concordance_index",
    "conditional_survival": "curves.conditional",
    "confidence_band": "curves.bands",
    "convention_preset": "presets",
    "counting_process": "exposures.time_dependent",
    "cox": "regression.cox_regression",
    "cumulative_incidence": "curves.aalen_johansen",
    "current_leukaemia_free": "multistate.patient_histories",
    "current_leukaemia_free_model": "multistate.multistate_model",
    "expand_factor": "regression.design_matrix",
    "fine_gray": "regression.fine_gray_regression",
    "fisher_exact_test": "samples.contingency",
    "fixed_time_test": "comparisons.fixed_time",
    "follow_up_completeness": "curves.completeness",
    "gray_test": "comparisons.gray",
    "illness_death": "multistate.patient_histories",
    "illness_death_model": "multistate.multistate_model",
    "kaplan_meier": "curves.product_limit",
    "kruskal_wallis_test": "samples.rank_tests",
    "landmark": "exposures.landmarking",
    "logrank_test": "comparisons.logrank",
    "mantel_byar_test": "exposures.exposure",
    "median_follow_up": "curves.follow_up",
    "nelson_aalen": "curves.product_limit",
    "pairwise_tests": "comparisons.multiplicity",
    "permutation_test": "comparisons.permutation",
    "proportion": "samples.binomial",
    "pseudo_observations": "resampling.pseudo_values",
    "pseudo_states": "resampling.pseudo_values",
    "rank_sum_test": "samples.rank_tests",
    "remission_states": "multistate.patient_histories",
    "restricted_mean": "curves.restricted",
    "restricted_time_lost": "curves.restricted",
    "simon_makuch": "exposures.exposure",
    "standardised_difference": "samples.balance",
    "state_occupancy": "multistate.occupation",
    "time_in_state": "multistate.state_time",
    "transition_probabilities": "multistate.transition_matrix",
    "trend_test": "comparisons.multiplicity",
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
