"""The same patients give the same endpoints, whichever way they come in."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import duckdb
import pytest

from dayzero import endpoints, records
from dayzero.errors import BadInputError, RefusalError
from dayzero.records.queries import Queries
from records import same_patients
from study import postgresql

if TYPE_CHECKING:
    from pathlib import Path

    from dayzero.records import Records

#: What the facts of these patients allow; everything else is refused, from every source alike.
ALLOWED = {
    *("OS", "DFS", "CIR", "NRM", "survival_after_relapse", "neutrophil_engraftment"),
    *("alive", "relapse_crude", "nrm_crude"),
}


def derived(read: Records) -> dict[str, list[tuple[object, ...]]]:
    """Return time and cause of every endpoint of the catalogue; of a refused one, nothing."""
    found: dict[str, list[tuple[object, ...]]] = {}
    for name in endpoints.CATALOGUE:
        try:
            frame = endpoints.derive(name, read).frame
        except RefusalError:
            continue
        found[name] = frame.select("patient_id", "time", "cause").rows()
    return found


@pytest.fixture
def expected(tmp_path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return what the workbook gives; the times themselves follow by hand."""
    found = derived(records.read(same_patients.as_workbook(tmp_path)))
    assert found["OS"] == [("P1", 700, 0), ("P2", 220, 1), ("P3", 60, 1), ("P4", 650, 0), ("P5", 600, 0)]
    assert found["CIR"] == [("P1", 700, 0), ("P2", 100, 1), ("P3", 60, 2), ("P4", 250, 1), ("P5", 600, 0)]
    assert set(found) >= ALLOWED
    assert [row[:2] for row in found["neutrophil_engraftment"]] == [(f"P{n}", 12) for n in range(1, 6)]
    return found


@pytest.mark.parametrize("labels", [False, True])
@pytest.mark.parametrize("api", [False, True])
def test_redcap(tmp_path: Path, expected: object, *, labels: bool, api: bool) -> None:
    mapping = records.flat_mapping(tomllib.loads(same_patients.REDCAP_MAPPING)["data"], "study.toml, [data]")
    read = records.read(same_patients.as_redcap(tmp_path, labels=labels, api=api), mapping=mapping)
    assert derived(read) == expected


def test_fhir_bundle(tmp_path: Path, expected: object) -> None:
    assert derived(records.read(same_patients.as_bundle(tmp_path))) == expected


def test_fhir_bulk_export(tmp_path: Path, expected: object) -> None:
    assert derived(records.read(same_patients.as_ndjson(tmp_path))) == expected


def test_duckdb(tmp_path: Path, expected: object) -> None:
    file = tmp_path / "cohort.duckdb"
    with duckdb.connect(str(file)) as connection:
        same_patients.fill(connection.execute, "?")
    queries = records.queries_from({"tables": same_patients.QUERIES}, file.name, "study.toml, [data]")
    assert derived(records.read(file, queries=queries)) == expected


def test_all_tables_are_alike(tmp_path: Path) -> None:
    """Not only the endpoints: age and sex, and the courses of treatment."""
    book = records.read(same_patients.as_workbook(tmp_path))
    bundle = records.read(same_patients.as_bundle(tmp_path))
    for table, columns in {
        "patients": ("patient_id", "sex", "age", "diagnosis", "year"),
        "treatments": ("patient_id", "agent", "start_day", "stop_day"),
        "measurements": ("patient_id", "day", "analyte", "value", "unit"),
    }.items():
        wanted = book.tables[table].select(columns).sort(columns).rows()
        assert bundle.tables[table].select(columns).sort(columns).rows() == wanted


def test_postgresql(monkeypatch: pytest.MonkeyPatch, expected: object) -> None:
    """Also: the queries can write nothing, and an error shows names but no value."""
    psycopg = pytest.importorskip("psycopg", reason="psycopg is not installed")
    if postgresql.missing():
        pytest.skip(postgresql.missing())
    section = {"tables": same_patients.QUERIES, "connection": "DAYZERO_PG"}
    queries = records.queries_from(section, "postgresql", "study.toml, [data]")
    with postgresql.server() as address:
        with psycopg.connect(address) as connection:
            same_patients.fill(connection.execute, "%s")
        monkeypatch.setenv("DAYZERO_PG", address)
        read = records.read("postgresql", queries=queries)
        assert derived(read) == expected
        assert read.source.kind == "PostgreSQL database"
        for query, said in (
            ("select nothing from patients", "nothing"),
            ("delete from patients returning patient_id", "25006"),
            ("select 1; commit; delete from patients", "42601|multiple commands"),
            ("select cast(diagnosis as integer) as patient_id from patients", "22P02"),
            ("begin", "one query"),
        ):
            with pytest.raises(BadInputError, match=said) as error:
                records.read("postgresql", queries=Queries({"patients": query}, "DAYZERO_PG"))
            assert "leukaemia" not in str(error.value)
            assert address not in str(error.value)
        assert derived(records.read("postgresql", queries=queries)) == expected
