"""Relapse, death without relapse, and their composite: CIR, NRM and DFS from one decision per patient.

A patient fails once, by relapse or by death without it, whichever is first; the three endpoints only read
that one decision differently, so that CIR(t) + NRM(t) + DFS(t) = 1 by construction (EBMT Handbook 2024,
chapter 6).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from dayzero.endpoints.assemble import Instead, assemble, refuse_one_sided
from dayzero.endpoints.course import course_of
from dayzero.endpoints.deciding import (
    NO_CONTACT,
    NOT_TRANSPLANTED,
    Reason,
    choose,
    excluded,
    joined,
    number,
    sentence,
)
from dayzero.endpoints.identities import check_failure
from dayzero.endpoints.memo import remembered
from dayzero.endpoints.outcome.given import first_failure_clock

if TYPE_CHECKING:
    from dayzero.endpoints.course import Course
    from dayzero.endpoints.deciding import Cite
    from dayzero.endpoints.definition import Definition, DerivedEndpoint
    from dayzero.endpoints.options import Options
    from dayzero.records.model import Records

CENSORED, RELAPSE, DEATH = 0, 1, 2

_INSTEAD = Instead(
    "relapse or death is known to have happened, but not when,",
    "record the day of each (in events; say 'before transplant' in detail of an earlier relapse), or ask for "
    "the proportions relapse_crude and nrm_crude, which need no day",
)
#: First failure (0 censored, 1 relapse, 2 death without relapse) read as the causes of each endpoint.
_READINGS = {
    "DFS": ({CENSORED: 0, RELAPSE: 1, DEATH: 1}, ("relapse or death",)),
    "CIR": ({CENSORED: 0, RELAPSE: 1, DEATH: 2}, ("relapse", "death without relapse")),
    "NRM": ({CENSORED: 0, RELAPSE: 2, DEATH: 1}, ("death without relapse", "relapse")),
    "relapse_crude": ({CENSORED: 0, RELAPSE: 1, DEATH: 0}, ("relapse",)),
    "nrm_crude": ({CENSORED: 0, RELAPSE: 0, DEATH: 1}, ("death without relapse",)),
}
FAILURES = tuple(_READINGS)
_ASKED = "whether relapse occurred is recorded as unknown"


def derive_failure(definition: Definition, records: Records, options: Options) -> DerivedEndpoint:
    """Derive DFS, CIR or NRM, or the crude proportion of relapse or of death without it.

    Parameters
    ----------
    definition : Definition
    records : Records
    options : Options
        Not used.

    Raises
    ------
    RefusalError
        For a curve, when a relapse or death is known to have happened but not when; for all, when a flat file
        says who relapsed, and of nobody that it did not happen.
    """
    del options
    course = course_of(records)
    crude = definition.kind == "proportion"
    decided = (
        remembered(records, "crude failure", _crude) if crude else remembered(records, "failure", _curve)
    )
    if not crude:
        check_failure(decided, definition.name)
    if course.flat and not course.relapse_denied:
        unknown = decided.filter(pl.col("excluded") == _ASKED).height
        refuse_one_sided(definition, "relapse", decided.filter(pl.col("outcome") == RELAPSE).height, unknown)
    reading, causes = _READINGS[definition.name]
    cause = pl.col("outcome").replace_strict(reading, return_dtype=pl.Int64)
    read = decided.with_columns(cause.alias("cause"))
    if crude:
        did_not = pl.col("cause") == 0
        read = read.with_columns(pl.when(did_not).then("known_alive").otherwise("time").alias("time"))
    found = [*course.about_survival, *course.about_disease, *first_failure_clock(records, course).findings]
    return assemble(definition, read, causes, found, None if crude else _INSTEAD)


def _curve(records: Records) -> pl.DataFrame:
    course = course_of(records)
    return _with_given(_first_failure(course, _unknown(course)), records, course)


def _crude(records: Records) -> pl.DataFrame:
    course = course_of(records)
    return _with_given(_first_failure(course, _unknown(course) + _ambiguous(course)), records, course)


def _with_given(decided: pl.DataFrame, records: Records, course: Course) -> pl.DataFrame:
    """Put a first failure that the centre gave in the place of the one derived, which may know only part."""
    given = first_failure_clock(records, course).decided
    if given.is_empty():
        return decided
    derived = decided.join(given, on="patient_id", how="anti")
    days = [pl.col("time", "known_alive").cast(pl.Float64)]
    given = given.with_columns(pl.col("time").alias("known_alive"))
    return pl.concat([derived.with_columns(days), given], how="diagonal").sort("patient_id")


def _first_failure(course: Course, unknown: list[Reason]) -> pl.DataFrame:
    """Decide the first failure of every patient.

    Returns
    -------
    polars.DataFrame
        ``patient_id``, ``time``, ``outcome``, ``why``, ``flags``, ``excluded``, ``fact``, ``blocked``
        and ``known_alive``, the last day on which death could have been seen.
    """
    relapse, death, status = pl.col("relapse_day"), pl.col("death_day"), pl.col("status_day")
    unsaid, undated = pl.col("hidden_relapse"), pl.col("hidden_death")
    no_failure = relapse.is_null() & death.is_null()
    outcome = choose(
        [
            (relapse.is_not_null() | unsaid.is_not_null(), pl.lit(RELAPSE)),
            (death.is_not_null() | undated.is_not_null(), pl.lit(DEATH)),
        ],
        pl.lit(CENSORED),
    )
    return (
        course.frame.lazy()
        .with_columns(
            hidden_relapse(course.cite).alias("hidden_relapse"),
            pl.when(no_failure).then(course.cite("events", "undated_death_row")).alias("hidden_death"),
        )
        .with_columns(pl.coalesce(unsaid, undated).alias("blocked"))
        .select(
            "patient_id",
            pl.when(pl.col("blocked").is_null()).then(pl.coalesce(relapse, death, status)).alias("time"),
            outcome.cast(pl.Int64).alias("outcome"),
            _why(course.cite).alias("why"),
            pl.lit("").alias("flags"),
            *excluded([*NOT_TRANSPLANTED, *unknown]),
            "blocked",
            pl.coalesce("death_day", "alive_day").alias("known_alive"),
        )
        .collect()
    )


def hidden_relapse(cite: Cite) -> pl.Expr:
    """Return the row that states a relapse after transplant without its day; null when there is none."""
    untold = pl.col("relapse_day").is_null() & pl.col("relapse_after_death_row").is_null()
    return pl.when(untold).then(
        pl.coalesce(
            cite("events", "undated_relapse_row"),
            cite("follow_up", "in_relapse_row"),
            pl.when("died_of_disease").then(cite.death()),
        )
    )


def _unknown(course: Course) -> list[Reason]:
    """Return why a patient's course of disease cannot be told."""
    untold = pl.col("relapse_day").is_null() & pl.col("blocked").is_null()
    unseen = untold & pl.col("death_day").is_null() & pl.col("status_day").is_null()
    reasons = [
        Reason(
            pl.col("relapse_after_death_row").is_not_null(),
            "relapse is recorded after death: one of the two days is wrong",
            course.cite("events", "relapse_after_death_row"),
        ),
        Reason(
            untold & pl.col("unknown_relapse_row").is_not_null(),
            _ASKED,
            course.cite("events", "unknown_relapse_row"),
        ),
        Reason(
            unseen & pl.col("contact_day").is_not_null(),
            "disease status is recorded as unknown at every contact",
        ),
        Reason(unseen, NO_CONTACT),
    ]
    if course.flat and course.relapse_denied:
        silent = untold & pl.col("denied_relapse_row").is_null()
        reasons.insert(2, Reason(silent, "whether relapse occurred is not recorded"))
    return reasons


