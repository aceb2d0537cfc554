"""Engraftment and GVHD: the first day the centre recorded, with death and a second transplant competing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from dayzero.endpoints.assemble import Instead, assemble
from dayzero.endpoints.choices import SECOND, applied
from dayzero.endpoints.course import course_of
from dayzero.endpoints.course_findings import Check, run
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
from dayzero.endpoints.gvhd.lymphocytes import mark_after_lymphocytes
from dayzero.endpoints.gvhd.staging import mark_staged, staging_findings
from dayzero.endpoints.statements import statement_findings, statements, untold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dayzero.endpoints.deciding import Cite
    from dayzero.endpoints.definition import Definition, DerivedEndpoint
    from dayzero.endpoints.options import Options
    from dayzero.endpoints.statements import Statements
    from dayzero.records.findings import Finding
    from dayzero.records.model import Records


@dataclass(frozen=True)
class Rule:
    """How one endpoint of this family is decided.

    Attributes
    ----------
    again : {"second", "rescue"}
        Which later infusions compete: a second transplant, or also a boost.
    again_label : str
    given : bool
        The centre derived the day itself.
    """

    again: str
    again_label: str
    given: bool


ENGRAFTMENT = Rule("rescue", "second transplant or rescue infusion", given=True)
_GVHD = Rule("second", "second transplant", given=False)
RULES = {
    "neutrophil_engraftment": ENGRAFTMENT,
    "platelet_engraftment": ENGRAFTMENT,
    "aGVHD_III_IV": _GVHD,
    "aGVHD_II_IV": _GVHD,
    "cGVHD": _GVHD,
}
CENSORED, EVENT, DEATH, AGAIN = 0, 1, 2, 3
#: Later than any day.
NEVER = 2**31


def derive_incidence(definition: Definition, records: Records, options: Options) -> DerivedEndpoint:
    """Derive an engraftment or GVHD endpoint.

    Causes: 1 the event, 2 death without it, 3 a second transplant (or rescue) without it. On the same day the
    event stands before both, a second transplant before death. Relapse neither competes nor censors.

    Raises
    ------
    RefusalError
        When nothing is recorded about the event for anyone, or it is known to have happened but not when.
    """
    course, rule = course_of(records), RULES[definition.name]
    said = statements(definition, records, course)
    if not rule.given and applied(definition.name, options, SECOND) in ("ignore", "censor"):
        never = [pl.lit(None, pl.Int64).alias(name) for name in ("second_day", "second_row")]
        said = replace(said, frame=said.frame.with_columns(never))
    decided = decide(rule, said, course.cite)
    staged: Iterable[Finding] = ()
    if said.target.event == "aGVHD":
        decided = mark_staged(decided, records)
        staged = staging_findings(records, course.places, definition.name)
    if not rule.given:
        decided = mark_after_lymphocytes(decided, records)
    found = [
        *staged,
        *course.about_survival,
        *statement_findings(decided, said, course.places, "warning" if rule.given else "note"),
        *run([extended(said.target.label)], decided, course.places, definition.name),
    ]
    label = said.target.label
    return assemble(definition, decided, (label, "death", rule.again_label), found, day_not_known(said))


def day_not_known(said: Statements) -> Instead:
    """Return what to say when it is known that it happened, but not when."""
    return Instead(
        f"{said.target.label} is known to have happened, but not when, or only a higher grade is denied,",
        f"record the day (and grade) of each '{said.target.event}' row in events, or leave this endpoint out",
    )


def decide(rule: Rule, said: Statements, cite: Cite) -> pl.DataFrame:
    """Decide for every patient by what is said: ``time``, ``cause``, ``why`` and why not counted."""
    event, death, again = pl.col("yes_day"), pl.col("death_day"), pl.col(f"{rule.again}_day")
    until_death = death.fill_null(NEVER)
    cause = choose(
        [
            (event <= pl.min_horizontal(again.fill_null(NEVER), until_death), pl.lit(EVENT)),
            (again <= until_death, pl.lit(AGAIN)),
            (death.is_not_null(), pl.lit(DEATH)),
        ],
        pl.lit(CENSORED),
    )
    decided = pl.col("cause")
    time = choose(
        [(decided == EVENT, event), (decided == DEATH, death), (decided == AGAIN, again)],
        pl.col("contact_day"),
    )
    unseen = (decided == CENSORED) & pl.col("contact_day").is_null() & pl.col("blocked").is_null()
    reasons = [*NOT_TRANSPLANTED, *untold(said, cite), Reason(unseen, NO_CONTACT)]
    given = pl.when((decided == EVENT) & pl.lit(rule.given)).then(pl.lit("given")).otherwise(pl.lit(""))
    return (
        said.frame.lazy()
        .with_columns(cause.alias("cause"), _blocked(cite).alias("blocked"))
        .with_columns(
            time.alias("time"),
            _why(rule, said.target.label, cite).alias("why"),
            given.alias("flags"),
            *excluded(reasons),
        )
        .collect()
    )


def _blocked(cite: Cite) -> pl.Expr:
    """Return the row that says that it happened without a day, or denies only higher grades."""
    dated = pl.col("yes_day").is_not_null()
    answered = dated | pl.col("no_row").is_not_null() | pl.col("lower_row").is_not_null()
    return pl.coalesce(
        pl.when(~dated).then(cite("events", "undated_row")),
        pl.when(~answered).then(cite("events", "partial_row")),
    )


def _why(rule: Rule, label: str, cite: Cite) -> pl.Expr:
    again = f"{rule.again}_row"
    derived = "; given, not derived from counts" if rule.given else ""
    happened = sentence(f"{label} on day ", number("yes_day"), cite("events", "yes_row"), derived)
    died = sentence("death on day ", number("death_day"), cite.death(), f" without {label}")
    infused = sentence(
        f"{rule.again_label} on day ",
        number(f"{rule.again}_day"),
        cite("transplants", again),
        f" without {label}",
    )
    seen = sentence(number("contact_day"), cite("follow_up", "contact_row"))
    denied = sentence("; recorded as not having happened", cite("events", "no_row"))
    cause = pl.col("cause")
    return choose(
        [(cause == EVENT, happened), (cause == DEATH, died), (cause == AGAIN, infused)],
        joined(f"no {label} to day ", seen, denied),
    )


def extended(label: str) -> Check:
    """Return the check for a day later than the last contact."""
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
