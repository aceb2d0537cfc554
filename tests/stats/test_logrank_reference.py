"""The log-rank family against R survdiff."""

from __future__ import annotations

import numpy as np
import pytest

from dayzero import stats


@pytest.mark.parametrize("rho", [0, 0.5, 1])
def test_three_groups(reference, bmt137, same, rho):
    found = stats.logrank_test(bmt137["os_time"], bmt137["dead"], bmt137["group"], rho=rho)
    expected = reference[f"logrank_bmt137_rho{rho}"]
    same(found.statistic, expected["statistic"])
    same(found.observed, expected["observed"])
    same(found.expected, expected["expected"])
    same(found.covariance, expected["variance"])
    assert found.df == 2


@pytest.mark.parametrize("rho", [0, 0.5, 1])
def test_stratified(reference, bmt137, same, rho):
    found = stats.logrank_test(
        bmt137["os_time"], bmt137["dead"], bmt137["group"], stratum=bmt137["mtx"], rho=rho
    )
    expected = reference[f"logrank_strata_rho{rho}"]
    same(found.statistic, expected["statistic"])
    same(found.observed, np.sum(expected["observed"], axis=1))
    same(found.expected, np.sum(expected["expected"], axis=1))


def test_cause_specific_by_four_groups(reference, bmtcrr, same):
    found = stats.logrank_test(bmtcrr["ftime"], bmtcrr["Status"], bmtcrr["Phase"], of_interest=1)
    same(found.statistic, reference["logrank_bmtcrr"]["statistic"])
    assert found.groups == ("CR1", "CR2", "CR3", "Relapse")
    same(found.observed, reference["logrank_bmtcrr"]["observed"])


def test_delayed_entry_is_the_score_test_of_cox(reference, made, same):
    rows = np.isin(made["id"], reference["logrank_entry"]["rows"])
    found = stats.logrank_test(
        made["time"][rows], made["cause"][rows] != 0, made["group"][rows], entry=made["entry"][rows]
    )
    same(found.statistic, reference["logrank_entry"]["score"])
