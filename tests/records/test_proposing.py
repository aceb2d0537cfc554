"""A proposed mapping: it parses, what it calls sure is true, and it never decides what a person must."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from dayzero import records
from dayzero.cli import execute
from dayzero.errors import BadInputError
from dayzero.examples import study_path
from dayzero.records.delimited import read_delimited
from dayzero.records.log import Log
from dayzero.records.proposing import SURE, UNSURE, proposals

if TYPE_CHECKING:
    from pathlib import Path

    from dayzero.records.mapping import RowMap

EXAMPLES = {
    "perugia": ("bmtcrr.csv", {"sex", "age", "graft", "remission"}),
    "wroclaw": ("uci_bmt_children.csv", {"age", "diagnosis", "cd34"}),
    "tulsiyan2025": (
        "tulsiyan2025.csv",
        {"id", "sex", "age", "donor", "conditioning", "gvhd_prophylaxis", "date"},
    ),
}


def shipped(name: str) -> tuple[dict[str, Any], Path]:
    study = study_path(name)
    return tomllib.loads(study.read_text(encoding="utf-8"))["data"], study.parent


def origins(rows: tuple[RowMap, ...]) -> set[tuple[str, str, str, str, tuple[str, ...]]]:
    """Return table, kind of event, column and origin of every field of a mapping."""
    return {
        (row.table, row.fields["event"].value or "" if "event" in row.fields else "", name, f.column, f.never)
        for row in rows
        for name, f in row.fields.items()
        if f.column is not None
    }


@pytest.mark.parametrize("name", EXAMPLES)
def test_shipped_files(name: str) -> None:
    data, folder = shipped(name)
    file, sure_columns = EXAMPLES[name]
    proposed = tomllib.loads(records.propose(folder / file))["data"]
    mapping = records.flat_mapping(proposed, "proposal, [data]")
    known = records.flat_mapping(data, "study.toml, [data]")
    true = origins(known.rows)
    assert origins(mapping.rows) <= true  # here even what is only likely is true
    sure = [each for each in proposals(read_delimited(folder / file, Log())) if each.certainty == SURE]
    assert {each.meaning.column for each in sure} == sure_columns
    for each in sure:
        if each.meaning.table:
            place = (each.meaning.table, each.meaning.event, each.meaning.column, each.header, ())
            assert place in true
    assert (mapping.patient_id is None) == (known.patient_id is None)
    assert records.read(folder / file, mapping=mapping).tables["patients"].height > 0


def certainties(path: Path, text: str) -> dict[str, str]:
    file = path / "flat.csv"
    file.write_text(text, encoding="utf-8")
    records.flat_mapping(tomllib.loads(records.propose(file))["data"], "proposal")
    return {each.header: each.certainty for each in proposals(read_delimited(file, Log()))}


def test_numbers_for_words_are_never_decoded(tmp_path: Path) -> None:
    found = certainties(tmp_path, "sex,donor,relapse,remission\n1,2,0,1\n0,1,1,2\n")
    assert set(found.values()) == {UNSURE}


def test_sentinels_are_proposed_as_never(tmp_path: Path) -> None:
    certainties(tmp_path, "ANC_recovery,PLT recovery\n12,15\n14,9999\n1000000,20\n")
    text = records.propose(tmp_path / "flat.csv")
    assert 'date = { column = "ANC_recovery", never = [1000000] }' in text
    assert 'date = { column = "PLT recovery", never = [9999] }' in text


@pytest.mark.parametrize("header", ["patient", "Patient", "recipient"])
def test_a_column_called_patient_is_the_id(tmp_path: Path, header: str) -> None:
    assert certainties(tmp_path, f"{header},sex\np1,m\np2,f\n")[header] == "sure"
    assert certainties(tmp_path, f"{header},sex\np1,m\np1,f\n")[header] == "unsure"


def test_an_empty_day_is_proposed_as_never_in_a_comment_only(tmp_path: Path) -> None:
    found = certainties(tmp_path, "id,aGVHD_day,relapse_day,death_date\na,20,,30\nb,,,40\nc,31,90,50\n")
    assert found["aGVHD_day"] == found["relapse_day"] == "sure"
    lines = records.propose(tmp_path / "flat.csv").splitlines()
    said = "empty, and read as unknown. Only if an empty cell means that it did not happen, write"
    for header, cells in (("aGVHD_day", "1 cell is"), ("relapse_day", "2 cells are")):
        at = lines.index(f'date = {{ column = "{header}" }}')
        assert lines[at + 1 : at + 3] == [
            f"# {cells} {said}",
            f'# date = {{ column = "{header}", never = [""] }}',
        ]
    assert sum("never" in line for line in lines) == 2  # nobody's day of death is empty
    assert not any("never" in line and not line.startswith("#") for line in lines)


def test_what_could_mean_several_things_stays_a_comment(tmp_path: Path) -> None:
    text = "Patient ID,status,tx_date,sex,gender\na,CR1,03/04/2020,m,f\nb,CR2,04/05/2020,f,m\n"
    found = certainties(tmp_path, text)
    assert found == {
        "Patient ID": "sure",
        "status": "unsure",
        "tx_date": "unsure",
        "sex": "sure",
        "gender": "unsure",
    }
    assert "date_order" in records.propose(tmp_path / "flat.csv")


def test_no_value_of_a_patient_is_shown(tmp_path: Path) -> None:
    rows = "".join(f"{n},Jane Roe{n},199{n}-02-03,secret{n}\n" for n in range(9))
    file = tmp_path / "flat.csv"
    file.write_text('id,surname,dob,"no""te"\n' + rows)
    text = records.propose(file)
    tomllib.loads(text)
    assert not any(word in text for word in ("Jane", "199", "secret"))
    assert "seems to identify a person" in text


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, study = tmp_path / "flat.csv", tmp_path / "study.toml"
    file.write_text("sex,age\nm,3\nf,4\n")
    assert execute(["map", str(file)]) == 0
    printed = capsys.readouterr().out
    assert 'sex = { column = "sex" }' in printed
    assert execute(["map", str(file), "-o", str(study)]) == 0
    assert study.read_text() == printed
    assert execute(["map", str(file), "-o", str(study)]) == 2
    assert execute(["map", str(tmp_path / "none.csv")]) == 2
    with pytest.raises(BadInputError):
        records.propose(tmp_path)
