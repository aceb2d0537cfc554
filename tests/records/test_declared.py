"""Every check that a type makes of the schema is really made: each is broken once, where it applies."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from dayzero import records
from dayzero.errors import BadInputError
from dayzero.records.checks import fields
from dayzero.records.checks.declared import TYPES, CheckType, Concrete
from dayzero.records.kahn import KAHN
from dayzero.records.results import UNITS, USUAL
from dayzero.records.tables import TABLES, table
from records.making import workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from dayzero.records.findings import Finding
    from dayzero.records.model import Records

#: One row of each table that states a fact of P1, in which nothing is wrong.
GOOD: dict[str, dict[str, Any]] = {
    "patients": {"patient_id": "P1", "sex": "male", "age": 9, "diagnosis": "ALL"},
    "treatments": {"patient_id": "P1", "agent": "blinatumomab", "start": -50},
    "transplants": {"patient_id": "P1", "date": 0, "type": "allogeneic"},
    "measurements": {"patient_id": "P1", "date": 10, "analyte": "ANC", "value": 1},
    "events": {"patient_id": "P1", "date": 12, "event": "fever"},
    "follow_up": {"patient_id": "P1", "date": 400, "alive": "yes"},
}
Sheets = dict[str, list[dict[str, Any]]]


def read(path: Path, sheets: Sheets) -> Records:
    """Write rows as a workbook and read it; the tables not given have the good row."""
    rows = {name: sheets.get(name, [row]) for name, row in GOOD.items()}
    cells = {}
    for name, own in rows.items():
        header = list(dict.fromkeys(column for row in own for column in row))
        cells[name] = [header, *([row.get(column) for column in header] for row in own)]
    return records.read(workbook(path / "a.xlsx", cells))


def of(name: str) -> CheckType:
    return next(kind for kind in TYPES if kind.name == name)


def beside(check: Concrete, cell: object, **more: object) -> dict[str, Any]:
    """Return a good row of the table of a check, with a cell in the column that it is about."""
    row = {**GOOD[check.table], **more}
    if check.table == "transplants":
        row = {"type": "boost", **{name: cell for name, cell in row.items() if name != "type"}}
    if check.column == "value" and check.kind:
        row["analyte"] = check.kind
    return {**row, check.column: cell}


def with_rows(rows: list[tuple[str, dict[str, Any]]]) -> Sheets:
    """Return the good rows and these after them; each further row of patients is a patient of its own."""
    sheets = {name: [row] for name, row in GOOD.items()}
    for name, row in rows:
        own = sheets[name]
        new = name == "patients" and row.get("patient_id") == "P1"
        own.append({**row, "patient_id": f"P{len(own) + 1}"} if new else row)
    return sheets


def broken(kind: CheckType, rows: list[dict[str, Any]]) -> tuple[Sheets, dict[Concrete, int]]:
    """Return a source with one row for each check of a type, and the row number of each."""
    sheets = with_rows([(check.table, row) for check, row in zip(kind.checks, rows, strict=True)])
    numbers: dict[Concrete, int] = {}
    last = dict.fromkeys(GOOD, 2)
    for check in kind.checks:
        last[check.table] += 1
        numbers[check] = last[check.table]
    return sheets, numbers


def not_found(findings: Iterable[Finding], kind: CheckType, numbers: dict[Concrete, int]) -> list[Concrete]:
    """Return the checks without a finding of their type at their row, or of their column as a whole."""
    told = {(f.where.table, f.where.column, f.where.row) for f in findings if f.id in kind.rules}
    return [
        check
        for check, row in numbers.items()
        if not told & {(check.table, check.column, number) for number in (row, None)}
    ]


def of_type(check: Concrete) -> object:
    kind = table(check.table).column(check.column).type
    if (check.table, check.column) == ("measurements", "value"):
        return "many"
    bad = {"date": "soon", "number": "many", "integer": 1.5}
    return bad.get(kind, datetime(2021, 3, 4))  # noqa: DTZ001


def above(limit: str, unit: str) -> str:
    return f"{float(limit) + 1:g} {unit}"


#: What breaks each type, from the check to the cell.
BREAKS: dict[str, Callable[[Concrete], object]] = {
    "type": of_type,
    "error_cell": lambda _: "#REF!",
    "required_filled": lambda _: None,
    "code_listed": lambda _: "xyzzy",
    "range_low": lambda check: float(check.parameter) - 1,
    "range_high": lambda check: float(check.parameter) + 1,
    "result_low": lambda _: -1,
    "result_high": lambda check: above(*check.parameter.split(" ", 1)),
    "unit_known": lambda _: "5 furlongs",
    "unit_given": lambda check: USUAL[check.kind][1] + 1,
    "number_unambiguous": lambda _: "1,234",
    "looks_missing": lambda _: "NA",
    "date_order_declared": lambda _: "03/04/2021",
    "date_whole": lambda _: "03/04/21",
    "date_plausible": lambda _: "1850-01-01",
    "text_without_date": lambda _: "seen 03/04/2021",
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_cell_that_breaks_it(tmp_path: Path, name: str) -> None:
    kind = of(name)
    sheets, numbers = broken(kind, [beside(check, BREAKS[name](check)) for check in kind.checks])
    found = read(tmp_path, sheets)
    assert not_found(found.findings, kind, numbers) == []


def test_an_empty_key(tmp_path: Path) -> None:
    kind = of("key_filled")
    sheets, numbers = broken(kind, [beside(check, None) for check in kind.checks])
    found = read(tmp_path, sheets)
    assert not_found(found.findings, kind, numbers) == []
    assert {name: frame.height for name, frame in found.tables.items() if frame.height} == {"patients": 1}


@pytest.mark.parametrize(
    "check", of("column_present").checks, ids=lambda check: f"{check.table}.{check.column}"
)
def test_a_column_that_is_not_there(tmp_path: Path, check: Concrete) -> None:
    row = {name: cell for name, cell in GOOD[check.table].items() if name != check.column}
    if table(check.table).column(check.column).key:
        with pytest.raises(BadInputError, match=f"no column {check.column}"):
            read(tmp_path, {check.table: [row]})
    else:
        found = read(tmp_path, {check.table: [row]}).findings
        assert not_found(found, of("column_present"), {check: 2}) == []


def test_two_units(tmp_path: Path) -> None:
    kind = of("unit_agrees")
    sheets, numbers = broken(kind, [beside(check, "5 aaa", unit="bbb") for check in kind.checks])
    assert not_found(read(tmp_path, sheets).findings, kind, numbers) == []


def test_a_bound(tmp_path: Path) -> None:
    kind = of("operator_allowed")
    more = {"operator": ">"}
    rows = [beside(check, "<5", **(more if check.column == "value" else {})) for check in kind.checks]
    sheets, numbers = broken(kind, rows)
    assert not_found(read(tmp_path, sheets).findings, kind, numbers) == []


def test_a_code_for_missing(tmp_path: Path) -> None:
    kind = of("no_sentinel")
    days = {check for check in kind.checks if table(check.table).column(check.column).type == "date"}
    sheets, numbers = broken(kind, [beside(check, 30_000 if check in days else 99) for check in kind.checks])
    for check in kind.checks:
        if check not in days:
            sheets[check.table][0] = {**sheets[check.table][0], check.column: 9}
    assert not_found(read(tmp_path, sheets).findings, kind, numbers) == []


def test_a_date_of_nobody_transplanted(tmp_path: Path) -> None:
    kind = of("date_placed")
    rows = [beside(check, -20, patient_id="P9") for check in kind.checks]
    for row, check in zip(rows, kind.checks, strict=True):
        if check.table == "patients":
            row["patient_id"] = f"N{check.column}"
    sheets, numbers = broken(kind, rows)
    sheets["patients"].append({**GOOD["patients"], "patient_id": "P9"})
    assert not_found(read(tmp_path, sheets).findings, kind, numbers) == []


def test_a_patient_whom_nobody_knows(tmp_path: Path) -> None:
    kind = of("foreign_key")
    sheets, numbers = broken(kind, [beside(check, "P77") for check in kind.checks])
    assert not_found(read(tmp_path, sheets).findings, kind, numbers) == []


@pytest.mark.parametrize("name", GOOD)
def test_a_row_twice(tmp_path: Path, name: str) -> None:
    found = read(tmp_path, {name: [GOOD[name], GOOD[name]]})
    twice = [finding for finding in found.findings if finding.id in of("unique").rules]
    assert [(finding.where.table, finding.where.row) for finding in twice] == [(name, 3)]
    assert found.tables[name].height == 1


def test_an_id_that_is_a_name(tmp_path: Path) -> None:
    kind = of("id_is_pseudonym")
    names = ["Anna Smith", "Ben Smith", "Carla Smith", "Dora Smith", "Emil Smith", "Fay Smith"]
    sheets, numbers = broken(
        kind, [beside(check, name) for check, name in zip(kind.checks, names, strict=True)]
    )
    found = read(tmp_path, sheets).findings
    assert not_found(found, kind, numbers) == []
    assert "Smith" not in repr(found)


# --- types that look at whole columns, neighbours and time


def value_of(check: Concrete) -> object:
    column = table(check.table).column(check.column)
    if column.codes:
        return column.codes[0].value
    return {"text": "abc", "date": -20, "number": 5, "integer": 1, "flag": "yes"}[column.type]


def cohort(size: int, columns: dict[Concrete, object] | None = None) -> Sheets:
    """Return so many patients with a transplant; a list of cells goes down the column of a check."""
    sheets: Sheets = {"patients": [], "transplants": []}
    for i in range(size):
        for name, own in sheets.items():
            own.append(
                {**GOOD[name], "patient_id": f"P{i}", **({"age": 9 + i} if name == "patients" else {})}
            )
            for check, cell in (columns or {}).items():
                if check.table == name:
                    own[-1][check.column] = cell[i] if isinstance(cell, list) else cell
    for name in ("treatments", "measurements", "events", "follow_up"):
        sheets[name] = [{**GOOD[name], "patient_id": "P0"}]
    return sheets


def of_kind(name: str, *, kinds: bool = False) -> CheckType:
    """Return a type with only its checks of whole columns, or only those of kinds."""
    kind = of(name)
    return replace(kind, checks=tuple(check for check in kind.checks if bool(check.kind) == kinds))


def columns_told(found: Iterable[Finding], rule: str) -> set[tuple[str | None, str | None]]:
    return {(finding.where.table, finding.where.column) for finding in found if finding.id == rule}


def asked(kind: CheckType) -> set[tuple[str, str]]:
    return {(check.table, check.column) for check in kind.checks}


@pytest.mark.parametrize("filled", [1, 2])
def test_coverage(tmp_path: Path, filled: int) -> None:
    kind = of("coverage")
    cells = {check: [value_of(check) if i < filled else None for i in range(4)] for check in kind.checks}
    found = records.check(read(tmp_path, cohort(4, cells)))
    assert columns_told(found, "records.coverage") == (asked(kind) if filled == 1 else set())
    assert {f.found for f in found if f.id == "records.coverage"} <= {"3 of 4"}


def test_years(tmp_path: Path) -> None:
    kind = of("filled_in_some_years")
    cells: dict[Concrete, object] = {
        Concrete("transplants", "date"): [date(2015 if i < 10 else 2020, 1, 1 + i) for i in range(20)]
    }
    for check in kind.checks:
        dated = table(check.table).column(check.column).type == "date"
        value = date(2014, 5, 5) if dated else value_of(check)
        cells[check] = [value if i < 10 else None for i in range(20)]
    sheets = cohort(20, cells)
    for name in ("treatments", "measurements", "events", "follow_up"):
        sheets[name][0]["start" if name == "treatments" else "date"] = date(2015, 2, 1)
    found = records.check(read(tmp_path, sheets))
    assert columns_told(found, "records.filled_in_some_years") == asked(kind)
    told = {finding.what for finding in found if finding.id == "records.filled_in_some_years"}
    assert told == {"The column is filled in 100% of transplants up to 2015, and in 0% of later ones."}


@pytest.mark.parametrize("size", [fields.ENOUGH - 1, fields.ENOUGH])
def test_constant(tmp_path: Path, size: int) -> None:
    kind = of_kind("constant")
    found = records.check(read(tmp_path, cohort(size, {check: value_of(check) for check in kind.checks})))
    expected = asked(kind) if size == fields.ENOUGH else set()
    assert columns_told(found, "records.constant_column") == expected


def test_constant_of_a_kind(tmp_path: Path) -> None:
    kind = of_kind("constant", kinds=True)
    sheets = cohort(20)
    for check in kind.checks:
        own = {"event": check.kind} if check.table == "events" else {"analyte": check.kind, "value": 1}
        days = [10 if check.table == "events" else 10 + i for i in range(20)]
        sheets[check.table] += [{"patient_id": f"P{i}", "date": day, **own} for i, day in enumerate(days)]
    sheets["events"].pop(0)  # the fever of the good rows is on another day
    told = [f.what for f in records.check(read(tmp_path, sheets)) if f.id in kind.rules]
    for check in kind.checks:
        words = (
            f"events {check.kind} are on day 10"
            if check.table == "events"
            else f"of {check.kind} are the same"
        )
        assert sum(words in what for what in told) == 1, check


def test_spellings(tmp_path: Path) -> None:
    kind = of("spellings")
    rows = [(check.table, beside(check, word)) for check in kind.checks for word in ("Flu-Bu", "flu bu")]
    for _, row in rows:
        row.update({"analyte": "CMV DNA"} if "analyte" in row else {})
    found = records.check(read(tmp_path, with_rows(rows)))
    assert columns_told(found, "records.spellings") == asked(kind)
    assert "flu" not in repr([f for f in found if f.id == "records.spellings"]).lower()


def test_unusual(tmp_path: Path) -> None:
    kind = of("unusual_value")
    rows = []
    for check in kind.checks:
        low, high = USUAL[check.kind]
        most = UNITS[check.kind][1] if check.kind in UNITS else 3 * high
        for day, value in ((1, (high + most) / 2), (2, high), (3, low)):
            unit = UNITS[check.kind][0] if check.kind in UNITS else None
            rows.append((check.table, beside(check, value, date=day, unit=unit)))
    found = records.check(read(tmp_path, with_rows(rows)))
    told = [f.where.row for f in found if f.id == "records.unusual_value"]
    assert told == [3 * n + 3 for n in range(len(kind.checks))]


def test_before_birth(tmp_path: Path) -> None:
    kind = of("before_birth")
    rows = []
    for check in kind.checks:
        more = {"start": -4000} if check.column == "stop" else {}
        rows.append(beside(check, -3700, **more))
    sheets, numbers = broken(kind, rows)
    sheets["transplants"] += [
        {**GOOD["transplants"], "patient_id": row["patient_id"]} for row in sheets["patients"][1:]
    ]
    assert not_found(records.check(read(tmp_path, sheets)), kind, numbers) == []


def test_after_death(tmp_path: Path) -> None:
    kind = of("after_death")
    rows = []
    for check in kind.checks:
        more: dict[str, Any] = {"event": check.kind} if check.kind else {}
        rows.append(beside(check, 401, **more))
    sheets, numbers = broken(kind, rows)
    sheets["events"].append({"patient_id": "P1", "date": 400, "event": "death"})
    assert not_found(records.check(read(tmp_path, sheets)), kind, numbers) == []


def test_after_last_contact(tmp_path: Path) -> None:
    kind = of("after_last_contact")
    rows = [beside(check, 401, **({"event": check.kind} if check.kind else {})) for check in kind.checks]
    sheets, numbers = broken(kind, rows)
    assert not_found(records.check(read(tmp_path, sheets)), kind, numbers) == []


def test_far_from_others(tmp_path: Path) -> None:
    kind = of("day_far_from_others")
    sheets = cohort(20)
    sheets["events"] = [
        {"patient_id": f"P{i}", "date": 190 if i == 7 else 12 + i % 5, "event": check.kind}
        for check in kind.checks
        for i in range(20)
    ]
    found = records.check(read(tmp_path, sheets))
    told = [f.where.row for f in found if f.id == "records.day_far_from_others"]
    assert told == [9 + 20 * n for n in range(len(kind.checks))]


def test_twice_on_a_day(tmp_path: Path) -> None:
    kind = of("twice_on_a_day")
    rows = []
    for check in kind.checks:
        changes: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
            "treatments": ({"dose": 5}, {"dose": 15}),
            "measurements": ({"analyte": check.kind, "value": 0.5}, {"analyte": check.kind, "value": 0.4}),
            "events": ({"event": check.kind, "grade": "I"}, {"event": check.kind, "grade": "II"}),
            "follow_up": ({"disease_status": "complete remission"}, {"disease_status": "relapse"}),
        }
        rows += [(check.table, {**GOOD[check.table], "date": 20, **own}) for own in changes[check.table]]
    for name, row in rows:
        if name == "treatments":
            row["start"] = row.pop("date")
    found = records.check(read(tmp_path, with_rows(rows)))
    told = [(f.where.table, f.where.row) for f in found if f.id == "records.twice_on_a_day"]
    counts = Counter(check.table for check in kind.checks)
    assert sorted(told) == sorted((name, 4 + 2 * n) for name, count in counts.items() for n in range(count))


def dates(last: date) -> Sheets:
    day0 = date(2020, 1, 1)
    return {
        "transplants": [
            {**GOOD["transplants"], "date": day0},
            {"patient_id": "P1", "date": date(2022, 6, 1), "type": "DLI"},
        ],
        "treatments": [{**GOOD["treatments"], "start": date(2022, 6, 1)}],
        "measurements": [{**GOOD["measurements"], "date": date(2022, 6, 1)}],
        "events": [{**GOOD["events"], "date": date(2022, 6, 1)}],
        "follow_up": [{**GOOD["follow_up"], "date": last}],
    }


@pytest.mark.parametrize("check", of("after_data_cutoff").checks, ids=lambda check: check.table)
def test_after_the_data_cutoff(tmp_path: Path, check: Concrete) -> None:
    found = read(tmp_path, dates(date(2022, 6, 1)))
    place = (check.table, check.column)

    def late(cutoff: date | None) -> list[str]:
        return [
            finding.found
            for finding in records.check(found, cutoff)
            if finding.id == "records.after_data_cutoff"
            and (finding.where.table, finding.where.column) == place
        ]

    assert late(None) == late(date(2022, 6, 1)) == []
    assert late(date(2022, 5, 31)) == ["1 of 2" if check.table == "transplants" else "1 of 1"]


def test_a_last_contact_long_before_the_cutoff(tmp_path: Path) -> None:
    found = read(tmp_path, dates(date(2022, 6, 1)))

    def days(cutoff: date) -> list[str]:
        return [f.what for f in records.check(found, cutoff) if f.id == "records.last_contact_long_ago"]

    assert days(date(2023, 9, 1)) == []  # 457 days
    (what,) = days(date(2023, 9, 2))
    assert "last seen alive 458 days before the data cut-off" in what


def test_every_type_is_tested() -> None:
    own = {
        "key_filled", "column_present", "unit_agrees", "operator_allowed", "no_sentinel", "date_placed",
        "foreign_key", "unique", "id_is_pseudonym", "coverage", "filled_in_some_years", "constant",
        "spellings", "unusual_value", "before_birth", "after_death", "after_last_contact",
        "day_far_from_others", "twice_on_a_day", "after_data_cutoff",
    }  # fmt: skip
    elsewhere = {"needed_filled"}  # tests/records/test_field_rules.py
    assert {*BREAKS, *own, *elsewhere} == {kind.name for kind in TYPES}


def test_checks_have_names_of_their_own_and_places_that_exist() -> None:
    names = [name for kind in TYPES for name in kind.ids()]
    assert len(names) == len(set(names))
    assert len(names) >= 600
    for kind in TYPES:
        assert kind.kahn in KAHN
        for check in kind.checks:
            assert table(check.table).column(check.column) is not None


def test_a_new_column_is_checked_without_being_named() -> None:
    """Every column of the schema has at least the checks of its type and of error cells."""
    for name in ("type", "error_cell"):
        asked = {(check.table, check.column) for check in of(name).checks}
        assert asked == {(each.name, column.name) for each in TABLES for column in each.columns}
