"""Read numbers as people write them: operator, value and unit kept apart; nothing guessed about commas."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from dayzero.records.cells import Cell, ErrorCell, Problem, as_text, blank, error_problem, missing_hint, quote
from dayzero.records.schema import ABSENT

_OPERATORS: Final = {
    "<": "<",
    "<=": "≤",
    "=<": "≤",
    "≤": "≤",
    "=": "=",
    "==": "=",
    ">": ">",
    ">=": "≥",
    "≥": "≥",
}
_SUPERSCRIPT: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_RAISED = re.compile(r"10([⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻]+)")
_MICROLITRE = re.compile(r"mcl|microl(?:itre|iter)?")
_ANNOTATION = re.compile(r"\{[a-z]*\}")
_PER = re.compile(r"^per(?=ul|nl|l$|mm|kg)")
_CUBIC = re.compile(r"mm\^3")
_POWER_OF_TEN = re.compile(r"^x?10(?:\^|\*{1,2}|e)([0-9]+)")
_PATTERN = re.compile(
    r"(?P<operator><=|=<|>=|==|[<>=≤≥])? ?"
    r"(?:10\^(?P<bare>[+-]?[0-9]{1,2})|(?P<number>[+-]?[0-9][0-9.,]*|[+-]?\.[0-9]+)(?P<exponent>[eE][+-]?[0-9]{1,3})?"
    r"(?: ?[x×*·] ?10 ?\^? ?(?P<power>[+-]?[0-9]{1,2}))?"
    r")"
    r" ?(?P<unit>[^0-9^.,].*|10\^.*)?"
)
_PLAIN = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")
#: One comma that cannot separate thousands: not followed by exactly three digits, or after a leading zero.
_DECIMAL_COMMA = re.compile(r"[+-]?(?:[0-9]+,(?:[0-9]{1,2}|[0-9]{4,})|0+,[0-9]+|[0-9]{4,},[0-9]+)")
_EUROPEAN = re.compile(r"[+-]?[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+")
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(?:(?:,[0-9]{3}){2,}|(?:,[0-9]{3})+\.[0-9]+)")


@dataclass(frozen=True)
class Quantity:
    """A number as written.

    Attributes
    ----------
    value : float
    operator : {"", "<", "≤", "=", "≥", ">"}
    unit : str
        Whatever followed the number; empty when nothing did.
    comma : bool
        Whether the decimal mark was a comma.
    """

    value: float
    operator: str = ""
    unit: str = ""
    comma: bool = False


def read_quantity(text: str) -> Quantity | Problem:
    """Read ``<0.01 %``, ``1e-4``, ``2.5 x 10^-5`` or ``0,5`` into operator, value and unit.

    A comma is a decimal mark only where it cannot separate thousands: ``0,5`` is a half, ``1,234`` refused.
    """
    match = _PATTERN.fullmatch(_powers(text))
    if match is None:
        return Problem("records.not_a_number", found=quote(text), allowed="a number", hint=missing_hint(text))
    operator = _OPERATORS.get(match["operator"] or "", "")
    unit = (match["unit"] or "").strip()
    if match["bare"] is not None:
        return Quantity(float(f"1e{int(match['bare'])}"), operator, unit)
    plain, comma = _without_commas(match["number"])
    if plain is None:
        rule = "records.ambiguous_comma" if "," in match["number"] else "records.not_a_number"
        return Problem(rule, found=quote(text), allowed="a number with a decimal point")
    power = f"e{int(match['power'])}" if match["power"] else ""
    value = _scaled(plain, match["exponent"] or "", power)
    if abs(value) == float("inf"):
        return Problem("records.not_a_number", found=quote(text), allowed="a number")
    return Quantity(value, operator, unit, comma)


def _scaled(plain: str, exponent: str, power: str) -> float:
    """Return the number; decimal text is read in one go, so that ``1x10^-4`` is exactly ``1e-4``."""
    if exponent and power:
        return float(plain + exponent) * float("1" + power)
    return float(plain + (exponent or power))


def _without_commas(number: str) -> tuple[str | None, bool]:
    if _PLAIN.fullmatch(number):
        return number, False
    if _DECIMAL_COMMA.fullmatch(number):
        return number.replace(",", "."), True
    if _EUROPEAN.fullmatch(number):
        return number.replace(".", "").replace(",", "."), True
    if _THOUSANDS.fullmatch(number):
        return number.replace(",", ""), False
    return None, False


def read_number(cell: Cell, unit: str) -> tuple[float | None, Problem | None, bool]:
    """Read a cell of a ``number`` column whose unit is ``unit``.

    Returns
    -------
    value : float or None
    problem : Problem or None
    comma : bool
        Whether a decimal comma was read.
    """
    if blank(cell):
        return None, None, False
    if isinstance(cell, ErrorCell):
        return None, error_problem(cell), False
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return _finite(float(cell))
    text = as_text(cell)
    if text is None or isinstance(cell, bool):
        return None, Problem("records.typed_cell", allowed="a number"), False
    if text.casefold() in ABSENT:
        return None, None, False
    return _from_text(text, unit)


def _from_text(text: str, unit: str) -> tuple[float | None, Problem | None, bool]:
    quantity = read_quantity(text)
    if isinstance(quantity, Problem):
        return None, quantity, False
    if quantity.operator not in ("", "="):
        return None, Problem("records.operator", found=quote(text), allowed="a number without < or >"), False
    factor = conversion(quantity.unit or unit, unit)
    if factor is None:
        allowed = ", ".join(convertible(unit)) if unit else "a number alone"
        return None, Problem("records.unknown_unit", found=quote(quantity.unit), allowed=allowed), False
    value, problem, _ = _finite(converted(quantity.value, factor))
    return value, problem, quantity.comma


def _finite(value: float) -> tuple[float | None, Problem | None, bool]:
    if value != value or value in (float("inf"), float("-inf")):
        return None, Problem("records.not_a_number", found=str(value), allowed="a number"), False
    return value, None, False


#: Units that are converted, by the unit that remains: value in the unit that remains = value × factor.
_CONVERSIONS: Final[dict[str, dict[str, str]]] = {
    "years": {"year": "1", "y": "1", "months": "1/12", "month": "1/12", "weeks": "28/1461", "days": "4/1461"},
    "Gy": {"cgy": "1/100", "rad": "1/100"},
    "10^6/kg": {"/kg": "1e-6", "10^5/kg": "0.1", "10^8/kg": "100"},
    "10^8/kg": {"/kg": "1e-8", "10^6/kg": "0.01", "10^7/kg": "0.1"},
    "10^9/L": {
        "g/l": "1",
        "giga/l": "1",
        "gpt/l": "1",
        "/nl": "1",
        "k/ul": "1",
        "tsd/ul": "1",
        "thou/ul": "1",
        "10^3/ul": "1",
        "10^3/mm3": "1",
        "10^6/l": "1e-3",
        "/ul": "1e-3",
        "cells/ul": "1e-3",
        "/mm3": "1e-3",
        "cells/mm3": "1e-3",
        "/cmm": "1e-3",
        "/l": "1e-9",
    },
    "fraction": {"%": "0.01", "percent": "0.01", "‰": "0.001", "ratio": "1"},
    "%": {"percent": "1", "fraction": "100"},
    "mg/dL": {"mg/l": "1/10"},
    "g/dL": {"g/l": "1/10"},
    "kg": {"g": "1/1000"},
    "°C": {"c": "1", "degc": "1", "degreesc": "1"},
    "mg/mg": {"g/g": "1", "mg/g": "1/1000"},
}


#: Amounts of a substance per litre, as laboratories convert them: the factor depends on what is measured.
_MOLAR: Final[dict[str, dict[str, str]]] = {
    "bilirubin": {"umol/l": "10/171"},
    "creatinine": {"umol/l": "10/884", "mmol/l": "10000/884"},
    "haemoglobin": {"mmol/l": "1.6114"},
    "urine protein/creatinine": {"mg/mmol": "10/1131", "g/mmol": "10000/1131"},
}


def conversion(unit: str, to: str, analyte: str | None = None) -> Fraction | None:
    """Return the exact factor that turns ``unit`` into ``to``, ``None`` when there is none.

    ``analyte`` is what was measured, for amounts of a substance: 17.1 umol/L of bilirubin are 1 mg/dL,
    88.4 umol/L of creatinine are.
    """
    if _plain_unit(unit) == _plain_unit(to):
        return Fraction(1)
    plain = _plain_unit(unit)
    factor = _MOLAR.get(analyte or "", {}).get(plain) or _CONVERSIONS.get(to, {}).get(plain)
    return None if factor is None else Fraction(factor)


def convertible(to: str, analyte: str | None = None) -> tuple[str, ...]:
    """Return the units that :func:`conversion` turns into ``to``, that unit first."""
    return tuple(dict.fromkeys((to, *_CONVERSIONS.get(to, {}), *_MOLAR.get(analyte or "", {}))))


def converted(value: float, factor: Fraction) -> float:
    """Return ``value × factor`` of the number as written: 0.03 percent is exactly ``0.0003``."""
    return value if factor == 1 else float(Fraction(repr(value)) * factor)


def _plain_unit(unit: str) -> str:
    """Return the form in which units are compared: ``x10⁹ / L``, ``10*9/L`` and ``10e9/l`` are ``10^9/l``."""
    plain = _powers(unit).casefold().replace(" ", "").replace("µ", "u").replace("μ", "u").replace("×", "x")
    plain = _ANNOTATION.sub("", _MICROLITRE.sub("ul", plain))
    return _POWER_OF_TEN.sub(r"10^\1", _CUBIC.sub("mm3", _PER.sub("/", plain)))


def _powers(text: str) -> str:
    """Return text with superscripts as plain signs: ``10⁻⁴`` is ``10^-4``, ``mm³`` is ``mm3``."""
    marked = _RAISED.sub(lambda match: "10^" + match[1], text)
    return marked.translate(_SUPERSCRIPT)
