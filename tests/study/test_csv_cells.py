"""CSV files that a spreadsheet program cannot be made to run."""

from __future__ import annotations

import polars as pl
import pytest

from dayzero.study.outputs import safe_cells


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "=", "-"])
def test_a_formula_gets_a_quote(text: str) -> None:
    assert safe_cells(pl.DataFrame({"a": [text]}))["a"].to_list() == ["'" + text]


@pytest.mark.parametrize("text", ["-5", "+1.5", "-1e-3", "a=1", "CR2/3", "", "12"])
def test_numbers_and_plain_texts_stay(text: str) -> None:
    assert safe_cells(pl.DataFrame({"a": [text]}))["a"].to_list() == [text]


def test_other_columns_and_nothing_stay() -> None:
    frame = pl.DataFrame({"n": [-1], "x": [None]}, schema={"n": pl.Int64, "x": pl.String})
    assert safe_cells(frame).equals(frame)
