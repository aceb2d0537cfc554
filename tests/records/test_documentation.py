"""The documentation is made from the declarations and kept in step with them."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dayzero import records
from dayzero.records.catalogue import RULES
from dayzero.records.checks import RULES as FOUND
from dayzero.records.checks.declared import TYPES
from dayzero.records.findings import SEVERITIES
from dayzero.records.kahn import KAHN

if TYPE_CHECKING:
    from dayzero.records.checks.rule import Rule

PAGE = Path(__file__).parents[2] / "docs" / "records.md"


def test_the_page_is_what_the_declarations_say() -> None:
    renew = "python -c \"from dayzero import records; print(records.document(), end='')\" > docs/records.md"
    assert PAGE.read_text(encoding="utf-8") == records.document(), renew


def test_everything_is_in_it() -> None:
    page = records.document()
    for table in records.TABLES:
        assert f"### {table.name}:" in page
        for column in table.columns:
            assert f"| `{column.name}` |" in page
            for code in column.codes:
                assert f"`{code.value}`" in page


CHECKS = Path(__file__).parents[2] / "docs" / "checks.md"


def test_the_page_of_checks_is_what_the_catalogue_says() -> None:
    renew = (
        "python -c \"from dayzero import records as r; print(r.check_document(), end='')\" > docs/checks.md"
    )
    assert CHECKS.read_text(encoding="utf-8") == records.check_document(), renew


def test_every_check_is_in_it() -> None:
    page = records.check_document()
    for rule in (*RULES, *(check.id for check in FOUND)):
        assert f"`{rule}`" in page
    for kind in TYPES:
        assert f"| `{kind.name}` |" in page
    assert f"**{sum(len(kind.checks) for kind in TYPES)} checks**" in page
    assert not re.search(r"[{}]", page)


@pytest.mark.parametrize("check", FOUND, ids=lambda check: f"{check.id}-{check.table}.{check.column}")
def test_checks_are_worded(check: Rule) -> None:
    assert check.severity in SEVERITIES
    assert check.id.startswith("records.")
    assert check.kahn in KAHN
    assert not check.what.endswith(".")
    records.tables.table(check.table).column(check.column)


def test_a_judgement_never_makes_an_error() -> None:
    assert {check.severity for check in FOUND if check.source.startswith("judgement")} == {"warning", "note"}


def test_the_example_mapping_is_valid() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", records.document(), flags=re.DOTALL)
    mapping = records.flat_mapping(tomllib.loads(example)["data"], "docs")
    assert {row.table for row in mapping.rows} == {"patients", "transplants", "events", "follow_up"}


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_rules_are_worded(rule: records.catalogue.RuleText) -> None:
    assert rule.severity in SEVERITIES
    assert rule.id.startswith("records.")
    assert not rule.what.endswith(".")
