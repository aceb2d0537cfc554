"""Tables that are already on a scale of days: in memory or on disk behind DuckDB, never repaired."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from dayzero import endpoints, examples, records
from dayzero.errors import BadInputError, RefusalError
from dayzero.records.checks import groups
from dayzero.records.checks.rule import as_polars
from dayzero.records.engines import ENGINES, is_on_disk, only
from dayzero.records.locks import write_lock
from dayzero.records.tables import TABLES, ingested_schema

if TYPE_CHECKING:
    from pathlib import Path

    from dayzero.records.model import Records


@pytest.fixture(scope="module")
def workbook() -> Records:
    return records.read(examples.study_path("algeri2025").with_name("cohort.xlsx"))


@pytest.fixture(scope="module")
def lock(workbook: Records, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("lock")
    write_lock(workbook, [], folder, version="0")
    return folder


def write_tables(folder: Path, **changed: pl.DataFrame) -> Path:
    """Write two patients as a centre's database would, with only the columns that it has."""
    tables = {
        "patients": pl.DataFrame({"row": [1, 2], "patient_id": ["a", "b"], "sex": ["male", "female"]}),
        "transplants": pl.DataFrame(
            {"row": [1, 2], "patient_id": ["a", "b"], "day": [0, 0], "type": ["allogeneic"] * 2}
        ),
        "measurements": pl.DataFrame(
            {
                "row": [1, 2],
                "patient_id": ["a", "b"],
                "day": [12, 14],
                "analyte": ["ANC", "MRD"],
                "value": [0.5, 0.0001],
                "unit": ["10^9/L", "fraction"],
                "operator": ["=", "<"],
            }
        ),
        "events": pl.DataFrame({"row": [1], "patient_id": ["b"], "day": [90], "event": ["relapse"]}),
        "follow_up": pl.DataFrame(
            {"row": [1, 2], "patient_id": ["a", "b"], "day": [400, 500], "alive": ["yes", "yes"]}
        ),
        **changed,
    }
    folder.mkdir(exist_ok=True)
    for name, frame in tables.items():
        frame.write_parquet(folder / f"{name}.parquet")
    return folder


@pytest.mark.parametrize("engine", ENGINES)
def test_a_lock_gives_the_records_that_were_frozen(lock: Path, workbook: Records, engine: str) -> None:
    read = records.read(lock, engine=engine)
    assert all(is_on_disk(frame) == (engine == "duckdb") for frame in read.tables.values())
    for name, frame in workbook.tables.items():
        assert_frame_equal(as_polars(read.tables[name]).sort("row"), frame.sort("row"))


def test_every_endpoint_of_a_lock_on_disk_is_that_of_the_workbook(lock: Path, workbook: Records) -> None:
    on_disk = records.read(lock, engine="duckdb")
    for name in endpoints.CATALOGUE:
        assert _told(name, on_disk) == _told(name, workbook)
    here, there = (endpoints.derive_variables(made).frame for made in (workbook, on_disk))
    assert_frame_equal(here, there)


def _told(name: str, made: Records) -> object:
    try:
        derived = endpoints.derive(name, made)
    except RefusalError as error:
        return str(error)
    return [derived.frame.rows(), derived.not_eligible.rows(), derived.findings]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_folder_of_a_database(tmp_path: Path, engine: str) -> None:
    read = records.read(write_tables(tmp_path / "registry"), engine=engine)
    assert read.key is None
    assert read.source.kind == "parquet folder"
    assert read.source.rows == {
        "patients": 2,
        "treatments": 0,
        "transplants": 2,
        "measurements": 2,
        "events": 1,
        "follow_up": 2,
    }
    for table in TABLES:
        frame = as_polars(read.tables[table.name])
        kinds = {"string": pl.String, "int64": pl.Int64, "float64": pl.Float64}
        assert frame.schema == {name: kinds[kind] for name, kind in ingested_schema(table.name).items()}
    relapse = endpoints.derive("CIR", read).frame.select("patient_id", "time", "cause").rows()
    assert relapse == [("a", 400, 0), ("b", 90, 1)]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_table_in_parts(tmp_path: Path, engine: str) -> None:
    folder = write_tables(tmp_path / "registry")
    whole = pl.read_parquet(folder / "follow_up.parquet")
    (folder / "follow_up.parquet").unlink()
    (folder / "follow_up").mkdir()
    for number in (0, 1):
        whole[number : number + 1].write_parquet(folder / "follow_up" / f"part-{number}.parquet")
    read = records.read(folder, engine=engine)
    assert as_polars(read.tables["follow_up"]).sort("row")["day"].to_list() == [400, 500]
    before = read.source.sha256
    whole[:1].with_columns(day=401).write_parquet(folder / "follow_up" / "part-0.parquet")
    assert records.read(folder, engine=engine).source.sha256 != before


@pytest.mark.parametrize("engine", ENGINES)
def test_a_column_beside_the_schema_is_reported(tmp_path: Path, engine: str) -> None:
    extra = pl.DataFrame({"row": [1], "patient_id": ["b"], "day": [90], "event": ["relapse"], "nurse": ["x"]})
    read = records.read(write_tables(tmp_path / "registry", events=extra), engine=engine)
    (finding,) = read.findings
    assert (finding.id, finding.where.table, finding.where.column) == (
        "records.unknown_column",
        "events",
        "nurse",
    )


