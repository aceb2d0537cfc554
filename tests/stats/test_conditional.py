"""Survival of those who have come so far."""

from __future__ import annotations

import numpy as np
import pytest

from dayzero import stats
from dayzero.errors import BadInputError


def test_against_r(comparisons, bmt137, same):
    curve = stats.conditional_survival(bmt137["os_time"], bmt137["dead"], bmt137["group"], given=180)
    frame = curve.at([365, 730, 1500])
    for name in ("estimate", "std_err", "lower", "upper"):
        same(frame[name], comparisons["conditional"][name])


def test_it_is_the_ratio_of_survivals(bmt137):
    whole = stats.kaplan_meier(bmt137["os_time"], bmt137["dead"])
    given = stats.conditional_survival(bmt137["os_time"], bmt137["dead"], given=180)
    at = whole.at([180, 365, 730])["estimate"].to_numpy()
    np.testing.assert_allclose(given.at([365, 730])["estimate"], at[1:] / at[0], rtol=1e-13)
    assert given.at(100)["estimate"][0] == 1
    assert "given event-free at 180" in str(given.convention)


def test_conditional_incidence_with_delayed_entry():
    """After day 3: at risk on day 4 are those who entered before it and left on day 4 or later."""
    table = stats.EventTable.from_arrays([2, 4, 5, 6, 8], [1, 1, 2, 0, 1], entry=[0, 1, 4, 0, 5])
    later = table.after(3)
    assert later.n == 4
    curve = stats.cumulative_incidence(later)
    assert curve.at([4, 5, 6, 8])["at_risk"].to_list()[:4] == [2, 2, 2, 1]
    assert curve.at(4)["estimate"][0] == pytest.approx(1 / 2)


def test_nobody_left_is_refused():
    with pytest.raises(BadInputError, match="nobody is observed after 9"):
        stats.conditional_survival([1, 2], [1, 0], given=9)
    with pytest.raises(BadInputError, match="time given is -1"):
        stats.conditional_survival([1, 2], [1, 0], given=-1)
