"""Death and what is known alive: OS, survival after relapse, and the proportion alive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from dayzero.endpoints.assemble import Instead, assemble
from dayzero.endpoints.catalogue import HANDBOOK
from dayzero.endpoints.eligibility import first_reason, transplanted
from dayzero.endpoints.failure import hidden_relapse
from dayzero.endpoints.frames import choose, collect
from dayzero.endpoints.given import first_failure_clock, is_first_failure
from dayzero.endpoints.wording import joined, number, sentence
from dayzero.errors import RefusalError

if TYPE_CHECKING:
    from dayzero.endpoints.course import Course
    from dayzero.endpoints.definition import Definition, DerivedEndpoint
    from dayzero.endpoints.wording import Cite
    from dayzero.records.findings import Finding
    from dayzero.records.model import Records

_UNDATED_DEATH = Instead(
    "death is known to have happened, but not when,",
    "record the day of each death, or ask for the proportion alive, which needs no day",
)
_UNDATED_RELAPSE = Instead(
    "relapse, or death after it, is known to have happened, but not when,",
    "record the day of each relapse and death (say 'before transplant' in detail of an earlier relapse)",
)
_COLUMNS = ("patient_id", "time", "cause", "why", "flags", "excluded", "blocked")


def derive_survival(definition: Definition, records: Records, course: Course) -> DerivedEndpoint:
    """Derive OS: death of any cause, censored at the last date known alive, never at a second transplant.

    Raises
    ------
    RefusalError
        When a death has no day, or all that is known of a patient is a given first failure.
    """
    _refuse_given_alone(definition, records, course)
    dead = ~nw.col("death_day").is_null()
    frame = _known_alive(course.frame).with_columns(
        nw.coalesce("death_day", "alive_day").alias("time"),
        nw.when(dead).then(nw.lit(1)).otherwise(nw.lit(0)).alias("cause"),
        _why(course.cite).alias("why"),
        nw.lit("").alias("flags"),
        nw.when(~dead).then(course.cite("events", "undated_death_row")).alias("blocked"),
        first_reason(transplanted() + _unseen()).alias("excluded"),
    )
    decided = collect(frame.select(*_COLUMNS))
    return assemble(definition, decided, ("death",), course.about_survival, _UNDATED_DEATH)


def derive_alive(definition: Definition, records: Records, course: Course) -> DerivedEndpoint:
    """Derive whether each patient was alive at last contact; a death without a day counts.

    Raises
    ------
    RefusalError
        When all that is known of a patient is a given first failure.
    """
    _refuse_given_alone(definition, records, course)
    undated = course.cite("events", "undated_death_row")
    dead = ~nw.coalesce("death_day", "undated_death_row").is_null()
    undated_only = nw.col("death_day").is_null() & ~nw.col("undated_death_row").is_null()
    frame = _known_alive(course.frame).with_columns(
        nw.when(~undated_only).then(nw.coalesce("death_day", "alive_day")).alias("time"),
        nw.when(dead).then(nw.lit(0)).otherwise(nw.lit(1)).alias("cause"),
        choose([(undated_only, sentence("death, its day not recorded", undated))], _why(course.cite)).alias(
            "why"
        ),
        nw.lit("").alias("flags"),
        nw.lit(None, nw.String).alias("blocked"),
        first_reason(transplanted() + _unseen()).alias("excluded"),
    )
    return assemble(definition, collect(frame.select(*_COLUMNS)), ("alive",), course.about_survival)


def derive_after_relapse(definition: Definition, records: Records, course: Course) -> DerivedEndpoint:
    """Derive survival from the first relapse after transplant.

    Raises
    ------
    RefusalError
        When a relapse, or a death after it, has no day, or nothing is recorded after a given relapse.
    """
    relapse, death = nw.col("relapse_day"), nw.col("death_day")
    told, about_given = _relapses(records, course)
    undated_death = nw.when(~relapse.is_null() & death.is_null()).then(
        course.cite("events", "undated_death_row")
    )
    silent = nw.when(nw.col("given_relapse") & nw.coalesce("death_day", "contact_day").is_null()).then(
        nw.lit(": nothing is recorded after the relapse given")
    )
    decided = collect(
        _known_alive(told)
        .with_columns(
            (nw.coalesce("death_day", "alive_day") - relapse).alias("time"),
            nw.when(~death.is_null()).then(nw.lit(1)).otherwise(nw.lit(0)).alias("cause"),
            sentence("relapse on day ", nw.col("relapse_told"), "; ", _why(course.cite)).alias("why"),
            nw.when(nw.col("given_relapse")).then(nw.lit("given")).otherwise(nw.lit("")).alias("flags"),
            nw.coalesce(nw.col("hidden"), undated_death, silent).alias("blocked"),
            first_reason(_not_relapsed()).alias("excluded"),
        )
        .select(*_COLUMNS)
    )
    found = [*course.about_survival, *course.about_disease, *about_given]
    return assemble(definition, decided, ("death",), found, _UNDATED_RELAPSE)


def _relapses(records: Records, course: Course) -> tuple[pl.DataFrame, tuple[Finding, ...]]:
    """Tell each patient's first relapse after transplant; one that the centre gave stands before events."""
    site = nw.when(~nw.col("relapse_site").is_null()).then(sentence(", ", nw.col("relapse_site")))
    row = course.cite("events", "relapse_row")
    told = collect(
        nw.from_native(course.frame)
        .lazy()
        .with_columns(
            joined(number("relapse_day"), site, row).alias("relapse_told"),
            hidden_relapse(course.cite).alias("hidden"),
            nw.lit(False).alias("given_relapse"),
        )
    )
    clock = first_failure_clock(records, course)
    if clock.decided.is_empty():
        return told, clock.findings
    given = clock.decided.filter(pl.col("excluded").is_null())
    relapsed = pl.col("outcome") == 1
    words = pl.col("time").round(1).cast(pl.String) + ", given as first failure"
    given = given.select(
        "patient_id",
        pl.when(relapsed).then("time").alias("relapse_day"),
        pl.when(relapsed).then(words).alias("relapse_told"),
        relapsed.alias("given_relapse"),
    )
    others = told.join(given, on="patient_id", how="anti").with_columns(
        pl.col("relapse_day").cast(pl.Float64)
    )
    replaced = told.drop("relapse_day", "relapse_told", "given_relapse", "hidden").join(
        given, on="patient_id"
    )
    return pl.concat([others, replaced], how="diagonal").sort("patient_id"), clock.findings


