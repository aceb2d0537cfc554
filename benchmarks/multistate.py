"""Multi-state estimates with variance beside R: python benchmarks/multistate.py.

Illness-death with exact times, up to 50,000 distinct transition times. R runs beside, when it is installed,
on the same rows; the time of its survfit grows with the square of their number.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dayzero import stats

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENTS = (7_500, 37_500)

R_SCRIPT = """
suppressMessages(library(survival))
d <- read.csv(commandArgs(TRUE)[1])
d$event <- factor(d$target, -1:2, c("censored", "healthy", "ill", "dead"))
seconds <- system.time(fit <- survfit(Surv(start, stop, event) ~ 1, data = d, id = subject))[["elapsed"]]
k <- findInterval(5, fit$time)
cat(seconds, format(fit$std.err[k, match("dead", fit$states)], digits = 17), "\\n")
"""


def patients(n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Illness (NaN: never), end of follow-up, death."""
    rng = np.random.default_rng(1)
    ill, death, censored = rng.exponential(5, n), rng.exponential(12, n), rng.uniform(2, 30, n)
    end = np.minimum(death, censored)
    return np.where(ill < end, ill, np.nan), end, death <= censored


def best(work: Callable[[], object], repeats: int = 5) -> float:
    """Return the best of some runs, in seconds."""
    spent = []
    for _ in range(repeats):
        begin = time.perf_counter()
        work()
        spent.append(time.perf_counter() - begin)
    return min(spent)


def in_r(histories: stats.StateHistories) -> list[float] | None:
    """Return seconds and one standard error of R survfit on the same rows."""
    program = shutil.which("Rscript")
    if program is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        rows, script = Path(folder) / "rows.csv", Path(folder) / "run.R"
        columns = (histories.subject, np.maximum(histories.start, 0), histories.stop, histories.target)
        lines = (f"{i},{a!r},{b!r},{k}" for i, a, b, k in zip(*(c.tolist() for c in columns), strict=True))
        rows.write_text("subject,start,stop,target\n" + "\n".join(lines) + "\n", encoding="utf-8")
        script.write_text(R_SCRIPT, encoding="utf-8")
        answer = subprocess.run(
            [program, str(script), str(rows)], capture_output=True, text=True, check=False
        )
    return [float(word) for word in answer.stdout.split()] if answer.returncode == 0 else None


def main() -> None:
    """Print seconds and ratios."""
    print("Aalen-Johansen occupation probabilities with infinitesimal-jackknife variance, illness-death")
    print("patients     rows    times   dayzero  R survfit   ratio   SE differs by")
    for n in PATIENTS:
        illness, end, died = patients(n)
        histories = stats.illness_death(illness, end, died)
        seconds = best(lambda h=histories: stats.state_occupancy(h))  # type: ignore[misc]
        times = len(np.unique(histories.stop[histories.target >= 0]))
        line = f"{n:>8,} {len(histories.subject):>8,} {times:>8,} {seconds:>8.3f}s"
        beside = in_r(histories)
        if beside is None:
            print(f"{line}  R with survival is not installed")
            continue
        dead = stats.state_occupancy(histories).at([5]).filter(state="dead")
        gap = abs(dead["std_err"][0] / beside[1] - 1)
        print(f"{line} {beside[0]:>9.1f}s {beside[0] / seconds:>6.0f}x  {gap:.0e}")

    illness, end, died = patients(PATIENTS[-1])
    entry = np.where(np.arange(len(end)) % 3 == 0, end / 2, 0.0)
    late = stats.illness_death(illness, end, died, entry=entry)
    histories = stats.illness_death(illness, end, died)
    for name, work in (
        ("the same under delayed entry", lambda: stats.state_occupancy(late)),
        ("transition probabilities with covariance", lambda: stats.transition_probabilities(histories)),
        ("expected time in state", lambda: stats.time_in_state(histories, 10)),
        ("rows from patients", lambda: stats.illness_death(illness, end, died)),
    ):
        print(f"{name:>42}: {best(work):.3f}s")


if __name__ == "__main__":
    main()
