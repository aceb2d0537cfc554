"""Raw counts, MRD with operators, transfusions and organ stages of 84 patients, from four other ways in."""

from __future__ import annotations

import csv
import tomllib
from datetime import date
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from polars.testing import assert_frame_equal
from python_calamine import CalamineWorkbook

from dayzero import endpoints, examples, records
from dayzero.errors import RefusalError
from dayzero.records.tables import TABLES
from records.same_patients import DICTIONARY_HEADER
from study import postgresql

if TYPE_CHECKING:
    from pathlib import Path

    from dayzero.records import Records

SHIPPED = examples.study_path("algeri2025").with_name("cohort.xlsx")
Rows = list[list[Any]]


@pytest.fixture(scope="module")
def sheets() -> dict[str, tuple[list[str], Rows]]:
    """Header and rows of each sheet, cells as a program writes them: dates in ISO form."""
    book = CalamineWorkbook.from_path(str(SHIPPED))
    found = {}
    for name in book.sheet_names:
        header, *rows = book.get_sheet_by_name(name).to_python()
        found[name] = ([str(column) for column in header], [[_written(cell) for cell in row] for row in rows])
    return found


def _written(cell: object) -> str:
    if isinstance(cell, date):
        return cell.strftime("%Y-%m-%d")
    return repr(cell) if isinstance(cell, float) and not cell.is_integer() else str(cell).removesuffix(".0")


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    found = _derived(records.read(SHIPPED))
    assert len(found) > 30
    for name in ("platelet_engraftment", "mrd_negative_before_transplant", "aGVHD_II_IV"):
        assert found[name].height == 84
    return found


def _derived(read: Records) -> dict[str, Any]:
    found = {}
    for name in endpoints.CATALOGUE:
        try:
            found[name] = endpoints.derive(name, read).frame.select("patient_id", "time", "cause", "flags")
        except RefusalError:
            continue
    return found


def _same(read: Records, expected: dict[str, Any]) -> None:
    found = _derived(read)
    assert list(found) == list(expected)
    for name, frame in expected.items():
        assert_frame_equal(found[name], frame, check_exact=True)


def test_a_folder_of_csv(tmp_path: Path, sheets: Any, expected: Any) -> None:
    for name, (header, rows) in sheets.items():
        with (tmp_path / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([header, *rows])
    _same(records.read(tmp_path), expected)


def test_a_redcap_project(tmp_path: Path, sheets: Any, expected: Any) -> None:
    """A repeating instrument for each table but the patients; every field a text, as entered."""
    _write_redcap(tmp_path, sheets)
    mapping = records.flat_mapping(tomllib.loads(_redcap_mapping())["data"], "study.toml, [data]")
    _same(records.read(tmp_path, mapping=mapping), expected)


def _field(table: str, column: str) -> str:
    return "record_id" if (table, column) == ("patients", "patient_id") else f"{table}_{column}"


def _write_redcap(folder: Path, sheets: Any) -> None:
    fields = [
        (_field(table.name, column), table.name)
        for table in TABLES
        for column in table.names
        if column != "patient_id" or table.name == "patients"
    ]
    system = ["redcap_repeat_instrument", "redcap_repeat_instance"]
    forms = [f"{table.name}_complete" for table in TABLES]
    header = ["record_id", *system, *(name for name, _ in fields if name != "record_id"), *forms]
    with (folder / "export.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, header, restval="")
        writer.writeheader()
        for table, (columns, rows) in sheets.items():
            for number, row in enumerate(rows, 1):
                cells = dict(zip(columns, row, strict=True))
                record = cells.pop("patient_id")
                named = {_field(table, column): cell for column, cell in cells.items()}
                repeat = {} if table == "patients" else dict(zip(system, (table, number), strict=True))
                writer.writerow({"record_id": record, **repeat, **named, f"{table}_complete": 2})
    with (folder / "dictionary.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(DICTIONARY_HEADER)
        for name, form in fields:
            writer.writerow([name, form, "", "text", name, *[""] * 7])


def _redcap_mapping() -> str:
    lines = ["[data]", 'layout = "REDCap"']
    for table in TABLES:
        lines.append(f"[data.{table.name}]" if table.name != "events" else "[[data.events]]")
        lines += [] if table.name == "patients" else [f'form = "{table.name}"']
        lines += [
            f'{column} = {{ column = "{_field(table.name, column)}" }}'
            for column in table.names
            if column != "patient_id" and not (table.name == "patients" and column == "age")
        ]
    return "\n".join(lines)


def _fill(run: Any, mark: str, sheets: Any) -> dict[str, str]:
    """Make a table of text columns for each sheet; return the query of each."""
    for name, (header, rows) in sheets.items():
        columns = ", ".join(f'"{column}" text' for column in header)
        run(f"create table {name} ({columns})")
        marks = ", ".join([mark] * len(header))
        for row in rows:
            run(f"insert into {name} values ({marks})", [cell or None for cell in row])  # noqa: S608
    return {name: f"select * from {name}" for name in sheets}  # noqa: S608


def test_a_duckdb_file(tmp_path: Path, sheets: Any, expected: Any) -> None:
    file = tmp_path / "cohort.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("begin")
        queries = _fill(connection.execute, "?", sheets)
        connection.execute("commit")
    read = records.read(
        file, queries=records.queries_from({"tables": queries}, file.name, "study.toml, [data]")
    )
    _same(read, expected)


def test_a_postgresql_database(monkeypatch: pytest.MonkeyPatch, sheets: Any, expected: Any) -> None:
    psycopg = pytest.importorskip("psycopg", reason="psycopg is not installed")
    if postgresql.missing():
        pytest.skip(postgresql.missing())
    with postgresql.server() as address:
        with psycopg.connect(address) as connection:
            queries = _fill(connection.execute, "%s", sheets)
        monkeypatch.setenv("DAYZERO_PG", address)
        section = {"tables": queries, "connection": "DAYZERO_PG"}
        read = records.read(
            "postgresql", queries=records.queries_from(section, "postgresql", "study.toml, [data]")
        )
    _same(read, expected)
