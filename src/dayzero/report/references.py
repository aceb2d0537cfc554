"""The publications behind definitions and methods, and the numbered list of those that a report cites."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_REGISTRY = Path(__file__).with_name("references.toml")

#: A source that is no publication, or one that nobody could identify: it says so itself, and has no number.
STATEMENTS = (
    "dayzero:",
    "As recorded by the centre",
    "general usage",
    "Solomon et al. (abstract)",
    "R survival",
    "R cmprsk",
    "SAS PROC LIFETEST",
    "EZR",
    "this package",
)


@dataclass(frozen=True)
class Reference:
    """A publication.

    Attributes
    ----------
    key : str
        Its name in the registry.
    cited_as : tuple of str
        Words by which the sources of definitions and methods cite it.
    authors, title, journal, volume, pages, doi : str
        Empty where it could not be checked; ``volume`` may name the issue, ``12(3)``.
    year : int
    checked : str
        Where these were seen; not printed.
    """

    key: str
    cited_as: tuple[str, ...]
    journal: str
    year: int
    authors: str = ""
    title: str = ""
    volume: str = ""
    pages: str = ""
    doi: str = ""
    checked: str = ""

    def __str__(self) -> str:
        """Return the reference as journals of this field print it."""
        place = f"{self.journal}. {self.year}"
        if self.volume:
            place += f";{self.volume}" + (f":{self.pages}" if self.pages else "")
        elif self.pages:
            place += f":{self.pages}"
        parts = [part for part in (self.authors, self.title, place) if part]
        text = ". ".join(part.rstrip(".") for part in parts) + "."
        return f"{text} doi:{self.doi}" if self.doi else text


@cache
def registry() -> dict[str, Reference]:
    """Return every publication by its key."""
    entries = tomllib.loads(_REGISTRY.read_text(encoding="utf-8"))
    return {
        key: Reference(key, **{**entry, "cited_as": tuple(entry["cited_as"])})
        for key, entry in entries.items()
    }


def cited_in(source: str) -> tuple[Reference, ...]:
    """Return the publications that a source text cites, in the order of the text."""
    found = []
    for reference in registry().values():
        places = [source.find(words) for words in reference.cited_as if words in source]
        if places:
            found.append((min(places), reference))
    return tuple(reference for _, reference in sorted(found, key=lambda each: each[0]))


def resolves(source: str) -> bool:
    """Return whether a source text cites a publication of the registry, or says that there is none."""
    return bool(cited_in(source)) or any(words in source for words in STATEMENTS)


class Bibliography:
    """The references of one report, numbered in the order in which they are cited."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def cite(self, *sources: str) -> str:
        """Return the numbers of the publications that these source texts cite: ``[1,3]``; may be empty."""
        return self._marks(reference.key for source in sources for reference in cited_in(source))

    def cite_keys(self, *keys: str) -> str:
        """Return the numbers of publications named by their keys in the registry: ``[1,3]``."""
        for key in keys:
            registry()[key]
        return self._marks(keys)

    def _marks(self, keys: Iterable[str]) -> str:
        numbers = [self._numbers.setdefault(key, len(self._numbers) + 1) for key in dict.fromkeys(keys)]
        return f"[{','.join(str(number) for number in sorted(numbers))}]" if numbers else ""

    def listed(self) -> tuple[Reference, ...]:
        """Return the publications cited so far, in the order of their numbers."""
        return tuple(registry()[key] for key in self._numbers)
