"""One door for every nonparametric function: arrays, or an event table in their place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from dayzero.errors import BadInputError
from dayzero.stats.event_table import EventTable

if TYPE_CHECKING:
    from collections.abc import Iterable


def cause_table(
    time: Any,
    cause: Any,
    *,
    group: Any = None,
    entry: Any = None,
    weight: Any = None,
    stratum: Any = None,
    causes: Iterable[int] = (1,),
) -> EventTable:
    """Return the table of the arrays, or the table itself when one is given instead of them."""
    if isinstance(time, EventTable):
        _refuse_both(cause=cause, group=group, entry=entry, weight=weight, stratum=stratum)
        return time
    if cause is None:
        what = "the second argument is missing: who had the event"
        raise BadInputError(what, hint="pass (time, event) arrays, or one EventTable")
    return EventTable.from_arrays(time, cause, group, entry, weight, stratum, causes=causes)


def event_table(
    time: Any, event: Any, *, group: Any = None, entry: Any = None, weight: Any = None, stratum: Any = None
) -> EventTable:
    """Return the table of a single event; in a table of several causes the event is any of them."""
    table = cause_table(time, event, group=group, entry=entry, weight=weight, stratum=stratum)
    if not isinstance(time, EventTable) and table.causes != (1,):
        what = f"event has codes up to {table.causes[-1]}; a single event is coded 0 or 1"
        hint = (
            "competing causes: use cumulative_incidence; a composite (relapse or death): pass cause != 0; "
            "coded 1 = alive, 2 = dead: pass status == 2"
        )
        raise BadInputError(what, hint=hint)
    return table.as_event()


def _refuse_both(**arrays: Any) -> None:
    given = [name for name, values in arrays.items() if values is not None]
    if given:
        what = f"an EventTable already holds {', '.join(given)}"
        raise BadInputError(what, hint="pass the table alone, or arrays alone")


def source_note(table: EventTable, *, composite: bool = False) -> tuple[str, ...]:
    """Return what a reader must know about the counts: weights, delayed entry, a composite event."""
    notes = []
    if composite:
        notes.append("event: any cause")
    if table.weighted:
        notes.append(
            "fractional case weights" if table.fractional else "whole-number case weights (replication)"
        )
    if table.entered is not None:
        notes.append("delayed entry, at risk on (entry, time]")
    return tuple(notes)


def not_simple(table: EventTable) -> str:
    """Name what keeps the table from being whole people observed from the origin; empty when nothing does."""
    if table.fractional:
        return "fractional weights"
    return "delayed entry" if table.entered is not None else ""


def is_composite(time: Any) -> bool:
    """Tell whether a table of several causes is being read as one event."""
    return isinstance(time, EventTable) and len(time.causes) > 1


def people_counts(table: EventTable) -> tuple[Any, Any, Any] | None:
    """Return (at_risk, events, censored) in people; None when there are no weights."""
    if not table.weighted:
        return None
    from dayzero.stats.risk_set import RiskSet

    count = table.count.sum(axis=0)
    entered = None if table.entered is None else table.entered.sum(axis=0)
    risk = RiskSet.of(count, entered)
    return np.rint(risk.at_risk), risk.events, count[:, 0]
