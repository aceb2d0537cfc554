"""The cause of death against what is recorded of the patient."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from dayzero.records.checks.rule import Facts, Rule
from dayzero.records.kahn import RELATIONAL

if TYPE_CHECKING:
    from collections.abc import Callable

_NEGATED: Final = r"\b(?:no|non|not|without|other than)\b"
#: What a cause of death says, and the events of which one must then be recorded.
CAUSES: Final = (
    ("relapse", r"relaps|progressi|disease recurrence|leuk[a]?emia", ("relapse",)),
    ("GVHD", r"gvhd|graft[- ]versus[- ]host", ("aGVHD", "cGVHD", "steroid-refractory aGVHD")),
    ("VOD", r"\bvod\b|\bsos\b|veno-?occlusive|sinusoidal", ("VOD",)),
    ("TMA", r"\btma\b|microangiopath", ("TMA",)),
    ("graft failure", r"graft failure|rejection|aplasia", ("graft failure",)),
    ("a second malignancy", r"second(?:ary)? (?:malignan|cancer|tumou?r|neoplas)", ("second malignancy",)),
)


def _unrecorded(pattern: str, events: tuple[str, ...]) -> Callable[[Facts], pl.DataFrame]:
    """Return a check of deaths by an event that is recorded of others, but not of this patient."""

    def find(facts: Facts) -> pl.DataFrame:
        cause = pl.col("cause").str.to_lowercase()
        deaths = facts.events.filter(
            pl.col("event") == "death", cause.str.contains(pattern), ~cause.str.contains(_NEGATED)
        )
        recorded = facts.events.filter(pl.col("event").is_in(events)).select("patient_id")
        if recorded.is_empty():
            return deaths.clear()
        if events == ("relapse",):
            active = facts.grafts.filter(pl.col("remission") == "not in remission").select("patient_id")
            recorded = pl.concat([recorded, active])
        return deaths.join(recorded, on="patient_id", how="anti", maintain_order="left")

    return find


RULES: Final[tuple[Rule, ...]] = tuple(
    Rule(
        "records.cause_without_event",
        "warning",
        "events",
        "cause",
        f"the patient died of {name}, but none is recorded",
        _unrecorded(pattern, events),
        "add it to events with its first day, or correct the cause",
        needs=events,
        kahn=RELATIONAL,
    )
    for name, pattern, events in CAUSES
)
