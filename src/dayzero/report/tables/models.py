"""Regression tables: each covariate alone and all together, side by side, with the checks of the model."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dayzero.report import format as fmt
from dayzero.report.numbers import Numbers, words
from dayzero.report.tables.model import Cell, Column, Footnote, Footnotes, Row, Table, data_row, heading_row

if TYPE_CHECKING:
    from dayzero.study.results import Model, ModelCheck, ModelCovariate, ModelFit, Results

_NAMES = {"HR": "hazard ratio", "csHR": "cause-specific hazard ratio", "sHR": "subdistribution hazard ratio"}
_FIRTH = "No finite maximum without a penalty (a level without an event): Firth's penalised estimate."


def model_tables(results: Results, numbers: Numbers) -> list[Table]:
    """Return two tables of each fitted model: its ratios, and its checks."""
    made: list[Table | None] = []
    for model in results.models:
        made += [ratio_table(results, numbers, model), check_table(numbers, model)]
    return [table for table in made if table is not None]


def file_stem(model: Model) -> str:
    """Return the start of the names of a model's files: ``model_DFS_1``."""
    return model.id.replace(".", "_")


def heading(fit: ModelFit) -> str:
    """Name the hazard that a fit is about: ``Relapse: cause-specific hazard``."""
    return f"{fmt.sentence(fit.cause_label)}: {fit.hazard}"


def covariate_name(covariate: ModelCovariate) -> str:
    """Return a covariate's label, of a number with the scale of its ratio."""
    if covariate.levels:
        return covariate.label
    per = fmt.with_unit(fmt.plain(covariate.per, 6), covariate.unit)
    return f"{covariate.label}, per {per.removeprefix('1 ')}" if per != "1" else covariate.label


def pairs(model: Model) -> list[tuple[ModelFit, dict[str, ModelFit]]]:
    """Return the fits of all covariates together, each with its univariable ones by covariate."""
    made = []
    for fit in model.fits:
        if fit.alone is None:
            own = (f for f in model.fits if f.alone and (f.hazard, f.cause) == (fit.hazard, fit.cause))
            made.append((fit, {f.alone or "": f for f in own}))
    return made


@dataclass(frozen=True)
class _Maker:
    """What the rows of one ratio table share."""

    numbers: Numbers
    model: Model
    several: bool
    notes: Footnotes = field(default_factory=Footnotes)

    def block(self, fit: ModelFit, alone: dict[str, ModelFit]) -> list[Row]:
        """Return a hazard's heading and the lines of every covariate."""
        rows = [heading_row(f"{heading(fit)} ({fit.ratio}), {fmt.plural(fit.events, 'event')}", ref=fit.id)]
        if fit.refused and not any(f.terms for f in alone.values()):
            return [*rows, heading_row(f"Not estimated: {fit.refused}.", "refused")]
        for covariate in self.model.covariates:
            rows += self.covariate(covariate, fit, alone.get(covariate.name))
        if fit.refused:
            rows.append(heading_row(f"All covariates together: {fit.refused}.", "refused"))
        return rows

    def covariate(self, covariate: ModelCovariate, fit: ModelFit, alone: ModelFit | None) -> list[Row]:
        """Return the lines of one covariate: its name with a test of all levels, then its levels."""
        fits: list[ModelFit | None] = [alone, fit] if self.several else [fit]
        if not covariate.levels:
            return [self.line(covariate, "", covariate_name(covariate), fits, 0)]
        tests = [self.overall(covariate.name, each) for each in fits]
        first = data_row((covariate.label, "", "", *(part for test in tests for part in (Cell(), test))))
        levels = [self.line(covariate, level, level, fits, 1) for level in covariate.levels]
        return [first, *levels]

    def overall(self, name: str, fit: ModelFit | None) -> Cell:
        """Return the p-value of a covariate of several levels as a whole."""
        check = next((c for c in fit.overall if c.covariate == name), None) if fit else None
        if check is None:
            return Cell()
        marks = self.notes.mark(f"{check.method} of all levels, {check.df} degrees of freedom.")
        return Cell(self.numbers.inline(check.id, "p_value"), marks)

    def line(
        self, covariate: ModelCovariate, level: str, name: str, fits: list[ModelFit | None], indent: int
    ) -> Row:
        """Return the line of one level, or of a number."""
        ending = f".{covariate.name}={level}" if level else f".{covariate.name}"
        found = [next((t for t in f.terms if t.id == f.id + ending), None) if f else None for f in fits]
        first = next((term for term in reversed(found) if term is not None), None)
        if first is None:
            return data_row((name, *([fmt.EN_DASH] * (2 + 2 * len(fits)))), indent=indent)
        cells: list[Cell] = []
        for fit, term in zip(fits, found, strict=True):
            if fit is None or term is None:
                cells += [Cell(words(fmt.EN_DASH)), Cell()]
            elif term.is_reference:
                cells += [Cell(words("1 (reference)")), Cell()]
            else:
                marks = self.notes.mark(_FIRTH) if fit.penalised else ()
                cells += [
                    Cell(self.numbers.inline(term.id, "ratio"), marks),
                    Cell(self.numbers.inline(term.id, "p_value")),
                ]
        counts = (self.numbers.inline(first.id, "n"), self.numbers.inline(first.id, "events"))
        return data_row((name, *counts, *cells), indent=indent, ref=first.id)


