"""``results.json``: every number once, in an order and a spelling that depend on nothing but the results."""

from __future__ import annotations

import json
import math
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

from dayzero.records.findings import Finding

if TYPE_CHECKING:
    from dayzero.study.results import Results


def to_json(results: Results) -> str:
    """Return the published form of results.

    Parameters
    ----------
    results : Results

    Returns
    -------
    str
        JSON: keys in the order of the declaration, numbers with every digit that a double has (shortest text
        that reads back as the same double), ``null`` where a number does not exist.

    Raises
    ------
    ValueError
        When a number is NaN or infinite: such a number must never leave.
    """
    return json.dumps(to_plain(results), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def to_plain(value: Any) -> Any:
    """Return dataclasses as dictionaries and tuples as lists, findings with their place flattened."""
    if isinstance(value, Finding):
        return value.as_dict()
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_plain(getattr(value, field.name)) for field in _published(value)}
    if isinstance(value, tuple | list):
        return [to_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, float) and not math.isfinite(value):
        message = "a number that is not finite reached the results"
        raise ValueError(message)
    return value


def _published(value: Any) -> list[Any]:
    """Return the fields of a dataclass; the version of the layout comes first."""
    return sorted(fields(value), key=lambda field: field.name != "schema_version")
