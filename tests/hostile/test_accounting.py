"""Rows in = rows used + rows refused, for every way in: workbook, database, flat file, REDCap, FHIR."""

from __future__ import annotations

import csv
import json
import tempfile
import tomllib
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from dayzero import records
from dayzero.records.log import ROW_NOT_USED
from dayzero.records.queries import Queries
from records.making import workbook
from records.same_patients import REDCAP_MAPPING, as_redcap, resources

if TYPE_CHECKING:
    from dayzero.records import Records

IDS = st.sampled_from(["P1", "P2", "p1", "", "EXAMPLE"])
DAYS = st.sampled_from(
    ["0", "12", "2020-03-01", "03/04/2020", "D+20", "", "unknown", "1000000", "x", "2020-05"]
)
KINDS = {
    "transplants": ("type", st.sampled_from(["allogeneic", "auto", "?", ""])),
    "events": ("event", st.sampled_from(["relapse", "death", "party", ""])),
    "measurements": ("analyte", st.sampled_from(["MRD", "ANC", ""])),
    "follow_up": ("alive", st.sampled_from(["yes", "no", "maybe", ""])),
}
ROWS = st.fixed_dictionaries(
    {name: st.lists(st.tuples(IDS, DAYS, cells), max_size=6) for name, (_, cells) in KINDS.items()}
)


def accounted(found: Records, table: str, place: str, read: set[int]) -> None:
    used = found.tables[table]["row"].to_list()
    refused = {
        f.where.row for f in found.findings if f.where.table == place and f.what.endswith(ROW_NOT_USED)
    }
    assert len(used) == len(set(used))
    assert set(used) | refused == read
    assert not set(used) & refused


@settings(deadline=None, max_examples=25)
@given(ROWS)
def test_workbook(source: dict[str, list[tuple[str, ...]]]) -> None:
    sheets: dict[str, list[list[object]]] = {
        "patients": [["patient_id", "sex", "age", "diagnosis"], ["P1", "m", 9, "ALL"]]
    }
    for name, rows in source.items():
        sheets[name] = [
            ["patient_id", "date", KINDS[name][0]],
            *([cell or None for cell in row] for row in rows),
        ]
        if name == "measurements":
            sheets[name] = [[*row, "value" if n == 0 else 1] for n, row in enumerate(sheets[name])]
    with tempfile.TemporaryDirectory() as place:
        found = records.read(workbook(Path(place) / "a.xlsx", sheets))
    for name, rows in source.items():
        filled = {n for n, row in enumerate(rows, 2) if any(row) or name == "measurements"}
        accounted(found, name, name, filled if any(any(row) for row in sheets[name][1:]) else set())


@settings(deadline=None, max_examples=25)
@given(ROWS)
def test_database(source: dict[str, list[tuple[str, ...]]]) -> None:
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "a.duckdb"
        with duckdb.connect(str(file)) as base:
            base.execute("create table patients as select 'P1' patient_id, 'm' sex, 9 age, 'ALL' diagnosis")
            for name, rows in source.items():
                value = ", value varchar" if name == "measurements" else ""
                base.execute(
                    f"create table {name} (patient_id varchar, date varchar, {KINDS[name][0]} varchar{value})"
                )
                for row in rows:
                    cells = [*row, "1"] if name == "measurements" else [*row]
                    base.execute(f"insert into {name} values ({', '.join('?' * len(cells))})", cells)  # noqa: S608
        queries = Queries({name: f"from {name}" for name in ("patients", *source)})
        found = records.read(file, queries=queries)
    for name, rows in source.items():
        filled = {n for n, row in enumerate(rows, 1) if any(row) or name == "measurements"}
        accounted(found, name, f"query {name}", filled)


FLAT = """
id = { column = "id" }
[patients]
sex = { column = "sex" }
[transplants]
date = { column = "hsct" }
type = { value = "allogeneic" }
[follow_up]
date = { column = "seen" }
alive = { value = "yes" }
"""


