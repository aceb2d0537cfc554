"""Kaplan-Meier against R survival."""

from __future__ import annotations

import numpy as np
import pytest

from dayzero import stats

TYPES = ["log-log", "log", "plain", "logit", "arcsin"]
DAYS = [50, 100, 365, 730, 1500, 2700]
STOPS = [20, 60, 120, 240, 400]


def check(same, frame, expected, *, at_risk: bool = True) -> None:
    same(frame["estimate"], expected["estimate"])
    inside = (frame["estimate"] > 0).to_numpy() & (frame["estimate"] < 1).to_numpy()
    for name in ("std_err", "lower", "upper"):
        want = np.array(expected[name], dtype=float)
        same(frame[name].to_numpy()[inside], want[inside])
    if at_risk:
        same(frame["at_risk"], expected["at_risk"])


@pytest.mark.parametrize("conf_type", TYPES)
def test_every_interval_type_on_137_patients(reference, bmt137, same, conf_type):
    curve = stats.kaplan_meier(bmt137["os_time"], bmt137["dead"], bmt137["group"], conf_type=conf_type)
    check(same, curve.at(DAYS), reference["km_bmt137"][conf_type])


@pytest.mark.parametrize("conf_type", TYPES)
def test_every_interval_type_on_continuous_times(reference, bmtcrr, same, conf_type):
    curve = stats.kaplan_meier(bmtcrr["ftime"], bmtcrr["Status"] != 0, bmtcrr["D"], conf_type=conf_type)
    check(same, curve.at([1, 6, 12, 24, 60]), reference["km_bmtcrr"][conf_type])


def test_delayed_entry(reference, made, same):
    curve = stats.kaplan_meier(made["time"], made["cause"] != 0, made["group"], entry=made["entry"])
    # R counts at risk at the next own event time; the table counts at the day asked.
    check(same, curve.at(STOPS), reference["km_entry"], at_risk=False)


def test_whole_weights_replicate(reference, made, same):
    curve = stats.kaplan_meier(made["time"], made["cause"] != 0, made["group"], weight=made["whole"])
    check(same, curve.at(STOPS), reference["km_whole"])


def test_fractional_weights_are_robust(reference, made, same):
    curve = stats.kaplan_meier(made["time"], made["cause"] != 0, made["group"], weight=made["weight"])
    check(same, curve.at(STOPS), reference["km_weight"])
    assert curve.convention.variance == "infinitesimal jackknife"


def test_cumulative_hazard(reference, bmt137, same):
    frame = stats.nelson_aalen(bmt137["os_time"], bmt137["dead"], bmt137["group"]).at(DAYS)
    same(frame["estimate"], reference["hazard_bmt137"]["estimate"])
    same(frame["std_err"], reference["hazard_bmt137"]["std_err"])


def test_restricted_mean(reference, bmt137, same):
    by_group = stats.restricted_mean(bmt137["os_time"], bmt137["dead"], bmt137["group"], horizon=730)
    same(by_group.estimate[:, 0], reference["rmst_bmt137"]["estimate"])
    same(by_group.std_err[:, 0], reference["rmst_bmt137"]["std_err"])
    together = stats.restricted_mean(bmt137["os_time"], bmt137["dead"], horizon=730)
    same(together.estimate[0], [reference["rmst_bmt137_all"]["estimate"]])
    same(together.std_err[0], [reference["rmst_bmt137_all"]["std_err"]])


def test_delayed_entry_with_fractional_weights(reference, made, same):
    curve = stats.kaplan_meier(
        made["time"], made["cause"] != 0, made["group"], entry=made["entry"], weight=made["weight"]
    )
    check(same, curve.at(STOPS), reference["km_entry_weight"], at_risk=False)
