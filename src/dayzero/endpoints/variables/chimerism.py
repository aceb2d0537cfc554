"""Donor chimerism after transplant: the last, that of day 30, 60 and 100, and the last of each fraction."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import narwhals as nw

from dayzero.endpoints.definition import Variable
from dayzero.endpoints.frames import choose
from dayzero.endpoints.graft.chimerism import FRACTIONS, WORDS, chimerism_by_patient
from dayzero.endpoints.variables.family import Family
from dayzero.records.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from dayzero.endpoints.options import Options
    from dayzero.records.model import Records
    from dayzero.records.places import Places

_AFTER = "after day 0"
_LABELS = {
    "lymphoid": "lymphoid cells",
    "myeloid": "myeloid cells",
    "cd34": "CD34+ cells",
    "unsorted": "unsorted cells",
}
#: Start of the columns that say which numbers are unknown because the result is a bound.
BOUNDED = "_bounded_"
_NO_BOUND = "; not known when that is a bound such as >95%"
_SOURCE = "EBMT Handbook 2024, chapter 21"


def chimerism_family(records: Records, options: Options) -> Family:
    """Return the number and the category of each chimerism that is asked about."""
    made = chimerism_by_patient(records, options)
    words = [(code, nw.lit(word)) for code, word in WORDS.items()]
    columns, notes = [], []
    for result, name, when, source in _results(options):
        category = nw.col(f"{result}_category")
        columns += [
            nw.col(f"{result}_number").alias(f"{name}_pct"),
            _bounded(result).alias(f"{BOUNDED}{name}_pct"),
            choose([(category == code, word) for code, word in words], nw.lit(None, nw.String)).alias(name),
        ]
        notes += [
            Variable(
                f"{name}_pct",
                f"{when} donor chimerism",
                "number",
                _AFTER,
                "%",
                f"the lowest cell fraction of {source}{_NO_BOUND}",
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
        columns += [
            nw.col(f"last_{fraction}_number").alias(name),
            _bounded(f"last_{fraction}").alias(f"{BOUNDED}{name}"),
        ]
        label = f"Last donor chimerism of {_LABELS[fraction]}"
        source = (
            f"the last day after day 0 on which {_LABELS[fraction]} were measured, by specimen{_NO_BOUND}"
        )
        notes.append(Variable(name, label, "number", _AFTER, "%", source))
    return Family(made.select("patient_id", *columns), tuple(notes))


def _bounded(result: str) -> nw.Expr:
    return ~nw.col(f"{result}_pct").is_null() & nw.col(f"{result}_number").is_null()


def bounded_chimerism(frame: pl.DataFrame, places: Places) -> Iterator[Finding]:
    """Yield for each number of chimerism how many patients have a bound in its place.

    Parameters
    ----------
    frame : polars.DataFrame
        One row per patient with the columns that :func:`chimerism_family` adds.
    places : Places
    """
    for column in (name for name in frame.columns if name.startswith(BOUNDED)):
        count, name = int(frame[column].fill_null(value=False).sum()), column.removeprefix(BOUNDED)
        if count:
            known = frame[name].is_not_null().sum()
            yield Finding(
                "endpoints.chimerism_is_a_bound",
                "warning",
                f"{name} is not known in {count} of {count + known} patients with such a result: it is a "
                "bound, such as >95%, and no number; their category stands where the bound decides it",
                replace(places.where("measurements", None, "value", None), item=name),
                hint=f"a median of {name} is of the numbers alone and shifts when bounds are left out: show "
                "the category, or record the number",
                source="judgement: a bound is not counted as its limit",
            )


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
