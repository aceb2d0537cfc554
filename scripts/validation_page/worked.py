"""Worked cases: a tiny data set, its risk sets, the answer as a fraction, and what dayzero computes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from dayzero import stats

if TYPE_CHECKING:
    from collections.abc import Callable

NAN = math.nan
TEXT = Path(__file__).parent / "text"
Answer: TypeAlias = tuple[str, str, float, float]  # quantity, as written, its value, what dayzero computes


@dataclass(frozen=True)
class Case:
    """A title, the data in words with their risk sets, and the answers."""

    title: str
    data: str
    answers: tuple[Answer, ...]


def text(name: str) -> str:
    """Return the data of a case in words, with its risk sets."""
    return (TEXT / f"{name}.md").read_text(encoding="utf-8").rstrip()


def fraction(quantity: str, written: str, found: float) -> Answer:
    """Return an answer that is a fraction."""
    return quantity, written, float(Fraction(written)), float(found)


def curves() -> Case:
    """Kaplan-Meier, incidence, variances, areas."""
    time, cause = [1, 2, 2, 3, 4, 5], [1, 2, 0, 1, 0, 2]
    event = [1, 1, 0, 1, 0, 1]
    km = stats.kaplan_meier(time, event).at([1, 2, 3])
    aalen, delta = (
        stats.cumulative_incidence(time, cause, variance=v).at([3, 5]) for v in ("aalen", "delta")
    )
    hazard = stats.nelson_aalen(time, event).at(3)
    mean = stats.restricted_mean(time, event, horizon=4)
    lost = stats.restricted_time_lost(time, cause, horizon=4)
    answers = [fraction(f"S({t})", w, km["estimate"][t - 1]) for t, w in ((1, "5/6"), (2, "2/3"), (3, "4/9"))]
    second = aalen.filter(aalen["cause"] == 2)["estimate"][1]
    answers += [
        fraction("variance of S(3), Greenwood", "4/81", km["std_err"][2] ** 2),
        fraction("F1(3)", "7/18", aalen["estimate"][0]),
        fraction("F2(5)", "11/18", second),
        fraction('variance of F1(3), "aalen" (cmprsk)', "91/1350", aalen["std_err"][0] ** 2),
        fraction('variance of F1(3), "delta" (survfit)', "31/648", delta["std_err"][0] ** 2),
        fraction("cumulative hazard at day 3, 1/6 + 1/5 + 1/3", "7/10", hazard["estimate"][0]),
        fraction("restricted mean to day 4", "53/18", mean.estimate[0, 0]),
        fraction("its variance", "143/648", mean.std_err[0, 0] ** 2),
        fraction("time lost to relapse by day 4, 2 · 1/6 + 7/18", "13/18", lost.estimate[0, 0]),
        fraction("median follow-up", "4", stats.median_follow_up(time, event).summary()["median"][0]),
    ]
    return Case("Curves: Kaplan-Meier, cumulative incidence, areas", text("curves"), tuple(answers))


def tests() -> Case:
    """Log-rank family, Gray, permutation."""
    rows = ([1, 3, 2, 4], [1, 1, 1, 0], ["A", "A", "B", "B"])
    late = stats.logrank_test(*rows, gamma=1)
    gray = stats.gray_test([1, 3, 2, 4], [1, 0, 2, 1], ["A", "A", "B", "B"])
    permutation = stats.permutation_test([1, 2, 3, 4], [1, 1, 1, 1], list("AABB"))
    return Case(
        "Tests of two groups: log-rank, Gray, permutation",
        text("tests"),
        (
            fraction("log-rank statistic", "8/13", stats.logrank_test(*rows).statistic),
            fraction("Gehan's statistic", "4/7", stats.logrank_test(*rows, scheme="gehan").statistic),
            fraction("Fleming-Harrington, rho 0, gamma 1", "4/11", late.statistic),
            fraction("Gray's statistic", "1", gray.statistic),
            fraction("permutation p", "1/3", permutation.p_value),
        ),
    )


def exposure() -> Case:
    """Mantel-Byar and Simon-Makuch."""
    rows = ([5, 4, 3, 6, 5], [1, 1, 1, 0, 0], [2, 4, NAN, 3, NAN])
    curve = stats.simon_makuch(*rows).at([5])
    exposed = curve.filter(curve["group"] == "exposed")["estimate"][0]
    unexposed = curve.filter(curve["group"] == "unexposed")["estimate"][0]
    return Case(
        "An exposure that begins after day 0: Mantel-Byar, Simon-Makuch",
        text("exposure"),
        (
            fraction("Mantel-Byar, textbook ties", "121/2339", stats.mantel_byar_test(*rows).statistic),
            fraction("Mantel-Byar, ties of R", "121/569", stats.mantel_byar_test(*rows, ties="R").statistic),
            fraction("exposed, S(5) = 2/3 · 1/2", "1/3", exposed),
            fraction("unexposed, S(5)", "2/3", unexposed),
        ),
    )


def states() -> Case:
    """Illness-death."""
    made = stats.illness_death([1, NAN, 2, NAN, 4, NAN], [3, 2, 5, 3, 5, 6], [1, 1, 0, 0, 1, 0])
    frame = stats.state_occupancy(made).at([2, 4, 5])

    def value(state: str, day: int, column: str = "estimate") -> float:
        found = frame.filter((frame["state"] == state) & (frame["time"] == day))[column][0]
        return float(found)

    time = stats.time_in_state(made, 5).estimate[0]
    return Case(
        "Several states: illness and death",
        text("states"),
        (
            fraction("ill on day 4", "5/12", value("ill", 4)),
            fraction("dead on day 5", "13/24", value("dead", 5)),
            fraction('variance of "ill" on day 2', "1/27", value("ill", 2, "std_err") ** 2),
            fraction('variance of "healthy" on day 4', "1/24", value("healthy", 4, "std_err") ** 2),
            fraction("expected days ill by day 5, 1/6 + 1/3 + 1/6 + 5/12", "13/12", time[1]),
        ),
    )


def cox() -> Case:
    """Cox with three treatments of ties, and Firth's penalty."""
    time, event, x = [1, 1, 6, 6, 8, 9], [1, 0, 1, 1, 0, 1], {"x": [1, 1, 1, 0, 0, 0]}
    breslow, efron = (stats.cox(time, event, x, ties=ties) for ties in ("breslow", "efron"))
    exact = stats.cox([1, 1, 2, 2], [1, 1, 1, 0], {"x": [1, 0, 1, 0]}, ties="exact")
    firth = stats.cox([1, 2, 2, 2], [1, 0, 0, 0], {"x": [0, 0, 1, 1]}, penalty="firth")
    cubic = float(max(np.roots([1, 0, -23, -30]).real))
    return Case(
        "Cox regression",
        text("cox"),
        (
            (
                "hazard ratio, Breslow",
                "(3 + √33)/2",
                (3 + math.sqrt(33)) / 2,
                float(np.exp(breslow.coef[0])),
            ),
            ("hazard ratio, Efron", "largest root of r³ - 23r - 30", cubic, float(np.exp(efron.coef[0]))),
            fraction("score test, Breslow", "8/5", breslow.score_test().statistic),
            fraction("score test, Efron", "169/83", efron.score_test().statistic),
            fraction("likelihood at r = 1, exact ties", "1/12", float(np.exp(exact.log_likelihood_null))),
            fraction("hazard ratio, Firth", "1/3", float(np.exp(firth.coef[0]))),
        ),
    )


