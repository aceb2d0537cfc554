"""Recovery of blood counts from the counts themselves, reduced on the engine that holds them.

Neutrophils: Sureda et al., Bone Marrow Transplant 2024;59:832, doi 10.1038/s41409-024-02251-0, table 1, and
the CIBMTR forms manual, initial ANC recovery. Platelets: the same, and initial platelet recovery (last
transfusion on day 0: recovery on day 7 at the earliest).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from dayzero.endpoints.frames import DAY, ROW, ROWS, choose, collect, lazy
from dayzero.endpoints.memo import remembered

if TYPE_CHECKING:
    from dayzero.endpoints.options import Options
    from dayzero.records.model import Records

TRANSFUSION = "platelet transfusion"
#: A platelet count within this many days after a transfusion is supported by it.
TRANSFUSION_FREE_DAYS = 7
#: The fall that a recovery follows is looked for until this day; a later one is another illness.
FALL_BY = 28
_BELOW, _UNCLEAR, _ABOVE = 0, 1, 2
#: Earlier than any day.
_NEVER = -(2**31)


@dataclass(frozen=True)
class Limit:
    """The count that a recovery must reach.

    Attributes
    ----------
    analyte : str
    at_least : float
        10^9/L.
    unsupported : bool
        Without a platelet transfusion in the 7 days before each count.
    consecutive : {2, 3}
        How many counts in a row must reach it.
    """

    analyte: str
    at_least: float
    unsupported: bool
    consecutive: int = 3

    @property
    def words(self) -> str:
        """The limit as printed."""
        return f"{self.at_least:g} x 10^9/L"


def has_counts(records: Records, analyte: str) -> bool:
    """Return whether any count after day 0 is recorded."""

    def look(made: Records) -> bool:
        counts = lazy(made, "measurements").filter(nw.col("analyte") == analyte, DAY >= 0)
        return collect(counts.select("patient_id").head(1)).height > 0

    return remembered(records, f"counts of {analyte}", look)


def has_transfusions(records: Records) -> bool:
    """Return whether any platelet transfusion is recorded."""

    def look(made: Records) -> bool:
        given = lazy(made, "treatments").filter(nw.col("agent") == TRANSFUSION)
        return collect(given.select("patient_id").head(1)).height > 0

    return remembered(records, "platelet transfusions", look)


def recoveries(records: Records, limit: Limit, options: Options) -> pl.DataFrame:
    """Find each patient's recovery: the first of 3 consecutive counts on different days at the limit.

    The run must follow a fall after transplant: a count below the limit, or a platelet transfusion, from day
    0 to 28. A count below, one whose operator or unit does not say, or a supported one, ends a run. Of
    several counts on one day the lowest counts.

    Parameters
    ----------
    records : Records
    limit : Limit
    options : Options

    Returns
    -------
    polars.DataFrame
        One row per patient with a count after day 0: ``recovery_day``, ``recovery_row``,
        ``second_count_day`` and ``third_count_day`` of the run, ``previous_day`` (the count before it, or the
        fall), ``fall_day``, ``count_day`` and ``count_row`` (the last), ``last_reaches`` (1 when the last
        count reaches the limit), ``hidden_row`` (a count not below the limit after more than
        ``count_gap_days`` without any, before a fall was seen), ``unclear_count_row``, ``transfused_row``
        (any transfusion) and ``undated_transfusion_row``.
    """
    return remembered(
        records, f"recoveries {limit} {options}", lambda made: _recoveries(made, limit, options)
    )


def _recoveries(records: Records, limit: Limit, options: Options) -> pl.DataFrame:
    found = collect(lazy_recoveries(records, limit, options))
    if limit.unsupported:
        found = found.join(collect(_transfused(records)), on="patient_id", how="left")
    else:
        nobody = pl.lit(None, pl.Int64)
        found = found.with_columns(nobody.alias("transfused_row"), nobody.alias("undated_transfusion_row"))
    return found.with_columns(pl.col("^.*_(?:day|row)$").cast(pl.Int64)).sort("patient_id")


def lazy_recoveries(records: Records, limit: Limit, options: Options) -> nw.LazyFrame[Any]:
    """Return :func:`recoveries` on the engine, without the columns of transfusions."""
    return _summary(_runs(_days(records, limit), limit, options))


def _days(records: Records, limit: Limit) -> nw.LazyFrame[Any]:
    """Return one row per patient and day: ``state`` (class and row of the lowest count) and ``until``.

    ``until`` is the last day of a transfusion that starts on that day.
    """
    nothing = nw.lit(None, nw.Int64)
    counts = (
        lazy(records, "measurements")
        .filter(nw.col("analyte") == limit.analyte, DAY >= 0, ~nw.col("value").is_null())
        .with_columns((_class(limit.at_least) * ROWS + ROW).alias("state"), nothing.alias("until"))
        .select("patient_id", "day", "state", "until")
    )
    if limit.unsupported:
        start = nw.col("start_day")
        transfusions = (
            lazy(records, "treatments")
            .filter(nw.col("agent") == TRANSFUSION, ~start.is_null())
            .with_columns(
                start.alias("day"),
                nothing.alias("state"),
                nw.max_horizontal("start_day", "stop_day").alias("until"),
            )
            .select("patient_id", "day", "state", "until")
        )
        counts = nw.concat([counts, transfusions])
    return counts.group_by("patient_id", "day").agg(nw.col("state").min(), nw.col("until").max())


def _class(at_least: float) -> nw.Expr:
    value, operator = nw.col("value"), nw.col("operator").fill_null("=")
    other_unit = nw.col("unit").fill_null("10^9/L") != "10^9/L"
    reaches = operator.is_in(["=", "≥", ">"]) & (value >= at_least)
    below = (operator.is_in(["=", "≤"]) & (value < at_least)) | ((operator == "<") & (value <= at_least))
    return choose(
        [(other_unit, nw.lit(_UNCLEAR)), (reaches, nw.lit(_ABOVE)), (below, nw.lit(_BELOW))],
        nw.lit(_UNCLEAR),
    )


def _runs(days: nw.LazyFrame[Any], limit: Limit, options: Options) -> nw.LazyFrame[Any]:
    """Mark the first day of each run of 3, and the counts before which a recovery may hide."""
    state, until = nw.col("state"), nw.col("until")
    fall = nw.when(((state < ROWS) | ~until.is_null()) & (DAY <= FALL_BY)).then(
        nw.max_horizontal(DAY, nw.lit(0))
    )
    supported = until.fill_null(_NEVER).cum_max().over("patient_id", order_by="day")
    counted = (
        days.with_columns(
            nw.when((DAY >= 0) | (until >= 0)).then(fall).alias("fall"), supported.alias("supported")
        )
        .with_columns(nw.col("fall").min().over("patient_id").alias("fall"))
        .filter(~state.is_null())
    )
    reaches = (state >= _ABOVE * ROWS) & (nw.col("supported") <= DAY - TRANSFUSION_FREE_DAYS)
    ordered = counted.with_columns(nw.when(reaches).then(1).otherwise(0).alias("good")).with_columns(
        *(nw.col("good").shift(-n).over("patient_id", order_by="day").alias(f"good_{n}") for n in (1, 2)),
        *(DAY.shift(-n).over("patient_id", order_by="day").alias(f"day_{n}") for n in (1, 2)),
        DAY.shift(1).over("patient_id", order_by="day").alias("before"),
        DAY.max().over("patient_id").alias("last"),
    )
    after_fall = nw.col("fall") < DAY
    in_a_row = nw.col("good") + nw.col("good_1")
    if limit.consecutive == 3:
        in_a_row = in_a_row + nw.col("good_2")
    run = (in_a_row == limit.consecutive) & after_fall
    unseen = (DAY - nw.col("before").fill_null(0) > options.count_gap_days) & (
        nw.col("before").fill_null(0) <= FALL_BY
    )
    return ordered.with_columns(
        run.fill_null(value=False).alias("run"),
        (unseen & (state >= ROWS) & ~after_fall.fill_null(value=False)).alias("unseen"),
    )


def _summary(runs: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    state, run = nw.col("state"), nw.col("run")
    unclear = (state >= ROWS) & (state < _ABOVE * ROWS)
    is_last = nw.col("last") == DAY
    row = state - choose([(state < ROWS, nw.lit(0)), (unclear, nw.lit(ROWS))], nw.lit(_ABOVE * ROWS))
    marked = runs.with_columns(
        nw.when(run).then(DAY).alias("recovery_day"),
        nw.when(run).then(DAY * ROWS + row).alias("recovery_row"),
        nw.when(run).then(nw.col("day_1")).alias("second_count_day"),
        nw.when(run).then(nw.col("day_2")).alias("third_count_day"),
        nw.when(run).then(nw.max_horizontal("before", "fall")).alias("previous_day"),
        nw.when(is_last).then(row).alias("count_row"),
        nw.when(is_last).then(nw.col("good")).alias("last_reaches"),
        nw.when(nw.col("unseen")).then(row).alias("hidden_row"),
        nw.when(unclear).then(row).alias("unclear_count_row"),
    )
    least = (
        "recovery_day",
        "recovery_row",
        "second_count_day",
        "third_count_day",
        "previous_day",
        "count_row",
    )
    return (
        marked.group_by("patient_id")
        .agg(
            *(nw.col(name).min() for name in (*least, "last_reaches", "hidden_row", "unclear_count_row")),
            nw.col("fall").min().alias("fall_day"),
            DAY.max().alias("count_day"),
        )
        .with_columns((nw.col("recovery_row") - nw.col("recovery_day") * ROWS).alias("recovery_row"))
    )


def _transfused(records: Records) -> nw.LazyFrame[Any]:
    undated = nw.col("start_day").is_null()
    return (
        lazy(records, "treatments")
        .filter(nw.col("agent") == TRANSFUSION)
        .with_columns(nw.when(undated).then(ROW).alias("undated_transfusion_row"))
        .group_by("patient_id")
        .agg(nw.col("row").min().alias("transfused_row"), nw.col("undated_transfusion_row").min())
    )
