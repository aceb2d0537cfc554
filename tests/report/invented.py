"""Invented patients and the short textbook loops that estimate from them, for made-up results."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from dayzero.study.results import Curve, Estimate

CONVENTION = (
    "Kaplan-Meier (product limit) with Greenwood's variance; 95% CI on the log(-log) scale; preset dayzero"
)
INCIDENCE = "Aalen-Johansen with Aalen's variance; 95% CI on the log(-log) scale; preset dayzero"

TICKS = (0.0, 12.0, 24.0, 36.0, 48.0, 60.0)


@dataclass(frozen=True)
class Patient:
    """Months to the first of relapse (1), death without relapse (2) or last contact (0); months to death."""

    remission: str
    inotuzumab: str
    time: float
    cause: int
    death: float | None
    last: float


def patients() -> list[Patient]:
    """Return 78 invented patients: 14 in CR1, 64 in CR2/3 of whom 26 had inotuzumab."""
    draw = random.Random(20240331)  # noqa: S311 - invented patients, not a secret
    made = []
    for index in range(78):
        remission = "CR1" if index < 14 else "CR2/3"
        inotuzumab = "" if index < 14 else ("Inotuzumab" if index < 40 else "No inotuzumab")
        last = round(draw.uniform(4, 62), 2)
        cause, time, death = 0, last, None
        if index in {3, 70}:
            cause, time = 2, round(draw.uniform(1, min(last, 9)), 2)
            death = last = time
        elif index in {15, 27} or (40 <= index < 70 and index % 2 == 0 and index > 41):
            cause, time = 1, round(draw.uniform(2, min(last, 16)), 2)
            last = time + round(draw.uniform(3, 30), 2)
            death = last if draw.random() < 0.45 else None
        made.append(Patient(remission, inotuzumab, time, cause, death, last))
    return made


def product_limit(
    times: list[float], events: list[bool]
) -> list[tuple[float, float, float | None, float | None]]:
    """Return (time, S, lower, upper) at 0 and at each event time."""
    steps: list[tuple[float, float, float | None, float | None]] = [(0.0, 1.0, 1.0, 1.0)]
    surviving, greenwood = 1.0, 0.0
    for time in sorted({t for t, e in zip(times, events, strict=True) if e}):
        risk = sum(t >= time for t in times)
        died = sum(e and t == time for t, e in zip(times, events, strict=True))
        surviving *= 1 - died / risk
        greenwood += died / (risk * (risk - died)) if risk > died else math.inf
        steps.append((time, surviving, *log_log(surviving, greenwood)))
    return steps


def log_log(value: float, relative_variance: float) -> tuple[float | None, float | None]:
    """Return the log(-log) limits of a probability whose relative variance is given."""
    if not 0 < value < 1 or math.isinf(relative_variance):
        return None, None
    width = 1.959963984540054 * math.sqrt(relative_variance) / abs(math.log(value))
    return value ** math.exp(width), value ** math.exp(-width)


def aalen_johansen(
    times: list[float], causes: list[int], cause: int
) -> list[tuple[float, float, float | None, float | None]]:
    """Return (time, CIF, lower, upper) at 0 and at each event of the cause (limits only roughly right)."""
    steps: list[tuple[float, float, float | None, float | None]] = [(0.0, 0.0, 0.0, 0.0)]
    free, incidence = 1.0, 0.0
    for time in sorted({t for t, c in zip(times, causes, strict=True) if c}):
        risk = sum(t >= time for t in times)
        of_interest = sum(c == cause and t == time for t, c in zip(times, causes, strict=True))
        any_cause = sum(c > 0 and t == time for t, c in zip(times, causes, strict=True))
        incidence += free * of_interest / risk
        free *= 1 - any_cause / risk
        if of_interest:
            spread = math.sqrt(incidence * (1 - incidence) / len(times))
            lower, upper = log_log(incidence, (spread / max(incidence, 1e-9)) ** 2)
            steps.append((time, incidence, *(sorted((lower, upper)) if lower and upper else (None, None))))
    return steps


@dataclass(frozen=True)
class Data:
    """Times and causes of one group of patients for one endpoint."""

    times: list[float]
    causes: list[int]
    survival: bool
    cause: int = 1


def observed(name: str, group: list[Patient]) -> Data:
    """Return an endpoint's times and causes."""
    if name == "OS":
        return Data(
            [p.death or p.last for p in group], [int(p.death is not None) for p in group], survival=True
        )
    if name == "OS_after_relapse":
        relapsed = [p for p in group if p.cause == 1]
        return Data(
            [round((p.death or p.last) - p.time, 2) for p in relapsed],
            [int(p.death is not None) for p in relapsed],
            survival=True,
        )
    if name == "DFS":
        return Data([p.time for p in group], [int(p.cause > 0) for p in group], survival=True)
    return Data(
        [p.time for p in group], [p.cause for p in group], survival=False, cause=1 if name == "CIR" else 2
    )


