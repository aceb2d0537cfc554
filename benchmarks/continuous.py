"""Aalen-Johansen with variance at distinct times: python benchmarks/continuous.py [n].

Two causes, exact times, one group: both incidences with infinitesimal-jackknife errors and limits.
The Rust port of R survival runs in the same process, R beside it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from dayzero import stats

if TYPE_CHECKING:
    from collections.abc import Callable

R_SCRIPT = """
suppressMessages({library(survival); library(cmprsk)})
d <- matrix(scan(file("stdin"), quiet = TRUE), ncol = 2, byrow = TRUE)
time <- d[, 1]; cause <- factor(d[, 2], 0:2)
survfit <- system.time(f <- survfit(Surv(time, cause) ~ 1))[["elapsed"]]
k <- findInterval(1, f$time)
cat(survfit, format(f$std.err[k, 2], digits = 17),
    min(sapply(1:3, function(i) system.time(cuminc(time, d[, 2]))[["elapsed"]])), "\\n")
"""


def people(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return n distinct times, and causes 0 to 2."""
    rng = np.random.default_rng(1)
    return rng.exponential(1, n), rng.integers(0, 3, n)


def best(work: Callable[[], object], repeats: int = 5) -> float:
    """Return the best of some runs, in seconds."""
    spent = []
    for _ in range(repeats):
        begin = time.perf_counter()
        work()
        spent.append(time.perf_counter() - begin)
    return min(spent)


def ours(rows: tuple[np.ndarray, np.ndarray]) -> float:
    """Return the seconds of both incidences with their limits."""
    return best(lambda: stats.cumulative_incidence(*rows, variance="delta").limits)


def survival_rust(rows: tuple[np.ndarray, np.ndarray]) -> float | None:
    """Return the seconds of survfit of the package survival, its response made outside the clock."""
    if find_spec("survival") is None or find_spec("pandas") is None:
        return None
    import pandas as pd  # type: ignore[import-untyped, import-not-found, unused-ignore]
    import survival  # type: ignore[import-not-found, unused-ignore]

    states = pd.Categorical.from_codes(rows[1], ["censored", "one", "two"])
    response: Any = survival.Surv(rows[0].tolist(), states, type="mstate")
    return best(lambda: survival.survfit(response), 3)


def in_r(rows: tuple[np.ndarray, np.ndarray]) -> tuple[float, float, float] | None:
    """Return the seconds of survfit, its standard error at time 1, and the seconds of cmprsk's cuminc."""
    program = shutil.which("Rscript")
    if program is None:
        return None
    text = "\n".join(f"{t!r} {c}" for t, c in zip(rows[0].tolist(), rows[1].tolist(), strict=True))
    answer = subprocess.run(
        [program, "-e", R_SCRIPT], input=text, capture_output=True, text=True, check=False
    )
    if answer.returncode:
        return None
    survfit, std_err, cuminc = (float(word) for word in answer.stdout.split())
    return survfit, std_err, cuminc


def main() -> None:
    """Print seconds and ratios."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    rows = people(n)
    mine = ours(rows)
    print(f"Aalen-Johansen of two causes with variance, {n:,} distinct times: {mine:.4f} s")
    rust, r = survival_rust(rows), in_r(rows)
    print("survival (Rust): " + ("not installed" if rust is None else f"{rust:.3f} s, {rust / mine:.0f}x"))
    if r is None:
        print("R with survival and cmprsk: not installed")
        return
    found = stats.cumulative_incidence(*rows, variance="delta").at(1)["std_err"][0]
    gap = abs(found / r[1] - 1)
    print(f"R survfit: {r[0]:.2f} s, {r[0] / mine:.0f}x; its standard error differs by {gap:.0e}")
    print(f"R cmprsk cuminc (another variance): {r[2]:.3f} s, {r[2] / mine:.1f}x")


if __name__ == "__main__":
    main()
