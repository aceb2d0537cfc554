"""The commands do what they say, and say it with an example."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import click
import pytest

from dayzero import cli
from dayzero.cli import execute

if TYPE_CHECKING:
    from pathlib import Path
from study.small_cohort import write_cohort

COMMANDS = ("demo", "template", "check", "init", "map", "run", "why", "lock", "diff", "app", "endpoints")


def test_the_commands() -> None:
    assert set(cli.cli.commands) == set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example(capsys: pytest.CaptureFixture[str], command: str) -> None:
    assert execute([command, "--help"]) == 0
    text = capsys.readouterr().out
    assert "Example" in text
    assert f"  dayzero {command}" in text  # on a line of its own
    assert "\\b" not in text


def test_help_loads_nothing_heavy() -> None:
    code = "import sys; from dayzero.cli import execute; execute(['--help']); print(sorted(sys.modules))"
    heavy = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    for module in ("polars", "numpy", "scipy", "pydantic", "typst", "jinja2", "xlsxwriter"):
        assert f"'{module}'" not in heavy


def test_the_api_loads_when_used() -> None:
    code = (
        "import sys, dayzero as dz; assert 'polars' not in sys.modules; "
        "print(dz.run.__name__, dz.read.__name__, dz.check.__name__, dz.endpoint.__name__, dz.stats.__name__)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["run", "read", "check", "derive", "dayzero.stats"]


def test_template(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = tmp_path / "cohort.xlsx"
    assert execute(["template", str(book)]) == 0
    before = book.read_bytes()
    assert execute(["template", str(book)]) == 2
    assert "--force" in capsys.readouterr().err
    assert book.read_bytes() == before
    assert execute(["template", str(book), "--force"]) == 0
    assert execute(["template", str(tmp_path / "cohort.ods")]) == 2


def test_check_of_a_clean_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = write_cohort(tmp_path)
    for table in (tmp_path / "cohort").iterdir():  # without the patient who has no day 0
        rows = [row for row in table.read_text().splitlines() if not row.startswith("p14")]
        table.write_text("\n".join(rows) + "\n")
    assert execute(["check", str(tmp_path / "cohort")]) == 0
    from_folder = capsys.readouterr().out
    assert execute(["check", str(study)]) == 0
    assert capsys.readouterr().out == from_folder
    assert "patients 13" in from_folder


def test_check_names_the_cell_and_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_cohort(tmp_path)
    patients = tmp_path / "cohort" / "patients.csv"
    patients.write_text(patients.read_text().replace("p03,male", "p03,mael"))
    findings = tmp_path / "findings.csv"
    assert execute(["check", str(tmp_path / "cohort"), "--csv", str(findings)]) == 1
    text = capsys.readouterr().out
    assert "ERROR" in text
    assert "row 4" in text
    assert "column sex" in text
    assert "male, female" in text
    assert "mael" in findings.read_text()


def test_check_at_the_cutoff_of_a_study(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """p01 was last seen on 29 February 2020, more than 15 months before the cut-off; p13 after it."""
    study = write_cohort(tmp_path)
    study.write_text(study.read_text().replace("[study]", "[study]\ndata_cutoff = 2021-06-10", 1))
    assert execute(["check", str(study)]) == 1  # p14 has no day 0
    text = capsys.readouterr().out
    assert "patient p01: The patient was last seen alive 467 days before the data cut-off" in text
    assert "are later than the data cut-off" in text
    assert execute(["check", str(tmp_path / "cohort")]) == 1
    assert "cut-off" not in capsys.readouterr().out


def test_check_of_a_flat_file_needs_its_study(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "flat.csv").write_text("days\n300\n400\n")
    study = tmp_path / "study.toml"
    study.write_text(
        '[study]\ntitle = "T"\n[data]\nsource = "other.csv"\nlayout = "one row per patient"\n'
        '[data.follow_up]\ndate = { column = "days" }\nalive = { value = "yes" }\n'
    )
    assert execute(["check", str(tmp_path / "flat.csv")]) == 2
    capsys.readouterr()
    assert execute(["check", str(tmp_path / "flat.csv"), "--study", str(study)]) == 0
    assert "flat.csv" in capsys.readouterr().out


def test_endpoints(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["endpoints"]) == 0
    assert "Cumulative incidence of relapse" in capsys.readouterr().out
    assert execute(["endpoints", "lfs"]) == 0
    assert "Disease-free survival" in capsys.readouterr().out


def test_a_fault_of_the_program_is_one_line_without_data(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    @click.command()
    def broken() -> None:
        message = "patient 4711 born 2001-02-03"
        raise KeyError(message)

    monkeypatch.setattr(cli, "cli", broken)
    assert execute([]) == 3
    text = capsys.readouterr().err
    assert text.count("\n") == 1
    assert "KeyError" in text
    assert "please report" in text
    assert "4711" not in text
    monkeypatch.setenv("DAYZERO_DEBUG", "1")
    with pytest.raises(KeyError):
        execute([])
