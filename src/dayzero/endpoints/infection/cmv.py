"""Clinically significant and refractory CMV infection, from PCR, treatment and recorded disease.

Clinically significant: viraemia that leads to pre-emptive therapy, or CMV disease (Marty et al., N Engl J
Med 2017; PMC8285358). Refractory: a rise of more than 1 log10 in the same assay after at least 2 weeks of
therapy (Chemaly et al., Clin Infect Dis 2019; the wording was not checked against that paper).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from dayzero.endpoints.assemble import Instead
from dayzero.endpoints.course import course_of
from dayzero.endpoints.deciding import choose, number, sentence
from dayzero.endpoints.derived_incidence import competing, complete
from dayzero.endpoints.frames import DAY, HAPPENED, ROW, ROWS, Pick, collect, lazy, reduce
from dayzero.endpoints.infection.organisms import CMV
from dayzero.endpoints.infection.viral import (
    BELOW,
    NOT_TESTED,
    POSITIVE,
    first_positive,
    observed,
    refuse_untested,
    surveillance,
    tests,
)
from dayzero.endpoints.memo import remembered
from dayzero.records.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dayzero.endpoints.course import Course
    from dayzero.endpoints.definition import Definition, DerivedEndpoint
    from dayzero.endpoints.options import Options
    from dayzero.records.model import Records

ANALYTE = "CMV DNA"
_UNDATED = Instead("CMV disease is known to have happened, but not when,", "record its day")
_AGENTS = ("ganciclovir", "valganciclovir", "foscarnet", "maribavir")
#: Given for CMV only where the indication says so.
_ALSO_FOR_OTHERS = ("cidofovir",)
_NOT_FOR_CMV = r"prophyla|adeno|\badv\b|hhv|herpes|hsv|vzv|varicella|zoster|\bbk\b|polyoma"
_DISEASE = r"disease|pneumon|colitis|enteritis|gastr|o?esophag|retinit|hepatitis|encephal|\blungs?\b"
r"|\bgut\b|\beyes?\b"
_NO_DISEASE = r"\b(?:no|not|without)\b[^,;.]*(?:disease|organ)"
#: Days before the start of therapy in which a positive PCR speaks for it (a judgement of this project).
VIRAEMIA_DAYS = 14
#: Therapy that stops for no more than this goes on.
_PAUSE_DAYS = 7
_FIRST_WEEK, _TWO_WEEKS, _LOG10 = 7, 14, 10.0


def derive_significant(definition: Definition, records: Records, options: Options) -> DerivedEndpoint:
    """Derive clinically significant CMV infection: pre-emptive therapy for viraemia, or CMV disease.

    Raises
    ------
    RefusalError
        When nobody was tested by PCR, or the results are of several parts of the blood.
    """
    course = course_of(records)
    found = first_positive(definition.name, records, ANALYTE, options)
    refuse_untested(definition, found, ANALYTE)
    events = significant(records, options)
    whole = (
        course.frame.select("patient_id")
        .join(found, on="patient_id", how="left")
        .join(events, on="patient_id", how="left")
    )
    therapy, disease = pl.col("therapy_day"), pl.col("disease_day")
    by_disease = disease <= therapy.fill_null(2**31)
    cite = course.cite
    viraemia = sentence(
        "pre-emptive therapy",
        cite("treatments", "therapy_row"),
        " for viraemia on day ",
        number("viraemia_day"),
    )
    untested = pl.col("test_day").is_null() & pl.min_horizontal("therapy_day", "disease_day").is_null()
    undated = pl.min_horizontal("therapy_day", "disease_day").is_null() & (
        pl.col("undated_therapy_row").is_not_null() & pl.col("undated_disease_row").is_null()
    )
    untested = untested & pl.col("undated_disease_row").is_null()
    counted = whole.with_columns(
        pl.min_horizontal("therapy_day", "disease_day").alias("event_day"),
        choose([(by_disease, sentence("CMV disease", cite("events", "disease_row")))], viraemia).alias(
            "told"
        ),
        choose([(by_disease, pl.lit("derived;disease"))], pl.lit("derived;pre-emptive")).alias("event_flags"),
        *observed(cite),
        choose(
            [
                (untested, pl.lit(f"no {ANALYTE} in blood was tested after day 0")),
                (undated, pl.lit("therapy against CMV has no day, so that it cannot be told what led to it")),
            ],
            pl.lit(None, pl.String),
        ).alias("problem"),
        cite("treatments", "undated_therapy_row").alias("problem_fact"),
        cite("events", "undated_disease_row").alias("event_blocked"),
    )
    notes = [
        *surveillance(definition, ANALYTE, found, records),
        *_treated_without_viraemia(definition, whole, course),
    ]
    return competing(definition, course, complete(counted), "csCMVi", options, notes, _UNDATED)


def significant(records: Records, options: Options) -> pl.DataFrame:
    """Return the first therapy for viraemia and the first CMV disease of each patient.

    Returns
    -------
    polars.DataFrame
        ``patient_id``, ``therapy_day``, ``therapy_row``, ``viraemia_day``, ``disease_day``, ``disease_row``,
        and ``treated_day``, ``treated_row`` (the first therapy, with or without viraemia).
    """
    given = _therapy(records)
    seen = _viraemia(records, options)
    start = nw.col("start_day")
    led = (
        given.join(seen, on="patient_id", how="inner")
        .filter(nw.col("seen_day") <= start, nw.col("seen_day") >= start - VIRAEMIA_DAYS)
        .group_by("patient_id", "start_day", "row")
        .agg(nw.col("seen_day").max())
    )
    first = led.with_columns((start * ROWS + ROW).alias("packed"))
    first = first.filter(nw.col("packed").min().over("patient_id") == nw.col("packed")).select(
        "patient_id",
        start.alias("therapy_day"),
        ROW.alias("therapy_row"),
        nw.col("seen_day").alias("viraemia_day"),
    )
    disease = reduce(
        _recorded(records),
        [
            Pick("disease", _is_disease() & (DAY >= 0)),
            Pick("undated_disease", _is_disease() & DAY.is_null(), "any"),
        ],
    )
    undated = reduce(_against(records), [Pick("undated_therapy", start.is_null(), "any")])
    treated = reduce(given.with_columns(start.alias("day")), [Pick("treated", DAY >= 0)])
    parts = [collect(part) for part in (first, disease, treated, undated)]
    ids = pl.concat([part.select("patient_id") for part in parts]).unique()
    for part in parts:
        ids = ids.join(part.unique("patient_id"), on="patient_id", how="left")
    return ids.with_columns(pl.exclude("patient_id").cast(pl.Int64)).sort("patient_id")


def _recorded(records: Records) -> nw.LazyFrame[Any]:
    cause = nw.col("cause").fill_null("").str.to_lowercase()
    return lazy(records, "events").filter(nw.col("event") == "infection", HAPPENED, cause.str.contains(CMV))


def _is_disease() -> nw.Expr:
    said = nw.concat_str(
        [nw.col(name).fill_null("") for name in ("cause", "site", "grade", "detail")], separator=" "
    ).str.to_lowercase()
    return said.str.contains(_DISEASE) & ~said.str.contains(_NO_DISEASE)


def _viraemia(records: Records, options: Options) -> nw.LazyFrame[Any]:
    """Return the days of viraemia: a PCR that is positive, or an infection recorded as such."""
    state = nw.col("state")
    reached = state.is_in([POSITIVE] if options.dna_threshold is not None else [BELOW, POSITIVE])
    by_pcr = tests("csCMVi", records, ANALYTE, options).filter(reached)
    recorded = _recorded(records).filter(DAY >= 0)
    seen = [part.select("patient_id", DAY.cast(nw.Int64).alias("seen_day")) for part in (by_pcr, recorded)]
    return nw.concat(seen)


def _therapy(records: Records) -> nw.LazyFrame[Any]:
    start = nw.col("start_day")
    return (
        _against(records)
        .filter(start >= 0)
        .select("patient_id", start.cast(nw.Int64), nw.col("stop_day").cast(nw.Int64), ROW.alias("row"))
    )


def _against(records: Records) -> nw.LazyFrame[Any]:
    """Return every treatment against CMV that is no prophylaxis."""
    agent = nw.col("agent")
    said = nw.col("indication").fill_null("").str.to_lowercase()
    always = agent.is_in(list(_AGENTS)) & ~said.str.contains(_NOT_FOR_CMV)
    named = (
        agent.is_in([*_AGENTS, *_ALSO_FOR_OTHERS]) & said.str.contains(CMV) & ~said.str.contains("prophyla")
    )
    return lazy(records, "treatments").filter(always | named)


def _treated_without_viraemia(
    definition: Definition, whole: pl.DataFrame, course: Course
) -> Iterator[Finding]:
    alone = whole.filter(pl.col("treated_day").is_not_null(), pl.col("therapy_day").is_null())
    for row in alone.filter(pl.col("disease_day").is_null()).iter_rows(named=True):
        yield Finding(
            "endpoints.treated_without_viraemia",
            "warning",
            f"therapy against CMV from day {row['treated_day']}, but no positive PCR in the "
            f"{VIRAEMIA_DAYS} days before "
            f"it is recorded; not counted as {definition.name}",
            course.places.where("treatments", row["treated_row"], None, row["patient_id"]),
            hint="record the PCR that led to it, or say prophylaxis in indication",
        )


def derive_refractory(definition: Definition, records: Records, options: Options) -> DerivedEndpoint:
    """Derive refractory CMV infection: the viral load after 2 weeks against its peak of the first week.

    Raises
    ------
    RefusalError
        When nobody was tested by PCR, or the results are of several parts of the blood.
    """
    course = course_of(records)
    found = first_positive(definition.name, records, ANALYTE, options)
    refuse_untested(definition, found, ANALYTE)
    risen = remembered(records, f"refractory CMV {options}", lambda made: _risen(made, options))
    whole = (
        course.frame.select("patient_id")
        .join(found, on="patient_id", how="left")
        .join(risen, on="patient_id", how="left")
    )
    cite = course.cite
    open_stop = pl.col("open_row").is_not_null() & pl.col("event_day").is_null()
    counted = whole.with_columns(
        sentence(
            pl.col("load"),
            cite("measurements", "row"),
            ", peak of the first week ",
            pl.col("peak"),
            ", therapy from day ",
            number("start"),
            " to ",
            number("stop"),
        ).alias("told"),
        pl.lit("derived").alias("event_flags"),
        *observed(cite),
        choose(
            [
                (pl.col("test_day").is_null(), pl.lit(f"no {ANALYTE} in blood was tested after day 0")),
                (open_stop, pl.lit("therapy against CMV has no last day, so that its duration is not known")),
            ],
            pl.lit(None, pl.String),
        ).alias("problem"),
        cite("treatments", "open_row").alias("problem_fact"),
    )
    notes = surveillance(definition, ANALYTE, found, records)
    return competing(definition, course, complete(counted), "refractory CMV", options, notes)


def _episodes(records: Records) -> nw.LazyFrame[Any]:
    """Join courses of therapy with at most a week between them to episodes."""
    start, stop = nw.col("start_day"), nw.col("stop_day")
    days = (
        _therapy(records)
        .filter(~stop.is_null(), stop >= start)
        .group_by("patient_id", "start_day")
        .agg(stop.max())
        .with_columns(stop.cum_max().over("patient_id", order_by="start_day").alias("until"))
        .with_columns(nw.col("until").shift(1).over("patient_id", order_by="start_day").alias("before"))
    )
    new = nw.when((nw.col("before") + _PAUSE_DAYS >= start).fill_null(value=False)).then(0).otherwise(1)
    return (
        days.with_columns(new.alias("new"))
        .with_columns(nw.col("new").cum_sum().over("patient_id", order_by="start_day").alias("episode"))
        .group_by("patient_id", "episode")
        .agg(start.min().alias("start"), stop.max().alias("stop"))
    )


def _risen(records: Records, options: Options) -> pl.DataFrame:
    """Return the first viral load above ten times the peak of the first week, after two weeks of therapy."""
    state = nw.col("state")
    assay = nw.concat_str(
        [nw.col(name).fill_null("").str.to_lowercase() for name in ("method", "unit")], separator="|"
    )
    number_ = nw.col("operator").fill_null("=").is_in(["=", "≥", ">"]) & ~nw.col("value").is_null()
    loads = (
        tests("cmv_refractory", records, ANALYTE, options)
        .filter(state != NOT_TESTED, number_)
        .select("patient_id", DAY.cast(nw.Int64).alias("day"), "row", "value", "part", assay.alias("assay"))
    )
    during = loads.join(_episodes(records), on="patient_id", how="inner").filter(
        nw.col("start") <= DAY, nw.col("stop") >= DAY
    )
    since = DAY - nw.col("start")
    keys = ("patient_id", "episode", "assay", "part")
    peaks = during.filter(since <= _FIRST_WEEK).group_by(*keys).agg(nw.col("value").max().alias("peak"))
    risen = during.join(peaks, on=list(keys), how="inner").filter(
        since >= _TWO_WEEKS, nw.col("peak") > 0, nw.col("value") > nw.col("peak") * _LOG10
    )
    rows = collect(risen.select("patient_id", "day", "row", "value", "peak", "start", "stop"))
    first = rows.sort("patient_id", "day", "row").unique("patient_id", keep="first", maintain_order=True)
    undated = reduce(
        _therapy(records).with_columns(nw.col("start_day").alias("day")),
        [Pick("open", nw.col("stop_day").is_null(), "any")],
    )
    still_open = collect(undated).filter(pl.col("open_row").is_not_null())
    told = first.select(
        "patient_id",
        pl.col("day").cast(pl.Int64).alias("event_day"),
        pl.col("row", "start", "stop").cast(pl.Int64),
        pl.col("value").cast(pl.String).alias("load"),
        pl.col("peak").cast(pl.String),
    )
    both = told.join(still_open, on="patient_id", how="full", coalesce=True)
    return both.with_columns(pl.col("open_row").cast(pl.Int64)).sort("patient_id")
