"""The patient listing of a small cohort: one row a patient, as short case series print it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dayzero.study.characteristics import default_variables, line_of
from dayzero.study.guardrails import LISTED_COHORT
from dayzero.study.results import Listing

if TYPE_CHECKING:
    import polars as pl

    from dayzero.study.characteristics import Line
    from dayzero.study.cohort import Facts
    from dayzero.study.grouping import Grouping
    from dayzero.study.loading import Study

NOT_RECORDED = "not recorded"


def list_patients(study: Study, facts: Facts, groupings: dict[str, Grouping]) -> Listing | None:
    """Return the listing, or None when the cohort has more than fifteen patients.

    Raises
    ------
    BadInputError
        When ``[listing] columns`` names what is neither a variable nor a grouping.
    """
    names = study.protocol.listing.columns or study.protocol.characteristics.variables
    names = names or default_variables(facts)
    lines = [
        line_of(name, facts, groupings, study.at("listing", "columns", index))
        for index, name in enumerate(names)
    ]
    if facts.frame.height > LISTED_COHORT:
        return None
    columns = [_cells(line) for line in lines]
    patients = facts.frame["patient_id"].to_list()
    rows = tuple((patient, *cells) for patient, *cells in zip(patients, *columns, strict=True))
    labels = tuple(f"{line.label} ({line.unit})" if line.unit else line.label for line in lines)
    return Listing(("patient_id", *names), ("Patient", *labels), rows)


def _cells(line: Line) -> list[str]:
    return [_printed(value) for value in _values(line.values)]


def _values(column: pl.Series) -> list[str | float | None]:
    return column.to_list()


def _printed(value: str | float | None) -> str:
    if value is None:
        return NOT_RECORDED
    return value if isinstance(value, str) else f"{value:,.10g}"
