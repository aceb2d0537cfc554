"""Areas, fixed times, conditional survival, pairs, trend and permutation beside R."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from dayzero import stats

from .differences import Pair, Parity, parity
from .sources import Columns, columns, stored, version

if TYPE_CHECKING:
    from collections.abc import Iterator

SCALES = ("plain", "log", "log-log", "logit", "arcsin")


def restricted(r: dict[str, Any], bmt: Columns, made: Columns, package: str) -> Iterator[Parity]:
    """Restricted means and times lost."""
    older, program = stored("nonparametric"), f"summary.survfit, rmean ({package})"
    by_group = stats.restricted_mean(bmt["os_time"], bmt["dead"], bmt["group"], horizon=730)
    together = stats.restricted_mean(bmt["os_time"], bmt["dead"], horizon=730)
    pairs = []
    for found, key in ((by_group, "rmst_bmt137"), (together, "rmst_bmt137_all")):
        pairs.append(Pair(found.estimate[:, 0], older[key]["estimate"]))
        pairs.append(Pair(found.std_err[:, 0], older[key]["std_err"]))
    yield parity("restricted mean, SE", "bmt137", program, pairs)
    difference, ratio = (
        by_group.difference().row(0, named=True),
        by_group.ratio(reference=1).row(0, named=True),
    )
    pairs = [
        Pair(difference[name], r["rmst_difference"][key])
        for name, key in (("estimate", "estimate"), ("lower", "lower"), ("p_value", "p"))
    ]
    pairs += [Pair(ratio[name], r["rmst_ratio"][name]) for name in ("estimate", "upper")]
    yield parity("restricted mean, difference and ratio", "bmt137", f"{program} and its formula", pairs)
    program = f"survfit, influence ({package})"
    lost = stats.restricted_time_lost(bmt["time"], bmt["cause"], bmt["group"], horizon=730)
    yield parity("time lost to each cause, SE", "bmt137", program, _areas(lost, r["lost_bmt137"]))
    rows = (made["time"], made["cause"], made["group"])
    for key, label, options in (
        ("lost_weight", "weights", {"weight": made["weight"]}),
        ("lost_entry", "delayed entry", {"entry": made["entry"]}),
        ("lost_entry_weight", "both", {"weight": made["weight"], "entry": made["entry"]}),
    ):
        found = stats.restricted_time_lost(*rows, horizon=300, extend=True, **options)
        yield parity(f"time lost to each cause, {label}", "made", program, _areas(found, r[key]))
        if "entry" in options:
            event = made["cause"] > 0
            free = stats.restricted_mean(
                made["time"], event, made["group"], horizon=300, extend=True, **options
            )
            pairs = [
                Pair(free.estimate[:, 0], [r[key][g]["free"] for g in free.groups]),
                Pair(free.std_err[:, 0], [r[key][g]["free_std_err"] for g in free.groups]),
            ]
            yield parity(f"restricted mean, {label}", "made", program, pairs)


def _areas(found: Any, expected: dict[str, Any]) -> list[Pair]:
    return [
        pair
        for g, group in enumerate(found.groups)
        for pair in (
            Pair(found.estimate[g], expected[str(group)]["estimate"]),
            Pair(found.std_err[g], expected[str(group)]["std_err"]),
        )
    ]


def fixed_times(r: dict[str, Any], bmt: Columns, survival: str, cmprsk: str) -> Iterator[Parity]:
    """Compare groups at one time, on five scales; conditional survival."""
    alive, incidence = [], []
    for scale in SCALES:
        found = stats.fixed_time_test(bmt["os_time"], bmt["dead"], bmt["group"], at=365, scale=scale)
        alive.append(Pair(found.statistic, r["fixed_survival"][scale]))
        found = stats.fixed_time_test(
            bmt["time"], bmt["cause"], bmt["group"], at=365, of_interest=1, scale=scale
        )
        incidence.append(Pair(found.statistic, r["fixed_incidence"][scale]))
    yield parity(
        "survival at a fixed time, five scales", "bmt137", f"survfit ({survival}), delta method", alive
    )
    program = f"timepoints ({cmprsk}), delta method"
    yield parity("incidence at a fixed time, five scales", "bmt137", program, incidence)
    curve = stats.conditional_survival(bmt["os_time"], bmt["dead"], bmt["group"], given=180)
    frame = curve.at([365, 730, 1500])
    pairs = [Pair(frame[n], r["conditional"][n]) for n in ("estimate", "std_err", "lower", "upper")]
    yield parity("conditional survival, SE, limits", "bmt137", f"survfit ({survival})", pairs)


def many_tests(r: dict[str, Any], bmt: Columns, survival: str, cmprsk: str) -> Iterator[Parity]:
    """Trend, pairs, adjusted p-values, and all relabellings of ten patients."""
    rows = (bmt["os_time"], bmt["dead"], bmt["group"])
    pairs = [Pair(stats.trend_test(*rows).statistic, r["trend"])]
    yield parity("trend over three groups", "bmt137", f"survdiff ({survival}), scores", pairs)
    pairs = []
    for adjust in ("holm", "hochberg", "BH"):
        frame = stats.pairwise_tests(*rows, adjust=adjust)
        pairs += [Pair(frame["p_value"], r["pairs"]["raw"]), Pair(frame["p_adjusted"], r["pairs"][adjust])]
    yield parity("pairwise log-rank, adjusted", "bmt137", f"survdiff ({survival}), p.adjust (stats)", pairs)
    raw = [0.01, 0.04, 0.03, 0.005, 0.02, np.nan, 0.9, 0.04]
    pairs = [
        Pair(stats.adjust_p_values(raw, m), r["adjust"][m]) for m in ("holm", "hochberg", "BH", "bonferroni")
    ]
    yield parity("adjusted p-values, four methods", "eight p-values, one missing", "p.adjust (stats)", pairs)
    time, cause = [3, 5, 5, 8, 10, 12, 15, 20, 22, 30], [1, 2, 1, 0, 1, 2, 1, 0, 1, 0]
    group = [1, 1, 1, 1, 2, 1, 2, 2, 2, 2]
    for number, (test, program) in enumerate(
        (("logrank", f"survdiff ({survival})"), ("gray", f"cuminc ({cmprsk})"))
    ):
        found = stats.permutation_test(time, cause, group, test=test)
        expected = [r["permutation"][name][number] for name in ("statistic", "p")]
        pairs = [Pair([found.statistic, found.p_value], expected)]
        title = f"permutation {'log-rank' if test == 'logrank' else 'Gray'} test"
        yield parity(title, "10 patients, all 252 relabellings", f"{program} in a loop", pairs)


def rows() -> list[Parity]:
    """Return the rows of this part of the table."""
    r, bmt, made = stored("comparisons"), columns("data/bmt137.csv"), columns("data/made.csv")
    survival, cmprsk = (f"{name} {version(r, name)}" for name in ("survival", "cmprsk"))
    return [
        *restricted(r, bmt, made, survival),
        *fixed_times(r, bmt, survival, cmprsk),
        *many_tests(r, bmt, survival, cmprsk),
    ]
