r"""The language of cohort rules and group levels: SQL-like conditions, parsed here, never evaluated as code.

Grammar (keywords in any letter case)::

    condition  = conjunction { "or" conjunction }
    conjunction = negation { "and" negation }
    negation   = "not" negation | "(" condition ")" | test
    test       = operand [ comparison ]
    comparison = ( "=" | "!=" | "<>" | "<" | "<=" | ">" | ">=" ) operand
               | [ "not" ] "in" "(" literal { "," literal } ")"
               | [ "not" ] "between" literal "and" literal
               | "is" [ "not" ] "missing"
    operand    = name | literal
    literal    = 'text' | number | "true" | "false"
    name       = letters, digits and underscores, or anything between double quotes
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NoReturn

from dayzero.errors import BadInputError
from dayzero.study.condition import (
    And,
    Between,
    Compare,
    Condition,
    Holds,
    Literal,
    Missing,
    Name,
    Not,
    OneOf,
    Or,
)

SYNTAX = (
    "= != < <= > >=, and, or, not, ( ), in ('a', 'b'), not in, between 1 and 2, is missing, is not missing, "
    "'text', numbers, true, false, and the name of a yes/no variable alone"
)
KEYWORDS = frozenset({"and", "or", "not", "in", "between", "is", "missing", "null", "true", "false"})
_OPERATORS = ("=", "!=", "<", "<=", ">", ">=")
_TOKEN = re.compile(
    r"""\s*(?:
        (?P<number>[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?![\w.]))
      | (?P<text>'(?:[^']|'')*')
      | (?P<quoted>"[^"]+")
      | (?P<word>[^\W\d]\w*)
      | (?P<symbol><=|>=|<>|!=|=|<|>|\(|\)|,)
    )""",
    re.VERBOSE,
)
#: What word processors and programmers type, and what is meant.
_LOOKALIKES = {
    "‘": "use straight single quotes",
    "’": "use straight single quotes",
    "“": "use straight quotes",
    "”": "use straight quotes",
    "≥": "write >=",
    "≤": "write <=",
    "≠": "write !=",
    "&": "write and",
    "|": "write or",
    "!": "write not",
}
_LONGEST_RULE = 2000
_DEEPEST = 40


@dataclass(frozen=True)
class _Token:
    kind: str  # number, text, name, keyword, symbol, end
    value: str
    position: int


def parse_rule(rule: str, where: str = "") -> Condition:
    """Parse a rule.

    Parameters
    ----------
    rule : str
        Such as ``"immunophenotype = 'B-ALL' and remission_number >= 2"``.
    where : str
        Where the rule stands, for the message when it cannot be parsed.

    Returns
    -------
    Condition
        The tree of :mod:`dayzero.study.condition`.

    Raises
    ------
    BadInputError
        When the text is no condition; the message names the character.
    """
    return _Parser(rule, where).whole()


def rule_place(where: str, rule: str, position: int) -> str:
    """Say where in a rule something stands: file and line, the rule, the character counted from 1."""
    return ", ".join(part for part in (where, f'rule "{rule}"', f"character {position}") if part)


class _Parser:
    """Recursive descent, one method per line of the grammar."""

    def __init__(self, rule: str, where: str) -> None:
        self.rule = rule
        self.where = where
        self.at = 0
        self.depth = 0
        self.tokens = self._tokens()

    def whole(self) -> Condition:
        if self.tokens[0].kind == "end":
            self.fail("the rule is empty", 1)
        condition = self.condition()
        rest = self.peek
        if rest.kind != "end":
            hint = "join two conditions with and, or or; text goes between single quotes"
            self.fail(f"unexpected {_said(rest)}", rest.position, hint=hint)
        return condition

    # -- tokens ------------------------------------------------------------------------------

    def _tokens(self) -> list[_Token]:
        if len(self.rule) > _LONGEST_RULE:
            self.fail(f"the rule has {len(self.rule)} characters", 1, hint="split it into several rules")
        tokens: list[_Token] = []
        position = 0
        text = self.rule.rstrip()
        while position < len(text):
            match = _TOKEN.match(text, position)
            if match is None:
                self._fail_at_character(text, position)
            tokens.append(_token(match))
            position = match.end()
        tokens.append(_Token("end", "", len(text) + 1))
        return tokens

    def _fail_at_character(self, text: str, position: int) -> NoReturn:
        position += len(text[position:]) - len(text[position:].lstrip())
        character = text[position]
        if character in "'\"":
            self.fail(f"a text that starts with {character} does not end", position + 1)
        number = "a name cannot start with a digit" if character.isdigit() else ""
        self.fail(f"unexpected '{character}'", position + 1, hint=_LOOKALIKES.get(character, number))

    @property
    def peek(self) -> _Token:
        return self.tokens[self.at]

    def take(self) -> _Token:
        token = self.tokens[self.at]
        if token.kind != "end":
            self.at += 1
        return token

    def accept(self, *values: str) -> _Token | None:
        """Take the next token when it is one of these keywords or symbols."""
        if self.peek.kind in ("keyword", "symbol") and self.peek.value in values:
            return self.take()
        return None

    def expect(self, value: str, after: str) -> None:
        if self.accept(value) is None:
            self.fail(f"expected '{value}' {after}, found {_said(self.peek)}", self.peek.position)

    def fail(self, what: str, position: int, hint: str = "") -> NoReturn:
        raise BadInputError(
            what, where=rule_place(self.where, self.rule, position), allowed=SYNTAX, hint=hint
        )

    # -- grammar -----------------------------------------------------------------------------

    def condition(self) -> Condition:
        parts = [self.conjunction()]
        while self.accept("or"):
            parts.append(self.conjunction())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def conjunction(self) -> Condition:
        parts = [self.negation()]
        while self.accept("and"):
            parts.append(self.negation())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def negation(self) -> Condition:
        self.depth += 1
        if self.depth > _DEEPEST:
            self.fail("the rule is nested too deeply", self.peek.position)
        try:
            if self.accept("not"):
                return Not(self.negation())
            if self.accept("("):
                inner = self.condition()
                self.expect(")", "to close the parenthesis")
                return inner
            return self.test()
        finally:
            self.depth -= 1

    def test(self) -> Condition:
        left = self.operand()
        operator = self.peek
        if operator.kind == "symbol" and operator.value in _OPERATORS:
            self.take()
            return self._compare(left, operator.value, self.operand())
        if operator.kind == "keyword" and operator.value in ("not", "in", "between", "is"):
            return self._worded(self._needs_name(left, operator))
        if isinstance(left, Literal):
            self.fail(
                f"{_said_literal(left)} alone is no condition",
                left.position,
                hint="compare it with a variable",
            )
        return Holds(left)

    def _compare(self, left: Name | Literal, op: str, right: Name | Literal) -> Condition:
        if isinstance(left, Literal) and isinstance(right, Literal):
            self.fail("a comparison needs a variable", left.position)
        following = self.peek
        if following.kind == "symbol" and following.value in _OPERATORS:
            hint = "write two comparisons joined by and, or name between 1 and 2"
            what = f"unexpected '{following.value}': comparisons do not chain"
            self.fail(what, following.position, hint=hint)
        return Compare(op, left, right)

    def _needs_name(self, left: Name | Literal, operator: _Token) -> Name:
        if isinstance(left, Literal):
            self.fail(f"'{operator.value}' needs a variable before it", operator.position)
        return left

    def _worded(self, name: Name) -> Condition:
        if self.accept("is"):
            negated = self.accept("not") is not None
            if self.accept("missing", "null") is None:
                self.fail(f"expected 'missing' after 'is', found {_said(self.peek)}", self.peek.position)
            return Not(Missing(name)) if negated else Missing(name)
        negated = self.accept("not") is not None
        test: Condition
        if self.accept("in"):
            test = OneOf(name, self._list())
        elif self.accept("between"):
            low = self.literal("after 'between'")
            self.expect("and", "between the two limits")
            test = Between(name, low, self.literal("after 'and'"))
        else:
            found = self.peek
            self.fail(f"expected 'in' or 'between' after 'not', found {_said(found)}", found.position)
        return Not(test) if negated else test

    def _list(self) -> tuple[Literal, ...]:
        self.expect("(", "after 'in'")
        values = [self.literal("in the list")]
        while self.accept(","):
            values.append(self.literal("in the list"))
        self.expect(")", "to close the list")
        return tuple(values)

    def operand(self) -> Name | Literal:
        if self.peek.kind == "name":
            token = self.take()
            return Name(token.value, token.position)
        return self.literal("")

    def literal(self, place: str) -> Literal:
        token = self.peek
        if token.kind == "text":
            value: str | float | bool = token.value
        elif token.kind == "number":
            value = float(token.value)
        elif token.kind == "keyword" and token.value in ("true", "false"):
            value = token.value == "true"
        else:
            wanted = f"a value {place}" if place else "a variable or a value"
            hint = "text goes between single quotes" if token.kind == "name" else ""
            hint = "equality is one =" if token.value == "=" else hint
            self.fail(f"expected {wanted}, found {_said(token)}", token.position, hint=hint)
        self.take()
        return Literal(value, token.position)


def _token(match: re.Match[str]) -> _Token:
    kind = str(match.lastgroup)
    value = match.group(kind)
    position = match.start(kind) + 1
    if kind == "text":
        value = value[1:-1].replace("''", "'")
    elif kind == "quoted":
        kind, value = "name", value[1:-1]
    elif kind == "word":
        kind = "keyword" if value.lower() in KEYWORDS else "name"
        value = value.lower() if kind == "keyword" else value
    elif value == "<>":
        value = "!="
    return _Token(kind, value, position)


def _said(token: _Token) -> str:
    return "the end of the rule" if token.kind == "end" else f"'{token.value}'"


def _said_literal(literal: Literal) -> str:
    if isinstance(literal.value, bool):
        return str(literal.value).lower()
    return f"'{literal.value}'" if isinstance(literal.value, str) else f"{literal.value:g}"
