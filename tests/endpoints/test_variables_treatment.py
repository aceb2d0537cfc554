"""Treatment before transplant."""

from __future__ import annotations

from dayzero.endpoints import derive_variables
from endpoints.facts import found, records


def _given(patient_id, agent, start, stop=None, **more):
    return {"patient_id": patient_id, "agent": agent, "start_day": start, "stop_day": stop, **more}


def _values(made, *names):
    variables = derive_variables(made)
    return {row[0]: row[1:] for row in variables.frame.select("patient_id", *names).iter_rows()}, variables


LAST = {
    "blina_last": [("chemotherapy", -200, -150), ("blinatumomab", -60, -32)],
    "chemo_last": [("blinatumomab", -100, -72), ("chemotherapy", -50, -45)],
    "conditioning": [("blinatumomab", -60, -32), ("thiotepa", -7, -6, {"indication": "Conditioning"})],
    "local": [("blinatumomab", -60, -32), ("radiotherapy", -20, -15)],
    "intrathecal": [("blinatumomab", -60, -32), ("intrathecal methotrexate", -10, -10)],
    "after_day_0": [("blinatumomab", -60, -32), ("inotuzumab", 100, 110)],
    "longer": [("chemotherapy", -60, -50), ("blinatumomab", -60, -32)],
    "tie": [("chemotherapy", -60, -32), ("blinatumomab", -60, -32)],
    "open": [("chemotherapy", -60, None), ("blinatumomab", -60, -32)],
    "three": [("chemotherapy", -60, -9), ("blinatumomab", -60, -9), ("inotuzumab", -60, -9)],
    "only_after": [("blinatumomab", 5, 30)],
    "nothing": [],
}


def test_last_therapy(engine):
    rows = [
        _given(p, agent, start, stop, **(more[0] if more else {}))
        for p, courses in LAST.items()
        for agent, start, stop, *more in courses
    ]
    values, variables = _values(engine(records(sorted(LAST), treatments=rows)), "last_therapy")
    assert {p: value[0] for p, value in values.items()} == {
        "after_day_0": "blinatumomab",
        "blina_last": "blinatumomab",
        "chemo_last": "chemotherapy",
        "conditioning": "blinatumomab",
        "intrathecal": "blinatumomab",
        "local": "blinatumomab",
        "longer": "blinatumomab",
        "nothing": None,
        "only_after": None,
        "open": "blinatumomab + chemotherapy",
        "three": "blinatumomab + others",
        "tie": "blinatumomab + chemotherapy",
    }
    assert found(variables) == [("last_therapy_tie", p) for p in ("longer", "tie", "open", "three")]


def test_blinatumomab_and_inotuzumab(engine):
    made = records(
        ["both", "blina", "neither", "after", "nothing", "day_0"],
        treatments=[
            _given("both", "blinatumomab", -100, -72, cycle=1, indication="MRD clearance"),
            _given("both", "blinatumomab", -60, -32, cycle=2, indication="consolidation"),
            _given("both", "inotuzumab", -200),
            _given("blina", "blinatumomab", -40, cycle=2),
            _given("neither", "chemotherapy", -90),
            _given("after", "blinatumomab", 30, 58),
            _given("after", "chemotherapy", -30),
            _given("day_0", "blinatumomab", 0, 28),
        ],
    )
    values, _ = _values(
        engine(made),
        "blinatumomab",
        "inotuzumab",
        "blinatumomab_cycles",
        "blinatumomab_indication",
        "days_blinatumomab_to_transplant",
    )
    assert values == {
        "after": (False, False, None, None, None),
        "blina": (True, False, 2, None, None),
        "both": (True, True, 2, "consolidation", 32),
        "day_0": (None, None, None, None, None),
        "neither": (False, False, None, None, None),
        "nothing": (None, None, None, None, None),
    }


def test_cycles_of_two_courses_are_counted_by_their_starts():
    rows = [
        _given("a", "blinatumomab", start, cycle=cycle) for start, cycle in [(-300, 1), (-258, 2), (-60, 1)]
    ]
    values, _ = _values(records(["a"], treatments=rows), "blinatumomab_cycles")
    assert values == {"a": (3,)}


