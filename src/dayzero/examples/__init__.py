"""The four examples shipped with the package: a study file, its data and a README each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dayzero.errors import BadInputError

if TYPE_CHECKING:
    from pathlib import Path

#: Name of the folder and what it shows, in the order in which they are offered.
EXAMPLES = {
    "tulsiyan2025": "five real children, as published: what an honest report of five patients looks like",
    "perugia": "177 real patients: relapse against death without relapse, by disease and by remission",
    "wroclaw": "187 real children: survival, engraftment and acute GVHD; a file full of traps, found",
    "algeri2025": "78 constructed patients, not real ones: a whole paper, from workbook to figures",
}


def names() -> tuple[str, ...]:
    """Return the names of the examples."""
    return tuple(EXAMPLES)


def describe(name: str) -> str:
    """Say in one line what an example shows.

    Raises
    ------
    BadInputError
        When there is no such example.
    """
    _known(name)
    return EXAMPLES[name]


def study_path(name: str) -> Path:
    """Return the path of an example's study file; its data and its README lie beside it.

    Raises
    ------
    BadInputError
        When there is no such example.
    """
    from importlib.resources import files
    from pathlib import Path

    _known(name)
    return Path(str(files(__name__))) / name / "study.toml"


def _known(name: str) -> None:
    if name not in EXAMPLES:
        raise BadInputError.unknown_name(kind="example", found=name, allowed=EXAMPLES)
