"""From facts about patients to endpoints and variables: time, cause, and why, for each patient.

Importing this package costs nothing; each name loads what it needs when first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dayzero.endpoints.catalogue import ALIASES, CATALOGUE, lookup
    from dayzero.endpoints.cutoff import at_cutoff
    from dayzero.endpoints.definition import Definition, DerivedEndpoint, Variable, Variables
    from dayzero.endpoints.derivation import derive
    from dayzero.endpoints.document import definitions_document
    from dayzero.endpoints.identities import IdentityError, check_identities
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
    "definitions_document",
    "derive",
    "derive_variables",
    "lookup",
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
    "at_cutoff": "cutoff",
    "definitions_document": "document",
    "derive_variables": "variables",
    "IdentityError": "identities",
    "check_identities": "identities",
    "Options": "options",
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
