"""From facts about patients to endpoints and variables: time, cause, and why, for each patient.

Importing this package costs nothing; each name loads what it needs when first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dayzero.endpoints.catalogue import ALIASES, CATALOGUE, lookup
    from dayzero.endpoints.complication.astct import crs_grade, icans_grade
    from dayzero.endpoints.cutoff import at_cutoff
    from dayzero.endpoints.definition import Definition, DerivedEndpoint, Variable, Variables
    from dayzero.endpoints.derivation import derive
    from dayzero.endpoints.document import definitions_document
    from dayzero.endpoints.gvhd.chronic_severity import nih_severity
    from dayzero.endpoints.gvhd.gvhd_stages import glucksberg_grade, magic_grade
    from dayzero.endpoints.identities import IdentityError, check_identities
    from dayzero.endpoints.in_groups import derive_in_groups
    from dayzero.endpoints.leukaemia.relapse_confirmation import confirm_relapse
    from dayzero.endpoints.options import Options
    from dayzero.endpoints.variables import derive_variables

__all__ = [
    "ALIASES",
    "CATALOGUE",
    "Definition",
    "DerivedEndpoint",
    "IdentityError",
    "Options",
    "Variable",
    "Variables",
    "at_cutoff",
    "check_identities",
    "confirm_relapse",
    "crs_grade",
    "definitions_document",
    "derive",
    "derive_in_groups",
    "derive_variables",
    "glucksberg_grade",
    "icans_grade",
    "lookup",
    "magic_grade",
    "nih_severity",
]

_HOMES = {
    "ALIASES": "catalogue",
    "CATALOGUE": "catalogue",
    "lookup": "catalogue",
    "Definition": "definition",
    "DerivedEndpoint": "definition",
    "Variable": "definition",
    "Variables": "definition",
    "derive": "derivation",
    "derive_in_groups": "in_groups",
    "at_cutoff": "cutoff",
    "definitions_document": "document",
    "derive_variables": "variables",
    "IdentityError": "identities",
    "check_identities": "identities",
    "Options": "options",
    "confirm_relapse": "leukaemia.relapse_confirmation",
    "crs_grade": "complication.astct",
    "glucksberg_grade": "gvhd.gvhd_stages",
    "icans_grade": "complication.astct",
    "magic_grade": "gvhd.gvhd_stages",
    "nih_severity": "gvhd.chronic_severity",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