def _not_relapsed() -> list[tuple[nw.Expr, nw.Expr]]:
    relapse, death = nw.col("relapse_day"), nw.col("death_day")
    not_relapsed = relapse.is_null() & nw.col("hidden").is_null()
    return [
        *transplanted(),
        (not_relapsed, nw.lit("no relapse after transplant")),
        (relapse > death, nw.lit("the relapse given is later than death: one of the two days is wrong")),
    ]


def _known_alive(frame: pl.DataFrame) -> nw.LazyFrame[Any]:
    """Add the last day known alive: the last contact alive, or a relapse later than it."""
    return (
        nw.from_native(frame)
        .lazy()
        .with_columns(
            nw.max_horizontal("contact_day", "relapse_day").alias("alive_day"),
        )
    )


def _unseen() -> list[tuple[nw.Expr, nw.Expr]]:
    seen = nw.coalesce("death_day", "undated_death_row", "alive_day")
    return [(seen.is_null(), nw.lit("no follow-up: no contact after day 0"))]


def _why(cite: Cite) -> nw.Expr:
    died = sentence("death on day ", number("death_day"), cite.death())
    contact = sentence("alive on day ", number("contact_day"), cite("follow_up", "contact_row"))
    return choose(
        [
            (~nw.col("death_day").is_null(), died),
            (nw.col("contact_day") >= nw.coalesce("relapse_day", "contact_day"), contact),
        ],
        nw.lit("alive at relapse, no later contact"),
    )


def _refuse_given_alone(definition: Definition, records: Records, course: Course) -> None:
    """Refuse survival when only a first failure is given: who died after relapse is not in the file."""
    if records.given.is_empty():
        return
    given = records.given.filter(is_first_failure("name"))
    facts = course.frame.filter(
        pl.coalesce("death_day", "contact_day", "undated_death_row").is_null(), pl.col("first_day") == 0
    )
    alone = facts.join(given, on="patient_id", how="inner")
    if alone.is_empty():
        return
    relapsed = alone.filter(pl.col("outcome") == "relapse").height
    what = (
        f"{definition.name} cannot be derived from a given time to first failure: it ends at relapse, and "
        "does "
        f"not say which of the {relapsed} patients who relapsed died, or when ({alone.height} patients have "
        "nothing else)"
    )
    instead = (
        "DFS, CIR or NRM, which end at first failure; or map last contact and vital status to follow_up, so "
        "that "
        "survival is known"
    )
    raise RefusalError(what, instead=instead, source=HANDBOOK)
