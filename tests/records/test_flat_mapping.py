"""The mapping of a flat file: what is not allowed is refused where it stands."""

from __future__ import annotations

import pytest

from dayzero.errors import BadInputError
from dayzero.records.mapping import Condition, FieldMap
from records.making import mapping_of

EVENT = '[[data.events]]\nevent = { value = "death" }\n'


@pytest.mark.parametrize(
    ("text", "what", "where", "allowed"),
    [
        ("[data]\nsauce = 1", "unknown key 'sauce'", "[data]", "source"),
        ("[data.patient]\nsex = 1", "did you mean 'patients'", "[data]", "patients"),
        ("[data.patients]\nsexe = { column = 'a' }", "unknown field 'sexe'", "patients", "sex"),
        ("[data.patients]\nsex = 'a'", "where the field comes from", "patients, sex", "column"),
        ("[data.patients]\nsex = {}", "exactly one of column and value", "patients, sex", "column"),
        ("[data.patients]\nsex = { column = 'a', value = 'b' }", "exactly one", "patients, sex", "column"),
        (
            "[data.patients]\nsex = { column = 'a', kodes = {} }",
            "unknown key 'kodes'",
            "patients, sex",
            "codes",
        ),
        ("[data.patients]\nsex = { column = 'a', codes = { 1 = 'mail' } }", "'mail'", "sex, codes", "male"),
        ("[data.patients]\nsex = { value = 'mail' }", "'mail'", "patients, sex", "male"),
        (
            "[data.patients]\nage = { column = 'a', unit = 'moons' }",
            "unknown unit 'moons'",
            "age, unit",
            "months",
        ),
        ("[data.patients]\nage = { column = 'a', codes = { 1 = '2' } }", "only words", "age, codes", "never"),
        ("[data.patients]\nage = { column = 'a', never = [1] }", "never belongs", "patients, age", "missing"),
        ("[data.patients]\nsex = { column = [1] }", "a text or a number", "patients, sex", ""),
        (EVENT, "for which patients", "events 1", "occurred or when"),
        (EVENT + "date = { column = 'a', unit = 'kg' }", "unknown unit 'kg'", "date, unit", "months"),
        (EVENT + "date = { value = 'soon' }", "'soon' is no day", "events 1, date", "-7"),
        (EVENT + "when = { column = 'a' }", "needs column and is", "when", "is"),
        (EVENT + "date = { column = 'a' }\ncontradiction = 'guess'", "'guess'", "contradiction", "use day"),
        ("[[data.events]]\ndate = { column = 'a' }", "event is not mapped", "events 1", "event ="),
        (
            "[[data.events]]\nevent = { value = 'party' }\ndate = { column = 'a' }",
            "'party'",
            "event",
            "relapse",
        ),
        ("[[data.follow_up]]\ndate = { column = 'a' }", "alive is not mapped", "follow_up 1", "alive ="),
        ("[[data.given]]\nname = 'a'", "time is missing", "given 1", "outcome"),
        ("[data]\nevents = 'all'", "a table was expected", "events", "[[data.events]]"),
        ("[data.variables.Sex]\ncolumn = 'a'", "'Sex' cannot be", "variables", "lower-case"),
        ("[data.variables.age]\ncolumn = 'a'", "'age' cannot be", "variables", "no column of patients"),
        (
            "[data.variables.x]\ncolumn = 'a'\nknown = 'later'",
            "unknown moment 'later'",
            "x, known",
            "after day 0",
        ),
        ("[data.variables.x]\ncolumn = 'a'\ntype = 'colour'", "unknown type", "x, type", "number"),
        ("[data.variables.x]\nlable = 'a'", "unknown key 'lable'", "variables, x", "label"),
        ("[data.patients]\nwhen = { column = 'a', is = 1 }", "unknown field 'when'", "patients", "sex"),
        ("[data.follow_up]\ncontradiction = 'use day'", "unknown field", "follow_up", "when"),
        ("[[data.patients]]\n[[data.patients]]", "mapped twice", "[data]", "one"),
    ],
)
def test_refused(text: str, what: str, where: str, allowed: str) -> None:
    with pytest.raises(BadInputError) as error:
        mapping_of(text)
    assert what in str(error.value)
    assert where in error.value.where
    assert allowed in error.value.allowed


def test_read() -> None:
    mapping = mapping_of("""
[data]
source = "x.csv"
layout = "one row per patient"
date_order = "dmy"
missing = ["NA"]
id = { column = "who" }
[data.transplants]
graft = { column = "g", codes = { 1 = "PB", 0 = "bone marrow" } }
[[data.events]]
event = { value = "Died" }
date = { column = "t", never = 99, missing = ["."] }
when = { column = "s", is = 1 }
[data.follow_up]
date = { column = "t", unit = "weeks" }
alive = { value = true }
""")
    assert mapping.patient_id == FieldMap(column="who", missing=("NA",))
    assert mapping.date_order == "dmy"
    patients, transplants, events, follow_up = sorted(
        mapping.rows, key=lambda row: ["patients", "transplants", "events", "follow_up"].index(row.table)
    )
    assert patients.fields == {}
    assert transplants.fields["graft"].codes == {"1": "peripheral blood", "0": "bone marrow"}
    assert transplants.fields["date"] == FieldMap(value="0")
    assert transplants.fields["type"] == FieldMap(value="allogeneic")
    assert events.fields["event"] == FieldMap(value="death", missing=("NA",))
    assert events.fields["date"] == FieldMap(column="t", never=("99",), missing=(".", "NA"))
    assert events.when == Condition("s", ("1",))
    assert events.contradiction == "unknown"
    assert follow_up.fields["date"].unit == "weeks"
    assert follow_up.fields["alive"].value == "yes"
