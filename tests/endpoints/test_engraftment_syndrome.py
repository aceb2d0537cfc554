"""Engraftment syndrome by Spitzer 2001 and Maiolino 2003, each sign and each edge by hand.

Everybody engrafts on day 16: counts of 0.5 or more on days 16 and 17.
"""

from __future__ import annotations

import pytest

from dayzero.endpoints import Options, derive
from dayzero.errors import RefusalError
from endpoints.facts import answers, found, reasons, records, whys

SPITZER, MAIOLINO = "engraftment_syndrome_spitzer", "engraftment_syndrome_maiolino"
COUNTS = [(2, 0.1), (10, 0.0), (15, 0.4), (16, 0.5), (17, 0.6), (18, 0.7)]
#: Values that show no minor sign: with these, whether there was one is known.
CALM = [
    ("bilirubin", 16, 1.0),
    ("ALT", 16, 30.0),
    ("creatinine", -3, 0.5),
    ("creatinine", 16, 0.6),
    ("weight", -3, 40.0),
    ("weight", 16, 40.0),
]
FEVER, RASH, OEDEMA = ("temperature", 15, 38.3), ("rash extent", 16, 26.0), "pulmonary oedema"


def _value(patient_id, analyte, day, value, **more):
    limit = {"upper_limit": 40.0} if analyte in ("ALT", "AST") else {}
    return {"patient_id": patient_id, "day": day, "analyte": analyte, "value": value, **limit, **more}


def _records(people, more_events=(), counts=COUNTS, follow_up=100, **facts):
    """``people``: id to signs; a sign is an event on a day, or a value."""
    measurements, events = [], list(more_events)
    for patient, signs in people.items():
        measurements += [_value(patient, "ANC", day, value) for day, value in counts]
        for sign in signs:
            if isinstance(sign, dict):
                measurements.append({"patient_id": patient, **sign})
            elif len(sign) == 3:
                measurements.append(_value(patient, *sign))
            else:
                events.append({"patient_id": patient, "event": sign[0], "day": sign[1]})
    watched = [{"patient_id": p, "day": follow_up, "alive": "yes"} for p in people] if follow_up else []
    return records(list(people), measurements=measurements, events=events, follow_up=watched, **facts)


def _answers(engine, name, people, options=None, **facts):
    return answers(derive(name, engine(_records(people, **facts)), options or Options()))


TWO = [FEVER, RASH, *CALM]
MINOR = {
    "bilirubin_2.0": ("bilirubin", 17, 2.0),
    "ALT_twice": ("ALT", 17, 80.0),
    "AST_twice": ("AST", 17, 80.0),
    "creatinine_twice": ("creatinine", 17, 1.0),
    "weight_2.5": ("weight", 17, 41.0),
    "encephalopathy": ("encephalopathy", 17),
}
NO_MINOR = {
    "bilirubin_1.99": ("bilirubin", 17, 1.99),
    "ALT_below": ("ALT", 17, 79.9),
    "creatinine_below": ("creatinine", 17, 0.99),
    "weight_2.4": ("weight", 17, 40.96),
    "late": ("bilirubin", 21, 5.0),
}


def test_two_major_signs_and_a_minor(engine):
    people = {name: [*TWO, sign] for name, sign in (MINOR | NO_MINOR).items()}
    expected = dict.fromkeys(MINOR, (17, 1)) | dict.fromkeys(NO_MINOR, (100, 0))
    assert _answers(engine, SPITZER, people) == expected


MAJOR = {
    "three": ([FEVER, RASH, (OEDEMA, 14)], (16, 1)),
    "oedema_last": ([FEVER, RASH, (OEDEMA, 20)], (20, 1)),  # 96 hours: 4 days
    "oedema_late": ([FEVER, RASH, (OEDEMA, 21), *CALM], (100, 0)),
    "oedema_first": ([FEVER, RASH, (OEDEMA, 12)], (16, 1)),
    "oedema_early": ([FEVER, RASH, (OEDEMA, 11), *CALM], (100, 0)),
    "fever_38.2": ([("temperature", 15, 38.2), RASH, (OEDEMA, 14), *CALM], (100, 0)),
    "rash_25": ([FEVER, ("rash extent", 16, 25.0), (OEDEMA, 14), *CALM], (100, 0)),
    "one_and_minors": ([FEVER, ("bilirubin", 16, 9.0), ("weight", -1, 40.0), ("weight", 16, 50.0)], (100, 0)),
    "infiltrate_is_not_oedema": ([FEVER, RASH, ("pulmonary infiltrate", 14), *CALM], (100, 0)),
    "called_fever_and_measured": ([("fever", 15), FEVER, RASH, (OEDEMA, 14)], (16, 1)),
    "nothing": ([], (100, 0)),
}


