"""Curves, quantiles, areas and tests beside R survival and cmprsk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from dayzero import stats

from .differences import Pair, Parity, parity
from .sources import Columns, columns, stored, version

if TYPE_CHECKING:
    from collections.abc import Iterator

TYPES = ("log-log", "log", "plain", "logit", "arcsin")
DAYS = [50, 100, 365, 730, 1500, 2700]
MONTHS = [1, 6, 12, 24, 60]
STOPS = [20, 60, 120, 240, 400]
EDGE = "At an estimate of 0 or 1 these intervals do not exist: dayzero prints none and says why."
BEYOND = "cmprsk gives no number beyond the last day of a curve; dayzero carries it forward and flags it."
GRAY = {
    "gray_bmtcrr": ("bmtcrr, by disease", "bmtcrr", "ftime", "Status", "D", None, 0),
    "gray_bmtcrr_phase": ("bmtcrr, by phase", "bmtcrr", "ftime", "Status", "Phase", None, 0),
    "gray_bmtcrr_phase_rho1": ("bmtcrr, by phase, rho 1", "bmtcrr", "ftime", "Status", "Phase", None, 1),
    "gray_bmt137": ("bmt137", "bmt137", "time", "cause", "group", None, 0),
    "gray_bmt137_strata": ("bmt137, in strata", "bmt137", "time", "cause", "group", "mtx", 0),
    "gray_bmt137_strata_rho": ("bmt137, in strata, rho 0.5", "bmt137", "time", "cause", "group", "mtx", 0.5),
    "gray_example": ("cmprsk_example", "example", "time", "cause", "group", None, 0),
    "gray_example_strata": ("cmprsk_example, in strata", "example", "time", "cause", "group", "stratum", 0),
    "gray_made": ("made, three causes, in strata", "made", "time", "cause", "group", "stratum", 0),
    "gray_months": ("bmt137 in months, causes tie", "months", "time", "cause", "group", None, 0),
}


def data() -> dict[str, Columns]:
    """Return the data sets by name."""
    found = {name: columns(f"data/{name}.csv") for name in ("bmt137", "bmtcrr", "made")}
    found["example"] = columns("data/cmprsk_example.csv")
    found["months"] = found["bmt137"] | {"time": np.ceil(found["bmt137"]["time"] / 30.4375)}
    return found


def limits(frame: Any, expected: dict[str, Any], names: tuple[str, ...]) -> list[Pair]:
    """Pair estimates, and the columns that exist only strictly between 0 and 1."""
    inside = ((frame["estimate"] > 0) & (frame["estimate"] < 1)).to_numpy()
    return [
        Pair(frame["estimate"], expected["estimate"]),
        *(Pair(frame[name], expected[name], inside) for name in names),
    ]


ERRORS = ("std_err", "lower", "upper")


def kaplan_meier(r: dict[str, Any], d: dict[str, Columns], program: str) -> Iterator[Parity]:
    """Kaplan-Meier by interval type, under delayed entry and weights."""
    bmt, crr, made = d["bmt137"], d["bmtcrr"], d["made"]
    for kind in TYPES:
        curve = stats.kaplan_meier(bmt["os_time"], bmt["dead"], bmt["group"], conf_type=kind)
        pairs = limits(curve.at(DAYS), r["km_bmt137"][kind], ERRORS)
        curve = stats.kaplan_meier(crr["ftime"], crr["Status"] != 0, crr["D"], conf_type=kind)
        pairs += limits(curve.at(MONTHS), r["km_bmtcrr"][kind], ERRORS)
        yield parity(f"Kaplan-Meier, SE, {kind} limits", "bmt137, bmtcrr", program, pairs)
    event, group = made["cause"] != 0, made["group"]
    for key, label, options in (
        ("km_entry", "delayed entry", {"entry": made["entry"]}),
        ("km_whole", "whole weights", {"weight": made["whole"]}),
        ("km_weight", "fractional weights, robust SE", {"weight": made["weight"]}),
        ("km_entry_weight", "both, robust SE", {"entry": made["entry"], "weight": made["weight"]}),
    ):
        frame = stats.kaplan_meier(made["time"], event, group, **options).at(STOPS)
        yield parity(f"Kaplan-Meier, {label}", "made", program, limits(frame, r[key], ERRORS))
    frame = stats.nelson_aalen(bmt["os_time"], bmt["dead"], bmt["group"]).at(DAYS)
    pairs = [Pair(frame[name], r["hazard_bmt137"][name]) for name in ("estimate", "std_err")]
    yield parity("Nelson-Aalen, SE", "bmt137", program, pairs)


def quantiles(r: dict[str, Any], d: dict[str, Columns], package: str) -> Iterator[Parity]:
    """Quantiles with limits, plateaus, and the median follow-up."""
    bmt, pairs = d["bmt137"], []
    for kind in TYPES:
        curve = stats.kaplan_meier(bmt["os_time"], bmt["dead"], bmt["group"], conf_type=kind)
        frame = curve.quantile([0.1, 0.25, 0.5, 0.75])
        pairs += [Pair(frame[n], r["quantile_bmt137"][kind][n]) for n in ("estimate", "lower", "upper")]
    program = f"quantile.survfit ({package})"
    yield parity("quantiles, five interval types", "bmt137", program, pairs)
    flat = stats.kaplan_meier(range(1, 9), [1, 1, 1, 1, 0, 0, 0, 1], conf_type="log").quantile(
        [0.25, 0.5, 0.75]
    )
    end = stats.kaplan_meier([1, 2, 3, 4], [1, 1, 0, 0], conf_type="plain").quantile([0.25, 0.5, 0.6])
    names = ("estimate", "lower", "upper")
    pairs = [Pair(flat[n], r["quantile_plateau"][n]) for n in names]
    pairs += [Pair(end[n], r["quantile_end"][n]) for n in names]
    yield parity("quantiles on a plateau", "8 and 4 patients", program, pairs)
    frame = stats.median_follow_up(bmt["os_time"], bmt["dead"], bmt["group"]).summary()
    ours = ("median", "lower", "upper")
    pairs = [Pair(frame[n], r["follow_up_bmt137"][m]) for n, m in zip(ours, names, strict=True)]
    yield parity("median follow-up, reverse Kaplan-Meier", "bmt137", program, pairs)


def incidence_cmprsk(r: dict[str, Any], d: dict[str, Columns], program: str) -> Iterator[Parity]:
    """Cumulative incidence with the variance of cmprsk."""
    cases = (
        ("cif_bmt137_cmprsk", "bmt137", "bmt137", "time", "cause", "group"),
        ("cif_bmtcrr_cmprsk", "bmtcrr", "bmtcrr", "ftime", "Status", "D"),
        ("cif_example_cmprsk", "cmprsk_example", "example", "time", "cause", "group"),
        ("cif_months_cmprsk", "bmt137 in months, causes tie", "months", "time", "cause", None),
    )
    for key, label, name, time, cause, group in cases:
        own = d[name]
        curve = stats.cumulative_incidence(own[time], own[cause], None if group is None else own[group])
        frame, expected, pairs = curve.at(r[key]["time"]), r[key], []
        for row, title in enumerate(expected["curve"]):
            where, k = title.split()
            part = frame.filter(frame["cause"] == int(k))
            if group is not None:  # cmprsk calls the only group 1
                part = part.filter(part["group"].cast(str) == where)
            seen = ~part["beyond_follow_up"].to_numpy()
            pairs.append(Pair(part["estimate"], expected["estimate"][row], seen))
            pairs.append(Pair(part["std_err"] ** 2, expected["variance"][row], seen))
        yield parity('cumulative incidence, variance "aalen"', label, program, pairs, BEYOND)


def by_group(curve: Any, times: list[int], expected: dict[str, Any]) -> list[Pair]:
    """Pair the curves of survfit, one matrix of times and causes a group."""
    frame, pairs = curve.at(times), []
    for group, want in expected.items():
        for k, cause in enumerate(curve.causes):
            part = frame.filter((frame["group"].cast(str) == group) & (frame["cause"] == cause))
            column = {name: np.array(want[name], dtype=float)[:, k] for name in ("estimate", *ERRORS)}
            seen = (part["estimate"] > 0).to_numpy()
            pairs += [Pair(part[name], column[name], seen) for name in column]
    return pairs


def incidence_survfit(r: dict[str, Any], d: dict[str, Columns], program: str) -> Iterator[Parity]:
    """Cumulative incidence with the variance of survfit, by interval type, under weights and entry."""
    bmt, made = d["bmt137"], d["made"]
    for kind in TYPES:
        curve = stats.cumulative_incidence(
            bmt["time"], bmt["cause"], bmt["group"], variance="delta", conf_type=kind
        )
        pairs = by_group(curve, DAYS, r["cif_bmt137_survfit"][kind])
        yield parity(f'cumulative incidence, "delta", {kind}', "bmt137", program, pairs, EDGE)
    for key, label, options in (
        ("cif_weight", "fractional weights, robust SE", {"weight": made["weight"]}),
        ("cif_entry", "delayed entry", {"entry": made["entry"], "variance": "delta"}),
        (
            "cif_entry_weight",
            "both, robust SE",
            {"entry": made["entry"], "weight": made["weight"], "variance": "delta"},
        ),
    ):
        curve = stats.cumulative_incidence(made["time"], made["cause"], made["group"], **options)
        pairs = by_group(curve, STOPS, r[key])
        yield parity(f"cumulative incidence, {label}", "made, three causes", program, pairs, EDGE)


def logrank(r: dict[str, Any], d: dict[str, Columns], package: str) -> Iterator[Parity]:
    """Log-rank family, strata, delayed entry."""
    bmt, crr, made = d["bmt137"], d["bmtcrr"], d["made"]
    program = f"survdiff ({package})"
    plain, strata = [], []
    for rho in (0, 0.5, 1):
        found = stats.logrank_test(bmt["os_time"], bmt["dead"], bmt["group"], rho=rho)
        want = r[f"logrank_bmt137_rho{rho}"]
        plain += [
            Pair(found.statistic, want["statistic"]),
            Pair(found.observed, want["observed"]),
            Pair(found.expected, want["expected"]),
            Pair(found.covariance, want["variance"]),
        ]
        found = stats.logrank_test(bmt["os_time"], bmt["dead"], bmt["group"], stratum=bmt["mtx"], rho=rho)
        want = r[f"logrank_strata_rho{rho}"]
        strata += [
            Pair(found.statistic, want["statistic"]),
            Pair(found.observed, np.sum(want["observed"], axis=1)),
            Pair(found.expected, np.sum(want["expected"], axis=1)),
        ]
    yield parity("log-rank, rho 0, 0.5, 1", "bmt137", program, plain)
    yield parity("stratified log-rank, rho 0, 0.5, 1", "bmt137", program, strata)
    found = stats.logrank_test(crr["ftime"], crr["Status"], crr["Phase"], of_interest=1)
    want = r["logrank_bmtcrr"]
    pairs = [Pair(found.statistic, want["statistic"]), Pair(found.observed, want["observed"])]
    yield parity("cause-specific log-rank, four groups", "bmtcrr", program, pairs)
    keep = np.isin(made["id"], r["logrank_entry"]["rows"])
    time, cause, group, entry = (made[name][keep] for name in ("time", "cause", "group", "entry"))
    found = stats.logrank_test(time, cause != 0, group, entry=entry)
    pairs = [Pair(found.statistic, r["logrank_entry"]["score"])]
    yield parity("log-rank, delayed entry", "made, untied", f"coxph, score test ({package})", pairs)


def gray(r: dict[str, Any], d: dict[str, Columns], program: str) -> Iterator[Parity]:
    """Gray's test of every cause."""
    for key, (label, name, *names, stratum, rho) in GRAY.items():
        own, want, pairs = d[name], r[key], []
        time, cause, group = (own[str(column)] for column in names)
        block = None if stratum is None else own[str(stratum)]
        for k, code in enumerate(want["cause"]):
            found = stats.gray_test(
                time, cause, group, of_interest=int(code), stratum=block, rho=float(str(rho))
            )
            pairs += [Pair(found.statistic, want["statistic"][k]), Pair(found.p_value, want["p"][k])]
        yield parity("Gray's test, every cause", label, program, pairs)
    ended = r["gray_ended"]
    rows = [ended["rows"][name] for name in ("time", "cause", "group")]
    found = stats.gray_test(*rows)
    pairs = [Pair(found.statistic, ended["statistic"][0]), Pair(found.p_value, ended["p"][0])]
    note = "The pooled incidence passes 1 in both; dayzero says so. Cause 2: -1 in cmprsk, none here."
    yield parity("Gray's test, a group runs out", "10 patients", program, pairs, remark=note)


def rows() -> list[Parity]:
    """Return the rows of this part of the table."""
    r, d = stored("nonparametric"), data()
    survival = f"survival {version(r, 'survival')}"
    cuminc = f"cuminc (cmprsk {version(r, 'cmprsk')})"
    program = f"survfit ({survival})"
    out = [*kaplan_meier(r, d, program), *quantiles(r, d, survival)]
    out += [*incidence_cmprsk(r, d, cuminc), *incidence_survfit(r, d, program)]
    out += [*logrank(r, d, survival), *gray(r, d, cuminc)]
    pairs = []
    for case in r["binomial"]:
        found = stats.proportion(case["events"], case["n"])
        pairs.append(Pair([found.lower, found.upper], [case["lower"], case["upper"]]))
    out.append(parity("exact proportion (Clopper-Pearson)", "four tables", "binom.test (stats)", pairs))
    return out
