"""Coded columns: any letter case, listed spellings, and nothing else."""

from __future__ import annotations

from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dayzero.records.codes import codebook, read_code, spelling
from dayzero.records.schema import ABSENT, Column
from dayzero.records.tables import EVENTS, MEASUREMENTS, PATIENTS, TABLES, TRANSPLANTS, TREATMENTS

CODED = [column for table in TABLES for column in table.columns if column.codes]


@pytest.mark.parametrize("column", CODED, ids=lambda column: column.name)
def test_no_spelling_stands_for_two_codes(column: Column) -> None:
    spellings = [
        (spelling(text) or text, code.value) for code in column.codes for text in (code.value, *code.aliases)
    ]
    assert len(dict(spellings)) == len(set(spellings))


@pytest.mark.parametrize("column", CODED, ids=lambda column: column.name)
def test_every_code_is_itself(column: Column) -> None:
    for code in column.codes:
        for text in chain([code.value], code.aliases):
            for typed in (text, text.upper(), text.lower()):
                assert read_code(typed, column) == (code.value, None)


@pytest.mark.parametrize("word", ABSENT)
def test_absent_answers_stay_apart(word: str) -> None:
    assert read_code(word.upper(), TRANSPLANTS.column("remission")) == (word, None)


def test_an_absent_answer_is_no_event() -> None:
    code, problem = read_code("unknown", EVENTS.column("event"))
    assert code is None
    assert problem is not None
    assert problem.rule == "records.unknown_code"


def test_the_nearest_code_is_named() -> None:
    code, problem = read_code("femal", PATIENTS.column("sex"))
    assert code is None
    assert problem is not None
    assert problem.hint == "did you mean 'female'?"
    assert problem.allowed == "male, female, other, unknown"


def test_other_agents_are_kept_and_noted() -> None:
    code, problem = read_code("nelarabine", TREATMENTS.column("agent"))
    assert code == "nelarabine"
    assert problem is not None
    assert problem.rule == "records.open_code"


def test_signs_are_codes_too() -> None:
    column = TRANSPLANTS.column("cmv_donor")
    assert read_code("+", column) == ("positive", None)
    assert read_code("-", column) == ("negative", None)


def test_hyphens_and_blanks_do_not_matter() -> None:
    assert read_code("b all", PATIENTS.column("immunophenotype")) == ("B-ALL", None)
    assert read_code("CAR-T", TREATMENTS.column("agent")) == ("CAR T", None)
    assert read_code("<=", MEASUREMENTS.column("operator")) == ("≤", None)


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=20))
def test_any_text_is_a_code_or_refused(text: str) -> None:
    column = PATIENTS.column("sex")
    code, problem = read_code(text, column)
    assert (code is None) == (problem is not None)
    assert code is None or code in codebook(column).values()
