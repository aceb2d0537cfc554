"""Queries: what a ward is asked to look up or correct, grouped by patient, with ids that outlive a re-run."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Final, Literal

import polars as pl

from dayzero.records.catalogue import RULES as READING
from dayzero.records.checks import RULES
from dayzero.records.checks.rule import as_polars
from dayzero.records.findings import SEVERITIES, worst_first
from dayzero.records.places import KIND

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dayzero.records.findings import Finding
    from dayzero.records.model import Records
    from dayzero.records.places import Places

Status = Literal["new", "open", "solved"]
STATUSES: Final[tuple[Status, ...]] = ("new", "open", "solved")
#: A note tells what was done and asks for nothing.
_ASKED: Final = ("refuse", "error", "warning")
DATA_MANAGER: Final = "data manager"
#: Who makes the facts of each table.
WHO: Final = {
    "treatments": "ward or pharmacy",
    "transplants": "transplant unit",
    "measurements": "laboratory",
    "events": "treating physician",
    "follow_up": "outpatient clinic",
}
_DAY: Final = {"treatments": "start_day"}
Key = tuple[str, ...]


@dataclass(frozen=True)
class Query:
    """One question to the ward.

    Attributes
    ----------
    id : str
        Of the rule, the table, the patient, the column and the fact (its kind and day); not of row numbers,
        and not of the value found, so that a wrong correction stays the same query.
    status : {"new", "open", "solved"}
        Against the previous list: not in it, still in it, or only in it.
    severity, rule, patient_id, table, row, column, found, what, allowed, hint : str
        As the finding says; ``row`` as text, empty where there is none.
    answer : str
        What the ward wrote; carried over from the previous list.
    who : str
        Who should know: the data manager for what was typed wrongly, else who made the fact.
    """

    id: str
    status: Status
    severity: str
    rule: str
    patient_id: str
    table: str
    row: str
    column: str
    found: str
    what: str
    allowed: str
    hint: str
    answer: str = ""
    who: str = ""


def queries(
    records: Records, findings: Iterable[Finding], previous: Sequence[Query] = ()
) -> tuple[Query, ...]:
    """Make the query list of findings.

    Parameters
    ----------
    records : Records
        Those that were checked; their facts tell findings of one patient apart.
    findings : iterable of Finding
        Notes are left out.
    previous : sequence of Query
        The list made before, with the ward's answers.

    Returns
    -------
    tuple of Query
        Grouped by patient, the patient with the worst finding first, then with the most; queries about no
        patient are a group of their own. Then what was solved since the previous list; what that list
        already called solved is left out.
    """
    asked = worst_first([finding for finding in findings if finding.severity in _ASKED])
    keys = _keys(records, asked)
    numbered: dict[Key, list[Finding]] = defaultdict(list)
    for finding in asked:
        numbered[keys[finding]].append(finding)
    before = {query.id: query for query in previous if query.status != "solved"}
    made: list[Query] = []
    for finding in asked:
        alike = sorted(numbered[keys[finding]], key=lambda each: (each.found, each.what))
        name = _id((*keys[finding], str(alike.index(finding))))
        old = before.pop(name, None)
        made.append(
            _query(
                finding,
                name,
                "new" if old is None else "open",
                old.answer if old else "",
                _who(finding, keys[finding][1]),
            )
        )
    solved = [replace(query, status="solved") for query in previous if query.id in before]
    return (*_grouped(made), *solved)


def _query(finding: Finding, name: str, status: Status, answer: str, who: str) -> Query:
    where = finding.where
    return Query(
        name,
        status,
        finding.severity,
        finding.id,
        where.patient_id or "",
        where.table or "",
        "" if where.row is None else str(where.row),
        where.column or "",
        finding.found,
        finding.what,
        finding.allowed,
        finding.hint,
        answer,
        who,
    )


def _who(finding: Finding, table: str) -> str:
    """Return who should answer: a slip of typing is the data manager's, a fact is whose it is."""
    typed = _conformance().get(finding.id, True) or finding.where.patient_id is None
    return DATA_MANAGER if typed else WHO.get(table, DATA_MANAGER)


@cache
def _conformance() -> dict[str, bool]:
    """Return of each rule whether it asks for the form of what was typed."""
    kinds = {rule.id: rule.kahn for rule in READING.values()} | {rule.id: rule.kahn for rule in RULES}
    return {name: kind.category == "conformance" for name, kind in kinds.items()}


def _id(key: Key) -> str:
    return "Q" + hashlib.sha256("\x1f".join(key).encode()).hexdigest()[:12]


def _grouped(made: list[Query]) -> list[Query]:
    """Sort by patient: worst severity first, then most queries; inside a patient as findings are sorted."""
    counts = Counter((query.patient_id, query.severity) for query in made)

    def group(query: Query) -> tuple[object, ...]:
        own = [-counts[query.patient_id, severity] for severity in SEVERITIES]
        return (next(i for i, count in enumerate(own) if count), *own, query.patient_id)

    return sorted(made, key=group)


def _keys(records: Records, asked: Sequence[Finding]) -> dict[Finding, Key]:
    """Return what makes each finding the same one in the next list."""
    tables = _tables(records.places)
    wanted: dict[str, set[int]] = defaultdict(set)
    for finding in asked:
        table = tables.get(finding.where.table or "", "")
        if table and finding.where.row is not None:
            wanted[table].add(finding.where.row)
    facts = {
        (table, row): fact
        for table, rows in wanted.items()
        for row, fact in _facts(table, as_polars(records.tables[table]), rows)
    }
    return {finding: _key(finding, tables, facts, records.places) for finding in asked}


def _key(finding: Finding, tables: dict[str, str], facts: dict[tuple[str, int], str], places: Places) -> Key:
    where = finding.where
    table = tables.get(where.table or "", "")
    column = where.column or ""
    canonical = {header: name for name, header in places.headers.get((table, ""), {}).items()}
    return (
        finding.id,
        table or where.table or "",
        where.patient_id or "",
        canonical.get(column, column),
        where.item or "",
        facts.get((table, where.row), "") if where.row is not None else "",
    )


def _tables(places: Places) -> dict[str, str]:
    """Return sheet to table, where a sheet holds one table; in a flat file a row is a patient."""
    held = Counter(places.sheets.values())
    return {sheet: table for table, sheet in places.sheets.items() if held[sheet] == 1}


def _facts(table: str, frame: pl.DataFrame, rows: set[int]) -> list[tuple[int, str]]:
    """Return row and fact, its kind and day, of these rows of one table."""
    columns = [name for name in (KIND.get(table), _DAY.get(table, "day")) if name in frame.columns]
    found = frame.filter(pl.col("row").is_in(sorted(rows))).select("row", *columns)
    return [
        (row, "|".join("" if each is None else str(each) for each in fact))
        for row, *fact in found.iter_rows()
    ]
