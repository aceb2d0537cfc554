"""A whole run from the command line: the folder, its bytes, and what must not be in it."""

from __future__ import annotations

import json
import re
import zipfile
import zlib
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from dayzero.cli import execute
from study.small_cohort import STUDY, tables, write_cohort

if TYPE_CHECKING:
    from pathlib import Path

CUTOFF = date(2022, 6, 30)


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return the folders of two runs of one study, with a data cut-off after every contact."""
    folder = tmp_path_factory.mktemp("run")
    text = STUDY.replace('"Twelve patients"', f'"Twelve patients"\ndata_cutoff = {CUTOFF}')
    study = write_cohort(folder, study=text)
    assert execute(["run", str(study), "-q"]) == 0
    assert execute(["run", str(study), "-q", "-o", str(folder / "again")]) == 0
    return folder / "study", folder / "again"


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_the_folder(twice: tuple[Path, Path]) -> None:
    found = files(twice[0])
    for name in (
        "report.html",
        "results.json",
        "endpoints.parquet",
        "endpoints.csv",
        "findings.csv",
        "manifest.json",
    ):
        assert name in found
    assert any(name.startswith("figures/") for name in found)
    assert any(name.startswith("tables/") for name in found)


def test_two_runs_give_the_same_bytes(twice: tuple[Path, Path]) -> None:
    first, second = twice
    assert files(first) == files(second)
    for name in files(first):
        if name != "manifest.json":
            assert (first / name).read_bytes() == (second / name).read_bytes(), name


def manifest(folder: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    return read


def test_the_manifest(twice: tuple[Path, Path]) -> None:
    first, second = map(manifest, twice)
    assert {**first, "created": ""} == {**second, "created": ""}
    assert set(first["files"]) == set(files(twice[0])) - {"manifest.json"}
    assert first["study_file"]["name"] == "study.toml"
    assert re.fullmatch(r"[0-9a-f]{64}", first["data"]["sha256"])
    assert first["conventions"]["preset"] == "dayzero"
    assert {"numpy", "polars"} <= set(first["libraries"])


def contents(path: Path) -> bytes:
    """Return what is in a file, unpacked where it is packed."""
    raw = path.read_bytes()
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as packed:
            return b"\n".join(packed.read(name) for name in packed.namelist())
    if path.suffix == ".pdf":
        streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", raw, re.DOTALL)
        return raw + b"\n".join(unpacked(stream) for stream in streams)
    if path.suffix == ".parquet":
        return pl.read_parquet(path).write_csv().encode()
    return raw


def unpacked(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return stream


def test_no_date_of_a_patient_leaves(twice: tuple[Path, Path]) -> None:
    rows = [row for table in tables().values() for row in table]
    dates = {value for row in rows for value in row.values() if isinstance(value, date)} - {CUTOFF}
    assert len(dates) > 25
    forms = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%Y%m%d", "%d %B %Y", "%d %b %Y")
    words = [day.strftime(form).encode() for day in dates for form in forms]
    for name in files(twice[0]):
        text = contents(twice[0] / name)
        assert not [word for word in words if word in text], name


def test_the_only_date_in_a_text_is_the_cut_off(twice: tuple[Path, Path]) -> None:
    for name in files(twice[0]):
        if name.endswith((".json", ".csv", ".html", ".svg")) and name != "manifest.json":
            found = set(re.findall(r"\b(?:19|20)\d\d-\d\d-\d\d\b", (twice[0] / name).read_text()))
            assert found <= {CUTOFF.isoformat()}, name


def test_no_path_of_this_machine(twice: tuple[Path, Path]) -> None:
    place = str(twice[0].parent).encode()
    for name in files(twice[0]):
        assert place not in contents(twice[0] / name), name


def test_results_and_endpoints_agree(twice: tuple[Path, Path]) -> None:
    results = json.loads((twice[0] / "results.json").read_text())
    frame = pl.read_parquet(twice[0] / "endpoints.parquet")
    assert frame.equals(pl.read_csv(twice[0] / "endpoints.csv", schema=frame.schema))
    for info in results["endpoints"]:
        rows = frame.filter(pl.col("endpoint") == info["name"])
        assert rows.height == info["n"]
        assert [(rows["cause"] == code + 1).sum() for code in range(len(info["counts"]))] == info["counts"]
    assert (frame["why"] != "").all()


def test_a_refusal_is_reported_and_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    late = "neutrophil_engraftment_day"
    text = STUDY.replace("remission_number = 1", f"{late} < 15").replace(
        "remission_number = 2", f"{late} >= 15"
    )
    study = write_cohort(tmp_path, study=text)
    with (tmp_path / "cohort" / "events.csv").open("a") as file:
        rows = tables()["transplants"]
        for index, row in enumerate(rows[:12]):
            day = date.fromordinal(row["date"].toordinal() + 12 + index % 6)
            file.write(f"p{index + 1:02},{day},neutrophil engraftment\n")
    assert execute(["run", str(study)]) == 1
    said = capsys.readouterr()
    assert "refused: " in said.err
    assert "ask instead: ask from a landmark day on" in said.err
    assert said.out.strip().endswith("report.html")
    results = json.loads((tmp_path / "study" / "results.json").read_text())
    assert [refusal["id"] for refusal in results["refusals"]] == [
        "OS.remission.refused",
        "DFS.remission.refused",
        "CIR.remission.refused",
    ]
    assert not [e for e in results["estimates"] if e["group_by"]]
    assert results["figures"][0]["rows"][0][1]["refused"]


def test_progress_goes_to_stderr(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = write_cohort(tmp_path)
    assert execute(["run", str(study), "-o", str(tmp_path / "out")]) == 0
    said = capsys.readouterr()
    assert said.out == f"{tmp_path / 'out' / 'report.html'}\n"
    assert "reading and checking the records" in said.err
