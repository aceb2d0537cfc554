"""``dayzero lock``: what is frozen, what is refused, and that a study runs from it as from its source."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import polars as pl
import pytest

from dayzero import examples, records
from dayzero.cli import execute
from dayzero.study.runner import run
from study.small_cohort import STUDY, tables
from study.small_cohort import write_cohort as write_all

if TYPE_CHECKING:
    from pathlib import Path


def write_cohort(folder: Path, *, dates: bool = True, study: str = STUDY) -> Path:
    """Write the cohort without the patient who has no day 0, which is an error."""
    path = write_all(folder, dates=dates, study=study)
    for table in (folder / "cohort").iterdir():
        rows = [row for row in table.read_text().splitlines() if not row.startswith("p14")]
        table.write_text("\n".join(rows) + "\n")
    return path


@pytest.fixture
def cohort(tmp_path: Path) -> Path:
    write_cohort(tmp_path)
    return tmp_path / "cohort"


def said(folder: Path) -> dict[str, object]:
    note: dict[str, object] = json.loads((folder / "lock.json").read_text())
    return note


def test_the_folder(cohort: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "lock"
    assert execute(["lock", str(cohort), "-o", str(target)]) == 0
    assert f"content {said(target)['content_sha256']}" in capsys.readouterr().out
    assert sorted(path.name for path in target.iterdir()) == [
        "events.parquet",
        "findings.csv",
        "follow_up.parquet",
        "given.parquet",
        "lock.json",
        "measurements.parquet",
        "patients.parquet",
        "reading.parquet",
        "transplants.parquet",
        "treatments.parquet",
    ]
    assert said(target)["schema_version"] == "1.0"
    assert said(target)["tables"]["patients"]["rows"] == 13  # type: ignore[index]
    assert said(target)["errors_accepted"] is False


def test_no_date_but_the_moment_of_locking(cohort: Path, tmp_path: Path) -> None:
    target = tmp_path / "lock"
    assert execute(["lock", str(cohort), "-o", str(target)]) == 0
    for path in target.iterdir():
        text = (
            pl.read_parquet(path).write_csv()
            if path.suffix == ".parquet"
            else path.read_text().replace(str(said(target)["created"]), "")
        )
        assert not re.search(r"\b(19|20)\d\d-\d\d-\d\d", text), path.name


def test_the_same_records_in_another_order_have_the_same_content(cohort: Path, tmp_path: Path) -> None:
    assert execute(["lock", str(cohort), "-o", str(tmp_path / "one")]) == 0
    for table in cohort.iterdir():
        header, *rows = table.read_text().splitlines()
        table.write_text("\n".join([header, *reversed(rows)]) + "\n")
    assert execute(["lock", str(cohort), "-o", str(tmp_path / "two")]) == 0
    one, two = said(tmp_path / "one"), said(tmp_path / "two")
    assert one["content_sha256"] == two["content_sha256"]
    assert one["source"] != two["source"]


def test_reading_a_lock_gives_the_records(cohort: Path, tmp_path: Path) -> None:
    assert execute(["lock", str(cohort), "-o", str(tmp_path / "lock")]) == 0
    first, locked = records.read(cohort), records.read(tmp_path / "lock")
    assert {name: frame.equals(first.tables[name]) for name, frame in locked.tables.items()} == dict.fromkeys(
        first.tables, True
    )
    assert locked.key is None
    assert locked.findings == first.findings
    assert locked.places == first.places
    assert records.check(locked) == records.check(first)
    assert locked.source.locked and not first.source.locked
    assert locked.source.kind == first.source.kind


@pytest.mark.parametrize("name", ["perugia", "wroclaw", "tulsiyan2025"])
def test_a_study_runs_from_the_lock_of_a_flat_file(name: str, tmp_path: Path) -> None:
    study = examples.study_path(name)
    assert execute(["lock", str(study), "-o", str(tmp_path / "lock"), "--accept-errors"]) == 0
    text = study.read_text(encoding="utf-8")
    source = re.search(r'source = "([^"]+)"', text)
    assert source is not None
    (tmp_path / "study.toml").write_text(text.replace(source[0], 'source = "lock"'), encoding="utf-8")
    first, locked = run(study), run(tmp_path / "study.toml")
    assert locked.endpoints.equals(first.endpoints)
    for part in ("estimates", "tests", "quantiles", "follow_up", "characteristics", "cohort", "findings"):
        assert getattr(locked.results, part) == getattr(first.results, part), part


def test_a_lock_at_a_cutoff_stands_for_the_cutoff_of_the_study(tmp_path: Path) -> None:
    cut = STUDY.replace('"Twelve patients"', '"Twelve patients"\ndata_cutoff = 2020-01-20')
    study = write_cohort(tmp_path, study=cut)
    lock = ["lock", str(tmp_path / "cohort"), "-o", str(tmp_path / "lock")]
    assert execute([*lock, "--cutoff", "2020-01-20"]) == 0
    assert said(tmp_path / "lock")["cutoff"] == "2020-01-20"
    (tmp_path / "locked.toml").write_text(cut.replace('"cohort"', '"lock"'))
    first, locked = run(study), run(tmp_path / "locked.toml")
    assert locked.endpoints.equals(first.endpoints)
    assert locked.results.estimates == first.results.estimates
    assert locked.results.study.data_cutoff == "2020-01-20"


@pytest.mark.parametrize(("made", "words"), [("2020-02-20", "allowed: 2020-02-20"), ("", "no data_cutoff")])
def test_another_cutoff_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], made: str, words: str
) -> None:
    cut = STUDY.replace('"Twelve patients"', '"Twelve patients"\ndata_cutoff = 2020-01-20')
    study = write_cohort(tmp_path, study=cut.replace('"cohort"', '"lock"'))
    more = ["--cutoff", made] if made else []
    assert execute(["lock", str(tmp_path / "cohort"), "-o", str(tmp_path / "lock"), *more]) == 0
    capsys.readouterr()
    assert execute(["run", str(study), "-q"]) == 2
    text = capsys.readouterr().err
    assert words in text
    assert "--cutoff 2020-01-20" in text


def test_errors_refuse_and_can_be_accepted(
    cohort: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    patients = cohort / "patients.csv"
    patients.write_text(patients.read_text().replace("p03,male", "p03,mael"))
    arguments = ["lock", str(cohort), "-o", str(tmp_path / "lock")]
    assert execute(arguments) == 1
    out = capsys.readouterr()
    assert "patients.csv, row 4, column sex, patient p03" in out.out
    assert "is not locked: it has 1 error" in out.err
    assert not (tmp_path / "lock").exists()
    assert execute([*arguments, "--accept-errors"]) == 0
    assert said(tmp_path / "lock")["errors_accepted"] is True
    assert said(tmp_path / "lock")["findings"]["error"] == 1  # type: ignore[index]


def test_a_lock_is_never_replaced(cohort: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["lock", str(cohort)]) == 0
    assert (tmp_path / "cohort-lock" / "lock.json").exists()
    assert execute(["lock", str(cohort)]) == 2
    assert "never replaces" in capsys.readouterr().err


def test_a_changed_lock_is_refused(cohort: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["lock", str(cohort)]) == 0
    events = tmp_path / "cohort-lock" / "events.parquet"
    pl.read_parquet(events).with_columns(pl.col("day") + 1).write_parquet(events)
    assert execute(["check", str(tmp_path / "cohort-lock")]) == 2
    assert "changed after it was made" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda folder: (folder / "events.parquet").unlink(), "events.parquet cannot be read"),
        (lambda folder: (folder / "lock.json").write_text("{"), "lock.json cannot be read"),
        (lambda folder: (folder / "lock.json").write_text("{}"), "lock.json cannot be read"),
        (lambda folder: (folder / "lock.json").write_text('{"schema_version": "1.0"}'), "lock.json cannot"),
        (lambda folder: (folder / "lock.json").write_text('{"schema_version": "9.0"}'), "cannot read"),
    ],
)
def test_damage(cohort: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], change, words) -> None:  # type: ignore[no-untyped-def]
    assert execute(["lock", str(cohort)]) == 0
    change(tmp_path / "cohort-lock")
    assert execute(["check", str(tmp_path / "cohort-lock")]) == 2
    assert words in capsys.readouterr().err


def test_the_key_goes_where_it_is_asked_and_nowhere_else(
    cohort: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = tmp_path / "key.csv"
    assert execute(["lock", str(cohort), "--key", str(key)]) == 0
    days = {row["patient_id"]: row["date"] for row in tables()["transplants"] if row["type"] == "allogeneic"}
    assert dict(pl.read_csv(key, try_parse_dates=True).iter_rows()) == days
    inside = tmp_path / "two" / "key.csv"
    assert execute(["lock", str(cohort), "-o", str(tmp_path / "two"), "--key", str(inside)]) == 2
    assert "outside the lock" in capsys.readouterr().err
    assert not (tmp_path / "two").exists()
    assert execute(["lock", str(cohort), "-o", str(tmp_path / "two"), "--key", str(key)]) == 2


def test_days_have_no_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_cohort(tmp_path, dates=False)
    key = tmp_path / "key.csv"
    assert execute(["lock", str(tmp_path / "cohort"), "--key", str(key)]) == 2
    assert "no key to write" in capsys.readouterr().err
    assert not key.exists()


def test_a_lock_of_a_lock_keeps_its_cutoff(cohort: Path, tmp_path: Path) -> None:
    assert execute(["lock", str(cohort), "--cutoff", "2020-01-20"]) == 0
    first = tmp_path / "cohort-lock"
    assert execute(["lock", str(first), "-o", str(tmp_path / "two")]) == 0
    assert said(tmp_path / "two")["content_sha256"] == said(first)["content_sha256"]
    assert execute(["lock", str(first), "-o", str(tmp_path / "three"), "--cutoff", "2019-12-31"]) == 2


def test_k(cohort: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["lock", str(cohort), "--k", "5"]) == 0
    assert "patients have fewer than 5 alike" in capsys.readouterr().out
    found = pl.read_csv(tmp_path / "cohort-lock" / "findings.csv").filter(
        pl.col("id") == "records.small_cell"
    )
    assert found.height >= 1
    assert found["patient_id"].null_count() == found.height
    assert execute(["lock", str(cohort), "-o", str(tmp_path / "x"), "--k", "1"]) == 2
