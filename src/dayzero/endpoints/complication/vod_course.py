"""The worst of VOD/SOS after its diagnosis: what its severity is told from, one row per patient."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from dayzero.endpoints.complication import vod_signs as sign
from dayzero.endpoints.complication.laboratory import (
    before_transplant,
    highest_of_day,
    multiple_of_limit,
    results,
)
from dayzero.endpoints.complication.vod import SYSTEMS, met_days
from dayzero.endpoints.complication.vod_severity import adult_severity, paediatric_severity
from dayzero.endpoints.frames import DAY, HAPPENED, choose, collect, lazy
from dayzero.endpoints.memo import remembered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dayzero.endpoints.complication.vod_severity import Ascites, Category, Coagulation, Support, Version
    from dayzero.endpoints.options import Options
    from dayzero.records.model import Records

PAEDIATRIC, ADULT = "VOD_paediatric_EBMT2018", "VOD_adult_EBMT2023"
#: Days within which bilirubin doubles: 48 hours.
_DOUBLING_DAYS = 2
_WORDS = nw.concat_str(
    [nw.col(name).fill_null("") for name in ("grade", "site", "detail")], separator=" "
).str.to_lowercase()
_EVENTS = (
    "refractory thrombocytopenia",
    "ascites",
    "coagulopathy",
    "respiratory support",
    "encephalopathy",
    "organ dysfunction",
)
_ORGANS = {
    "kidney": r"kidney|renal",
    "lung": r"lung|pulmon|respirat",
    "heart": r"heart|cardi",
    "liver": r"liver|hepat",
    "brain": r"brain|cns|neuro|cerebr",
}
#: What is kept of each patient: the highest of each (GFR and the first day with their signs turned).
_HIGHEST = (
    "bilirubin",
    "transaminases",
    "weight",
    "creatinine",
    "doubling",
    "ascites",
    "coagulation",
    "support",
    "cns",
    "failure",
    "minus_gfr",
    "minus_first",
    "last",
    *_ORGANS,
)
_ASCITES: dict[int, Ascites] = {1: "minimal", 2: "moderate", 3: "paracentesis"}
_COAGULATION: dict[int, Coagulation] = {1: "impaired", 2: "replaced"}
_SUPPORT: dict[int, Support] = {1: "low oxygen", 2: "oxygen", 3: "ventilation"}
_FAILING = 2


def severities(name: str, records: Records, options: Options) -> pl.DataFrame:
    """Return the severity of each patient who met the criteria.

    Parameters
    ----------
    name : {"VOD_paediatric_EBMT2018", "VOD_adult_EBMT2023"}
    records : Records
    options : Options

    Returns
    -------
    polars.DataFrame
        ``patient_id``, and ``severity`` (paediatric) or ``EBMT2023`` and ``EBMT2016`` (adult); null when the
        findings recorded do not give one. The worst from the first sign to ``vod_severity_days`` after the
        diagnosis counts.
    """
    return remembered(records, f"severity {name} {options}", lambda made: _severities(name, made, options))


def _severities(name: str, records: Records, options: Options) -> pl.DataFrame:
    worst = _worst(name, records, options)
    if name == PAEDIATRIC:
        told = {"severity": [_child(row) for row in worst.iter_rows(named=True)]}
    else:
        versions: tuple[Version, ...] = ("EBMT2023", "EBMT2016")
        told = {v: [_adult(v, row) for row in worst.iter_rows(named=True)] for v in versions}
    return worst.select("patient_id").with_columns(pl.Series(n, w, pl.String) for n, w in told.items())


def _child(row: dict[str, Any]) -> Category | None:
    raised_before = (row["bilirubin_before"] or 0) >= sign.BILIRUBIN
    return paediatric_severity(
        transaminases=row["transaminases"],
        refractory_days=_refractory_days(row),
        bilirubin=None if raised_before else row["bilirubin"],
        ascites=_ASCITES.get(row["ascites"]),
        doubling=bool(row["doubling"]),
        coagulation=_COAGULATION.get(row["coagulation"]),
        gfr=None if row["minus_gfr"] is None else -row["minus_gfr"],
        support=_SUPPORT.get(row["support"]),
        cognitive_impairment=bool(row["cns"]),
        organ_failure=_failing(row),
    )


def _adult(version: Version, row: dict[str, Any]) -> Category | None:
    return adult_severity(
        version,
        days_to_diagnosis=row["diagnosis_day"] - row["onset_day"],
        bilirubin=row["bilirubin"],
        doubling=bool(row["doubling"]),
        transaminases=row["transaminases"],
        weight=row["weight"],
        creatinine=row["creatinine"],
        organ_failure=_failing(row),
    )


def _refractory_days(row: dict[str, Any]) -> int | None:
    """Return the days from the first to the last row; one row alone tells no duration."""
    if row["last"] is None or row["last"] == -row["minus_first"]:
        return None
    return int(1 + row["last"] + row["minus_first"])


def _failing(row: dict[str, Any]) -> bool:
    return bool(row["failure"]) or sum(bool(row[organ]) for organ in _ORGANS) >= _FAILING


def _worst(name: str, records: Records, options: Options) -> pl.DataFrame:
    """Return the worst finding of each kind from the first sign to the end of the window."""
    diagnosed = _diagnosed(name, records, options)
    if diagnosed.is_empty():
        return diagnosed.with_columns(
            pl.lit(None, pl.Float64).alias(n) for n in (*_HIGHEST, "bilirubin_before")
        )
    found, before = remembered(records, f"course of VOD {options}", lambda made: _course(made, options))
    facts = found.join(diagnosed, on="patient_id")
    last = pl.col("diagnosis_day") + options.vod_severity_days
    inside = facts.filter(pl.col("day") >= pl.col("onset_day"), pl.col("day") <= last)
    worst = inside.group_by("patient_id").agg(pl.col(n).max() for n in _HIGHEST)
    whole = diagnosed.join(worst, on="patient_id", how="left")
    return whole.join(before, on="patient_id", how="left").sort("patient_id")


def _course(records: Records, options: Options) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return each fact of whoever met the criteria of either table, and their bilirubin before transplant."""
    ids = pl.concat([_diagnosed(name, records, options)["patient_id"] for name in (PAEDIATRIC, ADULT)])
    concerned = nw.col("patient_id").is_in(ids.unique(maintain_order=True).to_list())
    kinds = (
        _bilirubin(records),
        _liver(records),
        *_against_baseline(records),
        _gfr(records),
        _signs(records),
    )
    numbers = pl.exclude("patient_id").cast(pl.Float64)
    parts = [collect(part.filter(concerned)).with_columns(numbers) for part in kinds]
    before = before_transplant(results(records, "bilirubin"), "bilirubin_before").filter(concerned)
    return pl.concat(parts, how="diagonal"), collect(before)


