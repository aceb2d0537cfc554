"""Many tests at once: pairwise comparisons, trend, and adjusted p-values."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from dayzero.errors import BadInputError
from dayzero.stats.comparisons.gray import gray_test
from dayzero.stats.comparisons.logrank import logrank_test
from dayzero.stats.event_table import EventTable
from dayzero.stats.test_result import TestResult, chi_square_p

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import polars as pl

    from dayzero.stats.arrays import FloatArray, Label

ADJUSTMENTS = ("holm", "hochberg", "BH", "bonferroni", "none")
TESTS = ("logrank", "gray")


def adjust_p_values(p_values: Any, method: str = "holm") -> FloatArray:
    """Adjust p-values for their number, as R ``p.adjust``; NaN stays NaN and is not counted.

    Parameters
    ----------
    p_values : array_like
        Raw p-values.
    method : {"holm", "hochberg", "BH", "bonferroni", "none"}
        Holm (1979) and Hochberg (1988) hold the chance of any false finding, Benjamini and Hochberg (1995)
        the expected share of false findings.
    """
    if method not in ADJUSTMENTS:
        raise BadInputError.unknown_name(kind="method", found=str(method), allowed=ADJUSTMENTS)
    out = np.array(p_values, dtype=np.float64)
    known = np.flatnonzero(~np.isnan(out))
    order = known[np.argsort(out[known], kind="stable")]
    p, m = out[order], len(order)
    rank = np.arange(1, m + 1)
    if method == "holm":
        p = np.maximum.accumulate(p * (m - rank + 1))
    elif method == "hochberg":
        p = np.minimum.accumulate((p * (m - rank + 1))[::-1])[::-1]
    elif method == "BH":
        p = np.minimum.accumulate((p * m / rank)[::-1])[::-1]
    elif method == "bonferroni":
        p = p * m
    out[order] = np.minimum(p, 1.0)
    return out


def _chosen(test: str) -> Callable[..., TestResult]:
    if test not in TESTS:
        raise BadInputError.unknown_name(kind="test", found=str(test), allowed=TESTS)
    return logrank_test if test == "logrank" else gray_test


def _table(time: Any, event: Any, group: Any, stratum: Any) -> EventTable:
    if isinstance(time, EventTable):
        return time
    return EventTable.from_arrays(time, event, group, stratum=stratum)


def pairwise_tests(
    time: Any,
    event: Any = None,
    group: Any = None,
    stratum: Any = None,
    *,
    test: str = "logrank",
    adjust: str = "holm",
    **options: Any,
) -> pl.DataFrame:
    """Compare every pair of groups, each on the patients of the pair alone.

    Parameters
    ----------
    time, event, group, stratum
        Arrays (0/1 events, or cause codes for Gray's test), or an EventTable.
    test : {"logrank", "gray"}
        Which test.
    adjust : {"holm", "hochberg", "BH", "bonferroni", "none"}
        See :func:`adjust_p_values`.
    **options
        Passed to the test, e.g. ``rho`` or ``of_interest``.

    Returns
    -------
    polars.DataFrame
        group_1, group_2, statistic, df, p_value, p_adjusted; NaN for a pair without any event.
    """
    function = _chosen(test)
    table = _table(time, event, group, stratum)
    if len(table.groups) < 2:
        what = "there is only one group"
        raise BadInputError(what, hint="pass group, or a table counted by group")
    pairs = list(combinations(table.groups, 2))
    found = [_compare(function, table, pair, options) for pair in pairs]
    return _pair_frame(pairs, found, adjust)


def _compare(
    function: Callable[..., TestResult], table: EventTable, pair: tuple[Label, Label], options: dict[str, Any]
) -> tuple[float, int, float]:
    two = table.only(pair)
    wanted = options.get("of_interest", 1 if function is gray_test else None)
    own = slice(1, None) if wanted is None else 1 + two.causes.index(two.known_cause(wanted))
    if not two.count[:, :, own].any():
        return float("nan"), 0, float("nan")
    result = function(two, **options)
    return result.statistic, result.df, result.p_value


def _pair_frame(
    pairs: list[tuple[Label, Label]], found: list[tuple[float, int, float]], adjust: str
) -> pl.DataFrame:
    import polars as pl

    p_values = np.array([p for _, _, p in found])
    return pl.DataFrame(
        {
            "group_1": [a for a, _ in pairs],
            "group_2": [b for _, b in pairs],
            "statistic": [s for s, _, _ in found],
            "df": [d for _, d, _ in found],
            "p_value": p_values,
            "p_adjusted": adjust_p_values(p_values, adjust),
        }
    )


def trend_test(
    time: Any,
    event: Any = None,
    group: Any = None,
    stratum: Any = None,
    *,
    scores: Iterable[float] | None = None,
    test: str = "logrank",
    **options: Any,
) -> TestResult:
    """Test for a trend over ordered groups.

    Parameters
    ----------
    time, event, group, stratum, test, options
        As for :func:`pairwise_tests`.
    scores : iterable of float, optional
        One a group, in the order of the groups; 1, 2, 3, ... by default.

    Returns
    -------
    TestResult
        One degree of freedom.

    Notes
    -----
    (sum of score x (observed - expected))^2 over its variance, with the covariance of the test itself: Tarone
    (1975), Biometrika 62:679; Klein and Moeschberger (2003), section 7.4.
    """
    result = _chosen(test)(_table(time, event, group, stratum), **options)
    given = np.arange(1.0, len(result.groups) + 1) if scores is None else np.array(list(scores), dtype=float)
    if given.shape != (len(result.groups),) or not np.isfinite(given).all() or np.ptp(given) == 0:
        what = f"scores must be {len(result.groups)} finite numbers, not all equal"
        raise BadInputError(
            what, hint=f"one for each of {', '.join(str(g) for g in result.groups)}, in this order"
        )
    total, variance = float(given @ result.score), float(given @ result.covariance @ given)
    statistic = total * total / variance if variance > 0 else float("nan")
    df = 1 if variance > 0 else 0
    notes = (*result.notes, "scores " + ", ".join(f"{s:g}" for s in given))
    method = f"{result.method}, trend over {len(given)} groups"
    convention = replace(
        result.convention, estimator=method, source=f"{result.convention.source}; Tarone 1975"
    )
    return replace(
        result,
        statistic=statistic,
        df=df,
        p_value=chi_square_p(statistic, df),
        method=method,
        convention=convention,
        notes=notes,
    )
