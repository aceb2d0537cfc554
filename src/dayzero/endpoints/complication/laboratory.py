"""Laboratory results read for criteria: what reaches a limit, the worst of a day, the one before day 0."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from dayzero.endpoints.frames import DAY, ROW, choose, collect, lazy
from dayzero.endpoints.memo import remembered

if TYPE_CHECKING:
    from dayzero.records.model import Records

_VALUE = nw.col("value")
_OPERATOR = nw.col("operator").fill_null("=")
#: How a result is written that is already a multiple of the upper limit of normal.
_MULTIPLE = r"^[x×]? *uln$"


def at_least(limit: float) -> nw.Expr:
    """Return whether a result surely is ``limit`` or more."""
    return _OPERATOR.is_in(["=", "≥", ">"]) & (limit <= _VALUE)


def above(limit: float) -> nw.Expr:
    """Return whether a result surely is more than ``limit``."""
    return (_OPERATOR.is_in(["=", "≥"]) & (limit < _VALUE)) | ((_OPERATOR == ">") & (limit <= _VALUE))


def multiple_of_limit() -> nw.Expr:
    """Return a result as a multiple of the upper limit of normal; null when that limit is not stated."""
    stated = nw.col("unit").fill_null("").str.to_lowercase().str.strip_chars().str.contains(_MULTIPLE)
    limit = nw.col("upper_limit")
    return choose(
        [(stated, _VALUE), (limit > 0, _VALUE / nw.when(limit > 0).then(limit))], nw.lit(None, nw.Float64)
    )


def results(records: Records, *analytes: str) -> nw.LazyFrame[Any]:
    """Return the results of some analytes that have a day and a number."""
    return lazy(records, "measurements").filter(
        nw.col("analyte").is_in(list(analytes)), ~DAY.is_null(), ~_VALUE.is_null()
    )


def highest_of_day(rows: nw.LazyFrame[Any], since: int = 0, bound_below: float = 0.0) -> nw.LazyFrame[Any]:
    """Return the highest result of each day from ``since`` on: ``patient_id``, ``day``, ``value``, ``row``.

    A result such as ``<0.3`` stands for its bound where that is less than ``bound_below``; else it tells
    nothing.
    """
    low = _OPERATOR.is_in(["<", "≤"]) & (bound_below > _VALUE)
    kept = rows.filter(since <= DAY, _OPERATOR.is_in(["=", "≥", ">"]) | low)
    highest = kept.filter(_VALUE.max().over("patient_id", "day") == _VALUE)
    return highest.group_by("patient_id", "day").agg(_VALUE.max(), ROW.min().alias("row"))


def before_transplant(rows: nw.LazyFrame[Any], name: str) -> nw.LazyFrame[Any]:
    """Return the last result on or before day 0 as ``name``; of several on that day the lowest."""
    last = rows.filter(DAY <= 0, _OPERATOR == "=").filter(DAY.max().over("patient_id") == DAY)
    return last.group_by("patient_id").agg(_VALUE.min().alias(name))


def has_results(records: Records, analyte: str) -> bool:
    """Return whether any result of an analyte after day 0 is recorded."""

    def look(made: Records) -> bool:
        rows = results(made, analyte).filter(DAY >= 0)
        return collect(rows.select("patient_id").head(1)).height > 0

    return remembered(records, f"results of {analyte}", look)


def measured(records: Records, analyte: str) -> nw.LazyFrame[Any]:
    """Return ``patient_id`` of everybody with a result of an analyte after day 0."""
    return results(records, analyte).filter(DAY >= 0).select("patient_id").unique()
