"""The outcome table: endpoint by group, with estimate, interval, events, numbers at risk and p-value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dayzero.report import format as fmt
from dayzero.report.numbers import Numbers, words
from dayzero.report.tables.model import Cell, Column, Footnote, Footnotes, Row, Table, data_row, heading_row
from dayzero.report.wording import endpoint_title, is_exact, refusal_text, short_note

if TYPE_CHECKING:
    from dayzero.study.results import EndpointInfo, Estimate, GroupInfo, Refusal, Results

WHOLE = "All patients"


@dataclass(frozen=True)
class _Maker:
    """What the rows of one outcome table share."""

    results: Results
    numbers: Numbers
    with_horizon: bool
    notes: Footnotes = field(default_factory=Footnotes)

    def endpoint(
        self, endpoint: EndpointInfo, estimates: list[Estimate], refusals: list[Refusal]
    ) -> list[Row]:
        """Return an endpoint's heading, its whole cohort, its groupings and what was refused."""
        rows = [heading_row(endpoint_title(endpoint), ref=endpoint.name)]
        rows += [self.row(e, WHOLE, 1) for e in estimates if e.group_by is None]
        for group in self.results.groups:
            own = [e for e in estimates if e.group_by == group.name]
            if own:
                rows.append(self.subheading(endpoint.name, group))
                rows += [self.row(e, e.group or "", 2) for e in own]
        return rows + [_refused(refusal) for refusal in refusals]

    def row(self, estimate: Estimate, name: str, indent: int) -> Row:
        """Return the line of one estimate."""
        ref = estimate.id
        unusual = is_exact(estimate.conf_type) or estimate.conf_type.startswith("beta")
        interval = self.notes.mark(f"Interval: {estimate.conf_type}." if unusual else "")
        time = fmt.horizon(estimate.time or 0.0, estimate.unit)
        note = short_note(estimate)
        cells = (
            name,
            self.numbers.inline(ref, "n"),
            *((time,) if self.with_horizon else ()),
            self.numbers.inline(ref, "events"),
            self.numbers.inline(ref, "at_risk"),
            Cell(
                self.numbers.inline(ref, "estimate"),
                self.notes.mark(f"{fmt.sentence(note)}." if note else ""),
            ),
            Cell(() if estimate.estimate is None else self.numbers.inline(ref, "interval"), interval),
            "",
        )
        return data_row(cells, indent=indent, ref=ref)

    def subheading(self, endpoint: str, group: GroupInfo) -> Row:
        """Return the line of a grouping with the p-value of its comparison."""
        tests = self.results.tests
        test = next((t for t in tests if (t.endpoint, t.group_by) == (endpoint, group.name)), None)
        value = Cell()
        if test is not None:
            adjusted = test.p_adjusted is not None and f"adjusted by Holm: {fmt.p_equals(test.p_adjusted)}"
            remark = ". ".join(fmt.sentence(part) for part in (test.method, adjusted, test.note) if part)
            marks = self.notes.mark(f"{remark}.")
            content = (
                self.numbers.inline(test.id, "p_value") if test.p_value is not None else words("withheld")
            )
            value = Cell(content, marks)
        among = f", among {group.among_label or group.among}" if group.among else ""
        first = Cell(words(f"By {fmt.inside(group.label)}{among}"))
        empty = [Cell()] * (6 if self.with_horizon else 5)
        return Row((first, *empty, value), "subheading", 1, test.id if test else "")


def outcome_table(results: Results, numbers: Numbers) -> Table | None:
    """Return probabilities at the horizons, refused results in their place; None when there is neither."""
    at_horizons = [e for e in results.estimates if e.time is not None]
    if not at_horizons and not results.refusals:
        return None
    horizons = list(dict.fromkeys((e.time or 0.0, e.unit) for e in at_horizons))
    maker = _Maker(results, numbers, with_horizon=len(horizons) > 1)
    rows: list[Row] = []
    for endpoint in results.endpoints:
        own = [e for e in at_horizons if e.endpoint == endpoint.name]
        refused = [r for r in results.refusals if r.endpoint == endpoint.name]
        if own or refused:
            rows += maker.endpoint(endpoint, own, refused)
    named = {endpoint.name for endpoint in results.endpoints}
    rows += [_refused(r) for r in results.refusals if r.endpoint not in named]
    caption = f"Outcomes at {fmt.horizon(*horizons[0])}" if len(horizons) == 1 else "Outcomes"
    notes = (*maker.notes.all(), *_conventions(results, at_horizons))
    return Table("outcomes", caption, _columns(results, with_horizon=maker.with_horizon), tuple(rows), notes)


def _columns(results: Results, *, with_horizon: bool) -> tuple[Column, ...]:
    return (
        Column("Endpoint and group"),
        Column("n", "right"),
        *((Column("Horizon"),) if with_horizon else ()),
        Column("Events", "right"),
        Column("At risk", "right"),
        Column("Estimate", "right"),
        Column(fmt.confidence(results.study.conf_level), "right"),
        Column("p", "right"),
    )


def _conventions(results: Results, estimates: list[Estimate]) -> list[Footnote]:
    """Return what exactly was done, once for each convention used."""
    texts = dict.fromkeys(e.convention for e in estimates if e.convention)
    texts |= dict.fromkeys(t.convention for t in results.tests if t.convention)
    return [Footnote("", f"{fmt.sentence(text)}.") for text in texts]


def _refused(refusal: Refusal) -> Row:
    return heading_row(refusal_text(refusal), "refused", refusal.id)
