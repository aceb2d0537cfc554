"""Relapse, death without relapse, and their composite: CIR, NRM and DFS from one decision per patient.

A patient fails once, by relapse or by death without it, whichever is first; the three endpoints only read
that one decision differently, so that CIR(t) + NRM(t) + DFS(t) = 1 by construction (EBMT Handbook 2024,
chapter 6).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl

from dayzero.endpoints.assemble import Instead, assemble
from dayzero.endpoints.eligibility import first_reason, transplanted
from dayzero.endpoints.frames import choose, collect
from dayzero.endpoints.given import first_failure_clock
from dayzero.endpoints.identities import check_failure
from dayzero.endpoints.wording import joined, number, sentence

if TYPE_CHECKING:
    from dayzero.endpoints.course import Course
    from dayzero.endpoints.definition import Definition, DerivedEndpoint
    from dayzero.endpoints.wording import Cite
    from dayzero.records.findings import Finding
    from dayzero.records.model import Records

CENSORED, RELAPSE, DEATH = 0, 1, 2
_COLUMNS = ("patient_id", "time", "outcome", "why", "flags", "excluded", "blocked")

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


def derive_failure(definition: Definition, records: Records, course: Course) -> DerivedEndpoint:
    """Derive DFS, CIR or NRM, or their crude proportions.

    Parameters
    ----------
    definition : Definition
    records : Records
        Read for ``given`` only.
    course : Course

    Raises
    ------
    RefusalError
        For a curve, when a relapse or death is known to have happened but not when.
    """
    crude = definition.kind == "proportion"
    decided, about_given = _with_given(_first_failure(course, crude=crude), records, course)
    if not crude:
        check_failure(decided, definition.name)
    reading, causes = _READINGS[definition.name]
    read = decided.with_columns(
        pl.col("outcome").replace_strict(reading, return_dtype=pl.Int64).alias("cause")
    )
    if crude:
        did_not = pl.col("cause") == 0
        read = read.with_columns(pl.when(did_not).then("known_alive").otherwise("time").alias("time"))
    found = [*course.about_survival, *course.about_disease, *about_given]
    return assemble(definition, read, causes, found, None if crude else _INSTEAD)


def _with_given(
    decided: pl.DataFrame, records: Records, course: Course
) -> tuple[pl.DataFrame, tuple[Finding, ...]]:
    """Put a first failure that the centre gave in the place of the one derived, which may know only part."""
    clock = first_failure_clock(records, course)
    if clock.decided.is_empty():
        return decided, clock.findings
    derived = decided.join(clock.decided, on="patient_id", how="anti").with_columns(
        pl.col("time").cast(pl.Float64)
    )
    return pl.concat([derived, clock.decided], how="diagonal").sort("patient_id"), clock.findings


def _first_failure(course: Course, *, crude: bool) -> pl.DataFrame:
    """Decide the first failure of every patient.

    Returns
    -------
    polars.DataFrame
        ``patient_id``, ``time``, ``outcome``, ``why``, ``flags``, ``excluded``, ``blocked`` and
        ``known_alive``, the last day on which death could have been seen.
    """
    relapse, death, status = nw.col("relapse_day"), nw.col("death_day"), nw.col("status_day")
    unsaid, undated = nw.col("hidden_relapse"), nw.col("hidden_death")
    known = (
        nw.from_native(course.frame)
        .lazy()
        .with_columns(
            hidden_relapse(course.cite).alias("hidden_relapse"),
            nw.when(relapse.is_null() & death.is_null())
            .then(course.cite("events", "undated_death_row"))
            .alias("hidden_death"),
        )
        .with_columns(
            nw.coalesce(unsaid, undated).alias("blocked"),
            nw.coalesce(death, nw.max_horizontal("relapse_day", "contact_day")).alias("known_alive"),
        )
    )
    known = known.with_columns(
        choose(
            [
                (~relapse.is_null() | ~unsaid.is_null(), nw.lit(RELAPSE)),
                (~death.is_null() | ~undated.is_null(), nw.lit(DEATH)),
            ],
            nw.lit(CENSORED),
        ).alias("outcome"),
        nw.when(nw.col("blocked").is_null()).then(nw.coalesce(relapse, death, status)).alias("time"),
        first_reason(transplanted() + _unknown(course) + (_ambiguous(course) if crude else [])).alias(
            "excluded"
        ),
        _why(course.cite).alias("why"),
        nw.lit("").alias("flags"),
    )
    return collect(known.select(*_COLUMNS, "known_alive"))


def hidden_relapse(cite: Cite) -> nw.Expr:
    """Return the row that states a relapse after transplant without its day; null when there is none."""
    return nw.when(nw.col("relapse_day").is_null() & nw.col("relapse_after_death_row").is_null()).then(
        nw.coalesce(
            cite("events", "undated_relapse_row"),
            cite("follow_up", "in_relapse_row"),
            nw.when(nw.col("died_of_disease")).then(cite.death()),
        )
    )


def _unknown(course: Course) -> list[tuple[nw.Expr, nw.Expr]]:
    """Return why a patient's course of disease cannot be told."""
    untold = nw.col("relapse_day").is_null() & nw.col("blocked").is_null()
    unseen = untold & nw.col("death_day").is_null() & nw.col("status_day").is_null()
    after_death = course.cite("events", "relapse_after_death_row")
    asked = course.cite("events", "unknown_relapse_row")
    reasons = [
        (
            ~nw.col("relapse_after_death_row").is_null(),
            sentence("relapse is recorded after death", after_death, ": one of the two days is wrong"),
        ),
        (
            untold & ~nw.col("unknown_relapse_row").is_null(),
            sentence("whether relapse occurred is recorded as unknown", asked),
        ),
        (
            unseen & ~nw.col("contact_day").is_null(),
            nw.lit("disease status is recorded as unknown at every contact"),
        ),
        (unseen, nw.lit("no follow-up: no contact after day 0")),
    ]
    if course.flat and course.relapse_denied:
        silent = untold & nw.col("denied_relapse_row").is_null()
        reasons.insert(2, (silent, nw.lit("whether relapse occurred is not recorded")))
    return reasons


