"""Empty, one row, nobody, everybody at once: a defined answer or a clear refusal."""

from __future__ import annotations

import math

import numpy as np
import pytest

from dayzero import stats
from dayzero.errors import BadInputError, RefusalError

CURVES = [
    lambda t, c, **k: stats.kaplan_meier(t, np.asarray(c) > 0, **k),
    stats.cumulative_incidence,
    lambda t, c, **k: stats.nelson_aalen(t, np.asarray(c) > 0, **k),
]


@pytest.mark.parametrize("curve", CURVES)
def test_no_rows_are_refused(curve):
    with pytest.raises(BadInputError, match="no rows"):
        curve([], [])


@pytest.mark.parametrize("curve", CURVES)
@pytest.mark.parametrize(
    ("time", "what"),
    [([1, np.nan, 2], "position 1"), ([1, -2, 3], "position 1"), ([1, 2, np.inf], "position 2")],
)
def test_impossible_times_are_refused_with_their_place(curve, time, what):
    with pytest.raises(BadInputError, match="finite and not negative") as error:
        curve(time, [0, 1, 1])
    assert what in str(error.value)


@pytest.mark.parametrize(
    ("cause", "what"),
    [([0, 1.5, 1], "whole numbers"), ([0, -1, 1], "run from -1"), ([0, 1, np.nan], "whole numbers"),
     (["a", "b", "c"], "must be numbers"), ([0, 1], "has 2 values")],
)  # fmt: skip
def test_impossible_causes_are_refused(cause, what):
    with pytest.raises(BadInputError, match=what):
        stats.cumulative_incidence([1, 2, 3], cause)


def test_a_two_level_code_is_not_taken_for_an_event():
    with pytest.raises(BadInputError, match="0 or 1") as error:
        stats.kaplan_meier([1, 2, 3], [1, 2, 2])
    assert "cumulative_incidence" in str(error.value)


def test_one_patient_with_the_event():
    row = stats.kaplan_meier([5], [1]).at([0, 4, 5, 6])
    assert row["estimate"].to_list() == [1, 1, 0, 0]
    assert row["at_risk"].to_list() == [1, 1, 1, 0]
    assert row["beyond_follow_up"].to_list() == [False, False, False, True]
    assert row["lower"].is_nan().all()
    assert row["upper"].is_nan().all()
    assert math.isnan(row["std_err"][2])
    beta = stats.kaplan_meier([5], [1], conf_type="beta").at(5)
    assert beta["lower"].to_list() == [0]
    assert beta["upper"][0] == pytest.approx(0.975)


def test_one_censored_patient():
    frame = stats.cumulative_incidence([5], [0]).at([5, 9])
    assert frame["estimate"].to_list() == [0, 0]
    assert frame["beyond_follow_up"].to_list() == [False, True]
    assert frame["flag"].to_list() == ["estimate is 0: no interval of this type exists"] * 2


@pytest.mark.parametrize("conf_type", ["log-log", "log", "plain", "logit", "arcsin"])
def test_no_interval_of_width_zero_is_ever_given(conf_type):
    for curve in (
        stats.kaplan_meier([1, 2, 3], [0, 0, 0], conf_type=conf_type),
        stats.kaplan_meier([1, 2, 3], [1, 1, 1], conf_type=conf_type),
        stats.cumulative_incidence([1, 2, 3], [2, 2, 2], conf_type=conf_type, variance="delta"),
        stats.cumulative_incidence([0, 0, 0], [1, 1, 1], conf_type=conf_type),
    ):
        lower, upper = curve.limits
        edge = (curve.estimate == 0) | (curve.estimate == 1)
        assert np.isnan(lower[edge]).all()
        assert np.isnan(upper[edge]).all()
        assert (curve.flags()[edge] != "").all()


