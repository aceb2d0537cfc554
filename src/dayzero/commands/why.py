"""``dayzero why``: one patient's timeline, and what a study decided about the patient."""

from __future__ import annotations

import shutil
import textwrap
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dayzero.commands.status import DONE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dayzero.study.timeline import Fact
    from dayzero.study.why import Decision, Explanation, Step


@click.command()
@click.argument("study", type=click.Path(path_type=Path))
@click.argument("patient")
@click.option("--all", "everything", is_flag=True, help="Every laboratory result on a line of its own.")
@click.option(
    "--figure",
    type=click.Path(path_type=Path),
    help="Draw the patient's timeline with laboratory results into this file (.svg, .pdf, .png, .tiff).",
)
def why(study: Path, patient: str, *, everything: bool, figure: Path | None) -> int:
    """Say what the study STUDY makes of the patient PATIENT, and why.

    Prints the whole timeline with sheet and row of each fact, the rule that took the patient out of the
    cohort, variables, groups, and every endpoint with its time, cause and deciding fact. Days count from
    day 0; no calendar date is printed. More than six results of one kind are told in one line unless --all
    is given.

    \b
    Examples:
      dayzero why study.toml A007
      dayzero why study.toml A007 --all
      dayzero why study.toml A007 --figure A007.pdf
    """
    from dayzero.study.loading import load_study
    from dayzero.study.why import why as explain

    width = max(60, min(110, shutil.get_terminal_size().columns))
    loaded = load_study(study)
    told = explain(loaded, patient)
    facts = told.facts if everything else _without_series(told.facts)
    for line in _printed(told, facts, width):
        click.echo(line)
    if figure is not None:
        from dayzero.report.patient_figure import write_timeline

        click.echo(write_timeline(loaded, patient, figure))
    return DONE


#: Results of one kind that are told one by one; more are told together.
_ONE_BY_ONE = 6


def _without_series(facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """Return the facts with each long series of results as one, on the day of its first."""
    series: dict[str, list[Fact]] = {}
    for fact in facts:
        if fact.series and fact.used and fact.day is not None:
            series.setdefault(fact.series, []).append(fact)
    long = {name: found for name, found in series.items() if len(found) > _ONE_BY_ONE}
    first = {id(found[0]): _together(name, found) for name, found in long.items()}
    gone = {id(fact) for found in long.values() for fact in found[1:]}
    return tuple(first.get(id(fact), fact) for fact in facts if id(fact) not in gone)


def _together(name: str, found: list[Fact]) -> Fact:
    numbers = [fact.value for fact in found if fact.value is not None]
    rows = [fact.where.row for fact in found if fact.where.row is not None]
    span = f", {min(numbers):.6g} to {max(numbers):.6g}" if numbers else ""
    words = len(found) - len(numbers)
    said = f", {words} of them in words" if words and numbers else ""
    text = (
        f"{name}: {len(found)} results to day {found[-1].day:.6g}{span}{said}, to row {max(rows, default=0)}"
    )
    return replace(found[0], text=text)


def _printed(told: Explanation, facts: tuple[Fact, ...], width: int) -> Iterator[str]:
    yield f"Patient {told.patient_id} of {told.source}, in {told.study}: " + (
        "in the cohort" if told.in_cohort else "not in the cohort"
    )
    yield from ("", "Timeline, in days from day 0")
    for fact in facts:
        yield from _fact(fact, width)
    yield from ("", "Cohort")
    for step in told.steps:
        yield from _line(_asked(step), width)
    yield from ("", "Variables (* known only after day 0)")
    yield from _variables(told, width)
    if told.groups:
        yield from ("", "Groups")
    for group in told.groups:
        yield from _line(f"{group.label}: {group.level or f'in no level ({group.why})'}", width)
    yield from ("", "Endpoints" if told.in_cohort else _OUTSIDE)
    for decision in told.decisions:
        yield from _line(_decided(decision), width)
    if told.findings:
        yield from ("", "Findings")
    for finding in told.findings:
        yield from _line(f"{finding.severity.upper()} {finding.where}: {finding.what}", width)


_OUTSIDE = "Endpoints, as they would be: the patient is not in the cohort and counts in no result"


def _line(text: str, width: int, first: str = "  ", rest: str = "      ") -> list[str]:
    return textwrap.wrap(
        text, width, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False
    ) or [first.rstrip()]


def _fact(fact: Fact, width: int) -> list[str]:
    day = "no day" if fact.day is None else f"{fact.day:.6g}"
    text = f"{fact.text} ({fact.where})"
    if not fact.used:
        text += " [not used: after the data cut-off]"
    return _line(text, width, f"{day:>8}  ", " " * 12)


def _asked(step: Step) -> str:
    words = {
        "yes": "yes",
        "no": "NO: this took the patient out",
        "not known": "NOT KNOWN: this took the patient out",
        "not asked": "not asked, already out",
    }
    rule = f" [{step.rule}]" if step.rule and step.rule != step.label else ""
    return f"{step.label}{rule}: {words[step.stays]}"


def _variables(told: Explanation, width: int) -> Iterator[str]:
    from dayzero.study.why import NOT_KNOWN

    if not told.variables:
        yield from _line("none: the data cut-off leaves the patient out", width)
        return
    known = [value for value in told.variables if value.value != NOT_KNOWN]
    for value in known:
        late = "" if value.known == "day 0" else "*"
        yield from _line(f"{value.name}{late}: {value.value} ({value.label})", width)
    missing = ", ".join(value.name for value in told.variables if value.value == NOT_KNOWN)
    if missing:
        yield from _line(f"not known: {missing}", width)


def _decided(decision: Decision) -> str:
    if not decision.outcome:
        return f"{decision.name} ({decision.label}): {decision.why}"
    time = "" if decision.time is None else f", day {decision.time:.6g}"
    origin = "" if decision.origin.startswith("day 0") else f" from {decision.origin}"
    flags = f" [{decision.flags}]" if decision.flags else ""
    return f"{decision.name} ({decision.label}): {decision.outcome}{time}{origin}. Why: {decision.why}{flags}"
