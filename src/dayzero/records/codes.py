"""Read coded cells: any letter case, the listed spellings, and nothing else."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING

from dayzero.records.cells import Problem, missing_hint, quote
from dayzero.records.schema import ABSENT

if TYPE_CHECKING:
    from dayzero.records.schema import Column


def spelling(text: str) -> str:
    """Return the form in which spellings are compared: lower case, hyphens and underscores as spaces."""
    return " ".join(text.casefold().replace("_", " ").replace("-", " ").split())


@cache
def codebook(column: Column) -> dict[str, str]:
    """Return each accepted spelling of a coded or yes/no column and the code it stands for.

    ``unknown``, ``not done`` and ``not applicable`` are accepted in every coded column that is not the fact
    itself, so that an absent answer keeps its kind instead of becoming an empty cell.
    """
    spellings: dict[str, str] = {}
    for code in column.codes:
        for text in (code.value, *code.aliases):
            spellings.setdefault(_key(text), code.value)
    if column.type == "code" and not column.key:
        for word in ABSENT:
            spellings.setdefault(_key(word), word)
    return spellings


def _key(text: str) -> str:
    """Return the comparison key; a lone sign such as ``-`` or ``+`` stays what it is."""
    return spelling(text) or text.strip()


def read_code(text: str, column: Column) -> tuple[str | None, Problem | None]:
    """Return the code that a cell stands for, and what is wrong with it when it stands for none.

    A value outside an open list is kept as written, and noted.
    """
    book = codebook(column)
    code = book.get(_key(text))
    if code is not None:
        return code, None
    if column.open_codes and text.casefold() not in ABSENT:
        return text, Problem("records.open_code", found=quote(text), hint=_nearest(text, column, book))
    hint = _nearest(text, column, book)
    allowed = ", ".join(code.value for code in column.codes)
    return None, Problem("records.unknown_code", found=quote(text), allowed=allowed, hint=hint)


def _nearest(text: str, column: Column, book: dict[str, str]) -> str:
    near = get_close_matches(_key(text), list(book), n=1, cutoff=0.7)
    return f"did you mean '{book[near[0]]}'?" if near else missing_hint(text)
