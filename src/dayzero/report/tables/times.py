"""Times: how long patients were followed, each answer with its method, and medians of endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dayzero.report import format as fmt
from dayzero.report.tables.model import Column, Footnote, Row, Table, data_row
from dayzero.report.wording import endpoint_title

if TYPE_CHECKING:
    from dayzero.report.numbers import Numbers
    from dayzero.study.results import FollowUp, Quantile, Results


def follow_up_table(results: Results, numbers: Numbers) -> Table | None:
    """Return every measure of follow-up; None when there is none."""
    if not results.follow_up:
        return None
    unit = results.follow_up[0].unit
    columns = (
        Column("Method"),
        Column("n", "right"),
        Column(f"Median ({unit})", "right"),
        Column(fmt.confidence(results.study.conf_level), "right"),
        Column("Range", "right"),
    )
    rows = tuple(_follow_up(numbers, found) for found in results.follow_up)
    notes = (
        "Not reached: fewer than half of the patients (or, for a limit, too few) were followed that long.",
        "The range is that of the observed times, whether or not they ended with an event.",
    )
    used = [note for note in notes if not note.startswith("Not reached") or _any_not_reached(rows)]
    return Table("follow_up", "Follow-up", columns, rows, tuple(Footnote("", note) for note in used))


def _follow_up(numbers: Numbers, found: FollowUp) -> Row:
    method = fmt.sentence(found.method)
    has_limits = found.lower is not None or found.upper is not None
    return data_row(
        (
            f"{method}: {found.group}" if found.group else method,
            numbers.inline(found.id, "n"),
            numbers.inline(found.id, "median"),
            numbers.inline(found.id, "interval") if has_limits else fmt.EN_DASH,
            numbers.inline(found.id, "range") if found.minimum is not None else fmt.EN_DASH,
        ),
        indent=1 if found.group else 0,
        ref=found.id,
    )


def _any_not_reached(rows: tuple[Row, ...]) -> bool:
    return any(fmt.NOT_REACHED in cell.text for row in rows for cell in row.cells)


def quantile_table(results: Results, numbers: Numbers) -> Table | None:
    """Return medians and other quantiles of the endpoints; None when the study asked for none."""
    if not results.quantiles:
        return None
    columns = (
        Column("Endpoint and group"),
        Column("Reached by", "right"),
        Column(f"Time ({results.quantiles[0].unit})", "right"),
        Column(fmt.confidence(results.study.conf_level), "right"),
    )
    labels = {endpoint.name: endpoint_title(endpoint) for endpoint in results.endpoints}
    rows = tuple(_quantile(numbers, labels, found) for found in results.quantiles)
    return Table("quantiles", "Times by which a share of patients had the event", columns, rows)


def _quantile(numbers: Numbers, labels: dict[str, str], found: Quantile) -> Row:
    label = labels.get(found.endpoint, found.endpoint)
    return data_row(
        (
            f"{label}: {found.group}" if found.group else label,
            fmt.percent(found.probability).replace(".0%", "%"),
            numbers.inline(found.id, "estimate"),
            numbers.inline(found.id, "interval"),
        ),
        indent=1 if found.group else 0,
        ref=found.id,
    )
