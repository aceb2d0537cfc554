"""Every hostile source ends in findings or in one clear refusal, and every row of it is accounted for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from dayzero import records
from dayzero.errors import BadInputError
from dayzero.records.log import ROW_NOT_USED
from hostile.corpus import CASES
from records.making import ids

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", CASES)
def test_case(tmp_path: Path, name: str) -> None:
    case = CASES[name]
    source = case.make(tmp_path)
    if case.refused:
        with pytest.raises(BadInputError, match=case.refused) as error:
            records.read(source)
        assert str(tmp_path) not in str(error.value)
        return
    read = records.read(source)
    found = (*read.findings, *records.check(read))
    assert set(case.found) <= ids(found)
    assert read.tables["patients"].height == case.patients
    shown = repr(found)
    assert "Anna" not in shown
    assert not re.search(r"2021-|/21", shown)


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if not case.refused])
def test_rows_are_used_or_refused(tmp_path: Path, name: str) -> None:
    """Rows in = rows used + rows refused, by table, each refused row once."""
    read = records.read(CASES[name].make(tmp_path))
    for table, count in read.source.rows.items():
        used = read.tables[table]["row"].to_list()
        refused = {
            finding.where.row
            for finding in read.findings
            if finding.what.endswith(ROW_NOT_USED)
            and (finding.where.table or "").removesuffix(".csv") == table
        }
        assert not refused & set(used)
        ragged = sum(
            finding.id == "records.ragged_row" and (finding.where.table or "").startswith(table)
            for finding in read.findings
        )
        assert len(used) + len(refused) in (count, count + ragged)


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if not case.refused])
def test_the_same_source_gives_the_same_findings(tmp_path: Path, name: str) -> None:
    source = CASES[name].make(tmp_path)
    assert records.read(source).findings == records.read(source).findings
