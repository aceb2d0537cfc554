"""A ``[[model]]`` from endpoint to regressions: all causes, univariable and multivariable, checked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from dayzero.endpoints.catalogue.words import KNOWN_AT
from dayzero.errors import RefusalError
from dayzero.study import guardrails
from dayzero.study.asking import at_day, general
from dayzero.study.landmarks import at_landmark, landmark_finding
from dayzero.study.models.adjusted import adjusted_curves
from dayzero.study.models.covariates import Covariate, line_for, onset_covariate, read_covariate
from dayzero.study.models.fitting import Ask, Hazard, fit, withheld
from dayzero.study.models.rows import Rows, make_rows
from dayzero.study.models.speaking import findings_about
from dayzero.study.results import Model
from dayzero.study.words import patients

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import polars as pl

    from dayzero.endpoints.definition import Definition, DerivedEndpoint
    from dayzero.records.findings import Finding
    from dayzero.study.asking import Asked
    from dayzero.study.cohort import Facts
    from dayzero.study.conventions import Choices
    from dayzero.study.grouping import Grouping
    from dayzero.study.guardrails import Guardrail
    from dayzero.study.loading import Study
    from dayzero.study.protocol import ModelSection
    from dayzero.study.results import Curve, Figure, ModelFit


@dataclass(frozen=True)
class ModelSetting:
    """What every model of a run is fitted with.

    Attributes
    ----------
    study : Study
    facts : Facts
        Of the cohort's patients.
    groupings : mapping of str to Grouping
    choices : Choices
    cohort_known_late : tuple of str
    """

    study: Study
    facts: Facts
    groupings: Mapping[str, Grouping]
    choices: Choices
    cohort_known_late: tuple[str, ...]

    def at(self, landmark: float | None) -> ModelSetting:
        """Return the setting with the groupings as they were known on a landmark day."""
        if landmark is None:
            return self
        moved = {name: at_landmark(grouping, landmark) for name, grouping in self.groupings.items()}
        return replace(self, groupings=moved)


@dataclass(frozen=True, eq=False)
class Modelled:
    """A model with what was found about it, and the rows that it was fitted to."""

    model: Model
    findings: tuple[Finding, ...]
    rows: Rows | None = None


def fit_models(
    setting: ModelSetting,
    derived: Mapping[str, DerivedEndpoint],
    derive: Callable[[Asked], DerivedEndpoint],
) -> tuple[tuple[Modelled, ...], dict[str, DerivedEndpoint]]:
    """Fit every ``[[model]]`` of a study file.

    Parameters
    ----------
    setting : ModelSetting
    derived : mapping of str to DerivedEndpoint
        The endpoints that are there already.
    derive : callable
        Derives another one; raises RefusalError where that would be guessing.

    Returns
    -------
    tuple
        The models, and the endpoints with those that the models needed.
    """
    known = dict(derived)
    numbers: dict[str, int] = {}
    made = []
    for index, section in enumerate(setting.study.protocol.model):
        protocol = setting.study.protocol
        question = at_day(general(section.endpoint, protocol), section.landmark)
        changing = [general(name, protocol) for name in section.time_dependent]
        numbers[question.name] = numbers.get(question.name, 0) + 1
        number = numbers[question.name]
        try:
            for wanted in (question, *changing):
                if wanted.name not in known:
                    known[wanted.name] = derive(wanted)
        except RefusalError as error:
            made.append(_underived(question.definition, number, section, error))
            continue
        onsets = {each.name: known[each.name] for each in changing}
        made.append(fit_model(index, number, known[question.name], onsets, setting.at(section.landmark)))
    return tuple(made), known


def _underived(definition: Definition, number: int, section: ModelSection, error: RefusalError) -> Modelled:
    rule = guardrails.NOT_DERIVABLE
    model = Model(
        id=f"model.{definition.name}.{number}",
        endpoint=definition.name,
        label=section.label or definition.label,
        n=0,
        left_out=0,
        refused=f"{error.what}.",
        instead=error.instead,
        source=error.source,
    )
    return Modelled(model, (rule.finding(model.refused, model.id, error.instead, error.source),))


def fit_model(
    index: int,
    number: int,
    derived: DerivedEndpoint,
    onsets: Mapping[str, DerivedEndpoint],
    setting: ModelSetting,
) -> Modelled:
    """Fit everything that one ``[[model]]`` asks for.

    Parameters
    ----------
    index : int
        Its place among the models of the study file, from 0.
    number : int
        Its number among the models of this endpoint, from 1.
    derived : DerivedEndpoint
        The outcome.
    onsets : mapping of str to DerivedEndpoint
        The endpoints of its time-dependent covariates.
    setting : ModelSetting

    Returns
    -------
    Modelled
    """
    section = setting.study.protocol.model[index]
    definition = derived.definition
    start = Model(
        id=f"model.{definition.name}.{number}",
        endpoint=definition.name,
        label=section.label or definition.label,
        n=0,
        left_out=0,
        strata=section.strata,
        cluster=section.cluster,
        landmark=section.landmark,
    )
    late = _not_known(definition.origin, setting.cohort_known_late, setting)
    if late:
        return _refused(start, guardrails.COHORT_AFTER_DAY0, late)
    late = _not_known(definition.origin, _behind(section, setting), setting)
    if late:
        return _refused(start, guardrails.COVARIATE_AFTER_DAY0, late)
    covariates = _covariates(index, section, setting)
    since = section.landmark or 0.0
    covariates += tuple(onset_covariate(each, setting.facts.frame, since) for each in onsets.values())
    rows = make_rows(
        derived.frame,
        covariates,
        [_values(setting, index, "strata", name) for name in section.strata],
        _values(setting, index, "cluster", section.cluster) if section.cluster else None,
    )
    start = replace(start, unplaced=_unplaced(section, rows))
    if rows.n < guardrails.SMALL_GROUP:
        return _too_few(start, rows)
    fits = _fits(start.id, derived, rows, section, setting.choices)
    model = replace(
        start,
        n=rows.n,
        left_out=rows.left_out,
        covariates=tuple(c.info for c in rows.covariates),
        fits=fits,
    )
    model, unadjusted = _with_curves(model, rows, derived, section, setting)
    told = (*findings_about(model, rows, setting.facts), *unadjusted)
    lost = () if section.landmark is None else (landmark_finding(derived, section.landmark),)
    return Modelled(model, (*lost, *told), rows)


def _with_curves(
    model: Model, rows: Rows, derived: DerivedEndpoint, section: ModelSection, setting: ModelSetting
) -> tuple[Model, tuple[Finding, ...]]:
    """Return the model with the adjusted curves that it asks for, or with a finding that says why not."""
    if not section.adjusted:
        return model, ()
    covariate = next(each for each in rows.covariates if each.info.name == section.adjusted)
    time, choices = setting.study.protocol.time, setting.choices
    made: tuple[tuple[Curve, ...], Figure] | str = "they are not drawn under delayed entry"
    if not rows.delayed:
        made = adjusted_curves(model.id, covariate, rows, derived, choices, time, section.ties)
    if isinstance(made, str):
        what = f"{model.label}: no adjusted curves: {made}."
        return model, (guardrails.NOT_FITTED.finding(what, item=model.id),)
    curves, figure = made
    return replace(model, adjusted=section.adjusted, curves=curves, figure=figure), ()


def _covariates(index: int, section: ModelSection, setting: ModelSetting) -> tuple[Covariate, ...]:
    study = setting.study
    return tuple(
        read_covariate(
            study, study.at("model", index, "covariates", i), each, setting.facts, setting.groupings
        )
        for i, each in enumerate(section.covariates)
    )


def _values(setting: ModelSetting, index: int, key: str, name: str) -> pl.DataFrame:
    """Return the label of each patient's stratum or cluster."""
    line = line_for(name, setting.facts, setting.groupings, setting.study.at("model", index, key))
    return setting.facts.frame.select("patient_id").with_columns(line.values.alias("value"))


