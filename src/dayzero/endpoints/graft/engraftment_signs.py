"""Signs around the day of neutrophil engraftment, reduced to one row per patient on the engine.

Engraftment here is that of Spitzer 2001: the first of 2 consecutive counts of at least 0.5 x 10^9/L on
different days, after the fall; where the centre gives its own day, that day. Time is whole days: 96 hours
are 4 days.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from dayzero.endpoints.frames import DAY, HAPPENED, NOT_KNOWN, collect, lazy
from dayzero.endpoints.graft.counts import Limit, lazy_recoveries
from dayzero.endpoints.memo import remembered

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dayzero.endpoints.options import Options
    from dayzero.records.model import Records

_LIMIT = Limit("ANC", 0.5, unsupported=False, consecutive=2)
#: Spitzer: within 96 hours of engraftment, before or after it. Maiolino: from 24 hours before it.
SPITZER_DAYS = 4
MAIOLINO_BEFORE_DAYS = 1
#: An infection within this many days explains a temperature: a choice, not published.
INFECTION_DAYS = 3
#: The last value on or before day 0, at most this old, is the baseline of weight and creatinine: a choice.
BASELINE_DAYS = 30
#: Code of events to the name of a sign.
EVENTS = {
    "fever": "fever",
    "rash": "rash",
    "pulmonary oedema": "oedema",
    "pulmonary infiltrate": "infiltrate",
    "diarrhoea": "diarrhoea",
    "encephalopathy": "encephalopathy",
}
#: Minor signs that a value shows, by analyte.
MINORS = {
    "bilirubin": "bilirubin",
    "ALT": "transaminases",
    "AST": "transaminases",
    "creatinine": "creatinine",
    "weight": "weight",
}
_SIGNS = (
    *("high_fever", "open_fever", "fever", "wide_rash", "open_rash", "rash", "oedema", "infiltrate"),
    *("diarrhoea", "encephalopathy", "bilirubin", "transaminases", "creatinine", "weight"),
)
_MEASURED = tuple(dict.fromkeys(f"{name}_measured" for name in MINORS.values()))
_value, _analyte = nw.col("value"), nw.col("analyte")
_operator = nw.col("operator").fill_null("=")


def has_signs(records: Records) -> bool:
    """Return whether any major sign is recorded for anyone, as happened, denied or measured."""

    def look(made: Records) -> bool:
        told = lazy(made, "events").filter(nw.col("event").is_in(list(EVENTS)))
        values = lazy(made, "measurements").filter(_analyte.is_in(["temperature", "rash extent"]))
        return any(collect(frame.select("patient_id").head(1)).height for frame in (told, values))

    return remembered(records, "signs of engraftment syndrome", look)


def signs_of(records: Records, options: Options) -> pl.DataFrame:
    """Return the day of engraftment and the first day of each sign in the window of each set of criteria.

    Returns
    -------
    polars.DataFrame
        ``patient_id``, ``engrafted`` (day), and for ``spitzer`` and ``maiolino`` each sign as
        ``<criteria>_<sign>`` (its first day in the window). ``high_fever`` is 38.3 degrees C or more without
        an infection near it, ``fever`` 38.0 or the centre's own; ``open_fever`` is a fever whose height, and
        ``open_rash`` a rash whose extent was not measured that day. ``<criteria>_<minor>_measured`` says
        that a value can tell; ``unknown_<sign>`` (1) that the sign is recorded as unknown.
    """

    def make(made: Records) -> pl.DataFrame:
        engrafted = _engrafted(made, options)
        found = collect(_in_windows(_signs(made), engrafted, options))
        unknown = collect(_unknown(made))
        both = found.join(unknown, on="patient_id", how="full", coalesce=True)
        days = pl.selectors.exclude("patient_id")
        return both.with_columns(days.cast(pl.Int64)).sort("patient_id")

    return remembered(records, f"signs around engraftment {options}", make)


def _engrafted(records: Records, options: Options) -> nw.LazyFrame[Any]:
    """Return the day of engraftment: the centre's own, else by counts; the other way round if asked."""
    nothing = nw.lit(None, nw.Int64)
    counted = lazy_recoveries(records, _LIMIT, options).select(
        "patient_id", nw.col("recovery_day").cast(nw.Int64).alias("counted"), nothing.alias("given")
    )
    given = (
        lazy(records, "events")
        .filter(nw.col("event") == "neutrophil engraftment", HAPPENED, DAY >= 0)
        .select("patient_id", nothing.alias("counted"), DAY.alias("given"))
    )
    first, other = ("given", "counted") if options.engraftment_day == "given" else ("counted", "given")
    both = nw.concat([counted, given]).group_by("patient_id").agg(nw.col("counted", "given").min())
    return both.select(
        "patient_id",
        nw.when(~nw.col(first).is_null()).then(nw.col(first)).otherwise(nw.col(other)).alias("engrafted"),
    )


