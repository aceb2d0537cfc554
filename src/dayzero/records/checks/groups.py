"""Check tables that are too large for memory, a group of patients at a time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from dayzero.records.engines import collect, is_on_disk
from dayzero.records.findings import Finding, Where

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dayzero.records.model import Records

#: Rows of all tables that are in memory at once; a row takes some hundred bytes.
ROWS_AT_ONCE: Final = 4_000_000


def groups_of(records: Records) -> Sequence[tuple[str, str]]:
    """Return the first and the last patient of each group; empty when the tables are in memory already.

    Parameters
    ----------
    records : Records
    """
    if not is_on_disk(records.tables["measurements"]):
        return ()
    import narwhals as nw

    patients = collect(nw.from_native(records.tables["patients"]).lazy().select("patient_id"))
    ids = patients["patient_id"].sort()
    rows = sum(records.source.rows.values())
    number = max(1, -(-rows // ROWS_AT_ONCE))
    size = max(1, -(-len(ids) // number))
    return [(ids[start], ids[min(start + size, len(ids)) - 1]) for start in range(0, len(ids), size)]


def in_memory(records: Records, groups: Sequence[tuple[str, str]]) -> Iterator[Records]:
    """Yield the records of each group as Polars frames; without groups, the records as they are."""
    if not groups:
        yield records
        return
    import narwhals as nw

    for first, last in groups:
        patient = nw.col("patient_id")
        own = (patient >= first) & (patient <= last)
        tables = {
            name: collect(nw.from_native(frame).lazy().filter(own)).sort("row")
            for name, frame in records.tables.items()
        }
        yield replace(records, tables=tables)


def about_groups(groups: Sequence[tuple[str, str]]) -> list[Finding]:
    """Return the finding that says what a check group by group cannot see."""
    if len(groups) < 2:
        return []
    what = (
        f"The tables stay on disk and were checked in {len(groups)} groups of patients: rules that compare "
        "patients with each other saw one group at a time."
    )
    return [Finding("records.checked_in_groups", "note", what, Where())]
