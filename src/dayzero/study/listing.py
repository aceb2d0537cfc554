"""The patient listing of a small cohort: one row a patient, as short case series print it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dayzero.study.characteristics import default_variables, line_of
from dayzero.study.guardrails import LISTED_COHORT
from dayzero.study.results import Listing

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from dayzero.endpoints.definition import DerivedEndpoint
    from dayzero.study.characteristics import Line
    from dayzero.study.cohort import Facts
    from dayzero.study.grouping import Grouping
    from dayzero.study.loading import Study

NOT_RECORDED = "not recorded"
#: One column: how it is headed, and each patient's cell in the order of the cohort.
Cells = tuple[str, list[str]]


def list_patients(
    study: Study, facts: Facts, groupings: dict[str, Grouping], derived: Mapping[str, DerivedEndpoint]
) -> Listing | None:
    """Return the listing, or None when the cohort has more than fifteen patients.

    Parameters
    ----------
    study : Study
    facts : Facts
    groupings : dict of str to Grouping
    derived : mapping of str to DerivedEndpoint
        The study's endpoints; each can be a column.

    Raises
    ------
    BadInputError
        When ``[listing] columns`` names what is no variable, no grouping and no endpoint of the study.
    """
    names = study.protocol.listing.columns or study.protocol.characteristics.variables
    names = names or default_variables(facts)
    patients = facts.frame["patient_id"].to_list()
    columns = [
        _of_endpoint(derived[name], patients)
        if name in derived
        else _of_variable(name, line_of(name, facts, groupings, study.at("listing", "columns", index)))
        for index, name in enumerate(names)
    ]
    if facts.frame.height > LISTED_COHORT:
        return None
    rows = tuple(
        (patient, *cells) for patient, *cells in zip(patients, *(cells for _, cells in columns), strict=True)
    )
    return Listing(("patient_id", *names), ("Patient", *(label for label, _ in columns)), rows)


def _of_variable(name: str, line: Line) -> Cells:
    label = f"{line.label} ({line.unit})" if line.unit else line.label
    cells = [_printed(value) for value in _values(line.values)]
    # A calendar year has no comma.
    return label, [cell.replace(",", "") for cell in cells] if name == "year" else cells


def _values(column: pl.Series) -> list[str | float | None]:
    return column.to_list()


def _printed(value: str | float | None) -> str:
    if value is None:
        return NOT_RECORDED
    return value if isinstance(value, str) else f"{value:,.10g}"


def _of_endpoint(one: DerivedEndpoint, patients: list[str]) -> Cells:
    rows = {row["patient_id"]: row for row in one.frame.iter_rows(named=True)}
    return one.definition.label, [_outcome(one, rows.get(patient)) for patient in patients]


def _outcome(one: DerivedEndpoint, row: dict[str, Any] | None) -> str:
    """Word what happened to one patient: ``yes``, ``relapse, day 412``, ``none to day 899``."""
    if row is None:
        return NOT_RECORDED
    if one.definition.kind == "proportion":
        return "yes" if row["cause"] else "no"
    what = one.causes[row["cause"] - 1] + "," if row["cause"] else "none to"
    return f"{what} day {row['time']:,.10g}"