@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(IDS, st.sampled_from(["m", "x", ""]), DAYS, DAYS), min_size=1, max_size=6))
def test_flat_file(rows: list[tuple[str, ...]]) -> None:
    rows = [("P0", "m", "0", "100"), *rows]
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "flat.csv"
        with file.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows([("id", "sex", "hsct", "seen"), *rows])
        found = records.read(file, mapping=records.flat_mapping(tomllib.loads(FLAT), "[data]"))
    read = {number for number, row in enumerate(rows, 2) if any(row)}
    used = set(found.tables["patients"]["row"])
    refused = {
        f.where.row for f in found.findings if f.where.column == "id" and f.what.endswith(ROW_NOT_USED)
    }
    assert used | refused == read
    assert not used & refused
    told = {f.where.row for f in found.findings} | refused
    for table in ("transplants", "follow_up"):
        for row in used - set(found.tables[table]["row"]):
            column = "hsct" if table == "transplants" else "seen"
            empty = rows[row - 2][2 if table == "transplants" else 3] in ("", "unknown")
            unplaced = any(f.where.row == row for f in found.findings)
            assert row in told or empty or unplaced, (table, column, row)


@settings(deadline=None, max_examples=15)
@given(st.sets(st.sampled_from(["P1", "P2", "P3", "P4", "P5"]), max_size=4), st.booleans())
def test_redcap(lost: set[str], labels: bool) -> None:
    """Every record of an export is a patient, or a finding says at which row it is none."""
    mapping = records.flat_mapping(tomllib.loads(REDCAP_MAPPING)["data"], "study.toml, [data]")
    with tempfile.TemporaryDirectory() as place:
        project = as_redcap(Path(place), labels=labels)
        export = project / "export.csv"
        with export.open(encoding="utf-8", newline="") as file:
            header, *body = list(csv.reader(file))
        first = {row[0]: n for n, row in reversed([*enumerate(body)])}
        kept = [row for n, row in enumerate(body) if not (row[0] in lost and n == first[row[0]])]
        with export.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, *kept])
        found = records.read(project, mapping=mapping)
    patients = set(found.tables["patients"]["patient_id"])
    refused = {kept[(f.where.row or 2) - 2][0] for f in found.findings if f.what.endswith(ROW_NOT_USED)}
    assert patients | refused == {row[0] for row in kept}
    assert patients == {row[0] for row in kept} - lost


def observation(kind: str, number: int) -> dict[str, Any]:
    """Return a neutrophil count, or one that something is wrong with."""
    made: dict[str, Any] = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "751-8"}]},
        "subject": {"reference": "Patient/P1"},
        "effectiveDateTime": (date(2020, 6, 1) + timedelta(days=number)).isoformat(),
        "valueQuantity": {"value": 1.5, "unit": "10*9/L"},
    }
    wrong: dict[str, dict[str, Any]] = {
        "good": {},
        "unknown code": {"code": {"coding": [{"system": "http://loinc.org", "code": "0000-0"}]}},
        "no code": {"code": {}},
        "withdrawn": {"status": "entered-in-error"},
        "nobody": {"subject": {}},
        "a stranger": {"subject": {"reference": "Patient/P99"}},
        "no date": {"effectiveDateTime": ""},
        "bad date": {"effectiveDateTime": "last week"},
        "no value": {"valueQuantity": {}},
        "bad unit": {"valueQuantity": {"value": 1.5, "unit": "furlongs"}},
    }
    return {**made, **wrong[kind]}


WRONG = (
    "good",
    "unknown code",
    "no code",
    "withdrawn",
    "nobody",
    "a stranger",
    "no date",
    "bad date",
    "no value",
    "bad unit",
)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.sampled_from(WRONG), max_size=12))
def test_fhir(kinds: list[str]) -> None:
    """Every observation is a measurement, a refused row, or one of those that a finding counts."""
    body = [*resources(), *(observation(kind, number) for number, kind in enumerate(kinds))]
    before = sum("valueQuantity" in each for each in resources())  # the others say how a patient was
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "b.json"
        file.write_text(
            json.dumps({"resourceType": "Bundle", "entry": [{"resource": each} for each in body]})
        )
        found = records.read(file)
    counted = ("fhir_unread_code", "fhir_status", "fhir_unread_value")
    left_out = sum(
        int(f.what.split()[0])
        for f in found.findings
        if f.id.removeprefix("records.") in counted and ("Observation" in f.what or "results" in f.what)
    )
    refused = sum(f.what.endswith(ROW_NOT_USED) for f in found.findings)
    used = found.tables["measurements"].height
    assert used + refused + left_out == before + len(kinds), Counter(kinds)
