"""An endpoint may have a time axis of its own: engraftment is over when survival has hardly begun."""

from __future__ import annotations

import pytest

from dayzero.errors import BadInputError
from dayzero.study import parse_study, run
from study.small_cohort import STUDY, write_cohort

OWN = STUDY.replace('endpoint = "OS"\nby', 'endpoint = "OS"\nlimit = 6\nticks = 2\nby')


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return run(write_cohort(tmp_path_factory.mktemp("cohort"), dates=False, study=OWN)).results


def test_its_panels_end_there_and_others_do_not(results):
    (figure,) = results.figures
    ends = {panel.endpoint: panel.limit for row in figure.rows for panel in row}
    assert ends == {"OS": 6.0, "CIR": None}
    assert figure.limit > 6


def test_its_risk_table_has_its_ticks(results):
    ticks = {curve.endpoint: curve.ticks for curve in results.curves}
    assert ticks["OS"] == (0.0, 2.0, 4.0, 6.0)
    assert ticks["CIR"] == ticks["DFS"] != ticks["OS"]


@pytest.mark.parametrize(
    ("key", "allowed"), [("limit = 0", "a number above 0"), ("ticks = -1", "a number above 0")]
)
def test_an_axis_needs_a_length(key, allowed):
    with pytest.raises(BadInputError, match=allowed):
        parse_study(STUDY.replace('endpoint = "DFS"', f'endpoint = "DFS"\n{key}'))


def test_a_proportion_has_no_axis():
    with pytest.raises(BadInputError, match="no limit"):
        parse_study(STUDY.replace('as = "proportion"', 'as = "proportion"\nlimit = 6'))
