"""Every number on the page is the number of the results, printed again here by other code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from report.page import read

if TYPE_CHECKING:
    from pathlib import Path

    from dayzero.study.results import Results


def percent(value: float | None, sign: str = "%") -> str:
    if value is None:
        return "not estimable"
    return f"{round(100 * value)}{sign}" if value in (0, 1) else "%.1f%s" % (100 * value, sign)  # noqa: UP031


def time(value: float | None, unit: str) -> str:
    if value is None:
        return "not reached"
    return "{:.2f}".format(value) if unit == "months" else f"{round(value):,}"  # noqa: UP032


def joined(low: str, high: str) -> str:
    return f"{low} to {high}" if "not" in low + high else f"{low}–{high}"


def limits(found: object) -> str:
    low, high, unit = (getattr(found, name) for name in ("lower", "upper", "unit"))
    return "not estimable" if low is high is None else joined(time(low, unit), time(high, unit))


def expected(results: Results) -> dict[tuple[str, str], str]:
    printed: dict[tuple[str, str], str] = {}
    for e in results.estimates:
        interval = joined(percent(e.lower, ""), percent(e.upper))
        exact = "exact " if "exact" in e.conf_type else ""
        printed |= {
            (e.id, "estimate"): percent(e.estimate),
            (e.id, "interval"): interval,
            (e.id, "ci"): f"{exact}95% CI {interval}",
            (e.id, "n"): str(e.n),
            (e.id, "events"): str(e.events),
            (e.id, "at_risk"): str(e.at_risk),
            (e.id, "share"): f"{e.events}/{e.n}",
            (e.id, "count"): str(e.events),
        }
    for t in results.tests:
        assert t.p_value is not None
        p = f"{t.p_value:.2f}" if t.p_value > 0.055 else f"{t.p_value:.3f}".removesuffix("0")
        printed |= {(t.id, "p_value"): p, (t.id, "p"): f"p = {p}"}
    for q in results.quantiles:
        printed |= {(q.id, "estimate"): time(q.estimate, q.unit), (q.id, "interval"): limits(q)}
    for f in results.follow_up:
        printed |= {(f.id, "n"): str(f.n), (f.id, "median"): time(f.median, f.unit)}
        printed |= {(f.id, "interval"): limits(f)}
        printed[f.id, "range"] = f"{time(f.minimum, f.unit)}–{time(f.maximum, f.unit)}"
    for c in results.characteristics:
        value = f"{c.n} ({percent(c.fraction)})" if c.level else f"{c.median:g} ({c.minimum:g}–{c.maximum:g})"
        printed |= {(c.id, "value"): value, (c.id, "missing"): str(c.missing), (c.id, "n"): str(c.n)}
        printed |= {(c.id, "all"): str(c.total + c.missing), (c.id, "median"): f"{c.median or 0:g}"}
        printed[c.id, "range"] = f"{c.minimum or 0:g}–{c.maximum or 0:g}"
    for s in results.cohort:
        printed[s.id, "remaining"] = str(s.remaining)
    for e in results.endpoints:
        printed |= {(e.name, "n"): str(e.n), (e.name, "events"): str(e.counts[0])}
        printed[e.name, "not_eligible"] = str(e.not_eligible)
    printed["study", "n"] = str(results.study.n)
    for g in results.groups:
        printed |= {(f"group.{g.name}", level): str(n) for level, n in zip(g.levels, g.counts, strict=True)}
    return printed


@pytest.mark.parametrize("which", ["cohort", "five"])
def test_numbers_of_text_and_tables(which: str, request: pytest.FixtureRequest) -> None:
    results: Results = request.getfixturevalue(which)
    folder: Path = request.getfixturevalue(f"{which}_folder")
    page = read((folder / "report.html").read_text(encoding="utf-8"))
    numbers = [e for e in page.elements if "data-field" in e.attributes]
    found = {(e.attributes["data-id"], e.attributes["data-field"]): e.text for e in numbers}
    wanted = expected(results)
    assert {key: wanted[key] for key in found} == found
    assert len(numbers) > (100 if which == "cohort" else 20)


def test_every_result_is_on_the_page_under_its_id(cohort: Results, cohort_folder: Path) -> None:
    page = read((cohort_folder / "report.html").read_text(encoding="utf-8"))
    ids = {e.attributes.get("id") for e in page.elements}
    lists = (cohort.estimates, cohort.tests, cohort.quantiles, cohort.follow_up, cohort.refusals)
    for found in lists:
        for result in found:
            assert "_".join(result.id.split()) in ids


def test_numbers_of_a_table_say_their_convention(cohort: Results, cohort_folder: Path) -> None:
    page = read((cohort_folder / "report.html").read_text(encoding="utf-8"))
    conventions = {e.id: e.convention for e in cohort.estimates}
    titles = {
        e.attributes["data-id"]: e.attributes.get("title")
        for e in page.elements
        if e.attributes.get("data-field") == "estimate"
    }
    assert {ref: titles[ref] for ref in conventions} == conventions


def test_numbers_of_figures(cohort: Results, cohort_folder: Path) -> None:
    estimates = {e.id: e for e in cohort.estimates}
    tests = {t.id: t for t in cohort.tests}
    page = read((cohort_folder / "report.html").read_text(encoding="utf-8"))
    seen = 0
    for element in page.of("text"):
        ref = element.attributes.get("data-id", "")
        if ref in estimates:
            e = estimates[ref]
            exact = "exact " if "exact" in e.conf_type else ""
            bounds = joined(percent(e.lower, ""), percent(e.upper, ""))
            assert element.text == f"{percent(e.estimate)} ({exact}{bounds})"
            seen += 1
        elif ref in tests:
            p = tests[ref].p_value
            assert p is not None
            assert element.text.split(" p = ")[1] == (f"{p:.2f}" if p > 0.055 else f"{p:.3f}".rstrip("0"))
            seen += 1
    assert seen == sum(
        len(panel.estimates) + (panel.test is not None)
        for figure in cohort.figures
        for row in figure.rows
        for panel in row
    )
