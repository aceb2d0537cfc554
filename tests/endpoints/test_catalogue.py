"""The catalogue: names, aliases, and the page made from it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from dayzero import endpoints
from dayzero.endpoints import ALIASES, CATALOGUE, definitions_document, lookup
from dayzero.endpoints.derivation import _DERIVATIONS
from dayzero.errors import BadInputError

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_and_the_code_agree():
    """When they do not, write ``definitions_document()`` to docs/endpoints.md anew."""
    assert (DOCS / "endpoints.md").read_text(encoding="utf-8") == definitions_document()


def test_every_definition_is_complete_and_derivable():
    for name, definition in CATALOGUE.items():
        assert definition.name == name
        assert all((definition.label, definition.origin, definition.event, definition.censoring))
        assert all((definition.eligible, definition.source))
        assert (definition.kind == "incidence") == bool(definition.competing)
    assert set(_DERIVATIONS) == set(CATALOGUE)
    assert set(ALIASES.values()) <= set(CATALOGUE)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("OS", "OS"),
        ("dfs", "DFS"),
        ("LFS", "DFS"),
        ("rfs", "DFS"),
        ("aGVHD III-IV", "aGVHD_III_IV"),
        ("Survival after relapse", "survival_after_relapse"),
        (" vod ", "VOD"),
        ("SOS", "VOD"),
        ("TA-TMA", "TMA"),
    ],
)
def test_lookup(name, expected):
    assert lookup(name).name == expected


def test_unknown_names_say_what_is_allowed():
    with pytest.raises(BadInputError, match=r"unknown endpoint 'OSS'.*\n.*neutrophil_engraftment") as raised:
        lookup("OSS", where="study.toml, line 7")
    assert str(raised.value).startswith("study.toml, line 7")


def test_nrm_is_not_called_trm():
    with pytest.raises(BadInputError, match="is NRM; it is not called TRM"):
        lookup("TRM")


def test_public_names_load_when_first_used():
    code = (
        "import sys, dayzero.endpoints as e\n"
        "heavy = {'polars', 'narwhals', 'numpy', 'scipy', 'pydantic', 'typst'}\n"
        "e.CATALOGUE, e.lookup('OS')\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
        "assert sorted(dir(e)) == sorted(e.__all__)\n"
        "[getattr(e, name) for name in e.__all__]\n"
        "assert not {'scipy', 'pydantic', 'typst'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_other_names_are_refused():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        endpoints.nothing  # noqa: B018