def ratio_table(results: Results, numbers: Numbers, model: Model) -> Table | None:
    """Return the ratios of a model, univariable and multivariable side by side; None without any fit."""
    if not model.fits:
        return None
    several = len(model.covariates) > 1
    maker = _Maker(numbers, model, several)
    rows = tuple(row for fit, alone in pairs(model) for row in maker.block(fit, alone))
    ratio = f"Ratio ({fmt.confidence(results.study.conf_level)})"
    spanners = ("Univariable", "Multivariable") if several else ("",)
    columns = (
        Column("Covariate"),
        Column("n", "right"),
        Column("Events", "right"),
        *(c for s in spanners for c in (Column(ratio, "right", s), Column("p", "right", s))),
    )
    caption = f"{model.label}: regression"
    notes = (*maker.notes.all(), *(Footnote("", text) for text in _remarks(model)))
    return Table(file_stem(model), caption, columns, rows, notes, wide=several)


def _remarks(model: Model) -> list[str]:
    used = dict.fromkeys(fit.ratio for fit in model.fits if fit.terms)
    said = [f"{'; '.join(f'{short}: {_NAMES[short]}' for short in used)}."] if used else []
    said.append(who(model))
    if any(covariate.time_dependent for covariate in model.covariates):
        said.append(
            "Time-dependent covariates: n counts the patients ever in a level, events those while in it; "
            "what happens on the day of the change belongs to the new level."
        )
    if model.strata:
        said.append(f"Stratified by {fmt.listed(list(model.strata))}: each stratum has its own baseline.")
    if model.cluster:
        said.append(f"Robust variance: patients of one {model.cluster} are not taken as independent.")
    conventions = dict.fromkeys(fit.convention for fit in model.fits if fit.convention)
    return said + [f"{fmt.sentence(text)}." for text in conventions]


def who(model: Model) -> str:
    """Say whose data are in a model and who was left out, by which variable."""
    text = f"{fmt.plural(model.n, 'patient')} with every covariate known (complete cases)"
    if not model.left_out:
        return f"{text}; nobody was left out."
    missing = [f"{c.label} {fmt.integer(c.missing)}" for c in model.covariates if c.missing]
    missing += model.unplaced
    why = f" (not known: {', '.join(missing)})" if missing else ""
    return f"{text}; {fmt.integer(model.left_out)} left out{why}."


def check_table(numbers: Numbers, model: Model) -> Table | None:
    """Return the tests of proportional hazards of a model; None when there are none."""
    labels = {c.name: c.label for c in model.covariates}
    rows: list[Row] = []
    methods: dict[str, None] = {}
    blocks = [fit for fit, _ in pairs(model) if fit.proportional]
    for fit in blocks:
        rows.append(heading_row(heading(fit), ref=fit.id))
        methods |= dict.fromkeys(check.method for check in fit.proportional)
        rows += [_check(numbers, c, labels.get(c.covariate, "All together")) for c in fit.proportional]
    if not rows:
        return None
    columns = (
        Column("Covariate"),
        Column("Chi-square", "right"),
        Column("Degrees of freedom", "right"),
        Column("p", "right"),
    )
    reading = "A small p-value says that the ratio changes with time."
    notes = [Footnote("", f"{method}. {reading}") for method in methods]
    caption = f"{model.label}: test of proportional hazards"
    return Table(f"{file_stem(model)}_checks", caption, columns, tuple(rows), tuple(notes))


def _check(numbers: Numbers, check: ModelCheck, name: str) -> Row:
    ref = check.id
    values = (numbers.inline(ref, key) for key in ("statistic", "df", "p_value"))
    return data_row((name, *values), indent=1, ref=ref)
