"""The outcome table: endpoint by group, with estimate, interval, events, numbers at risk and p-value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dayzero.report import format as fmt
from dayzero.report.numbers import words
from dayzero.report.tables.model import Cell, Column, Footnotes, Row, Table, data_row, heading_row
from dayzero.report.wording import endpoint_title, short_note

if TYPE_CHECKING:
    from dayzero.report.numbers import Numbers
    from dayzero.study.results import EndpointInfo, Estimate, GroupInfo, Refusal, Results

WHOLE = "All patients"
_COLUMNS = 8


def outcome_table(results: Results, numbers: Numbers) -> Table | None:
    """Return probabilities at the horizons, refused results in their place; None when there is neither."""
    at_horizons = [e for e in results.estimates if e.time is not None]
    if not at_horizons and not results.refusals:
        return None
    notes = Footnotes()
    rows: list[Row] = []
    named = {endpoint.name for endpoint in results.endpoints}
    for endpoint in results.endpoints:
        own = [e for e in at_horizons if e.endpoint == endpoint.name]
        refused = [r for r in results.refusals if r.endpoint == endpoint.name]
        if own or refused:
            rows += _endpoint_rows(results, numbers, notes, endpoint, own, refused)
    rows += [_refused(r) for r in results.refusals if r.endpoint not in named]
    level = fmt.confidence(results.study.conf_level)
    columns = (
        Column("Endpoint and group"),
        Column("n", "right"),
        Column("Horizon"),
        Column("Events", "right"),
        Column("At risk", "right"),
        Column("Estimate", "right"),
        Column(level, "right"),
        Column("p", "right"),
    )
    return Table("outcomes", "Outcomes by group", columns, tuple(rows), notes.all())


def _endpoint_rows(
    results: Results,
    numbers: Numbers,
    notes: Footnotes,
    endpoint: EndpointInfo,
    estimates: list[Estimate],
    refusals: list[Refusal],
) -> list[Row]:
    rows = [heading_row(endpoint_title(endpoint), ref=endpoint.name)]
    rows += [_row(numbers, notes, e, WHOLE, 1) for e in estimates if e.group_by is None]
    for group in results.groups:
        own = [e for e in estimates if e.group_by == group.name]
        if own:
            rows.append(_subheading(results, numbers, notes, endpoint.name, group))
            rows += [_row(numbers, notes, e, e.group or "", 2) for e in own]
    return rows + [_refused(refusal) for refusal in refusals]


def _row(numbers: Numbers, notes: Footnotes, estimate: Estimate, name: str, indent: int) -> Row:
    ref = estimate.id
    marks = notes.mark(fmt.sentence(short_note(estimate)))
    kind = notes.mark(
        f"Interval: {estimate.conf_type}." if "beta" in estimate.conf_type.lower() or _exact(estimate) else ""
    )
    time = fmt.horizon(estimate.time or 0.0, estimate.unit)
    return data_row(
        (
            name,
            numbers.inline(ref, "n"),
            time,
            numbers.inline(ref, "events"),
            numbers.inline(ref, "at_risk"),
            Cell(numbers.inline(ref, "estimate"), marks),
            Cell(() if estimate.estimate is None else numbers.inline(ref, "interval"), kind),
            "",
        ),
        indent=indent,
        ref=ref,
    )


def _exact(estimate: Estimate) -> bool:
    return "exact" in estimate.conf_type


def _subheading(results: Results, numbers: Numbers, notes: Footnotes, endpoint: str, group: GroupInfo) -> Row:
    among = f", among {group.among_label or group.among}" if group.among else ""
    test = next((t for t in results.tests if (t.endpoint, t.group_by) == (endpoint, group.name)), None)
    value = Cell()
    if test is not None:
        remark = ". ".join(part for part in (fmt.sentence(test.method), fmt.sentence(test.note)) if part)
        value = Cell(numbers.inline(test.id, "p_value"), notes.mark(f"{remark}."))
        if test.p_value is None:
            value = Cell(words("withheld"), value.marks)
    empty = [Cell()] * (_COLUMNS - 2)
    first = Cell(words(f"By {fmt.inside(group.label)}{among}"))
    return Row((first, *empty, value), "subheading", 1, test.id if test else "")


def _refused(refusal: Refusal) -> Row:
    what = f"Not computed: {refusal.what.rstrip('.')}. Ask instead: {refusal.instead.rstrip('.')}."
    source = f" ({refusal.source})" if refusal.source else ""
    return heading_row(what + source, "refused", refusal.id)
