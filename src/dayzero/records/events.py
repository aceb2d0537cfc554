"""Whether an event happened, when a day and a yes/no may both speak about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from dayzero.records.log import Log
    from dayzero.records.parts import Typed

#: What to believe when the day and the yes/no of an event contradict each other: neither (the default: the
#: event is unknown), the day, or the yes/no.
CONTRADICTION: Final = ("unknown", "use day", "use occurred")
_TAKEN: Final = {
    "unknown": "neither is believed: the event counts as unknown",
    "use day": "the day was believed, as declared",
    "use occurred": "the yes or no was believed, as declared",
}


_FLAT_HINT: Final = (
    "if the day is that of last contact for patients without the event, make the row with: when = { ... }; "
    'if one of the columns is known to be right, say so: contradiction = "use day" or "use occurred"'
)


def resolve_events(typed: Typed, log: Log) -> tuple[list[str], list[Any]]:
    """Return for each row of events whether it happened (yes, no, unknown...), and its date or day.

    An event that happened keeps its date; any other has none. A row of a workbook states that its event
    happened unless it says otherwise; a row of a flat file states nothing when its cells are empty.
    """
    count = len(typed.part.rows)
    empty: list[Any] = [None] * count
    moments = typed.values.get("date", empty)
    said = typed.values.get("occurred", empty)
    never = typed.never.get("date", frozenset())
    unread = typed.unreadable.get("occurred", frozenset())
    sentinels = typed.sentinels.get("date", frozenset())
    occurred: list[str] = []
    dates: list[Any] = []
    for position in range(count):
        moment, word = moments[position], said[position]
        if _contradict(moment, word, never=position in never):
            _report(typed, position, log)
            moment, word = _believed(typed.part.contradiction, moment, word)
        elif position in unread or (position in sentinels and word != "no"):
            word = "unknown"
        elif position in never:
            word = "no"
        elif word is None:
            word = _unsaid(typed, moment)
        occurred.append(word)
        dates.append(moment if word == "yes" else None)
    return occurred, dates


def _contradict(moment: Any, word: str | None, *, never: bool) -> bool:
    if never:
        return word == "yes"
    return moment is not None and word is not None and word != "yes"


def _believed(rule: str, moment: Any, word: str | None) -> tuple[Any, str | None]:
    if rule == "use day":
        return moment, "no" if moment is None else "yes"
    return (None, word) if rule == "use occurred" else (None, "unknown")


def _unsaid(typed: Typed, moment: Any) -> str:
    """Return what a row means that has no yes/no: its date, or its mere presence in a workbook, says yes."""
    asked = "date" in typed.part.cells or "occurred" in typed.part.cells
    return "unknown" if moment is None and typed.part.flat and asked else "yes"


def _report(typed: Typed, position: int, log: Log) -> None:
    moment, word = typed.values["date"][position], typed.values["occurred"][position]
    log.add(
        "records.event_contradiction",
        typed.where(position, "occurred" if "occurred" in typed.part.headers else "date"),
        found=str(word),
        event=typed.values["event"][position],
        occurred="not having occurred"
        if word == "no"
        else "having occurred"
        if word == "yes"
        else f"'{word}'",
        day=_day(typed, moment),
        taken=_TAKEN[typed.part.contradiction],
        hint=_FLAT_HINT if typed.part.flat else "",
    )


def _day(typed: Typed, moment: Any) -> str:
    """Return what the date column says; a calendar date is not repeated."""
    column = typed.part.header("date")
    if moment is None:
        return f"'{column}' says that it did not happen"
    return f"'{column}' gives day {moment}" if isinstance(moment, int) else f"'{column}' gives a date"
