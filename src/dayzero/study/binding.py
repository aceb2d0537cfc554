"""A parsed rule against the variables of the patients: checked first, then evaluated with three values.

A comparison with a value that is not known is unknown, never false. Besides an empty value, the answers
``unknown`` and ``not done`` are not known, unless the rule itself names them
(``mrd != 'positive'`` is unknown where MRD was not done; ``mrd = 'not done'`` is true there).
``not applicable`` is an answer like any other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from dayzero.errors import BadInputError
from dayzero.study.condition import (
    And,
    Between,
    Compare,
    Condition,
    Holds,
    Leaf,
    Literal,
    Missing,
    Name,
    Not,
    OneOf,
    leaves,
    names_of,
)
from dayzero.study.rules import rule_place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dayzero.endpoints.definition import Variable
    from dayzero.records.schema import Code

NOT_KNOWN = ("unknown", "not done")
_YES_NO = {"yes": True, "no": False}
_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}
_KIND_OF_LITERAL = {str: "a text", float: "a number", bool: "true/false"}


def check_names(
    rule: str,
    condition: Condition,
    notes: Mapping[str, Variable],
    codes: Mapping[str, tuple[Code, ...]],
    where: str,
) -> None:
    """Check every variable and value that a rule names.

    Parameters
    ----------
    rule : str
        The rule as written, for messages.
    condition : Condition
    notes : mapping of str to Variable
        The variables that exist.
    codes : mapping of str to tuple of Code
        Allowed values of the variables that have a closed list of them.
    where : str
        Where the rule stands.

    Raises
    ------
    BadInputError
        Unknown variable, a comparison of unlike things, or a value that is not a code of the variable.
    """
    for leaf in leaves(condition):
        for name in names_of(leaf):
            if name.name not in notes:
                raise _unknown_variable(rule, leaf, name, notes, where)
        _check_leaf(rule, leaf, notes, codes, where)


def _unknown_variable(
    rule: str, leaf: Leaf, name: Name, notes: Mapping[str, Variable], where: str
) -> BadInputError:
    is_value = isinstance(leaf, Compare) and leaf.right == name
    return BadInputError.unknown_name(
        "variable",
        name.name,
        sorted(notes),
        where=rule_place(where, rule, name.position),
        hint="a text goes between single quotes" if is_value else "",
    )


def _check_leaf(
    rule: str,
    leaf: Leaf,
    notes: Mapping[str, Variable],
    codes: Mapping[str, tuple[Code, ...]],
    where: str,
) -> None:
    variable = notes[names_of(leaf)[0].name]
    if isinstance(leaf, Holds) and variable.kind != "yes/no":
        what = f"'{variable.name}' is a {variable.kind}, not a yes/no variable"
        _fail(what, leaf.name.position, rule, where, hint="compare it with a value")
    if _is_ordering(leaf) and variable.kind != "number":
        what = f"'{variable.name}' has no order: it is a {variable.kind} variable"
        _fail(what, names_of(leaf)[0].position, rule, where, allowed="=, !=, in, is missing")
    if len(names_of(leaf)) == 2:
        _check_pair(rule, leaf, notes, where)
    for literal in _literals(leaf):
        _check_literal(rule, variable, literal, codes.get(variable.name, ()), where)


def _check_pair(rule: str, leaf: Leaf, notes: Mapping[str, Variable], where: str) -> None:
    left, right = names_of(leaf)
    kinds = notes[left.name].kind, notes[right.name].kind
    if kinds[0] != kinds[1]:
        what = f"'{left.name}' is a {kinds[0]} and '{right.name}' a {kinds[1]} variable"
        _fail(what, left.position, rule, where, hint="compare like with like")


def _check_literal(
    rule: str, variable: Variable, literal: Literal, codes: tuple[Code, ...], where: str
) -> None:
    value = literal.value
    fits = {
        "number": isinstance(value, float),
        "yes/no": isinstance(value, bool) or value in _YES_NO,
        "category": isinstance(value, str),
    }[variable.kind]
    if not fits:
        allowed = {"number": "a number", "yes/no": "true or false", "category": "a text in single quotes"}
        what = (
            f"'{variable.name}' is a {variable.kind} variable, compared with {_KIND_OF_LITERAL[type(value)]}"
        )
        _fail(what, literal.position, rule, where, allowed=allowed[variable.kind])
    if variable.kind == "category" and codes and value not in {code.value for code in codes}:
        meant = _code_meant(str(value), codes)
        hint = f"'{value}' is written '{meant}' here" if meant else ""
        words = [code.value for code in codes]
        kind = f"value of {variable.name}"
        place = rule_place(where, rule, literal.position)
        raise BadInputError.unknown_name(kind, str(value), words, where=place, hint=hint)


def _code_meant(value: str, codes: tuple[Code, ...]) -> str | None:
    for code in codes:
        if value.lower() == code.value.lower() or value.lower() in code.aliases:
            return code.value
    return None


def _is_ordering(leaf: Leaf) -> bool:
    return isinstance(leaf, Between) or (isinstance(leaf, Compare) and leaf.op not in ("=", "!="))


def _literals(leaf: Leaf) -> tuple[Literal, ...]:
    if isinstance(leaf, Compare):
        return tuple(side for side in (leaf.left, leaf.right) if isinstance(side, Literal))
    if isinstance(leaf, OneOf):
        return leaf.values
    return (leaf.low, leaf.high) if isinstance(leaf, Between) else ()


def _fail(what: str, position: int, rule: str, where: str, *, allowed: str = "", hint: str = "") -> None:
    raise BadInputError(what, where=rule_place(where, rule, position), allowed=allowed, hint=hint)


def values_nobody_has(condition: Condition, frame: pl.DataFrame) -> tuple[tuple[str, str], ...]:
    """Return (variable, value) of the texts a rule compares with that no patient has."""
    absent = []
    for leaf in leaves(condition):
        name = names_of(leaf)[0].name
        texts = [v.value for v in _literals(leaf) if isinstance(v.value, str)]
        if not texts or frame.schema[name].is_numeric() or frame.schema[name] == pl.Boolean:
            continue
        present = set(frame[name].drop_nulls().unique().to_list())
        absent += [(name, text) for text in texts if text not in present]
    return tuple(dict.fromkeys(absent))


def evaluate(condition: Condition, frame: pl.DataFrame) -> pl.Series:
    """Evaluate a checked rule for every row of ``frame``.

    Returns
    -------
    polars.Series
        Boolean, one value a row; null where the answer is not known (Kleene's three-valued logic).
    """
    if frame.is_empty():
        return pl.Series("rule", [], dtype=pl.Boolean)
    return frame.select(rule=_expression(condition, frame).cast(pl.Boolean))["rule"]


def _expression(condition: Condition, frame: pl.DataFrame) -> pl.Expr:
    if isinstance(condition, Not):
        return ~_expression(condition.inner, frame)
    if isinstance(condition, Compare | OneOf | Between | Missing | Holds):
        return _leaf_expression(condition, frame)
    combined = _expression(condition.parts[0], frame)
    for part in condition.parts[1:]:
        following = _expression(part, frame)
        combined = combined & following if isinstance(condition, And) else combined | following
    return combined


def _leaf_expression(leaf: Leaf, frame: pl.DataFrame) -> pl.Expr:
    if isinstance(leaf, Holds):
        return pl.col(leaf.name.name)
    if isinstance(leaf, Missing):
        return _known(leaf.name, frame, ()).is_null()
    if isinstance(leaf, OneOf):
        values = tuple(_plain(literal, leaf.name, frame) for literal in leaf.values)
        return _known(leaf.name, frame, values).is_in(list(values))
    if isinstance(leaf, Between):
        value = _known(leaf.name, frame, ())
        return (value >= leaf.low.value) & (value <= leaf.high.value)
    return _comparison(leaf, frame)


def _comparison(leaf: Compare, frame: pl.DataFrame) -> pl.Expr:
    left, op, right = leaf.left, leaf.op, leaf.right
    if isinstance(left, Literal):
        left, op, right = right, _FLIPPED[op], left
    if not isinstance(left, Name):  # the parser lets no comparison of two values through
        msg = "a comparison without a variable"
        raise TypeError(msg)
    if isinstance(right, Name):
        return _apply(op, _known(left, frame, ()), _known(right, frame, ()))
    value = _plain(right, left, frame)
    return _apply(op, _known(left, frame, (value,)), pl.lit(value))


def _apply(op: str, left: pl.Expr, right: pl.Expr) -> pl.Expr:
    compared = {
        "=": left == right,
        "!=": left != right,
        "<": left < right,
        "<=": left <= right,
        ">": left > right,
        ">=": left >= right,
    }
    return compared[op]


def _plain(literal: Literal, name: Name, frame: pl.DataFrame) -> str | float | bool:
    """Return the value to compare with; yes and no are true and false for a yes/no variable."""
    if frame.schema[name.name] == pl.Boolean and isinstance(literal.value, str):
        return _YES_NO[literal.value]
    return literal.value


def _known(name: Name, frame: pl.DataFrame, named: tuple[object, ...]) -> pl.Expr:
    """Return the column with null wherever the answer is not known and the rule does not name it."""
    column = pl.col(name.name)
    dtype = frame.schema[name.name]
    if dtype.is_numeric():
        return column.cast(pl.Float64).fill_nan(None)
    if dtype == pl.String:
        hidden = [word for word in NOT_KNOWN if word not in named]
        return pl.when(column.is_in(hidden)).then(None).otherwise(column)
    return column
