"""Whether TMA carries a high risk: any of six features within 14 days of the diagnosis.

Schoettler et al., Transplant Cell Ther 2023;29:151, as reproduced in PMC11882261, table 3. That the features
may be up to 14 days apart from the diagnosis is a judgement: the paper says concurrent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from dayzero.endpoints.complication.evidence import Sign
from dayzero.endpoints.complication.laboratory import above, at_least, multiple_of_limit, results
from dayzero.endpoints.complication.tma_features import TOGETHER_DAYS
from dayzero.endpoints.frames import DAY, HAPPENED, ROW, collect, lazy
from dayzero.endpoints.gvhd.grades import grade_readings
from dayzero.endpoints.gvhd.staging import graded_events

if TYPE_CHECKING:
    from dayzero.endpoints.deciding import Cite
    from dayzero.records.model import Records

_SIGNS = (
    Sign("ldh", "measurements", "LDH at least twice its upper limit"),
    Sign("urine", "measurements", "urine protein/creatinine of at least 1 mg/mg"),
    Sign("complement", "measurements", "sC5b-9 above its upper limit"),
    Sign("gvhd", "events", "acute GVHD grade II-IV"),
    Sign("infection", "events", "infection"),
    Sign("organ", "events", "organ dysfunction"),
)
#: Without a result of all of these near the diagnosis, a low risk cannot be told.
_RESULTS = ("ldh", "urine", "complement")
_LOWEST_KDIGO = r"kdigo ?(?:stage )?1|aki ?(?:stage )?1"


def high_risk(records: Records, diagnosed: pl.DataFrame, cite: Cite) -> pl.DataFrame:
    """Return whether TMA is of high risk.

    Parameters
    ----------
    records : Records
    diagnosed : polars.DataFrame
        ``patient_id`` and ``event_day`` of who has TMA.
    cite : Cite

    Returns
    -------
    polars.DataFrame
        ``patient_id``, ``high_risk`` (true; false only when LDH, urine protein and sC5b-9 were all measured
        near the diagnosis; else null) and ``risk_told``, the features, null when there is none.
    """
    facts = pl.concat([_collected(part, diagnosed) for part in (*_results(records), *_events(records))])
    near = facts.join(diagnosed, on="patient_id").filter(
        (pl.col("day") - pl.col("event_day")).abs() <= TOGETHER_DAYS
    )
    found = (
        near.filter("there")
        .sort("day", "row")
        .unique(["patient_id", "name"], keep="first", maintain_order=True)
    )
    order = {sign.name: number for number, sign in enumerate(_SIGNS)}
    words = {sign.name: sign.words for sign in _SIGNS}
    in_results = pl.col("name").is_in(list(_RESULTS))
    place = pl.when(in_results).then(cite("measurements", "row")).otherwise(cite("events", "row"))
    told = (
        found.with_columns(
            pl.col("name").replace_strict(order, return_dtype=pl.Int64).alias("order"),
            pl.format(
                "{} on day {}{}", pl.col("name").replace_strict(words, return_dtype=pl.String), "day", place
            ).alias("words"),
        )
        .sort("order")
        .group_by("patient_id", maintain_order=True)
        .agg(pl.col("words").str.join(", ").alias("risk_told"))
    )
    measured = near.filter(in_results).group_by("patient_id").agg(pl.col("name").n_unique().alias("measured"))
    whole = diagnosed.join(told, on="patient_id", how="left").join(measured, on="patient_id", how="left")
    all_measured = pl.col("measured") == len(_RESULTS)
    return whole.select(
        "patient_id",
        pl.when(pl.col("risk_told").is_not_null())
        .then(pl.lit(value=True))
        .when(all_measured)
        .then(pl.lit(value=False))
        .alias("high_risk"),
        "risk_told",
    )


def _collected(part: nw.LazyFrame[Any], diagnosed: pl.DataFrame) -> pl.DataFrame:
    rows = collect(part.filter(nw.col("patient_id").is_in(diagnosed["patient_id"].to_list())))
    return rows.select(
        "patient_id", pl.col("day", "row").cast(pl.Int64), "name", pl.col("there").fill_null(value=False)
    )


def _rows(part: nw.LazyFrame[Any], name: str, there: nw.Expr) -> nw.LazyFrame[Any]:
    dated = part.filter(~DAY.is_null())
    return dated.select(
        "patient_id", "day", ROW.alias("row"), nw.lit(name).alias("name"), there.alias("there")
    )


def _results(records: Records) -> list[nw.LazyFrame[Any]]:
    limit = {
        name: results(records, analyte)
        .with_columns(multiple_of_limit().alias("value"))
        .filter(~nw.col("value").is_null())
        for name, analyte in (("ldh", "LDH"), ("complement", "sC5b-9"))
    }
    return [
        _rows(limit["ldh"], "ldh", at_least(2.0)),
        _rows(results(records, "urine protein/creatinine"), "urine", at_least(1.0)),
        _rows(limit["complement"], "complement", above(1.0)),
    ]


def _events(records: Records) -> list[nw.LazyFrame[Any]]:
    event, yes = nw.col("event"), nw.lit(value=True)
    reaches, _, _ = grade_readings(event == "aGVHD", event == "")
    gvhd = graded_events(records).filter(event == "aGVHD", HAPPENED, reaches)
    events = lazy(records, "events").filter(HAPPENED)
    words = nw.concat_str(
        [nw.col(n).fill_null("") for n in ("grade", "detail")], separator=" "
    ).str.to_lowercase()
    organ = events.filter(event == "organ dysfunction", ~words.str.contains(_LOWEST_KDIGO))
    return [
        _rows(gvhd, "gvhd", yes),
        _rows(events.filter(event == "infection"), "infection", yes),
        _rows(organ, "organ", yes),
    ]
