"""Two runs of an example give the same bytes, whatever else the process has done."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from dayzero import examples
from dayzero.study import run
from dayzero.study.outputs import write_files


def _different(first, second):
    files = sorted(path.relative_to(first) for path in first.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(second) for path in second.rglob("*") if path.is_file())
    assert files
    return [str(file) for file in files if (first / file).read_bytes() != (second / file).read_bytes()]


@pytest.mark.parametrize("name", examples.names())
def test_two_runs_write_the_same_results(name, tmp_path):
    for folder in (tmp_path / "first", tmp_path / "second"):
        folder.mkdir()
        write_files(run(examples.study_path(name)), folder)
    assert _different(tmp_path / "first", tmp_path / "second") == []


@pytest.mark.slow
def test_two_programs_write_the_same_report(tmp_path):
    """A different hash seed reorders sets and would show."""
    study = examples.study_path("tulsiyan2025")
    for seed, folder in (("1", "first"), ("2", "second")):
        program = [sys.executable, "-c", "from dayzero.cli import main; main()"]
        command = [*program, "run", str(study), "-q", "-o", str(tmp_path / folder)]
        subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True)
    assert _different(tmp_path / "first", tmp_path / "second") in (["manifest.json"], [])
