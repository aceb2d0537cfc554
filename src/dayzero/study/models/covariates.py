"""Covariates of a model: one value a patient, its levels with their reference, or its scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from dayzero.errors import BadInputError
from dayzero.study.binding import NOT_KNOWN
from dayzero.study.characteristics import Line, line_of, membership
from dayzero.study.clock import spoken, to_days
from dayzero.study.results import ModelCovariate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dayzero.endpoints.definition import DerivedEndpoint
    from dayzero.study.cohort import Facts
    from dayzero.study.grouping import Grouping
    from dayzero.study.loading import Study
    from dayzero.study.protocol import CovariateSection

BEFORE, SINCE = "before", "since then"


@dataclass(frozen=True, eq=False)
class Covariate:
    """A covariate with the values of the cohort's patients.

    Attributes
    ----------
    info : ModelCovariate
    values : polars.DataFrame
        ``patient_id``, ``value``: Float64 or String, null where it is not known. Of a time-dependent
        covariate the day on which it began, NaN where it never did.
    change : float or None
        Day after which its effect is another one.
    change_said : str
        That day as the study file says it: ``12 months``.
    """

    info: ModelCovariate
    values: pl.DataFrame
    change: float | None = None
    change_said: str = ""

    @property
    def is_number(self) -> bool:
        """Whether it enters as a number."""
        return not self.info.levels

    @property
    def compared(self) -> tuple[str, ...]:
        """The levels that are compared with the reference."""
        return tuple(level for level in self.info.levels if level != self.info.reference)

    def column(self, level: str = "") -> str:
        """Return the name of the column of a level, or of the number, in a regression."""
        return f"{self.info.name}: {level}" if level else self.info.name

    @property
    def changes(self) -> bool:
        """Whether follow-up is cut because of it."""
        return self.info.time_dependent or self.change is not None

    def periods(self, level: str) -> tuple[str, str]:
        """Return the names of a level to the day of the change, and after it."""
        return f"{level}, to {self.change_said}", f"{level}, after {self.change_said}"

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of its columns in a regression."""
        return (self.column(),) if self.is_number else tuple(map(self.column, self.compared))


def read_covariate(
    study: Study, place: str, section: CovariateSection, facts: Facts, groupings: Mapping[str, Grouping]
) -> Covariate:
    """Return a covariate of ``[[model]]``: a grouping, or a variable of the patients.

    Raises
    ------
    BadInputError
        An unknown name or reference, a scale for a category, a category for which nobody is known.
    """
    line = line_for(section.name, facts, groupings, place)
    label = section.label or line.label
    if line.is_number and section.reference:
        what = f"'{section.name}' is a number and has no reference level"
        hint = "write per = 10 for a ratio per 10 units, or make levels: [groups.NAME]"
        raise BadInputError(what, where=place, hint=hint)
    if line.is_number and section.change_at is not None:
        what = f"'{section.name}' is a number: change_at needs levels"
        raise BadInputError(what, where=place, hint="make levels: [groups.NAME]")
    if line.is_number:
        info = ModelCovariate(section.name, label, per=section.per or 1.0, unit=line.unit)
        return Covariate(info, _frame(facts, line.values / info.per))
    if section.per is not None:
        what = f"'{section.name}' is a category and has no scale"
        raise BadInputError(what, where=place, allowed="reference = 'LEVEL'")
    values = line.values.set(line.values.is_in(NOT_KNOWN).fill_null(value=False), None)
    present = set(values.drop_nulls().to_list())
    levels = tuple(level for level in line.levels if level in present)
    reference = section.reference or _first(levels)
    if reference not in levels:
        raise BadInputError.unknown_name(kind="reference level", found=reference, allowed=levels, where=place)
    ordered = (reference, *(level for level in levels if level != reference))
    unit = study.protocol.time.unit
    change = None if section.change_at is None else to_days(section.change_at, unit)
    said = "" if section.change_at is None else spoken(section.change_at, unit)
    info = ModelCovariate(section.name, label, ordered, reference)
    return Covariate(info, _frame(facts, values), change, said)


def line_for(name: str, facts: Facts, groupings: Mapping[str, Grouping], place: str) -> Line:
    """Return the values of a grouping or a variable; a grouping stands before a variable of its name."""
    if name in groupings:
        info = groupings[name].info
        return Line(name, info.label, "", membership(facts, groupings[name]), info.levels)
    return line_of(name, facts, dict(groupings), place)


def _first(levels: tuple[str, ...]) -> str:
    """Return the reference where none is chosen: of a yes/no variable ``no``, else the first level."""
    return "no" if set(levels) == {"yes", "no"} else next(iter(levels), "")


def _frame(facts: Facts, values: pl.Series) -> pl.DataFrame:
    return facts.frame.select("patient_id").with_columns(values.alias("value"))


def onset_covariate(derived: DerivedEndpoint, patients: pl.DataFrame, since: float = 0.0) -> Covariate:
    """Return the covariate that changes on the day of an endpoint's event: before it, and since then.

    Parameters
    ----------
    derived : DerivedEndpoint
        Whose first event changes the covariate, such as ``aGVHD_II_IV``.
    patients : polars.DataFrame
        ``patient_id`` of the cohort.
    since : float
        Day on which the model's clock starts; what happened before holds from there on.

    Notes
    -----
    Who is not eligible for that endpoint has a value that is not known. After the end of its observation the
    last value is carried on.
    """
    own = derived.frame.select(
        "patient_id",
        value=pl.when(pl.col("cause") == 1)
        .then(pl.col("time").cast(pl.Float64) - since)
        .otherwise(float("nan")),
    )
    values = patients.select("patient_id").join(own, on="patient_id", how="left", maintain_order="left")
    definition = derived.definition
    info = ModelCovariate(definition.name, definition.label, (BEFORE, SINCE), BEFORE, time_dependent=True)
    return Covariate(info, values)
