"""The documentation is made from the declarations and kept in step with them."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from dayzero import records
from dayzero.records.catalogue import RULES
from dayzero.records.findings import SEVERITIES

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
    for rule in RULES:
        assert f"`{rule}`" in page


def test_the_example_mapping_is_valid() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", records.document(), flags=re.DOTALL)
    mapping = records.flat_mapping(tomllib.loads(example)["data"], "docs")
    assert {row.table for row in mapping.rows} == {"patients", "transplants", "events", "follow_up"}


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_rules_are_worded(rule: records.catalogue.RuleText) -> None:
    assert rule.severity in SEVERITIES
    assert rule.id.startswith("records.")
    assert not rule.what.endswith(".")
