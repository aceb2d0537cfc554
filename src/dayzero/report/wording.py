"""Short pieces of text around numbers that tables, figures and sentences share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dayzero.report import format as fmt

if TYPE_CHECKING:
    from dayzero.study.results import EndpointInfo, Estimate, Test

_TESTS = {"log-rank": "log-rank", "gray": "Gray's test"}


def is_exact(conf_type: str) -> bool:
    """Return whether an interval is exact, which a reader must be told."""
    return "exact" in conf_type


def ci_text(estimate: Estimate, *, name: bool = True) -> str:
    """Print the interval of an estimate: ``95% CI 59.1–99.0%``, or ``exact 0–23.2`` where the name is known."""
    exact = is_exact(estimate.conf_type)
    if estimate.lower is None and estimate.upper is None:
        return f"{fmt.confidence(estimate.conf_level)} not estimable" if name else "CI not estimable"
    if name:
        label = fmt.confidence(estimate.conf_level, exact=exact)
        return f"{label} {fmt.percent_interval(estimate.lower, estimate.upper)}"
    limits = fmt.percent_interval(estimate.lower, estimate.upper).removesuffix("%")
    return f"exact {limits}" if exact else limits


def test_name(test: Test) -> str:
    """Return the name of a test as a sentence has it: ``log-rank``, ``Gray's test``."""
    return _TESTS.get(test.method.lower(), test.method)


def test_p(test: Test) -> str:
    """Print a test with its p-value: ``Log-rank p = 0.18``."""
    return f"{fmt.sentence(test_name(test))} {fmt.p_equals(test.p_value)}"


def short_name(endpoint: EndpointInfo) -> str:
    """Return the endpoint's short form where it is one people say (``OS``, ``CIR``), else an empty text."""
    name = endpoint.name
    return name if name.isalnum() and sum(c.isupper() for c in name) >= 2 else ""


def time_axis(unit: str, origin: str) -> str:
    """Return the title of a time axis: ``Months since first allogeneic transplant``."""
    return f"{fmt.sentence(unit)} since {fmt.inside(origin)}" if origin else fmt.sentence(unit)
