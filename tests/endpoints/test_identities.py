"""Identities between endpoints, for any facts whatever, and against a slow twin."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dayzero.endpoints import IdentityError, at_cutoff, check_identities, derive
from endpoints import slow
from endpoints.facts import answers, records

PATIENTS = ("a", "b", "c", "d")
DAYS = st.integers(-5, 12)
EVENTS = st.lists(
    st.fixed_dictionaries(
        {
            "patient_id": st.sampled_from(PATIENTS),
            "day": DAYS,
            "event": st.sampled_from(["relapse", "death"]),
            "occurred": st.sampled_from([None, "yes", "no"]),
        }
    ),
    max_size=10,
).map(lambda rows: [{k: v for k, v in row.items() if v is not None} for row in rows])
FOLLOW_UP = st.lists(
    st.fixed_dictionaries(
        {
            "patient_id": st.sampled_from(PATIENTS),
            "day": DAYS,
            "alive": st.sampled_from(["yes", "yes", "no", "unknown"]),
            "disease_status": st.sampled_from([None, "complete remission", "unknown"]),
        }
    ),
    max_size=10,
)
NAMES = ("OS", "DFS", "CIR", "NRM")


def _one_death(events, follow_up, patient):
    """Whether facts agree on the day of death: seen in part, contradictory facts say something else."""
    days = slow.happened(events, patient, "death")
    days += [c["day"] for c in follow_up if c["patient_id"] == patient and c["alive"] == "no"]
    return len(set(days)) <= 1


def _derived(made):
    return {name: derive(name, made) for name in NAMES}


@settings(deadline=None, max_examples=60)
@given(EVENTS, FOLLOW_UP)
def test_identities_hold_and_the_slow_twin_agrees(events, follow_up):
    made = records(PATIENTS, events=events, follow_up=follow_up)
    derived = _derived(made)
    check_identities(derived)
    survival = {p: slow.overall_survival(events, follow_up, p) for p in PATIENTS}
    failure = {p: slow.first_failure(events, follow_up, p) for p in PATIENTS}
    assert answers(derived["OS"]) == {p: answer for p, answer in survival.items() if answer}
    assert answers(derived["CIR"]) == {p: answer for p, answer in failure.items() if answer}
    for one in derived.values():
        counted, left_out = one.frame["patient_id"].to_list(), one.not_eligible["patient_id"].to_list()
        assert sorted(counted + left_out) == list(PATIENTS)
        assert one.frame["why"].null_count() == one.frame["time"].null_count() == 0


@settings(deadline=None, max_examples=30)
@given(EVENTS, FOLLOW_UP, st.randoms(use_true_random=False))
def test_the_order_of_rows_is_irrelevant(events, follow_up, random):
    made = records(PATIENTS, events=events, follow_up=follow_up)
    shuffled = {
        name: table[random.sample(range(table.height), table.height)] for name, table in made.tables.items()
    }
    other = replace(made, tables=shuffled)
    for name in NAMES:
        one, two = derive(name, made), derive(name, other)
        assert one.frame.equals(two.frame)
        assert one.not_eligible.equals(two.not_eligible)
        assert one.findings == two.findings


@settings(deadline=None, max_examples=40)
@given(EVENTS, FOLLOW_UP, st.integers(0, 12))
def test_a_cutoff_cuts_survival_at_its_day(events, follow_up, cutoff):
    """min(time, cut-off), censored when later: what administrative censoring is."""
    assume(all(_one_death(events, follow_up, patient) for patient in PATIENTS))
    day_0 = dt.date(2020, 1, 1)
    made = records(PATIENTS, events=events, follow_up=follow_up, key=dict.fromkeys(PATIENTS, day_0))
    whole = answers(derive("OS", made))
    cut = derive("OS", at_cutoff(made, day_0 + dt.timedelta(days=cutoff)))
    expected = {p: (time, cause) if time <= cutoff else (cutoff, 0) for p, (time, cause) in whole.items()}
    assert answers(cut).items() >= expected.items()


def test_a_violation_names_the_endpoints():
    made = records(["a"], follow_up=[{"patient_id": "a", "day": 9, "alive": "yes"}])
    derived = _derived(made)
    moved = replace(derived["NRM"], frame=derived["NRM"].frame.with_columns(pl.lit(8).alias("time")))
    with pytest.raises(IdentityError, match="CIR and NRM differ"):
        check_identities(derived | {"NRM": moved})
    later = replace(derived["DFS"], frame=derived["DFS"].frame.with_columns(pl.lit(10).alias("time")))
    with pytest.raises(IdentityError, match="DFS is later than OS for 1 patients"):
        check_identities({"DFS": later, "OS": derived["OS"]})
