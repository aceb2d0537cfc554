"""Sentences that a centre words its own way: nothing of them may be lost, nothing invented."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dayzero.errors import BadInputError
from dayzero.report.compose import document
from dayzero.report.document import Paragraph
from dayzero.report.numbers import Span, text_of
from dayzero.report.phrases import Phrases, placeholders, shipped
from dayzero.report.run_folder import run_into
from dayzero.study import run
from dayzero.study.guardrails import FEW_AT_RISK, SMALL_GROUP
from dayzero.study.results import ReportChoices, Sentence
from study.small_cohort import STUDY, write_cohort

if TYPE_CHECKING:
    from dayzero.study.results import Results

KEY = "results.median_not_reached"


def test_a_sentence_is_filled_with_spans_that_keep_their_ids() -> None:
    said = Phrases().say(
        "results.included", patients=(Span("5", "cohort.all", "remaining"), Span(" patients"))
    )
    assert text_of(said) == "The study includes 5 patients."
    assert [span.ref for span in said] == ["", "cohort.all", "", ""]


def test_a_sentence_of_ones_own() -> None:
    own = Phrases([(KEY, "Nobody knows the median {endpoint} yet {{so far}}.")], "our.toml")
    assert text_of(own.say(KEY, endpoint="OS")) == "Nobody knows the median OS yet {so far}."
    assert own.text("results.included") == shipped()["results.included"]


@pytest.mark.parametrize(
    ("key", "text", "message"),
    [
        ("results.medain", "x", "unknown sentence 'results.medain'"),
        (KEY, "The median was not reached.", r"leaves out \{endpoint\}"),
        (KEY, "The median {endpoint} of {who}.", r"unknown placeholder \{who\}"),
        (KEY, "The median {endpoint", "cannot be read"),
        (KEY, "The median {endpoint:>9}", "cannot be read"),
        (KEY, "The median {endpoint.name}", "cannot be read"),
        (KEY, "The median {}", "cannot be read"),
    ],
)
def test_what_is_refused_names_file_key_and_placeholders(key: str, text: str, message: str) -> None:
    with pytest.raises(BadInputError, match=message) as error:
        Phrases([(key, text)], "our.toml")
    assert error.value.where == "our.toml"
    assert key in error.value.what
    assert "{endpoint}" in error.value.allowed or key == "results.medain"


def test_every_shipped_sentence_can_be_read() -> None:
    for key, text in shipped().items():
        assert placeholders(text) is not None, key
        assert "significant" not in text.replace("threshold of significance", "")


def test_a_report_in_ones_own_words(five: Results) -> None:
    own = (Sentence("limitations.small_cohort", "Only {patients} were there."),)
    results = replace(five, report=ReportChoices("our.toml", own))
    sections = {section.id: section for section in document(results).sections}
    blocks = sections["limitations"].blocks
    texts = [text_of(block.content) for block in blocks if isinstance(block, Paragraph)]
    assert "Only 5 patients were there." in " ".join(texts)


def test_the_study_file_names_the_file(tmp_path: Path) -> None:
    study = STUDY + '\n[report]\nwording = "our.toml"\n'
    path = write_cohort(tmp_path, study=study)
    (tmp_path / "our.toml").write_text('[results]\nincluded = "We saw {patients}."\n', encoding="utf-8")
    found = run(path).results.report
    assert found == ReportChoices("our.toml", (Sentence("results.included", "We saw {patients}."),))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "no readable text file 'our.toml'"),
        ("[results", "not TOML"),
        ('included = "x"', "'included' stands outside a section"),
        ("[results]\nincluded = 3", "'results.included' is no text"),
    ],
)
def test_a_file_that_cannot_be_used(tmp_path: Path, content: str | None, message: str) -> None:
    path = write_cohort(tmp_path, study=STUDY + '\n[report]\nwording = "our.toml"\n')
    if content is not None:
        (tmp_path / "our.toml").write_text(content, encoding="utf-8")
    with pytest.raises(BadInputError, match=message):
        run(path)


def test_the_page_about_wording_gives_sentences_that_can_be_used() -> None:
    page = (Path(__file__).parents[2] / "docs" / "wording.md").read_text(encoding="utf-8")
    (example,) = (each for each in re.findall(r"```toml\n(.*?)```", page, re.DOTALL) if "[results]" in each)
    document = tomllib.loads(example)
    own = [(f"{section}.{key}", text) for section, texts in document.items() for key, text in texts.items()]
    assert len(own) == 2
    assert Phrases(own, "wording.md").text("limitations.one_centre").startswith("This is the experience")


@pytest.mark.parametrize(
    ("section", "place", "message"),
    [
        ('[report]\nwording = "our.toml"', "our.toml", "unknown sentence 'results.inclded'"),
        ('[literature]\ninclude = ["badar2012"]', "study.toml, line", "did you mean 'badar2021'"),
    ],
)
def test_a_report_that_cannot_be_written_is_refused_before_the_run(
    tmp_path: Path, section: str, place: str, message: str
) -> None:
    path = write_cohort(tmp_path, study=f"{STUDY}\n{section}\n")
    (tmp_path / "our.toml").write_text('[results]\ninclded = "x"\n', encoding="utf-8")
    told: list[str] = []
    with pytest.raises(BadInputError, match=message) as error:
        run_into(path, tmp_path / "out", progress=told.append)
    assert error.value.where.startswith(place)
    assert told == []
    assert not (tmp_path / "out").exists()


def test_limits_that_sentences_spell_out_are_those_of_the_guardrails() -> None:
    assert (SMALL_GROUP, FEW_AT_RISK) == (10, 5)
    assert "fewer than ten patients" in shipped()["methods.small"]
    assert "fewer than ten patients" in shipped()["methods.withheld"]
    assert shipped()["limitations.few_at_risk"].startswith("Fewer than five patients")
