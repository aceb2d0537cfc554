"""Decide an incidence whose event was derived: its day against death, a second transplant, last contact."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from dayzero.endpoints.assemble import assemble
from dayzero.endpoints.choices import SECOND, applied
from dayzero.endpoints.course_findings import Check, run
from dayzero.endpoints.deciding import (
    NO_CONTACT,
    NOT_TRANSPLANTED,
    NOTHING,
    Reason,
    choose,
    excluded,
    number,
    sentence,
)
from dayzero.endpoints.gvhd.lymphocytes import mark_after_lymphocytes
from dayzero.endpoints.incidence import AGAIN, CENSORED, DEATH, EVENT, NEVER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dayzero.endpoints.assemble import Instead
    from dayzero.endpoints.course import Course
    from dayzero.endpoints.definition import Definition, DerivedEndpoint
    from dayzero.endpoints.options import Options
    from dayzero.records.findings import Finding
    from dayzero.records.model import Records

AGAIN_LABEL = "second transplant"


def competing(
    definition: Definition,
    course: Course,
    found: pl.DataFrame,
    label: str,
    options: Options,
    findings: Iterable[Finding] = (),
    instead: Instead | None = None,
    records: Records | None = None,
) -> DerivedEndpoint:
    """Decide time, cause and why of an event that other facts gave.

    Causes: 1 the event, 2 death without it, 3 a second transplant without it. On one day the event stands
    before both, a second transplant before death; relapse neither competes nor censors.

    Parameters
    ----------
    definition : Definition
    course : Course
    found : polars.DataFrame
        At most one row per patient: ``patient_id``, ``event_day`` (null: it did not happen), ``told`` (the
        facts that show it), ``event_flags``, ``beside`` (what to add when it did not happen, or null),
        ``problem`` and ``problem_fact`` (why it cannot be told, or null), ``event_blocked`` (it happened, but
        its day is not known: the row, or null), ``observed_to`` and ``observed_told`` (the last test that
        could have shown it, and its citation; null: the last contact could). Death and a second transplant
        compete when they come at most ``pcr_gap_days`` after that test. A patient without a row has no event.
    label : str
        The event as said in ``why``.
    options : Options
        Whether a second transplant competes.
    findings : iterable of Finding
    instead : Instead or None
        Required when any event can be blocked.
    records : Records or None
        Of GVHD: flags what began after donor lymphocytes.

    Returns
    -------
    DerivedEndpoint

    Raises
    ------
    RefusalError
        When an eligible patient's event is blocked.
    """
    frame = course.frame.join(found, on="patient_id", how="left")
    observed = pl.col("observed_to")
    limit = pl.when(observed.is_not_null()).then(observed + options.pcr_gap_days).otherwise(NEVER)
    if applied(definition.name, options, SECOND) in ("ignore", "censor"):
        never = [pl.lit(None, pl.Int64).alias(name) for name in ("second_day", "second_row")]
        frame = frame.with_columns(never)
    event, death, again = pl.col("event_day"), pl.col("death_day"), pl.col("second_day")
    until_death = death.fill_null(NEVER)
    cause = choose(
        [
            (event <= pl.min_horizontal(again.fill_null(NEVER), until_death), pl.lit(EVENT)),
            ((again <= until_death) & (again <= limit), pl.lit(AGAIN)),
            (death <= limit, pl.lit(DEATH)),
        ],
        pl.lit(CENSORED),
    )
    decided = pl.col("cause")
    time = choose(
        [(decided == EVENT, event), (decided == DEATH, death), (decided == AGAIN, again)],
        pl.coalesce(observed, "contact_day"),
    )
    after_death = f"{label} is found after death: one of the two days is wrong"
    unseen = (
        (decided == CENSORED)
        & pl.coalesce(observed, "contact_day").is_null()
        & pl.col("event_blocked").is_null()
    )
    reasons = [
        *NOT_TRANSPLANTED,
        Reason(event > death, after_death, sentence("day ", number("event_day"))),
        Reason(pl.col("problem").is_not_null(), "", pl.col("problem_fact")),
        Reason(unseen, NO_CONTACT),
    ]
    rows = (
        frame.with_columns(cause.alias("cause"))
        .with_columns(
            time.alias("time"),
            _why(label, course).alias("why"),
            pl.when(decided == EVENT)
            .then(pl.col("event_flags").fill_null(""))
            .otherwise(pl.lit(""))
            .alias("flags"),
            pl.when(event.is_null()).then("event_blocked").otherwise(NOTHING).alias("blocked"),
            *excluded(reasons),
        )
        .with_columns(
            pl.when(pl.col("excluded") == "").then("problem").otherwise("excluded").alias("excluded")
        )
        .sort("patient_id")
    )
    later = run([_later(label)], rows, course.places, definition.name)
    rows = rows if records is None else mark_after_lymphocytes(rows, records)
    return assemble(
        definition, rows, (label, "death", AGAIN_LABEL), [*course.about_survival, *findings, *later], instead
    )


def _later(label: str) -> Check:
    later = pl.col("contact_day").is_null() | (pl.col("event_day") > pl.col("contact_day"))
    return Check(
        "endpoints.event_after_last_contact",
        "warning",
        pl.col("excluded").is_null() & (pl.col("cause") == EVENT) & pl.col("death_day").is_null() & later,
        "follow_up",
        "contact_row",
        f"{label} on day {{event_day}} is later than the last contact; the patient was seen then, so that "
        "observation for this endpoint is extended to that day",
        "record the contact, or correct the day",
    )


def _why(label: str, course: Course) -> pl.Expr:
    cite = course.cite
    happened = sentence(f"{label} on day ", number("event_day"), ": ", pl.col("told"))
    died = sentence("death on day ", number("death_day"), cite.death(), f" without {label}")
    infused = sentence(
        f"{AGAIN_LABEL} on day ", number("second_day"), cite("transplants", "second_row"), f" without {label}"
    )
    seen = sentence(f"no {label} to day ", number("contact_day"), cite("follow_up", "contact_row"))
    tested = sentence(
        f"no {label} in the tests to day ", number("observed_to"), pl.col("observed_told").fill_null("")
    )
    beside = sentence("; ", pl.col("beside")).fill_null("")
    cause = pl.col("cause")
    return choose(
        [
            (cause == EVENT, happened),
            (cause == DEATH, pl.concat_str(died, beside)),
            (cause == AGAIN, pl.concat_str(infused, beside)),
        ],
        pl.concat_str(pl.coalesce(tested, seen), beside),
    )


#: Columns of ``found`` with their types; what a derivation has nothing to say about is null.
FOUND = {
    "patient_id": pl.String,
    "event_day": pl.Int64,
    "told": pl.String,
    "event_flags": pl.String,
    "beside": pl.String,
    "problem": pl.String,
    "problem_fact": pl.String,
    "event_blocked": pl.String,
    "observed_to": pl.Int64,
    "observed_told": pl.String,
}


def complete(found: pl.DataFrame) -> pl.DataFrame:
    """Return ``found`` with every column that :func:`competing` reads, null where it was not given."""
    missing = [pl.lit(None, dtype).alias(name) for name, dtype in FOUND.items() if name not in found.columns]
    return found.with_columns(missing).select(pl.col(name).cast(dtype) for name, dtype in FOUND.items())
