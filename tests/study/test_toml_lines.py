"""The line of every key, whatever way TOML lets it be written."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dayzero.study.toml_lines import key_lines, line_of

TEXT = '''# a comment
[study]
title = "a # \\" b"   # not the end
notice = """
[not.a.table]
key = 1
"""
[cohort]
include = [ { rule = "a = 'b'", label = 'L' },
  # between
  { rule = "c", label = """x""" },
]
[groups.remission]
levels = { "CR1" = "a", 'CR2/3' = "b" }
[[outcome]]
endpoint = "CIR"
[[outcome]]
endpoint = "OS"
horizons = [12,
  24]
[data]
a.b.c = 1979-05-27
[[data.events]]
x.column = "A"
[[data.events]]
[data.events.y]
z = 1
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("study", "title"), 3),
        (("study", "notice"), 4),
        (("cohort", "include", 0, "label"), 9),
        (("cohort", "include", 1, "rule"), 11),
        (("groups", "remission"), 13),
        (("groups", "remission", "levels", "CR2/3"), 14),
        (("outcome", 0, "endpoint"), 16),
        (("outcome", 1), 17),
        (("outcome", 1, "horizons", 1), 20),
        (("data", "a", "b", "c"), 22),
        (("data", "events", 0, "x", "column"), 24),
        (("data", "events", 1, "y", "z"), 27),
        (("study", "titel"), 2),
        (("nowhere",), None),
    ],
)
def test_line(path: tuple[str | int, ...], line: int | None) -> None:
    assert line_of(key_lines(TEXT), path) == line


def paths(value: Any, path: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    found = {path} if path else set()
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        found |= paths(item, (*path, key))
    return found


def test_every_path_is_found() -> None:
    assert set(key_lines(TEXT)) == paths(tomllib.loads(TEXT))


KEYS = st.text("ab-_9", min_size=1, max_size=3) | st.text('é "\\#.=[]', min_size=1, max_size=3)
VALUES = st.one_of(
    st.integers(), st.booleans(), st.text('a"\\#\n]},', max_size=5), st.lists(st.integers(), max_size=3)
)


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def written(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "[" + ",\n  ".join(map(written, value)) + "]"
    return quoted(value) if isinstance(value, str) else str(value)


@settings(deadline=None, max_examples=60)
@given(st.dictionaries(KEYS, st.dictionaries(KEYS, VALUES, max_size=3), max_size=3))
def test_any_document(document: dict[str, dict[str, Any]]) -> None:
    lines = []
    for table, pairs in document.items():
        lines.append(f"[{quoted(table)}]")
        lines += [f"{quoted(key)} = {written(value)}" for key, value in pairs.items()]
    text = "\n".join(lines)
    assert tomllib.loads(text) == document
    found = key_lines(text)
    assert set(found) == paths(document)
    for path, line in found.items():
        if len(path) == 2:
            assert text.split("\n")[line - 1].startswith(quoted(str(path[1])))
