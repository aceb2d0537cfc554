"""Defects found in other packages, each with the right answer here.

Reproduced with lifelines 0.30.3, scikit-survival 0.28.0, survival (Rust) 2.0.0, ggsurvfit before 1.2.1,
cnsplots before its change 81, and EZR's list of changes.
"""

from __future__ import annotations

import tracemalloc

import numpy as np
import polars as pl
import pytest

from dayzero import stats


def test_tied_causes_are_not_separated_at_random(bmt137):
    """Lifelines jitters ties: day 100 gave .0803 or .0730 by seed, months .044 to .058 for .0657."""
    day = stats.cumulative_incidence(bmt137["time"], bmt137["cause"]).at(100)
    assert day["estimate"][0] == pytest.approx(11 / 137, rel=1e-14)  # no censoring by then
    months = np.ceil(bmt137["time"] / 30.4375)
    runs = {stats.cumulative_incidence(months, bmt137["cause"]).at(3)["estimate"][0] for _ in range(5)}
    assert len(runs) == 1
    assert runs.pop() == pytest.approx(9 / 137, rel=1e-14)


def test_the_events_of_a_cause_are_those_of_that_cause(bmt137):
    """Lifelines printed 57 events (all causes) under a relapse curve at one year; there are 29 relapses."""
    frame = stats.cumulative_incidence(bmt137["time"], bmt137["cause"]).at(365)
    relapses = int(((bmt137["time"] <= 365) & (bmt137["cause"] == 1)).sum())
    assert frame["events"][0] == relapses == 29
    assert frame["events"].sum() == 57


def test_the_variance_of_a_restricted_mean_is_that_of_the_mean(bmt137):
    """Lifelines returned the variance of the time itself (SE 272); R prints 23.26."""
    found = stats.restricted_mean(bmt137["os_time"], bmt137["dead"], horizon=730)
    assert found.std_err[0, 0] == pytest.approx(23.2641694, abs=5e-8)


def test_the_variance_of_an_incidence_without_censoring_is_binomial():
    """survival-rs gave .262 for 4 of 10; the binomial variance is .4 .6 / 10 = .024."""
    cause = [1, 2, 1, 0, 2, 1, 0, 1, 0, 2]
    time = [1, 2, 3, 20, 4, 5, 20, 6, 20, 7]
    row = stats.cumulative_incidence(time, cause, variance="delta").at(10)
    assert row["std_err"][0] ** 2 == pytest.approx(0.024, rel=1e-13)


def test_the_interval_of_day_100(bmt137):
    """survival-rs gave .009 to .151 where R gives .046 to .142 (log scale)."""
    r = stats.convention_preset("R survival")
    row = stats.cumulative_incidence(bmt137["time"], bmt137["cause"], **r.cumulative_incidence).at(100)
    assert row["lower"][0] == pytest.approx(0.046, abs=5e-4)
    assert row["upper"][0] == pytest.approx(0.142, abs=5e-4)


def test_the_interval_of_a_median_comes_from_the_curve(bmt137):
    """survival-rs reported the median times 0.8 and 1.2; R gives 431-1298 (log), SAS 418-1279 (log-log)."""
    rows = (bmt137["os_time"], bmt137["dead"])
    log = stats.kaplan_meier(*rows, conf_type="log").quantile(0.5).row(0, named=True)
    both = stats.kaplan_meier(*rows, conf_type="log-log").quantile(0.5).row(0, named=True)
    assert (log["lower"], log["upper"]) == (431, 1298)
    assert (both["lower"], both["upper"]) == (418, 1279)
    assert log["estimate"] == both["estimate"] == 641


def test_memory_grows_with_the_rows_not_with_their_square():
    """scikit-survival needs 24 GB for the interval of an incidence at 50,000 distinct times."""
    rng = np.random.default_rng(0)
    time, cause = rng.permutation(50_000) / 7, rng.integers(0, 3, 50_000)
    tracemalloc.start()
    lower, _ = stats.cumulative_incidence(time, cause).limits
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert lower.shape == (1, 2, 50_001)
    assert peak < 100_000_000


