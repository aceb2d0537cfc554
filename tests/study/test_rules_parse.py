"""The language of rules: what parses to what, and what is refused where."""

from __future__ import annotations

import pytest

from dayzero.errors import BadInputError
from dayzero.study.condition import (
    And,
    Between,
    Compare,
    Holds,
    Literal,
    Missing,
    Name,
    Not,
    OneOf,
    Or,
    variables,
)
from dayzero.study.rules import parse_rule


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("sex = 'male'", Compare("=", Name("sex", 1), Literal("male", 7))),
        ("age <> -1.5e1", Compare("!=", Name("age", 1), Literal(-15.0, 8))),
        ("2 <= n", Compare("<=", Literal(2.0, 1), Name("n", 6))),
        ("a >= b", Compare(">=", Name("a", 1), Name("b", 6))),
        ("inotuzumab", Holds(Name("inotuzumab", 1))),
        ("NOT inotuzumab", Not(Holds(Name("inotuzumab", 5)))),
        ("x in ('a', 'it''s')", OneOf(Name("x", 1), (Literal("a", 7), Literal("it's", 12)))),
        ("x not in (1)", Not(OneOf(Name("x", 1), (Literal(1.0, 11),)))),
        ("n between 1 and 2", Between(Name("n", 1), Literal(1.0, 11), Literal(2.0, 17))),
        ("x is missing", Missing(Name("x", 1))),
        ("x is not null", Not(Missing(Name("x", 1)))),
        ('"my column" = true', Compare("=", Name("my column", 1), Literal(value=True, position=15))),
    ],
)
def test_meaning(rule: str, expected: object) -> None:
    assert parse_rule(rule) == expected


def test_and_binds_tighter_than_or_and_not_tightest() -> None:
    a, b, c = (Holds(Name(name, at)) for name, at in (("a", 5), ("b", 11), ("c", 16)))
    assert parse_rule("not a and b or c") == Or((And((Not(a), b)), c))


def test_parentheses_change_the_order() -> None:
    a, b, c = (Holds(Name(name, at)) for name, at in (("a", 1), ("b", 8), ("c", 13)))
    assert parse_rule("a and (b or c)") == And((a, Or((b, c))))


def test_the_and_of_between_is_not_a_conjunction() -> None:
    parsed = parse_rule("n between 1 and 2 and inotuzumab")
    assert isinstance(parsed, And)
    assert isinstance(parsed.parts[0], Between)


def test_variables_in_order_of_first_mention() -> None:
    assert variables(parse_rule("b = 1 or (a > b and not c)")) == ("b", "a", "c")


@pytest.mark.parametrize(
    ("rule", "character", "words"),
    [
        ("", 1, "empty"),
        ("sex == 'male'", 6, "equality is one ="),
        ("sex = 'male", 7, "does not end"),
        ("1 < n < 3", 7, "do not chain"),
        ("n ≥ 1", 3, "write >="),
        ("n = ‘a’", 5, "straight single quotes"),
        ("a & b", 3, "write and"),
        ("(a", 3, "expected ')'"),
        ("a)", 2, "unexpected ')'"),
        ("a b", 3, "join two conditions"),
        ("n in 1", 6, "expected '('"),
        ("n in ()", 7, "expected a value"),
        ("n not 3", 7, "'in' or 'between'"),
        ("n is 3", 6, "'missing'"),
        ("not", 4, "the end of the rule"),
        ("3", 1, "no condition"),
        ("1 = 2", 1, "needs a variable"),
        ("3 in (1)", 3, "needs a variable"),
        ("n = 1abc", 5, "start with a digit"),
        ("(" * 60 + "a", 41, "nested too deeply"),
        ("a" * 3000, 1, "3000 characters"),
    ],
)
def test_refused_with_the_character(rule: str, character: int, words: str) -> None:
    with pytest.raises(BadInputError) as caught:
        parse_rule(rule, "study.toml, line 7")
    message = str(caught.value)
    assert message.startswith("study.toml, line 7, rule ")
    assert f"character {character}:" in message
    assert words in message
    assert "allowed: " in message
