"""The skeleton of an abstract: what the results can say, and what only the authors can."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dayzero.report.document import Paragraph, Section
from dayzero.report.manuscript.choices import named, used
from dayzero.report.numbers import words
from dayzero.report.sentences import Sentences
from dayzero.report.wording import refusal_text

if TYPE_CHECKING:
    from dayzero.report.manuscript.methods import Methods
    from dayzero.report.numbers import Inline, Numbers
    from dayzero.report.phrases import Phrases
    from dayzero.study.results import Results

_SMALL = 10


def abstract(results: Results, numbers: Numbers, phrases: Phrases, methods: Methods) -> Section:
    """Return the skeleton: background from the question, methods, results, a conclusion to be written."""
    question = results.study.question
    background = phrases.say("abstract.background", question=question) if question else None
    parts = [
        ("Background", background or phrases.say("abstract.no_background")),
        ("Methods", _methods(results, phrases, methods)),
        ("Results", Sentences(results, numbers, phrases).brief()),
        *(("Withheld", words(refusal_text(refusal))) for refusal in results.refusals),
        ("Conclusion", _conclusion(results, phrases)),
    ]
    blocks = tuple(Paragraph((*words(f"{lead}. ", strong=True), *text)) for lead, text in parts if text)
    return Section("summary", "Abstract", blocks)


def _methods(results: Results, phrases: Phrases, methods: Methods) -> Inline:
    found = used(results)
    said = methods.design()
    if not found:
        return said
    return (*said, *words(" "), *phrases.say("abstract.endpoints", endpoints=named(found)))


def _conclusion(results: Results, phrases: Phrases) -> Inline:
    key = "abstract.caution_small" if results.study.n < _SMALL else "abstract.caution"
    return phrases.say("abstract.conclusion", caution=phrases.say(key))