def test_everything_at_time_zero():
    curve = stats.kaplan_meier([0, 0, 0], [1, 1, 1])
    assert curve.at(0)["estimate"].to_list() == [0]
    steps = curve.steps()
    assert steps["time"].to_list() == [0, 0]
    assert steps["estimate"].to_list() == [1, 0]
    found = stats.logrank_test([0, 0, 0], [1, 1, 1], ["a", "b", "a"])
    assert math.isnan(found.statistic)
    assert math.isnan(found.p_value)
    assert "no information" in str(found)
    assert stats.gray_test([0, 0, 0, 0], [1, 2, 1, 0], ["a", "b", "a", "b"]).df == 1


def test_all_tied():
    row = stats.cumulative_incidence([7] * 10, [1] * 4 + [2] * 3 + [0] * 3, variance="delta").at(7)
    assert row["estimate"].to_list() == pytest.approx([0.4, 0.3], rel=1e-14)
    assert row["std_err"][0] ** 2 == pytest.approx(0.024, rel=1e-12)  # binomial: .4 .6 / 10


def test_no_events():
    found = stats.logrank_test([1, 2, 3], [0, 0, 0], ["a", "b", "a"])
    assert math.isnan(found.p_value)
    assert found.df == 0
    with pytest.raises(BadInputError, match="nobody had cause 1"):
        stats.gray_test([1, 2, 3], [0, 0, 2], ["a", "b", "a"])


def test_one_group_without_events():
    found = stats.gray_test([1, 2, 3, 4], [1, 0, 1, 2], ["a", "b", "a", "b"])
    assert found.df == 1
    assert found.observed.tolist() == [2, 0]


def test_an_empty_group_is_kept_when_declared_and_left_out_of_tests():
    table = stats.EventTable.from_arrays([1, 2, 3, 4], [1, 1, 0, 1], list("abab"), levels=["b", "empty", "a"])
    frame = stats.kaplan_meier(table).at(2)
    assert frame["group"].to_list() == ["b", "empty", "a"]
    assert math.isnan(frame["estimate"][1])
    assert frame["flag"][1] == "nobody in this group"
    assert frame["at_risk"][1] == 0
    assert math.isnan(stats.kaplan_meier(table).quantile(0.5)["estimate"][1])
    assert stats.kaplan_meier(table).steps().filter(group="empty").height == 1
    found = stats.logrank_test(table)
    assert found.df == 1
    assert "left out" in str(found)


def test_a_cause_never_seen_has_incidence_zero_when_declared():
    table = stats.EventTable.from_arrays([1, 2, 3], [1, 0, 1], causes=(1, 2))
    frame = stats.cumulative_incidence(table).at(3)
    assert frame["cause"].to_list() == [1, 2]
    assert frame["estimate"][1] == 0
    assert frame["flag"][1] is not None
    with pytest.raises(BadInputError, match="cause 3 was never seen"):
        stats.gray_test(stats.EventTable.from_arrays([1, 2], [1, 2], ["a", "b"]), of_interest=3)


def test_causes_need_no_gap_free_coding():
    assert stats.cumulative_incidence([1, 2, 3], [1, 7, 0]).causes == (1, 7)


@pytest.mark.parametrize("group", [["a", None, "b"], [1.0, np.nan, 2.0]])
def test_a_missing_group_is_refused(group):
    with pytest.raises(BadInputError, match="group is missing") as error:
        stats.kaplan_meier([1, 2, 3], [1, 0, 1], group)
    assert "position 1" in str(error.value)


@pytest.mark.parametrize("group", [["a", 1, "b"], [["x"], ["y"], ["z"]], [{}, {}, {}]])
def test_labels_that_cannot_be_are_refused(group):
    with pytest.raises(BadInputError):
        stats.kaplan_meier([1, 2, 3], [1, 0, 1], np.array(group, dtype=object))


def test_a_value_outside_the_levels_is_refused():
    with pytest.raises(BadInputError, match="not among its levels"):
        stats.EventTable.from_arrays([1, 2], [1, 0], ["a", "b"], levels=["a"])


