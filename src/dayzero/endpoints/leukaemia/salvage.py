"""What was done after a relapse that followed transplant: each salvage, in order, with its day.

A patient must live until a salvage to receive it, so that who had which is known on its first day only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl

from dayzero.endpoints.course import course_of
from dayzero.endpoints.frames import DAY, choose, collect, lazy
from dayzero.endpoints.leukaemia.agents import against_leukaemia, taken_as_conditioning
from dayzero.endpoints.memo import remembered
from dayzero.endpoints.outcome.survival import first_relapses

if TYPE_CHECKING:
    from dayzero.records.model import Records

CAR_T, INOTUZUMAB, BLINATUMOMAB = "CAR T", "inotuzumab", "blinatumomab"
CHEMOTHERAPY, SECOND_TRANSPLANT, LYMPHOCYTES = "chemotherapy", "second transplant", "DLI"
OTHER, NONE = "other", "none recorded"

_AGENT = nw.col("agent").fill_null("").str.to_lowercase()
_CYTOTOXIC = (
    r"chemo|vincristin|doxorubicin|daunorubicin|idarubicin|mitoxantron|cytarabin|clofarabin|nelarabin"
    r"|fludarabin|cyclophosphamid|ifosfamid|etoposid|methotrexat|mercaptopurin|thioguanin|asparaginas|\bflag"
)
#: After transplant these treat GVHD or EBV at least as often as leukaemia: without an indication, not told.
_EITHER = r"ruxolitinib|rituximab|ibrutinib"
_ANOTHER = ("allogeneic", "autologous", "syngeneic")
_COLUMNS = ("patient_id", "day", "stop_day", "kind", "agent", "table", "row")


def salvages(records: Records) -> pl.DataFrame:
    """Return every salvage after a relapse that followed transplant.

    Support, conditioning and lymphodepletion are none; nor is what began before the relapse. Radiotherapy,
    kinase inhibitors and what has no name here are ``other``.

    Returns
    -------
    polars.DataFrame
        A row a course: ``patient_id``, ``day`` (first, from day 0), ``stop_day``, ``kind``, ``agent``,
        ``table`` and ``row``; sorted by patient, day and kind.
    """
    return remembered(records, "salvages", _salvages)


def _salvages(records: Records) -> pl.DataFrame:
    relapses = first_relapses(records, course_of(records)).filter(pl.col("relapse_day").is_not_null())
    relapses = relapses.select("patient_id", pl.col("relapse_day").cast(pl.Float64))
    found = pl.concat([_treatments(records), _transplants(records)])
    after = found.join(relapses, on="patient_id").filter(pl.col("day") >= pl.col("relapse_day"))
    return after.select(_COLUMNS).sort("patient_id", "day", "kind", "row")


def _treatments(records: Records) -> pl.DataFrame:
    kind = choose(
        [
            (_AGENT.str.contains(r"\bcar[ -]?t\b|leucel"), nw.lit(CAR_T)),
            (_AGENT.str.contains("inotuzumab"), nw.lit(INOTUZUMAB)),
            (_AGENT.str.contains("blinatumomab"), nw.lit(BLINATUMOMAB)),
            (_AGENT.str.contains(r"\bdli\b|donor lymphocyte"), nw.lit(LYMPHOCYTES)),
            (_AGENT.str.contains(_CYTOTOXIC), nw.lit(CHEMOTHERAPY)),
        ],
        nw.lit(OTHER),
    )
    rows = lazy(records, "treatments").filter(nw.col("start_day") > 0)
    counted = (against_leukaemia() & ~_not_told()) | _AGENT.str.contains("radiotherapy")
    return _frame(
        rows.filter(counted).select(
            "patient_id",
            nw.col("start_day").alias("day"),
            "stop_day",
            kind.alias("kind"),
            "agent",
            nw.lit("treatments").alias("table"),
            "row",
        )
    )


def _not_told() -> nw.Expr:
    """Return whether a drug may be salvage or something else, and no indication says which."""
    silent = nw.col("indication").fill_null("") == ""
    return taken_as_conditioning() | (_AGENT.str.contains(_EITHER) & silent)


def _transplants(records: Records) -> pl.DataFrame:
    kind = nw.col("type")
    rows = lazy(records, "transplants").filter(DAY > 0)
    again = choose([(kind.is_in(_ANOTHER), nw.lit(SECOND_TRANSPLANT))], nw.lit(LYMPHOCYTES))
    return _frame(
        rows.filter(kind.is_in([*_ANOTHER, "DLI"])).select(
            "patient_id",
            "day",
            nw.lit(None, nw.Int64).alias("stop_day"),
            again.alias("kind"),
            kind.alias("agent"),
            nw.lit("transplants").alias("table"),
            "row",
        )
    )


def _frame(rows: nw.LazyFrame[pl.LazyFrame]) -> pl.DataFrame:
    return collect(rows).select(
        "patient_id",
        pl.col("day").cast(pl.Int64),
        pl.col("stop_day").cast(pl.Int64),
        pl.col("kind").cast(pl.String),
        pl.col("agent").cast(pl.String),
        pl.col("table").cast(pl.String),
        pl.col("row").cast(pl.Int64),
    )


def first_salvage(records: Records) -> pl.DataFrame:
    """Return the first salvage of each patient who relapsed after transplant.

    Of several on its day all are named. ``none recorded`` needs that treatments after a relapse are recorded
    for some patient: else nothing is known of anybody's. A drug that is also used for something else
    (to prepare a transplant, against GVHD or EBV), given without an indication, leaves it open when nothing
    else is recorded.

    Returns
    -------
    polars.DataFrame
        ``patient_id``, ``relapse_day``, ``first_salvage`` (null when not known), ``salvage_day``,
        ``salvage_table``, ``salvage_row``.
    """
    return remembered(records, "first salvage", _first_salvage)


def _first_salvage(records: Records) -> pl.DataFrame:
    relapsed = first_relapses(records, course_of(records)).filter(pl.col("relapse_day").is_not_null())
    given = salvages(records)
    first = (
        given.filter(pl.col("day") == pl.col("day").min().over("patient_id"))
        .group_by("patient_id", maintain_order=True)
        .agg(
            pl.col("kind").unique(maintain_order=True).str.join(" + ").alias("first_salvage"),
            pl.col("day").first().alias("salvage_day"),
            pl.col("table").first().alias("salvage_table"),
            pl.col("row").first().alias("salvage_row"),
        )
    )
    silent = pl.lit(NONE if given.height else None, pl.String)
    unclear = _unclear(records)
    return (
        relapsed.select("patient_id", "relapse_day")
        .join(first, on="patient_id", how="left")
        .join(unclear, on="patient_id", how="left")
        .with_columns(
            pl.when(pl.col("first_salvage").is_null() & (pl.col("unclear_day") >= pl.col("relapse_day")))
            .then(pl.lit(None, pl.String))
            .otherwise(pl.coalesce("first_salvage", silent))
            .alias("first_salvage")
        )
        .drop("unclear_day")
        .sort("patient_id")
    )


def _unclear(records: Records) -> pl.DataFrame:
    """Return the last day of a drug that may be salvage or something else."""
    rows = lazy(records, "treatments").filter(nw.col("start_day") > 0)
    found = collect(
        rows.filter(_not_told()).group_by("patient_id").agg(nw.col("start_day").max().alias("unclear_day"))
    )
    return found.with_columns(pl.col("patient_id").cast(pl.String), pl.col("unclear_day").cast(pl.Int64))
