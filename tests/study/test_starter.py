"""A first study file: it runs as it stands, and asks only what the records can answer."""

from __future__ import annotations

import shutil
import tomllib
from typing import TYPE_CHECKING

import pytest

from dayzero import examples, study
from dayzero.errors import BadInputError
from dayzero.study.starter import starter

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    shipped = examples.study_path("algeri2025").with_name("cohort.xlsx")
    return shutil.copy(shipped, tmp_path / 'our "best" cohort.xlsx')


def test_it_runs_as_it_stands(workbook: Path) -> None:
    file = workbook.with_name("study.toml")
    file.write_text(starter(workbook, beside=workbook.parent), encoding="utf-8")
    results = study.run(file).results
    asked = {one.name for one in results.endpoints}
    assert {"OS", "DFS", "CIR", "NRM", "survival_after_relapse"} <= asked
    assert results.study.n == 84  # nobody is left out until a person says who
    assert not results.refusals


def test_groups_are_those_that_differ(workbook: Path) -> None:
    text = starter(workbook, beside=workbook.parent)
    levels = tomllib.loads(text)["groups"]["remission"]["levels"]
    assert levels == {"CR1": "remission_number = 1", "CR2-3": "remission_number >= 2"}


def test_data_are_named_from_the_study_files_folder(workbook: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "studies"
    elsewhere.mkdir()
    assert tomllib.loads(starter(workbook, beside=elsewhere))["data"]["source"] == f"../{workbook.name}"


def test_what_is_not_a_workbook_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError):
        starter(tmp_path / "none.xlsx", beside=tmp_path)
