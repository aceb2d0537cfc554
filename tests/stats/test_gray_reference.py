"""Gray's test against R cmprsk."""

from __future__ import annotations

import numpy as np
import pytest

from dayzero import stats

# result of the R script: (data, time, cause, group, stratum, rho)
CASES = {
    "gray_bmtcrr": ("bmtcrr", "ftime", "Status", "D", None, 0),
    "gray_bmtcrr_phase": ("bmtcrr", "ftime", "Status", "Phase", None, 0),
    "gray_bmtcrr_phase_rho1": ("bmtcrr", "ftime", "Status", "Phase", None, 1),
    "gray_bmt137": ("bmt137", "time", "cause", "group", None, 0),
    "gray_bmt137_strata": ("bmt137", "time", "cause", "group", "mtx", 0),
    "gray_bmt137_strata_rho": ("bmt137", "time", "cause", "group", "mtx", 0.5),
    "gray_example": ("example", "time", "cause", "group", None, 0),
    "gray_example_strata": ("example", "time", "cause", "group", "stratum", 0),
    "gray_made": ("made", "time", "cause", "group", "stratum", 0),
    "gray_months": ("bmt137", "month", "cause", "group", None, 0),
}


@pytest.mark.parametrize("case", CASES)
def test_every_cause(reference, bmtcrr, bmt137, example, made, same, case):
    name, *columns, stratum, rho = CASES[case]
    data = {"bmtcrr": bmtcrr, "bmt137": bmt137, "example": example, "made": made}[name]
    data = data | {"month": np.ceil(bmt137["time"] / 30.4375)}
    time, cause, group = (data[column] for column in columns)
    stratum = None if stratum is None else data[stratum]
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


def test_a_group_that_ran_out_of_patients_is_noted(reference, same):
    """As cmprsk computes it, and with a word that the pooled incidence passed 1."""
    expected = reference["gray_ended"]
    rows = [expected["rows"][name] for name in ("time", "cause", "group")]
    found = stats.gray_test(*rows)
    same(found.statistic, expected["statistic"][0])
    assert "pooled incidence passed 1" in str(found)
    # Nothing can be compared for cause 2: cmprsk prints -1 with p = 1
    assert expected["statistic"][1] == -1
    assert np.isnan(stats.gray_test(*rows, of_interest=2).statistic)