def test_weights():
    with pytest.raises(BadInputError, match="every weight is zero"):
        stats.kaplan_meier([1, 2], [1, 0], weight=[0, 0])
    with pytest.raises(BadInputError, match="not negative"):
        stats.kaplan_meier([1, 2], [1, 0], weight=[1, -1])
    left_out = stats.kaplan_meier([1, 2, 3], [1, 0, 1], weight=[0, 1, 1]).at([1, 3])
    assert left_out["estimate"].to_list() == [1, 0]
    assert left_out["at_risk"].to_list() == [2, 1]
    assert left_out["at_risk_people"].to_list() == [3, 1]


def test_fractional_weights_are_refused_where_no_variance_holds():
    rows = {"time": [1, 2, 3, 4], "event": [1, 0, 1, 1]}
    table = stats.EventTable.from_arrays([1, 2, 3, 4], [1, 0, 1, 1], list("abab"), weight=[0.5, 1, 2, 1])
    for test in (stats.logrank_test, stats.gray_test):
        with pytest.raises(RefusalError, match="fractional weights"):
            test(table)
    with pytest.raises(RefusalError, match="fractional weights"):
        stats.nelson_aalen(**rows, weight=[0.5, 1, 1, 1])


def test_an_entry_at_or_after_the_time_is_refused():
    with pytest.raises(BadInputError, match="entry must be before time"):
        stats.kaplan_meier([3, 4], [1, 0], entry=[3, 0])


def test_delayed_entry_has_no_gray_test():
    table = stats.EventTable.from_arrays([3, 4], [1, 0], ["a", "b"], entry=[1, 0])
    with pytest.raises(RefusalError, match="delayed entry"):
        stats.gray_test(table)


def test_one_group_has_no_test():
    with pytest.raises(BadInputError, match="only one group"):
        stats.logrank_test([1, 2], [1, 0], ["a", "a"])


def test_beyond_follow_up_is_carried_forward_and_flagged():
    frame = stats.kaplan_meier([1, 2, 9], [1, 0, 0]).at([9, 10])
    assert frame["estimate"][0] == frame["estimate"][1]
    assert frame["beyond_follow_up"].to_list() == [False, True]


def test_a_horizon_beyond_follow_up_is_refused_for_the_mean():
    with pytest.raises(RefusalError, match="observed until 9"):
        stats.restricted_mean([1, 2, 9], [1, 0, 0], horizon=12)
    carried = stats.restricted_mean([1, 2, 9], [1, 0, 0], horizon=12, extend=True)
    assert carried.estimate[0, 0] == pytest.approx(1 + 11 * 2 / 3)
    assert "carried forward" in str(carried.convention)
    complete = stats.restricted_mean([1, 2, 9], [1, 1, 1], horizon=12)
    assert complete.estimate[0, 0] == pytest.approx(4)


def test_a_table_and_arrays_together_are_refused():
    table = stats.EventTable.from_arrays([1, 2], [1, 0])
    with pytest.raises(BadInputError, match="already holds"):
        stats.kaplan_meier(table, [1, 0])
    with pytest.raises(BadInputError, match="second argument is missing"):
        stats.kaplan_meier([1, 2])


@pytest.mark.parametrize(("events", "n"), [(-1, 3), (4, 3), (0, 0), (1.5, 3)])
def test_impossible_proportions_are_refused(events, n):
    with pytest.raises(BadInputError):
        stats.proportion(events, n)


def test_limits_stay_numbers_where_the_scale_overflows():
    from dayzero.stats.intervals import WALD_TYPES, wald_limits

    estimate, std_err = np.array([1e-9, 0.5, 1 - 1e-9]), np.array([0.3, 0.01, 0.3])
    for conf_type in WALD_TYPES:
        lower, upper = wald_limits(estimate, std_err, conf_type, 0.95)
        assert ((lower >= 0) & (lower <= estimate) & (estimate <= upper) & (upper <= 1)).all()
