"""Poor graft function: frequent support that nothing else explains, with full donor chimerism."""

from __future__ import annotations

import pytest

from dayzero.endpoints import derive
from dayzero.errors import RefusalError
from endpoints.facts import answers, found, reasons, records, whys

NAME = "poor_graft_function"


def _given(patient_id, days, agent="platelet transfusion"):
    return [{"patient_id": patient_id, "agent": agent, "start_day": day} for day in days]


def _donor(patient_id, day, value):
    return {"patient_id": patient_id, "day": day, "analyte": "chimerism", "value": value, "unit": "%"}


def _derived(engine, given, donor=None, **facts):
    """``given``: id to days of transfusion; full chimerism on day 60 unless ``donor`` says otherwise."""
    donor = donor or {}
    made = records(
        list(given),
        treatments=[row for p, days in given.items() for row in _given(p, days)] + facts.pop("drugs", []),
        measurements=[_donor(p, *donor.get(p, (60, 99.0))) for p in given],
        follow_up=[{"patient_id": p, "day": 300, "alive": "yes"} for p in given],
        **facts,
    )
    return derive(NAME, engine(made))


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([40, 45, 50, 67], (67, 1)),  # 28 days, counting both ends
        ([40, 45, 50, 68], (300, 0)),
        ([27, 40, 45, 50], (300, 0)),  # day 27 is too early
        ([28, 40, 45, 50], (50, 1)),
        ([40, 40, 45, 50], (300, 0)),  # two of one day are one day
        ([40, 69, 72, 80, 85], (85, 1)),
        ([5, 6, 7, 8, 9], (300, 0)),
    ],
)
def test_how_often(engine, days, expected):
    assert answers(_derived(engine, {"a": days})) == {"a": expected}


DAYS = [40, 45, 50, 60]


def test_other_explanations(engine):
    people = ["infected", "earlier", "denied", "drug", "stopped", "later", "mixed_support"]
    given = dict.fromkeys(people, DAYS) | {"later": [*DAYS, 200, 203, 206, 209], "mixed_support": [40, 45]}
    derived = _derived(
        engine,
        given,
        donor={"later": (190, 99.0)},
        events=[
            {"patient_id": "infected", "day": 26, "event": "infection"},  # 14 days before
            {"patient_id": "earlier", "day": 25, "event": "infection"},
            {"patient_id": "denied", "day": 41, "event": "infection", "occurred": "no"},
            {"patient_id": "later", "day": 60, "event": "infection"},
        ],
        drugs=[
            {"patient_id": "drug", "agent": "valganciclovir", "start_day": 10, "stop_day": 30},
            {"patient_id": "stopped", "agent": "ganciclovir", "start_day": 10, "stop_day": 25},
            *_given("mixed_support", [50], "G-CSF"),
            *_given("mixed_support", [60], "red cell transfusion"),
        ],
    )
    assert answers(derived) == {
        "denied": (60, 1),
        "drug": (300, 0),
        "earlier": (60, 1),
        "infected": (300, 0),
        "later": (209, 1),  # the first four are explained, the later ones are not
        "mixed_support": (60, 1),
        "stopped": (60, 1),
    }


def test_chimerism_decides(engine):
    donor = {"full": (90, 95.1), "mixed": (60, 95.0), "far": (91, 99.0)}
    derived = _derived(engine, dict.fromkeys(donor, DAYS), donor)
    assert answers(derived) == {"full": (60, 1), "mixed": (300, 0)}
    assert set(reasons(derived)) == {"far"}
    assert whys(derived)["full"] == (
        "poor graft function on day 60: 4 days of transfusion or growth factor from day 40 (treatments row "
        "2) that no relapse, infection or drug explains; donor chimerism 95.1% on day 90 (measurements row 2)"
    )


def test_what_competes(engine):
    people = ["relapsed", "died", "boosted", "died_then"]
    derived = _derived(
        engine,
        dict.fromkeys(people, DAYS),
        transplants=[
            *({"patient_id": p, "day": 0, "type": "allogeneic"} for p in people),
            {"patient_id": "boosted", "day": 60, "type": "boost"},
        ],
        events=[
            {"patient_id": "relapsed", "day": 60, "event": "relapse"},
            {"patient_id": "died", "day": 59, "event": "death"},
            {"patient_id": "died_then", "day": 60, "event": "death"},
        ],
    )
    assert answers(derived) == {
        "boosted": (60, 4),
        "died": (59, 2),
        "died_then": (60, 1),
        "relapsed": (60, 3),
    }


def test_silence_about_support_is_told(engine):
    derived = _derived(engine, {"a": DAYS, "silent": []})
    assert answers(derived) == {"a": (60, 1), "silent": (300, 0)}
    assert found(derived) == [("never_supported", None)]
    assert derived.findings[0].what.startswith("1 of 2 patients have no transfusion and no growth factor")


def test_without_support_it_is_refused(engine):
    with pytest.raises(RefusalError, match="so that their need cannot be told"):
        derive(NAME, engine(records(["a"], measurements=[_donor("a", 60, 99.0)])))
