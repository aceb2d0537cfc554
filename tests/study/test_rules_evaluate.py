"""Rules against patients: three-valued logic, and what a rule may not compare."""

from __future__ import annotations

from itertools import product

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dayzero.endpoints.definition import Variable
from dayzero.errors import BadInputError
from dayzero.records.vocabulary import SEX
from dayzero.study.binding import check_names, evaluate, values_nobody_has
from dayzero.study.rules import parse_rule

FRAME = pl.DataFrame(
    {
        "sex": ["male", "unknown", None, "female"],
        "mrd": ["negative", "not done", "not applicable", "positive"],
        "n": [1, 2, None, 3],
        "x": [1.5, float("nan"), None, 2.0],
        "ino": [True, False, None, True],
    }
)
NOTES = {
    "sex": Variable("sex", "Sex", "category"),
    "mrd": Variable("mrd", "MRD", "category"),
    "n": Variable("n", "Number", "number"),
    "x": Variable("x", "Value", "number"),
    "ino": Variable("ino", "Inotuzumab", "yes/no"),
}


def answers(rule: str, frame: pl.DataFrame = FRAME) -> list[bool | None]:
    condition = parse_rule(rule)
    check_names(rule, condition, NOTES, {"sex": SEX}, "study.toml, line 3")
    return evaluate(condition, frame).to_list()


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("sex = 'male'", [True, None, None, False]),
        ("sex != 'male'", [False, None, None, True]),
        ("not sex = 'male'", [False, None, None, True]),
        ("sex = 'unknown'", [False, True, None, False]),
        ("sex in ('male', 'unknown')", [True, True, None, False]),
        ("sex is missing", [False, True, True, False]),
        ("sex is not missing", [True, False, False, True]),
        ("mrd != 'positive'", [True, None, True, False]),
        ("mrd = 'not done'", [False, True, False, False]),
        ("n between 1 and 2", [True, True, None, False]),
        ("n not between 1 and 2", [False, False, None, True]),
        ("2 <= n", [False, True, None, True]),
        ("n in (1, 3)", [True, False, None, True]),
        ("x > 1", [True, None, None, True]),
        ("n = x", [False, None, None, False]),
        ("ino", [True, False, None, True]),
        ("ino = 'no'", [False, True, None, False]),
        ("ino = true", [True, False, None, True]),
        ("ino or n = 2", [True, True, None, True]),
    ],
)
def test_answers(rule: str, expected: list[bool | None]) -> None:
    assert answers(rule) == expected


def test_kleene_truth_tables() -> None:
    values = (True, False, None)
    pairs = list(product(values, values))
    frame = pl.DataFrame(
        {"a": [p[0] for p in pairs], "b": [p[1] for p in pairs]}, schema=dict.fromkeys("ab", pl.Boolean)
    )

    def both(a: bool | None, b: bool | None) -> bool | None:
        return False if a is False or b is False else None if a is None or b is None else True

    def either(a: bool | None, b: bool | None) -> bool | None:
        return True if a or b else None if a is None or b is None else False

    assert evaluate(parse_rule("a and b"), frame).to_list() == [both(a, b) for a, b in pairs]
    assert evaluate(parse_rule("a or b"), frame).to_list() == [either(a, b) for a, b in pairs]
    assert evaluate(parse_rule("not a"), frame).to_list() == [None if a is None else not a for a, _ in pairs]


def words(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    joined = st.builds("{} {} {}".format, inner, st.sampled_from(["and", "or"]), inner)
    return joined | inner.map("({})".format) | inner.map("not {}".format)


@settings(deadline=None, max_examples=80)
@given(st.recursive(st.sampled_from(["a", "b", "c"]), words, max_leaves=8))
def test_precedence_is_that_of_every_language(rule: str) -> None:
    rows = list(product((True, False), repeat=3))
    frame = pl.DataFrame({name: [row[i] for row in rows] for i, name in enumerate("abc")})
    expected = [eval(rule, {}, dict(zip("abc", row, strict=True))) for row in rows]  # noqa: S307
    assert evaluate(parse_rule(rule), frame).to_list() == expected


def test_no_patient_no_answer() -> None:
    assert answers("ino and n = 1", FRAME.head(0)) == []


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("remision = 1", "unknown variable 'remision'"),
        ("sexx = 'male'", "did you mean 'sex'?"),
        ("sex = male", "a text goes between single quotes"),
        ("sex = 'Male'", "'Male' is written 'male' here"),
        ("sex = 'm'", "allowed: male, female, other, unknown"),
        ("sex > 'male'", "no order"),
        ("sex between 'a' and 'b'", "no order"),
        ("n = 'one'", "compared with a text"),
        ("sex = 1", "compared with a number"),
        ("ino = 1", "allowed: true or false"),
        ("ino = 'perhaps'", "allowed: true or false"),
        ("n and ino", "not a yes/no variable"),
        ("sex = n", "like with like"),
    ],
)
def test_refused(rule: str, words: str) -> None:
    with pytest.raises(BadInputError) as caught:
        answers(rule)
    assert words in str(caught.value)
    assert "study.toml, line 3" in str(caught.value)


def test_values_that_nobody_has() -> None:
    rule = parse_rule("mrd in ('negative', 'neg') or sex = 'other' or n = 9")
    assert values_nobody_has(rule, FRAME) == (("mrd", "neg"), ("sex", "other"))
