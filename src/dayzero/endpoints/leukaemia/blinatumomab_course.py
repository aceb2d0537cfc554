"""Each patient's blinatumomab before transplant in one row, for a table of prior therapy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from dayzero.endpoints.deciding import joined, number
from dayzero.endpoints.leukaemia.blinatumomab import cycles, mrd_around
from dayzero.endpoints.leukaemia.mrd import RANKED
from dayzero.endpoints.options import STANDARD

if TYPE_CHECKING:
    from dayzero.endpoints.options import Options
    from dayzero.records.model import Records


def blinatumomab_course(records: Records, options: Options = STANDARD) -> pl.DataFrame:
    """Return one row for each patient who was given blinatumomab before transplant.

    Parameters
    ----------
    records : Records
    options : Options
        The cut-off of MRD.

    Returns
    -------
    polars.DataFrame
        Sorted by ``patient_id``: ``cycles``, ``first_day`` and ``last_day`` (from day 0; the last null when
        not recorded), ``infusion_days``, ``dose`` and ``indication`` (distinct, in order),
        ``days_to_transplant`` (from the last day to day 0, null when not known or after it), ``mrd_before``,
        and ``mrd_after`` (each cycle's status in words: ``1: undetectable; 2: not recorded``).
    """
    own = cycles(records)
    around = mrd_around(records, options).with_columns(
        pl.col("mrd_rank")
        .replace_strict(dict(enumerate(RANKED)), return_dtype=pl.String)
        .fill_null("unknown")
        .alias("told")
    )
    before = around.filter(pl.col("number") == 0).select("patient_id", pl.col("told").alias("mrd_before"))
    # A course whose last day is not recorded leaves the interval open.
    last = pl.when(pl.col("stop_day").is_not_null().all()).then(pl.col("stop_day").max())
    return (
        own.with_columns(pl.col("number").cast(pl.Int64))
        .join(around.select("patient_id", "number", "told"), on=["patient_id", "number"], how="left")
        .with_columns(joined(number("number"), ": ", pl.col("told").fill_null("not recorded")).alias("told"))
        .group_by("patient_id", maintain_order=True)
        .agg(
            pl.len().cast(pl.Int64).alias("cycles"),
            pl.col("start_day").min().alias("first_day"),
            last.alias("last_day"),
            pl.when(pl.col("infusion_days").is_not_null().all())
            .then(pl.col("infusion_days").sum())
            .alias("infusion_days"),
            pl.col("dose").drop_nulls().unique(maintain_order=True).str.join("; "),
            pl.col("indication").drop_nulls().unique(maintain_order=True).str.join("; "),
            pl.col("told").str.join("; ").alias("mrd_after"),
        )
        .join(before, on="patient_id", how="left")
        .with_columns(
            pl.col("dose", "indication").replace("", None),
            pl.when(pl.col("last_day") <= 0).then(-pl.col("last_day")).alias("days_to_transplant"),
        )
        .select(
            "patient_id",
            "cycles",
            "first_day",
            "last_day",
            "infusion_days",
            "dose",
            "indication",
            "days_to_transplant",
            "mrd_before",
            "mrd_after",
        )
        .sort("patient_id")
    )
