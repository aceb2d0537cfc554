"""Recorded infections as incidences: by organism, first day, death and a second transplant competing."""

from __future__ import annotations

import pytest

from dayzero.endpoints import Options, derive
from dayzero.endpoints.infection.infections import INFECTIONS
from dayzero.errors import RefusalError
from endpoints.facts import alive, answers, found, happened, reasons, records, whys

ORGANISMS = {
    "cmv": {"cause": "CMV reactivation"},
    "ebv": {"cause": "Epstein-Barr virus"},
    "adv": {"cause": "ADV"},
    "coli": {"cause": "E. coli", "site": "urine"},
    "coli in blood": {"cause": "E. coli", "site": "blood culture"},
    "bacteraemia": {"cause": "Staphylococcus", "detail": "bacteraemia"},
    "difficile": {"cause": "Clostridioides difficile", "site": "gut"},
    "candida": {"cause": "Candida albicans", "site": "blood"},
    "mould": {"cause": "Aspergillus fumigatus", "site": "lung"},
    "cmv in blood": {"cause": "CMV", "site": "blood"},
    "silent": {},
}
KINDS = {
    "cmv_infection_incidence": {"cmv", "cmv in blood"},
    "ebv_infection_incidence": {"ebv"},
    "adenovirus_infection": {"adv"},
    "bacterial_infection": {"coli", "coli in blood", "bacteraemia", "difficile"},
    "bloodstream_infection": {"coli in blood", "bacteraemia", "candida"},
    "c_difficile_infection": {"difficile"},
    "fungal_infection": {"candida", "mould"},
}


def test_organisms_are_told_apart(engine):
    made = engine(
        records(
            sorted(ORGANISMS),
            events=[happened(who, 20, "infection", **more) for who, more in sorted(ORGANISMS.items())],
            follow_up=alive(100, *ORGANISMS),
        )
    )
    assert set(KINDS) == set(INFECTIONS)
    for name, patients in KINDS.items():
        derived = derive(name, made)
        assert {who for who, (_, cause) in answers(derived).items() if cause == 1} == patients, name
        assert ("infection_without_organism", None) in found(derived)


def test_first_day_no_unknown_and_competing(engine):
    people = ["twice", "no", "none at all", "unknown", "before", "died", "again", "same day", "after death"]
    made = records(
        people,
        transplants=[
            *({"patient_id": p, "day": 0, "type": "allogeneic"} for p in people),
            {"patient_id": "again", "day": 30, "type": "allogeneic"},
        ],
        events=[
            happened("twice", 40, "infection", cause="E. coli"),
            happened("twice", 20, "infection", cause="Klebsiella"),
            happened("no", None, "infection", cause="bacteria", occurred="no"),
            happened("none at all", None, "infection", occurred="no"),
            happened("unknown", None, "infection", cause="bacterial", occurred="unknown"),
            happened("before", -3, "infection", cause="E. coli"),
            happened("died", 70, "death"),
            happened("again", 50, "infection", cause="E. coli"),
            happened("same day", 70, "death"),
            happened("same day", 70, "infection", cause="E. coli"),
            happened("after death", 60, "death"),
            happened("after death", 61, "infection", cause="E. coli"),
        ],
        follow_up=alive(100, *(p for p in people if p not in ("died", "same day", "after death"))),
    )
    derived = derive("bacterial_infection", engine(made))
    assert answers(derived) == {
        "again": (30, 3),
        "before": (100, 0),
        "died": (70, 2),
        "no": (100, 0),
        "none at all": (100, 0),
        "same day": (70, 1),
        "twice": (20, 1),
    }
    assert set(reasons(derived)) == {"unknown", "after death"}
    assert whys(derived)["twice"] == "bacterial infection on day 20 (events row 3)"
    assert whys(derived)["none at all"].endswith("recorded as not having happened (events row 5)")
    ignored = derive("bacterial_infection", engine(made), Options(second_transplant="ignore"))
    assert answers(ignored)["again"] == (50, 1)


def test_without_a_day_or_any_statement_is_refused(engine):
    undated = records(["p"], events=[happened("p", None, "infection", cause="CMV")], follow_up=alive(9, "p"))
    with pytest.raises(RefusalError, match="known to have happened, but not when"):
        derive("cmv_infection_incidence", engine(undated))
    assert answers(derive("cmv_infection", engine(undated))) == {"p": (None, 1)}
    with pytest.raises(RefusalError, match="nothing is recorded about bacterial infection"):
        derive("bacterial_infection", engine(undated))
