"""Read the result of a FHIR observation: a quantity with its unit, a word, or why there is none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from dayzero.records.codes import spelling
from dayzero.records.fhir_codes import ABSENT_REASONS, RESULTS
from dayzero.records.fhir_resources import codings, names
from dayzero.records.quantities import Quantity, read_quantity
from dayzero.records.results import UNITS, WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dayzero.records.cells import Cell

_ANNOTATION: Final = re.compile(r"\{([^}]*)\}")
#: 10^6 cells a litre are one a microlitre, which the schema converts.
_UCUM: Final = {"10^6/L": "/uL", "1": "fraction", "[IU]/mL": "IU/mL", "[iU]/mL": "IU/mL", "K/uL": "10^3/uL"}


@dataclass(frozen=True)
class Value:
    """A result; ``why`` says why it cannot be read, empty when it can."""

    value: Cell = None
    operator: str | None = None
    unit: str | None = None
    why: str = ""


def observed(body: Mapping[str, Any], analyte: str) -> Value:
    """Return the result of an observation of an analyte."""
    quantity = body.get("valueQuantity")
    if isinstance(quantity, dict):
        return _quantity(quantity, analyte)
    concept = body.get("valueCodeableConcept")
    if isinstance(concept, dict):
        return _concept(concept)
    text = body.get("valueString")
    if isinstance(text, str):
        return _text(text, analyte)
    for _, code in codings(body.get("dataAbsentReason")):
        if code in ABSENT_REASONS:
            return Value(ABSENT_REASONS[code])
    return Value(why="there is no value")


def _quantity(quantity: Mapping[str, Any], analyte: str) -> Value:
    value, comparator = quantity.get("value"), quantity.get("comparator")
    if isinstance(value, bool) or not isinstance(value, (str, int)) or not _is_number(value):
        return Value(why="the quantity has no number")
    given = quantity.get("code") or quantity.get("unit")
    if not isinstance(given, str) or not given.strip():
        return Value(why="the quantity has no unit")
    if "log" in given.casefold() or "lg" in given.casefold():
        return Value(why="the unit is logarithmic")
    return Value(value, comparator if isinstance(comparator, str) else None, unit_of(given, analyte))


def _is_number(value: str | int) -> bool:
    quantity = read_quantity(str(value))
    return isinstance(quantity, Quantity) and not quantity.unit and not quantity.operator


def unit_of(ucum: str, analyte: str) -> str:
    """Return a unit of UCUM as the schema writes it: ``10*9/L`` is 10^9/L, ``10*6/L`` is /uL.

    What stands in braces is a remark in UCUM: dropped from counts, kept elsewhere (``{copies}/mL``).
    """
    plain = _ANNOTATION.sub("" if analyte in UNITS else r"\1", ucum).replace("10*", "10^").strip()
    return _UCUM.get(plain, plain) or "fraction"


def _concept(concept: Mapping[str, Any]) -> Value:
    for coding in codings(concept):
        if coding in RESULTS:
            return Value(RESULTS[coding])
    for name in names(concept):
        if spelling(name) in WORDS:
            return Value(WORDS[spelling(name)])
    return Value(why="the coded result is not known")


def _text(text: str, analyte: str) -> Value:
    if spelling(text) in WORDS:
        return Value(WORDS[spelling(text)])
    quantity = read_quantity(text.strip())
    if not isinstance(quantity, Quantity):
        return Value(why="the result is a free text")
    if not quantity.unit:
        return Value(why="the quantity has no unit")
    if "log" in quantity.unit.casefold():
        return Value(why="the unit is logarithmic")
    return Value(text.strip())
