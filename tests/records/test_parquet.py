"""Parquet folders and flat files."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest

from dayzero import records
from dayzero.errors import BadInputError

if TYPE_CHECKING:
    from pathlib import Path


def test_typed_columns(tmp_path: Path) -> None:
    pl.DataFrame(
        {
            "patient_id": [7, 8],
            "sex": ["male", "female"],
            "birth_date": [date(2010, 5, 17), None],
            "diagnosis": "ALL",
        },
        schema_overrides={"sex": pl.Categorical},
    ).write_parquet(tmp_path / "patients.parquet")
    pl.DataFrame(
        {
            "patient_id": [7, 8],
            "date": [date(2020, 3, 1), date(2021, 3, 1)],
            "type": "allogeneic",
            "cd34": [5.5, None],
        }
    ).write_parquet(tmp_path / "transplants.parquet")
    found = records.read(tmp_path)
    assert found.source.kind == "parquet folder"
    assert found.tables["patients"]["patient_id"].to_list() == ["7", "8"]
    assert found.tables["patients"]["age"].to_list() == [9.0, None]
    assert found.tables["transplants"]["day"].to_list() == [0, 0]


def test_nan_is_missing(tmp_path: Path) -> None:
    nan = float("nan")
    pl.DataFrame({"patient_id": ["P1"], "sex": ["male"], "age": [nan], "diagnosis": ["ALL"]}).write_parquet(
        tmp_path / "patients.parquet"
    )
    pl.DataFrame(
        {"patient_id": ["P1", "P1"], "date": [0.0, nan], "type": ["allogeneic"] * 2, "number": [1.0, 2.0]}
    ).write_parquet(tmp_path / "transplants.parquet")
    found = records.read(tmp_path)
    assert {finding.id for finding in found.findings} == {"records.missing_value", "records.missing_key"}
    assert found.tables["transplants"]["day"].to_list() == [0]


def test_nested_columns_are_refused(tmp_path: Path) -> None:
    pl.DataFrame({"patient_id": ["P1"], "sex": [["male"]]}).write_parquet(tmp_path / "patients.parquet")
    with pytest.raises(BadInputError, match="lists, structures or bytes"):
        records.read(tmp_path)


def test_damaged(tmp_path: Path) -> None:
    (tmp_path / "patients.parquet").write_bytes(b"PAR1 and then nothing of use PAR1")
    with pytest.raises(BadInputError, match="damaged"):
        records.read(tmp_path)
