"""Direct-adjusted (g-formula) curves: what the whole cohort would do in each group."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from dayzero.errors import BadInputError, RefusalError
from dayzero.stats.intervals import WALD_TYPES, checked_conf_level, checked_conf_type
from dayzero.stats.regression.cause_specific_models import CauseSpecificModels
from dayzero.stats.regression.cox_model import CoxModel
from dayzero.stats.regression.curve_components import Component, cox_component, fine_gray_component
from dayzero.stats.regression.design_matrix import columns_for
from dayzero.stats.regression.fine_gray_model import FineGrayModel
from dayzero.stats.regression.predicted_curves import AdjustedCurves, PredictedCurves
from dayzero.stats.regression.risk_cells import cell_sums
from dayzero.stats.regression.standardised import Average, average

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dayzero.stats.arrays import Label
    from dayzero.stats.convention import Convention
    from dayzero.stats.regression.risk_cells import RiskCells

FloatArray = npt.NDArray[np.float64]
Model = CoxModel | FineGrayModel | CauseSpecificModels

INFLUENCE_CELLS = 2_000_000  # fitted rows times curve times held in memory together


@dataclass(frozen=True)
class Hazards:
    """The hazards of a model behind one interface: a Cox and a Fine-Gray model have one, causes one each.

    Attributes
    ----------
    models : tuple
        The models whose hazards are combined.
    causes : tuple of int or None
        The curves given: None for survival.
    targets : tuple of int
        Their positions in :class:`~dayzero.stats.regression.standardised.Average`.
    convention : Convention
    """

    models: tuple[CoxModel | FineGrayModel, ...]
    causes: tuple[int | None, ...]
    targets: tuple[int, ...]
    convention: Convention

    @property
    def risk(self) -> RiskCells:
        """Strata and event times (of the first hazard)."""
        return self.models[0].data.risk

    @property
    def times(self) -> FloatArray:
        """All event times."""
        every = np.concatenate([model.data.risk.time for model in self.models])
        return np.unique(every[np.isfinite(every)])

    @property
    def last(self) -> float:
        """Last time observed."""
        return float(self.models[0].data.time.max())

    @property
    def weight(self) -> FloatArray:
        """Case weights of the rows fitted, adding up to one."""
        data = self.models[0].data
        own = np.ones(len(data.time)) if data.weight is None else data.weight
        return np.asarray(own / own.sum())

    def components(self, stratum: Label | None) -> list[Component]:
        """Return the hazards of one stratum."""
        return [
            fine_gray_component(model, stratum)
            if isinstance(model, FineGrayModel)
            else cox_component(model, stratum)
            for model in self.models
        ]


def hazards(model: Model) -> Hazards:
    """Read the hazards of a model, or say why it has none that can be combined."""
    if isinstance(model, CauseSpecificModels):
        models: tuple[CoxModel | FineGrayModel, ...] = tuple(model.models.values())
        causes, targets = (None, *model.causes), tuple(range(len(models) + 1))
    elif isinstance(model, FineGrayModel):
        models, causes, targets = (model,), (model.of_interest,), (1,)
        if model.interaction is not None:
            what = "adjusted curves with their errors are not available for functions of time"
            raise RefusalError(what, instead="predict(), or a model stratified where hazards cross")
    else:
        models, causes, targets = (model,), (None,), (0,)
    for one in models:
        if isinstance(one, CoxModel) and (one.firth is not None or one.data.ties == "exact"):
            what = "influence functions hold for Efron's or Breslow's ties without penalty"
            raise RefusalError(what, instead="a model with ties='efron' and no penalty")
    return Hazards(models, causes, targets, model.convention)


def adjusted_curves(
    model: Model,
    groups: Mapping[Label, Mapping[str, float]],
    covariates: Any = None,
    *,
    strata: Mapping[Label, Label] | None = None,
    conf_type: str = "log-log",
    conf_level: float = 0.95,
) -> AdjustedCurves:
    """Average the predicted curves of a cohort, with everybody moved to each group in turn.

    Parameters
    ----------
    model : CoxModel, FineGrayModel or CauseSpecificModels
        Gives survival, incidence, or survival and the incidence of every cause.
    groups : mapping of label to mapping of term to value
        What to set in every row: ``{"CR1": {"phase: CR2": 0}, "CR2": {"phase: CR2": 1}}``. Other terms stay
        as they are in the row.
    covariates : as in the fit, optional
        The cohort to average over; the rows fitted, with their weights, when not given. Another cohort
        counts as fixed, not as a sample.
    strata : mapping of label to stratum, optional
        The stratum each group is predicted in, for a model stratified by group. Otherwise every row keeps its
        own stratum.
    conf_type, conf_level
        Scale and level of the intervals.

    Returns
    -------
    AdjustedCurves
        Computed when asked for: ``.at(times)``, ``.steps()``, ``.difference(first, second, times)``.

    Notes
    -----
    The standard error is by influence functions: it counts the sampling of covariates, of hazards, of
    coefficients and (Fine-Gray) of the censoring weights, and is robust; clusters are those of the fit.
    Makuch, J Chronic Dis 1982;35:437-443; Zhang et al., Comput Methods Programs Biomed 2007;88:95-101; Ozenne
    et al., Biom J 2020;62:751-763.
    """
    checked_conf_type(conf_type, WALD_TYPES)
    checked_conf_level(conf_level)
    source = hazards(model)
    settings = [
        _setting(source, covariates, setting, None if strata is None else strata[label])
        for label, setting in groups.items()
    ]
    sampled = covariates is None

    def joint(times: FloatArray) -> tuple[FloatArray, FloatArray]:
        return _in_chunks(source, times, lambda part: _joint(source, settings, part, sampled=sampled))

    def evaluate(times: FloatArray) -> tuple[FloatArray, FloatArray]:
        estimate, covariance = joint(times)
        return estimate, np.sqrt(np.einsum("mii->im", covariance))

    name = f"direct-adjusted (g-formula) curves; {source.convention.estimator}"
    return AdjustedCurves(
        labels=tuple(label for label in groups for _ in source.causes),
        causes=source.causes * len(groups),
        times=source.times,
        conf_type=conf_type,
        conf_level=conf_level,
        convention=_convention(source, name, conf_type, conf_level),
        last=source.last,
        evaluate=evaluate,
        joint=joint,
    )


def predict_by_influence(
    model: Model, covariates: Any, stratum: Any, conf_type: str, conf_level: float
) -> PredictedCurves:
    """Predict the curves of each row of ``covariates``, with standard errors by influence functions."""
    checked_conf_type(conf_type, WALD_TYPES)
    checked_conf_level(conf_level)
    source = hazards(model)
    x = [columns_for(covariates, one.terms) - one.data.center for one in source.models]
    components = source.components(stratum)

    wanted = list(source.targets)

    def all_rows(times: FloatArray) -> tuple[FloatArray, FloatArray]:
        estimates, variances = [], []
        for i in range(len(x[0])):
            found = average(components, [rows[i : i + 1] for rows in x], np.ones(1), times)
            estimates.append(found.estimate[wanted])
            variances.append((_clustered(source, found.influence[wanted]) ** 2).sum(axis=1))
        return np.concatenate(estimates), np.concatenate(variances).T

    def evaluate(times: FloatArray) -> tuple[FloatArray, FloatArray]:
        estimate, variance = _in_chunks(source, times, all_rows)
        return estimate, np.sqrt(variance.T)

    name = f"predicted curves; {source.convention.estimator}"
    return PredictedCurves(
        labels=tuple(i for i in range(len(x[0])) for _ in source.causes),
        causes=source.causes * len(x[0]),
        times=source.times,
        conf_type=conf_type,
        conf_level=conf_level,
        convention=_convention(source, name, conf_type, conf_level),
        last=source.last,
        evaluate=evaluate,
    )


def _convention(source: Hazards, name: str, conf_type: str, conf_level: float) -> Convention:
    return replace(
        source.convention,
        estimator=name,
        variance="influence functions (infinitesimal jackknife)",
        conf_type=conf_type,
        conf_level=conf_level,
    )


def _in_chunks(
    source: Hazards, times: FloatArray, compute: Callable[[FloatArray], tuple[FloatArray, FloatArray]]
) -> tuple[FloatArray, FloatArray]:
    """Compute (curves, m) and (m, ...) some times at once, so that memory stays bounded."""
    width = max(1, INFLUENCE_CELLS // len(source.weight))
    parts = [compute(times[begin : begin + width]) for begin in range(0, max(len(times), 1), width)]
    return np.concatenate([a for a, _ in parts], axis=1), np.concatenate([b for _, b in parts])


@dataclass(frozen=True)
class _Setting:
    """A cohort moved to one group: covariates for each hazard, weights, and the stratum of each row."""

    x: list[FloatArray]
    weight: FloatArray
    stratum: list[tuple[Any, npt.NDArray[np.bool_]]]


def _setting(source: Hazards, covariates: Any, values: Mapping[str, float], stratum: Any) -> _Setting:
    x = []
    for model in source.models:
        center = model.data.center
        rows = model.data.x + center if covariates is None else columns_for(covariates, model.terms)
        rows = rows.copy()
        for term, value in values.items():
            if term not in model.terms:
                raise BadInputError.unknown_name(kind="term", found=term, allowed=model.terms, where="groups")
            rows[:, model.terms.index(term)] = value
        x.append(rows - center)
    n = len(x[0])
    weight = source.weight if covariates is None else np.full(n, 1.0 / n)
    risk = source.risk
    everyone = np.ones(n, dtype=bool)
    if stratum is not None or risk.row_stratum is None:
        return _Setting(x, weight, [(stratum, everyone)])
    if covariates is not None:
        what = "the rows of another cohort have no stratum of this model"
        raise BadInputError(what, hint="say in which stratum each group is predicted: strata={...}")
    by_stratum = [(level, risk.row_stratum == code) for code, level in enumerate(risk.stratum_levels)]
    return _Setting(x, weight, [(level, rows) for level, rows in by_stratum if rows.any()])


def _joint(
    source: Hazards, settings: list[_Setting], times: FloatArray, *, sampled: bool
) -> tuple[FloatArray, FloatArray]:
    """Return estimates (curves, m) of all groups and causes, and their covariance (m, curves, curves)."""
    estimates, influences = [], []
    for setting in settings:
        found = _average(source, setting, times)
        influence = found.influence
        if sampled:
            influence = influence + setting.weight[:, None] * (found.rows - found.estimate[:, None, :])
        estimates.append(found.estimate[list(source.targets)])
        influences.append(_clustered(source, influence[list(source.targets)]))
    influence = np.concatenate(influences)
    return np.concatenate(estimates), np.einsum("inm,jnm->mij", influence, influence, optimize=True)


def _average(source: Hazards, setting: _Setting, times: FloatArray) -> Average:
    """Average over the strata of the rows."""
    parts = []
    rows = np.zeros((len(source.models) + 1, len(setting.weight), len(times)))
    for stratum, own in setting.stratum:
        part = average(source.components(stratum), [x[own] for x in setting.x], setting.weight[own], times)
        rows[:, own] = part.rows
        parts.append(part)
    estimate = np.clip(np.sum([part.estimate for part in parts], axis=0), 0.0, 1.0)
    return Average(estimate, rows, np.sum([part.influence for part in parts], axis=0))


def _clustered(source: Hazards, influence: FloatArray) -> FloatArray:
    """Sum influences (curves, n, m) over the clusters of the fit."""
    cluster = source.models[0].cluster
    if cluster is None:
        return influence
    size = int(cluster.max()) + 1
    return np.stack([cell_sums(cluster, np.ones(len(cluster)), size, one) for one in influence])