def _ambiguous(course: Course) -> list[tuple[nw.Expr, nw.Expr]]:
    """Return why an undated relapse may be one from before the transplant."""
    earlier = nw.col("remission").is_in(["CR3", "CR4+", "not in remission"]) | (
        (nw.col("remission") == "CR2") & nw.col("earlier_relapse_row").is_null()
    )
    only = (
        ~nw.col("undated_relapse_row").is_null()
        & nw.col("relapse_day").is_null()
        & nw.col("in_relapse_row").is_null()
        & ~nw.col("died_of_disease")
    )
    row = course.cite("events", "undated_relapse_row")
    reason = sentence("a relapse without a day", row, " may be the one before transplant")
    return [(only & earlier, reason)]


def _why(cite: Cite) -> nw.Expr:
    relapse, death = nw.col("relapse_day"), nw.col("death_day")
    site = nw.when(~nw.col("relapse_site").is_null()).then(sentence(", ", nw.col("relapse_site")))
    died = sentence(number("death_day"), cite.death())
    seen = sentence(number("contact_day"), cite("follow_up", "contact_row"))
    later = choose(
        [(~death.is_null(), sentence("; death on day ", died))],
        nw.when(nw.col("contact_day") > relapse).then(sentence("; followed to day ", seen)),
    )
    relapsed = joined("relapse on day ", number("relapse_day"), site, cite("events", "relapse_row"), later)
    status = sentence(number("status_day"), cite("follow_up", "status_row"))
    return choose(
        [
            (~relapse.is_null(), relapsed),
            (
                ~nw.col("hidden_relapse").is_null(),
                sentence("relapse, its day not recorded", nw.col("hidden_relapse")),
            ),
            (~death.is_null(), sentence("death without relapse on day ", died)),
            (
                ~nw.col("hidden_death").is_null(),
                sentence("death without relapse, its day not recorded", nw.col("hidden_death")),
            ),
        ],
        sentence("no relapse or death to day ", status),
    )
