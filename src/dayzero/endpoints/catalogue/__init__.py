"""The catalogue of endpoints: what each counts, what competes, when observation ends, who published it.

Plain data, no imports of frames: a study file's endpoint names are checked against it at no cost.
One module for each family; a new endpoint is added to its family's ``DEFINITIONS``.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from dayzero.endpoints.catalogue import complication, death, graft, gvhd, infection, leukaemia, outcome, vod
from dayzero.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dayzero.endpoints.definition import Definition
    from dayzero.endpoints.options import Options

#: The families, in the order of the documentation; each is a chapter of a table of events.
FAMILIES = {
    "outcome": (*outcome.DEFINITIONS, *death.DEFINITIONS),
    "graft": graft.DEFINITIONS,
    "gvhd": gvhd.DEFINITIONS,
    "infection": infection.DEFINITIONS,
    "complication": (*complication.DEFINITIONS, *vod.DEFINITIONS),
    "leukaemia": leukaemia.DEFINITIONS,
}
_DEFINITIONS = tuple(
    replace(definition, family=family) for family, each in FAMILIES.items() for definition in each
)

#: Every endpoint by name, in the order of the documentation.
CATALOGUE: Mapping[str, Definition] = MappingProxyType({d.name: d for d in _DEFINITIONS})

#: Other names for the same definition.
ALIASES: Mapping[str, str] = MappingProxyType(
    {
        "LFS": "DFS",
        "RFS": "DFS",
        "SOS": "VOD",
        "TA_TMA": "TMA",
        "aGVHD_3_4": "aGVHD_III_IV",
        "aGVHD_2_4": "aGVHD_II_IV",
    }
)


def worded_for(definition: Definition, options: Options) -> Definition:
    """Return a definition with the numbers of these options in its words."""
    event, censoring = definition.event, definition.censoring
    if definition.name == "mrd_negative_before_transplant":
        event = leukaemia.before_transplant(options)
    elif definition.name == "blinatumomab_mrd_response":
        event = leukaemia.response(options)
    elif "_chimerism" in definition.name:
        event = graft.chimerism_event(event, options)
    elif definition.name in graft.SYNDROMES:
        event = graft.syndrome_event(event, options)
    elif definition.name in graft.RECOVERIES:
        event, censoring = graft.recovery_words(definition, options)
    return replace(definition, event=event, censoring=censoring)


_KIND = "endpoint"


def _folded(name: str) -> str:
    return name.strip().casefold().replace("-", "_").replace(" ", "_").replace("/", "_")


_BY_FOLDED = {_folded(name): name for name in CATALOGUE} | {_folded(a): name for a, name in ALIASES.items()}


def lookup(name: str, where: str = "") -> Definition:
    """Find a definition by its name or alias, in any letter case (``LFS`` is ``DFS``).

    Parameters
    ----------
    name : str
        Spaces, hyphens and underscores are the same.
    where : str
        Where the name stands, for the message when it is unknown.

    Raises
    ------
    BadInputError
        When there is no such endpoint; the message lists those there are.
    """
    found = _BY_FOLDED.get(_folded(name))
    if found is not None:
        return CATALOGUE[found]
    allowed = [*CATALOGUE, *ALIASES]
    if _folded(name) == "trm":  # the nearest name would be TMA, which nobody means who writes TRM
        what = f"unknown {_KIND} '{name}'"
        hint = "death without relapse, whatever its cause, is NRM; it is not called TRM"
        raise BadInputError(what, where=where, allowed=allowed, hint=hint)
    raise BadInputError.unknown_name(_KIND, name, allowed, where=where)
