"""What the definitions say, patient by patient in plain Python: slow, and easy to read."""

from __future__ import annotations

from typing import Any

Facts = list[dict[str, Any]]


def happened(events: Facts, patient: str, event: str) -> list[int]:
    return sorted(
        e["day"]
        for e in events
        if (e["patient_id"], e["event"]) == (patient, event) and e.get("occurred", "yes") == "yes"
    )


def death_day(events: Facts, follow_up: Facts, patient: str) -> int | None:
    stated = happened(events, patient, "death")
    dead = sorted(c["day"] for c in follow_up if c["patient_id"] == patient and c["alive"] == "no")
    return stated[0] if stated else dead[0] if dead else None


def contacts(follow_up: Facts, patient: str, *, status_known: bool = False) -> list[int]:
    return [
        c["day"]
        for c in follow_up
        if c["patient_id"] == patient
        and c["alive"] == "yes"
        and c["day"] >= 0
        and not (status_known and c.get("disease_status") == "unknown")
    ]


def overall_survival(events: Facts, follow_up: Facts, patient: str) -> tuple[int, int] | None:
    """Return time and cause; None when the patient cannot be counted."""
    death = death_day(events, follow_up, patient)
    if death is not None:
        return None if death < 0 else (death, 1)
    relapses = [day for day in happened(events, patient, "relapse") if day > 0]
    alive = contacts(follow_up, patient) + relapses[:1]
    return (max(alive), 0) if alive else None


def first_failure(events: Facts, follow_up: Facts, patient: str) -> tuple[int, int] | None:
    """Return time and 0 censored, 1 relapse, 2 death without relapse; None when it cannot be told."""
    death = death_day(events, follow_up, patient)
    relapses = [day for day in happened(events, patient, "relapse") if day > 0]
    if death is not None and (death < 0 or (relapses and relapses[0] > death)):
        return None
    if relapses:
        return relapses[0], 1
    if death is not None:
        return death, 2
    seen = contacts(follow_up, patient, status_known=True)
    return (max(seen), 0) if seen else None


def recovery(counts: list[tuple[int, float]], transfusions: list[int], limit: float) -> int | None:
    """Return the day of recovery; ``counts`` are days from 0 on, with every value."""
    days = sorted({day for day, _ in counts})
    lowest = {day: min(value for d, value in counts if d == day) for day in days}
    falls = [day for day in days if lowest[day] < limit] + [day for day in transfusions if day >= 0]
    falls = [day for day in falls if day <= 28]
    good = {
        day: lowest[day] >= limit and not any(day - 7 < given <= day for given in transfusions)
        for day in days
    }
    for first, second, third in zip(days, days[1:], days[2:], strict=False):
        if falls and first > min(falls) and good[first] and good[second] and good[third]:
            return first
    return None


def low_runs(
    counts: list[tuple[int, float]], transfusions: list[int], limit: float, *, lifts: bool
) -> list[tuple[int, int, int, bool]]:
    """Return the first three days of each run of low counts, and whether it was supported."""
    days = sorted({day for day, _ in counts})
    lowest = {day: min(value for d, value in counts if d == day) for day in days}
    told = [
        day
        for day in days
        if lowest[day] < limit or not (lifts and any(day - 7 < given <= day for given in transfusions))
    ]
    found = []
    for index, day in enumerate(told):
        run = told[index : index + 3]
        after_high = index == 0 or lowest[told[index - 1]] >= limit
        if len(run) == 3 and after_high and all(lowest[each] < limit for each in run):
            supported = any(day <= given <= run[2] + 7 for given in transfusions)
            found.append((*run, supported))
    return found