def test_major_signs(engine):
    people = {name: signs for name, (signs, _) in MAJOR.items()}
    assert _answers(engine, SPITZER, people) == {name: answer for name, (_, answer) in MAJOR.items()}


def test_what_is_not_known_leaves_the_patient_out_where_it_matters(engine):
    people = {
        "fever_not_measured": [("fever", 15), RASH, (OEDEMA, 14)],
        "rash_not_measured": [FEVER, ("rash", 15), (OEDEMA, 14), *CALM],
        "no_values": [FEVER, RASH],
        "no_baseline": [FEVER, RASH, *CALM[:2], *CALM[3:]],
        "no_limit": [FEVER, RASH, *(sign for sign in CALM if sign[0] != "ALT"),
                     {"analyte": "ALT", "day": 16, "value": 30.0, "unit": "U/L"}],
        "multiple": [FEVER, RASH, *CALM, {"analyte": "ALT", "day": 16, "value": 2.0, "unit": "xULN"}],
        "does_not_matter": [("fever", 15), *CALM],
        "unknown": [FEVER, RASH, *CALM],
    }  # fmt: skip
    unknown = [{"patient_id": "unknown", "event": OEDEMA, "occurred": "unknown"}]
    derived = derive(SPITZER, engine(_records(people, unknown)))
    assert answers(derived) == {"does_not_matter": (100, 0), "multiple": (16, 1)}
    assert set(reasons(derived)) == set(people) - {"does_not_matter", "multiple"}
    assert all(why.startswith("the diagnosis hangs on a sign") for why in reasons(derived).values())


@pytest.mark.parametrize(
    ("infection", "called", "expected"),
    [
        (18, False, (100, 0)),
        (12, False, (100, 0)),
        (19, False, (16, 1)),
        (11, False, (16, 1)),
        (16, True, (16, 1)),
    ],
)
def test_an_infection_explains_fever_unless_the_centre_says_not(engine, infection, called, expected):
    signs = [FEVER, RASH, (OEDEMA, 14), ("infection", infection), *CALM, *([("fever", 15)] if called else [])]
    assert _answers(engine, SPITZER, {"a": signs}) == {"a": expected}


MAIOLINO_SIGNS = {
    "rash": ([("fever", 16), ("rash", 17)], (17, 1)),
    "infiltrate": ([("fever", 16), ("pulmonary infiltrate", 16)], (16, 1)),
    "oedema": ([("fever", 16), (OEDEMA, 16)], (16, 1)),
    "diarrhoea": ([("fever", 18), ("diarrhoea", 16)], (18, 1)),
    "measured": ([("temperature", 16, 38.0), ("rash extent", 16, 1.0)], (16, 1)),
    "low": ([("temperature", 16, 37.9), ("rash", 16)], (100, 0)),
    "fever_alone": ([("fever", 16)], (100, 0)),
    "rash_alone": ([("rash", 16)], (100, 0)),
    "minor_only": ([("fever", 16), ("encephalopathy", 16)], (100, 0)),
    "day_before": ([("fever", 15), ("rash", 15)], (15, 1)),  # 24 hours
    "two_days_before": ([("fever", 14), ("rash", 16)], (100, 0)),
    "day_7": ([("fever", 16), ("rash", 23)], (23, 1)),
    "day_8": ([("fever", 16), ("rash", 24)], (100, 0)),
}


def test_maiolino(engine):
    people = {name: signs for name, (signs, _) in MAIOLINO_SIGNS.items()}
    assert _answers(engine, MAIOLINO, people) == {n: answer for n, (_, answer) in MAIOLINO_SIGNS.items()}
    longer = _answers(engine, MAIOLINO, people, Options(maiolino_days=8))
    assert longer["day_8"] == (24, 1)


def test_unknown_signs_of_maiolino(engine):
    people = {"open": [("rash", 16)], "closed": [], "both": []}
    unknown = [
        {"patient_id": "open", "event": "fever", "occurred": "unknown"},
        {"patient_id": "closed", "event": "fever", "occurred": "unknown"},
        {"patient_id": "both", "event": "fever", "occurred": "unknown"},
        {"patient_id": "both", "event": "rash", "occurred": "unknown"},
    ]
    derived = derive(MAIOLINO, engine(_records(people, unknown)))
    assert answers(derived) == {"closed": (100, 0)}
    assert set(reasons(derived)) == {"open", "both"}


