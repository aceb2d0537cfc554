"""GVHD-free and event-free survival are never later than DFS, for any facts whatever."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from dayzero.endpoints import check_identities, derive
from dayzero.endpoints.identities import COMPOSITES
from dayzero.errors import RefusalError
from endpoints.facts import answers, records

PATIENTS = ("a", "b", "c")
DAYS = st.integers(1, 12)
EVENTS = st.lists(
    st.fixed_dictionaries(
        {
            "patient_id": st.sampled_from(PATIENTS),
            "day": DAYS,
            "event": st.sampled_from(["relapse", "death", "aGVHD", "cGVHD", "cGVHD", "second malignancy"]),
            "grade": st.sampled_from(["I", "III", "IV", "mild", "moderate", "severe", "extensive"]),
            "detail": st.sampled_from(["systemic steroids", "not treated"]),
        }
    ),
    max_size=12,
)
FOLLOW_UP = st.lists(
    st.fixed_dictionaries({"patient_id": st.sampled_from(PATIENTS), "day": DAYS, "alive": st.just("yes")}),
    max_size=6,
)


@settings(deadline=None, max_examples=30)
@given(EVENTS, FOLLOW_UP)
def test_never_later_than_dfs(events, follow_up):
    made = records(PATIENTS, events=events, follow_up=follow_up)
    derived = {}
    for name in (*COMPOSITES, "DFS", "OS"):
        try:
            derived[name] = derive(name, made)
        except RefusalError:
            continue
    check_identities(derived)
    for name in set(derived) & set(COMPOSITES):
        one, dfs = derived[name], answers(derived["DFS"])
        ids = one.frame["patient_id"].to_list() + one.not_eligible["patient_id"].to_list()
        assert sorted(ids) == list(PATIENTS)
        assert one.frame["why"].null_count() == one.frame["time"].null_count() == 0
        for patient, (time, cause) in answers(one).items():
            failed_at, failed = dfs[patient]
            assert time <= failed_at
            assert cause == 1 if time < failed_at else cause >= failed
