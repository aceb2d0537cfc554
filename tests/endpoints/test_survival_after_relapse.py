"""Survival after relapse: from the first relapse after transplant to death or last date known alive."""

from __future__ import annotations

import pytest

from dayzero.endpoints import derive
from dayzero.errors import RefusalError
from endpoints.facts import answers, reasons, records, whys


def test_clock_starts_at_the_first_relapse_after_transplant(engine):
    made = records(
        ["died", "alive", "same_day", "lost", "history", "well", "never"],
        transplants=[
            {"patient_id": p, "day": 0, "type": "allogeneic"}
            for p in ("died", "alive", "same_day", "lost", "history", "well")
        ],
        events=[
            {"patient_id": "died", "day": -300, "event": "relapse"},
            {"patient_id": "died", "day": 100, "event": "relapse"},
            {"patient_id": "died", "day": 160, "event": "relapse"},
            {"patient_id": "died", "day": 250, "event": "death"},
            {"patient_id": "alive", "day": 412, "event": "relapse", "site": "marrow"},
            {"patient_id": "same_day", "day": 60, "event": "relapse"},
            {"patient_id": "same_day", "day": 60, "event": "death"},
            {"patient_id": "lost", "day": 70, "event": "relapse"},
            {"patient_id": "history", "day": -20, "event": "relapse"},
        ],
        follow_up=[
            {"patient_id": "alive", "day": 903, "alive": "yes"},
            {"patient_id": "lost", "day": 50, "alive": "yes"},
            {"patient_id": "history", "day": 90, "alive": "yes"},
            {"patient_id": "well", "day": 90, "alive": "yes"},
        ],
    )
    derived = derive("survival_after_relapse", engine(made))
    assert answers(derived) == {
        "alive": (491, 0),
        "died": (150, 1),
        "lost": (0, 0),
        "same_day": (0, 1),
    }
    assert reasons(derived) == {
        "history": "no relapse after transplant",
        "never": "never transplanted: no allogeneic transplant is recorded",
        "well": "no relapse after transplant",
    }
    assert whys(derived) == {
        "alive": "relapse on day 412, marrow (events row 6); alive on day 903 (follow_up row 2)",
        "died": "relapse on day 100 (events row 3); death on day 250 (events row 5)",
        "lost": "relapse on day 70 (events row 9); alive at relapse, no later contact",
        "same_day": "relapse on day 60 (events row 7); death on day 60 (events row 8)",
    }


@pytest.mark.parametrize(
    "events",
    [
        [{"event": "relapse"}],
        [{"event": "relapse", "day": 10}, {"event": "death"}],
    ],
)
def test_a_missing_day_refuses(engine, events):
    made = records(["a"], events=[{"patient_id": "a", **event} for event in events])
    with pytest.raises(RefusalError, match="1 of 1 patients"):
        derive("survival_after_relapse", engine(made))


def test_nobody_relapsed(engine):
    made = records(["a"], follow_up=[{"patient_id": "a", "day": 9, "alive": "yes"}])
    assert derive("survival_after_relapse", engine(made)).frame.is_empty()
