"""Short pieces of text around numbers that tables, figures and sentences share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dayzero.report import format as fmt

if TYPE_CHECKING:
    from dayzero.study.results import EndpointInfo, Estimate, Refusal, Test


def unbroken(text: str) -> str:
    """Return a text that no line break tears apart."""
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def at(time: float, unit: str) -> str:
    """Return a horizon as it stands in a sentence: ``24 months``, never torn apart."""
    return unbroken(fmt.horizon(time, unit))


def with_unit_after(text: str, unit: str) -> str:
    """Return what follows a printed time: a blank and its unit, or nothing after words."""
    return fmt.with_unit(text, unit).removeprefix(text)


def is_exact(conf_type: str) -> bool:
    """Return whether an interval is exact, which a reader must be told."""
    return "exact" in conf_type


def ci_text(estimate: Estimate, *, name: bool = True) -> str:
    """Print the interval of an estimate: ``95% CI 59.1–99.0%``, or without its name ``exact 0–23.2``."""
    exact = is_exact(estimate.conf_type)
    if estimate.lower is None and estimate.upper is None:
        return f"{fmt.confidence(estimate.conf_level)} not estimable" if name else "CI not estimable"
    if name:
        label = fmt.confidence(estimate.conf_level, exact=exact)
        return f"{label} {fmt.percent_interval(estimate.lower, estimate.upper)}"
    limits = fmt.percent_interval(estimate.lower, estimate.upper).removesuffix("%")
    return f"exact {limits}" if exact else limits


def test_p(test: Test) -> str:
    """Print a test with its p-value as a figure has room for: ``Log-rank p = 0.18``."""
    name = fmt.sentence(test.method.removesuffix(" test")) if test.method.startswith("log") else test.method
    return f"{name}: no p-value" if test.p_value is None else f"{name} {fmt.p_equals(test.p_value)}"


def short_name(endpoint: EndpointInfo) -> str:
    """Return the endpoint's short form where it is one people say (``OS``, ``CIR``), else an empty text."""
    name = endpoint.name
    return name if name.isalnum() and sum(c.isupper() for c in name) >= 2 else ""


def endpoint_title(endpoint: EndpointInfo) -> str:
    """Return an endpoint's label with its short form: ``Overall survival (OS)``."""
    short = short_name(endpoint)
    return f"{endpoint.label} ({short})" if short and short not in endpoint.label else endpoint.label


def time_axis(unit: str, origin: str) -> str:
    """Return the title of a time axis: ``Months since first allogeneic transplant``."""
    start = fmt.inside(origin.removeprefix("day 0: "))
    return f"{fmt.sentence(unit)} since {start}" if start else fmt.sentence(unit)


def short_note(estimate: Estimate) -> str:
    """Return what must be said beside an estimate, without repeating that its interval is exact."""
    return estimate.note.replace(": exact interval", "") if is_exact(estimate.conf_type) else estimate.note


#: Parts of a note that explain an interval or a curve: said under a table, too long for a sentence.
_EXPLANATIONS = ("the curve is complete", "estimate of ")


def spoken_note(estimate: Estimate) -> str:
    """Return what must be said beside an estimate even in a sentence: no event, few at risk, few patients."""
    parts = short_note(estimate).split("; ")
    return "; ".join(part for part in parts if not any(words in part for words in _EXPLANATIONS))


#: What happened to a patient, as a person would say it; any other cause is something the patient "had".
_HAPPENED = {
    "death": "died",
    "relapse": "relapsed",
    "relapse or death": "relapsed or died",
    "death without relapse": "died without relapse",
    "alive at last contact": "were alive at last contact",
}
#: What it means for a patient not to have had the event of a survival endpoint.
_SPARED = {"death": "were alive", "relapse or death": "were alive without relapse"}


def happened(endpoint: EndpointInfo) -> str:
    """Say what the event of an endpoint means for a patient: ``relapsed or died``, ``had chronic GVHD``."""
    cause = endpoint.causes[0] if endpoint.causes else "the event"
    if cause.endswith(" negative"):
        return f"were {cause}" + (" before transplant" if endpoint.name.endswith("before_transplant") else "")
    return _HAPPENED.get(cause, f"had {cause}")


def spared(endpoint: EndpointInfo) -> str:
    """Say what it means not to have had the event of a survival endpoint: ``were alive``."""
    cause = endpoint.causes[0] if endpoint.causes else "the event"
    return _SPARED.get(cause, f"were without {cause}")


def nested(text: str) -> str:
    """Return a text that stands inside parentheses, its own turned into brackets."""
    return text.replace("(", "[").replace(")", "]")


def refusal_text(refusal: Refusal) -> str:
    """Say what was withheld and why, what to ask instead, and where the rule comes from."""
    what, instead = refusal.what.rstrip("."), refusal.instead.rstrip(".")
    ask = f" Ask instead: {instead}." if instead else ""
    source = f" ({refusal.source.rstrip('.')})" if refusal.source else ""
    return f"{what}.{ask}{source}"
