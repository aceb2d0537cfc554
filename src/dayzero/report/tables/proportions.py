"""Proportions at last contact, with exact intervals: what a small cohort can say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dayzero.report import format as fmt
from dayzero.report.tables.model import Cell, Column, Footnotes, Row, Table, data_row
from dayzero.report.wording import endpoint_title, short_note

if TYPE_CHECKING:
    from dayzero.report.numbers import Numbers
    from dayzero.study.results import EndpointInfo, Estimate, Results


def proportion_table(results: Results, numbers: Numbers) -> Table | None:
    """Return the proportions; None when the study asked for none."""
    found = [e for e in results.estimates if e.time is None]
    if not found:
        return None
    notes = Footnotes()
    endpoints = {endpoint.name: endpoint for endpoint in results.endpoints}
    rows = [_row(numbers, notes, endpoints.get(e.endpoint), e) for e in found]
    columns = (
        Column("Outcome"),
        Column("Patients", "right"),
        Column("Proportion", "right"),
        Column(fmt.confidence(results.study.conf_level), "right"),
    )
    return Table("proportions", "Outcomes at last contact", columns, tuple(rows), notes.all())


def _row(numbers: Numbers, notes: Footnotes, endpoint: EndpointInfo | None, estimate: Estimate) -> Row:
    label = endpoint_title(endpoint) if endpoint else estimate.endpoint
    if endpoint is not None and endpoint.kind == "survival":
        label += ", without the event"
    name = f"{label}: {estimate.group}" if estimate.group else label
    kind = notes.mark(f"Interval: {estimate.conf_type}." if estimate.conf_type else "")
    note = short_note(estimate)
    return data_row(
        (
            name,
            numbers.inline(estimate.id, "share"),
            Cell(
                numbers.inline(estimate.id, "estimate"), notes.mark(f"{fmt.sentence(note)}." if note else "")
            ),
            Cell(numbers.inline(estimate.id, "interval"), kind),
        ),
        indent=1 if estimate.group else 0,
        ref=estimate.id,
    )
