"""Every way of getting it wrong: one clear message, exit status 2, no traceback, nothing half-written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dayzero.cli import execute

if TYPE_CHECKING:
    from pathlib import Path
from study.small_cohort import STUDY, write_cohort


@pytest.fixture
def cohort(tmp_path: Path) -> Path:
    return write_cohort(tmp_path)


def message(capsys: pytest.CaptureFixture[str], *arguments: str | Path, status: int = 2) -> str:
    assert execute([str(argument) for argument in arguments]) == status
    text = capsys.readouterr().err
    assert text.count("error:") == 1, text
    assert "Traceback" not in text
    return text


def left_behind(cohort: Path) -> set[str]:
    return {path.name for path in cohort.parent.iterdir()} - {"cohort", "study.toml"}


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("horizons", "horizon", "did you mean 'horizons'?"),  # a key
        ("immunophenotype =", "imunophenotype =", "did you mean 'immunophenotype'?"),  # a column
        ("'B-ALL'", "'BALL'", "allowed: B-ALL, T-ALL, MPAL"),  # a code
        ("'B-ALL'", "'b-cell all'", "is written 'B-ALL' here"),  # an alias of a code
        ('"DFS"', '"DSF"', "did you mean 'DFS'?"),  # an endpoint
        ('by = ["remission"]', 'by = ["remision"]', "did you mean 'remission'?"),  # a group
        ('label = "Remission at HSCT"', 'colours = { "CR3" = "red" }', "allowed: CR1, CR2"),  # a level
        ("'B-ALL'", "'MPAL'", "no patient is left"),  # nobody after the rules
        ("remission_number = 2", "remission_number = 3", "the group 'CR2' of 'remission' has no patient"),
        ("remission_number = 1", "remission_number <= 2", "overlap"),
        ('source = "cohort"', 'source = "cohrt"', "there is no file or folder 'cohrt'"),
        ('["age", "sex", "remission"]', '["age", "sexx"]', "did you mean 'sex'?"),
        ('[["OS", "CIR by remission"]]', '[["OS", "NRM by remission"]]', "add 'remission' to by of NRM"),
    ],
)
def test_study_file(cohort: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, words: str) -> None:
    assert old in STUDY
    cohort.write_text(STUDY.replace(old, new, 1))
    text = message(capsys, "run", cohort, "-q")
    assert words in text
    assert "study.toml, line " in text
    assert left_behind(cohort) == set()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.xlsx", b"", "empty"),
        ("empty.csv", b"", "empty"),
        ("secret.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "password"),
        ("cut.xlsx", b"PK\x03\x04" + b"\x14\0\6\0" * 40, ""),
        ("text.xlsx", b"patient_id,sex\np01,male\n", ""),
        ("text.parquet", b"patient_id,sex\np01,male\n", ""),
        ("book.csv", b"PK\x03\x04" + b"\x14\0\6\0" * 40, ""),
    ],
)
def test_data_file(
    cohort: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes, words: str
) -> None:
    (cohort.parent / name).write_bytes(content)
    flat = """
layout = "one row per patient"
[data.follow_up]
date = { column = "day" }
alive = { value = "yes" }
"""
    is_book = name.endswith(".xlsx")
    cohort.write_text(
        STUDY.replace('source = "cohort"', f'source = "{name}"' + ("" if is_book else f"\n{flat}"))
    )
    text = message(capsys, "run", cohort, "-q")
    assert name in text
    assert words in text.lower()
    assert left_behind(cohort) == {name}


def test_a_truncated_workbook(cohort: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = cohort.parent / "book.xlsx"
    assert execute(["template", str(book)]) == 0
    capsys.readouterr()
    book.write_bytes(book.read_bytes()[:-400])
    cohort.write_text(STUDY.replace('"cohort"', '"book.xlsx"'))
    text = message(capsys, "run", cohort, "-q")
    assert "book.xlsx" in text
    assert left_behind(cohort) == {"book.xlsx"}


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "empty"), (b"PK\x03\x04xx", "Excel"), (b"[study", "not TOML"), (b"\xff\xfe[\0", "UTF-16")],
)
def test_not_a_study_file(
    cohort: Path, capsys: pytest.CaptureFixture[str], content: bytes, words: str
) -> None:
    cohort.write_bytes(content)
    assert words in message(capsys, "run", cohort, "-q")
    assert left_behind(cohort) == set()


def test_no_such_study_file(cohort: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "study files there: study.toml" in message(capsys, "run", cohort.with_name("stdy.toml"))


def test_a_foreign_output_folder_is_never_replaced(cohort: Path, capsys: pytest.CaptureFixture[str]) -> None:
    precious = cohort.parent / "precious"
    precious.mkdir()
    (precious / "thesis.docx").touch()
    text = message(capsys, "run", cohort, "-o", precious)
    assert "files that dayzero did not write" in text
    assert (precious / "thesis.docx").exists()


def test_a_column_of_a_flat_file_that_is_not_there(cohort: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (cohort.parent / "flat.csv").write_text("id,days\n1,300\n2,400\n")
    cohort.write_text(
        '[study]\ntitle = "T"\n[data]\nsource = "flat.csv"\nlayout = "one row per patient"\n'
        '[data.follow_up]\ndate = { column = "day" }\nalive = { value = "yes" }\n'
    )
    text = message(capsys, "run", cohort, "-q")
    assert "day" in text
    assert "days" in text


def test_a_mistake_in_the_mapping_names_its_line(cohort: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (cohort.parent / "flat.csv").write_text("id,days\n1,300\n2,400\n")
    cohort.write_text(
        '[study]\ntitle = "T"\n[data]\nsource = "flat.csv"\nlayout = "one row per patient"\n'
        '[data.follow_up]\ndate = { colum = "days" }\nalive = { value = "yes" }\n'
    )
    text = message(capsys, "run", cohort, "-q")
    assert "study.toml, line 7" in text
    assert "did you mean 'column'?" in text


@pytest.mark.parametrize("arguments", [["demo", "perugja"], ["endpoints", "CRI"], ["check", "nothing.xlsx"]])
def test_other_commands(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    assert message(capsys, *arguments)


@pytest.mark.parametrize(
    "arguments", [["rnu"], ["run"], ["run", "--nope"], ["check", "x", "--date-order", "ydm"]]
)
def test_usage(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    assert execute(arguments) == 2
    assert "Usage:" in capsys.readouterr().err
