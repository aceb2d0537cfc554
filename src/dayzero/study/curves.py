"""Curves ready to draw: the steps of every level, with limits, censoring marks and numbers at risk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dayzero.study.clock import from_days, to_days
from dayzero.study.fit import Fit, probability
from dayzero.study.results import Curve

if TYPE_CHECKING:
    import polars as pl


def draw(fit: Fit, ticks: tuple[float, ...], unit: str) -> tuple[Curve, ...]:
    """Return the curve of every level that has patients.

    Parameters
    ----------
    fit : Fit
    ticks : tuple of float
        Where the numbers at risk are counted, in ``unit``.
    unit : str
    """
    days = [to_days(tick, unit) for tick in ticks]
    at_risk = fit.curve.at(days)
    drawn = []
    for index, level in enumerate(fit.sample.levels):
        if not fit.sample.counts[index]:
            continue
        is_exact = fit.all_exact(index)
        steps = fit.of_interest((fit.exact if is_exact else fit.curve).steps(), index)
        kept = steps.filter(_changes(steps))
        marks = steps.filter(steps["censored"] > 0)
        sample = fit.sample
        drawn.append(
            Curve(
                id=f"{sample.prefix(level)}.curve",
                endpoint=sample.endpoint,
                label=sample.derived.definition.label if level is None else level,
                kind=sample.derived.definition.kind,
                time=_times(kept, unit),
                estimate=_heights(kept),
                lower=tuple(probability(value) for value in kept["lower"]),
                upper=tuple(probability(value) for value in kept["upper"]),
                censor_time=_times(marks, unit),
                censor_estimate=_heights(marks),
                end=from_days(fit.last(index), unit),
                ticks=ticks,
                at_risk=tuple(int(v) for v in fit.of_interest(at_risk, index)["at_risk"]),
                n=sample.counts[index],
                events=sample.events[index],
                unit=unit,
                group_by=sample.group_by,
                group=level,
                conf_type=fit.exact_name(index, fit.last(index)) if is_exact else fit.choices.conf_type,
            )
        )
    return tuple(drawn)


def _times(steps: pl.DataFrame, unit: str) -> tuple[float, ...]:
    return tuple(from_days(value, unit) for value in steps["time"])


def _heights(steps: pl.DataFrame) -> tuple[float, ...]:
    return tuple(value for value in map(probability, steps["estimate"]) if value is not None)


def _changes(steps: pl.DataFrame) -> pl.Series:
    """Tell which rows differ from the one before in the estimate or its limits; the first always does."""
    import polars as pl

    keep = np.zeros(steps.height, dtype=bool)
    keep[0] = True
    for name in ("estimate", "lower", "upper"):
        values = np.nan_to_num(steps[name].to_numpy(), nan=-1.0)
        keep[1:] |= values[1:] != values[:-1]
    return pl.Series(keep)
