"""The page about the study file and the code say the same."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from dayzero.study.conventions import PRESETS
from dayzero.study.guardrails import GUARDRAILS, Guardrail
from dayzero.study.loading import parse_study
from dayzero.study.protocol import SECTIONS, keys_of

PAGE = (Path(__file__).parents[2] / "docs" / "study_file.md").read_text(encoding="utf-8")
EXAMPLE = re.search(r"```toml\n(.*?)```", PAGE, re.DOTALL)
SOURCES = Path(__file__).parents[2] / "src" / "dayzero" / "study"
RULES = SOURCES / "guardrails"


def test_the_example_is_a_good_study_file() -> None:
    assert EXAMPLE is not None
    assert "proportion" in [outcome.as_ for outcome in parse_study(EXAMPLE[1]).protocol.outcome]


def test_the_example_has_every_key() -> None:
    assert EXAMPLE is not None
    document = tomllib.loads(EXAMPLE[1])
    # An outcome's own definition has the keys of [definitions], of which the example shows one.
    shown = {path: section for path, section in SECTIONS.items() if path[-1:] != ("definition",)}
    for path, section in shown.items():
        found = [document]
        for part in path:
            values = [item[part] if part != "*" else item for item in found]
            found = [inner for value in values for inner in _inside(value, part)]
        assert {key for item in found for key in item} == set(keys_of(section)), path


def _inside(value: object, part: str) -> list[dict[str, object]]:
    if part != "*":
        return [value]  # type: ignore[list-item]
    return list(value.values() if isinstance(value, dict) else value)  # type: ignore[call-overload]


def test_every_preset_is_a_row() -> None:
    for preset in PRESETS.values():
        assert f"| {preset.name} | {preset.conf_type} | {preset.variance} | {preset.source} |" in PAGE


@pytest.mark.parametrize("guardrail", GUARDRAILS, ids=lambda rule: rule.id)
def test_every_guardrail_is_a_row_and_has_a_source(guardrail: Guardrail) -> None:
    assert f"| {guardrail.id} | {guardrail.severity} | {guardrail.rule} | {guardrail.source} |" in PAGE
    assert guardrail.source


def test_every_guardrail_is_used() -> None:
    code = "".join(path.read_text() for path in SOURCES.rglob("*.py") if path.parent != RULES)
    rules = "".join(path.read_text() for path in sorted(RULES.glob("*.py")))
    names = re.findall(r"^([A-Z_0-9]+) = Guardrail\(", rules, re.MULTILINE)
    assert len(names) == len(GUARDRAILS)
    assert [name for name in names if f"guardrails.{name}" not in code] == []
