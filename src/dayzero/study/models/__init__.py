"""``[[model]]``: regressions of one endpoint on covariates, each with what a reader must know beside it."""

from __future__ import annotations

from dayzero.study.models.analysis import Modelled, ModelSetting, fit_models

__all__ = ["ModelSetting", "Modelled", "fit_models"]
