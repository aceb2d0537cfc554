"""Engraftment and GVHD: the first day the centre recorded, with death and a second transplant competing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from dayzero.endpoints.assemble import Instead, assemble
from dayzero.endpoints.course_findings import Check, run
from dayzero.endpoints.eligibility import first_reason, transplanted
from dayzero.endpoints.frames import choose, collect
from dayzero.endpoints.statements import (
    Statements,
    Target,
    refuse_silence,
    statement_findings,
    statements,
    untold,
)
from dayzero.endpoints.wording import joined, number, sentence

if TYPE_CHECKING:
    from dayzero.endpoints.course import Course
    from dayzero.endpoints.definition import Definition, DerivedEndpoint
    from dayzero.endpoints.wording import Cite
    from dayzero.records.model import Records


@dataclass(frozen=True)
class Incidence:
    """How one endpoint of this family is decided.

    Attributes
    ----------
    target : Target
    again : {"second", "rescue"}
        Which later infusions compete: a second transplant, or also a boost.
    again_label : str
    given : bool
        The centre derived the day itself (engraftment).
    """

    target: Target
    again: str
    again_label: str
    given: bool = False


_RESCUE = "second transplant or rescue infusion"
INCIDENCES = {
    "neutrophil_engraftment": Incidence(
        Target("neutrophil engraftment", "neutrophil engraftment"), "rescue", _RESCUE, given=True
    ),
    "platelet_engraftment": Incidence(
        Target("platelet engraftment", "platelet engraftment"), "rescue", _RESCUE, given=True
    ),
    "aGVHD_III_IV": Incidence(
        Target("aGVHD", "acute GVHD grade III-IV", grade=3), "second", "second transplant"
    ),
    "aGVHD_II_IV": Incidence(
        Target("aGVHD", "acute GVHD grade II-IV", grade=2), "second", "second transplant"
    ),
    "cGVHD": Incidence(Target("cGVHD", "chronic GVHD"), "second", "second transplant"),
}

CENSORED, EVENT, DEATH, AGAIN = 0, 1, 2, 3
#: Later than any day.
_NEVER = 2**31


def derive_incidence(definition: Definition, records: Records, course: Course) -> DerivedEndpoint:
    """Derive an engraftment or GVHD endpoint.

    Causes: 1 the event, 2 death without it, 3 a second transplant (or rescue) without it. On the same day the
    event stands before both, a second transplant before death. Relapse neither competes nor censors.

    Raises
    ------
    RefusalError
        When nothing is recorded about the event for anyone, or it is known to have happened but not when.
    """
    rule = INCIDENCES[definition.name]
    said = statements(rule.target, records, course)
    refuse_silence(definition, rule.target, said, course)
    joined = course.frame.join(said.frame, on="patient_id", how="left")
    decided = collect(_decide(nw.from_native(joined).lazy(), rule, said, course))
    found = [
        *course.about_survival,
        *statement_findings(
            decided, rule.target, said, course.places, definition.name, "warning" if rule.given else "note"
        ),
    ]
    found += run([_extended(rule.target.label)], decided, course.places, definition.name)
    causes = (rule.target.label, "death", rule.again_label)
    instead = Instead(
        f"{rule.target.label} is known to have happened, but not when or not above which grade,",
        f"record the day (and grade) of each {rule.target.event} row in events, or ask for the proportion",
    )
    return assemble(definition, decided, causes, found, instead)


def _decide(frame: nw.LazyFrame[Any], rule: Incidence, said: Statements, course: Course) -> nw.LazyFrame[Any]:
    event, death, again = nw.col("yes_day"), nw.col("death_day"), nw.col(f"{rule.again}_day")
    until_death = death.fill_null(_NEVER)
    cause = choose(
        [
            (event <= nw.min_horizontal(again.fill_null(_NEVER), until_death), nw.lit(EVENT)),
            (again <= until_death, nw.lit(AGAIN)),
            (~death.is_null(), nw.lit(DEATH)),
        ],
        nw.lit(CENSORED),
    )
    decided = nw.col("cause")
    return frame.with_columns(cause.alias("cause")).with_columns(
        choose(
            [(decided == EVENT, event), (decided == DEATH, death), (decided == AGAIN, again)],
            nw.col("contact_day"),
        ).alias("time"),
        _why(rule, course.cite).alias("why"),
        nw.when((decided == EVENT) & nw.lit(rule.given))
        .then(nw.lit("given"))
        .otherwise(nw.lit(""))
        .alias("flags"),
        _blocked(course.cite).alias("blocked"),
        first_reason(transplanted() + untold(rule.target, said, course.cite) + _unseen(course.cite)).alias(
            "excluded"
        ),
    )


def _extended(label: str) -> Check:
    later = pl.col("contact_day").is_null() | (pl.col("yes_day") > pl.col("contact_day"))
    return Check(
        "endpoints.event_after_last_contact",
        "warning",
        (pl.col("cause") == EVENT) & pl.col("death_day").is_null() & later,
        "events",
        "yes_row",
        f"{label} on day {{yes_day}} is later than the last contact; the patient was seen then, so "
        "observation for this endpoint is extended to that day",
        "record the contact, or correct the day",
    )


def _blocked(cite: Cite) -> nw.Expr:
    """Return the row that says that it happened without a day, or denies only higher grades."""
    dated = ~nw.col("yes_day").is_null()
    answered = dated | ~nw.col("no_row").is_null() | ~nw.col("lower_row").is_null()
    return nw.coalesce(
        nw.when(~dated).then(cite("events", "undated_row")),
        nw.when(~answered).then(cite("events", "partial_row")),
    )


def _unseen(cite: Cite) -> list[tuple[nw.Expr, nw.Expr]]:
    unseen = (nw.col("cause") == CENSORED) & nw.col("contact_day").is_null() & _blocked(cite).is_null()
    return [(unseen, nw.lit("no follow-up: no contact after day 0"))]


def _why(rule: Incidence, cite: Cite) -> nw.Expr:
    label, again = rule.target.label, rule.again
    derived = "; given, not derived from counts" if rule.given else ""
    happened = sentence(f"{label} on day ", number("yes_day"), cite("events", "yes_row"), derived)
    died = sentence(
        "death on day ",
        number("death_day"),
        cite.death(),
        f" without {label}",
    )
    infused = sentence(
        f"{rule.again_label} on day ",
        number(f"{again}_day"),
        cite("transplants", f"{again}_row"),
        f" without {label}",
    )
    seen = sentence(number("contact_day"), cite("follow_up", "contact_row"))
    denied = nw.when(~nw.col("no_row").is_null()).then(
        sentence("; recorded as not having happened", cite("events", "no_row"))
    )
    censored = joined(f"no {label} to day ", seen, denied)
    cause = nw.col("cause")
    return choose([(cause == EVENT, happened), (cause == DEATH, died), (cause == AGAIN, infused)], censored)
