"""What a forest plot shows: one block a cause, one row a level, one mark for each hazard of the cause."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dayzero.report import format as fmt
from dayzero.report.tables.models import covariate_name, pairs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dayzero.study.results import Model, ModelCovariate, ModelFit, ModelTerm

_INDENT = 6.0


@dataclass(frozen=True)
class ForestRow:
    """A row: a heading, a level, or a number.

    Attributes
    ----------
    label, full : str
        As printed; and with its covariate's name, for a sentence.
    terms : tuple of ModelTerm or None
        One for each hazard of the block, in their order; None where that hazard has no ratio.
    """

    label: str
    full: str
    indent: float = 0.0
    heading: bool = False
    n: str = ""
    events: str = ""
    ref: str = ""
    terms: tuple[ModelTerm | None, ...] = ()

    @property
    def is_reference(self) -> bool:
        """Whether the row is that of the level which the others are compared with."""
        return any(term is not None and term.is_reference for term in self.terms)


@dataclass(frozen=True)
class ForestBlock:
    """The rows of one cause; ``ratios`` names its hazards' ratios in the order of the marks."""

    title: str
    ratios: tuple[str, ...]
    rows: tuple[ForestRow, ...]


def blocks_of(model: Model) -> list[ForestBlock]:
    """Return the blocks of a model: multivariable ratios, or those of each covariate alone."""
    by_cause: dict[int, list[tuple[ModelFit, dict[str, ModelFit]]]] = {}
    for fit, alone in pairs(model):
        if fit.terms or any(each.terms for each in alone.values()):
            by_cause.setdefault(fit.cause, []).append((fit, alone))
    return [_block(model, fits) for fits in by_cause.values()]


def _block(model: Model, fits: Sequence[tuple[ModelFit, dict[str, ModelFit]]]) -> ForestBlock:
    rows: list[ForestRow] = []
    together = any(fit.terms for fit, _ in fits)
    for covariate in model.covariates:
        rows += _rows(covariate, [_terms(covariate, fit, alone, together=together) for fit, alone in fits])
    cause = fmt.sentence(fits[0][0].cause_label)
    several = len(model.covariates) > 1
    kind = "" if not several else " (multivariable)" if together else " (each covariate alone)"
    return ForestBlock(f"{cause}{kind}", tuple(fit.ratio for fit, _ in fits), tuple(rows))


def _terms(
    covariate: ModelCovariate, fit: ModelFit, alone: dict[str, ModelFit], *, together: bool
) -> tuple[ModelTerm, ...]:
    source = fit if together or covariate.name not in alone else alone[covariate.name]
    return tuple(term for term in source.terms if term.covariate == covariate.name)


def _rows(covariate: ModelCovariate, by_hazard: list[tuple[ModelTerm, ...]]) -> list[ForestRow]:
    longest = max(by_hazard, key=len)
    if not longest:
        return []
    heading = [ForestRow(covariate.label, covariate.label, heading=True)] if covariate.levels else []
    rows = []
    for place, first in enumerate(longest):
        label = first.label if covariate.levels else covariate_name(covariate)
        full = f"{covariate.label} {first.label}" if covariate.levels else label
        rows.append(
            ForestRow(
                label=label,
                full=full,
                indent=_INDENT if covariate.levels else 0.0,
                n=fmt.integer(first.n),
                events=fmt.integer(first.events),
                ref=first.id,
                terms=tuple(terms[place] if terms else None for terms in by_hazard),
            )
        )
    return [*heading, *rows]
