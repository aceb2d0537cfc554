"""Complications as proportions: as recorded; unknown is missing, never a no."""

from __future__ import annotations

import pytest

from dayzero.endpoints import derive
from dayzero.errors import RefusalError
from endpoints.facts import answers, found, reasons, records, whys

EVENTS = {
    "engraftment_syndrome": {"event": "engraftment syndrome"},
    "cmv_infection": {"event": "infection", "cause": "CMV reactivation"},
    "ebv_infection": {"event": "infection", "cause": "Epstein-Barr virus"},
    "steroid_refractory_agvhd": {"event": "steroid-refractory aGVHD"},
    "graft_failure": {"event": "graft failure"},
    "graft_rejection": {"event": "graft rejection"},
    "VOD": {"event": "VOD"},
    "TMA": {"event": "TMA"},
}


@pytest.mark.parametrize("name", sorted(EVENTS))
def test_yes_no_unknown_and_silence(engine, name):
    event = EVENTS[name]
    people = ["yes", "twice", "undated", "no", "unknown", "not_done", "silent", "before", "died", "unseen"]
    made = records(
        people,
        events=[
            {"patient_id": "yes", "day": 30, **event},
            {"patient_id": "twice", "day": 40, **event},
            {"patient_id": "twice", "day": 20, **event},
            {"patient_id": "undated", **event},
            {"patient_id": "no", "occurred": "no", **event},
            {"patient_id": "unknown", "occurred": "unknown", **event},
            {"patient_id": "not_done", "occurred": "not done", **event},
            {"patient_id": "before", "day": -9, **event},
            {"patient_id": "died", "day": 70, "event": "death"},
        ],
        follow_up=[
            {"patient_id": p, "day": 100, "alive": "yes"} for p in people if p not in ("died", "unseen")
        ],
    )
    derived = derive(name, engine(made))
    assert answers(derived) == {
        "before": (100, 0),
        "died": (70, 0),
        "no": (100, 0),
        "silent": (100, 0),
        "twice": (20, 1),
        "undated": (None, 1),
        "yes": (30, 1),
    }
    assert set(reasons(derived)) == {"unknown", "not_done", "unseen"}
    assert found(derived) == [("silence_is_no", None)]
    assert derived.findings[0].what.startswith("3 of 7 patients have no row about")
    assert whys(derived)["no"].endswith(", as recorded (events row 6)")


def test_organisms_are_told_apart(engine):
    made = records(
        ["both", "cmv", "other"],
        events=[
            {"patient_id": "both", "day": 30, "event": "infection", "cause": "CMV and EBV"},
            {"patient_id": "cmv", "day": 30, "event": "infection", "cause": "cytomegalovirus"},
            {"patient_id": "other", "day": 30, "event": "infection", "cause": "C. difficile"},
        ],
        follow_up=[{"patient_id": p, "day": 100, "alive": "yes"} for p in ("both", "cmv", "other")],
    )
    made = engine(made)
    assert answers(derive("cmv_infection", made)) == {"both": (30, 1), "cmv": (30, 1), "other": (100, 0)}
    assert answers(derive("ebv_infection", made)) == {"both": (30, 1), "cmv": (100, 0), "other": (100, 0)}


@pytest.mark.parametrize("name", sorted(EVENTS))
def test_nothing_recorded_is_refused(name):
    made = records(["a"], follow_up=[{"patient_id": "a", "day": 100, "alive": "yes"}])
    with pytest.raises(RefusalError, match="nothing is recorded about"):
        derive(name, made)


def test_a_flat_file_with_noes_is_missing_when_silent(engine):
    made = records(
        ["yes", "no", "silent"],
        kind="flat file",
        events=[
            {"patient_id": "yes", "event": "VOD"},
            {"patient_id": "no", "event": "VOD", "occurred": "no"},
        ],
        follow_up=[{"patient_id": p, "day": 100, "alive": "yes"} for p in ("yes", "no", "silent")],
    )
    derived = derive("VOD", engine(made))
    assert answers(derived) == {"no": (100, 0), "yes": (None, 1)}
    assert reasons(derived) == {"silent": "whether VOD/SOS occurred is not recorded"}


def test_a_flat_file_that_never_says_no_is_refused(engine):
    made = records(
        ["yes", "empty"],
        kind="flat file",
        events=[
            {"patient_id": "yes", "event": "VOD", "occurred": "yes"},
            {"patient_id": "empty", "event": "VOD", "occurred": "unknown"},
        ],
        follow_up=[{"patient_id": p, "day": 100, "alive": "yes"} for p in ("yes", "empty")],
    )
    with pytest.raises(RefusalError, match="for nobody as not having happened"):
        derive("VOD", engine(made))


def test_a_rejection_is_a_graft_failure_and_not_the_reverse(engine):
    people = ["rejected", "failed", "no_failure", "no_rejection"]
    made = records(
        people,
        kind="flat file",
        events=[
            {"patient_id": "rejected", "day": 40, "event": "graft rejection"},
            {"patient_id": "failed", "day": 30, "event": "graft failure"},
            {"patient_id": "no_failure", "event": "graft failure", "occurred": "no"},
            {"patient_id": "no_rejection", "event": "graft rejection", "occurred": "no"},
        ],
        follow_up=[{"patient_id": p, "day": 100, "alive": "yes"} for p in people],
    )
    made = engine(made)
    failure = derive("graft_failure", made)
    assert answers(failure) == {"failed": (30, 1), "no_failure": (100, 0), "rejected": (40, 1)}
    assert reasons(failure) == {"no_rejection": "whether graft failure occurred is not recorded"}
    rejection = derive("graft_rejection", made)
    assert answers(rejection) == {"no_failure": (100, 0), "no_rejection": (100, 0), "rejected": (40, 1)}
    assert reasons(rejection) == {"failed": "whether graft rejection occurred is not recorded"}