def test_a_course_that_stops_after_day_0_has_no_interval(engine):
    made = records(["a"], treatments=[_given("a", "blinatumomab", -10, 18)])
    values, variables = _values(engine(made), "days_blinatumomab_to_transplant")
    assert values == {"a": (None,)}
    assert found(variables) == [("blinatumomab_past_day_0", "a")]


#: Agent, first day, and indication of what follows blinatumomab, and whether it is then the last therapy.
AFTER_BLINATUMOMAB = {
    "red_cells": ("red cell transfusion", -5, None, False),
    "platelets": ("platelet transfusion", -5, "bridge", False),
    "gcsf": ("G-CSF", -20, None, False),
    "pegfilgrastim": ("Pegfilgrastim", -20, "neutropenia", False),
    "steroids": ("corticosteroids", -25, None, False),
    "steroid_premedication": ("corticosteroids", -25, "premedication before blinatumomab", False),
    "steroid_line": ("corticosteroids", -25, "salvage of relapse", True),
    "dexamethasone": ("dexamethasone", -25, "", False),
    "letermovir": ("letermovir", -8, None, False),
    "ganciclovir": ("ganciclovir", -12, "CMV", False),
    "defibrotide": ("defibrotide", -9, "prophylaxis", False),
    "antifungal": ("posaconazole", -15, None, False),
    "immunosuppression": ("ciclosporin", -3, None, False),
    "rituximab_ebv": ("rituximab", -10, "EBV", False),
    "rituximab": ("rituximab", -30, None, True),
    "busulfan": ("busulfan", -8, None, False),
    "atg": ("anti-thymocyte globulin", -4, None, False),
    "melphalan_salvage": ("melphalan", -30, "salvage", True),
    "etoposide_close": ("etoposide", -14, None, False),
    "etoposide_far": ("etoposide", -15, None, True),
    "etoposide_named": ("etoposide", -14, "consolidation", True),
    "lymphodepletion": ("fludarabine", -30, "lymphodepletion", False),
    "car_t": ("CAR T", -28, "lymphodepletion before it", True),
    "dasatinib": ("dasatinib", -30, None, True),
    "unheard_of": ("obecabtagene", -30, None, True),
}


def test_support_and_conditioning_are_no_line_of_therapy(engine):
    rows = [
        row
        for p, (agent, start, indication, _) in AFTER_BLINATUMOMAB.items()
        for row in (
            _given(p, "blinatumomab", -60, -32),
            _given(p, agent, start, start, indication=indication),
        )
    ]
    values, variables = _values(engine(records(sorted(AFTER_BLINATUMOMAB), treatments=rows)), "last_therapy")
    assert {p: value[0] for p, value in values.items()} == {
        p: agent if counts else "blinatumomab" for p, (agent, _, _, counts) in AFTER_BLINATUMOMAB.items()
    }
    assert found(variables) == [("conditioning_assumed", "etoposide_close")]


def test_support_alone_says_nothing_about_blinatumomab(engine):
    made = records(
        ["support", "conditioned", "local"],
        treatments=[
            _given("support", "G-CSF", -20),
            _given("conditioned", "thiotepa", -7, indication="conditioning"),
            _given("local", "radiotherapy", -40),
        ],
    )
    values, _ = _values(engine(made), "blinatumomab", "inotuzumab", "last_therapy")
    assert values == {
        "conditioned": (None, None, None),
        "local": (False, False, None),
        "support": (None, None, None),
    }


def test_an_indication_that_mentions_prophylaxis_hides_no_blinatumomab(engine):
    course = _given("a", "blinatumomab", -60, -32, indication="consolidation, prophylaxis of CNS relapse")
    values, _ = _values(engine(records(["a"], treatments=[course])), "blinatumomab", "last_therapy")
    assert values == {"a": (True, "blinatumomab")}
