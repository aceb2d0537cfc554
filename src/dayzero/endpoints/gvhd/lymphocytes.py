"""Donor lymphocyte infusions: the first after day 0, and GVHD that came after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl

from dayzero.endpoints.deciding import NOTHING, cite_of
from dayzero.endpoints.frames import DAY, Pick, collect, lazy, reduce
from dayzero.endpoints.memo import remembered

if TYPE_CHECKING:
    from dayzero.records.model import Records

#: Mark in ``flags`` of GVHD that began after donor lymphocytes.
AFTER = "after_donor_lymphocytes"


def first_lymphocytes(records: Records) -> pl.DataFrame:
    """Return the first donor lymphocyte infusion after day 0, in transplants or in treatments.

    Returns
    -------
    polars.DataFrame
        ``patient_id``, ``dli_day``, ``dli_cited``.
    """
    return remembered(records, "donor lymphocytes", _lymphocytes)


def mark_after_lymphocytes(decided: pl.DataFrame, records: Records) -> pl.DataFrame:
    """Flag the events (cause 1) that came after the first donor lymphocyte infusion."""
    first = first_lymphocytes(records).select("patient_id", "dli_day")
    after = ((pl.col("cause") == 1) & (pl.col("dli_day") < pl.col("time"))).fill_null(value=False)
    both = pl.concat_str("flags", pl.lit(AFTER), separator=";").str.strip_chars(";")
    return (
        decided.join(first, on="patient_id", how="left")
        .with_columns(pl.when(after).then(both).otherwise("flags").alias("flags"))
        .drop("dli_day")
        .sort("patient_id")
    )


def _lymphocytes(records: Records) -> pl.DataFrame:
    cite = cite_of(records)
    found = []
    for table, day, column in (("transplants", "day", "type"), ("treatments", "start_day", "agent")):
        rows = lazy(records, table).select("patient_id", "row", nw.col(day).alias("day"), nw.col(column))
        first = collect(reduce(rows, [Pick("dli", (nw.col(column) == "DLI") & (DAY > 0))]))
        found.append(
            first.filter(pl.col("dli_day").is_not_null())
            .with_columns(pl.col("dli_day", "dli_row").cast(pl.Int64))
            .with_columns(cite(table, "dli_row").alias("dli_cited"))
        )
    whole = pl.concat(found).sort("patient_id", "dli_day", maintain_order=True)
    return (
        whole.unique("patient_id", keep="first", maintain_order=True)
        .drop("dli_row")
        .with_columns(pl.col("dli_cited").fill_null(NOTHING))
    )
