"""Relapse after transplant by site, and molecular relapse apart from relapse."""

from __future__ import annotations

import pytest

from dayzero.endpoints import derive
from dayzero.errors import RefusalError
from endpoints.facts import answers, reasons, records, whys

#: p: events of (day, event, site); all are followed to day 400.
COURSES = {
    "marrow": [(100, "relapse", "marrow")],
    "combined": [(120, "relapse", "BM and CNS")],
    "cns": [(130, "relapse", "CNS")],
    "untold": [(140, "relapse", None)],
    "died": [(50, "death", None)],
    "well": [],
}


def _records(courses, **tables):
    dead = {p for p, told in courses.items() if any(event == "death" for _, event, _ in told)}
    return records(
        sorted(courses),
        events=[
            {"patient_id": p, "day": day, "event": event, "site": site}
            for p, told in courses.items()
            for day, event, site in told
        ],
        follow_up=[{"patient_id": p, "day": 400, "alive": "yes"} for p in courses if p not in dead],
        **tables,
    )


def test_by_site(engine):
    made = engine(_records(COURSES))
    marrow, outside = derive("relapse_marrow", made), derive("relapse_extramedullary", made)
    assert answers(marrow) == {
        "cns": (130, 2),
        "combined": (120, 1),
        "died": (50, 3),
        "marrow": (100, 1),
        "untold": (140, 4),
        "well": (400, 0),
    }
    assert answers(outside) == {
        "cns": (130, 1),
        "combined": (120, 2),
        "died": (50, 3),
        "marrow": (100, 2),
        "untold": (140, 4),
        "well": (400, 0),
    }
    assert marrow.causes == ("relapse with marrow", *marrow.definition.competing)
    assert outside.causes == ("relapse outside the marrow alone", *outside.definition.competing)
    assert whys(marrow)["combined"].endswith("; class of site: combined")


def test_the_parts_sum_to_the_incidence_of_relapse(engine):
    made = engine(_records(COURSES))
    cir = answers(derive("CIR", made))
    for name in ("relapse_marrow", "relapse_extramedullary"):
        read = {1: 1, 2: 1, 4: 1, 3: 2, 0: 0}
        assert {p: (t, read[c]) for p, (t, c) in answers(derive(name, made)).items()} == cir


MOLECULAR = {
    "before_relapse": [(80, "molecular relapse", None), (100, "relapse", "marrow")],
    "same_day": [(100, "molecular relapse", None), (100, "relapse", "marrow")],
    "after_relapse": [(150, "molecular relapse", None), (100, "relapse", "marrow")],
    "alone": [(80, "molecular relapse", None)],
    "on_the_last_day": [(400, "molecular relapse", None)],
    "later_than_contact": [(450, "molecular relapse", None)],
    "before_death": [(40, "molecular relapse", None), (50, "death", None)],
    "died": [(50, "death", None)],
    "well": [],
}


def test_molecular_relapse(engine):
    made = engine(_records(MOLECULAR))
    derived = derive("molecular_relapse", made)
    assert answers(derived) == {
        "after_relapse": (100, 2),
        "alone": (80, 1),
        "before_death": (40, 1),
        "before_relapse": (80, 1),
        "died": (50, 3),
        "later_than_contact": (450, 1),
        "on_the_last_day": (400, 1),
        "same_day": (100, 2),
        "well": (400, 0),
    }
    assert whys(derived)["alone"] == "molecular relapse on day 80 (events row 8)"
    # It is no relapse: CIR is what it would be without it.
    cir = answers(derive("CIR", made))
    assert cir["alone"] == (400, 0)
    assert cir["before_relapse"] == (100, 1)


def test_unknown_is_missing_and_silence_about_all_is_refused():
    made = _records({"alone": MOLECULAR["alone"], "asked": []})
    unknown = {"patient_id": "asked", "row": 90, "event": "molecular relapse", "occurred": "unknown"}
    told = [*made.tables["events"].iter_rows(named=True), unknown]
    asked = records(
        ["alone", "asked"],
        events=told,
        follow_up=[{"patient_id": p, "day": 400, "alive": "yes"} for p in ("alone", "asked")],
    )
    assert reasons(derive("molecular_relapse", asked)) == {
        "asked": "whether molecular relapse occurred is recorded as unknown [events row 90]"
    }
    with pytest.raises(RefusalError, match="nothing is recorded about molecular relapse"):
        derive("molecular_relapse", _records({"well": []}))


def test_a_molecular_relapse_without_a_day_is_refused():
    with pytest.raises(RefusalError, match="molecular relapse is known to have happened, but not when"):
        derive("molecular_relapse", _records({"a": [(None, "molecular relapse", None)], "b": []}))
