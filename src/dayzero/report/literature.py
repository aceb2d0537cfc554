"""Published results that a study may be read beside: a table with its sources, and no comparison."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from dayzero.errors import BadInputError
from dayzero.report import format as fmt
from dayzero.report.document import Paragraph, Section
from dayzero.report.numbers import words
from dayzero.report.tables.model import Cell, Column, Footnote, Footnotes, Row, Table, data_row

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dayzero.report.numbers import Inline, Numbers
    from dayzero.report.phrases import Phrases
    from dayzero.report.sections.numbering import Numbering
    from dayzero.study.results import Results

_DATA = Path(__file__).with_name("literature.toml")
#: The columns of outcomes: field of the data, heading, endpoints of this study that may stand there.
_OUTCOMES = (
    ("os", "OS", ("OS",)),
    ("dfs", "DFS, EFS or PFS", ("DFS", "EFS")),
    ("cir", "Relapse", ("CIR",)),
    ("nrm", "NRM", ("NRM",)),
)
_DERIVED = "Follows from printed numbers; not printed itself."


@dataclass(frozen=True)
class Published:
    """What a publication prints about one group of patients; empty where it says nothing."""

    study: str
    population: str
    n: str
    cited: str
    country: str = ""
    income: str = ""
    follow_up: str = ""
    os: str = ""
    dfs: str = ""
    cir: str = ""
    nrm: str = ""
    derived: tuple[str, ...] = ()


@cache
def published() -> Mapping[str, Published]:
    """Return every published result by its key, such as ``badar2021``."""
    entries = tomllib.loads(_DATA.read_text(encoding="utf-8"))
    return {
        key: Published(**{**entry, "derived": tuple(entry.get("derived", ()))})
        for key, entry in entries.items()
    }


def check_publications(keys: Iterable[str], where: str) -> None:
    """Check that the data have every publication that a study names.

    Raises
    ------
    BadInputError
        With those there are.
    """
    for key in keys:
        if key not in published():
            raise BadInputError.unknown_name(
                kind="published study", found=key, allowed=published(), where=where
            )


def literature(results: Results, numbers: Numbers, phrases: Phrases, numbering: Numbering) -> Section:
    """Return the section on the literature; empty when the study names none."""
    table = literature_table(results, numbers)
    if table is None:
        return Section("literature", "Beside the literature", ())
    blocks = (Paragraph(phrases.say("literature.caution")), *numbering.table(table))
    return Section("literature", "Beside the literature", blocks)


def literature_table(results: Results, numbers: Numbers) -> Table | None:
    """Return published results with this study's own in the first line; None when it names none.

    Raises
    ------
    BadInputError
        When the study names a publication that is not in the data.
    """
    keys = results.report.literature
    if not keys:
        return None
    check_publications(keys, "[literature] include")
    notes = Footnotes()
    rows = (_own(results, numbers), *(_row(published()[key], notes) for key in keys))
    columns = (
        Column("Study, country and income"),
        Column("Population and design"),
        Column("n", "right"),
        *(Column(heading) for _, heading, _ in _OUTCOMES),
    )
    income = Footnote(
        "",
        "Income: group of the country by the World Bank, fiscal year 2024. Numbers of others are as "
        "printed, probabilities in percent; intervals, where printed, are 95%.",
    )
    caption = "This study beside published results"
    return Table("literature", caption, columns, rows, (*notes.all(), income))


def _row(study: Published, notes: Footnotes) -> Row:
    place = f"; {study.country}, {study.income} income" if study.country else ""
    cells = [_cell(study, field, notes) for field, _, _ in _OUTCOMES]
    name = Cell(words(f"{study.study}{place}"), notes.mark(f"{study.cited}."))
    return data_row((name, study.population, _cell(study, "n", notes), *cells))


def _cell(study: Published, field: str, notes: Footnotes) -> Cell:
    text: str = getattr(study, field)
    marks = notes.mark(_DERIVED) if field in study.derived else ()
    return Cell(words(text.replace("-", fmt.EN_DASH) if "%" in text else text or fmt.EN_DASH), marks)


def _own(results: Results, numbers: Numbers) -> Row:
    """Return this study's own line, each outcome at the latest time that it was estimated at."""
    cells = [_outcome(results, numbers, names) for _, _, names in _OUTCOMES]
    n = numbers.inline("study", "n")
    return data_row(("This study", "The patients of this report", n, *cells), ref="study")


def _outcome(results: Results, numbers: Numbers, names: tuple[str, ...]) -> Inline:
    kinds = {endpoint.name: endpoint.kind for endpoint in results.endpoints}
    for name in names:
        own = [e for e in results.estimates if e.endpoint == name and e.group_by is None]
        if not own:
            continue
        latest = max(own, key=lambda e: -1.0 if e.time is None else e.time)
        if latest.time is None:
            share = "without the event" if kinds[name] == "survival" else "with the event"
            count = (*numbers.inline(latest.id, "count"), *words(" of "), *numbers.inline(latest.id, "n"))
            return (*count, *words(f" {share} ("), *numbers.inline(latest.id, "ci"), *words(")"))
        interval = (*words(" ("), numbers.span(latest.id, "interval"), *words(")"))
        when = words(f" at {fmt.horizon(latest.time, latest.unit)}")
        return (numbers.span(latest.id, "estimate"), *interval, *when)
    return words(fmt.EN_DASH)