def _behind(section: ModelSection, setting: ModelSetting) -> tuple[str, ...]:
    """Return the variables behind covariates, strata and clusters, of groupings those known only later."""
    behind: list[str] = []
    for name in (*(c.name for c in section.covariates), *section.strata, section.cluster):
        if name in setting.groupings:
            behind += setting.groupings[name].known_late
        elif name in setting.facts.notes:
            behind.append(name)
    return tuple(dict.fromkeys(behind))


def _not_known(origin: str, names: tuple[str, ...], setting: ModelSetting) -> tuple[str, ...]:
    """Return those of these variables that were not yet known where the clock starts."""
    known, notes = KNOWN_AT.get(origin, ("day 0",)), setting.facts.notes
    return tuple(name for name in names if name not in notes or notes[name].known not in known)


def _refused(start: Model, rule: Guardrail, late: tuple[str, ...]) -> Modelled:
    verb = "was" if len(late) == 1 else "were"
    what = f"The model of {start.label} is withheld: {' and '.join(late)} {verb} known only after day 0."
    model = replace(start, refused=f"{what} {rule.rule}", instead=rule.hint, source=rule.source)
    return Modelled(model, (rule.finding(model.refused, item=start.id),))


def _unplaced(section: ModelSection, rows: Rows) -> tuple[str, ...]:
    names = (*section.strata, *((section.cluster,) if section.cluster else ()))
    return tuple(f"{name} {count}" for name, count in zip(names, rows.unplaced, strict=True) if count)


