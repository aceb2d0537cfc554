"""Neutrophil recovery from raw counts: Sureda et al. 2024, table 1, and the CIBMTR manual, by hand."""

from __future__ import annotations

import pytest

from dayzero.endpoints import Options, derive
from endpoints.facts import answers, found, reasons, records, whys

NAME = "neutrophil_engraftment"


def _counts(patient_id, values, **more):
    return [
        {"patient_id": patient_id, "day": d, "analyte": "ANC", "value": v, "unit": "10^9/L", **more}
        for d, v in values
    ]


def _one(engine, values, options=None, **facts):
    facts.setdefault("follow_up", [{"patient_id": "a", "day": 100, "alive": "yes"}])
    rows = values if values and isinstance(values[0], dict) else _counts("a", values)
    made = engine(records(["a"], measurements=rows, **facts))
    return derive(NAME, made, options or Options())


LOW = [(1, 0.9), (3, 0.3), (8, 0.0), (13, 0.4)]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([*LOW, (14, 0.5), (15, 0.6), (16, 0.7)], (14, 1)),  # exactly 0.5 counts
        ([*LOW, (14, 0.5), (15, 0.49), (16, 0.7), (17, 0.8), (18, 0.9)], (16, 1)),  # a value below resets
        ([*LOW, (14, 0.5), (17, 0.6), (21, 0.7)], (14, 1)),  # consecutive measurements, not calendar days
        ([*LOW, (14, 0.5), (14, 0.6), (14, 0.7)], (14, 0)),  # three values of one day are one day
        ([*LOW, (14, 0.5), (15, 0.6), (15, 0.4), (16, 0.7), (17, 0.8), (18, 1)], (16, 1)),  # lowest of a day
        ([*LOW, (14, 0.5), (15, 0.6)], (15, 0)),  # two only: not confirmed
        (LOW, (13, 0)),
        ([(0, 2.0), (1, 1.5), (2, 1.2), (4, 0.2), (9, 0.6), (10, 0.6), (11, 0.6)], (9, 1)),  # after the fall
        ([*LOW, (14, 0.6), (15, 0.6), (16, 0.6), (17, 0.1), (30, 0.6), (31, 1), (32, 1)], (14, 1)),
    ],
)
def test_first_of_three(engine, values, expected):
    assert answers(_one(engine, values)) == {"a": expected}


def test_the_order_of_rows_is_irrelevant(engine):
    values = [*LOW, (14, 0.5), (15, 0.6), (16, 0.7)]
    assert answers(_one(engine, values[::-1])) == {"a": (14, 1)}


def test_why_and_flags(engine):
    derived = _one(engine, [*LOW, (14, 0.5), (15, 0.6), (17, 0.7)])
    assert whys(derived) == {
        "a": "neutrophil engraftment on day 14 (measurements row 6); derived from counts: days 14, 15 and 17 "
        "are the first 3 consecutive of at least 0.5 x 10^9/L, after a fall by day 3"
    }
    assert derived.frame["flags"].to_list() == ["derived"]
    assert found(derived) == []


@pytest.mark.parametrize(
    ("values", "flags"),
    [
        ([*LOW, (20, 0.5), (27, 0.6), (34, 0.7)], "derived"),  # gaps of 7 days are dense enough
        ([*LOW, (20, 0.5), (28, 0.6), (29, 0.7)], "derived;interval_censored"),
        ([*LOW, (20, 0.5), (21, 0.6), (29, 0.7)], "derived;interval_censored"),
        ([*LOW, (21, 0.5), (22, 0.6), (23, 0.7)], "derived;interval_censored"),  # the gap before the first
    ],
)
def test_density(engine, values, flags):
    assert _one(engine, values).frame["flags"].to_list() == [flags]


def test_never_below_is_stated_and_not_counted(engine):
    derived = _one(engine, [(d, 0.5) for d in range(1, 30, 3)])
    assert answers(derived) == {}
    assert reasons(derived) == {
        "a": "never below 0.5 x 10^9/L: counts to day 28 or later are all at or above it, so that there is "
        "no recovery to time [measurements row 11]"
    }


def test_a_late_fall_is_another_illness(engine):
    values = [(d, 0.9) for d in range(1, 30, 3)] + [(90, 0.1), (92, 0.6), (93, 0.6), (94, 0.6)]
    assert "never below" in reasons(_one(engine, values))["a"]


@pytest.mark.parametrize(
    "values",
    [
        [(20, 0.9), (21, 1.1), (22, 1.2), (40, 1.0)],  # counting began after recovery
        [(1, 0.9), (9, 0.9), (10, 1.1), (11, 1.2), (15, 0.4), (16, 0.6), (17, 0.6), (18, 0.6)],
    ],
)
def test_counts_too_sparse_to_see_the_fall(engine, values):
    derived = _one(engine, values)
    assert answers(derived) == {}
    assert "too sparse" in reasons(derived)["a"]


