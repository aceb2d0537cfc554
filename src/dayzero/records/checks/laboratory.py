"""Laboratory values against age, neighbours and the days on which they can exist."""

from __future__ import annotations

from typing import Final

import polars as pl

from dayzero.records.checks.rule import Facts, Rule, beside, rows_where, together
from dayzero.records.kahn import ATEMPORAL, COMPLETENESS, TEMPORAL, VALUE

_VALUE: Final = pl.col("value")
#: Factor between the unit of an analyte and the unit with which it is confused, and that unit's name.
SLIPS: Final[dict[str, tuple[float, str]]] = {
    "ANC": (1000.0, "cells/uL"),
    "platelets": (1000.0, "cells/uL"),
    "creatinine": (88.4, "umol/L"),
    "bilirubin": (17.1, "umol/L"),
    "haemoglobin": (10.0, "g/L"),
    "weight": (1000.0, "g"),
}
#: Days within which neighbours are compared.
NEIGHBOURS: Final = 3
#: Weight in kg that no patient up to this age (years) has left: wider than any growth chart.
WEIGHTS: Final = (
    (1, 1.0, 18.0),
    (2, 4.0, 25.0),
    (5, 6.0, 50.0),
    (10, 9.0, 110.0),
    (15, 13.0, 180.0),
    (200, 22.0, 350.0),
)
#: Results that mean little without the upper limit of normal of their laboratory.
_LIMITED: Final = ("ALT", "AST", "LDH", "sC5b-9")
_JUDGED: Final = "judgement"


def _slips(facts: Facts) -> pl.DataFrame:
    """Find values that differ from both neighbours (or the only one) by the factor between two units."""
    found = facts.measured(*SLIPS).filter(_VALUE > 0).sort("patient_id", "analyte", "day", "row")
    group = ("patient_id", "analyte")
    factor = pl.col("analyte").replace_strict(
        {name: each[0] for name, each in SLIPS.items()}, return_dtype=pl.Float64
    )
    unit = pl.col("analyte").replace_strict(
        {name: each[1] for name, each in SLIPS.items()}, return_dtype=pl.String
    )

    def neighbour(step: int) -> pl.Expr:
        near = (pl.col("day") - pl.col("day").shift(step).over(group)).abs() <= NEIGHBOURS
        return pl.when(near).then(_VALUE.shift(step).over(group))

    placed = found.with_columns(before=neighbour(1), after=neighbour(-1), factor=factor, other=unit)
    least = 0.6 * pl.col("factor")
    sides = [_VALUE / pl.col(side) for side in ("before", "after")]
    high = pl.all_horizontal(side.is_null() | (side >= least) for side in sides)
    low = pl.all_horizontal(side.is_null() | (side <= 1 / least) for side in sides)
    both = pl.all_horizontal(side.is_not_null() for side in sides)
    either = pl.any_horizontal(side.is_not_null() for side in sides)
    told = placed.with_columns(
        middle=(both & (high | low)).fill_null(value=False),
        last=(either & ~both & high).fill_null(value=False),
    )
    beside_slip = pl.any_horizontal(
        pl.col("middle").shift(step).over(group).fill_null(value=False) for step in (1, -1)
    )
    # of two values alone the high one is told; a value beside one that differs from both sides is not
    found = told.filter(pl.col("middle") | (pl.col("last") & ~beside_slip))
    return found.with_columns(neighbour=pl.coalesce("before", "after"))