def fine_gray() -> Case:
    """Fine-Gray."""
    model = stats.fine_gray([1, 2, 3, 4, 5, 6], [2, 0, 1, 1, 0, 1], {"x": [1, 0, 1, 0, 0, 1]})
    return Case(
        "Fine-Gray regression",
        text("fine_gray"),
        (
            fraction("squared hazard ratio", "100/126", float(np.exp(2 * model.coef[0]))),
            fraction("likelihood at r = 1", "125/3192", float(np.exp(model.log_likelihood_null))),
        ),
    )


def small() -> Case:
    """Limits for few patients, pseudo-observations."""
    lower = stats.kaplan_meier([9] * 8, [0] * 8, conf_type="beta").at(5)["lower"][0]
    half = stats.proportion(1, 2, method="mid-p")
    pseudo = stats.pseudo_observations([1, 2, 3], [1, 0, 1], [2])[:, 0]
    return Case(
        "Few patients: exact limits, pseudo-observations",
        text("small"),
        (
            ("lower limit, 0 of 8", "(1/40)^(1/8)", 0.025 ** (1 / 8), float(lower)),
            fraction("mid-p lower limit, 1 of 2", "1/40", half.lower),
            fraction("mid-p upper limit, 1 of 2", "39/40", half.upper),
            *(fraction(f"pseudo-observation {i + 1}", str(k), pseudo[i]) for i, k in enumerate((0, 1, 1))),
        ),
    )


CASES: tuple[Callable[[], Case], ...] = (curves, tests, exposure, states, cox, fine_gray, small)


def section() -> list[str]:
    """Return the lines of this part of the page; an answer that is not the fraction stops the run."""
    lines: list[str] = []
    for make in CASES:
        case = make()
        lines += [f"### {case.title}", "", case.data, ""]
        lines += ["| quantity | by hand | as a decimal | dayzero |", "|---|---|---|---|"]
        for quantity, written, value, found in case.answers:
            if not math.isclose(value, found, rel_tol=1e-9, abs_tol=1e-12):
                msg = f"{case.title}: {quantity} is {found!r}, by hand {written} = {value!r}"
                raise ValueError(msg)
            lines.append(f"| {quantity} | {written} | {_decimal(value)} | {_decimal(found)} |")
        lines.append("")
    return lines


def _decimal(value: float) -> str:
    text = f"{value:.10f}"
    return text.removeprefix("-") if float(text) == 0 else text