def _ambiguous(course: Course) -> list[Reason]:
    """Return why an undated relapse may be one from before the transplant."""
    earlier = pl.col("remission").is_in(["CR3", "CR4+", "not in remission"]) | (
        (pl.col("remission") == "CR2") & pl.col("earlier_relapse_row").is_null()
    )
    only = (
        pl.col("undated_relapse_row").is_not_null()
        & pl.col("relapse_day").is_null()
        & pl.col("in_relapse_row").is_null()
        & ~pl.col("died_of_disease")
    )
    what = "a relapse without a day may be the one before transplant"
    return [Reason(only & earlier, what, course.cite("events", "undated_relapse_row"))]


def _why(cite: Cite) -> pl.Expr:
    relapse, death = pl.col("relapse_day"), pl.col("death_day")
    unsaid, undated = pl.col("hidden_relapse"), pl.col("hidden_death")
    site = sentence(", ", pl.col("relapse_site"))
    died = sentence(number("death_day"), cite.death())
    seen = sentence("; followed to day ", number("contact_day"), cite("follow_up", "contact_row"))
    later = choose(
        [(death.is_not_null(), sentence("; death on day ", died))],
        pl.when(pl.col("contact_day") > relapse).then(seen),
    )
    row = cite("events", "relapse_row")
    return choose(
        [
            (relapse.is_not_null(), joined("relapse on day ", number("relapse_day"), site, row, later)),
            (unsaid.is_not_null(), sentence("relapse, its day not recorded", unsaid)),
            (death.is_not_null(), sentence("death without relapse on day ", died)),
            (undated.is_not_null(), sentence("death without relapse, its day not recorded", undated)),
        ],
        sentence("no relapse or death to day ", number("status_day"), cite("follow_up", "status_row")),
    )
