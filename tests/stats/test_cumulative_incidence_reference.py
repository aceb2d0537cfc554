"""Cumulative incidence against R cmprsk ("aalen") and R survival ("delta", "robust")."""

from __future__ import annotations

import numpy as np
import pytest

from dayzero import stats

TYPES = ["log-log", "log", "plain", "logit", "arcsin"]
DAYS = [50, 100, 365, 730, 1500, 2700]
STOPS = [20, 60, 120, 240, 400]


def against_cmprsk(same, curve, expected) -> None:
    frame = curve.at(expected["time"])
    for row, name in enumerate(expected["curve"]):
        group, cause = name.split()
        own = frame.filter((frame["group"].cast(str) == group) & (frame["cause"] == int(cause)))
        if own.is_empty():  # cmprsk calls the only group 1
            own = frame.filter(frame["cause"] == int(cause))
        known = ~own["beyond_follow_up"].to_numpy()  # cmprsk has no answer there
        estimate = np.array(expected["estimate"][row], dtype=float)
        assert np.isnan(estimate[~known]).all()
        same(own["estimate"].to_numpy()[known], estimate[known])
        same(own["std_err"].to_numpy()[known] ** 2, np.array(expected["variance"][row], dtype=float)[known])


def test_three_groups_of_137(reference, bmt137, same):
    curve = stats.cumulative_incidence(bmt137["time"], bmt137["cause"], bmt137["group"])
    against_cmprsk(same, curve, reference["cif_bmt137_cmprsk"])


def test_continuous_times(reference, bmtcrr, example, same):
    curve = stats.cumulative_incidence(bmtcrr["ftime"], bmtcrr["Status"], bmtcrr["D"])
    against_cmprsk(same, curve, reference["cif_bmtcrr_cmprsk"])
    curve = stats.cumulative_incidence(example["time"], example["cause"], example["group"])
    against_cmprsk(same, curve, reference["cif_example_cmprsk"])


def test_heavy_ties(reference, bmt137, same):
    months = np.ceil(bmt137["time"] / 30.4375)
    curve = stats.cumulative_incidence(months, bmt137["cause"])
    against_cmprsk(same, curve, reference["cif_months_cmprsk"])


@pytest.mark.parametrize("conf_type", TYPES)
def test_delta_variance_and_every_interval_type(reference, bmt137, same, conf_type):
    curve = stats.cumulative_incidence(
        bmt137["time"], bmt137["cause"], bmt137["group"], variance="delta", conf_type=conf_type
    )
    against_survfit(same, curve, DAYS, reference["cif_bmt137_survfit"][conf_type])


def against_survfit(same, curve, times, expected) -> None:
    frame = curve.at(times)
    for group, want in expected.items():
        for k, cause in enumerate(curve.causes):
            own = frame.filter((frame["group"].cast(str) == group) & (frame["cause"] == cause))
            seen = (own["estimate"] > 0).to_numpy()  # at 0 we give no interval, R sometimes a point
            for name in ("estimate", "std_err", "lower", "upper"):
                column = np.array(want[name], dtype=float)[:, k]
                same(own[name].to_numpy()[seen], column[seen])


def test_fractional_weights_are_robust(reference, made, same):
    curve = stats.cumulative_incidence(made["time"], made["cause"], made["group"], weight=made["weight"])
    against_survfit(same, curve, STOPS, reference["cif_weight"])


def test_the_two_conventions_differ_and_say_so(reference, bmt137):
    aalen = stats.cumulative_incidence(bmt137["time"], bmt137["cause"])
    delta = stats.cumulative_incidence(bmt137["time"], bmt137["cause"], variance="delta")
    assert aalen.at(100)["std_err"][0] == pytest.approx(0.0233098, abs=5e-8)
    assert delta.at(100)["std_err"][0] == pytest.approx(0.0232167, abs=5e-8)
    assert "cmprsk" in str(aalen.convention)
    assert "survfit" in str(delta.convention)


@pytest.mark.parametrize("weight", [None, "weight"])
def test_delayed_entry(reference, made, same, weight):
    curve = stats.cumulative_incidence(
        made["time"],
        made["cause"],
        made["group"],
        entry=made["entry"],
        weight=None if weight is None else made[weight],
        variance="delta",
    )
    against_survfit(same, curve, STOPS, reference["cif_entry" + ("_weight" if weight else "")])
