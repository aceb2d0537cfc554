"""A proportion with its exact interval."""

from __future__ import annotations

from dataclasses import dataclass

from dayzero.errors import BadInputError
from dayzero.stats.intervals import checked_conf_level


@dataclass(frozen=True)
class Proportion:
    """A proportion and its confidence limits."""

    events: int
    n: int
    estimate: float
    lower: float
    upper: float
    conf_level: float
    method: str


def proportion(events: int, n: int, method: str = "clopper-pearson", conf_level: float = 0.95) -> Proportion:
    """Return ``events / n`` with an exact confidence interval.

    Parameters
    ----------
    events, n : int
        Number with the property, and number asked; 0 <= events <= n, n at least 1.
    method : {"clopper-pearson", "mid-p"}
        Clopper and Pearson (1934), Biometrika 26:404, never below the confidence level; or its mid-p version
        (Lancaster 1961), which counts the observed number half, is shorter, and holds the level on average.
    conf_level : float
        Confidence level.

    Raises
    ------
    BadInputError
        Counts that cannot be, or an unknown method.
    """
    if events != int(events) or n != int(n) or not 0 <= events <= n or n < 1:
        what = f"events {events} of n {n}"
        raise BadInputError(what, allowed="whole numbers, 0 <= events <= n, n at least 1")
    events, n = int(events), int(n)
    tail = (1 - checked_conf_level(conf_level)) / 2
    if method == "clopper-pearson":
        lower, upper = _clopper_pearson(events, n, tail)
    elif method == "mid-p":
        lower, upper = _mid_p(events, n, tail)
    else:
        raise BadInputError.unknown_name(
            kind="method", found=str(method), allowed=("clopper-pearson", "mid-p")
        )
    return Proportion(events, n, events / n, lower, upper, conf_level, method)


def _clopper_pearson(events: int, n: int, tail: float) -> tuple[float, float]:
    from scipy.special import betaincinv

    lower = 0.0 if events == 0 else float(betaincinv(events, n - events + 1, tail))
    upper = 1.0 if events == n else float(betaincinv(events + 1, n - events, 1 - tail))
    return lower, upper


def _mid_p(events: int, n: int, tail: float) -> tuple[float, float]:
    """Solve P(X > x) + P(X = x) / 2 = tail for the lower limit, and its mirror for the upper."""
    from scipy.optimize import brentq
    from scipy.special import bdtr, bdtrc

    def above(p: float) -> float:
        at_least = 1.0 if events == 0 else float(bdtrc(events - 1, n, p))
        more = 0.0 if events == n else float(bdtrc(events, n, p))
        return (at_least + more) / 2 - tail

    def below(p: float) -> float:
        at_most = 1.0 if events == n else float(bdtr(events, n, p))
        less = 0.0 if events == 0 else float(bdtr(events - 1, n, p))
        return (at_most + less) / 2 - tail

    lower = 0.0 if events == 0 else float(brentq(above, 0.0, 1.0, xtol=1e-15))
    upper = 1.0 if events == n else float(brentq(below, 0.0, 1.0, xtol=1e-15))
    return lower, upper
