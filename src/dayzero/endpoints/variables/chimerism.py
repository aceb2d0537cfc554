"""Donor chimerism after transplant: the last, that of day 30, 60 and 100, and the last of each fraction."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw

from dayzero.endpoints.chimerism import FRACTIONS, WORDS, chimerism_by_patient
from dayzero.endpoints.definition import Variable
from dayzero.endpoints.frames import choose
from dayzero.endpoints.variables.family import Family

if TYPE_CHECKING:
    from dayzero.endpoints.options import Options
    from dayzero.records.model import Records

_AFTER = "after day 0"
_LABELS = {
    "lymphoid": "lymphoid cells",
    "myeloid": "myeloid cells",
    "cd34": "CD34+ cells",
    "unsorted": "unsorted cells",
}
_SOURCE = "EBMT Handbook 2024, chapter 21"


def chimerism_family(records: Records, options: Options) -> Family:
    """Return the number and the category of each chimerism that is asked about."""
    made = chimerism_by_patient(records, options)
    words = [(code, nw.lit(word)) for code, word in WORDS.items()]
    columns, notes = [], []
    for result, name, when, source in _results(options):
        category = nw.col(f"{result}_category")
        columns += [
            nw.col(f"{result}_pct").alias(f"{name}_pct"),
            choose([(category == code, word) for code, word in words], nw.lit(None, nw.String)).alias(name),
        ]
        notes += [
            Variable(
                f"{name}_pct",
                f"{when} donor chimerism",
                "number",
                _AFTER,
                "%",
                f"the lowest cell fraction of {source}",
            ),
            Variable(
                name,
                f"{when} donor chimerism, category",
                "category",
                _AFTER,
                source=f"{source}: full above {options.full_chimerism_above:g}% donor in every fraction, "
                f"mixed, absent below 5%, split when myeloid and lymphoid lineage differ ({_SOURCE})",
            ),
        ]
    for fraction in FRACTIONS:
        name = f"chimerism_last_{fraction}_pct"
        columns.append(nw.col(f"last_{fraction}_pct").alias(name))
        label = f"Last donor chimerism of {_LABELS[fraction]}"
        source = f"the last day after day 0 on which {_LABELS[fraction]} were measured, by specimen"
        notes.append(Variable(name, label, "number", _AFTER, "%", source))
    return Family(made.select("patient_id", *columns), tuple(notes))


def _results(options: Options) -> list[tuple[str, str, str, str]]:
    """Return for each result its column, the variable's name, its label and where it comes from."""
    windows = [
        (
            f"day_{at}",
            f"chimerism_day_{at}",
            f"Day {at}",
            f"the day nearest to day {at}, from day {first} to {last}",
        )
        for at, first, last in options.chimerism_windows
    ]
    return [("last", "chimerism_last", "Last", "the last day measured after day 0"), *windows]
