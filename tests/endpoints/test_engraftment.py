"""Engraftment days as the centre gave them; death and a second transplant or rescue infusion compete."""

from __future__ import annotations

import pytest

from dayzero.endpoints import derive
from dayzero.errors import RefusalError
from endpoints.facts import answers, found, reasons, records, whys

NAMES = {"neutrophil_engraftment": "neutrophil engraftment", "platelet_engraftment": "platelet engraftment"}


@pytest.mark.parametrize("name", sorted(NAMES))
def test_event_competing_and_censored(engine, name):
    event = NAMES[name]
    made = records(
        ["engrafted", "died", "boosted", "again", "dli", "denied", "same_day", "again_then_dead"],
        transplants=[
            *(
                {"patient_id": p, "day": 0, "type": "allogeneic"}
                for p in (
                    "engrafted",
                    "died",
                    "boosted",
                    "again",
                    "dli",
                    "denied",
                    "same_day",
                    "again_then_dead",
                )
            ),
            {"patient_id": "boosted", "day": 30, "type": "boost"},
            {"patient_id": "again", "day": 40, "type": "autologous"},
            {"patient_id": "dli", "day": 35, "type": "DLI"},
            {"patient_id": "again_then_dead", "day": 50, "type": "allogeneic"},
        ],
        events=[
            {"patient_id": "engrafted", "day": 15, "event": event},
            {"patient_id": "engrafted", "day": 12, "event": event},
            {"patient_id": "died", "day": 20, "event": "death"},
            {"patient_id": "again", "day": 60, "event": event},
            {"patient_id": "denied", "event": event, "occurred": "no"},
            {"patient_id": "same_day", "day": 18, "event": event},
            {"patient_id": "same_day", "day": 18, "event": "death"},
            {"patient_id": "again_then_dead", "day": 50, "event": "death"},
        ],
        follow_up=[
            {"patient_id": p, "day": 100, "alive": "yes"}
            for p in ("engrafted", "boosted", "again", "dli", "denied")
        ],
    )
    derived = derive(name, engine(made))
    assert answers(derived) == {
        "again": (40, 3),
        "again_then_dead": (50, 3),
        "boosted": (30, 3),
        "denied": (100, 0),
        "died": (20, 2),
        "dli": (100, 0),
        "engrafted": (12, 1),
        "same_day": (18, 1),
    }
    assert derived.causes == (event, "death", "second transplant or rescue infusion")
    assert whys(derived)["engrafted"] == f"{event} on day 12 (events row 3); given, not derived from counts"
    assert whys(derived)["died"] == f"death on day 20 (events row 4) without {event}"
    assert whys(derived)["denied"] == (
        f"no {event} to day 100 (follow_up row 6); recorded as not having happened (events row 6)"
    )
    assert whys(derived)["again"] == (
        f"second transplant or rescue infusion on day 40 (transplants row 11) without {event}"
    )
    flags = dict(derived.frame.select("patient_id", "flags").iter_rows())
    assert flags["engrafted"] == "given"
    assert flags["died"] == ""


def test_a_day_after_the_last_contact_extends_observation_with_a_finding(engine):
    made = records(
        ["late", "no_contact", "not_engrafted"],
        events=[
            {"patient_id": "late", "day": 58, "event": "platelet engraftment"},
            {"patient_id": "no_contact", "day": 20, "event": "platelet engraftment"},
        ],
        follow_up=[{"patient_id": "late", "day": 45, "alive": "yes"}],
    )
    derived = derive("platelet_engraftment", engine(made))
    assert answers(derived) == {"late": (58, 1), "no_contact": (20, 1)}
    assert reasons(derived) == {"not_engrafted": "no follow-up: no contact after day 0"}
    assert found(derived) == [("event_after_last_contact", p) for p in ("late", "no_contact")]
    assert derive("OS", engine(made)).frame["time"].to_list() == [45]


def test_a_day_after_death_is_a_contradiction(engine):
    made = records(
        ["a", "b"],
        events=[
            {"patient_id": "a", "day": 58, "event": "platelet engraftment"},
            {"patient_id": "a", "day": 45, "event": "death"},
            {"patient_id": "b", "day": 9, "event": "platelet engraftment"},
        ],
        follow_up=[{"patient_id": "b", "day": 45, "alive": "yes"}],
    )
    derived = derive("platelet_engraftment", engine(made))
    assert answers(derived) == {"b": (9, 1)}
    assert reasons(derived) == {
        "a": "platelet engraftment is recorded after death: one of the two days is wrong [events row 2]"
    }
    assert found(derived) == [("event_after_death", "a")]


def test_engrafted_without_a_day_refuses(engine):
    made = records(
        ["a", "b"],
        events=[
            {"patient_id": "a", "event": "neutrophil engraftment"},
            {"patient_id": "b", "day": 12, "event": "neutrophil engraftment"},
        ],
        follow_up=[{"patient_id": p, "day": 45, "alive": "yes"} for p in ("a", "b")],
    )
    with pytest.raises(RefusalError, match=r"1 of 2 patients \(a \(events row 2\)\)"):
        derive("neutrophil_engraftment", engine(made))


def test_nothing_recorded_is_not_zero(engine):
    made = records(["a"], follow_up=[{"patient_id": "a", "day": 45, "alive": "yes"}])
    with pytest.raises(RefusalError, match="nothing is recorded about neutrophil engraftment"):
        derive("neutrophil_engraftment", engine(made))


@pytest.mark.parametrize(
    ("kind", "counted"),
    [("workbook", {"yes": 1, "no": 0, "silent": 0}), ("flat file", {"yes": 1, "no": 0})],
)
def test_unknown_is_missing_and_silence_depends_on_the_source(engine, kind, counted):
    event = "neutrophil engraftment"
    made = records(
        ["yes", "no", "silent", "unknown"],
        kind=kind,
        events=[
            {"patient_id": "yes", "day": 12, "event": event},
            {"patient_id": "no", "event": event, "occurred": "no"},
            {"patient_id": "unknown", "event": event, "occurred": "unknown"},
        ],
        follow_up=[{"patient_id": p, "day": 45, "alive": "yes"} for p in ("yes", "no", "silent", "unknown")],
    )
    derived = derive("neutrophil_engraftment", engine(made))
    assert {p: cause for p, (_, cause) in answers(derived).items()} == counted
    silence = [("silence_is_no", None)] if kind == "workbook" else []
    assert found(derived) == silence
    assert "unknown" in reasons(derived)


def test_contradictory_statements_are_found():
    event = "neutrophil engraftment"
    made = records(
        ["both", "dated_no"],
        events=[
            {"patient_id": "both", "day": 12, "event": event},
            {"patient_id": "both", "event": event, "occurred": "no"},
            {"patient_id": "dated_no", "day": 12, "event": event, "occurred": "no"},
        ],
        follow_up=[{"patient_id": p, "day": 45, "alive": "yes"} for p in ("both", "dated_no")],
    )
    derived = derive("neutrophil_engraftment", made)
    assert answers(derived) == {"both": (12, 1), "dated_no": (45, 0)}
    assert found(derived) == [("yes_and_no", "both"), ("no_with_a_day", "dated_no")]
