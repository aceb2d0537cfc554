"""What ``[definitions]`` and an outcome's own definition may say: plausible numbers, choices that exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dayzero.endpoints.catalogue import lookup
from dayzero.endpoints.choices import CHOICES, choice_of
from dayzero.errors import BadInputError
from dayzero.study.asking import chosen

if TYPE_CHECKING:
    from dayzero.study.loading import Study
    from dayzero.study.protocol import DefinitionsSection

#: Lowest and highest value of each number, and what to write. A percentage written for a fraction is refused.
_RANGES: dict[str, tuple[float, float, str]] = {
    "full_chimerism_above": (50, 99.9, "percent of donor cells, from 50 to 99.9, such as 95"),
    "maiolino_days": (0, 100, "days, from 0 to 100, such as 7"),
    "easix_days": (1, 365, "days, from 1 to 365, such as 30"),
    "mrd_negative_below": (1e-7, 1e-2, "a fraction of cells up to 1e-2; 0.01% is 1e-4"),
    "mrd_window_days": (1, 365, "days, from 1 to 365, such as 30"),
    "pcr_gap_days": (1, 100, "days, from 1 to 100, such as 14"),
    "dna_threshold": (1, 1e9, "a viral load, such as 1000"),
    "vod_together_days": (1, 100, "days, from 1 to 100, such as 14"),
    "count_gap_days": (1, 60, "days, from 1 to 60, such as 7"),
}


def check_definitions(study: Study) -> None:
    """Check the definitions of the study, and those of each outcome.

    Raises
    ------
    BadInputError
        A number out of range; a choice of an outcome's own that its endpoint does not have, or cannot have
        in this way. A choice of the whole study holds for the endpoints that can have it.
    """
    _check_ranges(study, study.protocol.definitions, ("definitions",))
    for index, outcome in enumerate(study.protocol.outcome):
        path = ("outcome", index, "definition")
        _check_ranges(study, outcome.definition, path)
        name = lookup(outcome.endpoint).name
        for key, value in chosen(outcome.definition).items():
            _check_own(name, key, value, study.at(*path, key))


def _check_ranges(study: Study, section: DefinitionsSection, path: tuple[str | int, ...]) -> None:
    for key, value in chosen(section).items():
        if isinstance(value, str):
            continue
        low, high, allowed = _RANGES[key]
        if not low <= value <= high:
            what = f"'{key}' is {value:g}"
            raise BadInputError(what, where=study.at(*path, key), allowed=allowed)


def _check_own(name: str, key: str, value: str | float, place: str) -> None:
    choice = choice_of(name, key)
    if choice is None:
        allowed = [each.option for each in CHOICES.get(name, ())]
        hint = f"{name} has these choices" if allowed else f"{name} has no choice of definition"
        kind = f"choice for {name}"
        raise BadInputError.unknown_name(kind, key, allowed, where=place, hint=hint)
    if choice.allowed and value not in choice.allowed:
        raise _impossible(name, key, value, choice.allowed, place)


def _impossible(
    name: str, key: str, value: str | float, allowed: tuple[str, ...], place: str
) -> BadInputError:
    what = f"'{key}' cannot be '{value}' for {name}"
    why = ""
    if key == "second_transplant":
        why = {
            "compete": "a survival endpoint has no competing events",
            "ignore": "recovery after another infusion is not that of the first graft",
        }.get(str(value), "")
    return BadInputError(what, where=place, allowed=list(allowed), hint=why)
