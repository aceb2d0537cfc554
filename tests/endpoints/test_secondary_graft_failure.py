"""Secondary graft failure: both lines recovered, then counts lost that needed support (Sureda 2024)."""

from __future__ import annotations

import pytest

from dayzero.endpoints import derive
from dayzero.errors import RefusalError
from endpoints.facts import answers, found, reasons, records, whys

NAME = "secondary_graft_failure"
UNITS = {"ANC": "10^9/L", "platelets": "10^9/L", "haemoglobin": "g/dL"}


def _count(patient_id, analyte, values, **more):
    return [
        {"patient_id": patient_id, "day": d, "analyte": analyte, "value": v, "unit": UNITS[analyte], **more}
        for d, v in values
    ]


def _recovery(patient_id):
    """Neutrophils recover on day 16, platelets on day 20."""
    neutrophils = [(2, 0.1), (9, 0.1), (15, 0.2), (16, 0.6), (17, 0.8), (18, 1.0), (25, 2.0)]
    platelets = [(2, 10.0), (9, 12.0), (15, 15.0), (20, 25.0), (21, 30.0), (22, 40.0), (25, 60.0)]
    return _count(patient_id, "ANC", neutrophils) + _count(patient_id, "platelets", platelets)


def _given(patient_id, agent, start, stop=None):
    return {"patient_id": patient_id, "agent": agent, "start_day": start, "stop_day": stop}


def _derived(engine, people, measurements=(), treatments=(), **facts):
    """Everybody has recovered, and was supported once early, so that support is known to be recorded."""
    early = [_given(p, "platelet transfusion", 3) for p in people]
    made = records(
        people,
        measurements=[row for p in people for row in _recovery(p)] + list(measurements),
        treatments=[*early, *treatments],
        follow_up=[{"patient_id": p, "day": 300, "alive": "yes"} for p in people],
        **facts,
    )
    return derive(NAME, engine(made))


def _high(patient_id, analyte, days):
    return _count(patient_id, analyte, [(day, 100.0 if analyte == "platelets" else 3.0) for day in days])


LOW = [(60, 0.4), (63, 0.2), (67, 0.49)]


@pytest.mark.parametrize(
    ("values", "support", "expected"),
    [
        (LOW, ("G-CSF", 67, 72), (60, 1)),
        (LOW, ("G-CSF", 60, None), (60, 1)),
        (LOW, ("G-CSF", 50, 60), (60, 1)),  # a course that reaches the first low count
        (LOW, ("G-CSF", 50, 59), (67, 0)),
        (LOW, ("G-CSF", 74, None), (60, 1)),  # 7 days after the third
        (LOW, ("G-CSF", 75, None), (67, 0)),
        (LOW, ("platelet transfusion", 60, None), (67, 0)),  # not what neutrophils need
        ([(60, 0.4), (63, 0.5), (67, 0.4)], ("G-CSF", 60, None), (67, 0)),  # exactly 0.5 is not low
        ([(60, 0.4), (60, 0.3), (60, 0.2)], ("G-CSF", 60, None), (60, 0)),  # one day is one count
        ([(60, 0.4), (63, 0.9), (63, 0.3), (67, 0.1)], ("G-CSF", 60, None), (60, 1)),  # the lowest of a day
        ([(60, 0.4), (63, 0.2)], ("G-CSF", 60, None), (63, 0)),
        ([(50, 0.4), (52, 2.0), *LOW], ("G-CSF", 50, 90), (60, 1)),
    ],
)
def test_neutrophils(engine, values, support, expected):
    rows = _count("a", "ANC", values) + _high("a", "platelets", [values[-1][0]])
    derived = _derived(engine, ["a"], rows, [_given("a", *support)])
    assert answers(derived) == {"a": expected}


def test_operators_and_units_that_say_nothing_end_a_run(engine):
    people = ["at_most", "below", "microlitre"]
    rows = [row for p in people for row in _count(p, "ANC", [(60, 0.1), (67, 0.1), (70, 3.0)])]
    rows += _count("at_most", "ANC", [(63, 0.6)], operator="≤")
    rows += _count("below", "ANC", [(63, 0.5)], operator="<")
    rows += [{"patient_id": "microlitre", "day": 63, "analyte": "ANC", "value": 0.1, "unit": "/uL"}]
    rows += [row for p in people for row in _high(p, "platelets", [70])]
    derived = _derived(engine, people, rows, [_given(p, "G-CSF", 63) for p in people])
    assert answers(derived) == {"at_most": (70, 0), "below": (60, 1), "microlitre": (70, 0)}


