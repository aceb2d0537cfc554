"""One regression: fitted, or with the reason why it is not; its terms, its checks and its convention."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from dayzero import stats
from dayzero.errors import BadInputError, RefusalError
from dayzero.stats.regression.model_errors import SeparationError
from dayzero.study.fit import number
from dayzero.study.results import ModelCheck, ModelCovariate, ModelFit, ModelTerm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dayzero.stats.arrays import FloatArray
    from dayzero.stats.regression.cox_model import CoxModel
    from dayzero.stats.regression.fine_gray_model import FineGrayModel
    from dayzero.study.models.covariates import Covariate
    from dayzero.study.models.rows import Rows

Hazard = Literal["hazard", "cause-specific hazard", "subdistribution hazard"]
RATIO: dict[Hazard, Literal["HR", "csHR", "sHR"]] = {
    "hazard": "HR",
    "cause-specific hazard": "csHR",
    "subdistribution hazard": "sHR",
}
FINE_GRAY = "subdistribution hazard"
_ONE = {"years": "year", "months": "month", "weeks": "week", "days": "day"}


@dataclass(frozen=True)
class Ask:
    """What is to be fitted.

    Attributes
    ----------
    id : str
    hazard : Hazard
    cause : int
    cause_label : str
    ties : {"efron", "breslow"}
    conf_level : float
    """

    id: str
    hazard: Hazard
    cause: int
    cause_label: str
    ties: str
    conf_level: float


def fit(ask: Ask, rows: Rows, covariates: Sequence[Covariate], alone: str | None = None) -> ModelFit:
    """Fit a regression of one hazard on these covariates.

    Parameters
    ----------
    ask : Ask
    rows : Rows
    covariates : sequence of Covariate
        A part of the covariates of the rows.
    alone : str, optional
        Name of the one covariate of a univariable fit.

    Returns
    -------
    ModelFit
        Where the likelihood has no maximum because a level has no event, a Cox model is fitted again with
        Firth's penalty; what has no answer says so in ``refused``.
    """
    name = ask.id if alone is None else f"{ask.id}.alone.{alone}"
    empty = withheld(ask, rows, "", alone)
    why = _why_not(ask, rows)
    if why:
        return replace(empty, refused=why)
    columns = {column: rows.columns[column] for c in covariates for column in c.columns}
    cox: CoxModel | None = None
    fitted: CoxModel | FineGrayModel
    try:
        if ask.hazard == FINE_GRAY:
            fitted = _subdistribution(ask, rows, columns)
        else:
            fitted = cox = _cox(ask, rows, columns)
    except (BadInputError, RefusalError) as error:
        return replace(empty, refused=_worded(error))
    penalised = cox is not None and cox.firth is not None
    return replace(
        empty,
        terms=_terms(name, ask, rows, covariates, fitted),
        overall=() if penalised else _overall(name, covariates, fitted),
        proportional=_proportional(name, covariates, cox) if cox is not None and not penalised else (),
        penalised=penalised,
        convention=_convention(ask, fitted),
    )


def withheld(ask: Ask, rows: Rows, why: str, alone: str | None = None) -> ModelFit:
    """Return a fit without numbers, with the reason."""
    name = ask.id if alone is None else f"{ask.id}.alone.{alone}"
    return ModelFit(
        id=name,
        hazard=ask.hazard,
        ratio=RATIO[ask.hazard],
        cause=ask.cause,
        cause_label=ask.cause_label,
        alone=alone,
        n=rows.n,
        events=rows.events(ask.cause),
        refused=why,
    )


def _why_not(ask: Ask, rows: Rows) -> str:
    if not rows.events(ask.cause):
        return f"no {ask.cause_label} among the {rows.n} patients"
    if ask.hazard != FINE_GRAY:
        return ""
    if any(covariate.change is not None for covariate in rows.covariates):
        return "a ratio that changes with time is fitted to the cause-specific hazard alone"
    if rows.changing:
        # Its risk sets keep those who had a competing event, for whom such a covariate does not exist.
        return (
            "a subdistribution hazard has no time-dependent covariate: after the competing event it has "
            "no value"
        )
    return (
        "a subdistribution hazard with delayed entry is not estimated: see the cause-specific hazard"
        if rows.delayed
        else ""
    )


def _worded(error: BadInputError | RefusalError) -> str:
    """Return what was found, and what to do, in one sentence."""
    if isinstance(error, SeparationError):
        levels = ", ".join(error.terms)
        return f"no finite ratio ({levels}), as when a level has no event; merge levels, or leave it out"
    advice = error.instead if isinstance(error, RefusalError) else error.hint
    return f"{error.what}; {advice}" if advice else error.what


def _subdistribution(ask: Ask, rows: Rows, columns: dict[str, FloatArray]) -> FineGrayModel:
    fitted: FineGrayModel = stats.fine_gray(
        rows.time, rows.cause, columns, of_interest=ask.cause, stratum=rows.strata, cluster=rows.cluster
    )
    return fitted


def _cox(ask: Ask, rows: Rows, columns: dict[str, FloatArray]) -> CoxModel:
    """Fit Cox's model; with Firth's penalty where the likelihood has no maximum and rows are independent."""
    event = rows.cause == ask.cause
    fitted: CoxModel
    try:
        fitted = stats.cox(
            rows.time, event, columns, rows.entry, rows.strata, cluster=rows.cluster, ties=ask.ties
        )
    except SeparationError:
        if rows.cluster is not None:
            raise
        fitted = stats.cox(rows.time, event, columns, rows.entry, rows.strata, ties=ask.ties, penalty="firth")
    return fitted


def _terms(
    name: str, ask: Ask, rows: Rows, covariates: Sequence[Covariate], fitted: CoxModel | FineGrayModel
) -> tuple[ModelTerm, ...]:
    table = {row["term"]: row for row in fitted.summary(ask.conf_level).to_dicts()}
    made = []
    for covariate in covariates:
        info = covariate.info
        for level in info.levels or ("",):
            n, events = rows.counted(info.name, level, ask.cause)
            label = level or _scale(info)
            term = ModelTerm(
                id=f"{name}.{info.name}={level}" if level else f"{name}.{info.name}",
                covariate=info.name,
                label=label,
                n=n,
                events=events,
                is_reference=bool(level) and level == info.reference,
            )
            row = table.get(covariate.column(level))
            made.append(term if row is None else _with_numbers(term, row))
    return tuple(made)


def _scale(info: ModelCovariate) -> str:
    """Say what a ratio of a number is per: ``per 10 years``, ``per year``, ``per unit``."""
    if info.per == 1:
        return f"per {_ONE.get(info.unit, info.unit) or 'unit'}"
    return f"per {info.per:.10g} {info.unit or 'units'}"


def _with_numbers(term: ModelTerm, row: dict[str, float]) -> ModelTerm:
    return replace(
        term,
        coef=number(row["coef"]),
        std_err=number(row["std_err"]),
        ratio=number(row["hazard_ratio"]),
        lower=number(row["lower"]),
        upper=number(row["upper"]),
        p_value=number(row["p_value"]),
        note="" if term.events else "no event",
    )


def _overall(
    name: str, covariates: Sequence[Covariate], fitted: CoxModel | FineGrayModel
) -> tuple[ModelCheck, ...]:
    made = []
    for covariate in covariates:
        if len(covariate.columns) < 2:
            continue
        test = fitted.wald_test(covariate.columns)
        own = covariate.info.name
        check = ModelCheck(
            f"{name}.{own}.overall", own, float(test.statistic), test.df, float(test.p_value), test.method
        )
        made.append(check)
    return tuple(made)


def _proportional(name: str, covariates: Sequence[Covariate], cox: CoxModel) -> tuple[ModelCheck, ...]:
    """Test proportional hazards against one minus the Kaplan-Meier estimate, as R's cox.zph."""
    if cox.n_events < 2:
        return ()
    groups = {c.info.name: list(c.columns) for c in covariates}
    tested = cox.proportional_hazards_test("km", groups).table().to_dicts()
    method = "Grambsch-Therneau test (scaled Schoenfeld residuals against 1 - Kaplan-Meier)"
    made = []
    for row in tested:
        own = "" if row["term"] == "all" else row["term"]
        statistic, p = number(row["statistic"]), number(row["p_value"])
        if statistic is not None and p is not None:
            check = f"{name}.proportional{f'.{own}' if own else ''}"
            made.append(ModelCheck(check, own, statistic, int(row["df"]), p, method))
    return tuple(made)


def _convention(ask: Ask, fitted: CoxModel | FineGrayModel) -> str:
    limits = "profile penalised likelihood" if getattr(fitted, "firth", None) is not None else "Wald"
    return f"{fitted.convention}; {ask.conf_level * 100:g}% CI: {limits}"
