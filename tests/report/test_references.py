"""Every definition, rule and estimator cites a publication of the registry, or says that there is none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dayzero.endpoints.catalogue import CATALOGUE
from dayzero.report.references import Bibliography, Reference, cited_in, registry, resolves
from dayzero.study.conventions import PRESETS
from dayzero.study.guardrails import GUARDRAILS

STATS = Path(__file__).parents[2] / "src" / "dayzero" / "stats"


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_definition(name: str) -> None:
    source = CATALOGUE[name].source
    assert resolves(source), f"add a reference to report/references.toml for: {source}"


@pytest.mark.parametrize("rule", GUARDRAILS, ids=lambda rule: rule.id)
def test_every_guardrail(rule: object) -> None:
    assert resolves(rule.source)  # type: ignore[attr-defined]


@pytest.mark.parametrize("preset", PRESETS)
def test_every_convention(preset: str) -> None:
    assert resolves(PRESETS[preset].source)


def test_every_estimator() -> None:
    """The sources of the statistics room, each of which names authors and year, or a program."""
    sources = {
        source
        for path in STATS.glob("*.py")
        for source in re.findall(r'source="([^"{]+)"', path.read_text(encoding="utf-8"))
    }
    assert len(sources) > 15
    programs = ("PROC LIFETEST", "cmprsk::cuminc")
    assert [s for s in sorted(sources) if not resolves(s) and not s.startswith(programs)] == []


def test_no_two_references_answer_to_the_same_words() -> None:
    words = [each for reference in registry().values() for each in reference.cited_as]
    assert len(set(words)) == len(words)
    assert all(reference.cited_as for reference in registry().values())


def test_a_reference_as_printed() -> None:
    full = Reference(
        "k", ("x",), "Ann Stat", 1988, "Gray RJ", "A class of tests", "16", "1141-1154", "10.1/x"
    )
    assert str(full) == "Gray RJ. A class of tests. Ann Stat. 1988;16:1141-1154. doi:10.1/x"
    assert str(Reference("k", ("x",), "Springer", 1993, "Andersen PK", "Models")) == (
        "Andersen PK. Models. Springer. 1993."
    )


def test_a_source_cites_in_its_own_order() -> None:
    source = CATALOGUE["aGVHD_II_IV"].source
    assert [reference.key for reference in cited_in(source)] == ["harris2016", "handbook_statistics"]
    assert cited_in("dayzero: a design judgement") == ()


def test_numbers_follow_the_order_of_citation() -> None:
    cited = Bibliography()
    assert cited.cite("Gray 1988") == "[1]"
    assert cited.cite("Kaplan and Meier 1958", "Gray 1988") == "[1,2]"
    assert cited.cite("nothing published") == ""
    assert cited.cite_keys("strobe") == "[3]"
    assert [reference.key for reference in cited.listed()] == ["gray1988", "kaplan1958", "strobe"]
    with pytest.raises(KeyError):
        cited.cite_keys("invented2026")
