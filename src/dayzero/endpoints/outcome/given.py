"""A first failure that the centre had already derived: time, and censored, relapse or death.

It gives DFS, CIR and NRM. It does not give survival: after relapse the file does not say who died.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from dayzero.endpoints.deciding import NOT_TRANSPLANTED, NOTHING, Reason, choose, excluded, number, sentence
from dayzero.records.findings import Finding, Where

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dayzero.endpoints.course import Course
    from dayzero.records.model import Records
    from dayzero.records.places import Places

#: Names under which a time to the first of relapse and death may be given.
FIRST_FAILURE = ("first failure", "failure", "first event", "dfs", "lfs", "rfs", "relapse or death")
_OUTCOMES = {"censored": 0, "relapse": 1, "death": 2}
#: Given months are rounded by the centre: days that differ by no more than this do not contradict each other.
_ROUNDING_DAYS = 16.0


@dataclass(frozen=True)
class Clock:
    """First failures given by the centre.

    Attributes
    ----------
    decided : polars.DataFrame
        ``patient_id``, ``time`` (Float64), ``outcome``, ``why``, ``flags``, ``excluded``, ``fact``,
        ``blocked``.
    findings : tuple of Finding
    """

    decided: pl.DataFrame
    findings: tuple[Finding, ...]


def is_first_failure(name: str) -> pl.Expr:
    """Return whether a column of names says time to first failure."""
    folded = pl.col(name).str.to_lowercase().str.replace_all("[_-]", " ").str.strip_chars()
    return folded.is_in(FIRST_FAILURE)


def first_failure_clock(records: Records, course: Course) -> Clock:
    """Read the times to first failure that the centre gave.

    Returns
    -------
    Clock
        Empty when none is given.
    """
    given = records.given
    if given.is_empty():
        return Clock(_nobody(), ())
    named = given.filter(is_first_failure("name"))
    found = list(_not_used(given))
    if named.is_empty():
        return Clock(_nobody(), tuple(found))
    decided = (
        named.group_by("patient_id")
        .agg(
            pl.col("row").min(),
            pl.col("time").min(),
            pl.struct("time", "outcome").n_unique().alias("answers"),
            pl.col("outcome").min().alias("word"),
        )
        .join(course.frame, on="patient_id", how="inner")
        .with_columns(_decisions())
        .sort("patient_id")
    )
    found += _disagreements(decided, course.places)
    columns = ("patient_id", "time", "outcome", "why", "flags", "excluded", "fact", "blocked")
    return Clock(decided.select(columns), tuple(found))


def _nobody() -> pl.DataFrame:
    return pl.DataFrame(schema={"patient_id": pl.String})


def _decisions() -> list[pl.Expr]:
    word, time = pl.col("word"), pl.col("time")
    place = sentence(" (row ", number("row"), ")")
    given = sentence(time.round(1).cast(pl.String), ", given as first failure", place)
    reasons = [
        *NOT_TRANSPLANTED,
        Reason(pl.col("answers") > 1, "more than one first failure is given", place),
        Reason(word.is_null() | time.is_null(), "the given first failure is incomplete", place),
        Reason(~word.is_in(list(_OUTCOMES)), "the given outcome is not censored, relapse or death", place),
        Reason(time < 0, "the given time is before day 0", place),
    ]
    told = choose(
        [
            (word == "relapse", sentence("relapse on day ", given)),
            (word == "death", sentence("death without relapse on day ", given)),
        ],
        sentence("no relapse or death to day ", given),
    )
    return [
        *excluded(reasons),
        word.replace_strict(_OUTCOMES, default=None, return_dtype=pl.Int64).alias("outcome"),
        told.alias("why"),
        pl.lit("given").alias("flags"),
        NOTHING.alias("blocked"),
    ]


def _not_used(given: pl.DataFrame) -> Iterator[Finding]:
    others = given.filter(~is_first_failure("name"))
    for name, rows in sorted(others.group_by("name").len().rows()):
        yield Finding(
            "endpoints.given_not_used",
            "warning",
            f"{rows} given times called '{name}' are not used",
            Where(item=name),
            hint="a given time is used when it is the time to the first of relapse and death, called 'first "
            "failure'; map last contact and vital status to follow_up, and days of events to events",
        )


def _disagreements(decided: pl.DataFrame, places: Places) -> Iterator[Finding]:
    """Yield where facts contradict the given first failure; the given one is used."""
    time, word = pl.col("time"), pl.col("word")
    apart = pl.lit(_ROUNDING_DAYS)
    died, relapsed = pl.col("death_day"), pl.col("relapse_day")
    checks = {
        "death": (word == "death") & ((died - time).abs() > apart),
        "last contact alive": (word == "death") & died.is_null() & (pl.col("contact_day") - time > apart),
        "relapse": (word == "relapse") & ((relapsed - time).abs() > apart),
        "no relapse before death": (word == "censored") & (time - died > apart),
        "a relapse before the end of follow-up": (word == "censored") & (time - relapsed > apart),
        "a relapse first": (word == "death") & (time - relapsed > apart),
        "death before the given relapse": (word == "relapse") & (time - died > apart),
    }
    for what, condition in checks.items():
        for facts in decided.filter(condition, pl.col("excluded").is_null()).iter_rows(named=True):
            yield Finding(
                "endpoints.given_disagrees",
                "warning",
                f"the given first failure ({facts['word']}) disagrees with other columns about: {what}; the "
                "given "
                "one is used",
                places.where("patients", facts["row"], None, facts["patient_id"]),
                hint="correct the wrong one",
            )
