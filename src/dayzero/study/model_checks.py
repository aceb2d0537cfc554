"""What the keys of ``[[model]]`` mean together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dayzero.endpoints.catalogue import lookup
from dayzero.errors import BadInputError

if TYPE_CHECKING:
    from dayzero.study.loading import Study
    from dayzero.study.protocol import ModelSection


def check_models(study: Study) -> None:
    """Check names, repeats and ranges of every model.

    Raises
    ------
    BadInputError
        With file and line of the first problem.
    """
    for index, model in enumerate(study.protocol.model):
        _check_endpoints(study, index, model)
        _check_covariates(study, index, model)
        _check_landmark(study, index, model)
        _check_adjusted(study, index, model)


def _check_landmark(study: Study, index: int, model: ModelSection) -> None:
    place = study.at("model", index, "landmark")
    if model.landmark is None:
        return
    if model.landmark <= 0:
        what = f"'landmark' is {model.landmark:g}"
        raise BadInputError(what, where=place, allowed="a day after day 0, such as 100")
    definition = lookup(model.endpoint)
    if not definition.origin.startswith("day 0"):
        what = f"the clock of '{definition.name}' starts at the {definition.origin}, not on day 0"
        raise BadInputError(what, where=place, allowed="an endpoint from day 0")


def _check_endpoints(study: Study, index: int, model: ModelSection) -> None:
    place = study.at("model", index, "endpoint")
    definition = lookup(model.endpoint, place)
    if definition.kind == "proportion":
        what = f"'{definition.name}' happened or not, without a time: it has no hazard"
        raise BadInputError(what, where=place, allowed="an endpoint with a time, such as OS, DFS, CIR, NRM")
    for position, name in enumerate(model.time_dependent):
        where = study.at("model", index, "time_dependent", position)
        own = lookup(name, where)
        if own.kind == "proportion" or own.name == definition.name:
            what = f"'{own.name}' cannot change the hazard of '{definition.name}'"
            allowed = "another endpoint with a time, such as aGVHD_II_IV"
            raise BadInputError(what, where=where, allowed=allowed)


def _check_adjusted(study: Study, index: int, model: ModelSection) -> None:
    place = study.at("model", index, "adjusted")
    names = [each.name for each in model.covariates if each.name in study.protocol.groups]
    if model.adjusted and model.adjusted not in names:
        hint = "adjusted curves are drawn by a grouping, [groups.NAME], that is a covariate of the model"
        raise BadInputError.unknown_name(
            kind="grouping among the covariates", found=model.adjusted, allowed=names, where=place, hint=hint
        )
    changing = [each.name for each in model.covariates if each.change_at is not None]
    if model.adjusted and (model.time_dependent or changing):
        what = "adjusted curves need covariates that do not change"
        raise BadInputError(what, where=place, allowed="a model without time_dependent and change_at")


def _check_covariates(study: Study, index: int, model: ModelSection) -> None:
    if not model.covariates and not model.time_dependent:
        what = "a model has no covariate"
        hint = "without covariates, ask for an [[outcome]]"
        raise BadInputError(what, where=study.at("model", index), allowed="covariates = ['age']", hint=hint)
    names = [each.name for each in model.covariates] + [lookup(n).name for n in model.time_dependent]
    for position, name in enumerate(names):
        if name in names[:position]:
            what = f"the covariate '{name}' is named twice"
            raise BadInputError(what, where=study.at("model", index, "covariates"))
    for position, each in enumerate(model.covariates):
        for key in ("per", "change_at"):
            value = getattr(each, key)
            if value is not None and value <= 0:
                what = f"'{key}' is {value:g}"
                place = study.at("model", index, "covariates", position, key)
                raise BadInputError(what, where=place, allowed="a number above 0, such as 10")
    for key, used in (("strata", model.strata), ("cluster", (model.cluster,) if model.cluster else ())):
        for name in used:
            if name in names:
                what = f"'{name}' is a covariate and in {key}"
                raise BadInputError(what, where=study.at("model", index, key), allowed="one of the two")