def test_platelets_and_haemoglobin(engine):
    people = ["platelets", "once", "lifted", "anaemia", "eight"]
    rows = [
        *_count("platelets", "platelets", [(60, 19.9), (62, 15.0), (66, 8.0)]),
        *_count("once", "platelets", [(60, 15.0), (61, 50.0), (62, 45.0), (70, 60.0)]),
        # Counts lifted by a transfusion are passed over; that of day 67, 7 days after it, is not.
        *_count("lifted", "platelets", [(60, 15.0), (61, 50.0), (64, 18.0), (65, 40.0), (68, 12.0)]),
        *_count("anaemia", "haemoglobin", [(60, 7.9), (61, 9.0), (66, 7.0), (74, 6.5)]),
        *_count("eight", "haemoglobin", [(60, 8.0), (66, 7.0), (74, 6.5)]),
        *(row for p in people for row in _high(p, "ANC", [75])),
        *(row for p in people for row in _high(p, "platelets", [75])),
    ]
    given = [
        *(_given(p, "platelet transfusion", 60) for p in ("platelets", "once", "lifted")),
        _given("lifted", "platelet transfusion", 64),
        *(_given(p, "red cell transfusion", 60) for p in ("anaemia", "eight")),
    ]
    derived = _derived(engine, people, rows, given)
    assert answers(derived) == {
        "anaemia": (60, 1),
        "eight": (75, 0),
        "lifted": (60, 1),
        "once": (75, 0),
        "platelets": (60, 1),
    }
    assert (
        "haemoglobin below 8 g/dL on days 60, 66 and 74, with red cell transfusion"
        in whys(derived)["anaemia"]
    )
    unlifted = _count("once", "platelets", [(60, 15.0), (67, 50.0), (68, 12.0), (69, 11.0)])
    again = _derived(engine, ["once"], [*unlifted, *_high("once", "ANC", [75])], [given[1]])
    assert answers(again) == {"once": (69, 0)}


def test_what_competes(engine):
    people = ["relapsed", "relapsed_after", "boosted", "died", "died_late", "early", "never"]
    low = dict.fromkeys(("relapsed", "relapsed_after", "boosted"), LOW)
    rows = [
        *(row for p, values in low.items() for row in _count(p, "ANC", values)),
        *(row for p in people[:5] for row in _high(p, "platelets", [67])),
        *(row for p in ("died", "died_late") for row in _high(p, "ANC", [67])),
    ]
    derived = _derived(
        engine,
        people,
        rows,
        [_given(p, "G-CSF", 62) for p in low],
        transplants=[
            *({"patient_id": p, "day": 0, "type": "allogeneic"} for p in people),
            {"patient_id": "boosted", "day": 66, "type": "boost"},
        ],
        events=[
            {"patient_id": "relapsed", "day": 67, "event": "relapse"},
            {"patient_id": "relapsed_after", "day": 68, "event": "relapse"},
            {"patient_id": "died", "day": 74, "event": "death"},
            {"patient_id": "died_late", "day": 75, "event": "death"},
            {"patient_id": "early", "day": 30, "event": "death"},
        ],
    )
    assert derived.causes == (
        NAME.replace("_", " "),
        "death",
        "relapse",
        "second transplant or rescue infusion",
    )
    assert answers(derived) == {
        "boosted": (66, 4),
        "died": (74, 2),
        "died_late": (67, 0),  # 8 days unseen
        "early": (30, 2),
        "never": (25, 0),
        "relapsed": (67, 3),  # known on the day of the third low count: it explains them
        "relapsed_after": (60, 1),
    }


