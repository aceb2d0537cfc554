"""Log-rank test and its weighted relatives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from dayzero.errors import BadInputError, RefusalError
from dayzero.stats.convention import Convention
from dayzero.stats.inputs import cause_table, event_table, is_composite, source_note
from dayzero.stats.risk_set import RiskSet, before
from dayzero.stats.test_result import TestResult, chi_square_p, quadratic_form

if TYPE_CHECKING:
    from dayzero.stats.arrays import FloatArray
    from dayzero.stats.event_table import EventTable

SCHEMES = ("fleming-harrington", "gehan", "tarone-ware")


def logrank_test(
    time: Any,
    event: Any = None,
    group: Any = None,
    stratum: Any = None,
    rho: float = 0.0,
    gamma: float = 0.0,
    *,
    entry: Any = None,
    scheme: str = "fleming-harrington",
    of_interest: int | None = None,
) -> TestResult:
    """Test that the groups have the same hazard.

    Parameters
    ----------
    time : array_like or EventTable
        Times; or a table with groups (and strata), in which the event is any cause unless ``of_interest``.
    event : array_like of 0/1 or bool
        Whether the event happened; with ``of_interest``, cause codes.
    group : array_like
        Two groups or more.
    stratum : array_like, optional
        Compare within strata and add up (Mantel and Haenszel 1959).
    rho, gamma : float
        Weight S(t-)^rho (1 - S(t-))^gamma, S the pooled Kaplan-Meier estimate of the stratum (Fleming and
        Harrington 1991, eq. 7.2.1); 0, 0 is the log-rank test, 1, 0 the Peto-Peto form of Wilcoxon's test.
    entry : array_like, optional
        Delayed entry.
    scheme : {"fleming-harrington", "gehan", "tarone-ware"}
        "gehan" weighs by the number at risk (Breslow 1970), "tarone-ware" by its square root (1977).
    of_interest : int, optional
        Compare the cause-specific hazard of this cause: other causes censor.

    Returns
    -------
    TestResult
        ``observed`` and ``expected`` are weighted, as R ``survdiff`` prints them.

    Raises
    ------
    RefusalError
        Case weights: the variance would be wrong.

    Notes
    -----
    Mantel (1966); variance hypergeometric at each time, so ties need no correction. Same as R ``survdiff``.
    """
    if scheme not in SCHEMES:
        raise BadInputError.unknown_name(kind="scheme", found=str(scheme), allowed=SCHEMES)
    if of_interest is None:
        table = event_table(time, event, group=group, entry=entry, stratum=stratum)
    else:
        table = cause_table(time, event, group=group, entry=entry, stratum=stratum).as_event(of_interest)
    _refuse_unusable(table)
    expected, variance, observed = _sums(table, rho, gamma, scheme)
    statistic, df, notes = quadratic_form(observed - expected, variance, expected > 0)
    convention = Convention(
        estimator=_name(table, rho, gamma, scheme),
        variance="hypergeometric",
        ties="exact (hypergeometric at each time)",
        source="Mantel 1966",
        notes=source_note(table, composite=is_composite(time) and of_interest is None),
    )
    return TestResult(
        statistic=statistic,
        df=df,
        p_value=chi_square_p(statistic, df),
        groups=table.groups,
        n=np.rint(table.count.sum(axis=(0, 2, 3))).astype(np.int64),
        observed=observed,
        expected=expected,
        score=observed - expected,
        covariance=variance,
        method=convention.estimator,
        convention=convention,
        notes=notes,
    )


def _refuse_unusable(table: EventTable) -> None:
    if len(table.groups) < 2:
        what = "there is only one group"
        raise BadInputError(what, hint="pass group, or a table counted by group")
    if table.fractional:
        what = "the log-rank variance does not hold under fractional weights"
        raise RefusalError(what, instead="a weighted Cox model with robust variance, or a bootstrap")


def _name(table: EventTable, rho: float, gamma: float, scheme: str) -> str:
    if scheme != "fleming-harrington":
        name = "Gehan-Breslow test" if scheme == "gehan" else "Tarone-Ware test"
    elif (rho, gamma) == (0, 0):
        name = "log-rank test"
    else:
        name = f"Fleming-Harrington test (rho {rho:g}, gamma {gamma:g})"
    return name if len(table.strata) == 1 else f"stratified {name} ({len(table.strata)} strata)"


class LogrankSums(NamedTuple):
    """Weighted observed and expected events (..., G) and their covariance (..., G, G)."""

    observed: FloatArray
    expected: FloatArray
    covariance: FloatArray


def logrank_sums(
    leaving: FloatArray, entering: FloatArray | None, rho: float, gamma: float, scheme: str
) -> LogrankSums:
    """Return the sums of one stratum from counts (..., G, 1 + K, T); leading axes are replicates."""
    risk = RiskSet.of(leaving, entering)
    y, d = risk.at_risk.sum(axis=-2), risk.failed.sum(axis=-2)
    weight = _weights(y, d, rho, gamma, scheme)
    share = risk.at_risk / np.maximum(y, 1e-300)[..., None, :]
    spread = d * (y - d) / np.maximum(y - 1, 1.0)
    expected = d
    if weight is not None:
        spread, expected = weight**2 * spread, weight * d
    spread_share = share * spread[..., None, :]
    covariance = -(spread_share @ share.swapaxes(-1, -2))
    index = np.arange(share.shape[-2])
    covariance[..., index, index] += spread_share.sum(axis=-1)
    failed = risk.failed if weight is None else risk.failed * weight[..., None, :]
    return LogrankSums(failed.sum(axis=-1), (share * expected[..., None, :]).sum(axis=-1), covariance)


def _sums(
    table: EventTable, rho: float, gamma: float, scheme: str
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return weighted expected (G,), variance (G, G) and weighted observed (G,), strata added up."""
    entering, leaving = table.entering(), table.leaving()
    parts = [
        logrank_sums(leaving[s], None if entering is None else entering[s], rho, gamma, scheme)
        for s in range(len(table.strata))
    ]
    observed, expected, variance = parts[0]
    for part in parts[1:]:
        observed, expected = observed + part.observed, expected + part.expected
        variance = variance + part.covariance
    return expected, variance, observed


def _weights(
    at_risk: FloatArray, failed: FloatArray, rho: float, gamma: float, scheme: str
) -> FloatArray | None:
    if scheme == "gehan":
        return at_risk
    if scheme == "tarone-ware":
        return np.sqrt(np.maximum(at_risk, 0.0))
    if rho == 0 and gamma == 0:
        return None
    safe = np.where(at_risk > 0, at_risk, 1.0)
    survival = before(((safe - failed) / safe).cumprod(axis=-1), 1.0)
    return survival**rho * (1 - survival) ** gamma
