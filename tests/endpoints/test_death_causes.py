"""Causes of death: words in classes, one class by the hierarchy, unknown apart; together they are death."""

from __future__ import annotations

import polars as pl
import pytest

from dayzero.endpoints import CATALOGUE, Options, derive, derive_variables
from dayzero.endpoints.outcome.death_causes import PRIORITY, UNKNOWN, classes_of, primary
from dayzero.endpoints.outcome.death_of_cause import CAUSES
from dayzero.errors import RefusalError
from endpoints.facts import alive, answers, found, happened, records, whys


@pytest.mark.parametrize(
    ("cause", "classes"),
    [
        ("relapse", ("relapse",)),
        ("Leukaemia", ("relapse",)),
        ("progressive disease", ("relapse",)),
        ("relapsed ALL, sepsis", ("relapse", "infection")),
        ("graft failure, aspergillosis", ("graft failure", "infection")),
        ("secondary graft rejection", ("graft failure",)),
        ("acute GVHD + CMV pneumonia", ("GVHD", "infection")),
        ("graft-versus-host disease", ("GVHD",)),
        ("infection (CMV)", ("infection",)),
        ("E. coli sepsis", ("infection",)),
        ("invasive aspergillosis", ("infection",)),
        ("idiopathic pneumonia syndrome", ("toxicity",)),
        ("pneumonia", ("infection",)),
        ("VOD/SOS", ("toxicity",)),
        ("TMA", ("toxicity",)),
        ("multi-organ failure", ("toxicity",)),
        ("ARDS", ("toxicity",)),
        ("toxic encephalopathy", ("toxicity",)),
        ("pulmonary haemorrhage", ("haemorrhage",)),
        ("intracranial bleeding", ("haemorrhage",)),
        ("secondary malignancy", ("second malignancy",)),
        ("second leukaemia", ("second malignancy",)),
        ("EBV-PTLD", ("infection", "second malignancy")),
        ("traffic accident", ("other",)),
        ("other", ("other",)),
        ("other: sepsis", ("infection",)),
        # what is denied does not count
        ("GVHD, no relapse", ("GVHD",)),
        ("non-relapse mortality: infection", ("infection",)),
        ("sepsis without GVHD", ("infection",)),
        # what is not known stays unknown
        (None, ()),
        ("", ()),
        ("unknown", ()),
        ("morbus incognitus", ()),
    ],
)
def test_words_in_classes(cause, classes):
    assert classes_of(cause) == classes


def test_one_class_stands_before_the_others():
    assert primary(("GVHD", "infection")) == "GVHD"
    assert primary(("relapse", "GVHD")) == "relapse"
    assert primary(("GVHD", "infection"), ("infection", "GVHD")) == "infection"
    assert primary(()) == UNKNOWN


DEATHS = {
    "relapse": {"cause": "leukaemia"},
    "gvhd": {"cause": "chronic GVHD, sepsis"},
    "infection": {"cause": "sepsis"},
    "stroke": {"cause": "stroke"},
    "silent": {},
    "asked": {"cause": "unknown"},
    "odd": {"cause": "xyz"},
    "relapsed": {"cause": "sepsis"},
    "relapsed silent": {},
    "relapsed some day": {"cause": "sepsis"},
}


def made():
    return records(
        [*DEATHS, "alive", "contact", "undated in follow-up"],
        events=[
            *(happened(p, 50 + n, "death", **more) for n, (p, more) in enumerate(sorted(DEATHS.items()))),
            happened("relapsed", 20, "relapse"),
            happened("relapsed silent", 20, "relapse"),
            happened("relapsed some day", None, "relapse"),
        ],
        follow_up=[
            *alive(100, "alive", "contact"),
            {"patient_id": "undated in follow-up", "day": 60, "alive": "no"},
        ],
    )


def test_each_death_is_of_one_class(engine):
    whole = engine(made())
    expected = {
        "death_relapse": {"relapse", "relapsed", "relapsed silent", "relapsed some day"},
        "death_gvhd": {"gvhd"},
        "death_infection": {"infection"},
        "death_other": {"stroke"},
        "death_unknown": {"asked", "odd", "silent", "undated in follow-up"},
        "death_toxicity": set(),
    }
    for name, patients in expected.items():
        derived = derive(name, whole)
        causes = {p: c for p, (_, c) in answers(derived).items()}
        assert {p for p, c in causes.items() if c == 1} == patients, name
        assert {p for p, c in causes.items() if c == 0} == {"alive", "contact"}
        assert derived.causes[1] == "death of another cause"


def test_every_death_is_counted_once_in_all_classes(engine):
    whole = engine(made())
    dead = answers(derive("OS", whole))
    times = [{p: t for p, (t, c) in answers(derive(name, whole)).items() if c == 1} for name in CAUSES]
    assert sorted(p for deaths in times for p in deaths) == sorted(p for p, (_, c) in dead.items() if c == 1)
    assert all(dead[p] == (t, 1) for deaths in times for p, t in deaths.items())
    assert {name: CATALOGUE[name].kind for name in CAUSES} == dict.fromkeys(CAUSES, "incidence")


def test_why_and_findings(engine):
    derived = derive("death_infection", engine(made()))
    why = whys(derived)
    assert why["infection"] == "death of infection on day 52 (events row 4)"
    assert why["relapsed"] == (
        "death of relapse or progression on day 55 (events row 7); relapse on day 20 (events row 12) "
        "stands before "
        "the recorded cause"
    )
    assert why["relapsed some day"].endswith("; a relapse without its day stands before the recorded cause")
    assert why["relapsed silent"].endswith(" counts, as no cause is recorded")
    assert why["alive"] == "alive to day 100 (follow_up row 2)"
    assert sorted(found(derived), key=str) == [
        ("cause_not_recognised", "odd"),
        ("death_without_cause", "relapsed silent"),
        ("death_without_cause", "silent"),
        ("death_without_cause", "undated in follow-up"),
        ("deaths_of_unknown_cause", None),
    ]
    assert [f.what for f in derived.findings if f.where.patient_id is None] == [
        "4 of 11 deaths are of unknown cause and compete: the incidence of each cause is a lower limit"
    ]


def test_the_hierarchy_is_an_option(engine):
    whole = engine(made())
    turned = Options(death_priority=("infection", *(name for name in PRIORITY if name != "infection")))
    assert {p for p, (_, c) in answers(derive("death_infection", whole, turned)).items() if c == 1} == {
        "gvhd",
        "infection",
        "relapsed",
        "relapsed some day",
    }
    with pytest.raises(RefusalError, match="does not name each class once"):
        derive("death_infection", whole, Options(death_priority=("relapse",)))


def test_deaths_without_a_day_or_any_cause_are_refused(engine):
    undated = records(["p"], events=[happened("p", None, "death", cause="sepsis")], follow_up=alive(9, "p"))
    with pytest.raises(RefusalError, match="not when"):
        derive("death_infection", engine(undated))
    silent = engine(records(["p"], events=[happened("p", 5, "death")]))
    with pytest.raises(RefusalError, match="the cause of none of 1 deaths can be told"):
        derive("death_infection", silent)
    assert answers(derive("death_unknown", silent)) == {"p": (5, 1)}


def test_the_variable(engine):
    frame = derive_variables(engine(made())).frame
    causes = dict(
        frame.filter(pl.col("cause_of_death").is_not_null()).select("patient_id", "cause_of_death").rows()
    )
    assert causes["gvhd"] == "graft-versus-host disease"
    assert causes["silent"] == "unknown cause"
    assert "alive" not in causes
