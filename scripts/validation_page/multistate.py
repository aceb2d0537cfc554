"""Multi-state models, time-dependent exposure and resampling beside R survival, etm, prodlim and boot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from dayzero import stats
from dayzero.stats.resampling.bootstrap_interval import acceleration, bca_interval, percentile_interval

from .differences import Pair, Parity, parity
from .sources import Columns, columns, stored, version

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DAYS = [3, 7, 12, 20, 30]
TYPES = ("log-log", "log", "plain", "logit", "arcsin")
MODEL = stats.MultiStateModel(
    ("s0", "s1", "s2", "s3"),
    tuple((f"s{j}", f"s{k}") for j in range(3) for k in range(4) if j != k),
)
EDGE = "Where a probability is 0 or 1, R keeps round-off as limits; dayzero prints none."
ONE = "While a curve is 1 R prints an interval [1, NA]; dayzero prints none and says why."
NEGATIVE = "etm 1.1.1 sets negative covariances to zero; variances and positive covariances are compared."
FULL_ERROR = "The sampling of the first states is part of the SE (in survfit only with influence = TRUE)."


def histories(
    wander: Columns, *, late: bool, weighted: bool = False, start: str = "from", group: str | None = None
) -> stats.StateHistories:
    """Return those who start at the origin, or all; with the first states as asked."""
    subject = wander["subject"]
    first = np.concatenate(([True], subject[1:] != subject[:-1]))
    enters_late = subject[first & (wander["start"] > 0)]
    keep = np.ones(len(subject), dtype=bool) if late else ~np.isin(subject, enters_late)
    if group is not None:
        keep &= wander["group"] == group
    begin, end, origin, target = (wander[name][keep] for name in ("start", "stop", start, "to"))
    weight = wander["weight"][keep] if weighted else None
    return stats.StateHistories.from_rows(
        subject[keep], begin, end, origin, target, weight=weight, model=MODEL
    )


def occupied(result: Any, expected: dict[str, Any], times: Sequence[float]) -> list[Pair]:
    """Pair the probabilities of all states, and their limits strictly between 0 and 1."""
    frame, shape = result.at(times), (len(result.states), len(times))
    found = {n: frame[n].to_numpy().reshape(shape).T for n in ("estimate", "std_err", "lower", "upper")}
    inside = (found["estimate"] > 1e-12) & (found["estimate"] < 1 - 1e-12)
    return [
        Pair(found["estimate"], expected["estimate"]),
        Pair(found["std_err"], expected["std_err"]),
        *(Pair(found[n], np.array(expected[n], dtype=float), inside) for n in ("lower", "upper")),
    ]


def occupancy(r: dict[str, Any], wander: Columns, program: str) -> Iterator[Parity]:
    """State occupation probabilities in every setting."""
    pairs = []
    for kind in TYPES:
        result = stats.state_occupancy(histories(wander, late=False), conf_type=kind)
        pairs += occupied(result, r["occupancy"][kind], DAYS)
    yield parity("state occupation, five interval types", "wander", program, pairs, EDGE)
    known = {"s0": 0.5, "s1": 0.3, "s2": 0.2}
    for key, label, chosen, asked, note in (
        ("occupancy_entry", "delayed entry", {"late": True}, {}, ""),
        ("occupancy_weight", "weights", {"late": False, "weighted": True}, {}, ""),
        ("occupancy_entry_weight", "entry and weights", {"late": True, "weighted": True}, {}, ""),
        ("occupancy_mixed", "several first states", {"late": True, "start": "mixed"}, {}, FULL_ERROR),
        (
            "occupancy_mixed_weight",
            "several first states, weights",
            {"late": True, "weighted": True, "start": "mixed"},
            {"conf_type": "log"},
            FULL_ERROR,
        ),
        (
            "occupancy_known",
            "known first states",
            {"late": True, "start": "mixed"},
            {"initial": known, "conf_type": "log"},
            "",
        ),
    ):
        result = stats.state_occupancy(histories(wander, **chosen), **asked)
        yield parity(
            f"state occupation, {label}", "wander", program, occupied(result, r[key], DAYS), EDGE, note
        )
    pairs = []
    for group in ("even", "odd"):
        result = stats.state_occupancy(histories(wander, late=True, group=group))
        pairs += occupied(result, r["occupancy_group"][group], DAYS)
    yield parity("state occupation, two groups", "wander", program, pairs, EDGE)
    result = stats.state_occupancy(histories(wander, late=True).after(8, "s1"))
    pairs = occupied(result, r["landmark_from_s1"], [12, 20, 30])
    yield parity("state occupation from a landmark", "wander", program, pairs, EDGE)


def transitions(r: dict[str, Any], wander: Columns, course: Columns, program: str) -> Iterator[Parity]:
    """Transition probabilities with variance, and the covariance of all of them."""
    ill = stats.illness_death(course["agvhd"], course["time"], course["cause"] > 0)
    etm = f"etm ({program})"
    for label, name, own, start, key, times in (
        ("from day 0", "wander", histories(wander, late=False), 0, "transition_0", None),
        ("from day 8, delayed entry", "wander", histories(wander, late=True), 8, "transition_8_entry", None),
        ("illness-death", "bmt137", ill, 0, "illness_death_etm", r["illness_death"]["time"]),
    ):
        result, expected = stats.transition_probabilities(own, start=start), r[key]
        days, size = times or expected["time"], len(result.states)
        frame = result.at(days)
        estimate, error = (
            frame[column].to_numpy().reshape(size, size, len(days)) for column in ("estimate", "std_err")
        )
        pairs = [Pair(estimate[:, :, i], expected["estimate"][i]) for i in range(len(days))]
        pairs += [Pair(error[:, :, i] ** 2, expected["variance"][i]) for i in range(len(days))]
        yield parity(f"transition probabilities, {label}", name, etm, pairs)
        if key == "transition_0":
            order = np.arange(size * size).reshape(size, size).T.reshape(-1)
            whole = result.covariance(days[-1])[np.ix_(order, order)]
            pairs = [Pair(np.maximum(whole, 0), expected["covariance_last"])]
            yield parity("covariance of transition probabilities", name, etm, pairs, remark=NEGATIVE)


def time_in_state(r: dict[str, Any], wander: Columns, program: str) -> Iterator[Parity]:
    """Compare the expected time in each state."""
    pairs = []
    for horizon in ("10", "25"):
        result = stats.time_in_state(histories(wander, late=True), float(horizon))
        want = r["time_in_state"][horizon]
        pairs += [Pair(result.estimate[0], want["estimate"]), Pair(result.std_err[0], want["std_err"])]
    result = stats.time_in_state(histories(wander, late=True, start="mixed"), 25)
    want = r["time_in_state_mixed"]
    pairs += [Pair(result.estimate[0], want["estimate"]), Pair(result.std_err[0], want["std_err"])]
    yield parity("expected time in state, SE", "wander", program, pairs)


def exposure(r: dict[str, Any], course: Columns, package: str) -> Iterator[Parity]:
    """Time-dependent exposure: rows of tmerge, Mantel-Byar, Simon-Makuch; illness-death."""
    who, event = np.arange(1, 138), course["cause"] > 0
    facts = {
        "sick": stats.TimeDependent(who, course["agvhd"]),
        "well": stats.TimeDependent(who, course["platelets"]),
    }
    made = stats.counting_process(who, np.zeros(137), course["time"], event, facts, ties="R")
    want = r["tmerge"]
    pairs = [Pair(made.subject, want["id"])]
    pairs += [Pair(getattr(made, n), want[n]) for n in ("start", "stop", "event")]
    pairs += [Pair(made.covariates[n], want[n]) for n in ("sick", "well")]
    yield parity("rows (start, stop] of two exposures", "bmt137", f"tmerge ({package})", pairs)
    for ties, key, note in (
        ("R", "mantel_byar_R", ""),
        ("textbook", "mantel_byar_textbook", "R is given exposures moved half a day back."),
    ):
        found = stats.mantel_byar_test(course["time"], event, course["agvhd"], ties=ties)
        program = f"coxph, score test, exact ties ({package})"
        yield parity(
            f"Mantel-Byar, {ties} ties", "bmt137", program, [Pair(found.statistic, r[key])], remark=note
        )
    curve = stats.simon_makuch(course["time"], event, course["agvhd"], ties="R")
    frame, pairs = curve.at([30, 60, 100, 365, 730]), []
    for group in ("unexposed", "exposed"):
        own, want = frame.filter(frame["group"] == group), r["simon_makuch"][group]
        inside = (own["estimate"] < 1).to_numpy()
        pairs.append(Pair(own["estimate"], want["estimate"]))
        pairs += [Pair(own[n], np.array(want[n], float), inside) for n in ("std_err", "lower", "upper")]
    yield parity("Simon-Makuch curves, SE, limits", "bmt137", f"survfit ({package})", pairs, ONE)
    ill = stats.illness_death(course["agvhd"], course["time"], event)
    want = r["illness_death"]
    pairs = occupied(stats.state_occupancy(ill), want, want["time"])
    yield parity("illness-death: state occupation", "bmt137", f"survfit ({package})", pairs, EDGE)


def resampling(course: Columns) -> Iterator[Parity]:
    """Pseudo-observations; limits from given replicates."""
    r = stored("resampling")
    prodlim = f"jackknife (prodlim {version(r, 'prodlim')})"
    survival = f"pseudo (survival {version(r, 'survival')})"
    rows = (course["time"], course["cause"], r["days"])
    infinitesimal = {"method": "infinitesimal"}
    for key, label, program, options in (
        ("jackknife_survival", "survival, jackknife", prodlim, {}),
        ("jackknife_incidence", "incidence, jackknife", prodlim, {"quantity": "cumulative_incidence"}),
        ("ij_survival", "survival, infinitesimal", survival, infinitesimal),
        (
            "ij_mean",
            "restricted mean, infinitesimal",
            survival,
            infinitesimal | {"quantity": "restricted_mean"},
        ),
        (
            "ij_relapse",
            "incidence, infinitesimal",
            survival,
            infinitesimal | {"quantity": "cumulative_incidence"},
        ),
        ("ij_survival_group", "survival within groups", survival, infinitesimal | {"group": course["group"]}),
    ):
        found = stats.pseudo_observations(*rows, **options)
        yield parity(f"pseudo-observations: {label}", "bmt137", program, [Pair(found, r[key])])
    given = r["interval"]
    replicates, left_out = (np.array(given[n])[:, None] for n in ("replicates", "left_out"))
    n = len(left_out)
    tilt = acceleration(left_out, np.ones(n), np.zeros(n, dtype=int))
    pairs = []
    for row, level in ((0, 0.9), (1, 0.95)):
        plain = percentile_interval(replicates, level)
        bca = bca_interval(replicates, np.array([given["estimate"]]), tilt, level)
        pairs.append(Pair([plain.lower[0], plain.upper[0]], given["percentile"][row]))
        pairs.append(Pair([bca.lower[0], bca.upper[0]], given["bca"][row]))
    program = f"boot.ci (boot {version(r, 'boot')})"
    yield parity("percentile and BCa limits", "bmt137, 35 patients, 999 replicates", program, pairs)


def rows() -> list[Parity]:
    """Return the rows of this part of the table."""
    r, wander = stored("multistate"), columns("multistate/data/wander.csv")
    course = columns("multistate/data/bmt137.csv")
    survival = f"survival {version(r, 'survival')}"
    program = f"survfit ({survival})"
    return [
        *occupancy(r, wander, program),
        *transitions(r, wander, course, f"etm {version(r, 'etm')}"),
        *time_in_state(r, wander, f"survfit, influence ({survival})"),
        *exposure(r, course, survival),
        *resampling(course),
    ]
