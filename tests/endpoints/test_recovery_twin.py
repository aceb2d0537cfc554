"""Recovery from counts against a slow twin, for any counts and transfusions whatever."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from dayzero.endpoints import Options
from dayzero.endpoints.graft.counts import Limit, recoveries
from endpoints import slow
from endpoints.facts import records

COUNTS = st.lists(
    st.tuples(st.integers(0, 40), st.sampled_from([5.0, 19.9, 20.0, 30.0, 80.0])), min_size=1, max_size=25
)
TRANSFUSIONS = st.lists(st.integers(-9, 40), max_size=5)


@settings(deadline=None, max_examples=120)
@given(COUNTS, TRANSFUSIONS)
def test_the_slow_twin_agrees(counts, transfusions):
    made = records(
        ["a"],
        measurements=[
            {"patient_id": "a", "day": day, "analyte": "platelets", "value": value} for day, value in counts
        ],
        treatments=[
            {"patient_id": "a", "agent": "platelet transfusion", "start_day": day} for day in transfusions
        ],
    )
    for at_least in (20.0, 50.0):
        found = recoveries(made, Limit("platelets", at_least, unsupported=True), Options())
        assert found["recovery_day"].to_list() == [slow.recovery(counts, transfusions, at_least)]
