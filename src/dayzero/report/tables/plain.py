"""Tables that print texts as they are: the patient listing, the findings and the flow of the cohort."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dayzero.report import format as fmt
from dayzero.report.tables.model import Column, Footnote, Table, cell, data_row
from dayzero.report.tables.model import Row as TableRow

if TYPE_CHECKING:
    from dayzero.report.numbers import Numbers
    from dayzero.study.results import Listing, Results


#: So few patients are shown side by side on a page, one column each, when there is much to say of each.
_SIDE_BY_SIDE, _MANY_COLUMNS = 6, 8


def listing_table(results: Results, *, for_page: bool = False) -> Table | None:
    """Return the patients of a small cohort; None for larger ones.

    Parameters
    ----------
    results : Results
    for_page : bool
        Turn a short, wide listing on its side, so that a page need not be scrolled.
    """
    listing = results.listing
    if listing is None or not listing.rows:
        return None
    lines = [listing.labels, *listing.rows]
    if for_page and len(listing.rows) <= _SIDE_BY_SIDE and len(listing.columns) > _MANY_COLUMNS:
        lines = list(zip(*lines, strict=True))
    columns = tuple(Column(label) for label in lines[0])
    rows = tuple(TableRow(tuple(cell(text) for text in line)) for line in lines[1:])
    note = Footnote("", "Patients are shown under pseudonymous ids; days count from day 0.")
    return Table("listing", "Patients", columns, rows, (note,), wide=len(columns) > _MANY_COLUMNS)


def further_listings(results: Results) -> list[Table]:
    """Return the listings besides that of the patients, such as the relapses."""
    return [_listed(listing) for listing in results.listings]


def _listed(listing: Listing) -> Table:
    aligned = zip(listing.labels, _numeric(listing), strict=True)
    columns = tuple(Column(label, "right" if number else "left") for label, number in aligned)
    rows = tuple(TableRow(tuple(cell(text) for text in line)) for line in listing.rows)
    notes = tuple(
        Footnote("", text) for text in (listing.note, "Patients are shown under pseudonymous ids.") if text
    )
    return Table(listing.name, listing.caption, columns, rows, notes, wide=len(columns) > _MANY_COLUMNS)


def _numeric(listing: Listing) -> list[bool]:
    """Return which columns hold nothing but numbers; the first, the patient's id, never counts as one."""
    cells = list(zip(*listing.rows, strict=True)) or [()] * len(listing.labels)
    numbers = [bool(column) and all(text.replace(",", "").isdigit() for text in column) for column in cells]
    return [False, *numbers[1:]]


def findings_table(results: Results) -> Table | None:
    """Return every finding, worst first, for a file; the page folds repeated ones."""
    if not results.findings:
        return None
    columns = tuple(
        Column(label) for label in ("Severity", "What", "Where", "Found", "Allowed", "Hint", "Source", "Rule")
    )
    rows = tuple(
        data_row((f.severity, f.what, str(f.where), f.found, f.allowed, f.hint, f.source, f.id))
        for f in results.findings
    )
    return Table("findings", "Findings", columns, rows, wide=True)


def flow_table(results: Results, numbers: Numbers) -> Table | None:
    """Return the steps that led to the cohort, with how many patients each left out."""
    if not results.cohort:
        return None
    columns = (
        Column("Step"),
        Column("Rule"),
        Column("Excluded", "right"),
        Column("Not known", "right"),
        Column("Remaining", "right"),
    )
    rows = tuple(
        data_row(
            (
                step.label,
                step.rule,
                *(numbers.inline(step.id, field) for field in ("excluded", "unknown", "remaining")),
            ),
            ref=step.id,
        )
        for step in results.cohort
    )
    note = Footnote("", "Not known: left out because the rule could not be decided from what is recorded.")
    used = (note,) if any(step.unknown for step in results.cohort) else ()
    return Table("flow", fmt.sentence("from the data to the cohort"), columns, rows, used)
