"""Kaplan-Meier, incidence with variance, log-rank and Gray: python benchmarks/nonparametric.py [n ...].

Two groups, two causes, whole-day times over eleven years. The unit is one ``np.bincount`` over the same rows
with the cell of each row already computed: no program that reads the rows can be faster. Peers run in the
same process when they are installed, R beside it; whoever is not installed is said to be so.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
import tracemalloc
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from dayzero import stats

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy.typing as npt

DAYS, CAUSES = 4000, 3
LARGEST_FOR_PEERS = 1_000_000
FOUR = ("Kaplan-Meier", "cumulative incidence", "log-rank", "Gray")

R_SCRIPT = """
suppressMessages({library(survival); library(cmprsk)})
n <- as.integer(commandArgs(TRUE)[1]); set.seed(1)
d <- data.frame(t = sample(0:3999, n, TRUE), c = sample(0:2, n, TRUE), g = sample(0:1, n, TRUE))
r <- if (n < 1e5) 20 else 2
best <- function(f) min(sapply(seq_len(r), function(i) system.time(f())[["elapsed"]]))
many <- if (n < 1e4) 50 else 1
cat(best(function() for (i in 1:many) survfit(Surv(t, c > 0) ~ g, d)) / many,
    best(function() for (i in 1:many) survdiff(Surv(t, c > 0) ~ g, d)) / many,
    best(function() for (i in 1:many) cuminc(d$t, d$c, d$g)) / many, "\\n")
"""


class People(NamedTuple):
    """One row a patient."""

    time: npt.NDArray[np.int64]
    cause: npt.NDArray[np.signedinteger[Any]]
    group: npt.NDArray[np.signedinteger[Any]]


def people(n: int) -> People:
    """Return times in days, causes and groups, all 64-bit integers."""
    rng = np.random.default_rng(1)
    return People(rng.integers(0, DAYS, n), rng.integers(0, CAUSES, n), rng.integers(0, 2, n))


def best(work: Callable[[], object], seconds: float = 1.0) -> float:
    """Return the best time of some runs, in seconds; several calls a run when one is short."""
    begin = time.perf_counter()
    work()
    once = time.perf_counter() - begin
    calls = max(1, int(0.01 / max(once, 1e-7)))
    runs = max(2, min(25, int(seconds / max(once * calls, 1e-7))))
    spent = []
    for _ in range(runs):
        begin = time.perf_counter()
        for _ in range(calls):
            work()
        spent.append((time.perf_counter() - begin) / calls)
    return min(spent)


def unit(rows: People) -> float:
    """Return the seconds of one count of the rows, their cells known."""
    cells = (rows.group * CAUSES + rows.cause) * DAYS + rows.time
    return best(lambda: np.bincount(cells, minlength=2 * CAUSES * DAYS))


def ours(rows: People) -> dict[str, float]:
    """Return the seconds of each call from arrays, and of all four on one table."""
    event = (rows.cause > 0).astype(rows.cause.dtype)
    calls: dict[str, Callable[[], object]] = {
        "Kaplan-Meier": lambda: stats.kaplan_meier(rows.time, event, rows.group),
        "cumulative incidence": lambda: stats.cumulative_incidence(*rows),
        "log-rank": lambda: stats.logrank_test(rows.time, event, rows.group),
        "Gray": lambda: stats.gray_test(*rows),
        "event table": lambda: stats.EventTable.from_arrays(*rows),
    }
    seconds = {name: best(call) for name, call in calls.items()}
    table = stats.EventTable.from_arrays(*rows)
    four = (stats.kaplan_meier, stats.cumulative_incidence, stats.logrank_test, stats.gray_test)
    seconds["all four on one table"] = best(lambda: [work(table) for work in four])
    return seconds


def statsmodels_calls(rows: People) -> Iterator[tuple[str, Callable[[], object]]]:
    """Kaplan-Meier and incidence one group at a time; there is no Gray test."""
    from statsmodels.duration.survfunc import (  # type: ignore[import-not-found, unused-ignore]
        CumIncidenceRight,
        SurvfuncRight,
        survdiff,
    )

    event = rows.cause > 0
    parts = [rows.group == g for g in (0, 1)]
    yield "Kaplan-Meier", lambda: [SurvfuncRight(rows.time[p], event[p]) for p in parts]
    yield "cumulative incidence", lambda: [CumIncidenceRight(rows.time[p], rows.cause[p]) for p in parts]
    yield "log-rank", lambda: survdiff(rows.time, event, rows.group)


def comprisk_calls(rows: People) -> Iterator[tuple[str, Callable[[], object]]]:
    """Incidence with variance, and Gray's test."""
    from comprisk import CumulativeIncidence, gray_test  # type: ignore[import-not-found, unused-ignore]

    test = getattr(gray_test, "gray_test", gray_test)
    yield "cumulative incidence", lambda: CumulativeIncidence().fit(rows.time, rows.cause, group=rows.group)
    yield "Gray", lambda: test(rows.time, rows.cause, rows.group)


