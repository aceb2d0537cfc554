"""Damaged FHIR resources and REDCap exports end in findings or in one clear error, never in a crash."""

from __future__ import annotations

import copy
import json
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from dayzero import records
from dayzero.errors import BadInputError
from records.same_patients import REDCAP_MAPPING, as_redcap, resources

VALID = resources()
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["code", "value", "start"]), inner)
    ),
    max_leaves=4,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every value inside a JSON value."""
    found = [path] if path else []
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        found += places(each, (*path, key))
    return found


@given(data=st.data())
@settings(deadline=None, max_examples=40)
def test_fhir(data: st.DataObject) -> None:
    body = copy.deepcopy(VALID[:20])
    for _ in range(data.draw(st.integers(1, 4))):
        *way, last = data.draw(st.sampled_from(places(body)))
        inner: Any = body
        for key in way:
            inner = inner[key]
        inner[last] = data.draw(JUNK)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "b.json"
        file.write_text(
            json.dumps({"resourceType": "Bundle", "entry": [{"resource": each} for each in body]})
        )
        try:
            read = records.read(file)
        except BadInputError:
            return
        records.check(read)
        assert "Quentin" not in repr(read.findings) + repr([each.rows() for each in read.tables.values()])


@given(data=st.data())
@settings(deadline=None, max_examples=40)
def test_redcap(data: st.DataObject) -> None:
    mapping = records.flat_mapping(tomllib.loads(REDCAP_MAPPING)["data"], "study.toml, [data]")
    with tempfile.TemporaryDirectory() as folder:
        project = as_redcap(Path(folder), labels=data.draw(st.booleans()))
        for name in ("export.csv", "dictionary.csv"):
            file = project / name
            lines = file.read_text(encoding="utf-8").split("\n")
            for _ in range(data.draw(st.integers(0, 2))):
                row = data.draw(st.integers(0, len(lines) - 1))
                cells = lines[row].split(",")
                cells[data.draw(st.integers(0, len(cells) - 1))] = data.draw(st.text(max_size=6))
                lines[row] = ",".join(cells)
            file.write_text("\n".join(lines), encoding="utf-8", errors="replace")
        try:
            read = records.read(project, mapping=mapping)
        except BadInputError:
            return
        records.check(read)
