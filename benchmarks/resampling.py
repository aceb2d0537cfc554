"""Bootstrap and pseudo-observations beside peers called in a loop: python benchmarks/resampling.py.

Whole-day times, two causes. A peer that is not installed is said to be so; its time for 10,000 replicates is
that of one call times 10,000.
"""

from __future__ import annotations

import shutil
import subprocess
import time
import warnings
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np

from dayzero import stats

if TYPE_CHECKING:
    from collections.abc import Callable

    from dayzero.stats import ReplicateCurves

REPLICATES = 10_000
DAYS = [100.0, 365.0, 730.0]

R_SCRIPT = """
suppressMessages({library(survival); library(cmprsk); library(prodlim)})
set.seed(1); n <- 200
d <- data.frame(time = sample(1:1500, n, TRUE), cause = sample(0:2, n, TRUE))
one <- function(r) {
  x <- d[sample(n, n, TRUE), ]
  survfit(Surv(time, cause > 0) ~ 1, data = x); cuminc(x$time, x$cause)
}
cat(system.time(sapply(1:200, one))[["elapsed"]] / 200 * 10000, "")
big <- data.frame(time = rexp(5000), cause = sample(0:2, 5000, TRUE))
fit <- prodlim(Hist(time, cause) ~ 1, data = big)
cat(system.time(jackknife(fit, times = c(0.5, 1), cause = 1))[["elapsed"]], "\\n")
"""


def best(work: Callable[[], object], repeats: int = 5) -> float:
    """Return the best of some runs, in seconds."""
    spent = []
    for _ in range(repeats):
        begin = time.perf_counter()
        work()
        spent.append(time.perf_counter() - begin)
    return min(spent)


def both(curves: ReplicateCurves) -> np.ndarray:
    """Survival and the incidence of each cause at three days."""
    survival = curves.survival(DAYS)
    incidence = curves.cumulative_incidence(DAYS)
    return np.concatenate((survival, incidence[:, 0]), axis=1)


def people(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return times in days, and causes."""
    rng = np.random.default_rng(1)
    return rng.integers(1, 1500, n), rng.integers(0, 3, n)


def statsmodels_call() -> float | None:
    """Return seconds of one Kaplan-Meier and one cumulative incidence at n = 200."""
    if find_spec("statsmodels") is None:
        return None
    from statsmodels.duration.survfunc import (  # type: ignore[import-not-found, unused-ignore]
        CumIncidenceRight,
        SurvfuncRight,
    )

    time_, cause = people(200)
    return best(lambda: (SurvfuncRight(time_, cause > 0), CumIncidenceRight(time_, cause)), 50)


def lifelines_call() -> float | None:
    """Return seconds of one Kaplan-Meier and two cumulative incidences at n = 200."""
    if find_spec("lifelines") is None:
        return None
    import lifelines as ll  # type: ignore[import-not-found, unused-ignore]

    time_, cause = people(200)

    def one() -> None:
        ll.KaplanMeierFitter().fit(time_, cause > 0)
        for k in (1, 2):
            ll.AalenJohansenFitter(calculate_variance=False).fit(time_, cause, event_of_interest=k)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # lifelines says at every call that it jitters ties
        return best(one, 10)


def in_r() -> list[float] | None:
    """Return seconds of 10,000 replicates and of one jackknife in R."""
    program = shutil.which("Rscript")
    if program is None:
        return None
    answer = subprocess.run([program, "-e", R_SCRIPT], capture_output=True, text=True, check=False)
    return [float(word) for word in answer.stdout.split()] if answer.returncode == 0 else None


def main() -> None:
    """Print seconds and ratios."""
    time_, cause = people(200)
    print(f"{REPLICATES:,} bootstrap replicates of Kaplan-Meier and cumulative incidence, n = 200")
    ours = {}
    for interval in ("percentile", "bca"):
        ours[interval] = best(
            lambda i=interval: stats.bootstrap(  # type: ignore[misc]
                time_, cause, statistic=both, seed=1, replicates=REPLICATES, interval=i
            )
        )
        print(f"{'dayzero, ' + interval:>34}: {ours[interval]:8.3f} s")
    peers = {"statsmodels": statsmodels_call(), "lifelines (random jitter at ties)": lifelines_call()}
    total = {name: None if call is None else call * REPLICATES for name, call in peers.items()}
    r = in_r()
    total["R survfit + cuminc"] = None if r is None else r[0]
    for name, seconds in total.items():
        if seconds is None:
            print(f"{name:>34}: not installed")
        else:
            print(f"{name:>34}: {seconds:8.1f} s   {seconds / ours['percentile']:6.0f}x")

    for n in (1_000, 10_000):
        many = people(n)
        seconds = best(lambda m=many: stats.bootstrap(*m, statistic=both, seed=1, replicates=2000), 2)  # type: ignore[misc]
        print(f"{f'2,000 replicates, n = {n:,}, BCa':>34}: {seconds:8.3f} s")
    clusters = np.arange(200) % 20
    seconds = best(
        lambda: stats.bootstrap(time_, cause, statistic=both, seed=1, replicates=REPLICATES, cluster=clusters)
    )
    print(f"{'20 clusters, n = 200, BCa':>34}: {seconds:8.3f} s")

    rng = np.random.default_rng(1)
    exact, what = rng.exponential(1, 5000), rng.integers(0, 3, 5000)
    seconds = best(lambda: stats.pseudo_observations(exact, what, [0.5, 1], quantity="cumulative_incidence"))
    print(f"pseudo-observations of a cumulative incidence, n = 5,000 exact times: {seconds:.4f} s", end="")
    print("" if r is None else f"   R prodlim::jackknife {r[1]:.2f} s, {r[1] / seconds:.0f}x")


if __name__ == "__main__":
    main()
