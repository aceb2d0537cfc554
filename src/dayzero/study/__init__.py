"""The protocol (a study file), its run and its results: the one room that knows both clinic and statistics.

Names load when first used, so ``import dayzero.study`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dayzero.study.loading import Study, load_study, parse_study
    from dayzero.study.results import Results
    from dayzero.study.runner import StudyRun, run

_HOME = {
    "Results": "results",
    "Study": "loading",
    "StudyRun": "runner",
    "load_study": "loading",
    "parse_study": "loading",
    "run": "runner",
}

__all__ = ["Results", "Study", "StudyRun", "load_study", "parse_study", "run"]


def __getattr__(name: str) -> Any:
    """Load a public name from its module on first use (PEP 562)."""
    try:
        home = _HOME[name]
    except KeyError:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg) from None
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})
