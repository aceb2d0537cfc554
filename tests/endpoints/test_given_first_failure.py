"""A first failure that the centre gave: DFS, CIR and NRM from it, survival refused."""

from __future__ import annotations

import pytest

from dayzero.endpoints import check_identities, derive
from dayzero.errors import RefusalError
from endpoints.facts import answers, found, reasons, records, whys

GIVEN = [
    {"patient_id": "c", "time": 304.375, "outcome": "censored"},
    {"patient_id": "d", "time": 20.5, "outcome": "death"},
    {"patient_id": "r", "time": 289.25, "outcome": "relapse"},
]


def test_curves_from_what_was_given(engine):
    made = engine(records(["c", "d", "r"], kind="flat file", given=GIVEN))
    derived = {name: derive(name, made) for name in ("DFS", "CIR", "NRM")}
    check_identities(derived)
    assert answers(derived["CIR"]) == {"c": (304.375, 0), "d": (20.5, 2), "r": (289.25, 1)}
    assert answers(derived["NRM"]) == {"c": (304.375, 0), "d": (20.5, 1), "r": (289.25, 2)}
    assert answers(derived["DFS"]) == {"c": (304.375, 0), "d": (20.5, 1), "r": (289.25, 1)}
    assert derived["DFS"].frame["flags"].to_list() == ["given"] * 3
    assert whys(derived["CIR"])["d"] == "death without relapse on day 20.5, given as first failure (row 3)"
    assert answers(derive("relapse_crude", made)) == {"c": (304.375, 0), "d": (20.5, 0), "r": (289.25, 1)}
    assert answers(derive("nrm_crude", made)) == {"c": (304.375, 0), "d": (20.5, 1), "r": (289.25, 0)}


@pytest.mark.parametrize("name", ["OS", "alive"])
def test_survival_is_refused(engine, name):
    made = engine(records(["c", "d", "r"], given=GIVEN))
    with pytest.raises(RefusalError, match=r"which of the 1 patients who relapsed died.*3 patients have"):
        derive(name, made)


def test_survival_after_a_given_relapse_is_refused():
    with pytest.raises(RefusalError, match="nothing is recorded after the relapse given"):
        derive("survival_after_relapse", records(["c", "d", "r"], given=GIVEN))


def test_with_follow_up_the_given_time_is_the_failure_and_facts_are_survival(engine):
    made = engine(
        records(
            ["c", "d", "r"],
            given=GIVEN,
            follow_up=[
                {"patient_id": "c", "day": 305, "alive": "yes"},
                {"patient_id": "d", "day": 21, "alive": "no"},
                {"patient_id": "r", "day": 500, "alive": "no"},
            ],
        )
    )
    assert answers(derive("DFS", made)) == {"c": (304.375, 0), "d": (20.5, 1), "r": (289.25, 1)}
    assert answers(derive("OS", made)) == {"c": (305, 0), "d": (21, 1), "r": (500, 1)}
    after = derive("survival_after_relapse", made)
    assert answers(after) == {"r": (500 - 289.25, 1)}
    assert after.frame["flags"].to_list() == ["given"]
    assert whys(after)["r"].startswith("relapse on day 289.2, given as first failure; death on day 500")


def test_given_beside_derived_patients(engine):
    made = engine(
        records(
            ["c", "facts"],
            given=GIVEN[:1],
            follow_up=[{"patient_id": "facts", "day": 90, "alive": "yes"}],
        )
    )
    derived = derive("DFS", made)
    assert answers(derived) == {"c": (304.375, 0), "facts": (90.0, 0)}
    assert derived.frame["flags"].to_list() == ["given", ""]


def test_contradictions_are_found_and_the_given_stands():
    made = records(
        ["c", "d", "r"],
        given=GIVEN,
        events=[
            {"patient_id": "c", "day": 100, "event": "relapse"},
            {"patient_id": "r", "day": 100, "event": "relapse"},
        ],
        follow_up=[{"patient_id": "d", "day": 200, "alive": "yes"}],
    )
    derived = derive("CIR", made)
    assert answers(derived) == {"c": (304.375, 0), "d": (20.5, 2), "r": (289.25, 1)}
    assert sorted(found(derived)) == [("given_disagrees", p) for p in ("c", "d", "r")]


def test_who_cannot_be_counted():
    made = records(
        ["missing", "negative", "other", "twice", "never"],
        transplants=[
            {"patient_id": p, "day": 0, "type": "allogeneic"}
            for p in ("missing", "negative", "other", "twice")
        ],
        given=[
            {"patient_id": "missing", "outcome": "relapse"},
            {"patient_id": "negative", "time": -1.0, "outcome": "relapse"},
            {"patient_id": "other", "time": 5.0, "outcome": "aGVHD"},
            {"patient_id": "twice", "time": 5.0, "outcome": "death"},
            {"patient_id": "twice", "time": 6.0, "outcome": "death"},
            {"patient_id": "never", "time": 6.0, "outcome": "death"},
        ],
    )
    assert reasons(derive("DFS", made)) == {
        "missing": "the given first failure is incomplete [row 2]",
        "negative": "the given time is before day 0 [row 3]",
        "never": "never transplanted: no allogeneic transplant is recorded",
        "other": "the given outcome is not censored, relapse or death [row 4]",
        "twice": "more than one first failure is given [row 5]",
    }


def test_another_name_is_no_first_failure():
    given = [{"patient_id": "a", "name": "overall survival", "time": 10.0, "outcome": "death"}]
    made = records(["a"], given=given, follow_up=[{"patient_id": "a", "day": 90, "alive": "yes"}])
    derived = derive("DFS", made)
    assert answers(derived) == {"a": (90, 0)}
    assert [finding.id for finding in derived.findings] == ["endpoints.given_not_used"]
