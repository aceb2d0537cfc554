"""The defaults of other programs, side by side on one data set."""

from __future__ import annotations

import numpy as np
import pytest

from dayzero import stats
from dayzero.errors import BadInputError

NAMES = ["dayzero", "R survival", "cmprsk", "SAS", "EZR"]


@pytest.mark.parametrize("name", NAMES)
def test_every_preset_runs_and_says_its_name(bmt137, name):
    preset = stats.convention_preset(name)
    assert str(preset).startswith(name)
    stats.kaplan_meier(bmt137["os_time"], bmt137["dead"], **preset.kaplan_meier)
    curve = stats.cumulative_incidence(bmt137["time"], bmt137["cause"], **preset.cumulative_incidence)
    assert curve.at(100, beyond=preset.beyond_follow_up)["estimate"][0] == pytest.approx(0.0802919708)


def test_the_median_interval_differs_between_programs(bmt137):
    """R survival prints 431 to 1298 where SAS and EZR print 418 to 1279."""

    def median(name):
        curve = stats.kaplan_meier(
            bmt137["time"], bmt137["cause"] != 0, **stats.convention_preset(name).kaplan_meier
        )
        return curve.quantile(0.5).select("lower", "upper").row(0)

    found = {name: median(name) for name in NAMES}
    assert found["SAS"] == found["EZR"]
    assert found["R survival"] != found["SAS"]


def test_sas_and_cmprsk_differ_only_where_causes_tie(bmt137, example):
    untied = [
        stats.cumulative_incidence(example["time"], example["cause"], variance=v) for v in ("sas", "aalen")
    ]
    np.testing.assert_allclose(untied[0].std_err, untied[1].std_err, rtol=1e-9)
    months = np.ceil(bmt137["time"] / 30.4375)
    tied = [stats.cumulative_incidence(months, bmt137["cause"], variance=v).at(60) for v in ("sas", "aalen")]
    assert tied[0]["std_err"][0] != pytest.approx(tied[1]["std_err"][0], rel=1e-6)


def test_sas_variance_by_its_printed_formula():
    """Day 1: Y 6, one of each cause; day 2: Y 4, one of cause 1. F1: 1/6, then + 2/3 1/4 = 1/3.

    g = F(2) - F(u) is 1/6 on day 1 and 0 on day 2:
    g^2 2/((6-1)(6-2)) + [1^2 5/(36 5) + (2/3)^2 3/(16 3)] - 2 g 1 5/(6 4 5)
    """
    row = stats.cumulative_incidence([1, 1, 2, 3, 3, 3], [1, 2, 1, 0, 0, 0], variance="sas").at(2)
    g = 1 / 6
    want = g**2 * 2 / 20 + 5 / 180 + (4 / 9) * 3 / 48 - 2 * g * 5 / 120
    assert row["std_err"][0] ** 2 == pytest.approx(want, rel=1e-13)


def test_beyond_follow_up_sas_says_not_estimable():
    curve = stats.kaplan_meier([1, 2, 9], [1, 0, 0])
    assert np.isnan(curve.at(10, beyond="missing")["estimate"][0])
    assert curve.at(9, beyond="missing")["estimate"][0] == pytest.approx(2 / 3)
    ended = stats.kaplan_meier([1, 2, 9], [1, 1, 1]).at(10, beyond="missing")
    assert ended["estimate"][0] == 0
    with pytest.raises(BadInputError, match="unknown beyond"):
        curve.at(10, beyond="guess")


def test_an_unknown_program_is_refused():
    with pytest.raises(BadInputError, match="unknown convention"):
        stats.convention_preset("Excel")
