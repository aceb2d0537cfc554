"""Claims on the page: what is stated, what is computed, and whether they are the same number."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from dayzero.report.compose import all_tables, document
from dayzero.report.document import Paragraph
from dayzero.report.numbers import Numbers, text_of
from dayzero.report.tables.claims import claims_table
from dayzero.study.results.claims import Claim

if TYPE_CHECKING:
    from dayzero.study.results import Results

OTHERWISE = Claim(
    "claim.1",
    "median follow-up 173 days",
    "follow_up.median",
    173,
    0,
    "computed otherwise",
    "follow_up.median",
    "median",
    177,
    "days",
    reason="the number differs",
)
SHARE = Claim("claim.2", "two-year OS 89.20%", "OS.24", 89.2, 2, "agrees", "OS.24", "estimate", 89.2, "%")
COUNT = Claim(
    "claim.3",
    "CMV in 4 of 6",
    "CMV.events",
    4,
    0,
    "computed otherwise",
    "CMV",
    "events",
    3,
    "patients",
    6,
    5,
    reason="the number differs; stated out of 6, computed out of 5",
)
P = Claim(
    "claim.4", "p = 0.05", "CIR.remission.test", 0.05, 2, "agrees", "CIR.remission.test", "p", 0.0497, "p"
)
AGE = Claim("claim.5", "age from 1 year", "age.minimum", 1, 0, "agrees", "char.age", "minimum", 1, "years")
NONE = Claim("claim.6", "EBV in one", "", 1, 0, "cannot be computed", reason="no row names EBV")


def rows(results: Results, *claims: Claim) -> list[list[str]]:
    results = replace(results, claims=claims)
    table = claims_table(results, Numbers(results))
    assert table is not None
    return [[cell.text for cell in row.cells] for row in table.rows]


def test_each_kind_of_number(five: Results) -> None:
    assert rows(five, OTHERWISE, SHARE, COUNT, P, AGE, NONE) == [
        ["median follow-up 173 days", "173 days", "177 days", "Computed otherwise", "follow_up.median"],
        ["two-year OS 89.20%", "89.20%", "89.2%", "Agrees", "OS.24"],
        [
            "CMV in 4 of 6",
            "4 of 6",
            "3 of 5",
            "Computed otherwise: stated out of 6, computed out of 5",
            "CMV, events",
        ],
        ["p = 0.05", "0.05", "0.05", "Agrees", "CIR.remission.test"],
        ["age from 1 year", "1 year", "1 year", "Agrees", "age, minimum"],
        ["EBV in one", "1", "–", "Cannot be computed: no row names EBV", "–"],
    ]


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ((SHARE,), "The one claim listed agrees with the data."),
        ((OTHERWISE,), "The one claim listed is computed otherwise."),
        ((SHARE, P, AGE), "All 3 claims agree with the data."),
        (
            (SHARE, P, OTHERWISE, NONE),
            (
                "Of 4 claims, 2 agree with the data, 1 is computed otherwise and 1 cannot be computed from "
                "the data."
            ),
        ),
    ],
)
def test_how_many_agree_is_said_first(five: Results, claims: tuple[Claim, ...], said: str) -> None:
    sections = {section.id: section for section in document(replace(five, claims=claims)).sections}
    first = sections["claims"].blocks[0]
    assert isinstance(first, Paragraph)
    assert text_of(first.content) == said


def test_without_claims_there_is_no_section_and_no_table(five: Results) -> None:
    assert "claims" not in {section.id for section in document(five).sections}
    assert "claims" not in {table.name for table in all_tables(five)}
    assert "claims" in {table.name for table in all_tables(replace(five, claims=(SHARE,)))}
