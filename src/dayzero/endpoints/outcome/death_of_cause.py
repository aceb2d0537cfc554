"""Death of one cause, with death of every other cause competing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from dayzero.endpoints.assemble import Instead, assemble
from dayzero.endpoints.course import course_of
from dayzero.endpoints.deciding import (
    NO_CONTACT,
    NOT_TRANSPLANTED,
    Reason,
    choose,
    excluded,
    number,
    sentence,
)
from dayzero.endpoints.memo import remembered
from dayzero.endpoints.outcome.death_causes import PRIORITY, UNKNOWN, WORDS, classes_of, primary
from dayzero.errors import RefusalError
from dayzero.records.findings import Finding
from dayzero.records.schema import ABSENT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dayzero.endpoints.course import Course
    from dayzero.endpoints.definition import Definition, DerivedEndpoint
    from dayzero.endpoints.options import Options
    from dayzero.records.model import Records

#: Endpoint to the class of death that it counts.
CAUSES = {f"death_{name.lower().replace(' ', '_')}": name for name in (*PRIORITY, UNKNOWN)}
_UNDATED = Instead(
    "death is known to have happened, but not when,",
    "record the day of each death",
)
_ANOTHER = "death of another cause"


def derive_death_of_cause(definition: Definition, records: Records, options: Options) -> DerivedEndpoint:
    """Derive death of one class of causes. Causes: 1 that class, 2 any other, an unknown one too.

    Raises
    ------
    RefusalError
        When a death has no day, no death has a cause that can be told, or the order of the classes that was
        asked for names one that does not exist.
    """
    asked, course = CAUSES[definition.name], course_of(records)
    frame = attributed(records, options)
    died = pl.col("death_day").is_not_null()
    known = frame.filter(pl.col("first_day") == 0, died)
    if asked != UNKNOWN and known.height and (known["death_class"] == UNKNOWN).all():
        what = f"{definition.name} cannot be derived: the cause of none of {known.height} deaths can be told"
        instead = "record the cause of each death in events, column cause; or ask for OS or NRM"
        raise RefusalError(what, instead=instead, source=definition.source)
    is_it = pl.col("death_class") == asked
    undated = course.cite("events", "undated_death_row")
    unseen = Reason(pl.coalesce("death_day", "undated_death_row", "alive_day").is_null(), NO_CONTACT)
    decided = frame.select(
        "patient_id",
        pl.coalesce("death_day", "alive_day").alias("time"),
        choose([(died & is_it, pl.lit(1)), (died, pl.lit(2))], pl.lit(0)).alias("cause"),
        _why(course).alias("why"),
        pl.when(died).then("death_flags").otherwise(pl.lit("")).fill_null("").alias("flags"),
        pl.when(~died).then(undated).alias("blocked"),
        *excluded([*NOT_TRANSPLANTED, unseen]),
    )
    found = [*course.about_survival, *_findings(definition, frame, course)]
    return assemble(definition, decided, (f"death of {WORDS[asked]}", _ANOTHER), found, _UNDATED)


def attributed(records: Records, options: Options) -> pl.DataFrame:
    """Return the course with ``death_class``, ``death_text`` (as classified) and ``death_flags``."""
    if set(options.death_priority) != set(PRIORITY):
        what = "the order of the causes of death does not name each class once"
        raise RefusalError(what, instead=f"name each of: {', '.join(PRIORITY)}")

    def make(made: Records) -> pl.DataFrame:
        return _attributed(course_of(made).frame, options.death_priority)

    return remembered(records, f"causes of death {options.death_priority}", make)


def _attributed(frame: pl.DataFrame, priority: tuple[str, ...]) -> pl.DataFrame:
    rows: list[tuple[str | None, str | None, str | None]] = []
    seen = (pl.col("in_relapse_day") <= pl.col("death_day")) | pl.col("undated_relapse_row").is_not_null()
    dated = pl.col("relapse_day") <= pl.col("death_day")
    relapsed = dated.fill_null(value=False) | seen.fill_null(value=False)
    facts = frame.select("death_day", relapsed.alias("relapsed"), "death_cause")
    for death, after_relapse, cause in facts.iter_rows():
        if death is None:
            rows.append((None, None, None))
            continue
        stated = classes_of(cause)
        classes = tuple(name for name in PRIORITY if name in stated or (name == "relapse" and after_relapse))
        first = primary(classes, priority)
        by_relapse = first == "relapse" and "relapse" not in stated
        rows.append((first, primary(stated, priority), "after relapse" if by_relapse else ""))
    schema = {"death_class": pl.String, "stated_class": pl.String, "death_flags": pl.String}
    told = pl.DataFrame(rows, schema=schema, orient="row")
    return pl.concat([frame, told], how="horizontal")


def _priority() -> pl.Expr:
    """Say what a relapse stands before: the recorded cause, where one is recorded."""
    silent = pl.col("death_cause").fill_null("").str.strip_chars() == ""
    told = pl.when(silent).then(pl.lit(" counts, as no cause is recorded"))
    return told.otherwise(pl.lit(" stands before the recorded cause"))


def _why(course: Course) -> pl.Expr:
    words = pl.col("death_class").replace_strict(WORDS, default=None, return_dtype=pl.String)
    relapse = sentence(
        "; relapse on day ", number("relapse_day"), course.cite("events", "relapse_row"), _priority()
    )
    by_relapse = pl.coalesce(relapse, pl.concat_str(pl.lit("; a relapse without its day"), _priority()))
    after = pl.when(pl.col("death_flags") == "after relapse").then(by_relapse).otherwise(pl.lit(""))
    died = pl.concat_str(
        pl.lit("death of "), words, pl.lit(" on day "), number("death_day"), course.cite.death(), after
    )
    seen = pl.coalesce(course.cite("follow_up", "contact_row"), pl.lit(""))
    return pl.coalesce(died, pl.concat_str(pl.lit("alive to day "), number("alive_day"), seen))


def _findings(definition: Definition, frame: pl.DataFrame, course: Course) -> Iterator[Finding]:
    deaths = frame.filter(pl.col("death_day").is_not_null(), pl.col("first_day") == 0)
    cause = pl.col("death_cause").fill_null("").str.strip_chars().str.to_lowercase()
    silent = cause == ""
    unknown = pl.col("stated_class") == UNKNOWN
    groups = (
        ("endpoints.death_without_cause", silent, "no cause of this death is recorded"),
        (
            "endpoints.cause_not_recognised",
            unknown & ~silent & ~cause.is_in(list(ABSENT)),
            "the recorded cause of death is in none of the classes",
        ),
    )
    in_events = pl.col("death_table") == "events"
    for rule, when, what in groups:
        concerned = deaths.filter(when).with_columns(pl.when(in_events).then("death_row").alias("row"))
        for row in concerned.iter_rows(named=True):
            place = course.places.where(row["death_table"], row["death_row"], "cause", row["patient_id"])
            outcome = (
                "relapse is recorded, and counts" if row["death_class"] != UNKNOWN else "it counts as unknown"
            )
            yield Finding(
                rule,
                "warning",
                f"{what}; {outcome}",
                replace(place, item=definition.name),
                hint="record the cause, in words such as relapse, GVHD, infection with its organism, VOD",
                source=definition.source,
            )
    count = deaths.filter(pl.col("death_class") == UNKNOWN).height
    if count:
        yield Finding(
            "endpoints.deaths_of_unknown_cause",
            "warning",
            f"{count} of {deaths.height} deaths are of unknown cause and compete: the incidence of each "
            "cause is a lower limit",
            replace(course.places.where("events", None, "cause", None), item=definition.name),
        )
