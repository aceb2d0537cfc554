"""The course of every relapse after transplant, one row a patient: day, site, antigen, salvages, outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl

from dayzero.endpoints.course import course_of
from dayzero.endpoints.deciding import joined, number
from dayzero.endpoints.frames import DAY, HAPPENED, choose, collect, lazy
from dayzero.endpoints.leukaemia.relapse_site import marrow_blasts, site_class
from dayzero.endpoints.leukaemia.salvage import first_salvage, salvages
from dayzero.endpoints.memo import remembered
from dayzero.endpoints.outcome.survival import DEAD, first_relapses

if TYPE_CHECKING:
    from dayzero.records.model import Records

_LOST = r"cd ?19.?(?:neg|loss|lost|dim|low)|loss of cd ?19"
_KEPT = r"cd ?19.?pos|cd ?19 ?\+"


def antigen_at_relapse(detail: nw.Expr) -> nw.Expr:
    """Return ``positive`` or ``negative`` (lost or dim) as the words beside a relapse say of CD19."""
    said = detail.str.to_lowercase()
    return choose(
        [(said.str.contains(_KEPT), nw.lit("positive")), (said.str.contains(_LOST), nw.lit("negative"))],
        nw.lit(None, nw.String),
    )


def relapse_course(records: Records) -> pl.DataFrame:
    """Return one row for each patient who relapsed after transplant, for a listing.

    Parameters
    ----------
    records : Records

    Returns
    -------
    polars.DataFrame
        Sorted by ``patient_id``. ``relapse_day`` (from day 0), ``relapse_site`` (as recorded),
        ``relapse_site_class``, ``cd19`` (null when not recorded), ``first_salvage`` (``none recorded``; null
        when not known), ``salvages`` (all, in order, each with its day: ``CAR T (day 430)``), ``outcome``
        (``dead``, ``alive``), ``outcome_day`` and ``days_after_relapse``, null when not known.
    """
    course = course_of(records)
    relapsed = first_relapses(records, course).filter(
        pl.col("relapse_day").is_not_null(), pl.col("first_day") == 0
    )
    listed = (
        salvages(records)
        .with_columns(joined(pl.col("kind"), " (day ", number("day"), ")").alias("told"))
        .group_by("patient_id", maintain_order=True)
        .agg(pl.col("told").str.join(", ").alias("salvages"))
    )
    death = pl.coalesce("death_day", "undated_death_row").is_not_null()
    last = pl.coalesce("death_day", pl.max_horizontal("contact_day", "relapse_day"))
    seen = pl.when(~death | DEAD).then(last)
    return (
        relapsed.join(at_relapse(records), on="patient_id", how="left")
        .join(first_salvage(records).drop("relapse_day"), on="patient_id", how="left")
        .join(listed, on="patient_id", how="left")
        .select(
            "patient_id",
            "relapse_day",
            "relapse_site",
            "relapse_site_class",
            "cd19",
            "first_salvage",
            "salvages",
            pl.when(death).then(pl.lit("dead")).otherwise(pl.lit("alive")).alias("outcome"),
            seen.cast(pl.Int64).alias("outcome_day"),
            (seen - pl.col("relapse_day")).alias("days_after_relapse"),
        )
        .sort("patient_id")
    )


def at_relapse(records: Records) -> pl.DataFrame:
    """Return what was recorded of the first relapse after transplant: class of site, and CD19.

    Returns
    -------
    polars.DataFrame
        ``patient_id``, ``relapse_site_class``, ``cd19``.
    """
    return remembered(records, "at relapse", _at_relapse)


def _at_relapse(records: Records) -> pl.DataFrame:
    rows = lazy(records, "events").filter(nw.col("event") == "relapse", HAPPENED, DAY > 0)
    first = rows.filter(DAY.min().over("patient_id") == DAY).select("patient_id", "day", "site", "detail")
    blasts = marrow_blasts(records)
    found = collect(first.join(blasts, on=["patient_id", "day"], how="left"))
    # One relapse may stand in several rows, one for each site.
    whole = found.group_by("patient_id").agg(
        pl.col("site").cast(pl.String).sort().str.join("; "),
        pl.col("detail").cast(pl.String).sort().str.join("; "),
        pl.col("blasts").cast(pl.Float64).max(),
    )
    told = nw.from_native(whole).with_columns(
        site_class(nw.col("site"), nw.col("blasts")).alias("relapse_site_class"),
        antigen_at_relapse(nw.col("detail")).alias("cd19"),
    )
    return told.to_native().select("patient_id", "relapse_site_class", "cd19").sort("patient_id")
