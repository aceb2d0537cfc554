"""The statistics that the search aims at, in plain Python: every operation is an IEEE one.

They are written apart from :mod:`dayzero.stats` on purpose. The search must walk the same way on every
machine and with every version of the package, or the shipped workbook would change under it; and what it
finds is then checked with the package, so that two implementations have to agree on every target.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence


class Observation(NamedTuple):
    """A patient's day, cause (0 censored, 1 the event, 2 competing) and group (0 or 1)."""

    day: int
    cause: int
    group: int = 0


class Day(NamedTuple):
    """What one day sees: patients at risk just before it, events, and competing events, each by group."""

    day: int
    at_risk: tuple[int, int]
    events: tuple[int, int]
    competing: tuple[int, int]


def by_day(observations: Sequence[Observation]) -> list[Day]:
    """Count a sample by day."""
    counts: dict[int, list[int]] = {}
    left = [0, 0]
    for day, cause, group in observations:
        left[group] += 1
        counts.setdefault(day, [0] * 6)[2 * cause + group] += 1
    days = []
    for day in sorted(counts):
        c = counts[day]
        days.append(Day(day, (left[0], left[1]), (c[2], c[3]), (c[4], c[5])))
        left[0] -= c[0] + c[2] + c[4]
        left[1] -= c[1] + c[3] + c[5]
    return days


def incidence(observations: Sequence[Observation], horizon: float) -> tuple[float, float, float]:
    """Return event-free survival and the Aalen-Johansen incidences of causes 1 and 2 at a horizon in days."""
    free, first, second = 1.0, 0.0, 0.0
    for day, at_risk, events, competing in by_day(observations):
        if day > horizon:
            break
        n, d1, d2 = sum(at_risk), sum(events), sum(competing)
        first += free * d1 / n
        second += free * d2 / n
        free *= (n - d1 - d2) / n
    return free, first, second


def median_day(observations: Sequence[Observation]) -> int:
    """Return the first day on which Kaplan-Meier falls below one half (0 when it never does)."""
    free = 1.0
    for day, at_risk, events, _ in by_day(observations):
        free *= (sum(at_risk) - sum(events)) / sum(at_risk)
        if free < 0.5:
            return day
    return 0


def logrank(observations: Sequence[Observation]) -> float:
    """Return the log-rank chi-square (1 df) of two groups; causes 1 and 2 both count as the event."""
    excess, variance = 0.0, 0.0
    for _, at_risk, events, competing in by_day(observations):
        n, d = sum(at_risk), sum(events) + sum(competing)
        share = at_risk[0] / n
        excess += events[0] + competing[0] - d * share
        if n > 1:
            variance += d * share * (1 - share) * (n - d) / (n - 1)
    return excess * excess / variance


def gray(observations: Sequence[Observation]) -> float:
    """Return Gray's chi-square (1 df) of two groups for cause 1 (Gray 1988; tie corrections of R cmprsk)."""
    free, incident, pooled = [1.0, 1.0], [0.0, 0.0], 0.0
    score, drift = 0.0, 0.0
    seen: list[tuple[float, float, list[tuple[float, float, float]]]] = []
    for tie in by_day(observations):
        own, other = sum(tie.events), sum(tie.competing)
        if own + other == 0:
            continue
        size = [tie.at_risk[g] / free[g] if tie.at_risk[g] else 0.0 for g in (0, 1)]
        total = size[0] + size[1]
        still = [size[g] * (1 - incident[g]) for g in (0, 1)]
        score += tie.events[0] - own * still[0] / (still[0] + still[1])
        level = size[0] * size[1] / total
        drift += level * own / (total * (1 - pooled))
        pooled += own / total
        parts = []
        for g in (0, 1):
            if tie.at_risk[g] == 0:
                continue
            before, n = free[g], tie.at_risk[g]
            free[g] = before * (n - tie.events[g] - tie.competing[g]) / n
            incident[g] += before * tie.events[g] / n
            parts.append(_spread(tie, g, before, total, (1 - pooled) / free[g] if free[g] > 0 else 0.0))
        seen.append((level, drift, parts))
    variance = 0.0
    for level, so_far, parts in seen:
        rest = drift - so_far
        for ratio, spread_own, spread_other in parts:
            variance += (level + (1 - ratio) * rest) ** 2 * spread_own + (ratio * rest) ** 2 * spread_other
    return score * score / variance


def _spread(tie: Day, g: int, before: float, total: float, ratio: float) -> tuple[float, float, float]:
    """Return one group's ratio of curves and the variances that its events and competing events bring."""
    n, own, other = tie.at_risk[g], sum(tie.events), tie.competing[g]
    tied = 1 - (own - 1) / (total * before - 1) if own > 1 else 1.0
    tied_other = 1 - (other - 1) / (n - 1) if other > 1 else 1.0
    return ratio, tied * before * own / (total * n), tied_other * before * before * other / (n * n)
