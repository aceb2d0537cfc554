"""Administrative censoring: what the records would have held on the day of the data cut-off."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from dayzero.endpoints import at_cutoff, derive, derive_variables
from dayzero.errors import BadInputError
from dayzero.records.model import VariableNote
from endpoints.facts import answers, found, records, whys

DAY_0 = dt.date(2022, 1, 1)
DAY_365 = dt.date(2023, 1, 1)
EVERYBODY_AT_365 = {"OS": (365, 0), "DFS": (365, 0)}


def _made(patients, **tables):
    return records(patients, key=dict.fromkeys(patients, DAY_0), **tables)


def test_facts_after_the_cutoff_are_unseen(engine):
    patients = ["died", "relapsed", "seen", "before", "on_the_day", "died_before"]
    made = _made(
        patients,
        events=[
            {"patient_id": "died", "day": 366, "event": "death"},
            {"patient_id": "relapsed", "day": 400, "event": "relapse"},
            {"patient_id": "on_the_day", "day": 365, "event": "relapse"},
            {"patient_id": "died_before", "day": 90, "event": "death"},
        ],
        follow_up=[
            {"patient_id": "seen", "day": 900, "alive": "yes"},
            {"patient_id": "before", "day": 200, "alive": "yes"},
            {"patient_id": "died_before", "day": 900, "alive": "no"},
        ],
    )
    cut = at_cutoff(engine(made), DAY_365)
    assert answers(derive("OS", cut)) == {
        "before": (200, 0),
        "died": (365, 0),
        "died_before": (90, 1),
        "on_the_day": (365, 0),
        "relapsed": (365, 0),
        "seen": (365, 0),
    }
    assert answers(derive("CIR", cut)) == {
        "before": (200, 0),
        "died": (365, 0),
        "died_before": (90, 2),
        "on_the_day": (365, 1),
        "relapsed": (365, 0),
        "seen": (365, 0),
    }
    assert whys(derive("DFS", cut))["seen"] == "no relapse or death to day 365 (data cut-off)"
    assert whys(derive("OS", cut))["died"] == "alive on day 365 (data cut-off)"
    assert [(f.id, f.what) for f in cut.findings] == [
        (
            "endpoints.after_cutoff",
            "4 facts later than the data cut-off of 2023-01-01 are not used (events 2, follow_up 2)",
        )
    ]


def test_every_table_is_cut(engine):
    made = _made(
        ["a"],
        transplants=[
            {"patient_id": "a", "day": 0, "type": "allogeneic"},
            {"patient_id": "a", "day": 400, "type": "allogeneic"},
        ],
        treatments=[
            {"patient_id": "a", "agent": "blinatumomab", "start_day": -40, "stop_day": -10},
            {"patient_id": "a", "agent": "inotuzumab", "start_day": 300, "stop_day": 380},
            {"patient_id": "a", "agent": "CAR T", "start_day": 366},
        ],
        measurements=[
            {
                "patient_id": "a",
                "day": 30,
                "analyte": "chimerism",
                "value": 99.0,
                "operator": "=",
                "unit": "%",
            },
            {
                "patient_id": "a",
                "day": 500,
                "analyte": "chimerism",
                "value": 10.0,
                "operator": "=",
                "unit": "%",
            },
        ],
        events=[{"patient_id": "a", "event": "VOD"}],
        follow_up=[{"patient_id": "a", "day": 500, "alive": "yes"}],
    )
    cut = at_cutoff(engine(made), DAY_365)
    assert {name: table.height for name, table in cut.tables.items()} == {
        "patients": 1,
        "treatments": 2,
        "transplants": 1,
        "measurements": 1,
        "events": 1,
        "follow_up": 1,
    }
    assert cut.tables["treatments"]["stop_day"].to_list() == [-10, None]
    assert cut.tables["follow_up"].rows() == [(None, "a", 365, "yes", None, None)]
    assert derive_variables(cut).frame["chimerism_last_pct"].to_list() == [99.0]
    assert {n: t.schema for n, t in cut.tables.items()} == {n: t.schema for n, t in made.tables.items()}


def test_transplanted_after_the_cutoff_or_on_no_known_date_leaves(engine):
    made = records(
        ["in", "on_the_day", "after", "no_date"],
        key={"in": DAY_0, "on_the_day": DAY_365, "after": DAY_365 + dt.timedelta(days=1)},
        follow_up=[
            {"patient_id": p, "day": 10, "alive": "yes"} for p in ("in", "on_the_day", "after", "no_date")
        ],
    )
    cut = at_cutoff(engine(made), DAY_365)
    assert cut.tables["patients"]["patient_id"].to_list() == ["in", "on_the_day"]
    assert answers(derive("OS", cut)) == {"in": (10, 0), "on_the_day": (0, 0)}
    assert found(cut) == [
        ("no_date_of_day_0", "no_date"),
        ("after_cutoff", None),
        ("transplanted_after_cutoff", None),
    ]


def test_disease_status_at_the_cutoff_is_known_only_when_later_facts_show_it():
    patients = ["unknown_later", "known_later", "in_relapse_later", "died_of_disease_later", "died_later"]
    made = _made(
        patients,
        events=[
            {"patient_id": "died_of_disease_later", "day": 500, "event": "death", "cause": "relapse"},
            {"patient_id": "died_later", "day": 500, "event": "death"},
        ],
        follow_up=[
            *({"patient_id": p, "day": 100, "alive": "yes"} for p in patients),
            {"patient_id": "unknown_later", "day": 500, "alive": "yes", "disease_status": "unknown"},
            {"patient_id": "known_later", "day": 500, "alive": "yes", "disease_status": "complete remission"},
            {"patient_id": "in_relapse_later", "day": 500, "alive": "yes", "disease_status": "relapse"},
        ],
    )
    cut = at_cutoff(made, DAY_365)
    assert answers(derive("DFS", cut)) == {
        "died_later": (365, 0),
        "died_of_disease_later": (100, 0),
        "in_relapse_later": (100, 0),
        "known_later": (365, 0),
        "unknown_later": (100, 0),
    }
    assert set(answers(derive("OS", cut)).values()) == {(365, 0)}


def test_given_times_are_cut(engine):
    made = records(
        ["a", "b"],
        key={"a": DAY_0, "b": DAY_0},
        given=[
            {"patient_id": "a", "time": 365.5, "outcome": "relapse"},
            {"patient_id": "b", "time": 364.5, "outcome": "death"},
        ],
    )
    cut = at_cutoff(engine(made), DAY_365)
    assert answers(derive("CIR", cut)) == {"a": (365.0, 0), "b": (364.5, 2)}
    assert "given times 1" in cut.findings[0].what


def test_a_source_without_dates_has_no_cutoff():
    with pytest.raises(BadInputError, match="holds days and no dates"):
        at_cutoff(records(["a"]), DAY_365)


def test_variables_known_later_cannot_be_cut():
    made = records(
        [{"patient_id": "a", "response": "yes"}],
        key={"a": DAY_0},
        variables={"response": VariableNote("Response", "after day 0", kind="yes/no")},
        extra={"response": pl.String},
    )
    assert ("variables_not_cut", None) in found(at_cutoff(made, DAY_365))


def test_cut_twice_is_cut_at_the_earlier():
    made = _made(["a"], follow_up=[{"patient_id": "a", "day": 900, "alive": "yes"}])
    later = dt.date(2023, 6, 1)
    once, twice = at_cutoff(made, DAY_365), at_cutoff(at_cutoff(made, later), DAY_365)
    assert answers(derive("OS", once)) == answers(derive("OS", twice)) == {"a": (365, 0)}