def test_the_day_of_engraftment(engine):
    """Two consecutive counts; the centre's own day first, unless asked otherwise."""
    signs = {"a": [("fever", 14), ("rash", 14)]}
    given = [{"patient_id": "a", "event": "neutrophil engraftment", "day": 15}]
    assert _answers(engine, MAIOLINO, signs) == {"a": (100, 0)}
    assert _answers(engine, MAIOLINO, signs, more_events=given) == {"a": (14, 1)}
    derived = Options(engraftment_day="derived")
    assert _answers(engine, MAIOLINO, signs, derived, more_events=given) == {"a": (100, 0)}
    two = [*COUNTS[:2], (14, 0.5), (15, 0.5), (17, 0.1)]
    assert _answers(engine, MAIOLINO, signs, counts=two) == {"a": (14, 1)}


def test_what_competes_and_who_cannot_be_told(engine):
    signs = [("fever", 16), ("rash", 18)]
    people = {"died": signs, "died_after": signs, "boosted": signs, "no_counts": signs}
    made = _records(
        people,
        more_events=[
            {"patient_id": "died", "event": "death", "day": 17},
            {"patient_id": "died_after", "event": "death", "day": 18},
        ],
        transplants=[
            *({"patient_id": p, "day": 0, "type": "allogeneic"} for p in people),
            {"patient_id": "boosted", "day": 17, "type": "boost"},
        ],
    )
    tables = dict(made.tables)
    tables["measurements"] = tables["measurements"].filter(
        tables["measurements"]["patient_id"] != "no_counts"
    )
    made = type(made)(tables, made.given, made.key, made.source)
    derived = derive(MAIOLINO, engine(made))
    assert derived.causes == ("engraftment syndrome", "death", "second transplant or rescue infusion")
    assert answers(derived) == {"boosted": (17, 3), "died": (17, 2), "died_after": (18, 1)}
    assert set(reasons(derived)) == {"no_counts"}


def test_never_below_has_no_day(engine):
    counts = [(day, 1.0) for day in range(1, 32, 3)]
    derived = derive(MAIOLINO, engine(_records({"a": [("fever", 10)]}, counts=counts)))
    assert "no engraftment to time signs by" in reasons(derived)["a"]


def test_why_and_disagreement_with_the_recorded_diagnosis(engine):
    people = {
        "both": [FEVER, RASH, (OEDEMA, 14)],
        "derived": [FEVER, RASH, (OEDEMA, 14)],
        "recorded": [],
        "day": [],
    }
    recorded = [
        {"patient_id": "both", "event": "engraftment syndrome", "day": 16},
        {"patient_id": "recorded", "event": "engraftment syndrome", "day": 16},
        {"patient_id": "day", "event": "engraftment syndrome"},
    ]
    made = engine(_records(people, recorded))
    derived = derive(SPITZER, made)
    assert whys(derived)["both"] == (
        "engraftment syndrome (Spitzer) on day 16: engraftment on day 16, fever of at least 38.3 degrees C "
        "on day 15, rash of more than 25% of body surface on day 16, pulmonary oedema on day 14"
    )
    assert whys(derived)["recorded"].startswith("no engraftment syndrome (Spitzer), engraftment on day 16")
    disagree = [("engraftment_syndrome_disagrees", p) for p in ("day", "derived", "recorded")]
    assert found(derived)[-1] == ("silence_is_no", None)
    assert derived.findings[-1].what.startswith("2 of 4 patients have no row about any sign")
    assert sorted(found(derived)[:-1]) == disagree
    beside = derive("engraftment_syndrome", made)
    assert {p for p, (_, cause) in answers(beside).items() if cause} == {"both", "recorded", "day"}


def test_without_signs_or_counts_it_is_refused(engine):
    bare = _records({"a": []})
    with pytest.raises(RefusalError, match="neither fever, rash, pulmonary signs"):
        derive(SPITZER, engine(bare))
    no_counts = records(["a"], events=[{"patient_id": "a", "event": "fever", "day": 15}])
    with pytest.raises(RefusalError, match="cannot be derived without neutrophil recovery"):
        derive(MAIOLINO, engine(no_counts))
