"""What a study file asks of the report's text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sentence:
    """A sentence of the centre's own, by the key of the one that it replaces."""

    key: str
    text: str


@dataclass(frozen=True)
class ReportChoices:
    """The choices of ``[report]`` and ``[literature]`` that change text.

    Attributes
    ----------
    wording_file : str
        Name of the file with the centre's own sentences; empty for none.
    wording : tuple of Sentence
    literature : tuple of str
        Keys of published studies that the report shows beside its own results.
    """

    wording_file: str = ""
    wording: tuple[Sentence, ...] = ()
    literature: tuple[str, ...] = ()
