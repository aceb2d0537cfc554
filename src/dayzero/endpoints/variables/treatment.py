"""What was given before transplant: blinatumomab, inotuzumab, the last systemic therapy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from dayzero.endpoints.course_findings import Check
from dayzero.endpoints.definition import Variable
from dayzero.endpoints.frames import choose, lazy, words
from dayzero.endpoints.leukaemia.agents import (
    CONDITIONING_DAYS,
    against_leukaemia,
    local,
    taken_as_conditioning,
)
from dayzero.endpoints.variables.family import Family

if TYPE_CHECKING:
    from dayzero.records.model import Records

_BEFORE = (
    "a course that started before day 0; not known when no treatment of the leukaemia before day 0 is "
    "recorded"
)
_NOTES = (
    Variable("blinatumomab", "Blinatumomab before transplant", "yes/no", source=_BEFORE),
    Variable("inotuzumab", "Inotuzumab before transplant", "yes/no", source=_BEFORE),
    Variable(
        "last_therapy",
        "Last systemic therapy before transplant",
        "category",
        source="the systemic treatment of the leukaemia that started last before day 0 (of several, the one "
        "that stopped last); conditioning, radiotherapy, intrathecal therapy, transfusions, growth factors, "
        "agents against infection and other support are not counted; steroids are when their indication is "
        "the leukaemia; fludarabine, cyclophosphamide or etoposide without an indication in the "
        f"{CONDITIONING_DAYS} days before day 0 count as conditioning",
    ),
    Variable(
        "blinatumomab_cycles",
        "Blinatumomab cycles before transplant",
        "number",
        source="different start days, or the highest cycle number if larger",
    ),
    Variable("blinatumomab_indication", "Purpose of blinatumomab", "category", source="of the last course"),
    Variable(
        "days_blinatumomab_to_transplant",
        "Interval from blinatumomab to transplant",
        "number",
        unit="days",
        source="last day of the last course to day 0",
    ),
)
_CHECKS = (
    Check(
        "endpoints.last_therapy_tie",
        "warning",
        pl.col("_last_agents") > 1,
        "treatments",
        "_last_row",
        "{_last_agents} systemic treatments started on the same last day before transplant; last therapy is "
        "taken as "
        "'{last_therapy}'",
        "check the start and stop days",
    ),
    Check(
        "endpoints.conditioning_assumed",
        "note",
        pl.col("_assumed_conditioning_row").is_not_null(),
        "treatments",
        "_assumed_conditioning_row",
        f"the course starts in the {CONDITIONING_DAYS} days before transplant and has no indication; it is "
        "taken as conditioning, not as the last therapy",
        "write the indication, such as conditioning",
    ),
    Check(
        "endpoints.blinatumomab_past_day_0",
        "warning",
        pl.col("_blinatumomab_stop") > 0,
        "treatments",
        "_blinatumomab_row",
        "the last blinatumomab course before transplant stops on day {_blinatumomab_stop}; the interval to "
        "transplant "
        "counts as not known",
        "correct the day",
    ),
)


#: Stands for a course without a stop day: it may be the one that stopped last.
_OPEN = 2**31


def treatment_families(records: Records) -> tuple[Family, ...]:
    """Return what was given before day 0."""
    everything = lazy(records, "treatments").filter(nw.col("start_day") < 0)
    before = everything.filter(against_leukaemia())
    return (
        Family(_received(everything.filter(against_leukaemia() | local())), _NOTES[:2]),
        Family(_last_therapy(before), _NOTES[2:3], _CHECKS[:1]),
        Family(_assumed_conditioning(everything), (), _CHECKS[1:2]),
        Family(_blinatumomab(everything), _NOTES[3:], _CHECKS[2:]),
    )


def _received(before: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    named = {name: nw.col("agent") == name for name in ("blinatumomab", "inotuzumab")}
    return (
        before.with_columns(
            nw.when(is_it).then(nw.lit(1)).otherwise(nw.lit(0)).alias(name) for name, is_it in named.items()
        )
        .group_by("patient_id")
        .agg(*(nw.col(name).max() for name in named))
        .with_columns((nw.col(name) == 1).alias(name) for name in named)
    )


def _last_therapy(before: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    start, stop = nw.col("start_day"), nw.col("_stop")
    last = (
        before.filter(start == start.max().over("patient_id"))
        .with_columns(nw.col("stop_day").fill_null(_OPEN).alias("_stop"))
        .with_columns(stop.max().over("patient_id").alias("_latest"))
    )
    latest = nw.when((stop == nw.col("_latest")) | (nw.col("_latest") == _OPEN)).then(nw.col("agent"))
    low, high = nw.col("_low"), nw.col("_high")
    return (
        last.with_columns(latest.alias("_low"), latest.alias("_high"))
        .group_by("patient_id")
        .agg(
            low.min(),
            high.max(),
            nw.col("agent").n_unique().alias("_last_agents"),
            nw.col("row").min().alias("_last_row"),
        )
        .with_columns(
            choose(
                [(low == high, low), (nw.col("_last_agents") == 2, words(low, " + ", high))],
                words(low, " + others"),
            ).alias("last_therapy")
        )
        .drop("_low", "_high")
    )


def _assumed_conditioning(everything: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    rows = everything.filter(taken_as_conditioning())
    return rows.group_by("patient_id").agg(nw.col("row").min().alias("_assumed_conditioning_row"))


def _blinatumomab(before: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    start = nw.col("start_day")
    last = nw.col("_last")
    stop = nw.col("_blinatumomab_stop")
    return (
        before.filter(nw.col("agent") == "blinatumomab")
        .with_columns((start == start.max().over("patient_id")).alias("_last"))
        .with_columns(
            nw.when(last).then(nw.col("stop_day")).alias("_blinatumomab_stop"),
            nw.when(last).then(nw.col("row")).alias("_blinatumomab_row"),
            nw.when(last).then(nw.col("indication")).alias("blinatumomab_indication"),
        )
        .group_by("patient_id")
        .agg(
            start.n_unique().alias("_starts"),
            nw.col("cycle").max().alias("_cycle"),
            stop.max(),
            nw.col("_blinatumomab_row").min(),
            nw.col("blinatumomab_indication").min(),
        )
        .with_columns(
            nw.max_horizontal("_starts", "_cycle").cast(nw.Int64).alias("blinatumomab_cycles"),
            nw.when(stop <= 0).then(0 - stop).alias("days_blinatumomab_to_transplant"),
        )
        .drop("_starts", "_cycle")
    )
