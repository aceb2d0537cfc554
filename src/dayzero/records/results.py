"""Read laboratory results: a number with its operator and unit, or a word such as ``negative``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from dayzero.records.cells import Cell, ErrorCell, Problem, as_text, blank, error_problem, quote
from dayzero.records.codes import spelling
from dayzero.records.quantities import Quantity, conversion, converted, convertible, read_quantity
from dayzero.records.schema import ABSENT

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Words that are results in themselves. They stay apart from each other, from the absent answers and from 0.
WORDS: Final[dict[str, str]] = {
    **dict.fromkeys(("negative", "neg", "undetectable", "not detected", "not detectable"), "negative"),
    **dict.fromkeys(("positive", "pos", "detected", "detectable"), "positive"),
    **dict.fromkeys(
        (
            *("positive not quantifiable", "positive, not quantifiable", "pnq", "not quantifiable"),
            *(
                f"detected{mark}{limit}"
                for mark in (" ", ", ")
                for limit in ("<lloq", "<loq", "below lloq", "below loq")
            ),
        ),
        "positive not quantifiable",
    ),
    **{word: word for word in ABSENT},
}
#: Of viral DNA these stand apart from "not detected" and say that something was seen. Of MRD they may mean
#: either, so that there they are refused.
_BELOW_QUANTIFICATION: Final = (
    *("<lloq", "< lloq", "<loq", "< loq", "<llq", "< llq", "below lloq", "below loq"),
    *("below the limit of quantification", "below the lower limit of quantification"),
)
#: The unit that remains after ingest, and the largest plausible value in it.
UNITS: Final[dict[str, tuple[str, float]]] = {
    "MRD": ("fraction", 1.0),
    "ANC": ("10^9/L", 300.0),
    "platelets": ("10^9/L", 5000.0),
    "chimerism": ("%", 100.0),
    "blasts": ("%", 100.0),
    "haemoglobin": ("g/dL", 30.0),
    "bilirubin": ("mg/dL", 100.0),
    "creatinine": ("mg/dL", 40.0),
    "weight": ("kg", 400.0),
    "temperature": ("°C", 45.0),
    "rash extent": ("%", 100.0),
    "urine protein/creatinine": ("mg/mg", 100.0),
    "GFR": ("mL/min/1.73 m2", 400.0),
    "HVPG": ("mmHg", 80.0),
    "FEV1": ("%", 200.0),
    "DLCO": ("%", 200.0),
    "LVEF": ("%", 100.0),
    "performance": ("%", 100.0),
}

#: Results of each analyte, in its unit after ingest, outside of which they are looked at.
USUAL: Final[dict[str, tuple[float, float]]] = {
    "ANC": (0, 100),
    "platelets": (0, 1500),
    "haemoglobin": (2, 22),
    "bilirubin": (0.05, 50),
    "creatinine": (0.05, 20),
    "temperature": (33, 43),
    "ALT": (0, 15_000),
    "AST": (0, 15_000),
    "LDH": (0, 20_000),
    "GFR": (1, 250),
    "FEV1": (10, 150),
    "DLCO": (10, 150),
    "LVEF": (10, 85),
    "HVPG": (0, 50),
    "urine protein/creatinine": (0, 50),
    "stool volume": (0, 10_000),
}
#: Units in which a result of an analyte is often given, beside the one that remains.
CONFUSED: Final[dict[str, tuple[str, ...]]] = {
    "ANC": ("/uL",),
    "platelets": ("/uL",),
    "haemoglobin": ("g/L",),
    "bilirubin": ("umol/L",),
    "creatinine": ("umol/L",),
}
#: Analytes of which two units have plausible numbers in common: a missing unit is always said.
_ASSUMED: Final = ("haemoglobin", "bilirubin", "creatinine")


@dataclass(frozen=True)
class Result:
    """A result as ingested; ``text`` keeps the cell's own words."""

    value: float | None = None
    operator: str | None = None
    unit: str | None = None
    text: str | None = None


_NONE: Final = Result()
_ALLOWED: Final = "a number, negative, positive, positive not quantifiable, not done or unknown"


def read_results(
    cells: Sequence[Cell],
    analytes: Sequence[str | None],
    operators: Sequence[str | None],
    units: Sequence[str | None],
) -> tuple[list[Result], list[tuple[int, Problem]]]:
    """Read the column ``value`` of measurements beside its analyte, operator and unit, row by row."""
    known: dict[tuple[object, ...], tuple[Result, Problem | None]] = {}
    results: list[Result] = []
    problems: list[tuple[int, Problem]] = []
    for position, row in enumerate(zip(cells, analytes, operators, units, strict=True)):
        key = (type(row[0]), *row)
        if key not in known:
            known[key] = _read(*row)
        result, problem = known[key]
        results.append(result)
        if problem is not None:
            problems.append((position, problem))
    return results, problems


