"""The manifest: what was run with what, so that a run can be repeated and checked."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

import dayzero
from dayzero.study.results import SCHEMA_VERSION

if TYPE_CHECKING:
    from dayzero.records.model import Source
    from dayzero.study.conventions import Choices
    from dayzero.study.loading import Study

#: Libraries whose version can change a number or a picture.
LIBRARIES = (
    "numpy",
    "polars",
    "narwhals",
    "scipy",
    "pydantic",
    "python-calamine",
    "typst",
    "pypdfium2",
    "jinja2",
)
#: No method of the main job draws random numbers; the seed is stated for those that will.
SEED = 0


def manifest_of(study: Study, source: Source, choices: Choices) -> dict[str, Any]:
    """Return the manifest of a run, without the time of writing: that belongs to the folder."""
    return {
        "dayzero": dayzero.__version__,
        "schema_version": SCHEMA_VERSION,
        "study_file": {"name": study.name, "sha256": study.sha256},
        "data": {
            "name": source.name,
            "kind": source.kind,
            "sha256": source.sha256,
            "rows": dict(sorted(source.rows.items())),
        },
        "conventions": {
            "preset": choices.name,
            "conf_type": choices.conf_type,
            "variance": choices.variance,
            "conf_level": choices.conf_level,
            "days_in_a_month": 30.4375,
            "days_in_a_year": 365.25,
        },
        "seed": SEED,
        "python": platform.python_version(),
        "libraries": {name: installed(name) for name in LIBRARIES},
    }


def installed(name: str) -> str:
    """Return the version of a library."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
