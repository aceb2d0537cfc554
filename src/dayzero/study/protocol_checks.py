"""What the keys of a study file mean together: names that refer to each other, and values that make sense."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from dayzero.endpoints.catalogue import lookup
from dayzero.errors import BadInputError
from dayzero.study.asking import asked
from dayzero.study.definition_checks import check_definitions
from dayzero.study.model_checks import check_models
from dayzero.study.rules import parse_rule

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from dayzero.study.loading import Study
    from dayzero.study.protocol import FigureSection, GroupSection, OutcomeSection

COLOURS = ("black", "red", "blue", "orange", "green", "purple", "grey")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_HEX = re.compile(r"#[0-9A-Fa-f]{6}")
_PANEL = re.compile(r"(?P<endpoint>.+?)(?:\s+by\s+(?P<group>\S+))?")


def check_protocol(study: Study) -> None:
    """Check what the model cannot: references, ranges, rule syntax.

    Raises
    ------
    BadInputError
        With file and line of the first problem.
    """
    from dayzero.study.figure_checks import check_kind

    _check_time(study)
    _check_cohort(study)
    for name, group in study.protocol.groups.items():
        _check_group(study, name, group)
    follow_up = study.protocol.conventions.follow_up_endpoint
    lookup(follow_up, study.at("conventions", "follow_up_endpoint"))
    for index, outcome in enumerate(study.protocol.outcome):
        _check_outcome(study, index, outcome)
    check_definitions(study)
    _check_repeats(study)
    check_models(study)
    for name, figure in study.protocol.figures.items():
        if figure.kind == "curves":
            _check_figure(study, name, figure)
        check_kind(study, name, figure)
    _check_claims(study)
    _check_characteristics(study)


def _check_characteristics(study: Study) -> None:
    asked_for = study.protocol.characteristics
    if asked_for.by:
        check_group_name(study, asked_for.by, study.at("characteristics", "by"))
    for key in ("difference", "tests"):
        if getattr(asked_for, key) and not asked_for.by:
            what = f"'{key}' compares groups, and no grouping is named"
            hint = 'name one: by = "GROUP"'
            raise BadInputError(what, where=study.at("characteristics", key), hint=hint)


def _check_claims(study: Study) -> None:
    for index, claim in enumerate(study.protocol.claim):
        named, missing = claim.of.strip(), claim.not_in_data.strip()
        if bool(named) == bool(missing):
            what = f"a claim has {'both of and' if named else 'neither of nor'} not_in_data"
            allowed = "of = 'the result that it is about', or not_in_data = 'why there is none'"
            raise BadInputError(what, where=study.at("claim", index), allowed=allowed)


def _check_time(study: Study) -> None:
    time = study.protocol.time
    _check_horizons(time.horizons, study, ("time", "horizons"))
    for key in ("limit", "ticks"):
        value = getattr(time, key)
        if value is not None and value <= 0:
            raise _not_positive(key, value, study.at("time", key))
    level = study.protocol.conventions.conf_level
    if not 0.5 <= level < 1:
        place = study.at("conventions", "conf_level")
        what = f"'conf_level' is {level:g}"
        raise BadInputError(what, where=place, allowed="from 0.5 to below 1, such as 0.95")


def _not_positive(key: str, value: float, where: str) -> BadInputError:
    what = f"'{key}' is {value:g}"
    return BadInputError(what, where=where, allowed="a number above 0")


def _check_horizons(horizons: tuple[float, ...], study: Study, path: tuple[str | int, ...]) -> None:
    increasing = all(a < b for a, b in pairwise(horizons))
    if not increasing or any(horizon <= 0 for horizon in horizons):
        what = f"horizons are {', '.join(f'{h:g}' for h in horizons)}"
        raise BadInputError(what, where=study.at(*path), allowed="times above 0, increasing, each once")


def _check_cohort(study: Study) -> None:
    for kind in ("include", "exclude"):
        for index, rule in enumerate(getattr(study.protocol.cohort, kind)):
            parse_rule(rule.rule, study.at("cohort", kind, index, "rule"))


def _check_group(study: Study, name: str, group: GroupSection) -> None:
    place = study.at("groups", name)
    if not _NAME.fullmatch(name):
        what = f"the group name '{name}' cannot be part of an id"
        raise BadInputError(
            what, where=place, allowed="letters, digits, _ and -", hint="put the words into label"
        )
    ways = [key for key in ("levels", "variable", "happened") if getattr(group, key)]
    if len(ways) != 1:
        what = f"the group '{name}' has {f'both {ways[0]} and {ways[1]}' if ways else 'no levels'}"
        allowed = "either levels = { 'NAME' = 'rule' }, or variable = 'NAME', or happened = 'ENDPOINT'"
        raise BadInputError(what, where=place, allowed=allowed)
    if group.happened:
        _check_happened(study, name, group)
    if group.order and not group.variable:
        what = "'order' goes with 'variable'; levels are printed in the order they are written"
        raise BadInputError(what, where=study.at("groups", name, "order"))
    if group.among:
        parse_rule(group.among, study.at("groups", name, "among"))
    for level, rule in group.levels.items():
        parse_rule(rule, study.at("groups", name, "levels", level))
    _check_colours(study, name, group)


def _check_happened(study: Study, name: str, group: GroupSection) -> None:
    definition = lookup(group.happened, study.at("groups", name, "happened"))
    if definition.kind == "proportion":
        what = f"'{definition.name}' has no day"
        place = study.at("groups", name, "happened")
        raise BadInputError(what, where=place, allowed="an endpoint with a time, such as aGVHD_II_IV")
    for key in ("among", "known_by"):
        if getattr(group, key):
            what = f"'{key}' does not go with 'happened'"
            raise BadInputError(what, where=study.at("groups", name, key))


def _check_colours(study: Study, name: str, group: GroupSection) -> None:
    known = tuple(group.levels) or group.order
    for level, colour in group.colours.items():
        place = study.at("groups", name, "colours", level)
        if known and level not in known:
            raise BadInputError.unknown_name(kind="level", found=level, allowed=known, where=place)
        if colour not in COLOURS and not _HEX.fullmatch(colour):
            raise BadInputError.unknown_name(
                kind="colour", found=colour, allowed=(*COLOURS, "#rrggbb"), where=place
            )


def check_group_name(study: Study, group: str, place: str) -> None:
    """Refuse a group that is not declared."""
    if group not in study.protocol.groups:
        hint = "" if study.protocol.groups else f"declare it: [groups.{group}]"
        raise BadInputError.unknown_name(
            kind="group", found=group, allowed=study.protocol.groups, where=place, hint=hint
        )


def _check_outcome(study: Study, index: int, outcome: OutcomeSection) -> None:
    definition = lookup(outcome.endpoint, study.at("outcome", index, "endpoint"))
    for position, group in enumerate(outcome.by):
        check_group_name(study, group, study.at("outcome", index, "by", position))
    if len(set(outcome.by)) < len(outcome.by):
        what = "a group is named twice"
        raise BadInputError(what, where=study.at("outcome", index, "by"))
    if not outcome.whole and not outcome.by:
        what = "whole = false without by leaves nobody to estimate"
        raise BadInputError(what, where=study.at("outcome", index, "whole"))
    _check_horizons(outcome.horizons or (), study, ("outcome", index, "horizons"))
    for p in outcome.quantiles:
        if not 0 < p < 1:
            what = f"the quantile {p:g}"
            place = study.at("outcome", index, "quantiles")
            raise BadInputError(what, where=place, allowed="between 0 and 1, such as 0.5 for the median")
    for key, value in (("limit", outcome.limit), ("ticks", outcome.ticks), ("landmark", outcome.landmark)):
        if value is not None and value <= 0:
            raise _not_positive(key, value, study.at("outcome", index, key))
    if outcome.landmark is not None and not definition.origin.startswith("day 0"):
        what = f"the clock of '{definition.name}' starts at the {definition.origin}, not on day 0"
        place = study.at("outcome", index, "landmark")
        raise BadInputError(what, where=place, allowed="an endpoint from day 0")
    given = [key for key in ("horizons", "quantiles", "limit", "ticks", "landmark") if getattr(outcome, key)]
    if given and (outcome.as_ is not None or definition.kind == "proportion"):
        key = given[0]
        what = f"a proportion at last contact has no {key}"
        raise BadInputError(what, where=study.at("outcome", index, key))


def _check_repeats(study: Study) -> None:
    seen: dict[tuple[str, str | None], int] = {}
    for index, outcome in enumerate(study.protocol.outcome):
        key = (asked(outcome, study.protocol).name, outcome.as_)
        if key in seen:
            what = f"the outcome '{outcome.endpoint}' is asked for twice"
            hint = f"join them: the first is on {study.at('outcome', seen[key])}"
            raise BadInputError(what, where=study.at("outcome", index, "endpoint"), hint=hint)
        seen[key] = index


def panel_parts(panel: str, where: str = "", named: Collection[str] = ()) -> tuple[str, str | None]:
    """Split ``"CIR by remission"`` into endpoint and group; the group is None for the whole cohort.

    Parameters
    ----------
    panel : str
    where : str
        Where the panel stands, for the message when there is no such endpoint.
    named : collection of str
        Names of this study's outcomes, which a sensitivity analysis does not share with the catalogue.
    """
    match = _PANEL.fullmatch(panel.strip())
    endpoint, group = (match["endpoint"], match["group"]) if match else (panel.strip(), None)
    return (endpoint if endpoint in named else lookup(endpoint, where).name), group


def _check_figure(study: Study, name: str, figure: FigureSection) -> None:
    if not figure.panels or not all(figure.panels):
        what = f"figure {name} has no panels"
        allowed = "rows of panels, such as [['CIR', 'CIR by remission']]"
        raise BadInputError(what, where=study.at("figures", name, "panels"), allowed=allowed)
    shapes = [len(row) for row in figure.panels], [len(row) for row in figure.titles]
    if figure.titles and shapes[0] != shapes[1]:
        what = f"titles have rows of {shapes[1]}, panels of {shapes[0]}"
        raise BadInputError(what, where=study.at("figures", name, "titles"), allowed="one title a panel")
    for row, panels in enumerate(figure.panels):
        for column, panel in enumerate(panels):
            _check_panel(study, panel, study.at("figures", name, "panels", row, column))


def _check_panel(study: Study, panel: str, place: str) -> None:
    drawn = {asked(o, study.protocol).name: o for o in study.protocol.outcome if _has_curve(o)}
    endpoint, group = panel_parts(panel, place, drawn)
    if endpoint not in drawn:
        hint = "a panel draws an endpoint that has an [[outcome]]; a proportion has no curve"
        raise BadInputError.unknown_name(
            kind="outcome in a panel", found=endpoint, allowed=drawn, where=place, hint=hint
        )
    if group is not None:
        check_group_name(study, group, place)
    if group is not None and group not in drawn[endpoint].by:
        what = f"the panel '{panel}' needs a comparison that no outcome asks for"
        raise BadInputError(
            what, where=place, allowed=_drawable(drawn), hint=f"add '{group}' to by of {endpoint}"
        )
    if group is None and not drawn[endpoint].whole:
        what = f"the panel '{panel}' draws the whole cohort, which whole = false switches off"
        raise BadInputError(what, where=place, allowed=_drawable(drawn))


def _has_curve(outcome: OutcomeSection) -> bool:
    return outcome.as_ is None and lookup(outcome.endpoint).kind != "proportion"


def _drawable(outcomes: Mapping[str, OutcomeSection]) -> list[str]:
    panels = []
    for name, outcome in outcomes.items():
        panels += [name] if outcome.whole else []
        panels += [f"{name} by {group}" for group in outcome.by]
    return panels