def _one(**values: object) -> pl.DataFrame:
    return pl.DataFrame({name: [value] for name, value in {"row": 1, "patient_id": "a", **values}.items()})


UNFIT: dict[str, tuple[str, pl.DataFrame, str]] = {
    "no patient": ("events", _one(patient_id=None, day=1, event="death"), "column patient_id"),
    "no day": ("follow_up", _one(day=None, alive="yes"), "column day"),
    "a row too large": ("follow_up", _one(row=2**32, day=1, alive="yes"), "0 to 4.29497e+09"),
    "a date as a day": ("follow_up", _one(day=20240331, alive="yes"), "column day"),
    "a word for yes": ("follow_up", _one(day=1, alive="ja"), "allowed: yes, no"),
    "another code": ("transplants", _one(day=0, type="allo"), "allogeneic"),
    "another unit": (
        "measurements",
        _one(day=1, analyte="ANC", value=500.0, unit="/uL"),
        "10^9/L of ANC",
    ),
    "more than all cells": (
        "measurements",
        _one(day=1, analyte="MRD", value=5.0, unit="fraction"),
        "0 to 1 fraction of MRD",
    ),
    "a stranger": ("events", _one(patient_id="c", day=1, event="death"), "not in the table patients"),
    "an implausible dose": ("transplants", _one(day=0, type="allogeneic", tbi_gy=1200.0), "0 to 16"),
    "a word as a number": ("follow_up", _one(day="soon", alive="yes"), "allowed: whole numbers"),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("case", UNFIT)
def test_what_ingest_would_not_let_through_is_refused(tmp_path: Path, case: str, engine: str) -> None:
    table, frame, said = UNFIT[case]
    folder = write_tables(tmp_path / "registry", **{table: frame})
    with pytest.raises(BadInputError) as error:
        records.read(folder, engine=engine)
    assert table in str(error.value)
    assert said in str(error.value)
    assert "ja" not in str(error.value).split()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_patient_twice_is_refused(tmp_path: Path, engine: str) -> None:
    twice = pl.DataFrame({"row": [1, 2, 3], "patient_id": ["a", "b", "b"]})
    with pytest.raises(BadInputError, match="1 rows repeat a patient"):
        records.read(write_tables(tmp_path / "registry", patients=twice), engine=engine)


def test_a_lock_that_was_changed_is_refused_on_disk(lock: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    for each in lock.iterdir():
        (copy / each.name).write_bytes(each.read_bytes())
    assert records.read(copy, engine="duckdb").source.locked
    events = pl.read_parquet(copy / "events.parquet")
    events.filter(pl.col("event") != "relapse").write_parquet(copy / "events.parquet")
    with pytest.raises(BadInputError, match="changed after it was made"):
        records.read(copy, engine="duckdb")
    note: dict[str, Any] = json.loads((copy / "lock.json").read_text())
    for each in note["tables"].values():
        del each["file_sha256"]
    (copy / "lock.json").write_text(json.dumps(note))
    with pytest.raises(BadInputError, match="make a new lock"):
        records.read(copy, engine="duckdb")


def test_engines_are_named(lock: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="unknown engine 'duck'"):
        records.read(lock, engine="duck")
    shipped = examples.study_path("algeri2025").with_name("cohort.xlsx")
    with pytest.raises(BadInputError, match="already on a scale of days"):
        records.read(shipped, engine="duckdb")
    with pytest.raises(BadInputError, match="no such file or folder"):
        records.read(tmp_path / "none", engine="duckdb")


def test_some_patients_of_tables_on_disk(lock: Path, workbook: Records) -> None:
    read = records.read(lock, engine="duckdb")
    kept = as_polars(only(read.tables["events"], ["A002", "A005", "A002"])).sort("row")
    wanted = workbook.tables["events"].filter(pl.col("patient_id").is_in(["A002", "A005"]))
    assert_frame_equal(kept, wanted.sort("row"))


def test_checks_in_groups_find_what_checks_in_memory_find(
    workbook: Records, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = pl.col("event") == "relapse"
    broken = {
        **workbook.tables,
        "events": workbook.tables["events"].with_columns(day=pl.when(late).then(3000).otherwise("day")),
    }
    tables = dict(workbook.tables)
    for name, frame in broken.items():
        tables[name] = frame
        frame.write_parquet(tmp_path / f"{name}.parquet")
    whole = records.check(records.read(tmp_path))
    on_disk = records.read(tmp_path, engine="duckdb")
    assert {found.id for found in whole}
    assert set(records.check(on_disk)) == set(whole)
    monkeypatch.setattr(groups, "ROWS_AT_ONCE", 2000)
    in_groups = records.check(on_disk)
    assert {found for found in in_groups if found.where.row is not None} == {
        found for found in whole if found.where.row is not None
    }
    assert [found.id for found in in_groups].count("records.checked_in_groups") == 1
