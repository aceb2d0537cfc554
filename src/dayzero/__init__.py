"""dayzero: from a transplant centre's own records to the outcome study it would publish.

Day 0 is the day of transplant. ``import dayzero as dz`` gives ``dz.read``, ``dz.check``,
``dz.endpoint``, ``dz.run`` and ``dz.stats``; each is loaded when first used, so importing
dayzero costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dayzero import stats
    from dayzero.endpoints import derive as endpoint
    from dayzero.records import check, read
    from dayzero.study.runner import run

__version__ = "0.1.0"

__all__ = ["__version__", "check", "endpoint", "read", "run", "stats"]

# Public name -> (module, its name there; empty for the module itself).
_HOME = {
    "read": ("dayzero.records", "read"),
    "check": ("dayzero.records", "check"),
    "endpoint": ("dayzero.endpoints", "derive"),
    "run": ("dayzero.study.runner", "run"),
    "stats": ("dayzero.stats", ""),
}


def __getattr__(name: str) -> Any:
    """Load a public name from its room on first use (PEP 562)."""
    if name not in _HOME:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    module, inner = _HOME[name]
    loaded = import_module(module)
    return getattr(loaded, inner) if inner else loaded


def __dir__() -> list[str]:
    return [*__all__, "__doc__"]
