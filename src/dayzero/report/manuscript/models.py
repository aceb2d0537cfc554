"""Regression models in words: the ratios of the model of all covariates, for the event of interest.

The ratios of one covariate alone, those for competing events, and the checks are in the tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dayzero.report import format as fmt
from dayzero.report.numbers import joined, words
from dayzero.report.wording import unbroken

if TYPE_CHECKING:
    from dayzero.report.numbers import Inline, Numbers
    from dayzero.report.phrases import Phrases
    from dayzero.study.results import Model, ModelFit, ModelTerm, Results


def model_sentences(results: Results, numbers: Numbers, phrases: Phrases) -> list[list[Inline]]:
    """Return the sentences of each model, a paragraph each; none where a model was refused."""
    paragraphs = []
    for model in results.models:
        fits = [f for f in model.fits if f.alone is None and f.cause == 1 and not f.refused]
        said = [_fit(results, numbers, phrases, model, fit) for fit in fits]
        if said:
            paragraphs.append(said)
    return paragraphs


def _fit(results: Results, numbers: Numbers, phrases: Phrases, model: Model, fit: ModelFit) -> Inline:
    terms = [term for term in fit.terms if not term.is_reference and term.ratio is not None]
    level = unbroken(fmt.confidence(results.study.conf_level))
    return phrases.say(
        "results.model",
        event=fit.cause_label or fmt.inside(model.label),
        patients=(numbers.span(fit.id, "n"), *words(" patient" if fit.n == 1 else " patients")),
        events=(numbers.span(fit.id, "events"), *words(" event" if fit.events == 1 else " events")),
        hazard=fit.hazard,
        level=level,
        terms=joined((_term(numbers, model, term) for term in terms), between="; ", last="; and "),
    )


def _term(numbers: Numbers, model: Model, term: ModelTerm) -> Inline:
    """Return ``1.50 (1.05–2.13), p = 0.025, for sex, female against male``."""
    covariate = next(each for each in model.covariates if each.name == term.covariate)
    p = numbers.span(term.id, "p_value")
    equals = "p " if p.text[:1] in "<>" else "p = "
    label = fmt.inside(covariate.label)
    about = f"{label} {term.label}"
    if covariate.levels:
        about = f"{label}, {term.label} against {covariate.reference}"
    return (numbers.span(term.id, "ratio"), *words(f", {equals}"), p, *words(f", for {about}"))
