"""Primary graft failure: no neutrophil recovery by day 30, or by day 42 after cord blood."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from dayzero.endpoints import derive
from dayzero.errors import RefusalError
from endpoints.facts import answers, found, frame, reasons, records, whys

NAME = "primary_graft_failure"


def _made(people, counts, **facts):
    """``people``: id to graft; ``counts``: id to (day, value)."""
    transplants = [
        {"patient_id": p, "day": 0, "type": "allogeneic", "graft": graft} for p, graft in people.items()
    ]
    return records(
        list(people),
        transplants=[*transplants, *facts.pop("again", [])],
        measurements=[
            {"patient_id": p, "day": day, "analyte": "ANC", "value": value}
            for p, values in counts.items()
            for day, value in values
        ],
        follow_up=[{"patient_id": p, "day": 200, "alive": "yes"} for p in people],
        **facts,
    )


def _low(last):
    return [(day, 0.1) for day in range(2, last + 1, 4)]


def _run(day):
    return [(day, 0.5), (day + 1, 0.6), (day + 2, 0.7)]


def test_the_day_and_the_graft(engine):
    people = {
        "on_30": "bone marrow",
        "on_31": "peripheral blood",
        "cord_42": "cord blood",
        "cord_43": "cord blood",
        "never": "bone marrow and peripheral blood",
        "lost": "bone marrow",
        "unknown": None,
        "high": "bone marrow",
        "not_confirmed": "bone marrow",
    }
    counts = {
        "on_30": [*_low(29), *_run(30)],
        "on_31": [*_low(30), *_run(31)],
        "cord_42": [*_low(41), *_run(42)],
        "cord_43": [*_low(42), *_run(43)],
        "never": _low(62),
        "lost": _low(22),
        "unknown": _low(62),
        "high": [(day, 1.0) for day in range(0, 40, 4)],
        "not_confirmed": [*_low(29), (30, 0.5), (31, 0.6)],
    }
    derived = derive(NAME, engine(_made(people, counts)))
    assert answers(derived) == {
        "cord_42": (42, 0),
        "cord_43": (42, 1),
        "high": (30, 0),
        "lost": (22, 0),
        "never": (30, 1),
        "on_30": (30, 0),
        "on_31": (30, 1),
    }
    assert set(reasons(derived)) == {"unknown", "not_confirmed"}
    assert whys(derived)["never"].startswith(
        "primary graft failure: no neutrophil recovery by day 30, pancytopenia not checked; no neutrophil "
        "engraftment in the counts to"
    )
    disagree = [patient for what, patient in found(derived) if what == "graft_failure_disagrees"]
    assert disagree == ["on_31", "cord_43", "never"]


def test_what_competes_before_the_day(engine):
    people = dict.fromkeys(
        ("died_29", "died_30", "relapsed", "relapsed_and_died", "again", "recovered_died"), "bone marrow"
    )
    counts = dict.fromkeys(people, _low(30)) | {"recovered_died": [*_low(12), *_run(14)]}
    derived = derive(
        NAME,
        engine(
            _made(
                people,
                counts,
                again=[{"patient_id": "again", "day": 28, "type": "allogeneic"}],
                events=[
                    {"patient_id": "died_29", "day": 29, "event": "death"},
                    {"patient_id": "died_30", "day": 30, "event": "death"},
                    {"patient_id": "relapsed", "day": 20, "event": "relapse"},
                    {"patient_id": "relapsed_and_died", "day": 20, "event": "relapse"},
                    {"patient_id": "relapsed_and_died", "day": 20, "event": "death"},
                    {"patient_id": "recovered_died", "day": 21, "event": "death"},
                ],
            )
        ),
    )
    assert derived.causes == (
        "primary graft failure",
        "death",
        "relapse",
        "second transplant or rescue infusion",
    )
    assert answers(derived) == {
        "again": (28, 4),
        "died_29": (29, 2),
        "died_30": (30, 1),  # the day was reached without recovery
        "recovered_died": (21, 2),
        "relapsed": (20, 3),
        "relapsed_and_died": (20, 3),
    }


def test_given_days_of_recovery_serve_as_well(engine):
    events = [
        {"patient_id": "a", "day": 17, "event": "neutrophil engraftment"},
        {"patient_id": "b", "event": "neutrophil engraftment", "occurred": "no"},
        {"patient_id": "a", "day": 25, "event": "graft failure"},
        {"patient_id": "d", "day": 35, "event": "death"},
    ]
    derived = derive(NAME, engine(_made(dict.fromkeys("abcd", "bone marrow"), {}, events=events)))
    assert answers(derived) == {"a": (30, 0), "b": (30, 1)}
    assert reasons(derived) == dict.fromkeys("cd", "whether neutrophils recovered is not recorded")
    disagree = [patient for what, patient in found(derived) if what == "graft_failure_disagrees"]
    assert disagree == ["a", "b"]


def test_without_neutrophils_it_is_refused(engine):
    with pytest.raises(RefusalError, match="cannot be derived without neutrophil recovery") as raised:
        derive(NAME, engine(_made({"a": "bone marrow"}, {})))
    assert "graft_failure" in raised.value.instead


def _platelets(patient_id, values):
    return [
        {"patient_id": patient_id, "day": day, "analyte": "platelets", "value": value}
        for day, value in values
    ]


def test_pancytopenia_where_platelets_tell(engine):
    people = dict.fromkeys(("low", "day_30", "day_31", "short", "silent", "supported"), "bone marrow")
    made = _made(
        people,
        dict.fromkeys(people, _low(34)),
        treatments=[
            *({"patient_id": p, "agent": "platelet transfusion", "start_day": 3} for p in people),
            {"patient_id": "supported", "agent": "platelet transfusion", "start_day": 20, "stop_day": 36},
        ],
    )
    counts = [
        *_platelets("low", [(5, 8), (20, 12), (36, 15)]),
        *_platelets("day_30", [(5, 8), (20, 12), (30, 20), (31, 25), (32, 30)]),
        *_platelets("day_31", [(5, 8), (20, 12), (31, 20), (32, 25), (33, 30)]),
        *_platelets("short", [(5, 8), (20, 12), (29, 15)]),
        *_platelets("supported", [(5, 8), (20, 12), (30, 40), (31, 45), (36, 50)]),
    ]
    table = made.tables["measurements"]
    more = frame("measurements", [{**row, "row": 500 + n} for n, row in enumerate(counts)])
    made = replace(made, tables={**made.tables, "measurements": pl.concat([table, more])})
    derived = derive(NAME, engine(made))
    assert answers(derived) == {
        "day_30": (30, 0),  # platelets recovered by the day: neutropenia alone
        "day_31": (30, 1),
        "low": (30, 1),
        "short": (30, 1),  # platelets were seen to day 29 only
        "silent": (30, 1),
        "supported": (30, 1),
    }
    unchecked = derived.frame.filter(pl.col("flags").str.contains("pancytopenia_not_checked"))
    assert unchecked["patient_id"].to_list() == ["short", "silent"]
    told = whys(derived)
    assert ", nor of platelets to day 36; no neutrophil engraftment" in told["low"]
    assert ", nor of platelets before day 31; " in told["day_31"]
    assert ": platelets recovered on day 30, so that there is no pancytopenia; " in told["day_30"]
    assert ("neutropenia_without_pancytopenia", "day_30") in found(derived)
