"""EASIX, the endothelial activation and stress index: before conditioning, and on day 0.

LDH (U/L) x creatinine (mg/dL) / platelets (10^9/L), each the last value before: EBMT Handbook 2024. How old
the values may be is a choice made here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from dayzero.endpoints.definition import Variable
from dayzero.endpoints.frames import DAY, choose, lazy
from dayzero.endpoints.variables.conditioning_doses import AGENTS, FROM_DAY
from dayzero.endpoints.variables.family import Family

if TYPE_CHECKING:
    from dayzero.endpoints.options import Options
    from dayzero.records.model import Records

#: Values of the last days speak for day 0.
_DAY_0_DAYS = 7
_UNITS = {"LDH": ("U/L", "IU/L", "u/l", "units/L"), "creatinine": ("mg/dL",), "platelets": ("10^9/L",)}
_FORMULA = "LDH (U/L) x creatinine (mg/dL) / platelets (10^9/L)"
_value, _analyte = nw.col("value"), nw.col("analyte")


def easix_family(records: Records, options: Options) -> Family:
    """Return EASIX before conditioning and on day 0, with the reason when it cannot be told.

    On one day the highest LDH and creatinine and the lowest platelet count are taken. A value with an
    operator or in another unit (LDH as a multiple of the upper limit) cannot be used.
    """
    start = nw.col("_conditioning_start")
    rows = (
        lazy(records, "measurements")
        .filter(_analyte.is_in(list(_UNITS)), ~_value.is_null(), DAY <= 0)
        .join(_conditioning_start(records), on="patient_id", how="left")
    )
    windows = {
        "easix_pre": (start >= DAY) & (start - options.easix_days <= DAY),
        "easix_day_0": DAY >= -_DAY_0_DAYS,
    }
    frame = _last_values(rows, windows)
    columns = [column for name in windows for column in _index(name)]
    return Family(frame.select("patient_id", *columns), _notes(options))


def _notes(options: Options) -> tuple[Variable, ...]:
    pre = f"last values in the {options.easix_days} days to the first day of conditioning, {_FORMULA}"
    day_0 = f"last values in the {_DAY_0_DAYS} days to day 0, {_FORMULA}"
    return (
        Variable("easix_pre", "EASIX before conditioning", "number", source=pre),
        Variable(
            "easix_pre_why", "EASIX before conditioning, why not known", "category", source=pre, detail=True
        ),
        Variable("easix_day_0", "EASIX on day 0", "number", source=day_0),
        Variable("easix_day_0_why", "EASIX on day 0, why not known", "category", source=day_0, detail=True),
    )


def _conditioning_start(records: Records) -> nw.LazyFrame[Any]:
    """Return the first day of conditioning: an agent of conditioning in the weeks before day 0."""
    indication = nw.col("indication").fill_null("").str.to_lowercase()
    is_conditioning = nw.col("agent").is_in(list(AGENTS)) | indication.str.contains("conditioning")
    return (
        lazy(records, "treatments")
        .filter(nw.col("start_day").is_between(FROM_DAY, 0), is_conditioning)
        .group_by("patient_id")
        .agg(nw.col("start_day").min().alias("_conditioning_start"))
    )


def _last_values(rows: nw.LazyFrame[Any], windows: dict[str, nw.Expr]) -> nw.LazyFrame[Any]:
    """Return the last usable value of each analyte in each window, and whether one was not usable."""
    operator = nw.col("operator").fill_null("=")
    in_unit = choose(
        [
            (_analyte == name, nw.col("unit").fill_null(units[0]).is_in(list(units)))
            for name, units in _UNITS.items()
        ],
        nw.lit(value=False),
    )
    usable = nw.col("usable")
    rows = rows.with_columns(
        (in_unit & (operator == "=")).alias("usable"),
        *(window.alias(name) for name, window in windows.items()),
    )
    facts: dict[str, nw.Expr] = {}
    for name in windows:
        for analyte in _UNITS:
            here = nw.col(name) & (_analyte == analyte)
            facts[f"_{name}_{analyte}_day"] = nw.when(here & usable).then(DAY)
            facts[f"_{name}_{analyte}_other"] = nw.when(here & ~usable).then(nw.lit(1))
    marked = rows.with_columns(fact.alias(column) for column, fact in facts.items())
    values = {}
    for name in windows:
        for analyte in _UNITS:
            day = nw.col(f"_{name}_{analyte}_day")
            values[f"_{name}_{analyte}"] = nw.when(day == day.max().over("patient_id")).then(_value)
    marked = marked.with_columns(value.alias(column) for column, value in values.items())
    return marked.group_by("patient_id").agg(
        nw.col("_conditioning_start").min(),
        *((nw.col(c).min() if c.endswith("platelets") else nw.col(c).max()) for c in values),
        *(nw.col(c).max() for c in facts if c.endswith("_other")),
    )


def _index(name: str) -> list[nw.Expr]:
    ldh, creatinine, platelets = (nw.col(f"_{name}_{analyte}") for analyte in _UNITS)
    value = nw.when(platelets > 0).then(ldh * creatinine / platelets)
    start_missing = nw.col("_conditioning_start").is_null() & nw.lit(name == "easix_pre")
    ldh_other = ldh.is_null() & (nw.col(f"_{name}_LDH_other") == 1)
    missing = [
        (column.is_null(), nw.lit(f"no {analyte} in the days before that can be used"))
        for analyte, column in zip(_UNITS, (ldh, creatinine, platelets), strict=True)
    ]
    why = choose(
        [
            (start_missing, nw.lit("the start of conditioning is not recorded")),
            (
                ldh_other,
                nw.lit("LDH is recorded, but not in U/L as one number, such as a multiple of its limit"),
            ),
            *missing,
            (platelets == 0, nw.lit("a platelet count of 0 has no EASIX")),
        ],
        nw.lit(None, nw.String),
    )
    return [value.alias(name), why.alias(f"{name}_why")]