def test_causes_need_not_all_occur_nor_be_coded_without_gaps():
    """scikit-survival wants causes 1..K all observed; cmprsk drops one without events."""
    table = stats.EventTable.from_arrays([1, 2, 3], [3, 0, 3], causes=(1, 3, 5))
    frame = stats.cumulative_incidence(table).at(3)
    assert frame["cause"].to_list() == [1, 3, 5]
    assert frame["estimate"].to_list() == pytest.approx([0, 1, 0])
    assert stats.cumulative_incidence([1, 2], [0, 0]).at(2)["estimate"].to_list() == [0]


def test_the_order_of_groups_does_not_choose_the_event(bmtcrr):
    """ggsurvfit printed Gray's p of another event when the factor order differed from the codes."""
    plain = stats.gray_test(bmtcrr["ftime"], bmtcrr["Status"], bmtcrr["D"])
    turned = pl.Series(bmtcrr["D"].tolist(), dtype=pl.Enum(["AML", "ALL"]))
    found = stats.gray_test(bmtcrr["ftime"], bmtcrr["Status"], turned)
    assert found.groups == ("AML", "ALL")
    assert found.p_value == pytest.approx(plain.p_value, rel=1e-12)
    swapped = np.array([0, 2, 1])[bmtcrr["Status"]]
    other = stats.gray_test(bmtcrr["ftime"], swapped, bmtcrr["D"], of_interest=2)
    assert other.p_value == pytest.approx(plain.p_value, rel=1e-12)


def test_grays_test_is_not_a_transformed_logrank_test(bmtcrr):
    """cnsplots printed an approximation from the log-rank test; the two answer different questions."""
    gray = stats.gray_test(bmtcrr["ftime"], bmtcrr["Status"], bmtcrr["D"])
    cause_specific = stats.logrank_test(bmtcrr["ftime"], bmtcrr["Status"], bmtcrr["D"], of_interest=1)
    assert gray.statistic == pytest.approx(2.8623325, abs=5e-8)
    assert abs(gray.statistic - cause_specific.statistic) > 0.1


def test_plateaus_and_the_end_of_the_curve_follow_a_stated_rule():
    """R takes the middle of a plateau and carries the curve forward; SAS calls the end not estimable."""
    curve = stats.kaplan_meier([1, 2, 3, 4, 5], [1, 1, 0, 0, 0])
    assert curve.quantile(0.2)["estimate"][0] == 1.5
    carried, missing = curve.at(9), curve.at(9, beyond="missing")
    assert carried["estimate"][0] == pytest.approx(0.6)
    assert carried["beyond_follow_up"][0]
    assert missing["estimate"].is_nan()[0]


def test_one_group_and_a_group_without_events_work():
    """EZR stopped on a single group (1.64) and on a group without events (1.63)."""
    assert stats.cumulative_incidence([1, 2, 3], [1, 2, 0], ["a"] * 3).groups == ("a",)
    time, cause, group = [1, 2, 3, 4], [1, 2, 0, 0], list("aabb")
    frame = stats.cumulative_incidence(time, cause, group).at(4)
    assert frame.filter(group="b")["estimate"].to_list() == [0, 0]
    assert stats.gray_test(time, cause, group).df == 1
    assert stats.logrank_test(time, np.array(cause) > 0, group).df == 1


def test_no_events_among_eight_is_not_certainty():
    """Four packages print [1, 1] for 0 of 8 (R's log type among them); exactly it is .6306 to 1."""
    for conf_type in ("log-log", "log", "plain"):
        row = stats.kaplan_meier([9] * 8, [0] * 8, conf_type=conf_type).at(5)
        assert row["lower"].is_nan()[0]
        assert row["flag"][0] == "estimate is 1: no interval of this type exists"
    row = stats.kaplan_meier([9] * 8, [0] * 8, conf_type="beta").at(5)
    assert row["lower"][0] == pytest.approx(0.6306, abs=5e-5)
