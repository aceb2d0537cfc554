"""Which numbers a result has for a claim to be compared with, in the units in which papers print them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dayzero.study.results import (
    Characteristic,
    CohortStep,
    EndpointInfo,
    Estimate,
    FollowUp,
    Quantile,
    StudyInfo,
    Test,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PERCENT, P_VALUE, PATIENTS = "%", "p", "patients"


@dataclass(frozen=True)
class Value:
    """A number as a paper prints it, its unit, out of how many patients, or the reason why there is none."""

    number: float | None
    unit: str
    out_of: int | None = None
    reason: str = ""


def _share(field: str) -> Callable[[Estimate], Value]:
    def value(estimate: Estimate) -> Value:
        fraction = getattr(estimate, field)
        return Value(None if fraction is None else 100 * fraction, PERCENT, reason=_unestimable(estimate))

    return value


def _unestimable(estimate: Estimate) -> str:
    return estimate.note.removeprefix("not estimable: ") or "it is not estimable"


def _number(field: str, unit: str, reason: str = "") -> Callable[[Any], Value]:
    return lambda result: Value(getattr(result, field), unit, reason=reason)


def _time(field: str, reason: str) -> Callable[[Any], Value]:
    return lambda result: Value(getattr(result, field), result.unit, reason=reason)


_NO_VALUE = "no patient has a value"
_FIELDS: Mapping[type, Mapping[str, Callable[[Any], Value]]] = {
    StudyInfo: {"n": lambda s: Value(s.n, PATIENTS)},
    CohortStep: {name: _number(name, PATIENTS) for name in ("remaining", "excluded", "unknown")},
    EndpointInfo: {
        "events": lambda e: Value(e.counts[0] if e.counts else 0, PATIENTS, e.n),
        "without": lambda e: Value(e.n - (e.counts[0] if e.counts else 0), PATIENTS, e.n),
        "censored": lambda e: Value(e.censored, PATIENTS, e.n),
        "n": lambda e: Value(e.n, PATIENTS),
    },
    Estimate: {
        "estimate": _share("estimate"),
        "lower": _share("lower"),
        "upper": _share("upper"),
        "events": lambda e: Value(e.events, PATIENTS, e.n),
        "at_risk": _number("at_risk", PATIENTS, "a proportion has no patients at risk"),
        "n": _number("n", PATIENTS),
    },
    Test: {
        "p_value": lambda t: Value(t.p_value, P_VALUE, reason=t.note or "there is no p-value"),
        "p": lambda t: Value(t.p_value, P_VALUE, reason=t.note or "there is no p-value"),
        "n": _number("n", PATIENTS),
    },
    Quantile: {name: _time(name, "it was not reached") for name in ("estimate", "lower", "upper")},
    FollowUp: {
        **{name: _time(name, "it was not reached") for name in ("median", "lower", "upper")},
        **{name: _time(name, _NO_VALUE) for name in ("minimum", "maximum")},
        "n": _number("n", PATIENTS),
    },
}
_MEASURED: Mapping[str, Callable[[Any], Value]] = {
    **{name: _time(name, _NO_VALUE) for name in ("median", "minimum", "maximum", "q1", "q3")},
    "n": _number("n", PATIENTS),
    "missing": _number("missing", PATIENTS),
}
_COUNTED: Mapping[str, Callable[[Any], Value]] = {
    "n": lambda c: Value(c.n, PATIENTS, c.total),
    "percent": lambda c: Value(
        None if c.fraction is None else 100 * c.fraction, PERCENT, reason="nobody has a value"
    ),
    "missing": _number("missing", PATIENTS),
}


def fields_of(result: object) -> tuple[str, ...]:
    """Return the names of the values that a claim can be about; the first is meant when none is named."""
    return tuple(_values(result))


def value_of(result: object, field: str) -> Value:
    """Return one value of a result, as a paper prints it."""
    return _values(result)[field](result)


def _values(result: object) -> Mapping[str, Callable[[Any], Value]]:
    if isinstance(result, Characteristic):
        return _MEASURED if result.kind == "number" else _COUNTED
    return _FIELDS[type(result)]
