"""Blinatumomab before transplant, cycle by cycle, with the MRD before the first and after each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl

from dayzero.endpoints.frames import DAY, collect, lazy
from dayzero.endpoints.leukaemia.agents import against_leukaemia
from dayzero.endpoints.leukaemia.measures import mrd_class
from dayzero.endpoints.leukaemia.mrd import ranked_results
from dayzero.endpoints.memo import remembered

if TYPE_CHECKING:
    from dayzero.endpoints.options import Options
    from dayzero.records.model import Records

#: A later row of the same cycle number within so many days continues the cycle: a step of the dose, or a bag
#: after an interruption. A cycle is 28 days of infusion (label).
SAME_CYCLE_DAYS = 35
#: How old a sample may be that speaks for MRD before blinatumomab. A judgement.
BEFORE_DAYS = 42
_AGENT = "blinatumomab"


def cycles(records: Records) -> pl.DataFrame:
    """Return the cycles of blinatumomab that began before day 0.

    Returns
    -------
    polars.DataFrame
        A row a cycle, in order: ``patient_id``, ``number`` (1 for the patient's first), ``start_day``,
        ``stop_day`` and ``infusion_days`` (calendar days, the first and the last included; null when a last
        day is not recorded), ``dose`` and
        ``indication`` (distinct, in order), ``row``, and ``until_day``: the next treatment of the leukaemia
        after it, or day 0.
    """
    return remembered(records, "blinatumomab cycles", _cycles)


def _cycles(records: Records) -> pl.DataFrame:
    before = lazy(records, "treatments").filter(nw.col("start_day") < 0)
    columns = ("patient_id", "start_day", "stop_day", "dose", "unit", "indication", "cycle", "row")
    rows = collect(before.filter(nw.col("agent") == _AGENT).select(*columns)).with_columns(
        pl.col("start_day", "stop_day", "cycle", "row").cast(pl.Int64),
        pl.col("patient_id", "unit", "indication").cast(pl.String),
        pl.col("dose").cast(pl.Float64),
    )
    found = _numbered(rows.sort("patient_id", "start_day", "row"))
    others = collect(
        before.filter(against_leukaemia()).select("patient_id", nw.col("start_day").alias("next_day"))
    ).with_columns(pl.col("patient_id").cast(pl.String), pl.col("next_day").cast(pl.Int64))
    following = (
        found.select("patient_id", "number", "start_day", "last_start")
        .join(others, on="patient_id")
        .filter(pl.col("next_day") > pl.col("last_start"))
        .group_by("patient_id", "number")
        .agg(pl.col("next_day").min().alias("until_day"))
    )
    whole = found.join(following, on=["patient_id", "number"], how="left").drop("last_start")
    return whole.with_columns(pl.col("until_day").fill_null(0)).sort("patient_id", "number")


def _numbered(rows: pl.DataFrame) -> pl.DataFrame:
    """Put the rows of one cycle together, and number the cycles of each patient."""
    previous = pl.col("cycle").shift(1).over("patient_id")
    gap = pl.col("start_day") - pl.col("start_day").shift(1).over("patient_id")
    continues = (gap == 0) | ((pl.col("cycle") == previous) & (gap <= SAME_CYCLE_DAYS))
    begins = ~continues.fill_null(value=False)
    dose = pl.concat_str([pl.col("dose").round(3).cast(pl.String).str.strip_suffix(".0"), "unit"],
                         separator=" ", ignore_nulls=True)  # fmt: skip
    lasted = pl.col("stop_day") - pl.col("start_day") + 1
    known = pl.col("stop_day").is_not_null().all()
    return (
        rows.with_columns(
            begins.cast(pl.Int64).cum_sum().over("patient_id").alias("number"),
            pl.when(pl.col("dose").is_not_null()).then(dose).alias("told"),
        )
        .group_by("patient_id", "number", maintain_order=True)
        .agg(
            pl.col("start_day").min(),
            pl.col("start_day").max().alias("last_start"),
            pl.when(known).then(pl.col("stop_day").max()).alias("stop_day"),
            pl.when(known).then(lasted.sum()).alias("infusion_days"),
            pl.col("told").drop_nulls().unique(maintain_order=True).str.join(", then ").alias("dose"),
            pl.col("indication").drop_nulls().unique(maintain_order=True).str.join("; "),
            pl.col("row").min(),
        )
        .with_columns(pl.col("dose", "indication").replace("", None))
    )


def mrd_around(records: Records, options: Options) -> pl.DataFrame:
    """Return the MRD before the first cycle and after each cycle.

    Before: the last result in the 42 days to the first day of the first cycle. After a cycle: the last result
    later than its first day, up to the first day of the next treatment of the leukaemia or day 0.

    Returns
    -------
    polars.DataFrame
        ``patient_id``, ``number`` (0: before the first cycle), ``mrd_day``, ``mrd_class`` (at the cut-off of
        the options: 0 unclear, 1 negative, 2 positive) and ``mrd_rank`` (place in
        :data:`~dayzero.endpoints.leukaemia.mrd.RANKED`); only those with a result.
    """
    return remembered(records, f"MRD around blinatumomab {options}", lambda made: _around(made, options))


def _around(records: Records, options: Options) -> pl.DataFrame:
    own = cycles(records)
    results = _results(records, options)
    first = own.filter(pl.col("number") == 1).select(
        "patient_id",
        pl.lit(0, pl.Int64).alias("number"),
        (pl.col("start_day") - BEFORE_DAYS).alias("from_day"),
        pl.col("start_day").alias("to_day"),
    )
    after = own.select(
        "patient_id",
        pl.col("number").cast(pl.Int64),
        (pl.col("start_day") + 1).alias("from_day"),
        pl.col("until_day").alias("to_day"),
    )
    inside = (
        pl.concat([first, after])
        .join(results, on="patient_id")
        .filter(pl.col("mrd_day").is_between(pl.col("from_day"), pl.col("to_day")))
    )
    return (
        inside.filter(pl.col("mrd_day") == pl.col("mrd_day").max().over("patient_id", "number"))
        .group_by("patient_id", "number")
        .agg(pl.col("mrd_day").max(), pl.col("mrd_class").max(), pl.col("mrd_rank").max())
        .sort("patient_id", "number")
    )


def _results(records: Records, options: Options) -> pl.DataFrame:
    rows = ranked_results(records).filter(DAY <= 0)
    treated = lazy(records, "treatments").filter(nw.col("agent") == _AGENT, nw.col("start_day") < 0)
    told = (
        rows.join(treated.select("patient_id").unique(), on="patient_id", how="semi")
        .with_columns(mrd_class(options.mrd_negative_below).alias("mrd_class"))
        .filter(~nw.col("mrd_class").is_null() | ~nw.col("mrd_rank").is_null())
        .select("patient_id", DAY.alias("mrd_day"), "mrd_class", "mrd_rank")
    )
    return collect(told).with_columns(
        pl.col("patient_id").cast(pl.String), pl.col("mrd_day", "mrd_class", "mrd_rank").cast(pl.Int64)
    )