def _with_age(frame: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """Return results with the age in years on their day; ages above 90 are known as 90."""
    ages = facts.patients.filter(pl.col("age").is_not_null()).select("patient_id", "age")
    return beside(frame, ages).with_columns(then=pl.col("age") + pl.col("day") / 365.25)


def _weight_for_age(facts: Facts) -> pl.DataFrame:
    found = _with_age(facts.measured("weight").drop_nulls("value"), facts)
    limits = pl.lit(None, dtype=pl.Boolean)
    for oldest, low, high in reversed(WEIGHTS):
        outside = (low > _VALUE) | (high < _VALUE)
        limits = pl.when(pl.col("then") < oldest).then(outside).otherwise(limits)
    return found.filter(limits)


def _weight_jump(facts: Facts) -> pl.DataFrame:
    found = facts.measured("weight").filter(_VALUE > 0).sort("patient_id", "day", "row")
    before, day = _VALUE.shift(1).over("patient_id"), pl.col("day").shift(1).over("patient_id")
    placed = found.with_columns(before=before, since=pl.col("day") - day)
    change = (_VALUE / pl.col("before") - 1).abs()
    return placed.filter(pl.col("since").is_between(1, 7), change > 0.25)


def _creatinine_of_child(facts: Facts) -> pl.DataFrame:
    return _with_age(facts.measured("creatinine").filter(_VALUE > 5), facts).filter(pl.col("then") < 10)


def _spirometry_of_infant(facts: Facts) -> pl.DataFrame:
    return _with_age(facts.measured("FEV1", "DLCO").drop_nulls("value"), facts).filter(pl.col("then") < 4)


def _chimerism_before(facts: Facts) -> pl.DataFrame:
    return facts.measured("chimerism").filter(pl.col("day") < 0)


def _chimerism_of_own_cells(facts: Facts) -> pl.DataFrame:
    own = facts.grafts.filter(pl.col("donor") == "autologous").select("patient_id")
    donor = facts.measured("chimerism").filter(_VALUE > 0)
    return donor.join(own, on="patient_id", how="semi", maintain_order="left")


def _chimerism_as_fraction(facts: Facts) -> pl.DataFrame:
    """Find, once for the source, that no chimerism is above 1%: then they are fractions."""
    found = facts.measured("chimerism").filter(_VALUE > 0)
    fractions = found.height >= 3 and bool((found["value"] <= 1).all())
    return together(found if fractions else found.clear(), found.height)


def _fever_without_temperature(facts: Facts) -> pl.DataFrame:
    warm = facts.measured("temperature").drop_nulls("value")
    highest = warm.group_by("patient_id", "day", maintain_order=True).agg(_VALUE.max().alias("highest"))
    found = facts.happened("fever").join(
        highest, on=["patient_id", "day"], how="inner", maintain_order="left"
    )
    return found.filter(pl.col("highest") < 38)


def _filtration_and_creatinine(facts: Facts) -> pl.DataFrame:
    high = facts.measured("creatinine").filter(_VALUE > 3)
    creatinine = high.select("patient_id", "day", _VALUE.alias("creatinine"))
    good = facts.measured("GFR").filter(_VALUE > 90)
    return good.join(creatinine, on=["patient_id", "day"], how="inner", maintain_order="left")


def _without_limit(facts: Facts) -> pl.DataFrame:
    """Find enzymes in U/L without the upper limit of normal of their laboratory."""
    found = facts.measurements.filter(pl.col("analyte").is_in(_LIMITED), _VALUE.is_not_null())
    multiple = pl.col("unit").fill_null("").str.to_lowercase().str.contains("uln")
    return together(found.filter(pl.col("upper_limit").is_null(), ~multiple), found.height)


RULES: Final[tuple[Rule, ...]] = (
    Rule(
        "records.unit_slip",
        "warning",
        "measurements",
        "value",
        "{analyte} of {value:g} stands beside {neighbour:g}: they differ as {unit} and {other} do",
        _slips,
        "correct the unit of the one that is wrong",
        needs=tuple(SLIPS),
        kahn=VALUE,
        source="judgement: neighbours within 3 days that differ by the factor between two units",
    ),
    Rule(
        "records.weight_for_age",
        "warning",
        "measurements",
        "value",
        "a weight of {value:g} kg at the age of {then:.1f} years",
        _weight_for_age,
        "correct the weight, its unit, or the age",
        needs=("weight",),
        kahn=ATEMPORAL,
        source="judgement: limits wider than any growth chart",
    ),
    Rule(
        "records.weight_jump",
        "warning",
        "measurements",
        "value",
        "the weight goes from {before:g} to {value:g} kg in {since} days",
        _weight_jump,
        "correct the one that is wrong: doses and weight gain depend on it",
        needs=("weight",),
        kahn=TEMPORAL,
        source=_JUDGED,
    ),
    Rule(
        "records.creatinine_of_child",
        "warning",
        "measurements",
        "value",
        "a creatinine of {value:g} mg/dL at the age of {then:.1f} years",
        _creatinine_of_child,
        "is it in umol/L? 88.4 umol/L are 1 mg/dL",
        needs=("creatinine",),
        kahn=ATEMPORAL,
        source=_JUDGED,
    ),
    Rule(
        "records.lung_function_of_infant",
        "warning",
        "measurements",
        "analyte",
        "{analyte} at the age of {then:.1f} years",
        _spirometry_of_infant,
        "correct the day, or the age: the youngest children cannot do this test",
        needs=(
            "FEV1",
            "DLCO",
        ),
        kahn=ATEMPORAL,
        source=_JUDGED,
    ),
    Rule(
        "records.performance_off_scale",
        "warning",
        "measurements",
        "value",
        "a performance of {value:g} is no step of the Karnofsky or Lansky scale",
        rows_where("measurements", pl.col("analyte") == "performance", _VALUE % 10 != 0),
        "is it an ECOG or WHO grade? the scale goes from 0 to 100 in steps of 10",
        "0, 10, ... 100",
        needs=("performance",),
        kahn=VALUE,
    ),
    Rule(
        "records.chimerism_before_transplant",
        "error",
        "measurements",
        "date",
        "donor chimerism on day {day}, before the first allogeneic transplant",
        _chimerism_before,
        "correct the date, or add the transplant that it followed",
        "day 0 or later",
        needs=("chimerism",),
        kahn=TEMPORAL,
    ),
    Rule(
        "records.chimerism_of_own_cells",
        "error",
        "measurements",
        "value",
        "donor cells ({value:g}%) in a patient whose donor is the patient",
        _chimerism_of_own_cells,
        "correct the donor, or the result",
        needs=("chimerism",),
        kahn=ATEMPORAL,
    ),
    Rule(
        "records.chimerism_as_fraction",
        "warning",
        "measurements",
        "value",
        "all of {total} results of chimerism are 1% or less: {rows}",
        _chimerism_as_fraction,
        "are they fractions? write 98% with its sign, or give the unit",
        needs=("chimerism",),
        kahn=VALUE,
    ),
    Rule(
        "records.fever_without_temperature",
        "warning",
        "events",
        "event",
        "fever on day {day}, but the highest temperature of that day is {highest:g} °C",
        _fever_without_temperature,
        "correct the temperature, or the day",
        needs=("temperature",),
        kahn=ATEMPORAL,
        source="fever: 38 °C or more (ASTCT, Lee, BBMT 2019;25:625)",
    ),
    Rule(
        "records.filtration_and_creatinine",
        "warning",
        "measurements",
        "value",
        "a GFR of {value:g} on day {day} beside a creatinine of {creatinine:g} mg/dL",
        _filtration_and_creatinine,
        "correct one of the two",
        needs=("GFR",),
        kahn=ATEMPORAL,
        source=_JUDGED,
    ),
    Rule(
        "records.enzyme_without_limit",
        "note",
        "measurements",
        "upper_limit",
        "the upper limit of normal is missing beside {count} of {total} enzyme results: {rows}",
        _without_limit,
        "without it a multiple of normal cannot be derived",
        needs=_LIMITED,
        kahn=COMPLETENESS,
    ),
)
