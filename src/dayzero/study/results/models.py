"""Regression models: what each covariate does to a hazard, who was in the model, and whether it fits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from dayzero.study.results.drawings import Curve, Figure


@dataclass(frozen=True)
class ModelTerm:
    """One line of a fit: a level of a covariate against its reference, or a number per so many units.

    Attributes
    ----------
    id : str
        Such as ``model.DFS.1.remission=CR2``.
    covariate : str
    label : str
        As printed: ``CR2``, ``per 10 years``.
    n, events : int
        Patients of the level (of a number: all), and those of them with the event of the fit. For a
        time-dependent covariate the patients who ever had the level, and the events while they had it.
    is_reference : bool
        The reference level: its ratio is 1 by definition and has no interval.
    coef, std_err, ratio, lower, upper, p_value : float or None
        Log ratio, its standard error, the ratio with its limits; ``None`` where there is no finite answer.
    note : str
    """

    id: str
    covariate: str
    label: str
    n: int
    events: int
    is_reference: bool = False
    coef: float | None = None
    std_err: float | None = None
    ratio: float | None = None
    lower: float | None = None
    upper: float | None = None
    p_value: float | None = None
    note: str = ""


@dataclass(frozen=True)
class ModelCheck:
    """A chi-square about a fit: a covariate of several levels as a whole, or proportional hazards.

    Attributes
    ----------
    covariate : str
        Empty: all covariates together.
    statistic, df, p_value
    method : str
    """

    id: str
    covariate: str
    statistic: float
    df: int
    p_value: float
    method: str


@dataclass(frozen=True)
class ModelFit:
    """One regression.

    Attributes
    ----------
    id : str
        Such as ``model.DFS.1`` (several covariates), ``model.DFS.1.alone.age`` (one covariate),
        ``model.CIR.1.cs2`` (cause-specific, cause 2), ``model.CIR.1.fg1`` (Fine-Gray, cause 1).
    hazard : {"hazard", "cause-specific hazard", "subdistribution hazard"}
    ratio : {"HR", "csHR", "sHR"}
        What its ratios are called.
    cause : int
    cause_label : str
    alone : str or None
        The one covariate of a univariable fit; ``None``: all covariates of the model.
    n, events : int
    terms : tuple of ModelTerm
    overall : tuple of ModelCheck
        Wald tests of covariates with more than two levels.
    proportional : tuple of ModelCheck
        Tests of proportional hazards, each covariate and all together; empty where none is defined.
    penalised : bool
        Whether Firth's penalty was needed.
    convention : str
    refused : str
        Why there is no fit; empty when there is one.
    """

    id: str
    hazard: Literal["hazard", "cause-specific hazard", "subdistribution hazard"]
    ratio: Literal["HR", "csHR", "sHR"]
    cause: int
    cause_label: str
    alone: str | None
    n: int
    events: int
    terms: tuple[ModelTerm, ...] = ()
    overall: tuple[ModelCheck, ...] = ()
    proportional: tuple[ModelCheck, ...] = ()
    penalised: bool = False
    convention: str = ""
    refused: str = ""


@dataclass(frozen=True)
class ModelCovariate:
    """A covariate as it entered: its levels with the reference, or its scale.

    Attributes
    ----------
    name, label : str
    levels : tuple of str
        In printed order; empty for a number.
    reference : str
        Empty for a number.
    per : float
        Units of a number to which a ratio refers.
    unit : str
    missing : int
        Patients left out because this covariate is not known.
    time_dependent : bool
    """

    name: str
    label: str
    levels: tuple[str, ...] = ()
    reference: str = ""
    per: float = 1.0
    unit: str = ""
    missing: int = 0
    time_dependent: bool = False


@dataclass(frozen=True)
class Model:
    """A ``[[model]]`` of the study file: every regression that it asked for.

    Attributes
    ----------
    id : str
        ``model.DFS.1``: the first model of this endpoint.
    endpoint, label : str
    n : int
        Patients with every covariate known: the same in all fits.
    left_out : int
        Patients of the endpoint without a value of some covariate.
    covariates : tuple of ModelCovariate
    fits : tuple of ModelFit
        Cause by cause; of each hazard the univariable fits first.
    unplaced : tuple of str
        Strata and cluster that some patients have no value of, with how many: ``tbi 13``.
    strata, cluster : str
        Variables; empty when there are none.
    landmark : float or None
        Day from which the clock runs.
    adjusted : str
        The covariate whose adjusted curves are drawn, empty for none.
    curves : tuple of Curve
        Adjusted curves, standardised to the patients of the model.
    figure : Figure or None
        Their figure.
    refused : str
        Why there is no model at all, or no multivariable one; empty when nothing was withheld.
    instead, source : str
        What to ask in place of what was refused, and where that is written.
    """

    id: str
    endpoint: str
    label: str
    n: int
    left_out: int
    covariates: tuple[ModelCovariate, ...] = ()
    fits: tuple[ModelFit, ...] = ()
    unplaced: tuple[str, ...] = ()
    strata: tuple[str, ...] = ()
    cluster: str = ""
    landmark: float | None = None
    adjusted: str = ""
    curves: tuple[Curve, ...] = ()
    figure: Figure | None = None
    refused: str = ""
    instead: str = ""
    source: str = ""