def _read(
    cell: Cell, analyte: str | None, operator: str | None, unit: str | None
) -> tuple[Result, Problem | None]:
    if blank(cell):
        return replace(_NONE, unit=unit), None
    if isinstance(cell, ErrorCell):
        return _NONE, error_problem(cell)
    text = as_text(cell)
    if text is None or isinstance(cell, bool):
        return _NONE, Problem("records.typed_cell", allowed="a number, or a word such as negative")
    word = _word(text, analyte)
    if word is not None:
        return Result(None, None, unit, word), None
    quantity = _quantity(cell, text)
    if isinstance(quantity, Problem):
        return _NONE, replace(quantity, allowed=_ALLOWED)
    return _normalised(quantity, text, analyte, operator or "", unit or "")


def _word(text: str, analyte: str | None) -> str | None:
    word = WORDS.get(text.casefold()) or WORDS.get(spelling(text))
    viral = analyte is not None and analyte.endswith(" DNA")
    return "positive not quantifiable" if viral and spelling(text) in _BELOW_QUANTIFICATION else word


def _quantity(cell: Cell, text: str) -> Quantity | Problem:
    if isinstance(cell, (int, float)):
        return (
            Quantity(float(cell)) if abs(cell) < float("inf") else Problem("records.not_a_number", found=text)
        )
    return read_quantity(text)


def _normalised(
    quantity: Quantity, text: str, analyte: str | None, operator: str, unit: str
) -> tuple[Result, Problem | None]:
    if operator and quantity.operator and operator != quantity.operator:
        return _NONE, Problem("records.operator_conflict", found=f"{quantity.operator} and {operator}")
    if unit and quantity.unit and not _same_unit(quantity.unit, unit, analyte):
        return _NONE, Problem("records.unit_conflict", found=quote(f"{quantity.unit} and {unit}"))
    comma = Problem("records.decimal_comma") if quantity.comma else None
    result = Result(quantity.value, quantity.operator or operator or "=", quantity.unit or unit or None, text)
    if quantity.value < 0:
        return _NONE, Problem("records.implausible_number", found=quote(text), allowed="0 or more")
    if analyte is None or analyte not in UNITS:
        return result, comma
    missing = _without_unit(result, analyte)
    if missing is not None and missing.rule == "records.unit_missing":
        return _NONE, missing
    result, problem = _in_unit(result, analyte)
    return result, problem or missing or comma


def _without_unit(result: Result, analyte: str) -> Problem | None:
    """Say when no unit is given, and refuse a number that is plausible only in another unit."""
    if result.unit is not None or analyte not in CONFUSED:
        return None
    remains, value = UNITS[analyte][0], result.value or 0.0
    low, high = USUAL[analyte]
    for other in CONFUSED[analyte] if value > high else ():
        factor = conversion(other, remains, analyte)
        if factor is not None and low <= converted(value, factor) <= high:
            words = {"unit": remains, "other": other}
            allowed = f"{low:g} to {high:g} {remains}"
            return Problem(
                "records.unit_missing", found=f"{analyte} of {value:g}", allowed=allowed, words=words
            )
    if analyte in _ASSUMED:
        return Problem("records.unit_assumed", found=f"{analyte} in {remains}")
    return None


def _same_unit(one: str, other: str, analyte: str | None) -> bool:
    remains = UNITS[analyte][0] if analyte in UNITS else one
    factor = conversion(one, remains, analyte)
    return factor is not None and factor == conversion(other, remains, analyte)


def _in_unit(result: Result, analyte: str) -> tuple[Result, Problem | None]:
    unit, largest = UNITS[analyte]
    factor = conversion(result.unit or unit, unit, analyte)
    if factor is None:
        allowed = ", ".join(convertible(unit, analyte))
        return _NONE, Problem("records.unknown_unit", found=quote(result.unit or ""), allowed=allowed)
    value = converted(result.value or 0.0, factor)
    if value > largest:
        rule = "records.mrd_above_one" if analyte == "MRD" else "records.implausible_number"
        return _NONE, Problem(rule, found=f"{value:.6g}", allowed=f"0 to {largest:g} {unit}")
    return replace(result, value=value, unit=unit), None
