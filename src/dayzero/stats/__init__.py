"""Time-to-event statistics on plain arrays; no clinical word inside.

Every function takes arrays, or an :class:`EventTable` in their place, and returns a typed result that says
which convention it followed. Names load when first used, so ``import dayzero.stats`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

# Public name -> the module of this package that holds it. One line a name, sorted.
_HOME = {
    "CollinearityError": "model_errors",
    "Concordance": "concordance_index",
    "Convention": "convention",
    "ConvergenceError": "model_errors",
    "CoxModel": "cox_model",
    "Curve": "curve",
    "DesignMatrix": "design_matrix",
    "EventTable": "event_table",
    "FollowUp": "follow_up",
    "PredictedCurves": "predicted_curves",
    "Proportion": "binomial",
    "RestrictedMean": "restricted",
    "SeparationError": "model_errors",
    "TestResult": "test_result",
    "concordance": "concordance_index",
    "cox": "cox_regression",
    "cumulative_incidence": "aalen_johansen",
    "expand_factor": "design_matrix",
    "gray_test": "gray",
    "kaplan_meier": "product_limit",
    "logrank_test": "logrank",
    "median_follow_up": "follow_up",
    "nelson_aalen": "product_limit",
    "proportion": "binomial",
    "restricted_mean": "restricted",
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
