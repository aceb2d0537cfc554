"""Queries against DuckDB and PostgreSQL: read only, one each, and no secret in any message."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import duckdb
import pytest

from dayzero import records
from dayzero.errors import BadInputError
from dayzero.records.queries import Queries
from dayzero.study.inputs import queries_of, read_data
from dayzero.study.loading import parse_study
from records import same_patients
from records.making import of

if TYPE_CHECKING:
    from pathlib import Path

    from dayzero.records import Records

WHERE = "study.toml, [data]"
SECRET = "hunter2-is-my-password"  # noqa: S105 - what must never be repeated


@pytest.fixture
def database(tmp_path: Path) -> Path:
    file = tmp_path / "cohort.duckdb"
    with duckdb.connect(str(file)) as connection:
        same_patients.fill(connection.execute, "?")
    return file


def asked(database: Path, **queries: str) -> Records:
    return records.read(database, queries=Queries({**same_patients.QUERIES, **queries}))


def test_rows_and_places(database: Path) -> None:
    query = "select patient_id, 'mael' as sex, 12 as age, diagnosis from patients order by patient_id"
    read = asked(database, patients=query)
    finding = of(read.findings, "unknown_code")[0]
    assert (finding.where.table, finding.where.row, finding.where.patient_id) == ("query patients", 1, "P1")
    assert read.source.kind == "DuckDB file"
    assert read.source.rows["patients"] == 5


def test_the_order_of_rows_does_not_change_the_hash(database: Path) -> None:
    forward = asked(database, events="select * from events order by patient_id")
    backward = asked(database, events="select * from events order by patient_id desc")
    other = asked(database, events="select * from events where patient_id = 'P2'")
    assert forward.source.sha256 == backward.source.sha256 != other.source.sha256


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("select nothing from patients", "nothing"),
        ("select * from nowhere", "nowhere"),
        ("selec", "syntax error"),
        ("select 1; select 2", "one query"),
        ("create table x as select 1", "one query"),
        ("delete from patients", "one query"),
        ("copy patients to 'out.csv'", "one query"),
        ("select * from read_csv('/etc/hostname')", "PermissionException"),
        ("select [1, 2] as patient_id", "type list"),
    ],
)
def test_queries_that_fail(database: Path, query: str, said: str) -> None:
    with pytest.raises(BadInputError, match=said):
        asked(database, patients=query)


def test_an_error_shows_no_value(database: Path) -> None:
    with pytest.raises(BadInputError) as error:
        asked(database, patients="select cast(diagnosis as integer) as patient_id from patients")
    assert "leukaemia" not in str(error.value)
    assert "ConversionException" in str(error.value)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    file = tmp_path / "cohort.duckdb"
    file.write_text("patient_id,sex\n")
    with pytest.raises(BadInputError, match="DuckDB cannot open"):
        asked(file)
    with pytest.raises(BadInputError, match="which of its tables"):
        records.read(file)


def test_without_the_library(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(BadInputError, match=r"dayzero\[store\]"):
        asked(database)
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(BadInputError, match=r"dayzero\[postgres\]"):
        records.read("postgresql", queries=Queries({"patients": "select 1"}, "DAYZERO_PG"))


@pytest.mark.parametrize(
    ("section", "source", "said"),
    [
        ({}, "a.duckdb", "needs a query"),
        ({"tables": {"patient": "select 1"}}, "a.duckdb", "did you mean 'patients'"),
        ({"tables": {"patients": 1}}, "a.duckdb", "a query was expected"),
        ({"tables": {"patients": "select 1"}, "query": 1}, "a.duckdb", "unknown key"),
        ({"tables": {"patients": "select 1"}, "connection": "DAYZERO_PG"}, "a.duckdb", "only PostgreSQL"),
        ({"tables": {"patients": "select 1"}}, "postgresql", "not the name of an environment variable"),
    ],
)
def test_queries_from(section: dict[str, object], source: str, said: str) -> None:
    with pytest.raises(BadInputError, match=said):
        records.queries_from(section, source, WHERE)


def test_a_password_is_never_repeated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = f"postgresql://me:{SECRET}@localhost/x"
    with pytest.raises(BadInputError) as error:
        records.queries_from({"tables": {"patients": "select 1"}, "connection": address}, "postgresql", WHERE)
    assert SECRET not in str(error.value)
    text = f'[study]\ntitle = "T"\n[data]\nsource = "postgresql://me:{SECRET}@localhost/x"\n'
    with pytest.raises(BadInputError, match="source is an address") as error:
        read_data(parse_study(text, folder=tmp_path), None)
    assert SECRET not in str(error.value)
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    for address in (f"host={tmp_path} user=me password={SECRET}", f"nonsense {SECRET}"):
        monkeypatch.setenv("DAYZERO_PG", address)
        with pytest.raises(BadInputError, match="cannot be reached") as error:
            records.read("postgresql", queries=Queries({"patients": "select 1"}, "DAYZERO_PG"))
        assert SECRET not in str(error.value)
        assert error.value.__cause__ is None


def test_a_variable_that_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    monkeypatch.delenv("DAYZERO_PG", raising=False)
    with pytest.raises(BadInputError, match="DAYZERO_PG is not set"):
        records.read("postgresql", queries=Queries({"patients": "select 1"}, "DAYZERO_PG"))


STUDY = """
[study]
title = "T"
[data]
source = "cohort.duckdb"
[data.tables]
patients = "select * from patients"
transplants = "select * from transplants"
follow_up = "select * from follow_up"
"""


def test_from_a_study_file(database: Path) -> None:
    study = parse_study(STUDY, folder=database.parent)
    assert queries_of(study) is not None
    assert len(read_data(study, None).tables["patients"]) == 5
    with pytest.raises(BadInputError, match="line 6"):
        read_data(parse_study(STUDY.replace("patients =", "patience ="), folder=database.parent), None)
