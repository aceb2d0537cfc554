"""What reconciling the course of a patient can find: facts that contradict each other, each with its row."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from dayzero.records.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dayzero.records.findings import Severity
    from dayzero.records.places import Places

HANDBOOK = "EBMT Handbook 2024, chapter 6, doi 10.1007/978-3-031-44080-9_6"


@dataclass(frozen=True)
class Check:
    """One contradiction that a row per patient can show.

    Attributes
    ----------
    id : str
    severity : Severity
    when : polars.Expr
        Which patients it concerns.
    table, row : str
        Where the fact stands: the table, and the column that holds its row number.
    what : str
        The sentence; names in braces are columns.
    hint, source : str
    """

    id: str
    severity: Severity
    when: pl.Expr
    table: str
    row: str
    what: str
    hint: str = ""
    source: str = ""


def run(
    checks: Sequence[Check], frame: pl.DataFrame, places: Places, item: str | None = None
) -> Iterator[Finding]:
    """Yield a finding for each patient that a check concerns."""
    concerns = frame.select(check.when.any().alias(str(n)) for n, check in enumerate(checks)).row(0)
    for check in (check for check, any_patient in zip(checks, concerns, strict=True) if any_patient):
        for facts in frame.filter(check.when).iter_rows(named=True):
            row = facts[check.row]
            yield Finding(
                check.id,
                check.severity,
                check.what.format(**facts),
                replace(places.where(check.table, row or None, None, facts["patient_id"]), item=item),
                hint=check.hint,
                source=check.source,
            )


_DEATH = pl.col("death_day")
_SURVIVAL = (
    Check(
        "endpoints.death_disagrees",
        "warning",
        pl.col("event_death_day") != pl.col("dead_day"),
        "follow_up",
        "dead_row",
        "events say death on day {event_death_day}, follow-up says dead on day {dead_day}; the day in "
        "events is "
        "used",
        "correct the wrong day",
    ),
    Check(
        "endpoints.death_disagrees",
        "error",
        pl.col("event_death_day") != pl.col("latest_death_day"),
        "events",
        "latest_death_row",
        "death is recorded on day {event_death_day} and on day {latest_death_day}; the first is used",
        "keep one day of death",
    ),
    Check(
        "endpoints.death_disagrees",
        "error",
        _DEATH.is_not_null() & pl.col("denied_death_row").is_not_null(),
        "events",
        "denied_death_row",
        "events say that death did not occur, but death is recorded on day {death_day}; death is used",
        "correct one of them",
    ),
    Check(
        "endpoints.alive_after_death",
        "error",
        pl.col("contact_day") > _DEATH,
        "follow_up",
        "contact_row",
        "alive on day {contact_day}, after death on day {death_day}; the day of death is used",
        "correct one of the two days",
    ),
)
_RELAPSE = pl.col("relapse_day")
_DISEASE = (
    Check(
        "endpoints.relapse_after_death",
        "error",
        pl.col("relapse_after_death_row").is_not_null(),
        "events",
        "relapse_after_death_row",
        "relapse is recorded after death on day {death_day}; the patient is not counted for relapse, "
        "non-relapse mortality or disease-free survival",
        "correct one of the two days",
    ),
    Check(
        "endpoints.relapse_seen_before_its_day",
        "warning",
        pl.col("in_relapse_day") < _RELAPSE,
        "follow_up",
        "in_relapse_row",
        "follow-up says relapse on day {in_relapse_day}, events say first relapse on day {relapse_day}; the "
        "day "
        "in events is used",
        "check the day of the first relapse",
    ),
    Check(
        "endpoints.another_relapse_without_day",
        "warning",
        _RELAPSE.is_not_null() & pl.col("undated_relapse_row").is_not_null(),
        "events",
        "undated_relapse_row",
        "a relapse has no day; the dated relapse on day {relapse_day} is taken as the first after transplant",
        "record its day, or 'before transplant' in detail",
    ),
    Check(
        "endpoints.relapse_on_day_0",
        "warning",
        pl.col("day_0_relapse_row").is_not_null(),
        "events",
        "day_0_relapse_row",
        "a relapse on day 0 is the state at transplant, not a relapse after it",
        "if it was found after the infusion, record the day on which it was found",
    ),
    Check(
        "endpoints.no_with_a_day",
        "warning",
        pl.col("dated_denial_row").is_not_null(),
        "events",
        "dated_denial_row",
        "recorded as not having happened, but carries a day; taken as not having happened",
        "clear the day, or set occurred to yes",
    ),
)


def about_survival(frame: pl.DataFrame, places: Places) -> Iterator[Finding]:
    """Yield what contradicts itself about death and contact."""
    return run(_SURVIVAL, frame, places)


def about_disease(frame: pl.DataFrame, places: Places) -> Iterator[Finding]:
    """Yield what contradicts itself about relapse and disease status, and who was not in remission."""
    yield from run(_DISEASE, frame, places)
    transplanted = frame.filter(pl.col("first_day") == 0)
    active = transplanted.filter(pl.col("remission") == "not in remission").height
    if active:
        yield Finding(
            "endpoints.not_in_remission",
            "warning",
            f"{active} of {transplanted.height} patients were not in remission at transplant: the clock of "
            "disease-free survival and relapse starts as if in remission, and relapse here means progression",
            places.where("transplants", None, "remission", None),
            hint="restrict the cohort to patients in remission, or name the endpoint progression-free "
            "survival",
            source=HANDBOOK,
        )
