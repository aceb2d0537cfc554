"""A rule as data: a tree of frozen nodes, made by :mod:`dayzero.study.rules`, never executed as code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

Value = str | float | bool


@dataclass(frozen=True)
class Name:
    """A variable, and the character (from 1) where it stands in the rule."""

    name: str
    position: int


@dataclass(frozen=True)
class Literal:
    """A text, a number, or true/false."""

    value: Value
    position: int


@dataclass(frozen=True)
class Compare:
    """``left op right``; ``op`` is one of ``= != < <= > >=``; at least one side is a variable."""

    op: str
    left: Name | Literal
    right: Name | Literal


@dataclass(frozen=True)
class OneOf:
    """``name in (...)``."""

    name: Name
    values: tuple[Literal, ...]


@dataclass(frozen=True)
class Between:
    """``name between low and high``, both ends included."""

    name: Name
    low: Literal
    high: Literal


@dataclass(frozen=True)
class Missing:
    """``name is missing``: the one condition that is never unknown."""

    name: Name


@dataclass(frozen=True)
class Holds:
    """A bare yes/no variable."""

    name: Name


@dataclass(frozen=True)
class Not:
    """Negation; the negation of unknown is unknown."""

    inner: Condition


@dataclass(frozen=True)
class And:
    """All of the parts."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Or:
    """At least one of the parts."""

    parts: tuple[Condition, ...]


Condition = Compare | OneOf | Between | Missing | Holds | Not | And | Or
Leaf = Compare | OneOf | Between | Missing | Holds


def leaves(condition: Condition) -> Iterator[Leaf]:
    """Yield the comparisons of a condition, from left to right."""
    if isinstance(condition, Not):
        yield from leaves(condition.inner)
    elif isinstance(condition, And | Or):
        for part in condition.parts:
            yield from leaves(part)
    else:
        yield condition


def names_of(leaf: Leaf) -> tuple[Name, ...]:
    """Return the variables of one comparison, in order."""
    if isinstance(leaf, Compare):
        return tuple(side for side in (leaf.left, leaf.right) if isinstance(side, Name))
    return (leaf.name,)


def variables(condition: Condition) -> tuple[str, ...]:
    """Return the names of the variables of a condition, in order of first mention."""
    return tuple(dict.fromkeys(name.name for leaf in leaves(condition) for name in names_of(leaf)))
