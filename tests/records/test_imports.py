"""Importing the room costs nothing; reading a workbook loads no more than it needs."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("polars", "numpy", "python_calamine", "xlsxwriter", "narwhals", "pydantic", "scipy", "typst")


def loaded(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint(*(name for name in {HEAVY} if name in sys.modules))"
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(out.stdout.split())


@pytest.mark.parametrize(
    ("code", "needed"),
    [
        ("from dayzero import records", set()),
        ("from dayzero.records import TABLES, Finding, Where, FlatMapping, flat_mapping", set()),
        ("from dayzero.records import document; document()", {"polars"}),
        ("from dayzero.records import read", {"polars"}),
    ],
)
def test_loaded(code: str, needed: set[str]) -> None:
    assert loaded(code) <= needed


def test_public_names() -> None:
    from dayzero import records

    for name in records.__all__:
        assert getattr(records, name) is not None
    with pytest.raises(AttributeError):
        _ = records.nothing