def _diagnosed(name: str, records: Records, options: Options) -> pl.DataFrame:
    """Return the day of diagnosis and of the first sign that led to it."""
    return remembered(records, f"onset of {name} {options}", lambda made: _onset(name, made, options))


def _onset(name: str, records: Records, options: Options) -> pl.DataFrame:
    found = met_days(name, records, options).select("patient_id", DAY.alias("diagnosis_day"))
    names = {one.name for criterion in SYSTEMS[name].criteria for one in criterion.signs}
    shown = ~nw.all_horizontal(*(nw.col(n).is_null() for n in sorted(names)), ignore_nulls=False)
    since = nw.col("diagnosis_day") - options.vod_together_days
    first = (
        sign.vod_days(records)
        .filter(shown)
        .join(found, on="patient_id", how="inner")
        .filter(since <= DAY, nw.col("diagnosis_day") >= DAY)
        .group_by("patient_id")
        .agg(DAY.min().alias("first_sign"))
    )
    onset = nw.col("first_sign").fill_null(2**30)
    both = found.join(first, on="patient_id", how="left").select(
        "patient_id", "diagnosis_day", nw.min_horizontal("diagnosis_day", onset).alias("onset_day")
    )
    return collect(both)


def _bilirubin(records: Records) -> nw.LazyFrame[Any]:
    value = nw.col("value")
    doubled = [
        (nw.col(f"day_{n}") >= DAY - _DOUBLING_DAYS) & (value >= nw.col(f"value_{n}") * 2) for n in (1, 2)
    ]
    twice = nw.any_horizontal(*doubled, ignore_nulls=True)
    return sign.bilirubin_by_day(records).select(
        "patient_id",
        "day",
        value.alias("bilirubin"),
        nw.when(twice).then(1).otherwise(0).alias("doubling"),
    )


def _liver(records: Records) -> nw.LazyFrame[Any]:
    return results(records, "ALT", "AST").select(
        "patient_id", "day", multiple_of_limit().alias("transaminases")
    )


def _against_baseline(records: Records) -> Iterator[nw.LazyFrame[Any]]:
    """Yield weight in percent over baseline, and creatinine as a multiple of it."""
    for analyte in ("weight", "creatinine"):
        rows = results(records, analyte)
        base = before_transplant(rows, "baseline").filter(nw.col("baseline") > 0)
        ratio = nw.col("value") * 100 / nw.col("baseline")
        told = ratio - 100 if analyte == "weight" else ratio / 100
        compared = highest_of_day(rows).join(base, on="patient_id", how="inner")
        yield compared.select("patient_id", "day", told.alias(analyte))


def _gfr(records: Records) -> nw.LazyFrame[Any]:
    return results(records, "GFR").select("patient_id", "day", (nw.col("value") * -1).alias("minus_gfr"))


def _signs(records: Records) -> nw.LazyFrame[Any]:
    """Read the words of the recorded signs; a word that is not known tells nothing."""
    event = nw.col("event")
    nothing = nw.lit(None, nw.Int64)
    organ = event == "organ dysfunction"
    refractory = event == "refractory thrombocytopenia"

    def read(code: str, *levels: tuple[str, int]) -> nw.Expr:
        return choose(
            [((event == code) & _WORDS.str.contains(words), nw.lit(level)) for words, level in levels],
            nothing,
        )

    return (
        lazy(records, "events")
        .filter(event.is_in(list(_EVENTS)), HAPPENED, DAY >= 0)
        .select(
            "patient_id",
            "day",
            nw.when(refractory).then(DAY * -1).alias("minus_first"),
            nw.when(refractory).then(DAY).alias("last"),
            read("ascites", ("paracent|drain", 3), ("moderate", 2), ("minimal|mild|small|trace", 1)).alias(
                "ascites"
            ),
            read("coagulopathy", ("replac|factor|plasma|ffp|concentrate", 2), ("", 1)).alias("coagulation"),
            read(
                "respiratory support",
                ("ventil|cpap|bipap|intubat", 3),
                (r"(?:<|less than|up to) ?2 ?l|\b[01](?:\.[0-9]+)? ?l", 1),
                (r"high[- ]?flow|\b(?:[2-9]|[1-9][0-9])(?:\.[0-9]+)? ?l", 2),
            ).alias("support"),
            nw.when((event == "encephalopathy") | (organ & _WORDS.str.contains(_ORGANS["brain"])))
            .then(1)
            .alias("cns"),
            nw.when(organ & _WORDS.str.contains(r"multi|\bmof\b|\bmod\b")).then(1).alias("failure"),
            *(
                nw.when(organ & _WORDS.str.contains(words)).then(1).alias(name)
                for name, words in _ORGANS.items()
            ),
        )
    )
