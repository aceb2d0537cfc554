"""Each patient's treatment of the leukaemia before transplant in one row, for a table of prior therapy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl

from dayzero.endpoints.deciding import joined, number
from dayzero.endpoints.frames import DAY, collect, lazy
from dayzero.endpoints.leukaemia.agents import against_leukaemia

if TYPE_CHECKING:
    from dayzero.records.model import Records

_EARLIER = ("allogeneic", "autologous", "syngeneic")
_TRANSPLANT = "transplant"


def prior_therapy(records: Records) -> pl.DataFrame:
    """Return one row for each patient with a treatment of the leukaemia recorded before day 0.

    Support, conditioning and what is given in one place are none
    (:mod:`dayzero.endpoints.leukaemia.agents`). A transplant before day 0 is one.

    Parameters
    ----------
    records : Records

    Returns
    -------
    polars.DataFrame
        Sorted by ``patient_id``: ``lines`` (the highest line recorded, null when none is), ``courses`` (how
        many), ``agents`` (distinct, in order of their first day) and ``therapy`` (courses of one agent and
        line in one piece: ``line 1: chemotherapy (day -800 to -204)``).
    """
    given = pl.concat([_treatments(records), _transplants(records)]).sort("start", "agent", "line", "row")
    pieces = (
        given.group_by("patient_id", "line", "agent", maintain_order=True)
        .agg(pl.col("start").min(), pl.col("stop").max(), pl.len().alias("courses"))
        .with_columns(_told().alias("told"))
    )
    whole = pieces.group_by("patient_id", maintain_order=True).agg(
        pl.col("line").max().alias("lines"),
        pl.col("courses").sum().cast(pl.Int64),
        pl.col("agent").unique(maintain_order=True).str.join(", ").alias("agents"),
        pl.col("told").str.join("; ").alias("therapy"),
    )
    return whole.sort("patient_id")


def _told() -> pl.Expr:
    line = pl.when(pl.col("line").is_not_null()).then(joined("line ", number("line"), ": "))
    courses = pl.when(pl.col("courses") > 1).then(joined(" x", number("courses")))
    end = pl.when(pl.col("stop") > pl.col("start")).then(joined(" to ", number("stop")))
    return joined(line, pl.col("agent"), courses, " (day ", number("start"), end, ")")


def _treatments(records: Records) -> pl.DataFrame:
    rows = lazy(records, "treatments").filter(nw.col("start_day") < 0, against_leukaemia())
    return _frame(
        rows.select(
            "patient_id",
            nw.col("start_day").alias("start"),
            nw.col("stop_day").alias("stop"),
            "agent",
            "line",
            "row",
        )
    )


def _transplants(records: Records) -> pl.DataFrame:
    kind = nw.col("type")
    rows = lazy(records, "transplants").filter(DAY < 0, kind.is_in(_EARLIER))
    found = _frame(
        rows.select(
            "patient_id",
            nw.col("day").alias("start"),
            nw.lit(None, nw.Int64).alias("stop"),
            kind.alias("agent"),
            nw.lit(None, nw.Int64).alias("line"),
            "row",
        )
    )
    return found.with_columns(pl.col("agent") + f" {_TRANSPLANT}")


def _frame(rows: nw.LazyFrame[pl.LazyFrame]) -> pl.DataFrame:
    return collect(rows).select(
        pl.col("patient_id").cast(pl.String),
        pl.col("start").cast(pl.Int64),
        pl.col("stop").cast(pl.Int64),
        pl.col("agent").cast(pl.String),
        pl.col("line").cast(pl.Int64),
        pl.col("row").cast(pl.Int64),
    )
