"""The traps of the 187 children: each comes out once, with its row."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

import pytest

from dayzero import records
from records.making import mapping_of, of

if TYPE_CHECKING:
    from dayzero.records import Finding, Records

MAPPING = """
[data.patients]
sex = { column = "Recipientgender", codes = { 1 = "male", 0 = "female" } }
age = { column = "Recipientage" }
diagnosis = { column = "Disease" }

[data.transplants]
graft = { column = "Stemcellsource", codes = { 1 = "peripheral blood", 0 = "bone marrow" } }

[[data.events]]
event = { value = "neutrophil engraftment" }
date = { column = "ANCrecovery", never = ["1000000"] }

[[data.events]]
event = { value = "platelet engraftment" }
date = { column = "PLTrecovery", never = ["1000000"] }

[[data.events]]
event = { value = "aGVHD" }
grade = { value = "III-IV" }
date = { column = "time_to_aGvHD_III_IV", never = ["1000000"] }
occurred = { column = "aGvHDIIIIV", codes = { 0 = "yes", 1 = "no" } }

[[data.events]]
event = { value = "cGVHD" }
grade = { value = "extensive" }
occurred = { column = "extcGvHD", codes = { 0 = "yes", 1 = "no" } }

[[data.events]]
event = { value = "death" }
date = { column = "survival_time" }
when = { column = "survival_status", is = [1] }

[data.follow_up]
date = { column = "survival_time" }
alive = { column = "survival_status", codes = { 0 = "yes", 1 = "no" } }
"""


def read(mapping: str = MAPPING) -> Records:
    path = files("dayzero.examples").joinpath("wroclaw/uci_bmt_children.csv")
    return records.read(str(path), mapping=mapping_of(mapping))


@pytest.fixture(scope="module")
def children() -> Records:
    return read()


@pytest.fixture(scope="module")
def findings(children: Records) -> tuple[Finding, ...]:
    return (*children.findings, *records.check(children))


def test_everyone_is_read(children: Records) -> None:
    assert children.tables["patients"].height == 187
    assert children.source.rows == {"uci_bmt_children.csv": 187}
    happened = children.tables["events"].group_by("event", "occurred").len().rows()
    assert set(happened) == {
        ("neutrophil engraftment", "yes", 182),
        ("neutrophil engraftment", "no", 5),
        ("platelet engraftment", "yes", 170),
        ("platelet engraftment", "no", 17),
        ("aGVHD", "yes", 40),
        ("aGVHD", "no", 145),
        ("aGVHD", "unknown", 2),
        ("cGVHD", "yes", 28),
        ("cGVHD", "no", 128),
        ("cGVHD", "unknown", 31),
        ("death", "yes", 85),
    }


def test_the_sentinel_is_counted(findings: tuple[Finding, ...]) -> None:
    counted = {finding.where.column: finding.what for finding in of(findings, "sentinel_used")}
    assert {column: what.split(": ")[1] for column, what in counted.items()} == {
        "ANCrecovery": "5 of 187 patients.",
        "PLTrecovery": "17 of 187 patients.",
        "time_to_aGvHD_III_IV": "145 of 187 patients.",
    }


def test_platelets_after_the_last_follow_up(findings: tuple[Finding, ...]) -> None:
    found = {finding.where.row: finding.what for finding in of(findings, "after_death")}
    assert found == {
        9: "Platelet engraftment on day 58, after the patient's death on day 45.",
        65: "Platelet engraftment on day 30, after the patient's death on day 19.",
    }
    assert not of(findings, "after_last_contact")


def test_no_gvhd_with_an_onset(findings: tuple[Finding, ...]) -> None:
    found = of(findings, "event_contradiction")
    assert [(finding.where.row, finding.where.column) for finding in found] == [
        (107, "aGvHDIIIIV"),
        (124, "aGvHDIIIIV"),
    ]


def test_inverted_columns(findings: tuple[Finding, ...]) -> None:
    assert [finding.where.column for finding in of(findings, "zero_means_yes")] == ["aGvHDIIIIV", "extcGvHD"]


def test_missing_extensive_gvhd(findings: tuple[Finding, ...]) -> None:
    (finding,) = of(findings, "missing_values")
    assert finding.where.column == "extcGvHD"
    assert finding.what.startswith("No value for 31 of 187 patients: rows 5, 8-9, 18, 29,")


def test_each_thing_is_said_once(findings: tuple[Finding, ...]) -> None:
    said = [(finding.id, str(finding.where), finding.what) for finding in findings]
    assert len(said) == len(set(said))


def test_the_sentinel_undeclared_is_found_in_every_row() -> None:
    found = read(MAPPING.replace(', never = ["1000000"]', ""))
    by_column: dict[str | None, int] = {}
    for finding in of(found.findings, "implausible_day"):
        by_column[finding.where.column] = by_column.get(finding.where.column, 0) + 1
    assert by_column == {"ANCrecovery": 5, "PLTrecovery": 17, "time_to_aGvHD_III_IV": 145}
    assert (
        found.tables["events"]["day"].drop_nulls().to_list()
        == read().tables["events"]["day"].drop_nulls().to_list()
    )
    occurred = found.tables["events"].group_by("event", "occurred").len().rows()
    assert {("platelet engraftment", "unknown", 17), ("aGVHD", "no", 145)} <= set(occurred)


def test_the_onset_day_can_be_declared_right() -> None:
    found = read(
        MAPPING.replace(
            '[[data.events]]\nevent = { value = "aGVHD" }',
            '[[data.events]]\ncontradiction = "use day"\nevent = { value = "aGVHD" }',
        )
    )
    gvhd = found.tables["events"].filter(event="aGVHD", row=107)
    assert gvhd.select("occurred", "day").rows() == [("yes", 100)]
    assert "the day was believed" in of(found.findings, "event_contradiction")[0].what
