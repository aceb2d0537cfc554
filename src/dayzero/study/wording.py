"""A centre's own sentences: read from the file that the study file names."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from dayzero.errors import BadInputError
from dayzero.study.results.report import ReportChoices, Sentence

if TYPE_CHECKING:
    from pathlib import Path

    from dayzero.study.loading import Study

_LARGEST = 200_000  # bytes; all sentences of the package have some ten thousand


def report_choices(study: Study) -> ReportChoices:
    """Return what the study file asks of the report's text.

    Raises
    ------
    BadInputError
        When the file of sentences cannot be read, or holds anything but sentences in sections. Whether a
        sentence exists, and has its placeholders, is checked where the report is written.
    """
    name = study.protocol.report.wording
    shown = study.protocol.literature.include
    if not name:
        return ReportChoices(literature=shown)
    place = study.at("report", "wording")
    path = study.folder / name
    try:
        document = tomllib.loads(_text_of(path, place))
    except tomllib.TOMLDecodeError as error:
        what = f"this is not TOML: {error}"
        raise BadInputError(what, where=path.name, hint="key = 'sentence' under [section]") from None
    return ReportChoices(path.name, tuple(_sentences(document, path.name)), shown)


def _text_of(path: Path, place: str) -> str:
    allowed = "a TOML file beside the study file"
    try:
        if path.stat().st_size > _LARGEST:
            what = f"'{path.name}' is too large for a file of sentences"
            raise BadInputError(what, where=place, allowed=allowed)
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        what = f"there is no readable text file '{path.name}'"
        raise BadInputError(what, where=place, allowed=allowed) from None


def _sentences(document: dict[str, object], where: str) -> list[Sentence]:
    found = []
    for section, entries in document.items():
        if not isinstance(entries, dict):
            what = f"'{section}' stands outside a section"
            raise BadInputError(what, where=where, allowed="[section] and key = 'sentence'")
        for key, text in entries.items():
            if not isinstance(text, str):
                what = f"'{section}.{key}' is no text"
                raise BadInputError(what, where=where, allowed="a sentence between quotes")
            found.append(Sentence(f"{section}.{key}", text))
    return found
