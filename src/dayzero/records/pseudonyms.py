"""Replace ids that name a person: an id is repeated in every output, so it must be a pseudonym."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from dayzero.records.cells import as_text, without_dates
from dayzero.records.findings import Where

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dayzero.records.cells import Cell
    from dayzero.records.log import Log
    from dayzero.records.parts import Part

#: Words of letters only, at least two, with a blank or a comma between them.
_NAME = re.compile(r"(?=.{5})(?=.*[ ,])[^\W\d_]+(?:[ ,.'’-]+[^\W\d_]+)+\.?")


def names_someone(cell: Cell) -> bool:
    """Return whether an id looks like a person's name, or holds a calendar date."""
    text = as_text(cell) if isinstance(cell, str) else None
    return text is not None and (_NAME.fullmatch(text) is not None or without_dates(text) != text)


def pseudonymise(parts: Sequence[Part], log: Log) -> tuple[Part, ...]:
    """Replace every id that looks like a name by the row of its patient, the same in all tables.

    Parameters
    ----------
    parts : sequence of Part
        ``patients`` first.
    log : Log
        Gains a finding for each such id in ``patients``; the finding does not repeat it.
    """
    known: dict[str, str] = {}
    suspects: dict[Cell, bool] = {}
    made = []
    for part in parts:
        cells: list[Cell] = []
        for cell, row in zip(part.cells["patient_id"], part.rows, strict=True):
            if cell not in suspects:
                suspects[cell] = names_someone(cell)
            cells.append(_replaced(str(cell), row, part, known, log) if suspects[cell] else cell)
        made.append(replace(part, cells={**part.cells, "patient_id": cells}))
    return tuple(made)


def _replaced(name: str, row: int, part: Part, known: dict[str, str], log: Log) -> str:
    text = as_text(name) or ""
    if text not in known:
        known[text] = f"row {row}" if part.table == "patients" else f"{part.table} row {row}"
        where = Where(part.place, row, part.header("patient_id"), known[text])
        log.add("records.id_like_name", where, pseudonym=known[text])
    return known[text]
