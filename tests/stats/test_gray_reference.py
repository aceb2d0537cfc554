"""Gray's test against R cmprsk."""

from __future__ import annotations

import numpy as np
import pytest

from dayzero import stats

CASES = {
    "gray_bmtcrr": lambda d: (d["bmtcrr"]["ftime"], d["bmtcrr"]["Status"], d["bmtcrr"]["D"], None, 0),
    "gray_bmtcrr_phase": lambda d: (d["bmtcrr"]["ftime"], d["bmtcrr"]["Status"], d["bmtcrr"]["Phase"], None, 0),
    "gray_bmtcrr_phase_rho1": lambda d: (
        d["bmtcrr"]["ftime"], d["bmtcrr"]["Status"], d["bmtcrr"]["Phase"], None, 1,
    ),
    "gray_bmt137": lambda d: (d["bmt137"]["time"], d["bmt137"]["cause"], d["bmt137"]["group"], None, 0),
    "gray_bmt137_strata": lambda d: (
        d["bmt137"]["time"], d["bmt137"]["cause"], d["bmt137"]["group"], d["bmt137"]["mtx"], 0,
    ),
    "gray_bmt137_strata_rho": lambda d: (
        d["bmt137"]["time"], d["bmt137"]["cause"], d["bmt137"]["group"], d["bmt137"]["mtx"], 0.5,
    ),
    "gray_example": lambda d: (d["example"]["time"], d["example"]["cause"], d["example"]["group"], None, 0),
    "gray_example_strata": lambda d: (
        d["example"]["time"], d["example"]["cause"], d["example"]["group"], d["example"]["stratum"], 0,
    ),
    "gray_made": lambda d: (
        d["made"]["time"], d["made"]["cause"], d["made"]["group"], d["made"]["stratum"], 0,
    ),
    "gray_months": lambda d: (
        np.ceil(d["bmt137"]["time"] / 30.4375), d["bmt137"]["cause"], d["bmt137"]["group"], None, 0,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_every_cause(reference, bmtcrr, bmt137, example, made, same, case):
    data = {"bmtcrr": bmtcrr, "bmt137": bmt137, "example": example, "made": made}
    time, cause, group, stratum, rho = CASES[case](data)
    expected = reference[case]
    for k, code in enumerate(expected["cause"]):
        found = stats.gray_test(time, cause, group, of_interest=int(code), stratum=stratum, rho=rho)
        same(found.statistic, expected["statistic"][k])
        same(found.p_value, expected["p"][k])
        assert found.df == expected["df"][k]


def test_published_values(bmtcrr):
    relapse = stats.gray_test(bmtcrr["ftime"], bmtcrr["Status"], bmtcrr["D"])
    other = stats.gray_test(bmtcrr["ftime"], bmtcrr["Status"], bmtcrr["D"], of_interest=2)
    assert relapse.statistic == pytest.approx(2.8623325, abs=5e-8)
    assert relapse.p_value == pytest.approx(0.09067592, abs=5e-9)
    assert other.statistic == pytest.approx(0.4481279, abs=5e-8)
    assert other.p_value == pytest.approx(0.50322531, abs=5e-9)
