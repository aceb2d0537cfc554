"""Check with :mod:`dayzero.stats` that the constructed courses give what the article prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from algeri2025.search import HORIZON
from dayzero import stats

if TYPE_CHECKING:
    from collections.abc import Sequence

    from algeri2025.search import Course

_DAYS_A_MONTH = 30.4375
_ALL = "all"


class Check(NamedTuple):
    """A number as the article prints it, and what dayzero finds, printed alike."""

    name: str
    printed: str
    found: str
    value: float

    @property
    def met(self) -> bool:
        """Return whether the two agree to the last digit."""
        return self.printed == self.found


def checks(courses: Sequence[Course]) -> list[Check]:
    """Compare every number of the article's results with what dayzero.stats finds."""
    later = [c for c in courses if c.arm != "CR1"]
    relapsed = [c for c in courses if c.cause == 1]
    by_remission = ["CR1" if c.arm == "CR1" else "CR2/3" for c in courses]
    by_inotuzumab = [c.arm for c in later]
    time, cause = [c.first for c in courses], [c.cause for c in courses]
    later_time, later_cause = [c.first for c in later], [c.cause for c in later]
    last, died = [c.last for c in courses], [int(c.died) for c in courses]
    failed = [int(c > 0) for c in cause]
    dfs = stats.kaplan_meier(time, failed, by_remission)
    cir = stats.cumulative_incidence(time, cause, by_remission)
    cir_later = stats.cumulative_incidence(later_time, later_cause, by_inotuzumab)
    after = stats.kaplan_meier([c.last - c.first for c in relapsed], [int(c.died) for c in relapsed])
    followed = float(stats.median_follow_up(last, died).summary()["median"][0])
    return [
        _percent("DFS at 24 months", "72.2", stats.kaplan_meier(time, failed)),
        _percent("OS", "89.2", stats.kaplan_meier(last, died)),
        _percent("NRM", "2.6", stats.cumulative_incidence(time, cause), cause=2),
        _percent("DFS, CR1", "92.9", dfs, "CR1"),
        _percent("DFS, CR2/3", "68.5", dfs, "CR2/3"),
        _p("DFS by remission, log-rank p", "0.18", stats.logrank_test(time, failed, by_remission)),
        _percent("CIR, CR1", "0.0", cir, "CR1", cause=1),
        _percent("CIR, CR2/3", "29.9", cir, "CR2/3", cause=1),
        _p("CIR by remission, Gray p", "0.05", stats.gray_test(time, cause, by_remission)),
        _percent("CIR, CR2/3 with inotuzumab", "9.5", cir_later, "Inotuzumab", cause=1),
        _percent("CIR, CR2/3 without", "40.4", cir_later, "No inotuzumab", cause=1),
        _p("CIR by inotuzumab, Gray p", "0.023", stats.gray_test(later_time, later_cause, by_inotuzumab)),
        _percent("Survival 24 months after relapse", "52.7", after),
        Check("Relapses", "16", str(len(relapsed)), len(relapsed)),
        _rounded("Median follow-up, months", "23.23", followed / _DAYS_A_MONTH),
    ]


def _percent(
    name: str, printed: str, curve: Any, group: str | None = None, cause: int | None = None
) -> Check:
    rows = curve.at([HORIZON]).to_dicts()
    row = next(r for r in rows if group in (None, r["group"]) and cause in (None, r["cause"]))
    check = _rounded(name, printed, 100 * row["estimate"])
    return check._replace(name=f"{name}, %")


def _p(name: str, printed: str, test: Any) -> Check:
    return _rounded(name, printed, test.p_value)


def _rounded(name: str, printed: str, value: float) -> Check:
    decimals = len(printed.partition(".")[2])
    return Check(name, printed, f"{value:.{decimals}f}", value)
