"""A level that takes patients whose value is not known together with patients whose value is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dayzero.study import guardrails
from dayzero.study.binding import NOT_KNOWN
from dayzero.study.condition import Compare, Literal, Missing, OneOf, leaves, names_of

if TYPE_CHECKING:
    import polars as pl

    from dayzero.records.findings import Finding
    from dayzero.study.cohort import Facts
    from dayzero.study.condition import Condition, Leaf


def missing_as_value(
    level: str, condition: Condition, answer: pl.Series, facts: Facts, where: str
) -> tuple[Finding, ...]:
    """Return a finding for each variable whose missing values a level takes for a value.

    Parameters
    ----------
    level : str
    condition : Condition
        The level's rule.
    answer : polars.Series
        For whom it holds.
    facts : Facts
        Of the same patients.
    where : str
        Where the rule stands.
    """
    taken = facts.frame.filter(answer.fill_null(value=False))
    found = []
    for name in dict.fromkeys(n for leaf in leaves(condition) if _names_missing(leaf) for n in _names(leaf)):
        column = taken[name]
        unknown = column.is_null()
        if column.dtype == facts.frame["patient_id"].dtype:
            unknown = unknown | column.is_in(NOT_KNOWN).fill_null(value=False)
        missing = int(unknown.sum())
        if 0 < missing < taken.height:
            what = (
                f"The level '{level}' takes {missing} patients whose {name} is not known together with "
                f"{taken.height - missing} whose {name} is ({where})."
            )
            found.append(guardrails.MISSING_AS_VALUE.finding(what, item=level))
    return tuple(found)


def _names(leaf: Leaf) -> tuple[str, ...]:
    return tuple(name.name for name in names_of(leaf))


def _names_missing(leaf: Leaf) -> bool:
    """Whether a comparison asks for what is not known: ``is missing``, or the words for it."""
    if isinstance(leaf, Missing):
        return True
    if isinstance(leaf, OneOf):
        return any(value.value in NOT_KNOWN for value in leaf.values)
    if isinstance(leaf, Compare):
        sides = (leaf.left, leaf.right)
        return any(isinstance(side, Literal) and side.value in NOT_KNOWN for side in sides)
    return False