def survival_calls(rows: People) -> Iterator[tuple[str, Callable[[], object]]]:
    """Time the Rust port of R survival."""
    import survival  # type: ignore[import-not-found, unused-ignore]

    event = (rows.cause > 0).astype(np.int64)
    single = survival.Surv(rows.time.astype(float), event)
    yield "Kaplan-Meier", lambda: survival.survfit(single, group=rows.group)
    yield "log-rank", lambda: survival.survdiff(single, group=rows.group)


def lifelines_calls(rows: People) -> Iterator[tuple[str, Callable[[], object]]]:
    """Kaplan-Meier, Aalen-Johansen with variance (a fit a cause and group), log-rank."""
    from lifelines import AalenJohansenFitter, KaplanMeierFitter  # type: ignore[import-not-found, unused-ignore]
    from lifelines.statistics import logrank_test  # type: ignore[import-not-found, unused-ignore]

    event = rows.cause > 0
    a, b = (rows.group == g for g in (0, 1))
    yield "Kaplan-Meier", lambda: [KaplanMeierFitter().fit(rows.time[p], event[p]) for p in (a, b)]
    if len(rows.time) <= 20_000:  # seconds a call beyond
        yield (
            "cumulative incidence",
            lambda: [
                AalenJohansenFitter(seed=1).fit(rows.time[p], rows.cause[p], event_of_interest=k)
                for p in (a, b)
                for k in (1, 2)
            ],
        )
    yield "log-rank", lambda: logrank_test(rows.time[a], rows.time[b], event[a], event[b])


PEERS = {
    "statsmodels": statsmodels_calls,
    "comprisk": comprisk_calls,
    "survival": survival_calls,
    "lifelines": lifelines_calls,
}


def in_r(n: int) -> dict[str, float] | None:
    """Return the seconds of R survival and cmprsk."""
    program = shutil.which("Rscript")
    if program is None:
        return None
    answer = subprocess.run([program, "-e", R_SCRIPT, str(n)], capture_output=True, text=True, check=False)
    if answer.returncode:
        return None
    km, logrank, cuminc = (float(word) for word in answer.stdout.split())
    return {"Kaplan-Meier": km, "log-rank": logrank, "cumulative incidence and Gray": cuminc}


def memory(rows: People) -> float:
    """Return the peak of what building the table allocates, over the size of the input."""
    tracemalloc.start()
    stats.EventTable.from_arrays(*rows)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return float(peak / sum(column.nbytes for column in rows))


def report(n: int) -> None:
    """Print the seconds of every program, in milliseconds, passes and ratios."""
    rows = people(n)
    one, mine = unit(rows), ours(rows)
    print(f"\nn = {n:,}; one np.bincount {one * 1e3:.3f} ms; numpy {np.__version__}")
    for name, seconds in mine.items():
        print(f"{'dayzero ' + name:>46}: {seconds * 1e3:10.3f} ms {seconds / one:8.1f} passes")
    apart = sum(mine[name] for name in FOUR)
    shared = mine["event table"] + mine["all four on one table"]
    print(f"{'dayzero, four calls from arrays':>46}: {apart * 1e3:10.3f} ms {apart / one:8.1f} passes")
    print(f"{'dayzero, one table and four calls':>46}: {shared * 1e3:10.3f} ms {shared / one:8.1f} passes")
    narrow = ours(People(rows.time, rows.cause.astype(np.int8), rows.group.astype(np.int8)))
    apart = sum(narrow[name] for name in FOUR)
    print(f"{'the same, causes and groups in 8 bits':>46}: {apart * 1e3:10.3f} ms {apart / one:8.1f} passes")
    print(f"{'memory of the table over that of the input':>46}: {memory(rows):10.2f}")
    if n > LARGEST_FOR_PEERS:
        return
    for peer, calls in PEERS.items():
        if find_spec(peer) is None:
            print(f"{peer:>46}: not installed")
            continue
        for name, call in calls(rows):
            seconds = best(call, 3.0)
            print(f"{peer + ' ' + name:>46}: {seconds * 1e3:10.3f} ms {seconds / mine[name]:8.1f} x dayzero")
    for name, seconds in (in_r(n) or {}).items():
        own = mine[name] if name in mine else mine["cumulative incidence"] + mine["Gray"]
        print(f"{'R ' + name:>46}: {seconds * 1e3:10.3f} ms {seconds / own:8.1f} x dayzero")


def main() -> None:
    """Print the table for each n asked for."""
    for n in [int(word) for word in sys.argv[1:]] or [100, 1_000_000, 10_000_000]:
        report(n)


if __name__ == "__main__":
    main()
