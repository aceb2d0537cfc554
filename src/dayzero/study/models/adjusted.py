"""Adjusted curves: what the patients of a model would do if all were in one group, and then in another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dayzero import stats
from dayzero.errors import RefusalError
from dayzero.study.clock import axis, from_days, to_days
from dayzero.study.fit import probability
from dayzero.study.results import Curve, Figure, Panel
from dayzero.study.words import inside

if TYPE_CHECKING:
    import polars as pl

    from dayzero.endpoints.definition import DerivedEndpoint
    from dayzero.stats.regression.predicted_curves import AdjustedCurves
    from dayzero.study.conventions import Choices
    from dayzero.study.models.covariates import Covariate
    from dayzero.study.models.rows import Rows
    from dayzero.study.protocol import TimeSection


def adjusted_curves(
    name: str,
    covariate: Covariate,
    rows: Rows,
    derived: DerivedEndpoint,
    choices: Choices,
    time: TimeSection,
    ties: str,
) -> tuple[tuple[Curve, ...], Figure] | str:
    """Return the curves of every level, standardised to the patients of the model, and their figure.

    Parameters
    ----------
    name : str
        Id of the model.
    covariate : Covariate
        By whose levels the curves are.
    rows : Rows
    derived : DerivedEndpoint
    choices : Choices
    time : TimeSection
    ties : str

    Returns
    -------
    tuple or str
        Why there are none, where a hazard has no finite ratio.

    Notes
    -----
    The g-formula: the curve of a level is the average of the curves predicted for every patient of the model
    with that level in place of his own (Makuch 1982, J Chronic Dis 35:437). The incidence of a cause combines
    the cause-specific models of all causes. Numbers at risk are those of the patients as they were.
    """
    try:
        found = _predicted(covariate, rows, derived, choices, ties)
    except RefusalError as error:
        return error.what
    unit = time.unit
    longest = from_days(float(rows.time.max()), unit)
    limit, ticks = axis(longest, unit, time.limit, time.ticks)
    survival = derived.definition.kind == "survival"
    steps = found.steps()
    wanted = steps["cause"].is_null() if survival else (steps["cause"] == 1).fill_null(value=False)
    curves = []
    for level in covariate.info.levels:
        own = steps.filter(wanted & (steps["curve"] == level))
        curves.append(_curve(name, covariate, level, own, rows, derived, ticks, unit))
    return tuple(curves), _figure(name, covariate, curves, derived, limit, unit)


def _predicted(
    covariate: Covariate, rows: Rows, derived: DerivedEndpoint, choices: Choices, ties: str
) -> AdjustedCurves:
    keys = {"stratum": rows.strata, "cluster": rows.cluster, "ties": ties}
    if derived.definition.kind == "survival":
        model = stats.cox(rows.time, rows.cause == 1, rows.columns, **keys)
    else:
        model = stats.cause_specific(rows.time, rows.cause, rows.columns, **keys)
    groups = {
        level: {covariate.column(other): float(other == level) for other in covariate.compared}
        for level in covariate.info.levels
    }
    conf_type = "log-log" if choices.conf_type == "beta" else choices.conf_type
    made: AdjustedCurves = stats.adjusted_curves(
        model, groups, conf_type=conf_type, conf_level=choices.conf_level
    )
    return made


def _curve(
    name: str,
    covariate: Covariate,
    level: str,
    steps: pl.DataFrame,
    rows: Rows,
    derived: DerivedEndpoint,
    ticks: tuple[float, ...],
    unit: str,
) -> Curve:
    own = rows.levels[covariate.info.name, level]
    end = float(rows.time[own].max())
    seen = steps.filter(steps["time"] <= end)
    start = 1.0 if derived.definition.kind == "survival" else 0.0
    n, events = rows.counted(covariate.info.name, level, 1)
    times = [from_days(t, unit) for t in seen["time"].to_list()]
    first = not times or times[0] > 0
    return Curve(
        id=f"{name}.adjusted.{covariate.info.name}.{level}.curve",
        endpoint=derived.definition.name,
        label=level,
        kind=derived.definition.kind,
        time=(*((0.0,) if first else ()), *times),
        estimate=(*((start,) if first else ()), *(probability(v) or 0.0 for v in seen["estimate"])),
        lower=(*((start,) if first else ()), *(probability(v) for v in seen["lower"])),
        upper=(*((start,) if first else ()), *(probability(v) for v in seen["upper"])),
        censor_time=(),
        censor_estimate=(),
        end=from_days(end, unit),
        ticks=ticks,
        at_risk=tuple(int((rows.time[own] >= to_days(tick, unit)).sum()) for tick in ticks),
        n=n,
        events=events,
        unit=unit,
        group_by=covariate.info.name,
        group=level,
        conf_type="standardised (g-formula)",
    )


def _figure(
    name: str,
    covariate: Covariate,
    curves: list[Curve],
    derived: DerivedEndpoint,
    limit: float,
    unit: str,
) -> Figure:
    definition = derived.definition
    others = "adjusted for the other covariates of the model"
    panel = Panel(
        letter="A",
        title=f"{definition.label} by {inside(covariate.info.label)}, adjusted",
        endpoint=definition.name,
        kind=definition.kind,
        y_label=definition.label,
        curves=tuple(curve.id for curve in curves),
        estimates=(),
        group_by=covariate.info.name,
    )
    title = f"{definition.label} by {inside(covariate.info.label)}, {others}"
    stem = f"adjusted_{name.removeprefix('model.').replace('.', '_')}"
    return Figure(stem, title, ((panel,),), unit, limit)