def _flag(condition: nw.Expr) -> nw.Expr:
    return nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0))


def _per_day(
    frame: nw.LazyFrame[Any], flags: Mapping[str, nw.Expr], names: tuple[str, ...]
) -> nw.LazyFrame[Any]:
    """Return one row per patient and day with a 1 for each flag that holds; flags not given are 0."""
    zero = nw.lit(0)
    made = [(_flag(flags[name]) if name in flags else zero).alias(name) for name in names]
    return frame.select("patient_id", "day", *made).group_by("patient_id", "day").agg(nw.col(*names).max())


def _signs(records: Records) -> nw.LazyFrame[Any]:
    """Return one row per patient and day after day 0 on which something was seen or measured."""
    told = {name: nw.col("event") == event for event, name in EVENTS.items()}
    events = lazy(records, "events").filter(nw.col("event").is_in(list(EVENTS)), HAPPENED, DAY >= 0)
    values, flags = _with_baseline(records), _values()
    names = tuple(dict.fromkeys((*told, *flags)))
    days = nw.concat([_per_day(events, told, names), _per_day(values, flags, names)])
    days = days.group_by("patient_id", "day").agg(nw.col(*names).max())
    days = days.join(_near_infection(days, records), on=["patient_id", "day"], how="left")
    own, explained = nw.col("fever") == 1, nw.col("infected").fill_null(0) == 1
    hot, warm = nw.col("hot") == 1, nw.col("warm") == 1
    fever = own | (warm & ~explained)
    return days.with_columns(
        _flag(hot & (own | ~explained)).alias("high_fever"),
        _flag(own & (nw.col("temperature_measured") == 0)).alias("open_fever"),
        _flag((nw.col("rash") == 1) & (nw.col("extent_measured") == 0)).alias("open_rash"),
        _flag((nw.col("rash") == 1) | (nw.col("some_rash") == 1)).alias("rash"),
        _flag(fever).alias("fever"),
    )


def _values() -> dict[str, nw.Expr]:
    """Return the signs that a value shows, and whether a value can tell."""
    at_least = _operator.is_in(["=", "≥", ">"])
    usable = at_least | _operator.is_in(["<", "≤"])
    multiple = nw.col("multiple")
    temperature, extent = _analyte == "temperature", _analyte == "rash extent"
    liver = _analyte.is_in(["ALT", "AST"])
    flags = {
        "hot": temperature & at_least & (_value >= 38.3),
        "warm": temperature & at_least & (_value >= 38.0),
        "temperature_measured": temperature & usable,
        "wide_rash": extent
        & ((_operator.is_in(["=", "≥", ">"]) & (_value > 25)) | ((_operator == ">") & (_value >= 25))),
        "some_rash": extent & at_least & (_value > 0),
        "extent_measured": extent & usable,
        "bilirubin": (_analyte == "bilirubin") & at_least & (_value >= 2),
        "bilirubin_measured": _analyte == "bilirubin",
        "transaminases": liver & at_least & (multiple >= 2),
        "transaminases_measured": liver & ~multiple.is_null(),
    }
    # Tenths of a percent as whole numbers, so that exactly 2.5% more is 2.5% more.
    for name, factor in (("creatinine", 2000), ("weight", 1025)):
        here, known = _analyte == name, ~nw.col("baseline").is_null()
        enough = (_value * 1000).round(6) >= (nw.col("baseline") * factor).round(6)
        flags[name] = here & at_least & known & enough
        flags[f"{name}_measured"] = here & known
    return flags


