"""``[data] engine``: the same study from tables in memory and from tables on disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dayzero import endpoints, examples, records
from dayzero.errors import BadInputError
from dayzero.records.locks import write_lock
from dayzero.study import run
from dayzero.study.loading import load_study
from dayzero.study.results_json import to_json

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lock of the constructed cohort at its data cut-off, and study files that read it on each engine."""
    path: Path = tmp_path_factory.mktemp("study")
    shipped = examples.study_path("algeri2025")
    cutoff = load_study(shipped).protocol.study.data_cutoff
    assert cutoff is not None
    seen = endpoints.at_cutoff(records.read(shipped.with_name("cohort.xlsx")), cutoff)
    (path / "lock").mkdir()
    write_lock(seen, [], path / "lock", version="0", cutoff=cutoff)
    text = shipped.read_text(encoding="utf-8")
    for engine in ("polars", "duckdb"):
        own = text.replace('source = "cohort.xlsx"', f'source = "lock"\nengine = "{engine}"')
        (path / f"{engine}.toml").write_text(own, encoding="utf-8")
    return path


def test_the_results_are_the_same(folder: Path) -> None:
    in_memory, on_disk = (run(folder / f"{engine}.toml") for engine in ("polars", "duckdb"))
    assert to_json(on_disk.results) == to_json(in_memory.results)
    assert on_disk.endpoints.equals(in_memory.endpoints)
    assert on_disk.results.study.n == 78


def test_a_workbook_cannot_stay_on_disk(tmp_path: Path) -> None:
    shipped = examples.study_path("algeri2025")
    (tmp_path / "cohort.xlsx").write_bytes(shipped.with_name("cohort.xlsx").read_bytes())
    study = tmp_path / "study.toml"
    text = shipped.read_text(encoding="utf-8")
    study.write_text(text.replace("[data]\n", '[data]\nengine = "duckdb"\n'), encoding="utf-8")
    line = text.splitlines().index("[data]") + 2
    with pytest.raises(BadInputError, match=f"study.toml, line {line}: engine = duckdb takes tables"):
        run(study)


def test_an_engine_that_does_not_exist(tmp_path: Path) -> None:
    study = tmp_path / "study.toml"
    study.write_text('[study]\ntitle = "T"\n[data]\nsource = "x"\nengine = "spark"\n', encoding="utf-8")
    with pytest.raises(BadInputError, match="unknown value of engine 'spark'"):
        load_study(study)
