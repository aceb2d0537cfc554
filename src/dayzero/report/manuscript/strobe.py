"""The STROBE checklist for cohort studies, answered where the report answers it.

Items and letters are those of the checklist (von Elm et al. 2007); what each asks is said in short, in our
words. What no program can know is left to the authors.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dayzero.report.figures.flow import flow_tells
from dayzero.report.manuscript.choices import compared
from dayzero.report.tables.model import Column, Footnote, Table, data_row, heading_row

if TYPE_CHECKING:
    from dayzero.report.tables.model import Row
    from dayzero.study.results import Results

_DONE, _PART, _AUTHORS, _NONE = "Answered", "In part", "For the authors", "Not applicable"


@dataclass(frozen=True)
class Item:
    """An item of the checklist: its number, what it asks, whether and where the report answers it."""

    number: str
    asks: str
    status: str
    where: str


def strobe_table(results: Results) -> Table | None:
    """Return the checklist of a study; None for one without patients or results."""
    if not results.study.n and not results.endpoints:
        return None
    rows: list[Row] = []
    for heading, items in _sections(results):
        rows.append(heading_row(heading))
        rows += [data_row((i.number, i.asks, i.status, i.where), indent=1) for i in items]
    columns = (Column("Item"), Column("What is asked"), Column("Status"), Column("Where, or what remains"))
    note = Footnote("", "Items after von Elm et al., Lancet 2007;370:1453-1457, in our words.")
    caption = "STROBE checklist for cohort studies"
    return Table("strobe", caption, columns, tuple(rows), (note,))


def _sections(results: Results) -> tuple[tuple[str, tuple[Item, ...]], ...]:
    return (
        ("Title and abstract", _title(results)),
        ("Introduction", _introduction(results)),
        ("Methods", (*_setting(results), *_variables(results), *_statistics(results))),
        ("Results", (*_participants(results), *_findings(results))),
        ("Discussion", _discussion()),
        ("Other information", (Item("22", "Funding and the role of the funders", _AUTHORS, ""),)),
    )


def _title(results: Results) -> tuple[Item, ...]:
    stated = bool(results.design.design)
    return (
        Item(
            "1a",
            "The design, by its usual name, in title or abstract",
            _DONE if stated else _PART,
            "Abstract" if stated else "Abstract: cohort study; whether it is retrospective is not stated",
        ),
        Item("1b", "A balanced summary in the abstract", _PART, "Abstract; conclusion to be written"),
    )


def _introduction(results: Results) -> tuple[Item, ...]:
    asked = bool(results.study.question)
    return (
        Item("2", "Background and reasons", _AUTHORS, ""),
        Item("3", "Objectives and hypotheses", _PART if asked else _AUTHORS, "Abstract" if asked else ""),
    )


def _setting(results: Results) -> tuple[Item, ...]:
    dated = results.design.first_year is not None
    return (
        Item("4", "Key elements of the design", _PART, "Methods, Patients"),
        Item(
            "5",
            "Setting, places and dates",
            _PART if dated else _AUTHORS,
            "Methods, Patients: years of transplant; places to be named"
            if dated
            else "Years of transplant and places are not in the records",
        ),
        Item(
            "6a",
            "Eligibility, sources and selection of patients, methods of follow-up",
            _PART,
            "Methods, Patients: rules of the cohort; how patients were found and followed remains",
        ),
        Item("6b", "Matched studies: criteria and numbers", _NONE, "Patients were not matched"),
    )


def _variables(results: Results) -> tuple[Item, ...]:
    groups = bool(compared(results))
    return (
        Item("7", "Outcomes, exposures and confounders defined", _DONE, "Methods, Outcomes; Definitions"),
        Item("8", "Sources of data and methods of measurement", _PART, "Definitions; assays remain"),
        Item("9", "Efforts against bias", _PART, "Methods, Missing values; Limitations; Findings"),
        Item("10", "How the size of the study was arrived at", _AUTHORS, "The flow shows all patients"),
        Item(
            "11",
            "How quantitative variables were handled and grouped",
            _DONE if groups else _NONE,
            "Methods, Outcomes" if groups else "No groups were compared",
        ),
    )


def _statistics(results: Results) -> tuple[Item, ...]:
    among = any(group.among for group in compared(results))
    adjusted = bool(results.models)
    return (
        Item(
            "12a",
            "Statistical methods, control of confounding included",
            _DONE,
            "Methods, Statistics" + ("" if adjusted else "; nothing was adjusted for"),
        ),
        Item(
            "12b",
            "Subgroups and interactions",
            _DONE if among else _NONE,
            "Methods, Outcomes" if among else "No subgroup was examined",
        ),
        Item("12c", "How missing data were addressed", _DONE, "Methods, Missing values"),
        Item("12d", "How loss to follow-up was addressed", _DONE, "Methods, Outcomes: censoring; Follow-up"),
        Item("12e", "Sensitivity analyses", _AUTHORS, "None was run"),
    )


def _participants(results: Results) -> tuple[Item, ...]:
    drawn = flow_tells(results)
    followed = bool(results.follow_up)
    described = bool(results.characteristics)
    return (
        Item("13a", "Numbers at each stage", _DONE, "Results; table of the flow (tables/flow.csv)"),
        Item("13b", "Reasons for leaving patients out", _DONE, "Table of the flow"),
        Item(
            "13c",
            "A flow diagram",
            _DONE if drawn else _NONE,
            "Figure: flow of patients" if drawn else "No rule left a patient out",
        ),
        Item(
            "14a",
            "Characteristics of the patients",
            _DONE if described else _AUTHORS,
            "Table of characteristics" if described else "",
        ),
        Item(
            "14b",
            "Missing values of each variable",
            _DONE if described else _AUTHORS,
            "Table of characteristics; Limitations" if described else "",
        ),
        Item(
            "14c",
            "Follow-up time",
            _DONE if followed else _AUTHORS,
            "Results; table of follow-up" if followed else "",
        ),
    )


def _findings(results: Results) -> tuple[Item, ...]:
    groups, adjusted = bool(compared(results)), bool(results.models)
    return (
        Item("15", "Outcome events over time", _DONE, "Results; tables and figures of outcomes"),
        Item(
            "16a",
            "Unadjusted and adjusted estimates with their precision; which confounders, and why",
            _PART,
            "Outcomes, with intervals"
            + ("; models; the choice of confounders remains" if adjusted else "; no adjusted estimate"),
        ),
        Item(
            "16b",
            "Boundaries of categories",
            _DONE if groups else _NONE,
            "Methods, Outcomes" if groups else "No groups were compared",
        ),
        Item("16c", "Absolute risks", _DONE, "Outcomes are absolute probabilities"),
        Item(
            "17",
            "Other analyses",
            _DONE if groups else _NONE,
            "Results, by groups" if groups else "None was made",
        ),
    )


def _discussion() -> tuple[Item, ...]:
    return (
        Item("18", "Key results with reference to the objectives", _AUTHORS, "Results can be drawn on"),
        Item("19", "Limitations, with direction of bias", _PART, "Limitations; their direction remains"),
        Item("20", "A cautious interpretation", _AUTHORS, ""),
        Item("21", "Generalisability", _AUTHORS, ""),
    )
