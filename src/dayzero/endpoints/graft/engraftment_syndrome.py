"""Engraftment syndrome from its signs, by Spitzer and by Maiolino; the recorded diagnosis stays beside them.

Spitzer, Bone Marrow Transplant 2001;27:893, doi 10.1038/sj.bmt.1703015; Maiolino et al., Bone Marrow
Transplant 2003;31:393, doi 10.1038/sj.bmt.1703855; both as in the EBMT Handbook 2024, chapter 42. Event and
competing events are decided from day 0; a sign that is not known leaves the patient out where the diagnosis
hangs on it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from dayzero.endpoints.assemble import assemble
from dayzero.endpoints.course import course_of
from dayzero.endpoints.course_findings import Check, run
from dayzero.endpoints.deciding import (
    NO_CONTACT,
    NOT_TRANSPLANTED,
    NOTHING,
    Reason,
    choose,
    excluded,
    joined,
    number,
    sentence,
)
from dayzero.endpoints.graft.engraftment_signs import MINORS, has_signs, signs_of, watched
from dayzero.endpoints.graft.lineages import recovered
from dayzero.endpoints.incidence import NEVER
from dayzero.endpoints.statements import TARGETS, stated
from dayzero.errors import RefusalError
from dayzero.records.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dayzero.endpoints.deciding import Cite
    from dayzero.endpoints.definition import Definition, DerivedEndpoint
    from dayzero.endpoints.options import Options
    from dayzero.records.model import Records

LABEL = "engraftment syndrome"
CAUSES = (LABEL, "death", "second transplant or rescue infusion")
NONE, EVENT, DEATH, AGAIN = range(4)
CRITERIA = {"engraftment_syndrome_spitzer": "spitzer", "engraftment_syndrome_maiolino": "maiolino"}
_MINORS = ("bilirubin", "transaminases", "creatinine", "weight", "encephalopathy")
_WORDS = {
    "high_fever": "fever of at least 38.3 degrees C",
    "wide_rash": "rash of more than 25% of body surface",
    "fever": "fever",
    "rash": "rash",
    "oedema": "pulmonary oedema",
    "infiltrate": "pulmonary infiltrate",
    "diarrhoea": "diarrhoea",
    "bilirubin": "bilirubin of at least 2 mg/dL",
    "transaminases": "transaminases at least twice the upper limit",
    "creatinine": "creatinine at least twice its baseline",
    "weight": "weight at least 2.5% above its baseline",
    "encephalopathy": "encephalopathy",
}


def derive_engraftment_syndrome(
    definition: Definition, records: Records, options: Options
) -> DerivedEndpoint:
    """Derive engraftment syndrome by one set of criteria; death and another infusion before it compete.

    Raises
    ------
    RefusalError
        When no sign is recorded for anyone, or neutrophil recovery cannot be derived.
    """
    if not has_signs(records):
        what = (
            f"{definition.name} cannot be derived: neither fever, rash, pulmonary signs, diarrhoea or "
            "encephalopathy nor a temperature or extent of rash is recorded for anyone"
        )
        instead = "record them in events and measurements, or ask for engraftment_syndrome, as recorded"
        raise RefusalError(what, instead=instead)
    try:
        neutrophils = recovered("neutrophil_engraftment", "neutrophil", records, options)
    except RefusalError as error:
        what = f"{definition.name} cannot be derived without neutrophil recovery: {error.what}"
        raise RefusalError(what, instead="engraftment_syndrome, as recorded") from None
    course, criteria = course_of(records), CRITERIA[definition.name]
    facts = stated(TARGETS["engraftment_syndrome"], records, course).frame
    for part in (signs_of(records, options), neutrophils):
        facts = facts.join(part, on="patient_id", how="left")
    marks = _spitzer() if criteria == "spitzer" else _maiolino()
    decided = _decide(facts.with_columns(marks), criteria, course.cite)
    counted = decided.filter(pl.col("excluded").is_null())
    found = [
        *course.about_survival,
        *_silence(counted, records, definition.name),
        *run(_checks(criteria), counted, course.places, definition.name),
    ]
    return assemble(definition, decided, CAUSES, found)


def _silence(counted: pl.DataFrame, records: Records, name: str) -> Iterator[Finding]:
    silent = counted.join(watched(records), on="patient_id", how="anti").height
    if silent:
        yield Finding(
            "endpoints.silence_is_no",
            "note",
            f"{silent} of {counted.height} patients have no row about any sign of {LABEL}: taken as not "
            "having had one, because the source lists signs of others",
            replace(records.places.where("events", None, None, None), item=name),
            hint="add a row with occurred = no for those who were watched, unknown for the others",
        )


def _day(criteria: str, sign: str) -> pl.Expr:
    return pl.col(f"{criteria}_{sign}")


def _spitzer() -> list[pl.Expr]:
    """Return ``met_day`` (the day on which the criteria are complete) and ``open`` (they may be met)."""
    majors = [_day("spitzer", sign).fill_null(NEVER) for sign in ("high_fever", "wide_rash", "oedema")]
    minor = pl.min_horizontal(*(_day("spitzer", sign) for sign in _MINORS))
    all_three = pl.max_horizontal(*majors)
    # Of three days the middle one: the day on which there are two.
    second = pl.sum_horizontal(*majors) - pl.max_horizontal(*majors) - pl.min_horizontal(*majors)
    met = pl.min_horizontal(all_three, pl.max_horizontal(second, minor.fill_null(NEVER)))
    may_be = {
        "high_fever": _day("spitzer", "open_fever").is_not_null() | (pl.col("unknown_fever") == 1),
        "wide_rash": _day("spitzer", "open_rash").is_not_null() | (pl.col("unknown_rash") == 1),
        "oedema": pl.col("unknown_oedema") == 1,
    }
    possible = pl.sum_horizontal(
        (_day("spitzer", sign).is_not_null() | open_.fill_null(value=False)).cast(pl.Int64)
        for sign, open_ in may_be.items()
    )
    measured = [_day("spitzer", f"{name}_measured").is_not_null() for name in dict.fromkeys(MINORS.values())]
    no_minor = minor.is_null() & pl.all_horizontal(*measured) & ~_unknown("encephalopathy")
    return [
        pl.when(met < NEVER).then(met).alias("met_day"),
        ((met >= NEVER) & ((possible == 3) | ((possible == 2) & ~no_minor))).alias("open"),
    ]


def _maiolino() -> list[pl.Expr]:
    """Return ``met_day`` (the day on which the criteria are complete) and ``open`` (they may be met)."""
    others = ("rash", "infiltrate", "oedema", "diarrhoea")
    fever = _day("maiolino", "fever")
    other = pl.min_horizontal(*(_day("maiolino", sign) for sign in others))
    met = pl.when(fever.is_not_null() & other.is_not_null()).then(pl.max_horizontal(fever, other))
    possible = other.is_not_null() | pl.any_horizontal(_unknown(sign) for sign in others)
    return [
        met.alias("met_day"),
        (met.is_null() & (fever.is_not_null() | _unknown("fever")) & possible).alias("open"),
    ]


def _unknown(sign: str) -> pl.Expr:
    return (pl.col(f"unknown_{sign}") == 1).fill_null(value=False)


def _decide(facts: pl.DataFrame, criteria: str, cite: Cite) -> pl.DataFrame:
    death, again = pl.col("death_day").fill_null(NEVER), pl.col("rescue_day").fill_null(NEVER)
    engrafted = pl.col("engrafted") <= again
    met = pl.when(engrafted).then("met_day")
    first = pl.min_horizontal(death, again)
    cause = choose(
        [
            (met <= first, pl.lit(EVENT)),
            ((again == first) & (first < NEVER), pl.lit(AGAIN)),
            (first < NEVER, pl.lit(DEATH)),
        ],
        pl.lit(NONE),
    )
    untold = pl.col("neutrophil_reason").is_not_null() & pl.col("engrafted").is_null()
    never_below = pl.col("engrafted").is_null() & (pl.col("neutrophil_recovered") == True)  # noqa: E712
    open_question = pl.col("open") & engrafted & (pl.col("cause") != EVENT)
    decided = pl.col("cause")
    reasons = [
        *NOT_TRANSPLANTED,
        Reason(
            pl.col("engrafted") > death, "engraftment is recorded after death: one of the two days is wrong"
        ),
        Reason(untold, "the day of neutrophil engraftment is not known", pl.col("neutrophil_reason")),
        Reason(
            never_below, "neutrophils never fell below 0.5 x 10^9/L: there is no engraftment to time signs by"
        ),
        Reason(
            open_question.fill_null(value=False),
            "the diagnosis hangs on a sign that is not known: its height, extent or value, or whether it "
            "occurred",
        ),
        Reason((decided == NONE) & pl.col("contact_day").is_null(), NO_CONTACT),
    ]
    return facts.with_columns(cause.alias("cause")).with_columns(
        choose(
            [(decided == EVENT, pl.col("met_day")), (decided == DEATH, death), (decided == AGAIN, again)],
            pl.col("contact_day"),
        ).alias("time"),
        _why(criteria, cite).alias("why"),
        pl.lit("derived").alias("flags"),
        NOTHING.alias("blocked"),
        *excluded(reasons),
    )


def _why(criteria: str, cite: Cite) -> pl.Expr:
    majors = ("high_fever", "wide_rash", "oedema") if criteria == "spitzer" else ("fever", "rash", "oedema")
    others = _MINORS if criteria == "spitzer" else ("infiltrate", "diarrhoea")
    seen = [
        sentence(f", {_WORDS[sign]} on day ", number(f"{criteria}_{sign}")) for sign in (*majors, *others)
    ]
    happened = joined(
        sentence(f"{LABEL} ({criteria.capitalize()}) on day ", number("met_day")),
        sentence(": engraftment on day ", number("engrafted")),
        *seen,
    )
    cause = pl.col("cause")
    without = f" without {LABEL} ({criteria.capitalize()})"
    return choose(
        [
            (cause == EVENT, happened),
            (cause == DEATH, sentence("death on day ", number("death_day"), cite.death(), without)),
            (
                cause == AGAIN,
                sentence(
                    f"{CAUSES[-1]} on day ", number("rescue_day"), cite("transplants", "rescue_row"), without
                ),
            ),
        ],
        joined(
            f"no {LABEL} ({criteria.capitalize()})",
            sentence(", engraftment on day ", number("engrafted")),
            sentence(", followed to day ", number("contact_day"), cite("follow_up", "contact_row")),
        ),
    )


def _checks(criteria: str) -> list[Check]:
    happened, name = pl.col("cause") == EVENT, criteria.capitalize()
    recorded = pl.coalesce("yes_row", "undated_row")
    return [
        Check(
            "endpoints.engraftment_syndrome_disagrees",
            "warning",
            happened & recorded.is_null(),
            "patients",
            "patient_row",
            f"the signs fit {LABEL} by {name} on day {{met_day}}, but none is recorded",
            "check the signs, or record the diagnosis",
        ),
        Check(
            "endpoints.engraftment_syndrome_disagrees",
            "warning",
            ~happened & pl.col("yes_row").is_not_null(),
            "events",
            "yes_row",
            f"{LABEL} is recorded on day {{yes_day}}, but the signs do not fit the criteria of {name}",
            "check the signs around engraftment; the diagnosis as recorded is engraftment_syndrome",
        ),
        Check(
            "endpoints.engraftment_syndrome_disagrees",
            "warning",
            ~happened & pl.col("yes_row").is_null() & pl.col("undated_row").is_not_null(),
            "events",
            "undated_row",
            f"{LABEL} is recorded, but the signs do not fit the criteria of {name}",
            "check the signs around engraftment; the diagnosis as recorded is engraftment_syndrome",
        ),
    ]
