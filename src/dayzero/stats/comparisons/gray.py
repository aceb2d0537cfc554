"""Gray's test of equal cumulative incidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from dayzero.errors import BadInputError, RefusalError
from dayzero.stats.comparisons.gray_kernel import gray_sums
from dayzero.stats.convention import Convention
from dayzero.stats.inputs import cause_table, not_simple, source_note
from dayzero.stats.test_result import TestResult, chi_square_p, quadratic_form

if TYPE_CHECKING:
    from dayzero.stats.event_table import EventTable


def gray_test(
    time: Any,
    cause: Any = None,
    group: Any = None,
    of_interest: int = 1,
    stratum: Any = None,
    rho: float = 0.0,
) -> TestResult:
    """Test that the groups have the same cumulative incidence of a cause.

    Parameters
    ----------
    time : array_like or EventTable
        Times; or a table with groups (and strata).
    cause : array_like of int
        0 censored, 1, 2, ... the competing causes.
    group : array_like
        Two groups or more.
    of_interest : int
        The cause whose incidence is compared.
    stratum : array_like, optional
        Compare within strata and add up.
    rho : float
        Weight (1 - F(t-))^rho, F the pooled incidence.

    Returns
    -------
    TestResult
        ``observed`` are the events of the cause, ``expected`` those expected if the subdistribution hazards
        were equal (both weighted when rho is not 0). A group without events of the cause takes part.

    Raises
    ------
    BadInputError
        One group; a cause that nobody had.
    RefusalError
        Delayed entry or case weights: the test is not defined for them.

    Notes
    -----
    Gray (1988), Ann Stat 16:1141. Same as R ``cmprsk::cuminc``, with its tie corrections.
    """
    table = cause_table(time, cause, group=group, stratum=stratum)
    _refuse_unusable(table, of_interest)
    own = table.causes.index(of_interest)
    groups = len(table.groups)
    leaving = table.leaving()
    parts = [gray_sums(leaving[s], own, rho) for s in range(len(table.strata))]
    score, covariance = np.zeros(groups), np.zeros((groups, groups))
    observed, expected = np.zeros(groups), np.zeros(groups)
    for part in parts:
        score += part.observed - part.expected
        covariance += part.covariance
        observed += part.observed
        expected += part.expected
    present = table.count.sum(axis=(0, 2, 3)) > 0
    statistic, df, notes = quadratic_form(score, covariance, present)
    if any(bool(part.exhausted) for part in parts):
        notes = (
            *notes,
            "one group ran out of patients and the pooled incidence passed 1: see a permutation test",
        )
    strata = "" if len(table.strata) == 1 else f", {len(table.strata)} strata"
    convention = Convention(
        estimator=f"Gray's test of cause {of_interest} (rho {rho:g}{strata})",
        variance="Gray 1988, as R cmprsk",
        ties="tied causes share one risk set",
        source="Gray 1988",
        notes=source_note(table),
    )
    return TestResult(
        statistic=statistic,
        df=df,
        p_value=chi_square_p(statistic, df),
        groups=table.groups,
        n=np.rint(table.count.sum(axis=(0, 2, 3))).astype(np.int64),
        observed=observed,
        expected=expected,
        score=score,
        covariance=covariance,
        method=convention.estimator,
        convention=convention,
        notes=notes,
    )


def _refuse_unusable(table: EventTable, of_interest: int) -> None:
    if len(table.groups) < 2:
        what = "there is only one group"
        raise BadInputError(what, hint="pass group, or a table counted by group")
    table.known_cause(of_interest)
    if not table.count[:, :, 1 + table.causes.index(of_interest)].any():
        what = f"nobody had cause {of_interest}"
        raise BadInputError(what, hint="without an event there is nothing to compare")
    reason = not_simple(table)
    if reason:
        what = f"Gray's test is not defined under {reason}"
        instead = "logrank_test(..., of_interest=...) of the cause-specific hazard"
        raise RefusalError(what, instead=instead, source="Gray 1988")
