"""The shipped examples, run once each, as their ``results.json`` says it."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from dayzero import examples
from dayzero.study import run
from dayzero.study.results_json import to_json

Row = dict[str, Any]


@cache
def results(name: str) -> Row:
    """Return the ``results.json`` of an example."""
    return json.loads(to_json(run(examples.study_path(name)).results))


def one(name: str, part: str, /, **wanted: Any) -> Row:
    """Return the one entry of a list of the results that has these values."""
    found = [row for row in results(name)[part] if all(row[key] == value for key, value in wanted.items())]
    assert len(found) == 1, f"{len(found)} entries of {part} with {wanted}"
    return found[0]


def estimate(
    name: str, endpoint: str, time: float | None, group_by: str | None = None, group: str | None = None
) -> Row:
    """Return an estimate."""
    return one(name, "estimates", endpoint=endpoint, time=time, group_by=group_by, group=group)


def counts(name: str, variable: str) -> dict[str, int]:
    """Return how many patients of the whole cohort have each level of a variable."""
    rows = [r for r in results(name)["characteristics"] if r["variable"] == variable and r["group"] is None]
    assert rows, f"{variable} is not described"
    return {row["level"]: row["n"] for row in rows if row["level"] is not None}


def number(name: str, variable: str) -> Row:
    """Return the line of a number, for all patients."""
    return one(name, "characteristics", variable=variable, group=None)


def findings(name: str, identifier: str) -> list[Row]:
    """Return the findings of a rule."""
    return [row for row in results(name)["findings"] if row["id"] == identifier]
