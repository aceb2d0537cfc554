"""Rows in = rows used + rows refused, each refused one with a finding that says so."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from dayzero.records.log import ROW_NOT_USED
from records.making import read_folder

if TYPE_CHECKING:
    from dayzero.records import Records

IDS = st.sampled_from(["P1", "P2", "p1", "", "EXAMPLE", "9"])
DATES = st.sampled_from(
    ["0", "12", "2020-03-01", "2020-04-01", "03/04/2020", "D+20", "", "unknown", "1000000", "x"]
)
TABLES = {
    "patients": (
        "patient_id,sex,age,diagnosis",
        [IDS, st.sampled_from(["m", "x", ""]), st.just("9"), st.just("ALL")],
    ),
    "transplants": ("patient_id,date,type", [IDS, DATES, st.sampled_from(["allogeneic", "auto", "?", ""])]),
    "events": (
        "patient_id,date,event,occurred",
        [
            IDS,
            DATES,
            st.sampled_from(["relapse", "death", "party", ""]),
            st.sampled_from(["", "yes", "no", "?"]),
        ],
    ),
    "measurements": (
        "patient_id,date,analyte,value",
        [
            IDS,
            DATES,
            st.sampled_from(["MRD", "ANC", ""]),
            st.sampled_from(["1", "<0.01%", "negative", "", "x"]),
        ],
    ),
    "follow_up": ("patient_id,date,alive", [IDS, DATES, st.sampled_from(["yes", "no", "maybe", ""])]),
}


def text_of(header: str, rows: list[tuple[str, ...]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([header.split(","), *rows])
    return out.getvalue()


SOURCES = st.fixed_dictionaries(
    {name: st.lists(st.tuples(*cells), max_size=6) for name, (_, cells) in TABLES.items()}
)


def refused_rows(found: Records, table: str) -> set[int | None]:
    return {
        finding.where.row
        for finding in found.findings
        if finding.where.table == f"{table}.csv" and finding.what.endswith(ROW_NOT_USED)
    }


@settings(deadline=None, max_examples=60)
@given(SOURCES)
def test_nothing_is_lost_silently(source: dict[str, list[tuple[str, ...]]]) -> None:
    source["patients"].insert(0, ("P1", "m", "9", "ALL"))
    texts = {name: text_of(TABLES[name][0], rows) for name, rows in source.items()}
    with tempfile.TemporaryDirectory() as place:
        found = read_folder(Path(place), texts)
    for name, rows in source.items():
        read = {number for number, row in enumerate(rows, 2) if any(row)}
        used = set(found.tables[name]["row"].to_list())
        refused = refused_rows(found, name)
        assert used | refused == read
        assert not used & refused


@settings(deadline=None, max_examples=20)
@given(SOURCES)
def test_the_same_input_gives_the_same_findings(source: dict[str, list[tuple[str, ...]]]) -> None:
    source["patients"].insert(0, ("P1", "m", "9", "ALL"))
    texts = {name: text_of(TABLES[name][0], rows) for name, rows in source.items()}
    with tempfile.TemporaryDirectory() as place:
        first, second = read_folder(Path(place), texts), read_folder(Path(place), texts)
    assert first.findings == second.findings
    assert first.source == second.source
    assert all(frame.equals(second.tables[name]) for name, frame in first.tables.items())