def test_chimerism_confirms_or_speaks_for_poor_graft_function(engine):
    people = ["lost", "full", "far", "unclear"]
    rows = [
        *(row for p in people for row in _count(p, "ANC", LOW)),
        *(row for p in people for row in _high(p, "platelets", [67])),
    ]
    donor = [
        ("lost", 90, 40.0, "="),
        ("lost", 29, 99.0, "="),
        ("full", 60, 95.0, ">"),  # told as the bound that it is
        ("far", 91, 99.0, "="),
    ]
    donor += [("unclear", 60, 99.0, "<")]
    rows += [
        {"patient_id": p, "day": day, "analyte": "chimerism", "value": v, "operator": sign, "unit": "%"}
        for p, day, v, sign in donor
    ]
    recorded = [{"patient_id": p, "day": 66, "event": "graft failure"} for p in people]
    derived = _derived(engine, people, rows, [_given(p, "G-CSF", 62) for p in people], events=recorded)
    assert answers(derived) == dict.fromkeys(sorted(people), (60, 1))
    assert dict(derived.frame.select("patient_id", "flags").iter_rows()) == {
        "far": "derived;chimerism_not_known",
        "full": "derived;full_donor_chimerism",
        "lost": "derived;donor_chimerism_not_full",
        "unclear": "derived;chimerism_not_known",
    }
    assert "; donor chimerism 40% on day 90 (measurements row" in whys(derived)["lost"]
    (finding,) = [f for f in derived.findings if f.id == "endpoints.loss_with_full_chimerism"]
    assert "donor chimerism on day 60 is full (>95%): poor graft function" in finding.what
    assert sorted(found(derived)) == [
        ("loss_with_full_chimerism", "full"),
        ("loss_without_chimerism", "far"),
        ("loss_without_chimerism", "unclear"),
    ]


def test_disagreement_with_the_recorded_failure(engine):
    people = ["not_recorded", "other_day", "near", "not_seen", "not_supported", "before"]
    lost = ("not_recorded", "other_day", "near", "not_supported")
    rows = [
        *(row for p in lost for row in _count(p, "ANC", LOW)),
        *(row for p in people for row in _high(p, "platelets", [100])),
        *(row for p in people for row in _high(p, "ANC", [100])),
    ]
    days = {"other_day": 75, "near": 74, "not_seen": 50, "before": 19}
    derived = _derived(
        engine,
        people,
        rows,
        [_given(p, "G-CSF", 62) for p in lost[:3]],
        events=[{"patient_id": p, "day": day, "event": "graft failure"} for p, day in days.items()],
    )
    assert {p for p, (_, cause) in answers(derived).items() if cause} == set(lost[:3])
    told = [finding for finding in found(derived) if finding[0] != "loss_without_chimerism"]
    assert sorted(told) == [
        ("graft_failure_disagrees", "not_recorded"),
        ("graft_failure_disagrees", "not_seen"),
        ("graft_failure_disagrees", "other_day"),
        ("loss_without_support", "not_supported"),
    ]


def test_given_recoveries_serve_and_silence_is_told(engine):
    events = [
        {"patient_id": p, "day": day, "event": f"{line} engraftment"}
        for p in ("given", "no_counts")
        for line, day in (("neutrophil", 17), ("platelet", 25))
    ]
    made = records(
        ["given", "no_counts", "half"],
        measurements=[
            *_count("given", "ANC", LOW),
            *_high("given", "platelets", [67]),
            *_high("half", "ANC", [9]),
        ],
        treatments=[_given("given", "G-CSF", 60)],
        events=events,
        follow_up=[{"patient_id": p, "day": 300, "alive": "yes"} for p in ("given", "no_counts", "half")],
    )
    derived = derive(NAME, engine(made))
    assert answers(derived) == {"given": (60, 1)}
    assert whys(derived)["given"].startswith(
        "secondary graft failure on day 60 (measurements row 2): after recovery of neutrophils and "
        "platelets by "
        "day 25, ANC below 0.5 x 10^9/L on days 60, 63 and 67, with G-CSF (treatments row 2)"
    )
    assert reasons(derived) == {
        "no_counts": "no neutrophil count after day 0 is recorded",
        "half": "no platelet count after day 0 is recorded",
    }


def test_without_support_or_recovery_it_is_refused(engine):
    people = ["a"]
    bare = records(people, measurements=_recovery("a"))
    with pytest.raises(RefusalError, match="no transfusion of red cells or platelets and no G-CSF"):
        derive(NAME, engine(bare))
    no_counts = records(people, treatments=[_given("a", "G-CSF", 5)])
    with pytest.raises(RefusalError, match="cannot be derived without both recoveries") as raised:
        derive(NAME, engine(no_counts))
    assert raised.value.instead.startswith("graft_failure")
