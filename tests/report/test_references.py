"""Every definition, rule and estimator cites a publication of the registry, or says that there is none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dayzero.endpoints.catalogue import CATALOGUE
from dayzero.report.references import Bibliography, Reference, cited_in, registry, resolves
from dayzero.study.conventions import PRESETS
from dayzero.study.guardrails import GUARDRAILS

SOURCE = Path(__file__).parents[2] / "src" / "dayzero"
STATS = SOURCE / "stats"
#: ``2016;51(4):610`` and ``2013, J Clin Epidemiol 66:648``: year, volume, first page.
PLACES = (
    re.compile(r"((?:19|20)\d\d);(\d+)(?:\(\d+\))?:(\w+)"),
    re.compile(r"((?:19|20)\d\d), [A-Z][A-Za-z ]+ (\d+):(\w+)"),
)


def cited_texts() -> list[tuple[str, str]]:
    """Return the modules of definitions, rules and records, and the sources of the statistics room."""
    rooms = (SOURCE / "endpoints", SOURCE / "records", SOURCE / "study" / "guardrails")
    texts = [
        (path.name, path.read_text(encoding="utf-8")) for room in rooms for path in sorted(room.rglob("*.py"))
    ]
    for path in sorted(STATS.rglob("*.py")):
        found = re.findall(r'source="([^"{]+)"', path.read_text(encoding="utf-8"))
        texts.extend((path.name, source) for source in found)
    return texts


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
        for path in STATS.rglob("*.py")
        for source in re.findall(r'source="([^"{]+)"', path.read_text(encoding="utf-8"))
    }
    assert len(sources) > 15
    programs = ("PROC LIFETEST", "cmprsk::cuminc")
    assert [s for s in sorted(sources) if not resolves(s) and not s.startswith(programs)] == []


def test_no_two_references_answer_to_the_same_words() -> None:
    words = [each for reference in registry().values() for each in reference.cited_as]
    assert len(set(words)) == len(words)
    assert all(reference.cited_as for reference in registry().values())


def test_volume_and_page_are_the_same_wherever_a_work_is_cited() -> None:
    """A second place that names year, volume and page cannot drift from the list of references."""
    known = {
        (str(each.year), each.volume.split("(")[0].split(" ")[0], each.pages.split("-")[0])
        for each in registry().values()
    }
    cited = [(name, place) for name, text in cited_texts() for way in PLACES for place in way.findall(text)]
    assert len(cited) > 80
    assert [each for each in cited if each[1] not in known] == []


def test_every_doi_is_that_of_a_reference() -> None:
    known = {each.doi for each in registry().values() if each.doi}
    found = [
        (name, doi.rstrip(".)"))
        for name, text in cited_texts()
        for doi in re.findall(r"\b10\.\d{4,5}/[\w./()-]+", text)
    ]
    assert len(found) > 20
    assert [each for each in found if each[1] not in known] == []
    assert len(known) == sum(1 for each in registry().values() if each.doi)


def test_the_two_criteria_of_engraftment_syndrome_are_not_mistaken_for_each_other() -> None:
    assert registry()["spitzer2001"].doi == "10.1038/sj.bmt.1703015"
    assert registry()["maiolino2003"].doi == "10.1038/sj.bmt.1703855"
    spitzer, maiolino = (
        CATALOGUE[name].source for name in ("engraftment_syndrome_spitzer", "engraftment_syndrome_maiolino")
    )
    assert "1703015" in spitzer
    assert "1703855" not in spitzer
    assert "1703855" in maiolino
    assert "1703015" not in maiolino


@pytest.mark.parametrize("reference", registry().values(), ids=lambda each: each.key)
def test_a_reference_identifies_its_work_and_says_where_it_was_seen(reference: Reference) -> None:
    assert reference.checked
    assert reference.checked not in str(reference)
    assert reference.authors
    assert reference.journal
    assert 1900 < reference.year < 2100
    assert reference.title or (reference.volume and reference.pages) or reference.doi


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