def value_at(
    steps: list[tuple[float, float, float | None, float | None]], time: float
) -> tuple[float, float | None, float | None]:
    """Return the last step at or before a time."""
    return [step for step in steps if step[0] <= time][-1][1:]


LABELS = {
    "OS": "Overall survival",
    "DFS": "Disease-free survival",
    "CIR": "Cumulative incidence of relapse",
    "NRM": "Non-relapse mortality",
    "OS_after_relapse": "Survival after relapse",
}


def curve_and_estimate(
    name: str, group: list[Patient], by: str | None = None, level: str | None = None, among: str = ""
) -> tuple[Curve, Estimate]:
    """Return what a figure and a table show of one endpoint in one group."""
    data = observed(name, group)
    if data.survival:
        steps = product_limit(data.times, [c > 0 for c in data.causes])
    else:
        steps = aalen_johansen(data.times, data.causes, data.cause)
    prefix = f"{name}.{by}.{level}" if by else name
    censored = [t for t, c in zip(data.times, data.causes, strict=True) if c == 0]
    estimate, lower, upper = value_at(steps, 24)
    events = sum(c == data.cause and t <= 24 for t, c in zip(data.times, data.causes, strict=True))
    method, conf, note = ("Kaplan-Meier" if data.survival else "Aalen-Johansen"), "log-log", ""
    if lower is None or lower == upper:
        risk = sum(t >= 24 for t in data.times)
        bound = 1 - 0.025 ** (1 / max(risk, 1))
        lower, upper = (1 - bound, 1.0) if data.survival else (0.0, bound)
        conf, note = "beta product (exact)", "no event: exact interval"
    curve = Curve(
        id=f"{prefix}.curve",
        endpoint=name,
        label=level or LABELS[name],
        kind="survival" if data.survival else "incidence",
        time=tuple(s[0] for s in steps),
        estimate=tuple(s[1] for s in steps),
        lower=tuple(s[2] for s in steps),
        upper=tuple(s[3] for s in steps),
        censor_time=tuple(sorted(censored)),
        censor_estimate=tuple(value_at(steps, t)[0] for t in sorted(censored)),
        end=max(data.times),
        ticks=TICKS,
        at_risk=tuple(sum(t >= tick for t in data.times) for tick in TICKS),
        n=len(data.times),
        events=sum(c == data.cause for c in data.causes),
        unit="months",
        group_by=by,
        group=level,
        conf_type=conf,
    )
    return curve, Estimate(
        id=f"{prefix}.24",
        endpoint=name,
        time=24,
        unit="months",
        estimate=estimate,
        lower=lower,
        upper=upper,
        conf_type=conf,
        conf_level=0.95,
        method=method,
        n=len(data.times),
        events=events,
        at_risk=sum(t >= 24 for t in data.times),
        group_by=by,
        group=level,
        among=among,
        convention=CONVENTION if data.survival else INCIDENCE,
        note=note,
    )
