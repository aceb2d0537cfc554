"""The order of rows decides nothing; a choice about second transplants changes what it must and no more."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from dayzero.endpoints import Options, derive, derive_variables
from dayzero.endpoints.leukaemia.blinatumomab_course import blinatumomab_course
from dayzero.endpoints.leukaemia.relapse_course import relapse_course
from endpoints.facts import answers, records

PATIENTS = ("a", "b", "c")
_PATIENT = st.sampled_from(PATIENTS)
TREATMENTS = st.lists(
    st.fixed_dictionaries(
        {
            "patient_id": _PATIENT,
            "agent": st.sampled_from(["blinatumomab", "CAR T", "G-CSF", "fludarabine", "DLI", "inotuzumab"]),
            "start_day": st.integers(-60, 60).filter(bool),
            "cycle": st.sampled_from([None, 1, 2]),
        }
    ),
    max_size=9,
)
MRD = st.lists(
    st.fixed_dictionaries(
        {
            "patient_id": _PATIENT,
            "day": st.integers(-60, 60),
            "analyte": st.just("MRD"),
            "value": st.sampled_from([0.0, 5e-5, 1e-3]),
            "operator": st.sampled_from(["=", "<"]),
            "sensitivity": st.sampled_from([None, 1e-5, 1e-3]),
        }
    ),
    max_size=9,
)
EVENTS = st.lists(
    st.fixed_dictionaries(
        {
            "patient_id": _PATIENT,
            "day": st.integers(-40, 40),
            "event": st.just("relapse"),
            "site": st.sampled_from([None, "marrow", "CNS", "testis"]),
        }
    ),
    max_size=5,
)
AGAIN = st.lists(
    st.fixed_dictionaries(
        {
            "patient_id": _PATIENT,
            "day": st.integers(1, 60),
            "type": st.sampled_from(["allogeneic", "DLI", "boost"]),
        }
    ),
    max_size=4,
)


def _made(treatments, mrd, events, again):
    first = [{"patient_id": p, "day": 0, "type": "allogeneic"} for p in PATIENTS]
    return records(
        PATIENTS,
        transplants=[*first, *again],
        treatments=treatments,
        measurements=mrd,
        events=events,
        follow_up=[{"patient_id": p, "day": 50, "alive": "yes"} for p in PATIENTS],
    )


@settings(deadline=None, max_examples=25)
@given(TREATMENTS, MRD, EVENTS, AGAIN, st.randoms(use_true_random=False))
def test_the_order_of_rows_is_irrelevant(treatments, mrd, events, again, random):
    made = _made(treatments, mrd, events, again)
    shuffled = {
        name: table[random.sample(range(table.height), table.height)] for name, table in made.tables.items()
    }
    other = replace(made, tables=shuffled)
    assert derive_variables(made).frame.equals(derive_variables(other).frame)
    assert relapse_course(made).equals(relapse_course(other))
    assert blinatumomab_course(made).equals(blinatumomab_course(other))
    options = Options(second_transplant="censor")
    assert derive("DFS", made, options).frame.equals(derive("DFS", other, options).frame)


@settings(deadline=None, max_examples=40)
@given(EVENTS, AGAIN)
def test_censoring_at_a_second_transplant_is_a_cut_of_each_time(events, again):
    made = _made([], [], events, again)
    whole = answers(derive("CIR", made))
    cut = answers(derive("CIR", made, Options(second_transplant="censor")))
    competing = answers(derive("CIR", made, Options(second_transplant="compete")))
    for patient, (time, cause) in whole.items():
        days = [a["day"] for a in again if a["patient_id"] == patient and a["type"] == "allogeneic"]
        first = min(days, default=time)
        assert cut[patient] == ((first, 0) if first < time else (time, cause))
        assert competing[patient] == ((first, 3) if first < time else (time, cause))
