"""Transplant-associated thrombotic microangiopathy by the harmonised criteria, and whether its risk is high.

Schoettler et al., Transplant Cell Ther 2023;29:151 (PMC10119629), as reproduced in PMC11882261, table 3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from dayzero.endpoints.complication.evidence import Criterion, carried, told, unpacked
from dayzero.endpoints.complication.tma_features import (
    FEATURES,
    RECORDED,
    SIGNS,
    TOGETHER_DAYS,
    looked_for,
    tma_days,
)
from dayzero.endpoints.complication.tma_risk import high_risk
from dayzero.endpoints.course import course_of
from dayzero.endpoints.course_findings import Check, run
from dayzero.endpoints.deciding import choose, sentence
from dayzero.endpoints.derived_incidence import competing, complete
from dayzero.endpoints.frames import DAY, DENIED, HAPPENED, NOT_KNOWN, Pick, collect, largest, lazy, reduce
from dayzero.endpoints.memo import remembered
from dayzero.endpoints.statements import TARGETS, stated
from dayzero.errors import RefusalError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dayzero.endpoints.course import Course
    from dayzero.endpoints.definition import Definition, DerivedEndpoint
    from dayzero.endpoints.options import Options
    from dayzero.records.findings import Finding
    from dayzero.records.model import Records

LABEL = "TMA (harmonised 2023)"
#: Of the seven features, how many must stand together.
AT_LEAST = 4
_BIOPSY = r"biops|histolog|patholog|autops"
_DENIED_WORD = r"\b(?:no|not|without)\b"
_NEVER_DAY = -(2**30)


def derive_tma(definition: Definition, records: Records, options: Options) -> DerivedEndpoint:
    """Derive TMA: a biopsy, or four of seven features within 14 days, at two consecutive time points.

    A time point is a day on which a feature was found or looked for. Each feature stands by its latest
    result of the 14 days to it. The second time point must show four features by results later than the
    first, within 14 days of it, with no day between them on which fewer than four stand.

    Raises
    ------
    RefusalError
        When fewer than four features were looked for in anybody, and nobody has a biopsy.
    """
    course = course_of(records)
    whole = course.frame.select("patient_id").join(diagnosed(records), on="patient_id", how="left")
    whole = whole.join(_assessed(records, course), on="patient_id", how="left")
    event = pl.col("event_day")
    undated = "a feature, or the biopsy, has no day"
    few = f"fewer than {AT_LEAST} of the 7 features were looked for"
    if whole.height and whole.filter(event.is_not_null() | (pl.col("assessed") >= AT_LEAST)).is_empty():
        what = f"{definition.name} cannot be derived: {few} in every one of {whole.height} patients"
        instead = (
            "record LDH and sC5b-9 with their upper limits, haemoglobin, platelets and urine "
            "protein/creatinine "
            "in measurements, schistocytes and hypertension in events; or ask for TMA, as the centre "
            "recorded it"
        )
        raise RefusalError(what, instead=instead, source=definition.source)
    told_of = whole.with_columns(
        choose(
            [
                (event.is_null() & pl.col("sign_undated_row").is_not_null(), pl.lit(undated)),
                (event.is_null() & (pl.col("assessed") < AT_LEAST), pl.lit(few)),
            ],
            pl.lit(None, pl.String),
        ).alias("problem"),
        course.cite("events", "sign_undated_row").alias("problem_fact"),
        pl.format("{} of 7 features were looked for", "assessed").alias("beside"),
    )
    found = list(_findings(definition, course, records, whole))
    return competing(definition, course, complete(told_of), LABEL, options, found)


def diagnosed(records: Records) -> pl.DataFrame:
    """Return who met the criteria.

    Returns
    -------
    polars.DataFrame
        ``patient_id``, ``event_day``, ``told``, ``event_flags`` and ``high_risk``.
    """
    return remembered(records, "TMA harmonised 2023", _diagnosed)


def _diagnosed(records: Records) -> pl.DataFrame:
    cite = course_of(records).cite
    names = [sign.name for sign in SIGNS]
    by_features = unpacked(collect(_twice(records)), names)
    hidden = [
        pl.when(~pl.col(f"is_{number}"))
        .then(pl.lit(_NEVER_DAY))
        .otherwise(f"{sign.name}_on")
        .alias(f"{sign.name}_on")
        for number, signs in enumerate(FEATURES.values())
        for sign in signs
    ]
    criteria = tuple(Criterion(signs) for signs in FEATURES.values())
    features = by_features.with_columns(hidden).select(
        "patient_id",
        pl.col("day").cast(pl.Int64).alias("feature_day"),
        pl.concat_str(
            told(criteria, TOGETHER_DAYS, cite),
            pl.format("; at least 4 of 7 stood on day {} too", pl.col("first_point")),
        ).alias("feature_told"),
    )
    biopsies = collect(_biopsies(records)).with_columns(
        pl.col("biopsy_day", "biopsy_row").cast(pl.Int64),
    )
    both = features.join(biopsies, on="patient_id", how="full", coalesce=True)
    proven = pl.col("biopsy_day") <= pl.col("feature_day").fill_null(2**31)
    shown = sentence("biopsy-proven", cite("events", "biopsy_row"))
    dated = both.with_columns(
        pl.min_horizontal("biopsy_day", "feature_day").alias("event_day"),
        choose([(proven, shown)], pl.col("feature_told")).alias("told"),
        choose([(proven, pl.lit("proven"))], pl.lit("derived")).alias("event_flags"),
    )
    risk = high_risk(records, dated.select("patient_id", "event_day"), cite)
    flagged = dated.join(risk, on="patient_id", how="left").with_columns(
        pl.concat_str("event_flags", pl.when("high_risk").then(pl.lit(";high risk")).otherwise(pl.lit(""))),
        pl.concat_str("told", pl.concat_str(pl.lit("; high risk: "), "risk_told").fill_null("")).alias(
            "told"
        ),
    )
    return flagged.select("patient_id", "event_day", "told", "event_flags", "high_risk").sort("patient_id")


def _twice(records: Records) -> nw.LazyFrame[Any]:
    """Return the first day on which four features stand for the second consecutive time."""
    asked = [looked_for(feature) for feature in FEATURES]
    names = [sign.name for sign in SIGNS]
    days = carried(tma_days(records), [*names, *asked])
    found_on = {
        number: largest(*(f"{sign.name}_on" for sign in signs))
        for number, signs in enumerate(FEATURES.values())
    }
    looked_on = {n: nw.col(f"{looked_for(feature)}_on") for n, feature in enumerate(FEATURES)}
    stands = {n: (on >= looked_on[n]) & (on >= DAY - TOGETHER_DAYS) for n, on in found_on.items()}
    days = days.with_columns(
        *(on.alias(f"on_{n}") for n, on in found_on.items()),
        *(is_it.alias(f"is_{n}") for n, is_it in stands.items()),
    )
    count = nw.sum_horizontal(*(nw.when(nw.col(f"is_{n}")).then(1).otherwise(0) for n in found_on))
    days = days.with_columns(count.alias("count")).with_columns(
        nw.when(nw.col("count") < AT_LEAST).then(1).otherwise(0).alias("few")
    )
    runs = days.with_columns(nw.col("few").cum_sum().over("patient_id", order_by="day").alias("run"))
    points = runs.filter(nw.col("count") >= AT_LEAST)
    first = points.select("patient_id", nw.col("run").alias("first_run"), DAY.alias("first_point"))
    since = nw.col("first_point")
    fresh = nw.sum_horizontal(
        *(nw.when(nw.col(f"is_{n}") & (nw.col(f"on_{n}") > since)).then(1).otherwise(0) for n in found_on)
    )
    pairs = points.join(first, on="patient_id", how="inner").filter(
        nw.col("run") == nw.col("first_run"), since < DAY, since >= DAY - TOGETHER_DAYS, fresh >= AT_LEAST
    )
    earliest = pairs.filter(DAY.min().over("patient_id") == DAY)
    return earliest.filter(since.max().over("patient_id") == since)


def _biopsied() -> nw.Expr:
    words = nw.concat_str([nw.col(n).fill_null("") for n in ("grade", "detail")], separator=" ")
    said = words.str.to_lowercase()
    return said.str.contains(_BIOPSY) & ~said.str.contains(_DENIED_WORD)


def _biopsies(records: Records) -> nw.LazyFrame[Any]:
    rows = lazy(records, "events").filter(nw.col("event") == "TMA", HAPPENED, _biopsied())
    return reduce(rows, [Pick("biopsy", DAY >= 0)]).filter(~nw.col("biopsy_day").is_null())


def _assessed(records: Records, course: Course) -> pl.DataFrame:
    """Return how many features were looked for at least once after day 0, and a feature without a day."""
    days = tma_days(records)
    asked = {feature: looked_for(feature) for feature in FEATURES}
    seen = collect(days.group_by("patient_id").agg(*(nw.col(column).max() for column in asked.values())))
    event = nw.col("event")
    rows = lazy(records, "events").filter(event.is_in(list(RECORDED.values())), (DAY >= 0) | DAY.is_null())
    picks = [
        pick
        for feature, code in RECORDED.items()
        for pick in (
            Pick(f"said_{feature}", (event == code) & (HAPPENED | DENIED), "any"),
            Pick(f"unknown_{feature}", (event == code) & NOT_KNOWN, "any"),
        )
    ]
    said = collect(reduce(rows, picks))
    features = [*RECORDED.values(), "refractory thrombocytopenia"]
    no_day = lazy(records, "events").filter(event.is_in([*features, "TMA"]), HAPPENED, DAY.is_null())
    no_day = no_day.filter((event != "TMA") | _biopsied())
    undated = collect(reduce(no_day, [Pick("sign_undated", DAY.is_null(), "any")]))
    whole = course.frame.select("patient_id").join(seen, on="patient_id", how="left")
    whole = whole.join(said, on="patient_id", how="left").join(undated, on="patient_id", how="left")
    told = []
    for feature, column in asked.items():
        was = pl.col(column).is_not_null()
        if feature in RECORDED:
            listed = bool(said[f"said_{feature}_row"].is_not_null().any())
            asked_here = (
                pl.col(f"unknown_{feature}_row").is_null() | pl.col(f"said_{feature}_row").is_not_null()
            )
            was = was | (pl.lit(listed) & asked_here)
        told.append(was.cast(pl.Int64))
    return whole.select(
        "patient_id", pl.sum_horizontal(told).alias("assessed"), pl.col("sign_undated_row").cast(pl.Int64)
    )


def _findings(
    definition: Definition, course: Course, records: Records, whole: pl.DataFrame
) -> Iterator[Finding]:
    said = stated(TARGETS["TMA"], records, course).frame
    both = said.join(whole, on="patient_id", how="left").filter(pl.col("first_day") == 0)
    both = both.with_columns(pl.coalesce("yes_row", "undated_row").alias("recorded_row"))
    derived, recorded = pl.col("event_day").is_not_null(), pl.col("recorded_row").is_not_null()
    anywhere = bool(both.select(recorded.any()).item())
    checks = [
        Check(
            "endpoints.tma_disagrees",
            "warning",
            recorded & ~derived,
            "events",
            "recorded_row",
            f"TMA is recorded, but what is recorded of its features does not meet the criteria of "
            f"{definition.name}; both are kept",
            "complete the features, or say 'biopsy' in detail where it was proven",
            definition.source,
        ),
        Check(
            "endpoints.tma_disagrees",
            "warning",
            derived & ~recorded & (pl.col("no_row").is_not_null() | pl.lit(anywhere)),
            "events",
            "no_row",
            "TMA (harmonised 2023) by its features on day {event_day}, but TMA is not recorded; both are "
            "kept",
            "check whether another cause explains the features, and record TMA or its absence",
            definition.source,
        ),
    ]
    yield from run(checks, both, course.places, definition.name)
