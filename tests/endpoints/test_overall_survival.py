"""OS: death of any cause, censored at the last date known alive (EBMT Handbook 2024, chapter 6)."""

from __future__ import annotations

import polars as pl
import pytest

from dayzero.endpoints import derive
from dayzero.errors import RefusalError
from endpoints.facts import answers, found, reasons, records, whys


def test_death_and_last_contact(engine):
    made = records(
        ["alive", "dead", "dead_in_follow_up", "died_on_day_0", "seen_on_day_0"],
        events=[
            {"patient_id": "dead", "day": 200, "event": "death"},
            {"patient_id": "died_on_day_0", "day": 0, "event": "death"},
        ],
        follow_up=[
            {"patient_id": "alive", "day": 100, "alive": "yes"},
            {"patient_id": "alive", "day": 903, "alive": "yes"},
            {"patient_id": "alive", "day": 1000, "alive": "unknown"},
            {"patient_id": "dead", "day": 100, "alive": "yes"},
            {"patient_id": "dead_in_follow_up", "day": 300, "alive": "no"},
            {"patient_id": "seen_on_day_0", "day": 0, "alive": "yes"},
        ],
    )
    derived = derive("OS", engine(made))
    assert answers(derived) == {
        "alive": (903, 0),
        "dead": (200, 1),
        "dead_in_follow_up": (300, 1),
        "died_on_day_0": (0, 1),
        "seen_on_day_0": (0, 0),
    }
    assert whys(derived) == {
        "alive": "alive on day 903 (follow_up row 3)",
        "dead": "death on day 200 (events row 2)",
        "dead_in_follow_up": "death on day 300 (follow_up row 6)",
        "died_on_day_0": "death on day 0 (events row 3)",
        "seen_on_day_0": "alive on day 0 (follow_up row 7)",
    }
    assert derived.causes == ("death",)
    assert derived.findings == ()


def test_never_censored_at_a_second_transplant(engine):
    made = records(
        ["a"],
        transplants=[
            {"patient_id": "a", "day": 0, "type": "allogeneic"},
            {"patient_id": "a", "day": 150, "type": "allogeneic"},
        ],
        events=[{"patient_id": "a", "day": 400, "event": "death"}],
    )
    assert answers(derive("OS", engine(made))) == {"a": (400, 1)}


def test_a_relapse_after_the_last_contact_was_seen_alive(engine):
    made = records(
        ["a", "no_contact"],
        events=[
            {"patient_id": "a", "day": 400, "event": "relapse"},
            {"patient_id": "no_contact", "day": 50, "event": "relapse"},
        ],
        follow_up=[{"patient_id": "a", "day": 300, "alive": "yes"}],
    )
    derived = derive("OS", engine(made))
    assert answers(derived) == {"a": (400, 0), "no_contact": (50, 0)}
    assert set(whys(derived).values()) == {"alive at relapse, no later contact"}


def test_who_cannot_be_counted(engine):
    made = records(
        ["never", "auto", "later", "no_follow_up", "before", "died_before"],
        transplants=[
            {"patient_id": "auto", "day": 0, "type": "autologous"},
            {"patient_id": "later", "day": 12, "type": "allogeneic"},
            *(
                {"patient_id": p, "day": 0, "type": "allogeneic"}
                for p in ("no_follow_up", "before", "died_before")
            ),
        ],
        events=[{"patient_id": "died_before", "day": -3, "event": "death"}],
        follow_up=[{"patient_id": "before", "day": -20, "alive": "yes"}],
    )
    derived = derive("OS", engine(made))
    assert derived.frame.is_empty()
    assert reasons(derived) == {
        "auto": "never transplanted: no allogeneic transplant is recorded",
        "before": "no follow-up: no contact after day 0",
        "died_before": "death is recorded before the transplant [day -3]",
        "later": "the first allogeneic transplant recorded is not on day 0 [day 12]",
        "never": "never transplanted: no allogeneic transplant is recorded",
        "no_follow_up": "no follow-up: no contact after day 0",
    }


def test_deaths_that_disagree_are_found_and_events_are_used(engine):
    made = records(
        ["days", "twice", "denied", "alive_later", "agree"],
        events=[
            {"patient_id": "days", "day": 390, "event": "death"},
            {"patient_id": "twice", "day": 20, "event": "death"},
            {"patient_id": "twice", "day": 10, "event": "death"},
            {"patient_id": "denied", "event": "death", "occurred": "no"},
            {"patient_id": "alive_later", "day": 50, "event": "death"},
            {"patient_id": "agree", "day": 60, "event": "death"},
        ],
        follow_up=[
            {"patient_id": "days", "day": 400, "alive": "no"},
            {"patient_id": "denied", "day": 70, "alive": "no"},
            {"patient_id": "alive_later", "day": 80, "alive": "yes"},
            {"patient_id": "agree", "day": 60, "alive": "no"},
        ],
    )
    derived = derive("OS", engine(made))
    assert answers(derived) == {
        "agree": (60, 1),
        "alive_later": (50, 1),
        "days": (390, 1),
        "denied": (70, 1),
        "twice": (10, 1),
    }
    assert found(derived) == [
        ("alive_after_death", "alive_later"),
        ("death_disagrees", "twice"),
        ("death_disagrees", "denied"),
        ("death_disagrees", "days"),
    ]
    assert [finding.where.row for finding in derived.findings] == [4, 3, 5, 2]


def test_a_death_without_a_day_refuses_the_curve_but_not_the_proportion(engine):
    made = records(
        ["a", "b", "c"],
        events=[{"patient_id": "a", "event": "death"}, {"patient_id": "b", "event": "death"}],
        follow_up=[
            {"patient_id": "a", "day": 100, "alive": "yes"},
            {"patient_id": "b", "day": 90, "alive": "no"},
            {"patient_id": "c", "day": 90, "alive": "yes"},
        ],
    )
    with pytest.raises(RefusalError, match=r"1 of 3 patients \(a \(events row 2\)\)"):
        derive("OS", engine(made))
    derived = derive("alive", engine(made))
    assert answers(derived) == {"a": (None, 0), "b": (90, 0), "c": (90, 1)}
    assert whys(derived)["a"] == "death, its day not recorded (events row 2)"


def test_nobody(engine):
    derived = derive("OS", engine(records([])))
    assert derived.frame.height == derived.not_eligible.height == 0
    assert derived.frame.columns == ["patient_id", "time", "cause", "why", "flags"]
    assert derived.frame.dtypes == [pl.String, pl.Int64, pl.Int64, pl.String, pl.String]
