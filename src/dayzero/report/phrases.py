"""The sentences of a report, kept as data so that a centre can word them its own way.

``templates/words.toml`` has every sentence with its placeholders. A study file may name another TOML file,
``[report] wording``, whose sentences replace those of the same key. Numbers come in through placeholders
alone, each of them bound to its result; a sentence that leaves one out, or asks for one that does not
exist, is refused.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING

from dayzero.errors import BadInputError
from dayzero.report.numbers import Inline, Span, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_WORDS = Path(__file__).parent / "templates" / "words.toml"


class Phrases:
    """Sentences by their keys, such as ``limitations.one_centre``."""

    def __init__(self, own: Iterable[tuple[str, str]] = (), where: str = "") -> None:
        """Take the sentences of the package, and a centre's own in place of those of the same key.

        Parameters
        ----------
        own : iterable of (str, str)
            Key and sentence.
        where : str
            Name of the file they come from, for messages.

        Raises
        ------
        BadInputError
            An unknown key, or placeholders that are not those of the sentence replaced.
        """
        self._texts = {**shipped(), **{key: _checked(key, text, where) for key, text in own}}

    def text(self, key: str) -> str:
        """Return a sentence as it is written, with its placeholders."""
        return self._texts[key]

    def say(self, key: str, **parts: Inline | str) -> Inline:
        """Return a sentence with its placeholders filled: by inline texts, or by plain words."""
        spans: list[Span] = []
        for literal, name, _, _ in Formatter().parse(self._texts[key]):
            spans += words(literal)
            if name is not None:
                part = parts[name]
                spans += words(part) if isinstance(part, str) else part
        return tuple(spans)


@cache
def shipped() -> Mapping[str, str]:
    """Return the sentences of the package by key: ``section.name``."""
    document = tomllib.loads(_WORDS.read_text(encoding="utf-8"))
    return {f"{section}.{key}": text for section, texts in document.items() for key, text in texts.items()}


def placeholders(text: str) -> tuple[str, ...]:
    """Return the names of a sentence's placeholders.

    Raises
    ------
    ValueError
        Braces that do not match, or a placeholder that is more than a name.
    """
    names = []
    for _, name, form, conversion in Formatter().parse(text):
        if name is None:
            continue
        if form or conversion or not name.isidentifier():
            message = f"'{{{name}}}' is no plain name"
            raise ValueError(message)
        names.append(name)
    return tuple(dict.fromkeys(names))


def _checked(key: str, text: str, where: str) -> str:
    if key not in shipped():
        raise BadInputError.unknown_name(kind="sentence", found=key, allowed=shipped(), where=where)
    wanted = placeholders(shipped()[key])
    allowed = ", ".join(f"{{{name}}}" for name in wanted) or "no placeholder"
    try:
        found = placeholders(text)
    except ValueError as error:
        what = f"the sentence '{key}' cannot be read ({error})"
        raise BadInputError(what, where=where, allowed=allowed) from None
    unknown = [name for name in found if name not in wanted]
    if unknown:
        what = f"the sentence '{key}' has the unknown placeholder {{{unknown[0]}}}"
        raise BadInputError(what, where=where, allowed=allowed)
    missing = [name for name in wanted if name not in found]
    if missing:
        what = f"the sentence '{key}' leaves out {{{missing[0]}}}"
        hint = "every placeholder of a sentence must stay: none of its numbers may be lost"
        raise BadInputError(what, where=where, allowed=allowed, hint=hint)
    return text
