"""The examples of docs/sources.md are ones that dayzero takes."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

from dayzero import records
from dayzero.records import fhir_codes
from dayzero.study.inputs import mapping_of, queries_of
from dayzero.study.loading import parse_study

PAGE = (Path(__file__).parents[2] / "docs" / "sources.md").read_text(encoding="utf-8")


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", PAGE, flags=re.DOTALL)


def test_study_files() -> None:
    kinds = []
    for text in blocks("toml"):
        assert tomllib.loads(text)
        study = parse_study(f'[study]\ntitle = "T"\n{text}\n[[outcome]]\nendpoint = "OS"\n')
        mapping, queries = mapping_of(study), queries_of(study)
        assert (mapping is None) != (queries is None)
        kinds.append(type(mapping or queries).__name__)
    assert kinds == ["FlatMapping", "FlatMapping", "Queries", "Queries"]


def test_the_bundle(tmp_path: Path) -> None:
    (text,) = blocks("json")
    assert json.loads(text)
    file = tmp_path / "bundle.json"
    file.write_text(text)
    read = records.read(file)
    assert read.tables["measurements"].select("day", "value", "unit").rows() == [(12, 0.52, "10^9/L")]


def test_every_code_is_listed() -> None:
    coded = (
        fhir_codes.ANALYTES,
        fhir_codes.TRANSPLANTS,
        fhir_codes.DISEASES,
        fhir_codes.EVENTS,
        fhir_codes.AGENTS,
        [fhir_codes.DISEASE_STATUS],
    )
    for codes in coded:
        for _, code in codes:
            assert code in PAGE
