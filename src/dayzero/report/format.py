"""How every number is printed: the one place where tables, figures and sentences get their digits.

The precision is that of the field's papers: percent with one decimal, p-values with two or three,
months and years with two decimals, days as whole numbers.
"""

from __future__ import annotations

from math import isclose

EN_DASH = "\N{EN DASH}"
NOT_REACHED = "not reached"
NOT_ESTIMABLE = "not estimable"

_SINGULAR = {"days": "day", "weeks": "week", "months": "month", "years": "year"}


def percent(fraction: float | None, *, sign: bool = True) -> str:
    """Print a fraction as a percentage with one decimal.

    Only an exact 0 or 1 is printed without decimals, so that ``0%`` always means that nothing was observed
    and a tiny probability never reads as none.
    """
    if fraction is None:
        return NOT_ESTIMABLE
    end = "%" if sign else ""
    if fraction == 0 or isclose(fraction, 1, rel_tol=1e-12):
        return f"{100 * round(fraction)}{end}"
    if 0 < fraction < 0.0005:
        return f"<0.1{end}"
    if 0.9995 <= fraction < 1:
        return f">99.9{end}"
    return f"{100 * fraction:.1f}{end}"


def span(lower: str, upper: str) -> str:
    """Join two printed limits: with an en dash, or with "to" where one of them is negative or a word."""
    plain = all(limit[:1].isdigit() or limit[:1] in "<>" for limit in (lower, upper))
    return f"{lower}{EN_DASH}{upper}" if plain else f"{lower} to {upper}"


def percent_interval(lower: float | None, upper: float | None) -> str:
    """Print the limits of a probability, in percent: ``59.1–99.0%``."""
    if lower is None and upper is None:
        return NOT_ESTIMABLE
    return span(percent(lower, sign=False), percent(upper, sign=upper is not None))


def ratio(value: float | None) -> str:
    """Print a ratio with two decimals, from 10 with one, from 100 with none; never 0.00."""
    if value is None:
        return NOT_ESTIMABLE
    if value < 0.005:
        return "<0.01"
    if value >= 10_000:
        return ">9,999"
    return f"{value:.2f}" if value < 9.995 else f"{value:.1f}" if value < 99.95 else f"{value:,.0f}"


def ratio_with_limits(value: float | None, lower: float | None, upper: float | None) -> str:
    """Print a ratio with its limits: ``1.50 (1.05–2.13)``."""
    if value is None:
        return NOT_ESTIMABLE
    return f"{ratio(value)} ({span(ratio(lower), ratio(upper))})"


def p_value(p: float | None) -> str:
    """Print a p-value as the papers do: 0.18, 0.05, 0.023, < 0.001.

    Three decimals below 0.055, so that two decimals never hide on which side of 0.05 a p-value is; a last
    zero is dropped.
    """
    if p is None:
        return NOT_ESTIMABLE
    if p < 0.001:
        return "< 0.001"
    if p >= 0.995:
        return "> 0.99"
    if p >= 0.055:
        return f"{p:.2f}"
    return f"{p:.3f}".removesuffix("0")


def p_equals(p: float | None) -> str:
    """Print ``p = 0.18`` or ``p < 0.001``."""
    text = p_value(p)
    return f"p {text}" if text[0] in "<>" else f"p = {text}" if p is not None else f"p {text}"


def integer(value: int) -> str:
    """Print a count, with a comma between thousands."""
    return f"{value:,}"


def plain(value: float | None, decimals: int = 1) -> str:
    """Print a measured value with at most so many decimals and no trailing zeros: 8, 13.5, 1,015."""
    if value is None:
        return NOT_ESTIMABLE
    text = f"{value:,.{decimals}f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace("-", "\N{MINUS SIGN}")


def measured(value: float | None, variable: str) -> str:
    """Print a value of a variable; a calendar year has no comma: 2019, 2018.5."""
    text = plain(value)
    return text.replace(",", "") if variable == "year" else text


def duration(value: float | None, unit: str, *, missing: str = NOT_REACHED) -> str:
    """Print a time without its unit: months and years with two decimals, days and weeks as they are."""
    if value is None:
        return missing
    if unit in ("days", "weeks"):
        return plain(value)
    return f"{value:,.2f}"


def with_unit(text: str, unit: str) -> str:
    """Add a unit to a printed number, in the singular after 1; words stay alone."""
    if not text[:1].isdigit() or not unit:
        return text
    return f"{text} {_SINGULAR.get(unit, unit) if text == '1' else unit}"


def horizon(time: float, unit: str) -> str:
    """Print a horizon as a noun: ``24 months``, ``day 100``."""
    return f"day {plain(time)}" if unit == "days" else with_unit(plain(time, 2), unit)


def horizon_adjective(time: float, unit: str) -> str:
    """Print a horizon as an adjective: ``24-month``, ``100-day``."""
    return f"{plain(time, 2)}-{_SINGULAR.get(unit, unit)}"


def confidence(level: float, *, exact: bool = False) -> str:
    """Print the name of an interval: ``95% CI``, ``exact 95% CI``."""
    return f"{'exact ' if exact else ''}{plain(100 * level, 2)}% CI"


def plural(count: int, one: str, many: str | None = None) -> str:
    """Print a count with its noun: ``1 patient``, ``0 patients``."""
    return f"{integer(count)} {one if count == 1 else many or one + 's'}"


def count_percent(count: int, fraction: float | None) -> str:
    """Print ``14 (17.9%)``; the percentage is left out where there is none."""
    return integer(count) if fraction is None else f"{integer(count)} ({percent(fraction)})"


def sentence(text: str) -> str:
    """Return text with a capital first letter, its other letters as they are; names with ``_`` stay."""
    first = text.split(" ", 1)[0]
    return text if "_" in first else text[:1].upper() + text[1:]


def inside(text: str) -> str:
    """Return a label as it reads inside a sentence: its first letter small, unless it starts a short form."""
    second = text[1:2]
    return text if second.isupper() or second.isdigit() or second in "-'" else text[:1].lower() + text[1:]


def listed(items: list[str]) -> str:
    """Join items as English does: ``a``, ``a and b``, ``a, b and c``."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else ""
