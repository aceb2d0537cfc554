"""Runs of low counts against a slow twin, for any counts and support whatever, in any order of rows."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dayzero.endpoints.graft.lineages import low_runs
from endpoints import slow
from endpoints.facts import records

#: Low or not around each limit.
VALUES = {"ANC": (0.5, [0.0, 0.49, 0.5, 3.0]), "platelets": (20.0, [5.0, 19.9, 20.0, 80.0])}
SUPPORT = {"ANC": "G-CSF", "platelets": "platelet transfusion"}


@pytest.mark.parametrize("analyte", ["ANC", "platelets"])
@settings(deadline=None, max_examples=80)
@given(data=st.data())
def test_the_slow_twin_agrees(analyte, data):
    limit, values = VALUES[analyte]
    counts = data.draw(
        st.lists(st.tuples(st.integers(0, 60), st.sampled_from(values)), min_size=1, max_size=25)
    )
    given_on = data.draw(st.lists(st.integers(-9, 70), max_size=5))
    made = records(
        ["a"],
        measurements=[{"patient_id": "a", "day": d, "analyte": analyte, "value": v} for d, v in counts],
        treatments=[{"patient_id": "a", "agent": SUPPORT[analyte], "start_day": day} for day in given_on],
    )
    found = low_runs(made)
    runs = found.select("day", "middle_day", "third_day", pl.col("support_day").is_not_null()).rows()
    assert runs == slow.low_runs(counts, given_on, limit, lifts=analyte == "platelets")
