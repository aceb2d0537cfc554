"""The signs of VOD/SOS by day: what the criteria of every system are made of.

Bilirubin in mg/dL (34.2 umol/L are 2 mg/dL), weight against the last one on or before day 0, and the signs
that the centre recorded in events. Only what is there after day 0 counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from dayzero.endpoints.complication.evidence import Sign, by_day
from dayzero.endpoints.complication.laboratory import at_least, before_transplant, highest_of_day, results
from dayzero.endpoints.frames import DAY, HAPPENED, collect, lazy
from dayzero.endpoints.memo import remembered

if TYPE_CHECKING:
    from dayzero.records.model import Records

#: mg/dL.
BILIRUBIN = 2.0
#: Days within which a rise of bilirubin is seen: 72 hours.
RISE_DAYS = 3
HVPG = 10.0

REFRACTORY = Sign("refractory", "events", "refractory thrombocytopenia")
GAIN = Sign("gain", "events", "weight gain despite diuretics")
HEPATOMEGALY = Sign("hepatomegaly", "events", "hepatomegaly")
PAINFUL = Sign("painful", "events", "painful hepatomegaly")
ASCITES = Sign("ascites", "events", "ascites")
ULTRASOUND = Sign("ultrasound", "events", "suggestive ultrasound or elastography")
HISTOLOGY = Sign("histology", "events", "histology")
WEIGHT_2 = Sign("weight_2", "measurements", "weight more than 2% over baseline")
WEIGHT_5 = Sign("weight_5", "measurements", "weight more than 5% over baseline")
WEIGHT_AT_5 = Sign("weight_at_5", "measurements", "weight at least 5% over baseline")
BILIRUBIN_2 = Sign("bilirubin_2", "measurements", "bilirubin of at least 2 mg/dL")
BILIRUBIN_ABOVE_2 = Sign("bilirubin_above_2", "measurements", "bilirubin above 2 mg/dL")
BILIRUBIN_TO_2 = Sign("bilirubin_to_2", "measurements", "bilirubin risen to at least 2 mg/dL within 72 hours")
BILIRUBIN_RISING = Sign("bilirubin_rising", "measurements", "bilirubin rising on 3 consecutive days")
GRADIENT = Sign("gradient", "measurements", "hepatic venous pressure gradient of at least 10 mmHg")

SIGNS = (
    REFRACTORY,
    GAIN,
    HEPATOMEGALY,
    PAINFUL,
    ASCITES,
    ULTRASOUND,
    HISTOLOGY,
    WEIGHT_2,
    WEIGHT_5,
    WEIGHT_AT_5,
    BILIRUBIN_2,
    BILIRUBIN_ABOVE_2,
    BILIRUBIN_TO_2,
    BILIRUBIN_RISING,
    GRADIENT,
)
NAMES = tuple(sign.name for sign in SIGNS)
#: Event of the table of events that shows each recorded sign.
EVENTS = {
    "refractory": "refractory thrombocytopenia",
    "gain": "weight gain",
    "hepatomegaly": "hepatomegaly",
    "painful": "hepatomegaly",
    "ascites": "ascites",
    "ultrasound": "liver ultrasound",
}
_HISTOLOGY = r"biops|histolog|patholog|autops"
_DENIED = r"\b(?:no|not|without|painless)\b"
_value, _row = nw.col("value"), nw.col("row")


def vod_days(records: Records) -> nw.LazyFrame[Any]:
    """Return one row per patient and day after day 0 on which any sign of VOD/SOS is there.

    The days are found where the data is, once; there are few.
    """
    return nw.from_native(remembered(records, "signs of VOD", _days).lazy())


def _days(records: Records) -> pl.DataFrame:
    gradient = results(records, "HVPG").filter(DAY >= 0, at_least(HVPG))
    parts = [
        _recorded(records),
        gradient.select("patient_id", "day", _row.alias("gradient")),
        _weights(records),
        _bilirubin(records),
    ]
    nothing = nw.all_horizontal(*(nw.col(name).is_null() for name in NAMES), ignore_nulls=False)
    days = collect(by_day(parts, NAMES).filter(~nothing))
    return days.with_columns(pl.exclude("patient_id").cast(pl.Int64)).sort("patient_id", "day")


def _recorded(records: Records) -> nw.LazyFrame[Any]:
    event = nw.col("event")
    words = nw.concat_str(nw.col("grade").fill_null(""), nw.lit(" "), nw.col("detail").fill_null(""))
    said = words.str.to_lowercase()
    shown = {name: event == code for name, code in EVENTS.items()}
    shown["painful"] = shown["painful"] & said.str.contains("pain|tender") & ~said.str.contains(_DENIED)
    shown["histology"] = (event == "VOD") & said.str.contains(_HISTOLOGY) & ~said.str.contains(_DENIED)
    rows = lazy(records, "events").filter(event.is_in([*EVENTS.values(), "VOD"]), HAPPENED, DAY >= 0)
    return rows.select(
        "patient_id", "day", *(nw.when(is_it).then(_row).alias(name) for name, is_it in shown.items())
    )


def _weights(records: Records) -> nw.LazyFrame[Any]:
    """Compare each weight with the last on or before day 0; without that, weight tells nothing."""
    rows = results(records, "weight")
    compared = highest_of_day(rows).join(before_transplant(rows, "baseline"), on="patient_id", how="inner")
    percent, base = _value * 100, nw.col("baseline")
    return compared.select(
        "patient_id",
        "day",
        nw.when(percent > base * 102).then(_row).alias("weight_2"),
        nw.when(percent > base * 105).then(_row).alias("weight_5"),
        nw.when(percent >= base * 105).then(_row).alias("weight_at_5"),
    )


def bilirubin_by_day(records: Records) -> nw.LazyFrame[Any]:
    """Return the highest bilirubin of each day with the three days of results before it, and baseline.

    Days before day 0 are there to be compared with; ``baseline`` is the last bilirubin on or before day 0.
    """
    return remembered(records, "bilirubin by day", _bilirubin_by_day)


def _bilirubin_by_day(records: Records) -> nw.LazyFrame[Any]:
    rows = results(records, "bilirubin")
    daily = highest_of_day(rows, since=-7, bound_below=BILIRUBIN)
    before = {
        f"{what}_{n}": nw.col(what).shift(n).over("patient_id", order_by="day")
        for n in (1, 2, 3)
        for what in ("day", "value")
    }
    return daily.with_columns(**before).join(before_transplant(rows, "baseline"), on="patient_id", how="left")


def _bilirubin(records: Records) -> nw.LazyFrame[Any]:
    daily = bilirubin_by_day(records).filter(DAY >= 0)
    lower = [(nw.col(f"day_{n}") >= DAY - RISE_DAYS) & (nw.col(f"value_{n}") < BILIRUBIN) for n in (1, 2, 3)]
    risen = (
        lower[0].fill_null(value=False) | lower[1].fill_null(value=False) | lower[2].fill_null(value=False)
    )
    rising = (
        (nw.col("day_1") == DAY - 1)
        & (nw.col("day_2") == DAY - 2)
        & (nw.col("value_1") < _value)
        & (nw.col("value_2") < nw.col("value_1"))
        & (nw.col("value_3") < nw.col("value_2"))
    )
    return daily.select(
        "patient_id",
        "day",
        nw.when(_value >= BILIRUBIN).then(_row).alias("bilirubin_2"),
        nw.when(_value > BILIRUBIN).then(_row).alias("bilirubin_above_2"),
        nw.when((_value >= BILIRUBIN) & risen).then(_row).alias("bilirubin_to_2"),
        nw.when(rising).then(_row).alias("bilirubin_rising"),
    )