@pytest.mark.parametrize(
    ("value", "operator", "unit", "expected"),
    [
        (0.5, "≥", "10^9/L", (14, 1)),
        (0.5, ">", "10^9/L", (14, 1)),
        (0.5, "<", "10^9/L", (15, 1)),  # below
        (0.5, "≤", "10^9/L", (15, 1)),  # does not say: ends the run
        (900.0, "=", "/uL", (15, 1)),  # not converted: not used
    ],
)
def test_operators_and_units(engine, value, operator, unit, expected):
    rows = _counts("a", LOW) + _counts("a", [(15, 0.6), (16, 0.7), (17, 0.8)])
    odd = {"patient_id": "a", "day": 14, "analyte": "ANC", "value": value, "operator": operator, "unit": unit}
    derived = _one(engine, [*rows, odd])
    assert answers(derived) == {"a": expected}
    unclear = operator == "≤" or unit == "/uL"
    assert found(derived) == ([("count_not_clear", "a")] if unclear else [])


def test_death_and_rescue_compete_while_counts_are_seen(engine):
    people = ["dead", "dead_later", "rescued", "early", "given_dead", "nothing"]
    low = [(1, 0.2), (10, 0.1)]
    run = [(28, 0.6), (29, 0.7), (31, 0.8)]
    made = records(
        people,
        transplants=[
            *({"patient_id": p, "day": 0, "type": "allogeneic"} for p in people),
            {"patient_id": "rescued", "day": 30, "type": "boost"},
            {"patient_id": "early", "day": 31, "type": "autologous"},
        ],
        measurements=[
            *_counts("dead", low),
            *_counts("dead_later", low),
            *_counts("rescued", low + run),
            *_counts("early", low + run),
        ],
        events=[
            {"patient_id": "dead", "day": 17, "event": "death"},
            {"patient_id": "dead_later", "day": 18, "event": "death"},
            {"patient_id": "given_dead", "day": 18, "event": "death"},
            {"patient_id": "given_dead", "event": "neutrophil engraftment", "occurred": "no"},
        ],
        follow_up=[{"patient_id": p, "day": 100, "alive": "yes"} for p in ("rescued", "early", "nothing")],
    )
    derived = derive(NAME, engine(made))
    assert answers(derived) == {
        "dead": (17, 2),  # within 7 days of the last count
        "dead_later": (10, 0),  # 8 days unseen: observation ended with the counts
        "early": (28, 1),  # confirmed on the day of the second infusion
        "given_dead": (18, 2),
        "rescued": (30, 3),  # the third count belongs to the rescue infusion
    }
    assert reasons(derived) == {"nothing": "neither a count after day 0 nor a day of recovery is recorded"}


def test_counts_after_death_contradict(engine):
    values = [*LOW, (14, 0.5), (15, 0.6), (16, 0.7)]
    derived = _one(engine, values, events=[{"patient_id": "a", "day": 15, "event": "death"}], follow_up=[])
    assert reasons(derived) == {
        "a": "counts are recorded after death: one of the two days is wrong [measurements row 8]"
    }


RUN = [*LOW, (14, 0.5), (15, 0.6), (16, 0.7)]


def _event(day=None, occurred=None):
    return [{"patient_id": "a", "day": day, "event": "neutrophil engraftment", "occurred": occurred}]


def test_the_given_day_stands_and_both_are_told(engine):
    derived = _one(engine, RUN, events=_event(15))
    assert answers(derived) == {"a": (15, 1)}
    assert whys(derived)["a"] == (
        "neutrophil engraftment on day 15 (events row 2); given, not derived from counts; counts give day 14 "
        "(measurements row 6)"
    )
    assert derived.frame["flags"].to_list() == ["given"]
    assert found(derived) == [("recovery_disagrees", "a")]
    assert found(_one(engine, RUN, events=_event(14))) == []


def test_the_derived_day_can_stand_first(engine):
    derived = _one(engine, RUN, Options(engraftment_day="derived"), events=_event(15))
    assert answers(derived) == {"a": (14, 1)}
    assert whys(derived)["a"].endswith("; the centre gives day 15 (events row 2)")
    assert found(derived) == [("recovery_disagrees", "a")]
    ended = _one(engine, LOW, Options(engraftment_day="derived"), events=_event(18))
    assert answers(ended) == {"a": (18, 1)}  # the counts end before: they say nothing against it


@pytest.mark.parametrize(
    ("day", "first", "second"), [("given", (100, 0), (12, 1)), ("derived", (14, 1), (13, 0))]
)
def test_a_given_no_and_a_given_day_that_the_counts_do_not_show(engine, day, first, second):
    options = Options(engraftment_day=day)
    denied = _one(engine, RUN, options, events=_event(None, "no"))
    assert answers(denied) == {"a": first}
    not_shown = _one(engine, LOW, options, events=_event(12))
    assert answers(not_shown) == {"a": second}
    assert found(denied) == found(not_shown) == [("recovery_disagrees", "a")]


def test_unknown_or_undated_leaves_it_to_the_counts(engine):
    assert answers(_one(engine, RUN, events=_event(None, "unknown"))) == {"a": (14, 1)}
    assert answers(_one(engine, RUN, events=_event(None, "yes"))) == {"a": (14, 1)}


def test_a_run_that_is_not_complete_is_a_finding(engine):
    derived = _one(engine, [*LOW, (14, 0.5), (15, 0.6)])
    assert found(derived) == [("recovery_not_confirmed", "a")]
    assert derived.frame["flags"].to_list() == ["derived;run_not_complete"]
