"""Engraftment, GVHD, infections and complications: who had them, when, and how often by a day."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dayzero.report import format as fmt
from dayzero.report.tables.model import Cell, Column, Footnotes, Row, Table, data_row, heading_row
from dayzero.report.wording import short_note
from dayzero.study.clock import to_days

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dayzero.report.numbers import Numbers
    from dayzero.study.results import EndpointInfo, Estimate, Onset, Results

#: Families of the catalogue in the order of the table, as their chapter is headed.
_CHAPTERS = {
    "graft": "Engraftment and graft",
    "gvhd": "Graft-versus-host disease",
    "infection": "Infections",
    "complication": "Complications",
}
_INCIDENCE = (
    "Cumulative incidence takes death, or another transplant, first for what prevents the event; it is not "
    "the share of patients who had it, since some were followed for a short time."
)


def events_table(results: Results, numbers: Numbers) -> Table | None:
    """Return the events that are not survival; None when the study asks for none.

    Each has a line for all patients and one for each level of its groups: patients, how many had it, the
    median day in those who had it (range), and the cumulative incidence at the study's last horizon for it.
    """
    maker = _Maker(results, numbers)
    rows: list[Row] = []
    for family, heading in _CHAPTERS.items():
        own = [
            row for endpoint in results.endpoints if endpoint.family == family for row in maker.rows(endpoint)
        ]
        rows += [heading_row(heading), *own] if own else []
    if not rows:
        return None
    columns = (
        Column("Event"),
        Column("Patients", "right"),
        Column("Had it", "right"),
        Column("Median day (range)", "right"),
        Column("Cumulative incidence", "right"),
        Column(fmt.confidence(results.study.conf_level), "right"),
        Column("At day", "right"),
    )
    maker.notes.mark(_INCIDENCE)
    caption = "Engraftment, graft-versus-host disease, infections and complications"
    return Table("events", caption, columns, tuple(rows), maker.notes.all())


@dataclass(frozen=True)
class _Maker:
    """What the rows of the table share."""

    results: Results
    numbers: Numbers
    notes: Footnotes = field(default_factory=Footnotes)

    def rows(self, endpoint: EndpointInfo) -> Iterator[Row]:
        """Yield the lines of one endpoint: all patients, then each level of its groups."""
        own = [onset for onset in self.results.onsets if onset.endpoint == endpoint.name]
        if own and own[0].group_by is not None:  # the study leaves out the whole cohort
            yield data_row((endpoint.label, *[""] * 6))
        for onset in own:
            yield self._row(endpoint, onset)

    def _row(self, endpoint: EndpointInfo, onset: Onset) -> Row:
        estimate = self._estimate(onset)
        name = endpoint.label if onset.group_by is None else f"{self._label(onset)}: {onset.group}"
        undated = f"Day not recorded in {fmt.plural(onset.undated, 'patient')}." if onset.undated else ""
        kept = [text for text in onset.competing if not text.endswith(": 0")]
        competing = f"First, and so without it: {'; '.join(kept)}." if kept and onset.group_by is None else ""
        cells = (
            name,
            self.numbers.inline(onset.id, "n"),
            Cell(self.numbers.inline(onset.id, "had"), self.notes.mark(competing)),
            Cell(self.numbers.inline(onset.id, "day"), self.notes.mark(undated)),
            *self._incidence(estimate),
        )
        return data_row(cells, indent=1 if onset.group_by is None else 2, ref=onset.id)

    def _estimate(self, onset: Onset) -> Estimate | None:
        """Return the incidence at the last horizon, which is None for a proportion."""
        own = [
            e
            for e in self.results.estimates
            if (e.endpoint, e.group_by, e.group) == (onset.endpoint, onset.group_by, onset.group)
            and e.time is not None
        ]
        return max(own, key=lambda e: e.time or 0.0, default=None)

    def _incidence(self, estimate: Estimate | None) -> tuple[Cell | str, ...]:
        if estimate is None or estimate.time is None:
            return ("", "", "")
        note = short_note(estimate)
        return (
            Cell(
                self.numbers.inline(estimate.id, "estimate"),
                self.notes.mark(f"{fmt.sentence(note)}." if note else ""),
            ),
            Cell(() if estimate.estimate is None else self.numbers.inline(estimate.id, "interval")),
            fmt.integer(round(to_days(estimate.time, estimate.unit))),
        )

    def _label(self, onset: Onset) -> str:
        labels = {group.name: group.label for group in self.results.groups}
        return labels.get(str(onset.group_by), str(onset.group_by))
