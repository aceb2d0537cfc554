"""The disease before transplant: relapses, their timing and site, and MRD."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from dayzero.endpoints.catalogue.words import fraction
from dayzero.endpoints.course_findings import Check
from dayzero.endpoints.definition import Variable
from dayzero.endpoints.frames import BEFORE_TRANSPLANT, DAY, HAPPENED, choose, lazy
from dayzero.endpoints.leukaemia.measures import MRD_NEGATIVE, MRD_POSITIVE, last_mrd
from dayzero.endpoints.leukaemia.relapse_site import marrow_blasts
from dayzero.endpoints.variables.family import Family
from dayzero.endpoints.variables.relapse_risk import RELAPSE_RISK_NOTES

if TYPE_CHECKING:
    from dayzero.endpoints.options import Options
    from dayzero.records.model import Records

_BFM = "World J Hematol 2014;3(3):49-70, table 2, doi 10.5315/wjh.v3.i3.49 (BFM/IntReALL)"
_ALGERI = "Algeri et al., Haematologica 2025;110(3):596-607"
DAYS_IN_MONTH = 30.4375
VERY_EARLY_MONTHS = 18
_LATE_MONTHS = 6

_RELAPSE_NOTES = (
    Variable(
        "relapses_before_transplant",
        "Relapses before transplant",
        "number",
        source="relapse rows on or before day 0, and those without a day that say 'before transplant'",
    ),
    Variable(
        "relapse_timing",
        "Timing of first relapse",
        "category",
        source=f"{_BFM}: very early before 18 months from diagnosis; else early before 6 months after the "
        "end of first-line therapy; else late; not known without both days",
    ),
    Variable("months_to_first_relapse", "Diagnosis to first relapse", "number", unit="months", source=_BFM),
    Variable("relapse_site", "Site of first relapse", "category"),
)


def _mrd_note(options: Options) -> Variable:
    return Variable(
        "mrd_before_transplant",
        "MRD before transplant",
        "category",
        source=f"last result within {options.mrd_window_days} days before day 0, negative below "
        f"{fraction(options.mrd_negative_below)} ({_ALGERI}); unknown: the result or the sensitivity of the "
        "assay cannot tell",
    )


RELAPSE_CHECKS = (
    Check(
        "endpoints.remission_and_relapses_disagree",
        "warning",
        pl.col("relapses_before_transplant") != pl.col("remission_number") - 1,
        "transplants",
        "_transplant_row",
        "remission number {remission_number} at transplant, but {relapses_before_transplant} relapses "
        "before it",
        "correct the remission, or add or remove a relapse",
        "CIBMTR, ALL response criteria: number of remissions = prior relapses + 1",
    ),
    Check(
        "endpoints.relapse_before_diagnosis",
        "error",
        pl.col("months_to_first_relapse") < 0,
        "events",
        "_first_relapse_row",
        "the first relapse is earlier than diagnosis; its timing is not derived",
        "correct one of the two days",
    ),
)


def relapse_family(records: Records) -> Family:
    """Return the relapses before transplant; timing waits for the days of diagnosis and end of first line."""
    relapse = (nw.col("event") == "relapse") & HAPPENED
    said_before = nw.col("detail").fill_null("").str.to_lowercase().str.contains(BEFORE_TRANSPLANT)
    undated = DAY.is_null()
    events = lazy(records, "events").filter(relapse).filter((DAY <= 0) | undated)
    rows = events.join(marrow_blasts(records), on=["patient_id", "day"], how="left")
    first = nw.col("_first")
    frame = (
        rows.with_columns(DAY.min().over("patient_id").alias("_first"))
        .with_columns(
            nw.when(~undated | said_before).then(nw.lit(1)).otherwise(nw.lit(0)).alias("_relapses"),
            nw.when(undated & ~said_before).then(nw.lit(1)).alias("_unplaced"),
            nw.when(undated & said_before).then(nw.lit(1)).alias("_undated"),
            nw.when(first == DAY).then(nw.col("site")).alias("relapse_site"),
            nw.when(first == DAY).then(nw.col("blasts")).alias("_relapse_blasts"),
            nw.when(first == DAY).then(nw.col("row")).alias("_first_relapse_row"),
        )
        .group_by("patient_id")
        .agg(
            first.min().alias("_first_relapse_day"),
            nw.col("_relapses").sum(),
            nw.col("_unplaced").max(),
            nw.col("_undated").max(),
            nw.col("relapse_site").min(),
            nw.col("relapse_site").max().alias("_last_site"),
            nw.col("_relapse_blasts").max(),
            nw.col("_first_relapse_row").min(),
        )
    )
    return Family(frame, (*_RELAPSE_NOTES, *RELAPSE_RISK_NOTES), RELAPSE_CHECKS)


def with_relapse_timing(joined: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Add what needs both relapses and other tables: their number, and the timing of the first.

    Timing (BFM): very early less than 18 months from diagnosis; else early less than 6 months after the end
    of first-line therapy; else late. It needs both days; an earlier relapse without a day leaves it open.
    """
    count = nw.col("_relapses").cast(nw.Int64)
    in_first = nw.col("remission_number") == 1
    relapse, undated = nw.col("_first_relapse_day"), nw.col("_undated")
    months = _months(relapse - nw.col("_diagnosis_day"))
    since_end = _months(relapse - nw.col("_first_line_end_day"))
    first_known = undated.is_null() & nw.col("_unplaced").is_null()
    return joined.with_columns(
        choose(
            [
                (~nw.col("_unplaced").is_null(), nw.lit(None, nw.Int64)),
                (count > 0, count),
                (in_first, nw.lit(0)),
            ],
            nw.lit(None, nw.Int64),
        ).alias("relapses_before_transplant"),
        nw.when(first_known).then(months).alias("months_to_first_relapse"),
        nw.when(first_known & (months >= 0) & ~since_end.is_null())
        .then(
            choose(
                [
                    (months < VERY_EARLY_MONTHS, nw.lit("very early")),
                    (since_end < _LATE_MONTHS, nw.lit("early")),
                ],
                nw.lit("late"),
            )
        )
        .alias("relapse_timing"),
        nw.when(first_known).then(nw.col("relapse_site")).alias("relapse_site"),
    )


def _months(days: nw.Expr) -> nw.Expr:
    return days.cast(nw.Float64) / nw.lit(DAYS_IN_MONTH, nw.Float64)


def mrd_family(records: Records, options: Options) -> Family:
    """Return the last MRD before transplant in words: negative, positive, unknown or not done."""
    grade = nw.col("mrd_class")
    words = choose(
        [
            (grade == MRD_NEGATIVE, nw.lit("negative")),
            (grade == MRD_POSITIVE, nw.lit("positive")),
            (~grade.is_null(), nw.lit("unknown")),
            (~nw.col("mrd_not_done_row").is_null(), nw.lit("not done")),
        ],
        nw.lit(None, nw.String),
    )
    frame = last_mrd(records, options).select(
        "patient_id",
        words.alias("mrd_before_transplant"),
        grade.alias("_mrd_class"),
        nw.col("mrd_unstated_row").alias("_mrd_unstated_row"),
    )
    return Family(frame, (_mrd_note(options),))