def _with_baseline(records: Records) -> nw.LazyFrame[Any]:
    """Return values after day 0 with their ``baseline`` and ``multiple`` (of the upper limit)."""
    wanted = ("temperature", "rash extent", *MINORS)
    rows = lazy(records, "measurements").filter(_analyte.is_in(list(wanted)), ~_value.is_null())
    before = rows.filter(_analyte.is_in(["creatinine", "weight"]), DAY.is_between(-BASELINE_DAYS, 0))
    before = before.filter(_operator == "=")
    last = before.with_columns((DAY.max().over("patient_id", "analyte") == DAY).alias("is_last"))
    baseline = (
        last.filter(nw.col("is_last")).group_by("patient_id", "analyte").agg(_value.min().alias("baseline"))
    )
    limit = nw.col("upper_limit")
    multiple = (
        nw.when(nw.col("unit") == "xULN").then(_value).otherwise(nw.when(limit > 0).then(_value / limit))
    )
    return (
        rows.filter(DAY > 0)
        .join(baseline, on=["patient_id", "analyte"], how="left")
        .with_columns(multiple.alias("multiple"))
    )


def _near_infection(days: nw.LazyFrame[Any], records: Records) -> nw.LazyFrame[Any]:
    """Return the days of raised temperature that an infection explains."""
    infections = (
        lazy(records, "events")
        .filter(nw.col("event") == "infection", HAPPENED, ~DAY.is_null())
        .select("patient_id", DAY.alias("infection_day"))
    )
    away = nw.col("infection_day") - DAY
    return (
        days.filter(nw.col("warm") == 1)
        .select("patient_id", "day")
        .join(infections, on="patient_id", how="inner")
        .filter(away.is_between(-INFECTION_DAYS, INFECTION_DAYS))
        .group_by("patient_id", "day")
        .agg(nw.col("infection_day").min())
        .select("patient_id", "day", nw.lit(1).alias("infected"))
    )


def _in_windows(
    signs: nw.LazyFrame[Any], engrafted: nw.LazyFrame[Any], options: Options
) -> nw.LazyFrame[Any]:
    """Return the day of engraftment and, for each set of criteria, the first day of each sign."""
    away = DAY - nw.col("engrafted")
    windows = {
        "spitzer": away.is_between(-SPITZER_DAYS, SPITZER_DAYS),
        "maiolino": away.is_between(-MAIOLINO_BEFORE_DAYS, options.maiolino_days),
    }
    names = (*_SIGNS, *_MEASURED)
    marked = engrafted.join(signs, on="patient_id", how="left").with_columns(
        nw.when(window & (nw.col(name) == 1)).then(DAY).alias(f"{criteria}_{name}")
        for criteria, window in windows.items()
        for name in names
    )
    return marked.group_by("patient_id").agg(
        nw.col("engrafted").min(),
        *(nw.col(f"{criteria}_{name}").min() for criteria in windows for name in names),
    )


def watched(records: Records) -> pl.DataFrame:
    """Return the patients of whom some sign is recorded, as happened, denied, unknown or measured."""
    told = lazy(records, "events").filter(nw.col("event").is_in(list(EVENTS)))
    values = lazy(records, "measurements").filter(_analyte.is_in(["temperature", "rash extent"]))
    both = nw.concat([told.select("patient_id", "row"), values.select("patient_id", "row")])
    return collect(both.group_by("patient_id").agg(nw.col("row").min())).select("patient_id")


def _unknown(records: Records) -> nw.LazyFrame[Any]:
    """Return which signs are recorded as unknown."""
    rows = lazy(records, "events").filter(nw.col("event").is_in(list(EVENTS)), NOT_KNOWN)
    flags = {f"unknown_{name}": _flag(nw.col("event") == event) for event, name in EVENTS.items()}
    marked = rows.with_columns(flag.alias(name) for name, flag in flags.items())
    return marked.group_by("patient_id").agg(nw.col(*flags).max())