def _too_few(start: Model, rows: Rows) -> Modelled:
    rule = guardrails.P_WITHHELD
    what = f"The model of {start.label} is withheld: only {patients(rows.n)} with every covariate known."
    model = replace(
        start,
        n=rows.n,
        left_out=rows.left_out,
        covariates=tuple(c.info for c in rows.covariates),
        refused=what,
        instead=rule.hint,
        source=rule.source,
    )
    return Modelled(model, (rule.finding(what, item=start.id),))


def _fits(
    name: str, derived: DerivedEndpoint, rows: Rows, section: ModelSection, choices: Choices
) -> tuple[ModelFit, ...]:
    made: list[ModelFit] = []
    for ask in _asks(name, derived, section.ties, choices.conf_level):
        if len(rows.covariates) > 1:
            made += [fit(ask, rows, [each], each.info.name) for each in rows.covariates]
        made.append(_together(ask, rows))
    return tuple(made)


def _together(ask: Ask, rows: Rows) -> ModelFit:
    """Fit all covariates together, unless the events are too few for more than one."""
    events = rows.events(ask.cause)
    if len(rows.covariates) > 1 and 0 < events < guardrails.FEWEST_EVENTS:
        happened = f"{events} event" if events == 1 else f"{events} events"
        why = f"only {happened}: a multivariable model needs at least {guardrails.FEWEST_EVENTS}"
        return withheld(ask, rows, why)
    return fit(ask, rows, rows.covariates)


def _asks(name: str, derived: DerivedEndpoint, ties: str, level: float) -> list[Ask]:
    """Return the hazards of an endpoint: one of survival, two of each cause where death competes."""
    if derived.definition.kind == "survival":
        return [Ask(name, "hazard", 1, derived.causes[0], ties, level)]
    kinds: tuple[tuple[str, Hazard], ...] = (
        ("cs", "cause-specific hazard"),
        ("fg", "subdistribution hazard"),
    )
    return [
        Ask(f"{name}.{short}{cause}", hazard, cause, word, ties, level)
        for cause, word in enumerate(derived.causes, 1)
        for short, hazard in kinds
    ]
